"""What a reader of a program has found out: names and comments by address, a text to be kept in git.

A line is ``ADDRESS NAME [KIND] [; COMMENT]``; for no name write ``-``.  Kinds are ``code``, ``data`` and
``table N``: N addresses of code, one behind the other.  Several lines may have one address.  What ``luthier
asm --symbols`` writes, ``NAME = ADDRESS``, is read as well.  ``#`` begins a line that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from luthier.cpu.description import Description
from luthier.cpu.symbols import Symbol, read_symbols, reserved_names
from luthier.errors import InputError
from luthier.files import read_bytes

Parser = Callable[[str, Description], "Notes"]

#: Bytes of the largest file: a line for every address would be more than anyone can write.
SIZE_LIMIT = 1 << 24
NO_NAME = "-"
_NAME = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)
_NAME_REMEDY = "use letters, digits and _, or - for none"
_SYMBOL = re.compile(r"(\S+)\s*=\s*(\S+)", re.ASCII)
#: A table of more entries is none: the ROM has 65,536 longs.
_MOST_ENTRIES = 4096


@dataclass(frozen=True)
class Note:
    """One line: ``kind`` is ``code``, ``data``, ``table`` or empty; ``count`` the entries of a table."""

    address: int
    name: str = ""
    kind: str = ""
    count: int = 0
    comment: str = ""

    @property
    def is_data(self) -> bool:
        """Whether no instruction begins here."""
        return self.kind in {"data", "table"}


@dataclass(frozen=True)
class Notes:
    """All lines of a file, in their order."""

    notes: tuple[Note, ...] = ()

    @property
    def symbols(self) -> dict[str, Symbol]:
        """The names."""
        return {note.name: Symbol(note.address, note.kind != "code") for note in self.notes if note.name}

    @property
    def entries(self) -> list[int]:
        """Where the reader says that code begins."""
        return [note.address for note in self.notes if note.kind == "code"]

    @property
    def tables(self) -> dict[int, int]:
        """Addresses of tables of code, and how many entries each has."""
        return {note.address: note.count for note in self.notes if note.kind == "table"}

    @property
    def comments(self) -> dict[int, list[str]]:
        """Comments by address."""
        found: dict[int, list[str]] = {}
        for note in self.notes:
            if note.comment:
                found.setdefault(note.address, []).append(note.comment)
        return found

    def at(self, address: int) -> Note:
        """The first line about an address; an empty one if there is none."""
        return next((note for note in self.notes if note.address == address), Note(address))

    def with_note(self, note: Note, description: Description) -> Notes:
        """The same with ``note`` for the first line about its address, or without it if it says nothing.

        :class:`InputError` if the name is none, or belongs to another address.
        """
        if note.name and not _NAME.fullmatch(note.name):
            raise InputError(f"{note.name[:40]!r} is no name", remedy=_NAME_REMEDY)
        note = replace(note, comment=" ".join(note.comment.split()))
        kept = list(self.notes)
        place = next((n for n, one in enumerate(kept) if one.address == note.address), len(kept))
        kept[place : place + 1] = [note] if note != Note(note.address) else []
        try:
            return parse(write({}, Notes(tuple(kept))), description)
        except InputError as error:
            raise InputError(error.what, remedy=error.remedy) from None


def parse(text: str, description: Description) -> Notes:
    """The notes in a text; :class:`InputError` names the line that is wrong."""
    reserved = reserved_names(description)
    known: dict[str, int] = {}
    notes = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            note = _note(line)
            if note.name.upper() in reserved:
                what = f"{note.name} is a word of the instruction set"
                raise InputError(what, remedy="choose another name")
            if note.name and known.setdefault(note.name, note.address) != note.address:
                raise InputError(
                    f"{note.name} is already 0x{known[note.name]:06X}", remedy="give each name one address"
                )
        except InputError as error:
            raise error.at(f"line {number}") from None
        notes.append(note)
    return Notes(tuple(notes))


def parse_names(text: str, description: Description) -> Notes:
    """Notes, or a symbol file as ``luthier asm`` writes it: there all that is not marked as data is code."""
    contents = [line.partition(";")[0].partition("#")[0].strip() for line in text.splitlines()]
    if not all(_SYMBOL.fullmatch(content) for content in contents if content):
        return parse(text, description)
    symbols = read_symbols(text, description)
    return Notes(
        tuple(
            Note(symbol.address, name, "data" if symbol.is_data else "code")
            for name, symbol in symbols.items()
        )
    )


def load(path: Path, description: Description, parse: Parser = parse) -> Notes:
    """The notes of a file; :class:`InputError` names file and line of what is wrong."""
    try:
        return parse(read_bytes(path, SIZE_LIMIT).decode("utf-8"), description)
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} is no UTF-8 text", where=str(path)) from None
    except InputError as error:
        raise error if error.where == str(path) else error.at(str(path)) from None


def _note(line: str) -> Note:
    content, _, comment = (part.strip() for part in line.partition(";"))
    symbol = _SYMBOL.fullmatch(content)
    if symbol:
        # The comment of a symbol file says whether it is data.
        name, address = symbol[1], symbol[2]
        kind = ["data"] if comment.startswith("data") else []
        comment = comment.removeprefix("data").strip()
    else:
        address, *rest = content.split() or [""]
        name, *kind = rest or [NO_NAME]
    if name != NO_NAME and not _NAME.fullmatch(name):
        raise InputError(f"{name[:40]!r} is no name", remedy=_NAME_REMEDY)
    return Note(_address(address), "" if name == NO_NAME else name, *_kind(kind), comment)


def _address(text: str) -> int:
    try:
        address = int(text, 16)
    except ValueError:
        address = -1
    if not 0 <= address <= 0xFFFFFF:
        raise InputError(
            f"{text[:40]!r} is no address",
            remedy="write: ADDRESS NAME ; COMMENT, the address in hexadecimal",
        )
    return address


def _kind(words: list[str]) -> tuple[str, int]:
    match words:
        case []:
            return "", 0
        case ["code" | "data" as kind]:
            return kind, 0
        case ["table", count] if count.isdecimal() and 0 < int(count[:9]) <= _MOST_ENTRIES:
            return "table", int(count)
    raise InputError(
        f"{' '.join(words)[:40]!r} is no kind", remedy="write code, data or table N, and ; before a comment"
    )


def write(symbols: Mapping[str, Symbol], notes: Notes, tables: Mapping[int, int] | None = None) -> str:
    """The text of a file with these symbols, and the kinds and comments of ``notes``, by address."""
    lines: list[Note] = list(notes.notes)
    said = {(note.address, note.name) for note in lines}
    for name, symbol in symbols.items():
        if (symbol.address, name) not in said:
            count = (tables or {}).get(symbol.address, 0)
            kind = "table" if count else "data" if symbol.is_data else "code"
            lines.append(Note(symbol.address, name, kind, count))
    return "".join(_lines(sorted(lines, key=lambda note: note.address)))


def _lines(notes: Iterable[Note]) -> Iterable[str]:
    yield "# ADDRESS NAME [code | data | table N] [; COMMENT]\n"
    for note in notes:
        kind = f" table {note.count}" if note.kind == "table" else f" {note.kind}" if note.kind else ""
        comment = f" ; {note.comment}" if note.comment else ""
        yield f"{note.address:06X} {note.name or NO_NAME}{kind}{comment}\n"
