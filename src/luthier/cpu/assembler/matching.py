"""Operand text to forms: which instructions can these words mean?

Every way to read a text is a :class:`Candidate`; whether the values fit is asked later, because they may not
be known yet.

Beside what the forms say,

- ``(XIX-5)`` is ``(XIX+-5)``;
- a number may be followed by ``:`` and the bits it is coded in: ``(table:24)``, ``(XIX+0:8)``, ``1:16``;
- a field that is not written, such as the step of ``(XIX+)``, may follow its operand in the same way,
  ``(XIX+:2)``; it is the size of the operation if left out;
- an operand that is wholly in parentheses is no plain number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from luthier.cpu.assembler import expressions
from luthier.cpu.assembler.dialects import Dialect
from luthier.cpu.assembler.expressions import Expression
from luthier.cpu.assembler.tokens import NAME, NUMBER, STRING, Token, tokens
from luthier.cpu.assembler.tree import Node, Part, bits, tree
from luthier.cpu.description import Description, Form, Place
from luthier.cpu.fields import Field, Immediate
from luthier.cpu.rows import SIZES
from luthier.cpu.symbols import reserved_names
from luthier.errors import InputError


class Candidate(NamedTuple):
    """One reading of an instruction: a form, fields that are settled and numbers still to be computed."""

    form: Form
    fields: list[tuple[Place, int]]
    numbers: list[tuple[Place, Expression]]
    preference: tuple[int, bool, int]  #: bytes, a step other than the usual, place in the description

    @property
    def is_settled(self) -> bool:
        """Whether its bytes depend neither on symbols nor on where it stands."""
        return all(
            expression.is_constant and not (isinstance(place.operand, Immediate) and place.operand.relative)
            for place, expression in self.numbers
        )


_Captured = int | Expression | None


class _Text:
    """Operand words that are being matched, and the expressions found in them so far."""

    def __init__(self, words: Sequence[Token], reserved: frozenset[str]) -> None:
        self.words = words
        self.keys = [word.key if word.kind != STRING else "" for word in words]
        self.reserved = reserved
        self.found: dict[int, tuple[Expression, int] | None] = {}
        self.failure: InputError | None = None

    def expression(self, at: int) -> tuple[Expression, int] | None:
        """The expression that begins at a word, and where it ends."""
        if at not in self.found:
            self.found[at] = self._read(at)
        return self.found[at]

    def _read(self, at: int) -> tuple[Expression, int] | None:
        end, depth, closed = at, 0, -1
        while end < len(self.keys):
            key = self.keys[end]
            if depth == 0 and key in {",", ":", ")"}:
                break
            depth += (key == "(") - (key == ")")
            if depth == 0 and closed < 0:
                closed = end
            end += 1
        begins_operand = at == 0 or self.keys[at - 1] == ","
        if end == at or (begins_operand and self.keys[at] == "(" and closed == end - 1):
            return None
        words = self.words[at:end]
        if any(word.kind == NAME and word.key in self.reserved for word in words):
            return None
        try:
            return expressions.parse(words), end
        except InputError as error:
            self.failure = self.failure or error
            return None

    def width(self, at: int) -> int | None:
        """The bits that ``:N`` at a word asks for."""
        if at + 1 < len(self.keys) and self.keys[at] == ":" and self.words[at + 1].kind == NUMBER:
            return self.words[at + 1].value
        return None


class Matcher:
    """The forms of one CPU, by the words that mean them."""

    def __init__(self, description: Description, dialect: Dialect) -> None:
        self.description = description
        self.dialect = dialect
        self.trees: dict[str, Node] = {}
        self.omitted = {mnemonic: tokens(text) for mnemonic, text in dialect.omitted.items()}

    @cached_property
    def mnemonics(self) -> dict[str, list[Form]]:
        """Forms by mnemonic in small letters; those of aliases are the forms of what is meant."""
        found = {name.lower(): forms for name, forms in self.description.mnemonics.items()}
        return {name: found[meant.split(" ")[0]] for name, meant in self.dialect.aliases.items()} | found

    @cached_property
    def reserved(self) -> frozenset[str]:
        """What no symbol may be called, in capitals: also the ``RA`` of ``RA-1``."""
        names = reserved_names(self.description) | {*self.dialect.registers}
        return names.union(*({word.key for word in tokens(name) if word.kind == NAME} for name in names))

    def candidates(self, mnemonic: str, words: Sequence[Token]) -> list[Candidate]:
        """All readings, the preferred first; empty if there is none.

        :class:`InputError` if there is none and one of the expressions cannot be read.
        """
        mnemonic, words = self._meant(mnemonic, words)
        text = _Text(words, self.reserved)
        found = self._matches(mnemonic, text)
        if omitted := self.omitted.get(mnemonic):
            between = tokens(",") if words else ()
            found += self._matches(mnemonic, _Text([*omitted, *between, *words], self.reserved))
        if not found and text.failure is not None:
            raise text.failure
        return sorted(found, key=lambda candidate: candidate.preference)

    def _meant(self, mnemonic: str, words: Sequence[Token]) -> tuple[str, Sequence[Token]]:
        """The instruction that an alias stands for."""
        if mnemonic not in self.dialect.aliases:
            return mnemonic, words
        mnemonic, _, pattern = self.dialect.aliases[mnemonic].partition(" ")
        meant: list[Token] = []
        for word in tokens(pattern):
            meant += words if word.text == "*" else [word]
        return mnemonic, meant

    def _matches(self, mnemonic: str, text: _Text) -> list[Candidate]:
        if mnemonic not in self.trees:
            self.trees[mnemonic] = tree(self.mnemonics[mnemonic], self.dialect)
        found: list[Candidate] = []
        _walk(self.trees[mnemonic], text, 0, (), found)
        return found


def _walk(node: Node, text: _Text, at: int, captured: tuple[_Captured, ...], found: list[Candidate]) -> None:
    """Follow the words from ``at`` on into the tree; what fits to the end is added to ``found``."""
    left = len(text.keys) - at
    if not left:
        for form, places in node.forms:
            found.extend(_candidates(form, places, captured))
    elif below := node.words.get(text.keys[at]):
        _walk(below, text, at + 1, captured, found)
    for end in range(at + 1, at + 1 + min(node.longest, left)):
        for raw, below in node.names.get(tuple(text.keys[at:end]), ()):
            _walk(below, text, end, (*captured, raw), found)
    for part, below in node.numbers.items():
        for value, end in _number(part, text, at):
            _walk(below, text, end, (*captured, value), found)


def _number(part: Part, text: _Text, at: int) -> Iterator[tuple[Expression | int | None, int]]:
    """What an operand may be that begins at a word, and where it ends."""
    operand = part.operand
    assert operand is not None
    if part.kind == "unwritten":
        assert isinstance(operand, Field)
        yield None, at
        width = text.width(at)
        if width is not None and width in operand.values:
            yield operand.values.index(width), at + 2
        return
    sign = text.keys[at] if at < len(text.keys) else ""
    if part.kind == "displacement" and sign not in {"+", "-"}:
        return
    if found := text.expression(at + 1 if part.kind == "displacement" and sign == "+" else at):
        expression, end = found
        yield expression, end
        if text.width(end) == bits(operand):
            yield expression, end + 2


def _candidates(form: Form, places: Sequence[Place], captured: Sequence[_Captured]) -> Iterator[Candidate]:
    """The readings of a form; more than one where a field is not written."""
    fields: list[tuple[Place, int]] = []
    numbers: list[tuple[Place, Expression]] = []
    unwritten: Place | None = None
    for place, value in zip(places, captured, strict=True):
        if isinstance(value, int):
            fields.append((place, value))
        elif value is None:
            unwritten = place
        else:
            numbers.append((place, value))
    if unwritten is None:
        yield Candidate(form, fields, numbers, (form.length, False, form.number))
        return
    operand = unwritten.operand
    assert isinstance(operand, Field)
    usual = SIZES.get(form.operation.size, 1)
    for raw, value in enumerate(operand.values):
        if value is not None:
            preference = form.length, value != usual, form.number
            yield Candidate(form, [*fields, (unwritten, raw)], numbers, preference)
