"""Tables of records: built, and taken apart without running anything.

A record is its length, 16 bits with the two of itself, the opcode, and what belongs to it; F0 ends a table.
Of value records only the length and the instructions behind it count: that the first opcode is the record's
name is a matter of how they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.coefficients import to_stream
from luthier.kn5000.translator.operations import END_OF_RECORD, OPERATIONS, operand_bytes

END_OF_TABLE = 0xF0
_LENGTH_LIMIT = 0xEFFF


@dataclass(frozen=True)
class Instruction:
    """One instruction of a value record: opcode, number of a cell in the descriptor record, operands."""

    opcode: int
    field: int
    operands: bytes = b""

    @property
    def encoded(self) -> bytes:
        """Its bytes."""
        return bytes([self.opcode, self.field]) + self.operands


def numbers(*values: int) -> bytes:
    """Operands of three bytes each."""
    return b"".join(to_stream(value) for value in values)


def _record(payload: bytes) -> bytes:
    length = len(payload) + 2
    if length > _LENGTH_LIMIT:
        raise InputError(f"a record of {length} bytes is too long", remedy="keep it under 61,440")
    return length.to_bytes(2, "big") + payload


def value_table(parameters: Iterable[Sequence[Instruction]]) -> bytes:
    """Value records of one parameter after the other."""
    records = (
        b"".join(instruction.encoded for instruction in instructions) + bytes([END_OF_RECORD])
        for instructions in parameters
    )
    return b"".join(_record(record) for record in records) + bytes([END_OF_TABLE])


def descriptor_table(cells: Mapping[int, Sequence[int]]) -> bytes:
    """Descriptor records: cells by opcode."""
    return b"".join(_record(bytes([opcode, *found])) for opcode, found in cells.items()) + bytes(
        [END_OF_TABLE]
    )


def instructions(memory: bytes, place: int) -> list[list[Instruction]]:
    """The instructions of every value record from ``place`` on; raises InputError where they are no such."""
    found = []
    for start, end in _records(memory, place):
        found.append(list(_instructions(memory, start, end)))
    return found


def _records(memory: bytes, place: int) -> Iterator[tuple[int, int]]:
    """(where it begins behind its length, its end) of every record."""
    while True:
        header = memory[place : place + 2]
        if header[:1] == bytes([END_OF_TABLE]):
            return
        length = int.from_bytes(header, "big")
        if len(header) < 2 or length < 3 or place + length > len(memory):
            raise InputError(f"no record begins at 0x{place:X}", remedy="records end with F0")
        yield place + 2, place + length
        place += length


def _instructions(memory: bytes, place: int, end: int) -> Iterator[Instruction]:
    while place < end:
        opcode = memory[place]
        if opcode == END_OF_RECORD:
            place += 1
            continue
        if opcode not in OPERATIONS or place + 2 > end:
            raise InputError(f"no opcode is 0x{opcode:02X}, at 0x{place:X}")
        first = place + 2
        size = operand_bytes(opcode, memory[first] if first < end else 0)
        if first + size > end:
            raise InputError(f"the operands of 0x{opcode:02X} are cut, at 0x{place:X}")
        yield Instruction(opcode, memory[place + 1], memory[first : first + size])
        place = first + size
