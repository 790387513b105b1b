"""What is in the slots at the start, and which page of the main program is for which slot.

The image of the start has CHORUS, CONCERT REVERB 1, STANDARD, ROOM and GEQ, all linked, with the chips to be
reset.  Its numbers were read in the listing (0x00F01E).  The audio-subsystem page takes the words at +26 of
the records, 3, 4, 1, 3 and 8, for types of effects; they are the numbers of the volume among the parameters
(errata).

Tags are those of the disk files' records (facts 2.5 and 2.9).

Open questions
- Which effects slot 0 does not take: 50 names are left by the rule, the facts count 47.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from luthier.errors import InputError
from luthier.kn5000.slots import layout
from luthier.kn5000.transport.dsp_messages import SLOT_SIZE

#: The effect of a slot's page in a memory of the panel; FF ends the list of the main program (0xEE636C).
TAGS = (0x61, 0x63, 0x65, 0x66, 0x64)
_REVERBS = frozenset(range(16, 28))
_DELAYS = frozenset((9, 10))
_NAMES = ("DSP EFFECT", "DIGITAL REVERB", "ACOUSTIC ILLUSION", "ROOM", "EQUALIZER")
_OTHERS = ({57, 58, 59, 60}, {88, 89, 90, 91}, {79})


def page_name(slot: int) -> str:
    """The page of the main program that sets a slot."""
    return _NAMES[slot]


def is_for(slot: int, effect: int) -> bool:
    """Whether the main program puts an effect into a slot.

    Slot 0 takes all that are not in the lists of the others; SINGLE and MULTI TAP DELAY go into 0 and 1.
    """
    if slot == 1:
        return effect in _REVERBS | _DELAYS
    if slot in (2, 3, 4):
        return effect in _OTHERS[slot - 2]
    return slot == 0 and effect not in _REVERBS and not any(effect in other for other in _OTHERS)


class Record(NamedTuple):
    """A slot in the words that are understood."""

    effect: int
    parameters: Sequence[int] = ()
    volume: int = layout.NO_VOLUME
    """Which parameter is the volume."""
    linked: bool = True
    sent: int | None = None
    """Parameters that are sent; all that are given, if not said."""

    @property
    def encoded(self) -> bytes:
        """The 56 bytes; raises InputError for more than 17 parameters or 16 bits."""
        if len(self.parameters) > layout.PARAMETERS:
            raise InputError(f"{len(self.parameters)} parameters do not fit a slot", remedy="give 17 at most")
        words = [0] * layout.RECORD_WORDS
        words[layout.EFFECT] = self.effect
        for place, value in enumerate(self.parameters, layout.FIRST_PARAMETER):
            if not -0x8000 <= value <= 0xFFFF:
                raise InputError(f"{value} has more than 16 bits", remedy="give -32768 to 65535")
            words[place] = value & 0xFFFF
        words[layout.VOLUME_PARAMETER] = self.volume
        words[21], words[23], words[layout.SEND] = 1, 1, layout.NO_VOLUME
        words[layout.COUNT] = len(self.parameters) if self.sent is None else self.sent
        words[layout.LINKED] = int(self.linked)
        encoded = b"".join(word.to_bytes(2, "little") for word in words)
        assert len(encoded) == SLOT_SIZE
        return encoded


START = (
    Record(1, (30, 6, 0, 84, 75), 3),
    Record(20, (35, 11, 20, 50, 70), 4),
    Record(57, (50, 84), 1),
    Record(88, (35, 14, 36, 84, 50), 3),
    Record(79, (7, 24, 14, 24, 20, 24, 23, 24, 84), 8),
)


def image(records: Sequence[Record], *, mode: int = 0, changed: int = 0, algorithm: int = 0) -> bytes:
    """The 290 bytes of five records; raises InputError for another number of them."""
    if len(records) != layout.SLOTS:
        raise InputError(f"an image has five slots, not {len(records)}")
    header = b"".join(word.to_bytes(2, "little") for word in (0, changed, mode, algorithm))
    return header + b"".join(record.encoded for record in records) + bytes(2)


def start() -> bytes:
    """The image of the start."""
    return image(START, mode=layout.RESET_MODE)
