"""Streams divided into instructions, as the interpreter takes them, without running anything.

An instruction is its header and the bytes its handler takes; their number is what the header says only if
that fits.  Divided so, every byte of a stream belongs to one instruction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.kn5000.bytecode import operations
from luthier.kn5000.bytecode.operations import HEADER, OPERATIONS, Operation

_WORD_MASK = 0xFFFF


@dataclass(frozen=True)
class Instruction:
    """One instruction; ``length`` is the header's, ``body`` what is taken behind it.

    The end has no second byte, and its ``length`` is the lower half of its byte.
    """

    place: int
    opcode: int
    length: int
    body: bytes

    @property
    def operation(self) -> Operation:
        """Its row."""
        return OPERATIONS[self.opcode]

    @property
    def is_end(self) -> bool:
        """Whether the stream ends here."""
        return self.opcode == operations.END

    @property
    def natural_length(self) -> int:
        """What the header would say if it told the bytes that are taken."""
        return 0 if self.is_end else HEADER + len(self.body)

    @property
    def encoded(self) -> bytes:
        """Its bytes."""
        if self.is_end:
            return bytes([operations.END << 4 | self.length])
        return operations.header(self.opcode, self.length) + self.body

    @property
    def size(self) -> int:
        """How many bytes that is."""
        return 1 if self.is_end else HEADER + len(self.body)


def taken(opcode: int, length: int) -> int:
    """How many bytes a handler takes behind the header; more than any stream has where it never stops."""
    payload = length - HEADER & _WORD_MASK
    if opcode == operations.COMMAND:
        return 1
    if opcode in (operations.SEND, operations.BLOCK):
        head = 1 if opcode == operations.SEND else operations.HEAD
        rest = payload - head & _WORD_MASK
        return head + (1 << 40 if rest == _WORD_MASK else rest)
    group = OPERATIONS[opcode].group
    if not group:
        return 0
    rest = payload - operations.HEAD & _WORD_MASK
    return operations.HEAD + rest // group * group


def instructions(stream: bytes, start: int = 0) -> Iterator[Instruction]:
    """The instructions up to and with the end, or up to where one is cut."""
    place = start
    while place < len(stream):
        opcode = stream[place] >> 4
        if opcode == operations.END:
            yield Instruction(place, opcode, stream[place] & 15, b"")
            return
        if place + HEADER > len(stream):
            return
        length = (stream[place] & 15) << 8 | stream[place + 1]
        end = place + HEADER + taken(opcode, length)
        if end > len(stream):
            return
        found = Instruction(place, opcode, length, stream[place + HEADER : end])
        yield found
        place += found.size
