"""The query for the name of a sound, its reply, and the key relay: what comes back from the sub CPU.

Source: inter-CPU page, with the exchange captured in MAME that the tests repeat.  The query is a message of
the DSP ring with the command 2B; the reply goes out as a packet of handler 3, a key as one of handler 2
(listing, 0x03D01E).

Open questions
- What the ninth byte of a query chooses beyond "index of the sound within the bank", and its last byte, 00.
- Status 10 or 20 at the end of a reply.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport import dispatch
from luthier.kn5000.transport.framing import Packet

QUERY = 0x2B
QUERY_SIZE = 10
REPLY_SIZE = 25
NAME_SIZE = 16
FIRST_SLOT = 0x30
SLOT_COUNT = 16
_SELECTOR, _ADDRESS = 0x7F, 0x20
_NOTE = 0x90

#: Byte 7 of a query (inter-CPU page).
PARTS = {
    0x12: "Right 1",
    0x13: "Right 2",
    0x14: "Left",
    0x15: "Right 1 (conductor)",
    0x16: "Right 2 (conductor)",
}


@dataclass(frozen=True)
class SoundNameQuery:
    """What is the sound called that ``part`` (12 to 16, hexadecimal) plays?"""

    part: int
    index: int
    slot: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.part <= 0xFF and 0 <= self.index <= 0xFF and 0 <= self.slot < SLOT_COUNT):
            raise InputError("part and index are bytes, the slot is 0 to 15")

    @classmethod
    def of(cls, data: bytes) -> SoundNameQuery | None:
        """The query that ten bytes are; None if they are something else."""
        if len(data) != QUERY_SIZE or not FIRST_SLOT <= data[1] < FIRST_SLOT + SLOT_COUNT:
            return None
        query = cls(data[7], data[8], data[1] - FIRST_SLOT)
        return query if query.encoded == data else None

    @property
    def encoded(self) -> bytes:
        """The message for the DSP ring."""
        head = [QUERY, FIRST_SLOT + self.slot, _SELECTOR, _ADDRESS, 0, 0, 2]
        return bytes([*head, self.part, self.index, 0])

    def __str__(self) -> str:
        return f"sound name query: {part_name(self.part)}, sound {self.index}, slot {self.slot}"


@dataclass(frozen=True)
class SoundNameReply:
    """The answer: ``echo`` are the first eight bytes of the query, ``name`` is padded with blanks."""

    echo: bytes
    name: bytes
    status: int

    @classmethod
    def of(cls, data: bytes) -> SoundNameReply | None:
        """The reply that 25 bytes are; None if they are something else."""
        if len(data) != REPLY_SIZE or data[0] != QUERY:
            return None
        return cls(bytes(data[:8]), bytes(data[8:24]), data[24])

    @classmethod
    def to(cls, query: SoundNameQuery, name: str, status: int) -> SoundNameReply:
        """The reply to a query."""
        encoded = name.encode("ascii", "replace")[:NAME_SIZE].ljust(NAME_SIZE)
        return cls(query.encoded[:8], encoded, status)

    @property
    def encoded(self) -> bytes:
        """The 25 bytes."""
        return self.echo + self.name + bytes([self.status])

    @property
    def packet(self) -> Packet:
        """As the sub CPU sends it."""
        return Packet(dispatch.REPLY_TO_MAIN, self.encoded)

    def __str__(self) -> str:
        name = self.name.decode("ascii", "backslashreplace").rstrip()
        return f"sound name reply: {part_name(self.echo[7])} is {name!r}, status {self.status:02X}"


def part_name(part: int) -> str:
    """A part for people."""
    return PARTS.get(part, f"part {part:02X}")


def key_relay(note: int, velocity: int) -> Packet:
    """A key as the sub CPU tells the main CPU: ``90 note velocity``, velocity 0 when it is released."""
    return Packet(dispatch.RELAY_TO_MAIN, bytes([_NOTE, note & 0xFF, velocity & 0xFF]))


def relayed_key(payload: bytes) -> tuple[int, int] | None:
    """Note and velocity of a relayed key; None if the payload is something else."""
    if len(payload) != 3 or payload[0] != _NOTE:
        return None
    return payload[1], payload[2]
