"""What a statement becomes: a plan that says where the next one stands and, at the end, which bytes it makes.

Plans are made once and asked in every pass.  ``advance`` gives the next address, ``data`` the bytes.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from luthier.cpu.assembler.encoding import BUS_SIZE, Encoder
from luthier.cpu.assembler.expressions import Expression, UndefinedSymbol
from luthier.cpu.assembler.matching import Candidate
from luthier.cpu.assembler.source import full_name
from luthier.errors import InputError

#: Names that a misspelt one is compared with.
_MOST_COMPARED = 10_000


@dataclass
class Context:
    """Where an expression is computed: the address, the scope of local names and the symbols."""

    current: dict[str, int]  #: symbols defined so far in this pass
    previous: Mapping[str, int]  #: all symbols, as the pass before had them
    defined: tuple[str, ...] | None = None  #: all names of the source, in the last pass
    here: int = 0
    scope: str = ""

    def value(self, expression: Expression) -> int:
        """The value of an expression, which may name what is defined further down."""
        return expression.value(self._value_of, self.here)

    def settled(self, expression: Expression) -> int:
        """The value of an expression that decides about addresses: it names only what stands above."""
        return expression.value(self._settled, self.here)

    def _value_of(self, name: str) -> int:
        full = full_name(name, self.scope)
        for symbols in (self.current, self.previous):
            if full in symbols:
                return symbols[full]
        raise self._undefined(full)

    def _settled(self, name: str) -> int:
        full = full_name(name, self.scope)
        if full in self.previous and full not in self.current:
            raise InputError(f"{full} must be defined above this line", remedy="addresses depend on it")
        if full not in self.current:
            raise self._undefined(full)
        return self.current[full]

    def _undefined(self, name: str) -> UndefinedSymbol:
        if self.defined is None:
            return UndefinedSymbol(f"{name} is not known yet")
        if name in self.defined:
            return UndefinedSymbol(f"{name} has no value, because it depends on itself or on what has none")
        close = difflib.get_close_matches(name[:80], self.defined[:_MOST_COMPARED], 3)
        remedy = f"did you mean {' or '.join(close)}?" if close else "define it, or correct the name"
        return UndefinedSymbol(f"{name[:80]} is not defined", remedy=remedy)


class Plan(Protocol):
    """What a statement does."""

    @property
    def is_data(self) -> bool:
        """Whether its bytes are no instruction."""

    def advance(self, context: Context) -> int:
        """The address behind the statement."""

    def data(self, context: Context) -> bytes:
        """Its bytes, once all symbols are known."""


@dataclass(slots=True)
class Nothing:
    """A line without bytes."""

    is_data = False

    def advance(self, context: Context) -> int:
        """The same address."""
        return context.here

    def data(self, context: Context) -> bytes:
        """None."""
        del context
        return b""


@dataclass(slots=True)
class Instruction:
    """An instruction: the shortest reading whose values fit, never shorter than in the pass before."""

    encoder: Encoder
    candidates: list[Candidate]  #: one alone if ``:N`` chose it
    length: int = field(init=False)
    is_data = False

    def __post_init__(self) -> None:
        self.length = self.candidates[0].form.length

    def advance(self, context: Context) -> int:
        """Grow until the values fit; an unknown symbol fits everywhere."""
        longest = self.candidates[-1].form.length
        if self.length < longest:
            for candidate in self.candidates:
                if candidate.form.length < self.length:
                    continue
                try:
                    self.encoder.encode(candidate, context.here, context.value)
                except UndefinedSymbol:
                    pass
                except InputError:
                    continue
                self.length = candidate.form.length
                break
            else:
                self.length = longest
        return context.here + self.length

    def settled(self) -> Code:
        """The same instruction, if its bytes depend on nothing."""
        nowhere = Context({}, {})
        self.advance(nowhere)
        return Code(self.data(nowhere))

    def data(self, context: Context) -> bytes:
        """The bytes of the first reading of that length that fits."""
        problem: InputError | None = None
        for candidate in self.candidates:
            if candidate.form.length == self.length:
                try:
                    return self.encoder.encode(candidate, context.here, context.value)
                except InputError as error:
                    problem = error
        assert problem is not None
        raise problem


@dataclass(slots=True)
class Code:
    """An instruction whose bytes are known at once."""

    code: bytes
    is_data = False

    def advance(self, context: Context) -> int:
        """Its length never changes."""
        return context.here + len(self.code)

    def data(self, context: Context) -> bytes:
        """Its bytes."""
        del context
        return self.code


@dataclass(slots=True)
class Equate:
    """``name equ expression``."""

    name: str
    expression: Expression
    is_data = False

    def advance(self, context: Context) -> int:
        """Define the name, unless it depends on what is not known yet."""
        value = context.value(self.expression)
        if not -(1 << 63) <= value < 1 << 64:
            raise InputError(
                f"{self.name} does not fit into 64 bits", where=f"column {self.expression.column}"
            )
        context.current[self.name] = value
        return context.here

    def data(self, context: Context) -> bytes:
        """None."""
        del context
        return b""


@dataclass(slots=True)
class Data:
    """``db``, ``dw``, ``d24`` and ``dl``: numbers of one width, and strings of bytes."""

    width: int
    byte_order: Literal["little", "big"]
    items: list[Expression | bytearray]  #: bytes where nothing is left to compute
    is_data = True

    def advance(self, context: Context) -> int:
        """Its length never changes."""
        return context.here + sum(
            len(item) if isinstance(item, bytearray) else self.width for item in self.items
        )

    def data(self, context: Context) -> bytes:
        """The numbers in the byte order of the CPU."""
        return b"".join(
            item if isinstance(item, bytearray) else self.number(context.value(item), item.column)
            for item in self.items
        )

    def number(self, value: int, column: int) -> bytes:
        """The bytes of a number."""
        bits = 8 * self.width
        if not -(1 << bits - 1) <= value < 1 << bits:
            raise InputError(
                f"{value} does not fit into {bits} bits, {-(1 << bits - 1)} to {(1 << bits) - 1}",
                where=f"column {column}",
            )
        return (value % (1 << bits)).to_bytes(self.width, self.byte_order)


@dataclass(slots=True)
class Origin:
    """``org``: go on at an address."""

    address: Expression
    is_data = False

    def advance(self, context: Context) -> int:
        """That address."""
        return _bounded(context, self.address, 0, BUS_SIZE - 1, "an address")

    def data(self, context: Context) -> bytes:
        """None."""
        del context
        return b""


@dataclass(slots=True)
class Space:
    """``ds`` and ``align``: room; it has bytes of its own only if their value is given."""

    count: Expression
    fill: Expression | None
    aligned: bool

    @property
    def is_data(self) -> bool:
        """Room for something, not the gap before it."""
        return not self.aligned

    def advance(self, context: Context) -> int:
        """Leave the room."""
        if not self.aligned:
            return context.here + _bounded(context, self.count, 0, BUS_SIZE, "a count of bytes")
        step = _bounded(context, self.count, 1, BUS_SIZE, "a boundary")
        return -(-context.here // step) * step

    def data(self, context: Context) -> bytes:
        """The room filled, if it is to be."""
        if self.fill is None:
            return b""
        value = _bounded(context, self.fill, -128, 255, "a byte", settled=False)
        return bytes([value & 0xFF]) * (self.advance(context) - context.here)


def _bounded(
    context: Context, expression: Expression, lowest: int, highest: int, what: str, *, settled: bool = True
) -> int:
    value = context.settled(expression) if settled else context.value(expression)
    if not lowest <= value <= highest:
        raise InputError(
            f"{value:#x} is not {what} from {lowest} to {highest:#x}", where=f"column {expression.column}"
        )
    return value
