"""Streams of our own, assembled from their text at the first use, for where there is no ROM.

Every effect has the same program, and every parameter goes linearly to a cell of its own (modelled): what can
be learned is the order of things, not what an effect gets.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from luthier.errors import InputError
from luthier.kn5000.bytecode.assembler import assemble
from luthier.kn5000.bytecode.descriptors import Descriptor
from luthier.kn5000.slots import presets
from luthier.kn5000.slots.layout import PARAMETERS
from luthier.kn5000.slots.plan import CHIPS, CLASS_COUNT, Stream
from luthier.kn5000.slots.sources import LEVEL_REDUCTIONS, ROTARY_ORDERS, SETTLING_TIMES, class_of
from luthier.kn5000.translator import operations
from luthier.kn5000.translator.records import Instruction, descriptor_table, numbers, value_table
from luthier.kn5000.translator.tables import Tables
from luthier.kn5000.translator.translation import modelled_tables

_TEXT = "own.streams"
_NAMES = {
    Stream.MUTE_SLOT: "mute slot",
    Stream.MUTE_CHIP: "mute chip",
    Stream.SOUND_CHIP: "sound chip",
    Stream.LOAD: "load",
    Stream.DISCONNECT: "disconnect",
    Stream.LINK: "link",
}
_CHIP_NAMES = {Stream.PROGRAM: "program", Stream.NUMBERS: "numbers"}
#: The unit of slot 1 begins at C8 where that of slot 0 begins at 54, its cells behind those of the other.
_DESCRIPTORS = (
    Descriptor(),
    Descriptor(pointers=0x80, cells=0x80, delays=0x80, block=0xC8 - 0x54),
    *(Descriptor(pointers=0x20 * place, cells=0x20 * place) for place in range(3)),
)
_FIRST_CELL = 0x20
_FULL_SCALE = (1 << 23) - 1
_GAINS = 127


@dataclass(frozen=True)
class OwnSource:
    """The source; the same at every use."""

    memory: bytes
    starts: dict[str, int]
    parameter_tables: tuple[int, int]
    base: int = 0
    name: str = "streams of our own"

    @property
    def tables(self) -> Tables:
        """Modelled."""
        return modelled_tables()

    @property
    def small_tables(self) -> list[int]:
        """As in the firmware."""
        classes = map(class_of, range(CLASS_COUNT))
        return [*SETTLING_TIMES, *LEVEL_REDUCTIONS, *ROTARY_ORDERS, *classes]

    def stream(self, stream: Stream, first: int, second: int) -> int:  # noqa: ARG002 - a source's
        """Where a stream begins; effects and algorithms make no difference."""
        if stream is Stream.HEADER:
            return self.starts["header"]
        if stream in _CHIP_NAMES:
            return self.starts[f"{_CHIP_NAMES[stream]} {CHIPS[first] + 1}"]
        return self.starts[f"{_NAMES[stream]} {first}"]

    def descriptor(self, slot: int) -> Descriptor:
        """Addresses of a slot."""
        return _DESCRIPTORS[slot]

    def places(self, effect: int, slot: int) -> tuple[int, int] | None:  # noqa: ARG002 - a source's
        """The same tables for every effect."""
        return self.parameter_tables

    def preset(self) -> bytes:
        """The image of the start."""
        return presets.start()

    def mix(self, first: int, curve: int, second: int) -> tuple[int, int]:
        """Gains in squares (modelled)."""
        share = (first / _GAINS) ** 2
        rest = ((curve + 1) / (_GAINS + 1)) ** 2 * (second / _GAINS) ** 2
        return int(share * rest * 0x4000), int(share * 0x4000)


@cache
def own_source() -> OwnSource:
    """The source, assembled once."""
    text = importlib.resources.files(__package__).joinpath(_TEXT).read_text(encoding="utf-8")
    memory, starts = bytearray(), {}
    for name, stream in sections(text):
        starts[name] = len(memory)
        memory += assemble(stream)
    values = len(memory)
    memory += value_table(
        [Instruction(operations.BLEND, cell, numbers(0, _FULL_SCALE))] for cell in range(PARAMETERS)
    )
    descriptors = len(memory)
    memory += descriptor_table({operations.BLEND: range(_FIRST_CELL, _FIRST_CELL + PARAMETERS)})
    return OwnSource(bytes(memory), starts, (values, descriptors))


def sections(text: str) -> Iterator[tuple[str, str]]:
    """(name, text) of every stream; raises InputError for text before the first name."""
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith("["):
            if name:
                yield name, "\n".join(lines)
            name, lines = line.strip("[] "), []
        elif name:
            lines.append(line)
        elif line.partition(";")[0].strip():
            raise InputError("a stream has no name", remedy="begin with [name]")
    if name:
        yield name, "\n".join(lines)
