"""A payload taken apart: code followed from the vectors, jump tables, pointers and texts.

What an instruction refers to is read off the instruction set; this module adds what only a look at several
instructions tells: jumps through tables and through registers, numbers that are addresses, and addresses of
code in the data.

Open questions
- Code that is reached only through pointers in RAM, through tables of distances or through a single address:
  it is taken for data, unless a note says that it is code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from luthier.cpu.disassembler import Disassembler, Image, disassembler
from luthier.cpu.exploration import INSIDE, START
from luthier.cpu.fields import Immediate
from luthier.cpu.flow import POINTS
from luthier.cpu.notes import Notes
from luthier.cpu.program import Program, take_apart
from luthier.cpu.rendering import value_of
from luthier.cpu.symbols import Symbol
from luthier.errors import InputError
from luthier.kaoss import strings, tables
from luthier.kaoss.built_in import CPU
from luthier.kaoss.registers import area_of, areas, registers
from luthier.kaoss.system_file import VECTORS_END, SystemFile
from luthier.kaoss.vectors import VECTOR_SIZE, decode

#: Rounds of finding tables: each round follows the code that the tables of the one before lead to.
_MOST_ROUNDS = 50

#: Instructions whose numbers may be addresses.
_WITH_ADDRESSES = ("mov", "cmp.l", "add.l", "sub.l")
#: Instructions that scale, widen or clear an index: what is added to it is an address, however short.
_INDEX = re.compile(r"(?:shll|shal|extu|exts|sub|xor)\.[wl] .*?[ER](\d)$")
_DISPLACED = re.compile(r",ER(\d)\)")


@dataclass
class Code:
    """A program, and what was found beside it.

    ``tables`` are addresses of jump tables with the number of their entries, ``pointers`` the addresses of
    all longs that hold an address of code: vectors and entries of tables.  ``users`` has for every jump
    through a table its address and the table.
    """

    file: SystemFile
    tool: Disassembler
    program: Program
    tables: dict[int, int]
    pointers: frozenset[int]
    users: dict[int, int]
    notes: Notes

    @property
    def image(self) -> Image:
        """The payload from address 0 on."""
        return self.program.image

    @cached_property
    def is_code(self) -> npt.NDArray[np.bool_]:
        """Of every byte, whether it belongs to an instruction."""
        return np.asarray(self.program.marks & (START | INSIDE) != 0, bool)

    @cached_property
    def texts(self) -> list[str]:
        """The instructions as text, in the order of ``program.starts``."""
        return _texts(self.tool, self.program)

    @cached_property
    def strings(self) -> list[strings.Text]:
        """The texts in the data."""
        pointed = {address for address in self.program.referred if address < len(self.file.payload)}
        return strings.find(self.file.payload, self.is_code, pointed)


def _texts(tool: Disassembler, program: Program) -> list[str]:
    text = tool.render(program.image, program.starts, program.forms, columns=False)
    return text.decode("ascii").split("\n")[: program.starts.size]


def take_payload_apart(file: SystemFile, notes: Notes | None = None) -> Code:
    """Follow the code of a payload; raises InputError if it is no ROM of an H8S/2215."""
    notes = notes or Notes()
    decode(file)
    rom = areas()[0]
    if len(file.payload) > rom.last + 1:
        raise InputError(
            f"{len(file.payload):,} bytes of payload; the ROM has {rom.last + 1:,}",
            remedy="`luthier kaoss verify` says more",
        )
    tool = disassembler(CPU)
    program, found, users = _followed(file, notes, tool)
    program = _with_pointers(program, _texts(tool, program), file.used)
    said = _said_tables(file, notes)
    found = tables.ended(found, {*program.references[:, 1].tolist(), *found}) | said
    vectors = dict.fromkeys(range(0, VECTORS_END, VECTOR_SIZE), 1)
    pointers = frozenset(
        place + VECTOR_SIZE * index
        for place, count in (vectors | found).items()
        for index in range(count)
        if not program.mark(place + VECTOR_SIZE * index) & (START | INSIDE)
    )
    symbols = notes.symbols | _names_outside(program, notes.symbols)
    program = replace(program, symbols=_with_tables(program, symbols, found))
    return Code(file, tool, program, found, pointers, users, notes)


def _said_tables(file: SystemFile, notes: Notes) -> dict[int, int]:
    """The tables that notes tell of, if they lie in the payload."""
    size = len(file.payload)
    return {table: count for table, count in notes.tables.items() if table + VECTOR_SIZE * count <= size}


def _followed(
    file: SystemFile, notes: Notes, tool: Disassembler
) -> tuple[Program, dict[int, int], dict[int, int]]:
    """The program, its tables, and who jumps through them: rounds until none finds anything new."""
    image, used = Image.of(file.payload), file.used
    said = _said_tables(file, notes)
    found, read, runs = dict(said), dict(said), dict[int, int]()
    entries = {address for address in notes.entries if address in image} | {*_vector_targets(file)}
    for _ in range(_MOST_ROUNDS):
        reached = {
            target for table, count in found.items() for target in tables.targets(file.payload, table, count)
        }
        program = take_apart(tool, image, sorted(entries | reached), notes.symbols)
        seen, jumps, users = tables.jumped_through(program, _texts(tool, program), used)
        read |= {table: max(count, read.get(table, 0)) for table, count in seen.items()} | said
        covered = {table + VECTOR_SIZE * n for table, count in read.items() for n in range(count)}
        new_runs = tables.runs_of_addresses(program, used, covered)
        runs |= {table: max(count, runs.get(table, 0)) for table, count in new_runs.items()}
        before, found = found, {table: runs[table] for table in runs.keys() - covered} | read
        if found == before and jumps <= entries:
            break
        entries |= jumps
    return program, found, users


def _vector_targets(file: SystemFile) -> Iterator[int]:
    """Where vectors lead, those the chip never takes as well."""
    used = file.used
    for vector in decode(file):
        target = vector.target
        if target is not None and tables.may_be_code(target, used):
            yield target


def _with_pointers(program: Program, texts: list[str], used: int) -> Program:
    """The program with references for numbers that are addresses of ROM, RAM or registers."""
    added = []
    starts, forms = program.starts.tolist(), program.forms.tolist()
    for place, text in enumerate(texts):
        if "0x" not in text or not text.startswith(_WITH_ADDRESSES):
            continue
        form = program.description.forms[forms[place]]
        code = program.image.bytes_at(starts[place], form.length)
        for number, field in enumerate(form.places):
            operand = field.operand
            if not isinstance(operand, Immediate) or operand.is_address:
                continue
            displaced = operand.letter == "d"
            if displaced and not _is_indexed(texts, place, operand.size):
                continue
            address = value_of(field, code, starts[place])
            if (displaced or operand.size == 4) and _is_address(address, used):
                added.append((starts[place], address, POINTS, number))
    if not added:
        return program
    return replace(program, references=np.vstack([program.references, np.array(added, np.int32)]))


def _is_address(number: int, used: int) -> bool:
    if VECTORS_END <= number < used:
        return True
    area = area_of(number)
    return area is not None and area.first > VECTORS_END


def _is_indexed(texts: list[str], place: int, size: int) -> bool:
    """Whether a displacement is the address of a table: a long one, or added to an index."""
    if size == 4:
        return True
    register = _DISPLACED.search(texts[place])
    indices = [_INDEX.match(text) for text in texts[max(place - 3, 0) : place]]
    return register is not None and any(index and index[1] == register[1] for index in indices)


def _names_outside(program: Program, user: Mapping[str, Symbol]) -> dict[str, Symbol]:
    """Names of registers and variables that the program refers to, unless the user has named them."""
    taken = {symbol.address for symbol in user.values()}
    names: dict[str, Symbol] = {}
    for address in np.unique(program.references[:, 1]).tolist():
        if address in taken or address in program.image:
            continue
        register, area = registers().get(address), area_of(address)
        name = register.name if register else f"ram_{address:06X}" if area and "RAM" in area.name else ""
        while name in user:
            name += "_"
        if name:
            names[name] = Symbol(address, True)
    return names


def _with_tables(
    program: Program, symbols: Mapping[str, Symbol], tables: Mapping[int, int]
) -> dict[str, Symbol]:
    """The symbols with names for tables that have none."""
    named = {symbol.address for symbol in symbols.values()}
    found = dict(symbols)
    for table in tables:
        if table not in named and program.can_be_labelled(table):
            name = f"table_{table:06X}"
            while name in found:
                name += "_"
            found[name] = Symbol(table, True)
    return found
