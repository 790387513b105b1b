"""Bytes to instructions, one after the other: the linear disassembly of any CPU that has a description."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier import cpu
from luthier.compiled import as_python, compiled
from luthier.cpu.decoding import Tables, find_form, make_tables
from luthier.cpu.description import Description, Form
from luthier.cpu.rendering import LONGEST_LINE, UNDEFINED, Texts, make_texts, render, written
from luthier.errors import UsageError

#: Bytes the address bus reaches.
BUS_SIZE = 1 << 24
#: Instructions of one round of the linear disassembly: bounds the memory it takes.
_ROUND = 1 << 15


@dataclass(frozen=True)
class Image:
    """Bytes and the address of the first of them."""

    memory: npt.NDArray[np.uint8]
    base: int = 0

    @classmethod
    def of(cls, data: bytes, base: int = 0) -> Image:
        """An image of ``data``; :class:`UsageError` unless it fits the bus."""
        if not 0 <= base <= BUS_SIZE - len(data):
            raise UsageError(
                f"{len(data)} bytes from {base:#x} on do not fit the bus, which ends at {BUS_SIZE - 1:#x}",
                remedy="check --base",
            )
        return cls(np.frombuffer(bytearray(data), np.uint8), base)

    @property
    def end(self) -> int:
        """The address behind the last byte."""
        return self.base + self.memory.size

    def __contains__(self, address: int) -> bool:
        return self.base <= address < self.end

    def part(self, start: int | None, end: int | None) -> Image:
        """The bytes from address ``start`` up to, not including, ``end``."""
        first = self.base if start is None else start
        last = self.end if end is None else end
        if not self.base <= first < last <= self.end:
            raise UsageError(
                f"{first:#x} to {last:#x} is no part of the image, {self.base:#x} to {self.end:#x}",
                remedy="check --start, --end and --base",
            )
        return Image(self.memory[first - self.base : last - self.base], first)

    def bytes_at(self, address: int, length: int) -> bytes:
        """Some of the bytes."""
        return self.memory[address - self.base : address - self.base + length].tobytes()


class Instruction(NamedTuple):
    """One instruction as it is shown; ``form`` is None for a unit of code that is none."""

    address: int
    code: bytes
    text: str
    form: Form | None

    @property
    def name(self) -> str:
        """The mnemonic."""
        return self.text.partition(" ")[0]

    def record(self) -> dict[str, object]:
        """What JSON shows."""
        return {
            "name": self.name,
            "address": self.address,
            "bytes": self.code.hex(),
            "text": self.text,
            "label": None,
            "references": [],
            "remarks": [],
        }


@compiled
def _sweep(
    memory: npt.NDArray[np.uint8],
    at: int,
    tables: Tables,
    starts: npt.NDArray[np.int32],
    forms: npt.NDArray[np.int32],
) -> tuple[int, int]:
    """Decode from index ``at`` on until ``starts`` is full; how many there are and where they end."""
    count = 0
    while at < memory.size and count < starts.size:
        form = find_form(memory, at, memory.size, tables)
        starts[count], forms[count] = at, form
        at += min(tables.unit, memory.size - at) if form < 0 else int(tables.lengths[form])
        count += 1
    return count, at


class Disassembler:
    """Everything that is needed to write the instructions of one CPU."""

    def __init__(self, description: Description) -> None:
        self.description = description
        #: Width of the column of bytes: that of the longest instruction, and a space.
        self.width = 3 * max(form.length for form in description.forms) + 1

    @cached_property
    def tables(self) -> Tables:
        """How forms are found."""
        return make_tables(self.description, {})

    @cached_property
    def texts(self) -> Texts:
        """How forms are written."""
        return make_texts(self.description)

    def instruction(self, data: bytes, address: int = 0) -> Instruction:
        """The first instruction of ``data``, in plain Python: nothing is compiled."""
        number = as_python(find_form)(np.frombuffer(data, np.uint8), 0, len(data), self.tables)
        if number < 0:
            code = data[: self.tables.unit]
            return Instruction(address, code, f"{UNDEFINED}{code.hex(' ').replace(' ', ',0x')}", None)
        form = self.description.forms[number]
        code = data[: form.length]
        return Instruction(address, code, written(form, code, address), form)

    def sweep(self, image: Image) -> Iterator[tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]:
        """Indices and form numbers of all instructions, one behind the other, some thousands at a time."""
        at = 0
        while at < image.memory.size:
            starts = np.empty(_ROUND, np.int32)
            forms = np.empty(_ROUND, np.int32)
            count, at = _sweep(image.memory, at, self.tables, starts, forms)
            yield starts[:count], forms[:count]

    def render(
        self, image: Image, starts: npt.NDArray[np.int32], forms: npt.NDArray[np.int32], *, columns: bool
    ) -> bytes:
        """A line for each instruction, with address and bytes before the text if ``columns``."""
        out = np.empty(starts.size * LONGEST_LINE, np.uint8)
        width = self.width if columns else 0
        size = render(image.memory, starts, forms, image.base, width, self.tables, self.texts, out)
        return out[:size].tobytes()

    def lines(self, image: Image) -> Iterator[bytes]:
        """The linear disassembly, ``ADDRESS  BYTES  text`` lines, many at a time."""
        for starts, forms in self.sweep(image):
            yield self.render(image, starts, forms, columns=True)

    def instructions(self, image: Image) -> Iterator[Instruction]:
        """The linear disassembly as records."""
        for starts, forms in self.sweep(image):
            texts = self.render(image, starts, forms, columns=False).decode("ascii").split("\n")
            for start, number, text in zip(starts.tolist(), forms.tolist(), texts, strict=False):
                form = self.description.forms[number] if number >= 0 else None
                address = image.base + start
                length = form.length if form else self.tables.unit
                yield Instruction(address, image.bytes_at(address, length), text, form)


@cache
def disassembler(name: str) -> Disassembler:
    """The disassembler of a CPU by name."""
    return Disassembler(cpu.describe(name))
