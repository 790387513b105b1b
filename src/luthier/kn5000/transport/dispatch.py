"""The eight handlers of packets, by bits 7 to 5 of the command byte.

The table of the running program lies at 0x00F46C (command-format page, checked against the ROM's bytes; the
audio-subsystem page's 0xF428 is a constant zero of the floating-point library).  The boot ROM has the same
table at 0xFF8000, whose eight targets do nothing.

Open questions
- What the main CPU would send to handlers 1, 2, 6 and 7: none is known to be used towards the sub CPU.
"""

from __future__ import annotations

from dataclasses import dataclass

TABLE_ADDRESS = 0x00F46C
BOOT_TABLE_ADDRESS = 0xFF8000


@dataclass(frozen=True)
class Handler:
    """One entry; ``address`` is that of its code in sub program 1.42, ``used`` if it does anything."""

    number: int
    name: str
    address: int
    used: bool

    @property
    def first_command(self) -> int:
        """The lowest command byte that reaches it."""
        return self.number << 5

    @property
    def last_command(self) -> int:
        """The highest."""
        return self.number << 5 | 0x1F


HANDLERS = (
    Handler(0, "MIDI ring", 0x034D5F, True),
    Handler(1, "no operation", 0x01FC7C, False),
    Handler(2, "drain", 0x01FC7F, False),
    Handler(3, "DSP ring", 0x035893, True),
    Handler(4, "serial port 1", 0x01F890, True),
    Handler(5, "tone generator control", 0x03CFEE, True),
    Handler(6, "no operation", 0x020C12, False),
    Handler(7, "no operation", 0x020C12, False),
)

MIDI, NOTHING, DRAIN, DSP, SERIAL, SYSTEM = range(6)
#: What the sub CPU's packets to the main CPU are for (listing, 0x03D01E and 0x035A7D).
RELAY_TO_MAIN = 2
REPLY_TO_MAIN = 3


def table_image() -> bytes:
    """The 32 bytes at 0x00F46C."""
    return b"".join(handler.address.to_bytes(4, "little") for handler in HANDLERS)
