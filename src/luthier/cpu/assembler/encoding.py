"""One instruction to bytes: every way to code it, and the one that is chosen.

The candidates of an instruction text are ordered by length, then as the rows of the description stand.  The
first whose values fit is taken; ``:N`` behind a mnemonic (``ld:2 A,0x05``) takes the N-th candidate, counted
from 1 over all of them, whether their values fit or not, so that N never depends on the value of a symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from luthier.cpu.assembler.dialects import dialect
from luthier.cpu.assembler.expressions import Expression, UndefinedSymbol
from luthier.cpu.assembler.matching import Candidate, Matcher
from luthier.cpu.assembler.tokens import Token, tokens
from luthier.cpu.description import Description, Form, Place
from luthier.cpu.fields import Immediate
from luthier.errors import InputError

BUS_SIZE = 1 << 24

Evaluate = Callable[[Expression], int]


class Encoding(NamedTuple):
    """The bytes of an instruction; ``number`` is the N of its ``:N``."""

    data: bytes
    form: Form
    number: int


class Encoder:
    """Instruction texts of one CPU to bytes."""

    def __init__(self, description: Description) -> None:
        self.description = description
        self.dialect = dialect(description.architecture.name)
        self.matcher = Matcher(description, self.dialect)
        self.fixed_bits: dict[int, bytes] = {}
        #: :meth:`candidates`, kept because programs repeat their instructions.
        self.read = lru_cache(maxsize=1 << 14)(self.candidates)

    def candidates(self, mnemonic: str, words: tuple[Token, ...]) -> list[Candidate]:
        """All readings of an instruction; :class:`InputError` if there is none."""
        found = self.matcher.candidates(mnemonic, words)
        if not found:
            known = ", ".join(f"'{text}'" for text in self.shapes(mnemonic, words))
            column = f"column {words[0].column}" if words else ""
            raise InputError(f"{mnemonic} has no such operands", where=column, remedy=f"there is {known}")
        return found

    def shapes(self, mnemonic: str, words: tuple[Token, ...], most: int = 6) -> list[str]:
        """Some of the operands a mnemonic takes, those that look most like ``words`` first."""
        forms = self.matcher.mnemonics[mnemonic]
        shapes = list(dict.fromkeys(_shape(form) for form in forms))
        wanted = _outline("".join(word.text for word in words))
        shapes.sort(key=lambda text: _unlike(_outline(text.partition(" ")[2]), wanted))
        return shapes[:most] + ["..."] * (len(shapes) > most)

    def encode(self, candidate: Candidate, address: int, evaluate: Evaluate) -> bytes:
        """The bytes of one reading; :class:`InputError` if a value does not fit."""
        form = candidate.form
        if form.number not in self.fixed_bits:
            self.fixed_bits[form.number] = _fixed_bits(form)
        data = bytearray(self.fixed_bits[form.number])
        for place, raw in candidate.fields:
            data[place.offset] |= raw << place.shift
        for place, expression in candidate.numbers:
            value = evaluate(expression)
            try:
                raw = _raw(place, value, address + place.offset + place.bits // 8)
            except InputError as error:
                raise error.at(f"column {expression.column}") from None
            if isinstance(place.operand, Immediate):
                size = place.operand.size
                data[place.offset : place.offset + size] = raw.to_bytes(size, self.dialect.byte_order)
            else:
                data[place.offset] |= raw << place.shift
        for value, allowed in zip(data, form.bytes, strict=True):
            if allowed is not None and value not in allowed:
                raise InputError(f"{form.mnemonic} has no code for these operands together")
        return bytes(data)


def encodings(
    description: Description,
    mnemonic: str,
    operands: str,
    address: int = 0,
    symbols: Mapping[str, int] | None = None,
) -> list[Encoding]:
    """All bytes that an instruction at ``address`` can be coded as, the preferred first.

    :class:`InputError` if there is no such instruction, no value fits or a symbol is unknown.
    """
    instructions = encoder(description)
    if mnemonic.lower() not in instructions.matcher.mnemonics:
        raise InputError(f"there is no instruction {mnemonic!r}")

    def evaluate(expression: Expression) -> int:
        return expression.value(lambda name: value_of(name, symbols or {}), address)

    found: list[Encoding] = []
    problem: InputError | None = None
    for number, candidate in enumerate(instructions.read(mnemonic.lower(), tokens(operands)), 1):
        try:
            found.append(Encoding(instructions.encode(candidate, address, evaluate), candidate.form, number))
        except InputError as error:
            problem = error
    if not found and problem is not None:
        raise problem
    return found


def suffix(
    description: Description,
    mnemonic: str,
    operands: str,
    address: int,
    data: bytes,
    symbols: Mapping[str, int] | None = None,
) -> str | None:
    """What must stand behind the mnemonic so that the instruction becomes ``data``: nothing, or ``:N``.

    None if no way of writing it does: such bytes are written as ``db``.
    """
    found = encodings(description, mnemonic, operands, address, symbols)
    for index, encoding in enumerate(found):
        if encoding.data == data:
            return f":{encoding.number}" if index else ""
    return None


def value_of(name: str, symbols: Mapping[str, int]) -> int:
    """The value of a symbol; :class:`UndefinedSymbol` if it has none."""
    if name in symbols:
        return symbols[name]
    raise UndefinedSymbol(f"{name} is not defined")


_ENCODERS: dict[int, Encoder] = {}


def encoder(description: Description) -> Encoder:
    """The encoder of a description, made once."""
    if id(description) not in _ENCODERS:  # the encoder keeps its description, so the number stays its own
        _ENCODERS[id(description)] = Encoder(description)
    return _ENCODERS[id(description)]


def _fixed_bits(form: Form) -> bytes:
    """The code of a form without its operands."""
    data = [0 if allowed is None else min(allowed) for allowed in form.bytes]
    for place in form.places:
        if not isinstance(place.operand, Immediate):
            data[place.offset] &= ~((1 << place.bits) - 1 << place.shift)
    return bytes(data)


def _raw(place: Place, value: int, end: int) -> int:
    """The bits that stand for a value; relative ones count from address ``end``."""
    operand = place.operand
    if not isinstance(operand, Immediate):
        if str(value) in operand.names:
            return operand.names.index(str(value))
        known = sorted(int(name) for name in operand.names if name)
        raise InputError(f"{value} is not one of {known[0]} to {known[-1]}")
    half, whole = 1 << place.bits - 1, 1 << place.bits
    if operand.relative:
        if not 0 <= value < BUS_SIZE:
            raise InputError(f"the target {value:#x} is no address")
        distance = (value - end + BUS_SIZE // 2) % BUS_SIZE - BUS_SIZE // 2
        if not -half <= distance < half:
            raise InputError(
                f"the target {value:#x} is {distance:+} bytes away, beyond {-half} to {half - 1}",
                remedy="use an instruction that reaches farther",
            )
        return distance % whole
    if operand.extended:
        return _short_address(operand, value)
    lowest = 0 if operand.slot == "displacement" and not operand.signed else -half
    highest = half - 1 if operand.signed else whole - 1
    if not lowest <= value <= highest:
        raise InputError(f"{value} does not fit into {place.bits} bits, {lowest} to {highest}")
    return value % whole


def _short_address(operand: Immediate, value: int) -> int:
    """The bits of an address of which only the lower ones are in the code."""
    whole = 1 << 8 * operand.size
    raw = value % whole
    reached = operand.value(raw.to_bytes(operand.size, operand.byte_order), 0)
    if value not in {reached, reached - BUS_SIZE, reached | 0xFF000000 if reached >> 23 else reached}:
        first = BUS_SIZE - (whole if operand.extended == "ones" else whole // 2)
        low = "" if operand.extended == "ones" else f"0 to {whole // 2 - 1:#x} and "
        raise InputError(
            f"an address of {8 * operand.size} bits reaches {low}{first:#x} to 0xffffff, not {value:#x}"
        )
    return raw


def _outline(operands: str) -> list[bool]:
    """For each operand whether it begins with a parenthesis."""
    return [part.startswith(("(", "@")) for part in operands.split(",")] if operands else []


def _unlike(one: list[bool], other: list[bool]) -> tuple[int, int]:
    return abs(len(one) - len(other)), sum(a != b for a, b in zip(one, other, strict=False))


_OPERAND_NAMES = {"b": "r8", "w": "r16", "l": "r32"}


def _shape(form: Form) -> str:
    """What the operands of a form look like, for people."""
    mode = form.mode
    if mode is not None and "(" in mode.syntax:
        # Ways of addressing are many and always the same: one name stands for all of them.
        row = form.operation.row.syntax_of(form.operation.size).partition(" ")[2]
        memory = "(memory)" if "M" in row else "memory" if "N" in row else ""
        letters = {place.operand.letter: place for place in form.places}
        parts = ["M" if sign in "MN" else letters.get(sign, sign) for sign in row]
        text = "".join(memory if part == "M" else _named(part) for part in parts)
    else:
        text = "".join(map(_named, form.operands))
    return f"{form.mnemonic} {text}".strip()


def _named(part: str | Place) -> str:
    if isinstance(part, str):
        return part
    operand = part.operand
    if isinstance(operand, Immediate):
        return "target" if operand.relative else f"n{part.bits}"
    if operand.register:
        return _OPERAND_NAMES[operand.register]
    known = [name for name in operand.names if name]
    return f"{known[0]}-{known[-1]}" if known[0].isdigit() else "condition"
