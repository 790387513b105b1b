"""Assembled lines and their listing: what became of each line of source, and the table of symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from luthier.cpu.assembler.source import Statement

#: Bytes a row; rows of one line, the rest of a long table is only counted.
_ROW = 8
_MOST_ROWS = 4

_WIDTH = 3 * _ROW


class Line(NamedTuple):
    """A line of source and what became of it; ``value`` is that of ``equ``."""

    address: int
    data: bytes
    statement: Statement
    value: int | None = None

    @property
    def end(self) -> int:
        """The address behind its bytes."""
        return self.address + len(self.data)


def listing(lines: list[Line], symbols: dict[str, int]) -> str:
    """Address, bytes, number and text of every line, file by file, then the symbols by name."""
    return "\n".join(_rows(lines, symbols)) + "\n"


def _rows(lines: list[Line], symbols: dict[str, int]) -> Iterator[str]:
    file = ""
    for line in lines:
        if line.statement.file != file:
            file = line.statement.file
            yield f"; {file}"
        yield from _line(line)
    if symbols:
        yield ""
        yield "; symbols"
        width = max(map(len, symbols))
        for name, value in sorted(symbols.items()):
            yield f"{name:<{width}} = {_hexadecimal(value)}"


def _line(line: Line) -> Iterator[str]:
    statement = line.statement
    shown = f"= {_hexadecimal(line.value)}" if line.value is not None else line.data[:_ROW].hex(" ").upper()
    has_place = line.data or statement.label or statement.operation
    address = f"{line.address:06X}" if has_place and line.value is None else ""
    yield f"{address:6}  {shown:{_WIDTH}} {statement.line:5}  {statement.text}".rstrip()
    for start in range(_ROW, min(len(line.data), _MOST_ROWS * _ROW), _ROW):
        row = line.data[start : start + _ROW]
        yield f"{line.address + start:06X}  {row.hex(' ').upper()}"
    if len(line.data) > _MOST_ROWS * _ROW:
        yield f"        and {len(line.data) - _MOST_ROWS * _ROW:,} more bytes"


def _hexadecimal(value: int) -> str:
    return f"{'-' if value < 0 else ''}0x{abs(value):06X}"
