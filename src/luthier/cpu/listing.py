"""A program as source text: it assembles back to the same bytes, and says in comments what is known."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from luthier.cpu.description import Form
from luthier.cpu.disassembler import Disassembler
from luthier.cpu.exploration import OVERLAPS, START, STUCK
from luthier.cpu.fields import Immediate
from luthier.cpu.listing_rows import CODE, DATA, EMPTY, HEADING, LABEL, NAME, REMARK, Row
from luthier.cpu.program import Program, Reference
from luthier.cpu.rendering import value_of, written
from luthier.cpu.variants import Variants

_DATA_BYTES = 16
_TEXT_BYTES = 32
#: One byte over and over; printable characters but the quote and the backslash, enough of them to be text.
_REPEATED = re.compile(rb"(.)\1{63,}", re.DOTALL)
_TEXT = re.compile(rb"[ !#-\[\]-~]{6,}")
#: Where addresses need a byte more: an image across one of them may lose bytes to too short addresses.
_WIDTHS = (1 << 7, 1 << 8, 1 << 15, 1 << 16)
#: Lines between two reports of progress.
_REPORTED = 1 << 12
#: References to one address that are listed one by one.
_MOST_REFERENCES = 8


def ignore(_fraction: float, _now: str = "") -> None:
    """Progress that nobody asked for."""


class Item(NamedTuple):
    """A line of the listing: an instruction or some data."""

    address: int
    code: bytes
    text: str
    labels: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()  #: who refers to this address
    remarks: tuple[str, ...] = ()  #: what is odd here, or worth saying

    @property
    def name(self) -> str:
        """The mnemonic."""
        return self.text.partition(" ")[0].partition(":")[0]

    def record(self) -> dict[str, object]:
        """What JSON shows."""
        return {
            "name": self.name,
            "address": self.address,
            "bytes": self.code.hex(),
            "text": self.text,
            "label": self.labels[0] if self.labels else None,
            "references": [reference._asdict() for reference in self.references],
            "remarks": list(self.remarks),
        }

    @property
    def is_data(self) -> bool:
        """No instruction."""
        return self.name in {"db", "ds"}


def item_rows(item: Item, references: str, comment: str = "") -> Iterator[Row]:
    """The rows of an item: its labels, the last with who refers to it, its remarks, and what it is."""
    if item.labels:
        yield Row(EMPTY, item.address, "")
    for label in item.labels:
        yield Row(LABEL, item.address, label, references if label == item.labels[-1] else "")
    yield from (Row(REMARK, item.address, remark) for remark in item.remarks)
    yield Row(DATA if item.is_data else CODE, item.address, item.text, comment, item.code)


class Listing:
    """Writes a program as source text; ``comments`` by address become remarks."""

    def __init__(
        self,
        disassembler: Disassembler,
        program: Program,
        comments: Mapping[int, Sequence[str]] | None = None,
    ) -> None:
        self.comments = comments or {}
        self.disassembler = disassembler
        self.program = program
        self.variants = Variants(disassembler.description)
        self.relative = {
            form.number: place.operand.letter
            for form in disassembler.description.forms
            for place in form.places
            if isinstance(place.operand, Immediate) and place.operand.relative
        }
        image = program.image
        self.straddles = any(image.base < width < image.end for width in _WIDTHS)
        self.labels: dict[int, tuple[str, ...]] = {
            address: (name,) for address, name in program.names.items()
        }
        for name, symbol in program.symbols.items():
            if name not in (known := self.labels[symbol.address]):
                self.labels[symbol.address] = (*known, name)
        #: Addresses where data begin a new line.
        self.places = sorted({*self.labels, *program.vectors, *program.behind_vectors, *self.comments})

    def lines(self, items: Iterable[Item] | None = None) -> Iterator[str]:
        """The source text, line by line; ``items`` are :meth:`items`, to be told how far it is."""
        return (row.line for row in self.rows(items))

    def rows(self, items: Iterable[Item] | None = None) -> Iterator[Row]:
        """The same as rows."""
        yield Row(HEADING, None, f"org 0x{self.program.image.base:06x}")
        for name, symbol in self.program.symbols.items():
            if not self.program.can_be_labelled(symbol.address):
                yield Row(NAME, symbol.address, name)
        for item in self.items() if items is None else items:
            yield from item_rows(item, references_text(item.references))

    def items(self, report: Callable[[float, str], None] = ignore) -> Iterator[Item]:
        """Instructions and data by address; together they are the whole image."""
        image = self.program.image
        remarks = self._remarks()
        for number, (address, code, text, saying) in enumerate(self._pieces()):
            if number % _REPORTED == 0:
                report((address - image.base) / image.memory.size, "")
            said = [*self.comments.get(address, ()), *([saying] if saying else ())]
            while remarks and remarks[-1][0] < address + len(code):
                odd, remark = remarks.pop()
                said.append(f"{odd:06X} {remark}")
            references = tuple(self.program.referred.get(address, ()))
            yield Item(address, code, text, self.labels.get(address, ()), references, tuple(said))

    def _remarks(self) -> list[tuple[int, str]]:
        """What is odd, the last first: two readings of the same bytes, code that runs into no code."""
        image, marks = self.program.image, self.program.marks
        found: list[tuple[int, str]] = []
        for index in np.flatnonzero(marks & (OVERLAPS | STUCK))[::-1].tolist():
            address, mark = image.base + index, int(marks[index])
            if mark & OVERLAPS:
                text = self.disassembler.instruction(image.bytes_at(address, 16), address).text
                found.append((address, f"is reached too, inside of other instructions: {text}"))
            elif mark & START:
                found.append((address, "is the last instruction, and goes on behind the end"))
            else:
                found.append((address, "is reached, but no instruction begins here"))
        return found

    def _pieces(self) -> Iterator[tuple[int, bytes, str, str]]:
        """Address, bytes, text and a remark of every line."""
        program, image = self.program, self.program.image
        texts = self.disassembler.render(image, program.starts, program.forms, columns=False)
        words = self._words()
        position = image.base
        for start, number, text in zip(
            program.starts.tolist(), program.forms.tolist(), texts.decode("ascii").split("\n"), strict=False
        ):
            address = image.base + start
            yield from self._data(position, address)
            form = self.disassembler.description.forms[number]
            code = image.bytes_at(address, form.length)
            yield address, code, *self._instruction(form, code, address, text, words.get(start))
            position = address + form.length
        yield from self._data(position, image.end)

    def _words(self) -> dict[int, dict[str, str]]:
        """For each instruction (by its index) that has an address with a name: operand letter to name."""
        forms = dict(zip(self.program.starts.tolist(), self.program.forms.tolist(), strict=True))
        names = self.program.names
        found: dict[int, dict[str, str]] = {}
        for index, address, _kind, operand in self.program.references.tolist():
            if address in names:
                form = self.disassembler.description.forms[forms[index]]
                place, start = form.places[operand], self.program.image.base + index
                # A number of 32 bits may say more than the address that the bus makes of it.
                if value_of(place, self.program.image.bytes_at(start, form.length), start) == address:
                    found.setdefault(index, {})[place.operand.letter] = names[address]
        return found

    def _instruction(
        self, form: Form, code: bytes, address: int, text: str, words: dict[str, str] | None
    ) -> tuple[str, str]:
        """The text of an instruction that gives its bytes again, and a remark if no text does."""
        size = len(form.mnemonic)
        explicit = self.straddles and words is not None
        if (letter := self.relative.get(form.number)) is not None:
            # Distances are shorter while the assembler still looks for the lengths of what lies between.
            explicit |= words is None or letter not in words or not self.variants.is_first(form)
        suffix = self.variants.suffix(form, code, address, text[size + 1 :], explicit=explicit)
        if suffix is None:
            return _bytes_text(code), f"{address:06X} is {text}, but not as it would be assembled"
        if words:
            text = written(form, code, address, words)
        return (f"{form.mnemonic}{suffix}{text[size:]}" if suffix else text), ""

    def _data(self, first: int, last: int) -> Iterator[tuple[int, bytes, str, str]]:
        """Lines for what is no instruction, from address ``first`` up to ``last``."""
        if first == last:
            return
        vectors = self.program.vectors
        begin, end = (bisect_left(self.places, address) for address in (first + 1, last))
        for start, stop in pairwise((first, *self.places[begin:end], last)):
            for address, code, text in _data_lines(start, self.program.image.bytes_at(start, stop - start)):
                yield address, code, text, f"vector {vectors[address]}" if address in vectors else ""


def _data_lines(start: int, data: bytes) -> Iterator[tuple[int, bytes, str]]:
    """Address, bytes and text of lines for ``data``: repetitions, what reads as text, and the rest."""
    position = 0
    for repeated in _REPEATED.finditer(data):
        yield from _varied_lines(start + position, data[position : repeated.start()])
        yield start + repeated.start(), repeated[0], f"ds {len(repeated[0])},0x{repeated[0][0]:02x}"
        position = repeated.end()
    yield from _varied_lines(start + position, data[position:])


def _varied_lines(start: int, data: bytes) -> Iterator[tuple[int, bytes, str]]:
    """Lines for data without long repetitions."""
    position = 0
    for text in _TEXT.finditer(data):
        for at, code in _rows(data, position, text.start(), _DATA_BYTES):
            yield start + at, code, _bytes_text(code)
        for at, code in _rows(data, *text.span(), _TEXT_BYTES):
            yield start + at, code, f'db "{code.decode("ascii")}"'
        position = text.end()
    for at, code in _rows(data, position, len(data), _DATA_BYTES):
        yield start + at, code, _bytes_text(code)


def _rows(data: bytes, first: int, last: int, width: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of at most ``width`` bytes, and where they begin."""
    return ((at, data[at : min(at + width, last)]) for at in range(first, last, width))


def _bytes_text(code: bytes) -> str:
    return "db 0x" + code.hex(" ").replace(" ", ",0x")


def references_text(references: Iterable[Reference]) -> str:
    """``call from E01234, E02345; read from E03456``."""
    by_kind: dict[str, list[str]] = {}
    for address, kind in references:
        by_kind.setdefault(kind, []).append(f"{address:06X}")
    parts = []
    for kind, places in by_kind.items():
        more = len(places) - _MOST_REFERENCES
        shown = ", ".join(places[:_MOST_REFERENCES]) + (f" and {more} more" if more > 0 else "")
        parts.append(f"{kind} from {shown}")
    return "; ".join(parts)
