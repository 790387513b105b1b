"""Source files to statements: lines, labels, operations and included files.

A line is ``label: operation operands ; comment``, each part optional.  A label that begins with ``.`` is
local: it belongs to the last label that does not, and is ``label.local`` from elsewhere.
``name equ expression`` or ``name = expression`` gives a value a name.  ``include "file"`` reads another file,
found from the folder of the file that names it; ``end`` ends the source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from luthier.cpu.assembler.problems import AssemblyError, Problems
from luthier.cpu.assembler.tokens import NAME, NUMBER, STRING, Token, at_column, tokens
from luthier.errors import InputError
from luthier.files import STANDARD_STREAM, read_bytes, unreadable

#: Bytes and lines of all source files together, an included file counted each time; files inside files;
#: characters of a line.
LARGEST_SOURCE = 1 << 26
MOST_LINES = 1_500_000
DEEPEST_INCLUDE = 16
LONGEST_LINE = 1 << 16

EQUATE = "equ"


class Label(NamedTuple):
    """A name that is defined: in full, and where."""

    name: str
    column: int


@dataclass(slots=True)
class Statement:
    """One line of source; ``operation`` is in small letters, empty if there is none."""

    file: str
    line: int
    text: str
    scope: str  #: the label that local names belong to
    label: Label | None = None
    operation: str = ""
    column: int = 1
    choice: int = 0  #: the N of ``:N``, 0 if there is none
    operands: tuple[Token, ...] = ()  #: dropped when its plan is made

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}, line {self.line}"


def full_name(name: str, scope: str) -> str:
    """A local name with that of the label it belongs to."""
    return scope + name if name.startswith(".") else name


@dataclass
class Source:
    """Reads a program, following its includes; ``folder`` is where a text without a file finds them.

    Statements come one by one, so that their words need not all be kept.
    """

    mnemonics: Collection[str]
    problems: Problems
    folder: Path | None = None

    def __post_init__(self) -> None:
        self.count = 0
        self.scope = ""
        self.left = LARGEST_SOURCE
        self.ended = False

    def read_file(self, path: Path) -> Iterator[Statement]:
        """The statements of a file (``-``: standard input)."""
        data = read_bytes(path, self.left)
        if path == STANDARD_STREAM:
            return self._lines("standard input", self._text("standard input", data), self.folder, ())
        return self._lines(str(path), self._text(str(path), data), path.parent, (path.resolve(),))

    def read_text(self, text: str, name: str) -> Iterator[Statement]:
        """The statements of a text."""
        return self._lines(name, text, self.folder, ())

    def _text(self, name: str, data: bytes) -> str:
        self.left -= len(data)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"byte {error.start} is no UTF-8 text", where=name, remedy="a source is text"
            ) from None

    def _lines(
        self, name: str, text: str, folder: Path | None, opened: tuple[Path, ...]
    ) -> Iterator[Statement]:
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, 1):
            if self.ended:
                return
            statement = Statement(name, number, line.removesuffix("\r"), self.scope)
            place = self.count
            try:
                self.count += 1
                if self.count > MOST_LINES:
                    self.ended = True
                    raise InputError(f"more than {MOST_LINES:,} lines")
                statement = self._statement(statement)
                words = statement.operands
                yield statement
                if statement.operation == "include":
                    scope, self.scope = self.scope, ""
                    yield from self._lines(*self._included(statement, words, folder, opened))
                    self.scope = scope
                self.ended = self.ended or statement.operation == "end"
            except AssemblyError:  # there are enough
                raise
            except InputError as error:
                self.problems.add(error.at(statement.where), place)

    def _statement(self, line: Statement) -> Statement:
        if len(line.text) > LONGEST_LINE:
            raise at_column(f"more than {LONGEST_LINE:,} characters in one line", LONGEST_LINE)
        words = tokens(line.text)
        label: Label | None = None
        if _is(words, 1, "=") or _is(words, 1, "EQU"):
            label = self._label(words[0], begins_scope=False)
            operands = words[2:]
            return Statement(
                line.file, line.line, line.text, self.scope, label, EQUATE, words[1].column, 0, operands
            )
        if _is(words, 1, ":") and not self._is_choice(words):
            label, words = self._label(words[0]), words[2:]
        operation, column, choice = "", 1, 0
        if words:
            if words[0].kind != NAME:
                raise at_column(
                    f"an instruction is expected here, not {words[0].text[:20]!r}", words[0].column
                )
            operation, column = words[0].text.lower(), words[0].column
            if operation == EQUATE:
                raise at_column("equ needs a name before it", column, "write: name equ value")
            if self._is_choice(words):
                choice = words[2].value
                if choice < 1:
                    raise at_column("candidates are counted from 1", words[2].column)
                words = words[2:]
        return Statement(
            line.file, line.line, line.text, self.scope, label, operation, column, choice, words[1:]
        )

    def _is_choice(self, words: tuple[Token, ...]) -> bool:
        """Whether a line begins ``mnemonic:N``, without spaces."""
        return (
            _is(words, 1, ":")
            and len(words) > 2
            and words[2].kind == NUMBER
            and words[0].text.lower() in self.mnemonics
            and words[2].column == words[0].column + len(words[0].text) + 1
        )

    def _label(self, word: Token, *, begins_scope: bool = True) -> Label:
        if word.kind != NAME or word.text.endswith("'"):
            raise at_column(f"{word.text[:20]!r} is no name", word.column)
        if word.text.startswith("."):
            if not self.scope:
                raise at_column(
                    f"{word.text} is local, but no label stands before it",
                    word.column,
                    "leave out the dot, or write it behind a label",
                )
        elif begins_scope:
            self.scope = word.text.partition(".")[0]
        return Label(full_name(word.text, self.scope), word.column)

    def _included(
        self, statement: Statement, words: tuple[Token, ...], folder: Path | None, opened: tuple[Path, ...]
    ) -> tuple[str, str, Path, tuple[Path, ...]]:
        """Name, text and folder of an included file, and all files that are open with it."""
        if len(words) != 1 or words[0].kind != STRING or not words[0].text:
            raise at_column('a file is included as include "file"', statement.column)
        column = words[0].column
        if folder is None:
            raise at_column("a text without a folder includes nothing", column, "name the folder, or a file")
        path = folder / words[0].text
        try:
            if path.exists() and not path.is_file():
                raise at_column(f"{words[0].text} is no ordinary file", column)
            resolved = path.resolve()
            if resolved in opened:
                raise at_column(f"{words[0].text} includes itself", column)
            if len(opened) >= DEEPEST_INCLUDE:
                raise at_column(f"more than {DEEPEST_INCLUDE} files inside each other", column)
            data = read_bytes(path, self.left)
        except InputError as error:
            raise error if error.where.startswith("column") else error.at(f"column {column}") from None
        except OSError as error:
            raise unreadable(path, error).at(f"column {column}") from None
        except ValueError:
            raise at_column("this is no name of a file", column) from None
        return str(path), self._text(str(path), data), path.parent, (*opened, resolved)


def _is(words: tuple[Token, ...], index: int, sign: str) -> bool:
    return len(words) > index and words[index].key == sign and words[index].kind != STRING
