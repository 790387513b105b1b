"""Text to streams: what :mod:`disassembler` writes, or what is written by hand.

::

    send      04 FB DA 3F A0 1A    ; a remark
    cells     01 01 60
            | 00 00 15 00 00
            | 0A 3F FF FF 95
    end

A word that ends in a colon is a place and passed over.  Bytes are two hexadecimal digits or several
together; ``|`` divides nothing and goes on with the instruction above at the beginning of a line.
``length=5`` says what the header tells, if not the number of bytes.  All errors are found at once, each
with its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from luthier.cpu.assembler.problems import Problems
from luthier.errors import InputError
from luthier.kn5000.bytecode import operations
from luthier.kn5000.bytecode.operations import HEADER, LENGTH_LIMIT, OPERATIONS

_OPCODES = {operation.name: opcode for opcode, operation in OPERATIONS.items()}
_DATA = "data"
_PLACE = re.compile(r"[0-9A-Fa-fxX]+:")
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_NIBBLE = re.compile(r"[0-9A-Fa-f]")
_LENGTH = re.compile(r"length=(0[xX][0-9A-Fa-f]+|[0-9]+)")


def assemble(source: str) -> bytes:
    """The bytes of a source; raises AssemblyError, whose ``errors`` are all that is wrong in it."""
    statements: list[_Statement] = []
    problems = Problems()
    for number, line in enumerate(source.splitlines(), start=1):
        words = line.partition(";")[0].replace("|", " | ").split()
        while words and _PLACE.fullmatch(words[0]):
            words.pop(0)
        if not words:
            continue
        try:
            _take(statements, words, number)
        except InputError as error:
            problems.add(error.at(f"line {number}"), number)
    if not statements and not problems.found:
        raise InputError("there are no instructions in it", remedy="write one a line, and end at the end")
    pieces = []
    for statement in statements:
        try:
            pieces.append(statement.encoded)
        except InputError as error:
            problems.add(error.at(f"line {statement.line}"), statement.line)
    problems.raise_any()
    return b"".join(pieces)


@dataclass
class _Statement:
    line: int
    name: str
    body: bytearray = field(default_factory=bytearray)
    length: int | None = None
    nibble: int = 0

    @property
    def encoded(self) -> bytes:
        if self.name == _DATA:
            return bytes(self.body)
        opcode = _OPCODES[self.name]
        if opcode == operations.END:
            return bytes([opcode << 4 | self.nibble])
        length = HEADER + len(self.body) if self.length is None else self.length
        if length > LENGTH_LIMIT:
            raise InputError(
                f"{self.name} with {len(self.body)} bytes does not fit the 12 bits of its length",
                remedy=f"divide it; {LENGTH_LIMIT - HEADER} bytes fit",
            )
        return operations.header(opcode, length) + self.body


def _take(statements: list[_Statement], words: list[str], line: int) -> None:
    if words[0] == "|":
        if not statements:
            raise InputError("nothing to go on with", remedy="begin with an instruction")
        statement = statements[-1]
    else:
        name = words.pop(0).lower()
        if name not in _OPCODES and name != _DATA:
            raise InputError(
                f"{name[:20]!r} is no instruction",
                remedy=f"write {', '.join(_OPCODES)} or {_DATA}",
            )
        statement = _Statement(line, name)
        statements.append(statement)
    for word in words:
        _word(statement, word)


def _word(statement: _Statement, word: str) -> None:
    if word == "|":
        return
    if statement.name == OPERATIONS[operations.END].name:
        if not _NIBBLE.fullmatch(word):
            raise InputError("the end takes no bytes", remedy="write end, or one digit for its lower half")
        statement.nibble = int(word, 16)
    elif match := _LENGTH.fullmatch(word):
        length = int(match[1], 0)
        if statement.name == _DATA or length > LENGTH_LIMIT:
            raise InputError(f"{word} is no length of an instruction", remedy="give 0 to 4095")
        statement.length = length
    elif _BYTES.fullmatch(word):
        statement.body += bytes.fromhex(word)
    else:
        raise InputError(f"{word[:20]!r} is no byte", remedy="write two hexadecimal digits for each")
