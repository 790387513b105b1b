"""What DSP 2 was told by command 30: 256 registers of 16 bits, and statistics of their writes.

Behind command 30 come an address of 16 bits and words for it and the addresses that follow: in eight of
eight programs of the ROM, blocks of coefficients abut so, and no other way (facts 2.6; the
documentation's notes on the second chip).  With one word that is the published group 00, register, high,
low.  The boot trace of the audio-subsystem page, however, was read in groups of four bytes throughout:
the second byte the register, the last two the value.  So blocks of instructions must have been counted as
register writes: ``Reading.GROUPS``.

Open questions
- What lies above 0xFF.  Programs go to 1336, 1520 and 3376, in words of 32 bits; they are kept as bytes.
- What nearly every register does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.bus import DSP_2
from luthier.kn5000.dsp_ports.messages import Message

WRITE_REGISTER = 0x30
REGISTERS = 256
GROUP = 4
_ADDRESS = 2


class Reading(Enum):
    """How the data behind command 30 are divided."""

    BLOCK = "block"
    """An address, and words for it and those that follow."""
    GROUPS = "groups"
    """As published: 00, register, high, low, again and again."""


def register_write(register: int, value: int) -> Message:
    """The message that sets one register; raises InputError if it has no such register or value."""
    if not 0 <= register < REGISTERS:
        raise InputError(f"register 0x{register:X} does not exist", remedy="give 0 to 0xFF")
    if not 0 <= value <= 0xFFFF:
        raise InputError(f"{value} does not fit a register", remedy="give 16 bits")
    return Message(DSP_2, WRITE_REGISTER, bytes([0, register, value >> 8, value & 0xFF]))


@dataclass
class Statistics:
    """The writes of one register."""

    writes: int = 0
    values: set[int] = field(default_factory=set)
    first: int = 0
    last: int = 0

    @property
    def unique(self) -> int:
        """How many different values."""
        return len(self.values)

    def add(self, value: int) -> None:
        """One more write."""
        if not self.writes:
            self.first = value
        self.writes += 1
        self.last = value
        self.values.add(value)


@dataclass
class RegisterFile:
    """All registers; what was never written is not in ``statistics`` and reads 0."""

    reading: Reading = Reading.BLOCK
    statistics: dict[int, Statistics] = field(default_factory=dict)
    instructions: dict[int, bytes] = field(default_factory=dict)
    """What was written above the registers, by its address."""
    left_over: int = 0
    """Bytes that fill no word or group."""

    def apply(self, message: Message) -> None:
        """Take what DSP 2 was told; other chips and commands change nothing."""
        if message.chip != DSP_2 or message.command != WRITE_REGISTER:
            return
        (self._block if self.reading is Reading.BLOCK else self._groups)(message.data)

    def apply_all(self, messages: Iterable[Message]) -> None:
        """Take several."""
        for message in messages:
            self.apply(message)

    def value(self, register: int) -> int:
        """What a register holds."""
        statistics = self.statistics.get(register)
        return statistics.last if statistics else 0

    @property
    def writes(self) -> int:
        """All writes of registers."""
        return sum(statistics.writes for statistics in self.statistics.values())

    def _write(self, register: int, value: int) -> None:
        self.statistics.setdefault(register, Statistics()).add(value)

    def _groups(self, data: bytes) -> None:
        whole = len(data) // GROUP * GROUP
        for at in range(0, whole, GROUP):
            _, register, high, low = data[at : at + GROUP]
            self._write(register, high << 8 | low)
        self.left_over += len(data) - whole

    def _block(self, data: bytes) -> None:
        if len(data) < _ADDRESS:
            self.left_over += len(data)
            return
        address = data[0] << 8 | data[1]
        if address >= REGISTERS:
            self.instructions[address] = data[_ADDRESS:]
            return
        words = (len(data) - _ADDRESS) // 2
        for index in range(min(words, REGISTERS - address)):
            at = _ADDRESS + 2 * index
            self._write(address + index, data[at] << 8 | data[at + 1])
        self.left_over += len(data) - _ADDRESS - 2 * min(words, REGISTERS - address)
