"""A firmware as source text with comments: it assembles back to the same payload.

The texts of instructions come from :class:`luthier.cpu.listing.Listing`; what stands in the data, names of
registers, texts, tables and the reader's own notes are added here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from luthier.cpu.listing import Item, Listing, ignore, item_rows
from luthier.cpu.listing_rows import HEADING, NAME, Row
from luthier.cpu.program import Reference
from luthier.kaoss.code import Code
from luthier.kaoss.registers import register_at
from luthier.kaoss.vectors import VECTOR_SIZE, meanings

#: Bytes of a line of data.
_ROW = 16
_TEXT_ROW = 40
#: References to one place that are listed one by one.
_MOST_REFERENCES = 6
#: Characters of a text in a comment.
_QUOTED = 40
_REPEATED = re.compile(rb"(.)\1{31,}", re.DOTALL)
_PRINTABLE = re.compile(rb"[ !#-\[\]-~]+")


@dataclass(frozen=True)
class Line:
    """An instruction or some data, with everything that is said about it."""

    item: Item
    comment: str = ""

    def record(self) -> dict[str, object]:
        """What JSON shows."""
        return self.item.record() | {"comment": self.comment}


class Source:
    """Writes the source text of a :class:`Code`."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.program = code.program
        self.listing = Listing(code.tool, code.program)
        self.comments = code.notes.comments
        self.strings = {text.address: text for text in code.strings}
        #: Where data begin a new piece.
        self.boundaries = {
            *code.pointers,
            *(place + VECTOR_SIZE for place in code.pointers),
            *(place for text in code.strings for place in (text.address, text.end)),
            *(address for address in self.comments if address in code.image),
        }
        self.listing.places = sorted({*self.listing.places, *self.boundaries})
        self.touched = self._touched()
        self.from_tables = self._from_tables()

    def text(self, report: Callable[[float, str], None] = ignore) -> Iterator[str]:
        """The source, line by line."""
        return (row.line for row in self.rows(report))

    def rows(self, report: Callable[[float, str], None] = ignore) -> Iterator[Row]:
        """The same as rows."""
        yield from (Row(HEADING, None, line) for line in self._heading())
        yield Row(HEADING, None, f"org 0x{self.program.image.base:06x}")
        yield from self._equates()
        for line in self.lines(report):
            yield from item_rows(line.item, _references_text(line.item.references), line.comment)

    def lines(self, report: Callable[[float, str], None] = ignore) -> Iterator[Line]:
        """Instructions and data by address; together they are the whole payload."""
        data: list[Item] = []
        for item in self.listing.items(report):
            if item.is_data:
                if data and (item.labels or item.remarks or item.address in self.boundaries):
                    yield from self._data(data)
                    data = []
                data.append(item)
                continue
            if data:
                yield from self._data(data)
                data = []
            remarks = (*item.remarks, *self._said(item.address, len(item.code)))
            references = (*item.references, *self.from_tables.get(item.address, ()))
            comment = self.touched.get(item.address, "")
            yield Line(item._replace(references=references, remarks=remarks), comment)
        if data:
            yield from self._data(data)

    def _heading(self) -> Iterator[str]:
        code, header = self.code, self.code.file.header
        yield f"; {header.device} {header.version}, payload of {len(code.file.payload):,} bytes"
        counts = (
            (self.program.starts.size, "instruction"),
            (len(code.tables), "jump table"),
            (len(code.strings), "text"),
        )
        yield f"; {', '.join(f'{count:,} {what}{_plural(count)}' for count, what in counts)}"
        yield "; Addresses of registers are those of the sister chip H8S/2633."

    def _equates(self) -> Iterator[Row]:
        """Names that no line of the payload has: registers, variables."""
        outside = [
            (symbol.address, name)
            for name, symbol in self.program.symbols.items()
            if not self.program.can_be_labelled(symbol.address)
        ]
        for address, name in sorted(outside):
            register = register_at(address)
            told = [f"{register.module}: {register.description}"] if register else []
            told += self.comments.get(address, [])
            told += [_references_text(self.program.referred.get(address, ()))]
            yield Row(NAME, address, name, "; ".join(filter(None, told)))

    def _touched(self) -> dict[int, str]:
        """By the address of an instruction: the register or the text that it refers to."""
        found: dict[int, str] = {}
        for index, address, _kind, _operand in self.program.references.tolist():
            if address in self.strings:
                text = self.strings[address].text.rstrip()
                more = "..." if len(text) > _QUOTED else ""
                found[index] = f'"{text[:_QUOTED]!r}{more}"'.replace("\"'", '"', 1).replace("'\"", '"', 1)
            elif register := register_at(address):
                found[index] = f"{register.module}: {register.description}"
        return found

    def _from_tables(self) -> dict[int, list[Reference]]:
        """By the address that an entry of a table leads to: where the entry stands."""
        found: dict[int, list[Reference]] = {}
        for table, count in self.code.tables.items():
            for place in range(table, table + VECTOR_SIZE * count, VECTOR_SIZE):
                target = int.from_bytes(self.code.image.bytes_at(place, VECTOR_SIZE), "big")
                found.setdefault(target, []).append(Reference(place, "table"))
        return found

    def _said(self, address: int, length: int) -> list[str]:
        """The reader's comments on these bytes."""
        found = list(self.comments.get(address, ()))
        if length > 1 and self.comments:
            for inside in range(address + 1, address + length):
                found += [f"{inside:06X}: {comment}" for comment in self.comments.get(inside, ())]
        return found

    def _data(self, items: list[Item]) -> Iterator[Line]:
        """Lines for data that are one piece: the first of them may have labels."""
        first = items[0]
        data = b"".join(item.code for item in items)
        position = 0
        for text, size, comment in self._written(first.address, data):
            address = first.address + position
            code = data[position : position + size]
            if position == 0:
                remarks = (*self._remarks(first), *self._said(address, 1))
                yield Line(Item(address, code, text, first.labels, first.references, remarks), comment)
            else:
                yield Line(Item(address, code, text), comment)
            position += size

    def _remarks(self, item: Item) -> Iterable[str]:
        """Remarks but those that only name a vector: the line itself does."""
        return (remark for remark in item.remarks if not remark.startswith("vector "))

    def _written(self, address: int, data: bytes) -> Iterator[tuple[str, int, str]]:
        """Text, number of bytes and comment of every line."""
        if address in self.code.pointers and len(data) == VECTOR_SIZE:
            number = address // VECTOR_SIZE
            comment = f"vector {number}, {meanings()[number].name}" if number < len(meanings()) else ""
            yield self._pointer(data), VECTOR_SIZE, comment
        elif address in self.strings and len(data) == len(self.strings[address].data):
            yield from ((text, size, "") for text, size in _text_rows(data))
        else:
            yield from _rows(data)

    def _pointer(self, data: bytes) -> str:
        value = int.from_bytes(data, "big")
        return f"dl {self.program.names.get(value, f'0x{value:08x}')}"


def _rows(data: bytes) -> Iterator[tuple[str, int, str]]:
    position = 0
    for match in _REPEATED.finditer(data):
        yield from _byte_rows(data[position : match.start()])
        yield f"ds {len(match[0])},0x{match[1][0]:02x}", len(match[0]), ""
        position = match.end()
    yield from _byte_rows(data[position:])


def _byte_rows(data: bytes) -> Iterator[tuple[str, int, str]]:
    for at in range(0, len(data), _ROW):
        row = data[at : at + _ROW]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        yield _bytes_text(row), len(row), text if any(0x20 < byte < 0x7F for byte in row) else ""


def _bytes_text(data: bytes) -> str:
    return "db 0x" + data.hex(" ").replace(" ", ",0x")


def _text_rows(data: bytes) -> Iterator[tuple[str, int]]:
    for at in range(0, len(data), _TEXT_ROW):
        row = data[at : at + _TEXT_ROW]
        parts, position = [], 0
        for match in _PRINTABLE.finditer(row):
            parts += [f"0x{byte:02x}" for byte in row[position : match.start()]]
            parts.append(f'"{match[0].decode("ascii")}"')
            position = match.end()
        parts += [f"0x{byte:02x}" for byte in row[position:]]
        yield f"db {','.join(parts)}", len(row)


def _references_text(references: Iterable[Reference]) -> str:
    """``vectors NMI, TRAP0; call from 000254, 000258``."""
    vectors: list[str] = []
    by_kind: dict[str, list[str]] = {}
    for address, kind in references:
        if kind.startswith("vector "):
            vectors.append(kind.removeprefix("vector "))
        else:
            by_kind.setdefault(kind, []).append(f"{address:06X}")
    parts = [f"vector{'s' * (len(vectors) > 1)} {_listed(vectors)}"] if vectors else []
    return "; ".join([*parts, *(f"{kind} from {_listed(places)}" for kind, places in by_kind.items())])


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


def _listed(words: list[str]) -> str:
    more = len(words) - _MOST_REFERENCES
    return ", ".join(words[:_MOST_REFERENCES]) + (f" and {more} more" if more > 0 else "")
