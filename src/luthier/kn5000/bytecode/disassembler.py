"""Streams as text that :mod:`assembler` turns into the same bytes.

A line is an instruction: place, name, bytes, and behind ``;`` what it does as far as it is known.  A line
that begins with ``|`` goes on with the instruction above.  ``length=`` is there where the header says
another length than that of the bytes which are taken.  Bytes that are no instruction are lines ``data``.
"""

from __future__ import annotations

from collections.abc import Iterator

from luthier.kn5000.bytecode import operations
from luthier.kn5000.bytecode.stream import Instruction, instructions
from luthier.kn5000.dsp_codecs import coefficients
from luthier.kn5000.dsp_codecs.instructions import WINDOWS, WORD_SIZE, Word
from luthier.kn5000.dsp_ports.bus import DSP_1, DSP_2
from luthier.kn5000.dsp_ports.meaning import WRITE_PROGRAM, meaning, poke
from luthier.kn5000.dsp_ports.messages import Message
from luthier.kn5000.dsp_ports.register_file import WRITE_REGISTER

#: Bytes of a line where they have no groups, and numbers of 3 bytes on a line.
_LINE_BYTES, _LINE_NUMBERS = 16, 5
_NAME_WIDTH = 9
_REMARK_COLUMN = 64
_INDENT = " " * 6


def disassemble(stream: bytes, *, start: int = 0, base: int = 0, only: bool = False) -> Iterator[str]:
    """The lines of the stream at ``start`` and, unless ``only``, of the bytes behind it as data.

    ``base`` is the address of the first byte.  With ``start`` 0 and not ``only``, assembling the lines gives
    ``stream``.
    """
    place, ended = start, False
    for instruction in instructions(stream, start):
        yield from _lines(instruction, base)
        place, ended = instruction.place + instruction.size, instruction.is_end
    if ended and only:
        return
    for at in range(place, len(stream), _LINE_BYTES):
        cut = not ended and at == place
        remark = "cut: the stream ends inside this instruction" if cut else ""
        yield _first(base + at, "data", stream[at : at + _LINE_BYTES], remark)
    if not ended:
        yield f"; the stream has no end, at 0x{base + place:04X}"


def _lines(instruction: Instruction, base: int) -> Iterator[str]:
    name = instruction.operation.name
    place = base + instruction.place
    if instruction.is_end:
        yield _text(f"{place:04X}: {name}" + (f" {instruction.length:X}" if instruction.length else ""), "")
        return
    if instruction.length != instruction.natural_length:
        name = f"{name} length=0x{instruction.length:X}"
    head = _head_size(instruction)
    yield _first(place, name, instruction.body[:head], _remark(instruction))
    for group, remark in _groups(instruction, instruction.body[head:]):
        yield _text(f"{_INDENT}| {_hex(group)}", remark)


def _head_size(instruction: Instruction) -> int:
    if instruction.opcode in (operations.COMMAND, *operations.SKIPPED, operations.IDLE):
        return len(instruction.body)
    if instruction.opcode == operations.SEND:
        return min(len(instruction.body), _LINE_BYTES)
    return operations.HEAD


def _message(instruction: Instruction) -> Message:
    command, data = instruction.body[0], instruction.body[1:]
    return Message(DSP_2 if command == WRITE_REGISTER else DSP_1, command, data)


def _remark(instruction: Instruction) -> str:
    if not instruction.body:
        skipped = instruction.opcode in operations.SKIPPED
        return "only this header is passed over" if skipped else "the serial bus rests, other tasks run"
    message = _message(instruction)
    if instruction.operation.group == operations.WORD and message.command == WRITE_PROGRAM:
        return f"window 0x{_address(message):X}"
    return meaning(message)


def _address(message: Message) -> int:
    return int.from_bytes(message.data[:2], "big")


def _groups(instruction: Instruction, rest: bytes) -> Iterator[tuple[bytes, str]]:
    """What is behind the head, a line at a time, with its remark."""
    group = instruction.operation.group
    if group == operations.WORD:
        for word in _cut(rest, operations.WORD):
            yield word, _word_remark(instruction.opcode, word)
    elif group == operations.NUMBER:
        for line in _cut(rest, operations.NUMBER * _LINE_NUMBERS):
            yield line, _fractions(line)
    elif instruction.opcode == operations.BLOCK and _is_program(instruction):
        first = _address(_message(instruction))
        for index, word in enumerate(_cut(rest, WORD_SIZE)):
            whole = len(word) == WORD_SIZE and word[0] <= 0x0F
            yield word, f"{first + index:02X}: {Word.of(word)}" if whole else ""
    else:
        yield from ((line, "") for line in _cut(rest, _LINE_BYTES))


def _is_program(instruction: Instruction) -> bool:
    message = _message(instruction)
    return message.command == WRITE_PROGRAM and _address(message) not in WINDOWS


def _word_remark(opcode: int, word: bytes) -> str:
    """What a handler makes of a word."""
    if opcode == operations.CELLS and word[0] == operations.NUMBER_MARK:
        return poke(word)
    marks = {operations.CELLS: operations.CELL_MARK, operations.DELAYS: operations.POINTER_MARK}
    if word[0] == marks.get(opcode, word[0]):
        return f"{poke(word)}, address added to"
    return f"{poke(word)}, parameter added"


def _fractions(line: bytes) -> str:
    numbers = (coefficients.from_stream(number) for number in _cut(line, operations.NUMBER))
    return " ".join(f"{number / coefficients.ONE:+.4f}" for number in numbers)


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


def _first(place: int, name: str, data: bytes, remark: str) -> str:
    return _text(f"{place:04X}: {name:<{_NAME_WIDTH}} {_hex(data)}".rstrip(), remark)


def _text(text: str, remark: str) -> str:
    return f"{text:<{_REMARK_COLUMN}}; {remark}" if remark else text


def _hex(data: bytes) -> str:
    return data.hex(" ").upper()
