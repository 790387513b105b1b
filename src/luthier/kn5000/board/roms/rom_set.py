"""What the board starts with: the contents of its ROMs and flash memories.

Sizes and places are those of the memory-map page; the waves are four chips of 4 MB (waveform page).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PROGRAM_SIZE = 0x200000  #: main CPU, from E00000
TABLE_SIZE = 0x200000  #: main CPU, from 800000; even and odd bytes together
CUSTOM_SIZE = 0x100000  #: main CPU, from 300000; flash, may be written
RHYTHM_SIZE = 0x400000  #: main CPU, from 400000
SUB_BOOT_SIZE = 0x20000  #: sub CPU, from FE0000
PAYLOAD_SIZE = 0x30000  #: the sub CPU's program, unpacked: 196,608 bytes (facts 2.4)
WAVE_SIZE = 0x400000
#: The wave ROMs by their places on the board. Only IC307 was ever read out (facts 2.2).
WAVE_CHIPS = ("IC304", "IC305", "IC306", "IC307")


@dataclass(frozen=True)
class RomSet:
    """The images, each of its full size, or None where there is none.

    ``custom`` holds the packed program of the sub CPU at 0E0000 (main CPU 3E0000) where the instrument has
    been started once; ``payload`` is that program unpacked, wherever it was found, for those who load the sub
    CPU's memory without the main CPU. ``waves`` is keyed by ``WAVE_CHIPS``. ``sources`` tells by field name
    (waves by chip) where an image comes from; ``missing`` names the fields and chips that are None though an
    instrument has them.
    """

    program: bytes | None = None
    table: bytes | None = None
    custom: bytes | None = None
    rhythm: bytes | None = None
    sub_boot: bytes | None = None
    payload: bytes | None = None
    waves: Mapping[str, bytes] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[str, ...]:
        """Field names, and chips of waves, of which there is no image."""
        fields = ("program", "table", "custom", "rhythm", "sub_boot", "payload")
        absent = tuple(name for name in fields if getattr(self, name) is None)
        return absent + tuple(chip for chip in WAVE_CHIPS if chip not in self.waves)
