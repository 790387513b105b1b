"""The opcodes: four bits, then twelve bits of length with the two bytes of this header counted.

====  ==========  ==================================================================================
0     cells       command, 2 bytes, words of 5: addresses, numbers (0A), anything else plus the parameter
1     pointers    command, 2 bytes, words of 5: every one has an address
2     numbers     command, 2 bytes, numbers of 3 bytes
3     block       command, address of 16 bits, bytes
4     command     command
5     delays      command, 2 bytes, words of 5: pointers (08), anything else plus the parameter
6-C   skip        nothing: only the header is passed over, what follows is the next instruction
D     idle        the serial bus rests, other tasks run
E     send        command, bytes
F     end         the stream ends, seen and not taken
====  ==========  ==================================================================================

The names are ours; that 5 sets addresses of delay lines is told by the pointer 825 before them.  Handlers
go by what they take, not by the length: 4 and D take no more than shown, and bytes that fill no word are
the next instruction.

Source: listing, 0x03C2CB to 0x03C9CE.
"""

from __future__ import annotations

from typing import NamedTuple

HEADER = 2
LENGTH_LIMIT = 0xFFF
CELLS, POINTERS, NUMBERS, BLOCK, COMMAND, DELAYS = range(6)
IDLE, SEND, END = 0xD, 0xE, 0xF
SKIPPED = range(6, 0xD)
#: Command and two bytes before the words of opcodes 0, 1, 2 and 5; command and address of opcode 3.
HEAD = 3
#: A word of opcodes 0, 1 and 5, a number of opcode 2.
WORD, NUMBER = 5, 3
#: First bytes of words: an address for opcode 0, a number, a pointer for opcode 5.
CELL_MARK, NUMBER_MARK, POINTER_MARK = 0x00, 0x0A, 0x08


class Operation(NamedTuple):
    """What an opcode is called, and the size of its groups, 0 for single bytes."""

    name: str
    group: int = 0


OPERATIONS = {
    CELLS: Operation("cells", WORD),
    POINTERS: Operation("pointers", WORD),
    NUMBERS: Operation("numbers", NUMBER),
    BLOCK: Operation("block"),
    COMMAND: Operation("command"),
    DELAYS: Operation("delays", WORD),
    **{opcode: Operation(f"skip-{opcode:x}") for opcode in SKIPPED},
    IDLE: Operation("idle"),
    SEND: Operation("send"),
    END: Operation("end"),
}


def header(opcode: int, length: int) -> bytes:
    """The two bytes of an instruction of ``length`` bytes in all."""
    return bytes([opcode << 4 | length >> 8, length & 0xFF])
