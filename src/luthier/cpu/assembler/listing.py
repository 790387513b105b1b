"""The listing: what the assembler made of each line, and the table of symbols."""

from __future__ import annotations

from collections.abc import Iterator

from luthier.cpu.assembler.image import Assembly, Line

#: Bytes a row; rows of one line, the rest of a long table is only counted.
_ROW = 8
_MOST_ROWS = 4

_WIDTH = 3 * _ROW


def listing(assembly: Assembly) -> str:
    """Address, bytes, number and text of every line, file by file, then the symbols by name."""
    return "\n".join(_rows(assembly)) + "\n"


def _rows(assembly: Assembly) -> Iterator[str]:
    file = ""
    for line in assembly.lines:
        if line.statement.file != file:
            file = line.statement.file
            yield f"; {file}"
        yield from _line(line)
    if assembly.symbols:
        yield ""
        yield "; symbols"
        width = max(map(len, assembly.symbols))
        for name, value in sorted(assembly.symbols.items()):
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
