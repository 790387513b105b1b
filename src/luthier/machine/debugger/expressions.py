"""Small expressions over numbers, registers, names and memory, wherever a number or a condition is due.

From the loosest to the tightest: ``||``; ``&&``; ``|``; ``^``; ``&``; ``== != < <= > >=``; ``<< >>``;
``+ -``; ``* / %``; the prefixes ``- ~ !``.  Operands are numbers as in Python (``0x1F``) or with ``h`` behind
(``0E1h``, also ``E1h`` where nothing is called so), registers, names, ``[E]`` for the byte in memory at E,
``w[E]`` and ``l[E]`` for word and long, and parentheses.  Values are whole numbers of any size; comparisons
give 1 or 0; division by zero is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from luthier.errors import UsageError

_LONGEST = 500  #: characters
_DEEPEST = 30  #: parentheses within each other
_WIDEST = 64  #: bits that a value keeps
_TOKEN = re.compile(
    r"\s*(?:(\d[0-9a-fA-F]*[hH]\b|0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*)|([A-Za-z_.][\w.']*)|"
    r"(\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%&|^~!<>()\[\]]))"
)
#: A number that begins with a letter, as reports show addresses; a name of that kind comes first.
_LETTERED = re.compile(r"[A-Fa-f][0-9A-Fa-f]*[hH]")
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!=", "<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
_SIZES = {"b": 1, "w": 2, "l": 4}


class Context(Protocol):
    """What an expression may ask for."""

    def register(self, name: str) -> int | None:
        """A register's value; None if there is none of that name."""

    def address(self, name: str) -> int | None:
        """The address of a name; None if it is unknown."""

    def peek(self, address: int, size: int) -> int:
        """Memory, without asking any device."""


Evaluate = Callable[[Context], int]


@dataclass(frozen=True)
class Expression:
    """An expression that can be evaluated again and again."""

    text: str
    value: Evaluate

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Expression:
    """An expression; :class:`UsageError` says what is wrong with it."""
    return Expression(text.strip(), _Parser(text).all())


def evaluate(text: str, context: Context) -> int:
    """The value of an expression now."""
    return parse(text).value(context)


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text.strip()
        if len(self.text) > _LONGEST:
            raise UsageError(f"an expression of {len(self.text)} characters", remedy="make it shorter")
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(self.text):
            found = _TOKEN.match(self.text, at)
            if found is None:
                raise self.wrong(f"{self.text[at:].strip()[:10]!r} cannot be read")
            kind = "number" if found[1] else "name" if found[2] else "sign"
            self.tokens.append((kind, found[1] or found[2] or found[3]))
            at = found.end()
        self.at = 0
        self.depth = 0

    def wrong(self, what: str) -> UsageError:
        return UsageError(
            f"{self.text[:60]!r}: {what}", remedy="write something like XWA == 5 && [0x1000] & 1"
        )

    @property
    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, sign: str) -> None:
        if self.next != sign:
            raise self.wrong(f"{sign!r} is missing" + (f" before {self.next!r}" if self.next else ""))
        self.at += 1

    def all(self) -> Evaluate:
        value = self.level(0)
        if self.at < len(self.tokens):
            raise self.wrong(f"{self.next!r} is too much")
        return value

    def level(self, number: int) -> Evaluate:
        if number == len(_LEVELS):
            return self.prefixed()
        left = self.level(number + 1)
        while self.at < len(self.tokens) and self.next in _LEVELS[number]:
            sign = self.next
            self.at += 1
            left = _joined(sign, left, self.level(number + 1))
        return left

    def prefixed(self) -> Evaluate:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("too much within each other")
        sign = self.next
        if sign in ("-", "~", "!"):
            self.at += 1
            value = self.prefixed()
            done: Evaluate = {
                "-": lambda context: -value(context),
                "~": lambda context: ~value(context),
                "!": lambda context: int(not value(context)),
            }[sign]
        else:
            done = self.operand()
        self.depth -= 1
        return done

    def operand(self) -> Evaluate:
        if self.at >= len(self.tokens):
            raise self.wrong("a value is missing")
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return _constant(self.number(word))
        if word == "(":
            value = self.level(0)
            self.take(")")
            return value
        if word == "[":
            return self.memory(1)
        if kind != "name":
            raise self.wrong(f"a value is missing before {word!r}")
        if word.lower() in _SIZES and self.next == "[":
            self.at += 1
            return self.memory(_SIZES[word.lower()])
        return _named(word)

    def number(self, word: str) -> int:
        try:
            return int(word[:-1], 16) if word[-1] in "hH" else int(word, 0)
        except ValueError:
            raise self.wrong(f"{word!r} is no number") from None

    def memory(self, size: int) -> Evaluate:
        address = self.level(0)
        self.take("]")
        return lambda context: context.peek(address(context) & 0xFFFFFF, size)


def _constant(value: int) -> Evaluate:
    return lambda _context: value


def _named(word: str) -> Evaluate:
    def value(context: Context) -> int:
        register = context.register(word)
        found = context.address(word) if register is None else register
        if found is None and _LETTERED.fullmatch(word):
            return int(word[:-1], 16)
        if found is None:
            raise UsageError(
                f"{word!r} is no register and no known name", remedy="see `registers`, `symbols`"
            )
        return found

    return value


def _joined(sign: str, left: Evaluate, right: Evaluate) -> Evaluate:
    if sign == "&&":
        return lambda context: int(bool(left(context)) and bool(right(context)))
    if sign == "||":
        return lambda context: int(bool(left(context)) or bool(right(context)))
    return lambda context: _computed(sign, left(context), right(context))


def _computed(sign: str, left: int, right: int) -> int:  # noqa: PLR0912 - a case for each sign
    match sign:
        case "|":
            value = left | right
        case "^":
            value = left ^ right
        case "&":
            value = left & right
        case "==":
            value = int(left == right)
        case "!=":
            value = int(left != right)
        case "<":
            value = int(left < right)
        case "<=":
            value = int(left <= right)
        case ">":
            value = int(left > right)
        case ">=":
            value = int(left >= right)
        case "<<" | ">>":
            places = min(max(right, 0), _WIDEST)
            value = left << places if sign == "<<" else left >> places
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case _:
            if right == 0:
                raise UsageError("division by zero", remedy="check the expression")
            value = left // right if sign == "/" else left % right
    if value.bit_length() > _WIDEST:
        raise UsageError(f"a value of {value.bit_length()} bits", remedy=f"stay within {_WIDEST}")
    return value
