"""Firmwares and other machine code that the page asked for: listed, with names and comments of a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from luthier.cpu.disassembler import Image, disassembler
from luthier.cpu.listing import Listing
from luthier.cpu.listing_rows import CODE, Row, row_of
from luthier.cpu.notes import SIZE_LIMIT, Note, Notes, load, parse_names, write
from luthier.cpu.program import Program, Reference, take_apart
from luthier.cpu.symbols import Symbol
from luthier.errors import InputError
from luthier.files import read_bytes, write_bytes
from luthier.kaoss.built_in import CPU
from luthier.kaoss.code import take_payload_apart
from luthier.kaoss.header import HEADER_SIZE, MAGIC
from luthier.kaoss.listing import Source
from luthier.kaoss.system_file import SIZE_LIMIT as LARGEST_SYSTEM_FILE
from luthier.kaoss.system_file import SystemFile
from luthier.kaoss.system_file import read as read_system_file
from luthier.web.bench import Bench
from luthier.web.jobs import Progress

#: Bytes of a raw image: its rows are all in memory, some hundred bytes for each instruction.
LARGEST_IMAGE: Final = 1 << 21
#: Bytes of a row and references to an address that a page gets.
_SHOWN_BYTES: Final = 16
_SHOWN_REFERENCES: Final = 200


@dataclass(frozen=True)
class Chosen:
    """What a raw image is to be taken for: ``base`` is the address of its first byte."""

    cpu: str
    base: int = 0
    entries: tuple[int, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A listing: ``program`` is None where every byte was taken for code."""

    rows: list[Row]
    notes: Notes
    program: Program | None
    tables: dict[int, int]

    @property
    def symbols(self) -> dict[str, Symbol]:
        """All names, those that were found too."""
        return self.program.all_symbols if self.program else self.notes.symbols

    def record(self) -> dict[str, Any]:
        """How much of it there is."""
        return {
            "rows": len(self.rows),
            "instructions": sum(row.kind == CODE for row in self.rows),
            "followed": self.program is not None,
            "notes": len(self.notes.notes),
        }


@dataclass
class OpenProgram:
    """An open file as a program; ``chosen`` is None for a system file."""

    path: Path
    chosen: Chosen | None = None
    notes: Notes = field(default_factory=Notes)
    listed: Listed | None = None

    def __post_init__(self) -> None:
        if self.symbol_path.exists():
            self.notes = load(self.symbol_path, self.tool.description)

    @property
    def tool(self) -> Any:
        """The disassembler of its CPU."""
        return disassembler(self.chosen.cpu if self.chosen else CPU)

    @property
    def base(self) -> int:
        """The address of the first byte that is listed."""
        return self.chosen.base if self.chosen else 0

    @property
    def before(self) -> int:
        """Bytes of the file before that."""
        return 0 if self.chosen else HEADER_SIZE

    @property
    def symbol_path(self) -> Path:
        """Where names and comments are kept, beside the file."""
        kind = f".{self.chosen.cpu}" if self.chosen else ""
        return self.path.with_name(f"{self.path.name}{kind}.symbols")

    def system_file(self) -> SystemFile:
        """The system file; InputError if it is none."""
        return system_file(self.path)

    def note(self, note: Note) -> None:
        """Keep what is said of an address; InputError if it cannot be."""
        self._keep(self.notes.with_note(note, self.tool.description))

    def take_symbols(self, text: str) -> None:
        """Names and comments of a symbol file instead of all there are; InputError."""
        if len(text) > SIZE_LIMIT:
            raise InputError("the symbol file is too long", remedy="check that this is a symbol file")
        self._keep(parse_names(text, self.tool.description))

    def _keep(self, notes: Notes) -> None:
        write_bytes(self.symbol_path, write({}, notes).encode(), force=True)
        self.notes = notes

    def list(self, progress: Progress) -> Listed:
        """The listing with the names and comments there are now; InputError."""
        while self.listed is None or self.listed.notes is not self.notes:
            # A page may say more while it is made.
            self.listed = self._listed(self.notes, progress)
        return self.listed

    def _listed(self, notes: Notes, progress: Progress) -> Listed:
        progress(0.0, "following the program")
        if self.chosen is None:
            code = take_payload_apart(self.system_file(), notes)
            return Listed(list(Source(code).rows(progress)), notes, code.program, code.tables)
        data = read_bytes(self.path, LARGEST_IMAGE)
        if not data:
            raise InputError("the file is empty", remedy="check that this is the file you meant")
        image = Image.of(data, self.chosen.base)
        entries = [*self.chosen.entries, *(place for place in notes.entries if place in image)]
        program = take_apart(self.tool, image, entries, notes.symbols)
        if not program.is_followed:
            rows = [
                Row(CODE, one.address, one.text, "; ".join(notes.comments.get(one.address, ())), one.code)
                for one in self.tool.instructions(image)
            ]
            return Listed(rows, notes, None, {})
        listing = Listing(self.tool, program, notes.comments)
        return Listed(list(listing.rows(listing.items(progress))), notes, program, {})

    def all_listed(self) -> Listed:
        """The listing that was made; InputError before."""
        if self.listed is None:
            raise InputError("the program is not listed yet", remedy="reload the page")
        return self.listed

    def about(self, address: int) -> dict[str, Any]:
        """What is known of an address: its row, what is said of it, who refers to it and to whom it does."""
        listed = self.all_listed()
        program, note = listed.program, listed.notes.at(address)
        names = program.names if program else {}
        offset = address - self.base + self.before
        inside = self.before <= offset < self.path.stat().st_size
        row = row_of(listed.rows, address)
        behind = [] if row is None else listed.rows[row : row + _SHOWN_REFERENCES]
        return {
            "address": address,
            "row": row,
            "length": next((len(one.code) for one in behind if one.code), 1),
            "name": names.get(address, note.name),
            "note": {"name": note.name, "kind": note.kind, "count": note.count, "comment": note.comment},
            "from": _references(program.referred.get(address, ()) if program else (), names),
            "to": _references(program.referring.get(address, ()) if program else (), names),
            "offset": offset if inside else None,
        }


def _references(found: Iterable[Reference], names: dict[int, str]) -> list[dict[str, Any]]:
    shown = list(found)[:_SHOWN_REFERENCES]
    return [{"address": one.address, "how": one.kind, "name": names.get(one.address, "")} for one in shown]


def row_record(row: Row) -> list[Any]:
    """A row as a page gets it: kind, address, text, comment, its first bytes."""
    more = " ..." if len(row.code) > _SHOWN_BYTES else ""
    return [row.kind, row.address, row.text, row.comment, row.code[:_SHOWN_BYTES].hex(" ").upper() + more]


def system_file(path: Path) -> SystemFile:
    """The system file at a path; InputError."""
    try:
        return read_system_file(read_bytes(path, LARGEST_SYSTEM_FILE))
    except InputError as error:
        raise error.at(path.name) from None


def program_of(bench: Bench, file: str, chosen: Chosen | None = None) -> OpenProgram:
    """An open file as a program, kept; InputError if nobody has said yet what its bytes are.

    ``chosen`` takes it for something else from now on.
    """
    kept: dict[str, OpenProgram] = bench.shared.setdefault("programs", {})
    path = bench.files.path(file)
    for closed in kept.keys() - {one.id for one in bench.files.list()}:
        del kept[closed]
    with path.open("rb") as stream:
        is_system_file = stream.read(len(MAGIC)) == MAGIC
    if chosen is not None and (file not in kept or kept[file].chosen != chosen):
        kept[file] = OpenProgram(path, chosen)
    elif file not in kept:
        if not is_system_file:
            raise InputError("nobody has said what runs these bytes", remedy="choose a CPU and an address")
        kept[file] = OpenProgram(path)
    return kept[file]
