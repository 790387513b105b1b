r"""One line of source as words: names, numbers, strings and signs, each with the column where it stands.

Numbers are ``255``, ``0xFF``, ``0FFh``, ``0b1010``, ``1010b`` and ``'A'``; strings stand in double quotes.
In both a backslash begins one of ``\n \r \t \0 \\ \' \"`` and ``\xNN``.  A semicolon begins a comment.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from luthier.errors import InputError

NAME, NUMBER, STRING, SIGN = "name", "number", "string", "sign"

#: Digits of a number, far more than any CPU has use for.
_LONGEST_NUMBER = 80

_TOKEN = re.compile(
    r"""\s+ | (?P<comment>;.*)
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<character>'(?:[^'\\]|\\x[0-9A-Fa-f]{2}|\\.)')
    | (?P<name>[A-Za-z_.][\w.]*'?)
    | (?P<number>\d\w*)
    | (?P<sign><<|>>|[-+*/%&|^~(),:$=\#@\[\]])""",
    re.ASCII | re.VERBOSE,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", "'": "'", '"': '"'}


class Token(NamedTuple):
    """A word of the source; ``value`` is that of a number, ``text`` of a string is what it stands for."""

    kind: str
    text: str
    column: int
    value: int = 0

    @property
    def key(self) -> str:
        """What is compared: the text in capitals."""
        return self.text.upper()


def at_column(what: str, column: int, remedy: str = "") -> InputError:
    """An error at a column of its line."""
    return InputError(what, where=f"column {column}", remedy=remedy)


def tokens(line: str) -> tuple[Token, ...]:
    """The words of a line, without spaces and comment; :class:`InputError` names the column that is wrong."""
    found: list[Token] = []
    place = 0
    while place < len(line):
        match = _TOKEN.match(line, place)
        column = place + 1
        if match is None:
            raise _unreadable(line, place)
        place = match.end()
        kind, text = match.lastgroup, match[0]
        if kind == STRING:
            found.append(Token(STRING, _unescaped(text[1:-1], column), column))
        elif kind == "character":
            found.append(Token(NUMBER, text, column, ord(_unescaped(text[1:-1], column))))
        elif kind == NUMBER:
            found.append(Token(NUMBER, text, column, _number(text, column)))
        elif kind in {NAME, SIGN}:
            found.append(Token(kind, text, column))
    return tuple(found)


def _unreadable(line: str, place: int) -> InputError:
    sign = line[place]
    if sign == '"':
        return at_column("the string has no end", place + 1, 'close it with "')
    if sign == "'":
        return at_column("a character is written 'A'", place + 1)
    return at_column(f"{sign!r} means nothing here", place + 1)


def _unescaped(text: str, column: int) -> str:
    """A string without its backslashes; only characters that are a byte."""

    def character(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 3:
            return chr(int(code[1:], 16))
        if code not in _ESCAPES:
            raise at_column(f"\\{code} is no character", column, "write \\xNN")
        return _ESCAPES[code]

    if not text.isascii():
        raise at_column("only ASCII stands for bytes of its own", column, "write other bytes as \\xNN")
    return re.sub(r"\\(x[0-9A-Fa-f]{2}|.)", character, text)


def _number(text: str, column: int) -> int:
    lower = text.lower()
    if len(text) <= _LONGEST_NUMBER:
        for pattern, base in (
            (r"([0-9][0-9a-f]*)h", 16),
            (r"0x([0-9a-f]+)", 16),
            (r"0b([01]+)", 2),
            (r"([01]+)b", 2),
            (r"([0-9]+)", 10),
        ):
            if match := re.fullmatch(pattern, lower):
                return int(match[1], base)
    raise at_column(f"{text[:20]} is no number", column, "write 255, 0xFF, 0FFh, 0b101 or 101b")
