"""One program: its packed bytes are the truth, parameters are views of them.

Open questions
- What the five spare bits of the 21 bytes (byte 2 bits 2 to 5, byte 5 bit 7) are for, and the seven of the
  MkII's five more bytes.  They are 0 in all 128 real MkII programs that were looked at; kept as found.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import le

from luthier.errors import InputError, UsageError
from luthier.poly800.parameters import GLOBAL_GROUP, PROGRAM_LENGTH, Parameter, lookup, program_parameters
from luthier.poly800.synth import Synth

#: Programs of a bank: eight banks of eight, called 11 to 88 on the panel.
PROGRAM_COUNT = 64

#: Panel numbers in the order of the memory (the mailing-list thread; Poly-800 owner's manual).
PROGRAM_NUMBERS = tuple(10 * bank + place for bank in range(1, 9) for place in range(1, 9))


def program_index(number: int) -> int:
    """Place in memory, 0 to 63, of the program called ``number`` (11 to 88, digits 1 to 8) on the panel."""
    if number not in PROGRAM_NUMBERS:
        raise UsageError(
            f"there is no program {number}", remedy="programs are 11 to 18, 21 to 28 ... 81 to 88"
        )
    return PROGRAM_NUMBERS.index(number)


def program_number(index: int) -> int:
    """What the panel calls the program at place ``index`` (0 to 63)."""
    if not 0 <= index < PROGRAM_COUNT:
        raise InputError(f"there is no place {index} in a bank", remedy="places are 0 to 63")
    return PROGRAM_NUMBERS[index]


@dataclass(frozen=True)
class Program:
    """A packed program of 21 bytes (Poly-800, EX-800) or 26 (MkII).  Immutable."""

    packed: bytes

    def __post_init__(self) -> None:
        if len(self.packed) not in PROGRAM_LENGTH.values():
            raise InputError(
                f"a program of {len(self.packed)} bytes", remedy="programs have 21 bytes, or 26 (MkII)"
            )

    @property
    def family(self) -> Synth:
        """MK2 for 26 bytes, else POLY800 (the EX-800 packs its programs in the same way)."""
        return Synth.MK2 if len(self.packed) == PROGRAM_LENGTH[Synth.MK2] else Synth.POLY800

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters this program holds."""
        return program_parameters(self.family)

    def parameter(self, key: str | int | Parameter) -> Parameter:
        """The parameter of this program with that name or panel number; raises InputError."""
        row = key if isinstance(key, Parameter) else lookup(key, self.family)
        if row.group == GLOBAL_GROUP:
            raise InputError(
                f"{row.title} belongs to the whole bank, not to a program", remedy=f"give {row.name}="
            )
        return row

    def __getitem__(self, key: str | int | Parameter) -> int:
        """The panel value of a parameter, out of range or not."""
        return self._values[self.parameter(key).name]

    def values(self) -> dict[str, int]:
        """All panel values by parameter name."""
        return dict(self._values)

    @functools.cached_property
    def _values(self) -> Mapping[str, int]:
        whole = int.from_bytes(self.packed, "little")
        places, scattered = _places(self.family)
        values = {
            name: mask - (whole >> first & mask) if inverted else (whole >> first & mask) + offset
            for name, first, mask, inverted, offset in places
        }
        for row in scattered:
            values[row.name] = row.panel_value(_stored(whole, row.runs))
        return values

    def replacing(self, values: Mapping[str, int], *, allow_out_of_range: bool = False) -> Program:
        """The program with some panel values changed, everything else (spare bits too) as it is.

        Keys are names or panel numbers.  Raises InputError for a value that is out of range, or, if those
        are allowed, for one that its bits cannot hold.
        """
        whole = int.from_bytes(self.packed, "little")
        for key, panel in values.items():
            row = self.parameter(key)
            if not allow_out_of_range:
                row.check(panel)
            stored = row.stored_value(panel)
            for first, count in row.runs:
                mask = (1 << count) - 1
                whole = whole & ~(mask << first) | (stored & mask) << first
                stored >>= count
        return Program(whole.to_bytes(len(self.packed), "little"))

    def out_of_range(self) -> tuple[Parameter, ...]:
        """The parameters whose values the panel would not allow."""
        rows, least, most = _ranges(self.family)
        values = tuple(self._values.values())
        if all(map(le, least, values)) and all(map(le, values, most)):
            return ()
        return tuple(row for row in rows if not row.in_range(self._values[row.name]))

    def spare_bits(self) -> tuple[tuple[int, int], ...]:
        """The (byte, bit) of every spare bit that is set."""
        whole = int.from_bytes(self.packed, "little") & spare_mask(len(self.packed))
        return tuple(divmod(bit, 8) for bit in range(len(self.packed) * 8) if whole >> bit & 1)

    def with_spare_bits(self, bits: tuple[tuple[int, int], ...]) -> Program:
        """The program with exactly these spare bits set; raises InputError for a bit that is not spare."""
        mask = spare_mask(len(self.packed))
        wanted = 0
        for byte, bit in bits:
            if not (0 <= bit < 8 and mask >> (byte * 8 + bit) & 1):
                raise InputError(f"bit {bit} of byte {byte} is not a spare bit")
            wanted |= 1 << (byte * 8 + bit)
        whole = int.from_bytes(self.packed, "little") & ~mask | wanted
        return Program(whole.to_bytes(len(self.packed), "little"))

    def problems(self) -> tuple[str, ...]:
        """What is wrong or odd with this program, one line each, with the parameter named."""
        return tuple(self._problem_lines())

    def _problem_lines(self) -> Iterator[str]:
        for row in self.out_of_range():
            yield f"{row.title} is {self[row]}, out of range ({row.minimum} to {row.maximum})"
        for byte, bit in self.spare_bits():
            yield f"spare bit {bit} of byte {byte} is set"


@functools.cache
def _places(synth: Synth) -> tuple[list[tuple[str, int, int, bool, int]], list[Parameter]]:
    """For every parameter its name, first bit, mask, and what makes a panel value of it.

    For those whose bits lie in several places these are the first only; they stand in the second list.
    Libraries read thousands of programs a second: this says the same as the rows, without their methods.
    """
    rows = program_parameters(synth)
    places = [(row.name, row.runs[0][0], (1 << row.runs[0][1]) - 1, row.inverted, row.offset) for row in rows]
    return places, [row for row in rows if len(row.runs) > 1]


@functools.cache
def _ranges(synth: Synth) -> tuple[tuple[Parameter, ...], tuple[int, ...], tuple[int, ...]]:
    """The parameters in the order of ``_values``, their least and their largest panel values."""
    rows = program_parameters(synth)
    return rows, tuple(row.minimum for row in rows), tuple(row.maximum for row in rows)


def _stored(whole: int, runs: tuple[tuple[int, int], ...]) -> int:
    """The bits of a parameter out of a program as one number, the least significant run first."""
    stored = shift = 0
    for first, count in runs:
        stored |= (whole >> first & (1 << count) - 1) << shift
        shift += count
    return stored


@functools.cache
def spare_mask(length: int) -> int:
    """The bits of a little-endian program of ``length`` bytes that belong to no parameter."""
    synth = Synth.MK2 if length == PROGRAM_LENGTH[Synth.MK2] else Synth.POLY800
    mask = (1 << length * 8) - 1
    for row in program_parameters(synth):
        for first, count in row.runs:
            mask &= ~((1 << count) - 1 << first)
    return mask
