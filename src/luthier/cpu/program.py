"""A program taken apart: its instructions, its data, names for its addresses and who refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from luthier.cpu import exploration
from luthier.cpu.description import Description
from luthier.cpu.disassembler import Disassembler, Image
from luthier.cpu.exploration import CALLS, INSIDE, JUMPS, QUEUED, START
from luthier.cpu.flow import POINTS, READS, WRITES, make_flows
from luthier.cpu.symbols import Symbol
from luthier.errors import UsageError

_KINDS = ((CALLS, "call"), (JUMPS, "jump"), (READS, "read"), (WRITES, "write"), (POINTS, "pointer"))


class Reference(NamedTuple):
    """A place that refers to an address, and how: call, jump, read, write, pointer or vector."""

    address: int
    kind: str


@dataclass
class Program:
    """An image after exploration.  ``starts``, ``forms`` and ``references`` are indices into the image."""

    description: Description
    image: Image
    marks: npt.NDArray[np.uint8]  #: see :mod:`luthier.cpu.exploration`
    starts: npt.NDArray[np.int32]
    forms: npt.NDArray[np.int32]
    references: npt.NDArray[np.int32]  #: (references, 4): from index, address, kind, operand
    vectors: dict[int, str]  #: addresses of vectors that the image holds
    vector_targets: dict[int, list[Reference]]  #: where they lead, and which lead there
    symbols: dict[str, Symbol] = field(default_factory=dict)

    @property
    def is_followed(self) -> bool:
        """Whether there was any place to begin."""
        return bool((self.marks & QUEUED).any())

    def mark(self, address: int) -> int:
        """What is known of the byte at an address; 0 outside the image."""
        return int(self.marks[address - self.image.base]) if address in self.image else 0

    @property
    def behind_vectors(self) -> list[int]:
        """The addresses behind the vectors."""
        table = self.description.architecture.vectors
        return [address + table.size for address in self.vectors] if table else []

    @cached_property
    def names(self) -> dict[int, str]:
        """The name of every address that has one: symbols first, then what it is by the references."""
        found: dict[int, str] = {}
        for name, symbol in self.symbols.items():
            found.setdefault(symbol.address, name)
        taken = set(self.symbols)
        for address, reasons in sorted(self._reasons().items()):
            if address in found or not self.can_be_labelled(address):
                continue
            name = self._new_name(address, reasons)
            while name in taken:
                name += "_"
            found[address] = name
        return found

    @property
    def all_symbols(self) -> dict[str, Symbol]:
        """Those that were given, and the names that were found."""
        found = {
            name: Symbol(address, not self.mark(address) & START) for address, name in self.names.items()
        }
        return found | self.symbols

    def can_be_labelled(self, address: int) -> bool:
        """Whether a line of a listing can begin here."""
        return address in self.image and not self.mark(address) & INSIDE

    def _reasons(self) -> dict[int, int]:
        """Every address that is referred to or begun at, and the kinds of references to it."""
        reasons = dict.fromkeys((np.flatnonzero(self.marks & QUEUED) + self.image.base).tolist(), 0)
        for address, kind in np.unique(self.references[:, 1:3], axis=0).tolist():
            reasons[address] = reasons.get(address, 0) | kind
        return reasons

    def _new_name(self, address: int, reasons: int) -> str:
        vectors = self.vector_targets.get(address, ())
        if len(vectors) == 1:
            return f"on_{self.vectors[vectors[0].address]}"
        if reasons & CALLS or vectors:
            return f"sub_{address:06X}"
        return f"{'code' if self.mark(address) & (START | QUEUED) else 'data'}_{address:06X}"

    @cached_property
    def referred(self) -> dict[int, list[Reference]]:
        """Who refers to each address, in the order of the addresses they stand at."""
        found = {address: list(vectors) for address, vectors in self.vector_targets.items()}
        for index, address, kind, _operand in self.references.tolist():
            kinds = " and ".join(name for bit, name in _KINDS if kind & bit)
            found.setdefault(address, []).append(Reference(self.image.base + index, kinds))
        return found

    @cached_property
    def referring(self) -> dict[int, list[Reference]]:
        """What the instruction at each address refers to."""
        found: dict[int, list[Reference]] = {}
        for index, address, kind, _operand in self.references.tolist():
            kinds = " and ".join(name for bit, name in _KINDS if kind & bit)
            found.setdefault(self.image.base + index, []).append(Reference(address, kinds))
        return found


def take_apart(
    disassembler: Disassembler,
    image: Image,
    entries: Iterable[int] = (),
    symbols: Mapping[str, Symbol] | None = None,
) -> Program:
    """Follow a program from ``entries``, its vectors and those symbols that lie in the image."""
    chosen = list(entries)
    for address in chosen:
        if address not in image:
            raise UsageError(
                f"the entry {address:#x} is not in the image, {image.base:#x} to {image.end:#x}",
                remedy="check --entry and --base",
            )
    vectors, targets = _vectors(disassembler, image)
    named = [symbol.address for symbol in (symbols or {}).values() if not symbol.is_data]
    unit = disassembler.description.architecture.unit
    places = [*chosen, *targets, *(address for address in named if address in image)]
    places = [address - address % unit for address in places]  # as the CPU fetches them
    begin = [address for address in dict.fromkeys(places) if address in image]
    marks = np.zeros(image.memory.size, np.uint8)
    flows = make_flows(disassembler.description)
    queue = np.empty(image.memory.size + len(begin), np.int32)
    queue[: len(begin)] = [address - image.base for address in reversed(begin)]
    marks[queue[: len(begin)]] = QUEUED
    tables = disassembler.tables
    exploration.explore(image.memory, image.base, queue, len(begin), tables, flows, marks)
    starts = np.flatnonzero(marks & START).astype(np.int32)
    forms = np.empty(starts.size, np.int32)
    references = np.empty((exploration.PER_INSTRUCTION * starts.size, 4), np.int32)
    count = exploration.collect(image.memory, image.base, starts, tables, flows, forms, references)
    return Program(
        disassembler.description,
        image,
        marks,
        starts,
        forms,
        references[:count],
        vectors,
        targets,
        dict(symbols or {}),
    )


def _vectors(disassembler: Disassembler, image: Image) -> tuple[dict[int, str], dict[int, list[Reference]]]:
    """The vectors that the image holds, by address, and where they lead if that is in the image too."""
    table = disassembler.description.architecture.vectors
    vectors: dict[int, str] = {}
    targets: dict[int, list[Reference]] = {}
    for index, name in enumerate(table.names if table else ()):
        assert table is not None
        address = table.address_of(index)
        if name is None or address not in image or address + table.size > image.end:
            continue
        vectors[address] = name
        target = table.target(image.bytes_at(address, table.size))
        if target is not None and target in image:
            targets.setdefault(target, []).append(Reference(address, f"vector {name}"))
    return vectors, targets
