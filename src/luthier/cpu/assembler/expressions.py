"""Arithmetic in the source: read once, computed as often as the passes need it.

Operators are those of C with its precedence, the loosest first: ``|``, ``^``, ``&``, ``<< >>``, ``+ -``,
``* / %``, then ``-``, ``+`` and ``~`` before a value.  ``/`` rounds towards zero and ``%`` takes the sign of
its left side.  ``low(x)`` and ``high(x)`` are bits 0-7 and 8-15, ``$`` the address of the statement.
Values are integers without a fixed width.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import NamedTuple

from luthier.cpu.assembler.tokens import NAME, NUMBER, SIGN, Token, at_column
from luthier.errors import InputError

#: Parentheses inside parentheses; bits of a value: no honest source needs as many.
_DEEPEST = 50
_WIDEST = 256

_PRECEDENCE = {"|": 1, "^": 2, "&": 3, "<<": 4, ">>": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}


class UndefinedSymbol(InputError):  # noqa: N818  (says what it is: a symbol without a value, perhaps not yet)
    """A symbol that has no value."""


def _quotient(left: int, right: int) -> int:
    if right == 0:
        raise InputError("division by zero")
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


def _remainder(left: int, right: int) -> int:
    return left - right * _quotient(left, right)


def _shift_left(value: int, count: int) -> int:
    return value << _count(count)


def _shift_right(value: int, count: int) -> int:
    return value >> _count(count)


def _count(count: int) -> int:
    if not 0 <= count <= _WIDEST:
        raise InputError(f"{count} is no count of bits to shift by")
    return count


_BINARY: dict[str, Callable[[int, int], int]] = {
    "|": operator.or_,
    "^": operator.xor,
    "&": operator.and_,
    "<<": _shift_left,
    ">>": _shift_right,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "%": _remainder,
}
_UNARY: dict[str, Callable[[int], int]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "LOW": lambda value: value & 0xFF,
    "HIGH": lambda value: value >> 8 & 0xFF,
}


class _Step(NamedTuple):
    """One step of a computation on a stack: push a number or a symbol, or apply an operator."""

    kind: str  #: ``number``, ``symbol``, ``here``, ``unary`` or ``binary``
    text: str
    column: int
    value: int = 0


class Expression(NamedTuple):
    """An expression ready to be computed, and the column where it begins."""

    steps: tuple[_Step, ...]
    column: int

    @property
    def is_constant(self) -> bool:
        """Whether it depends neither on symbols nor on where it stands."""
        return not any(step.kind in {"symbol", "here"} for step in self.steps)

    def value(self, symbol: Callable[[str], int], here: int) -> int:
        """Its value at address ``here``; :class:`InputError` names the column of what cannot be computed."""
        stack: list[int] = []
        for kind, text, column, number in self.steps:
            try:
                if kind == "number":
                    stack.append(number)
                elif kind == "symbol":
                    stack.append(symbol(text))
                elif kind == "here":
                    stack.append(here)
                elif kind == "unary":
                    stack[-1] = _UNARY[text](stack[-1])
                else:
                    right = stack.pop()
                    stack[-1] = _BINARY[text](stack[-1], right)
                    if stack[-1].bit_length() > _WIDEST:
                        raise InputError(f"a value of more than {_WIDEST} bits")
            except InputError as error:
                raise error.at(f"column {column}") from None
        return stack[0]


def parse(tokens: Sequence[Token]) -> Expression:
    """The expression that ``tokens`` are, all of them; :class:`InputError` names the column that is wrong."""
    reader = _Reader(tokens)
    reader.binary(0, 0)
    if reader.at < len(tokens):
        raise at_column(f"{tokens[reader.at].text!r} is not expected here", tokens[reader.at].column)
    return Expression(tuple(reader.steps), tokens[0].column)


class _Reader:
    """Precedence climbing that writes the steps in the order they are computed in."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.steps: list[_Step] = []

    def next_is(self, sign: str) -> bool:
        return (
            self.at < len(self.tokens)
            and self.tokens[self.at].kind == SIGN
            and self.tokens[self.at].text == sign
        )

    def binary(self, lowest: int, depth: int) -> None:
        self.unary(depth)
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            precedence = _PRECEDENCE.get(token.text, 0) if token.kind == SIGN else 0
            if precedence <= lowest:
                return
            self.at += 1
            self.binary(precedence, depth)
            self.steps.append(_Step("binary", token.text, token.column))

    def unary(self, depth: int) -> None:
        pending: list[_Step] = []
        while self.next_is("-") or self.next_is("+") or self.next_is("~"):
            token = self.tokens[self.at]
            pending.append(_Step("unary", token.text, token.column))
            self.at += 1
        self.primary(depth)
        self.steps.extend(reversed(pending))

    def primary(self, depth: int) -> None:
        if self.at == len(self.tokens):
            last = self.tokens[-1] if self.tokens else Token(SIGN, "", 1)
            raise at_column("a value is missing", last.column + len(last.text))
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == NUMBER:
            self.steps.append(_Step("number", token.text, token.column, token.value))
        elif token.kind == NAME and self.next_is("("):
            if token.key not in {"LOW", "HIGH"}:
                raise at_column(
                    f"there is no function {token.text!r}", token.column, "there are low and high"
                )
            self.at += 1
            self.parenthesised(token, depth)
            self.steps.append(_Step("unary", token.key, token.column))
        elif token.kind == NAME:
            self.steps.append(_Step("symbol", token.text, token.column))
        elif token.text == "$" and token.kind == SIGN:
            self.steps.append(_Step("here", token.text, token.column))
        elif token.text == "(" and token.kind == SIGN:
            self.parenthesised(token, depth)
        else:
            raise at_column(f"a value is expected here, not {token.text[:20]!r}", token.column)

    def parenthesised(self, opening: Token, depth: int) -> None:
        if depth == _DEEPEST:
            raise at_column(f"more than {_DEEPEST} parentheses inside each other", opening.column)
        self.binary(0, depth + 1)
        if not self.next_is(")"):
            raise at_column("this parenthesis is never closed", opening.column)
        self.at += 1
