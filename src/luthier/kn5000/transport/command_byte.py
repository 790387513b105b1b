"""The command byte that begins every packet: handler in bits 7 to 5, number of bytes minus one below.

Sources: the memory-map page (with the example 45: handler 2, 6 bytes), the audio-subsystem page (7F:
handler 3, 32 bytes), the command-format page.  Both directions use it (listing, 0x020C6B).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.errors import InputError

#: Most bytes behind a command byte; longer sends are cut into pieces of this length (``sendCOMM``, 0xEF32F4).
PACKET_LIMIT = 32
HANDLER_COUNT = 8

#: These three are caught before the handlers are asked (listing, INT0 at 0x020E86), so that no packet of
#: handler 7 with 2, 3 or 4 bytes can exist.
BLOCK = 0xE1
BLOCK_REQUEST = 0xE2
PAYLOAD_READY = 0xE3
SPECIAL = (BLOCK, BLOCK_REQUEST, PAYLOAD_READY)


@dataclass(frozen=True)
class CommandByte:
    """A handler, 0 to 7, and how many bytes follow, 1 to 32.  Raises InputError for anything else."""

    handler: int
    length: int

    def __post_init__(self) -> None:
        if not 0 <= self.handler < HANDLER_COUNT:
            raise InputError(f"handler {self.handler} does not exist", remedy="give 0 to 7")
        if not 1 <= self.length <= PACKET_LIMIT:
            raise InputError(f"a packet of {self.length} bytes cannot be sent", remedy="give 1 to 32 bytes")

    @classmethod
    def of(cls, byte: int) -> CommandByte:
        """What a command byte says; E1, E2 and E3 are not told apart here."""
        return cls(byte >> 5 & 7, (byte & 0x1F) + 1)

    @property
    def byte(self) -> int:
        """The byte itself."""
        return self.handler << 5 | self.length - 1

    @property
    def is_special(self) -> bool:
        """Whether the receiver would take it for E1, E2 or E3."""
        return self.byte in SPECIAL


def chunks(data: bytes) -> Iterator[bytes]:
    """Pieces of 32 bytes and one of the rest, as both CPUs cut what they send; none of nothing."""
    for start in range(0, len(data), PACKET_LIMIT):
        yield data[start : start + PACKET_LIMIT]
