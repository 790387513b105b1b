"""The result of an assembly: lines with their bytes, put together into one image."""

from __future__ import annotations

from dataclasses import dataclass

from luthier.cpu.assembler.listing import Line, listing
from luthier.cpu.assembler.problems import Problems
from luthier.cpu.symbols import Symbol, write_symbols
from luthier.errors import InputError


@dataclass(frozen=True)
class Assembly:
    """An assembled program: ``image`` begins at address ``base``."""

    image: bytes
    base: int
    symbols: dict[str, int]
    lines: list[Line]
    data_labels: frozenset[str]

    @property
    def end(self) -> int:
        """The address behind the last byte."""
        return self.base + len(self.image)

    def listing(self) -> str:
        """Addresses, bytes and lines of source, then the symbols."""
        return listing(self.lines, self.symbols)

    def symbol_file(self) -> str:
        """The names but local ones, as ``luthier disasm --symbols`` and ``include`` read them."""
        return write_symbols(
            {
                name: Symbol(value, name in self.data_labels)
                for name, value in self.symbols.items()
                if "." not in name and 0 <= value <= 0xFFFFFF
            }
        )


def assembly(
    lines: list[Line], symbols: dict[str, int], data_labels: set[str], fill: int, problems: Problems
) -> Assembly:
    """One image from the lowest to the highest byte; bytes that lie on each other are problems."""
    order = sorted((index for index, line in enumerate(lines) if line.data), key=lambda i: lines[i].address)
    highest = order[0] if order else 0
    for index in order[1:]:
        line = lines[index]
        if line.address < lines[highest].end:
            # Told of the later line of the source, whichever of the two lies lower.
            first, second = sorted((highest, index))
            problems.add(
                InputError(
                    f"the byte at {line.address:#08x} already comes from {lines[first].statement.where}",
                    where=lines[second].statement.where,
                    remedy="check the org of both",
                ),
                second,
            )
        if line.end > lines[highest].end:
            highest = index
    problems.raise_any()
    base = lines[order[0]].address if order else 0
    image = bytearray([fill]) * (lines[highest].end - base if order else 0)
    for index in order:
        line = lines[index]
        image[line.address - base : line.address - base + len(line.data)] = line.data
    return Assembly(bytes(image), base, symbols, lines, frozenset(data_labels))
