"""A payload taken apart: code followed from the vectors, jump tables, pointers and texts.

What an instruction refers to is read off the instruction set; this module adds what only a look at several
instructions tells: jumps through tables and through registers, numbers that are addresses.

Open questions
- Code that is reached only through pointers in RAM, or through tables that are read in other ways than here:
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
from luthier.cpu.program import Program, take_apart
from luthier.cpu.rendering import value_of
from luthier.cpu.symbols import Symbol
from luthier.errors import InputError
from luthier.kaoss import strings
from luthier.kaoss.built_in import CPU
from luthier.kaoss.notes import Notes
from luthier.kaoss.registers import area_of, areas, registers
from luthier.kaoss.system_file import VECTORS_END, SystemFile
from luthier.kaoss.vectors import VECTOR_SIZE, decode

#: Rounds of finding tables: each round follows the code that the tables of the one before lead to.
_MOST_ROUNDS = 50
#: Instructions to look back from a jump through a register.
_WINDOW = 12
#: Entries of a table whose number no comparison tells.
_MOST_ENTRIES = 256

_INDIRECT = re.compile(r"j(?:sr|mp) @(ER\d)$")
_TABLE = re.compile(r"mov\.l @\(\+?(0x[0-9a-f]+):(?:16|32),(ER\d)\),(ER\d)$")
_LOADED = re.compile(r"mov\.l #(0x[0-9a-f]+),(ER\d)$")
_BOUND = re.compile(r"cmp\.[bwl] #(0x[0-9a-f]+),")
_ADDED = re.compile(r"add\.l #(0x[0-9a-f]+),(ER\d)$")
#: Instructions whose numbers may be addresses.
_WITH_ADDRESSES = ("mov", "cmp.l", "add.l", "sub.l")
_FROM = re.compile(r"mov\.l @(ER\d),(ER\d)$")
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
    image = Image.of(file.payload)
    user = notes.symbols
    vectors = dict.fromkeys(range(0, VECTORS_END, VECTOR_SIZE), 1)
    said = {table: count for table, count in notes.tables.items() if table + 4 * count <= image.end}
    tables = dict(said)
    entries = {address for address in notes.entries if address in image} | {*_vector_targets(file)}
    users: dict[int, int] = {}
    for _ in range(_MOST_ROUNDS):
        reached = {
            target for table, count in tables.items() for target in _targets(file.payload, table, count)
        }
        program = take_apart(tool, image, sorted(entries | reached), user)
        new_tables, jumps, users = _look_for_tables(program, _texts(tool, program), file)
        if new_tables.keys() <= tables.keys() and jumps <= entries:
            break
        tables = new_tables | tables | said
        entries |= jumps
    program = _with_pointers(program, _texts(tool, program), file.used)
    tables = _ended(tables, {*program.references[:, 1].tolist(), *tables}) | said
    pointers = frozenset(
        place + VECTOR_SIZE * index
        for place, count in (vectors | tables).items()
        for index in range(count)
        if not program.mark(place + VECTOR_SIZE * index) & (START | INSIDE)
    )
    symbols = user | _names_outside(program, user)
    program = replace(program, symbols=_with_tables(program, symbols, tables))
    return Code(file, tool, program, tables, pointers, users, notes)


def _ended(tables: Mapping[int, int], referred: set[int]) -> dict[int, int]:
    """The tables, each ending before the next place that something refers to."""
    return {
        table: next((n for n in range(1, count) if table + VECTOR_SIZE * n in referred), count)
        for table, count in tables.items()
    }


def _vector_targets(file: SystemFile) -> Iterator[int]:
    """Where vectors lead, those the chip never takes as well."""
    used = file.used
    for vector in decode(file):
        target = vector.target
        if target is not None and _may_be_code(target, used):
            yield target


def _may_be_code(address: int, used: int) -> bool:
    return address % 2 == 0 and VECTORS_END <= address < used


def _targets(payload: bytes, table: int, count: int) -> list[int]:
    longs = np.frombuffer(payload[table : table + VECTOR_SIZE * count], ">u4")
    return [int(target) for target in longs if target % 2 == 0 and VECTORS_END <= target < len(payload)]


def _look_for_tables(
    program: Program, texts: list[str], file: SystemFile
) -> tuple[dict[int, int], set[int], dict[int, int]]:
    """Jump tables with their number of entries, targets loaded into a register, and who uses which table."""
    tables: dict[int, int] = {}
    jumps: set[int] = set()
    users: dict[int, int] = {}
    used = file.used
    for place, text in enumerate(texts):
        if not (found := _INDIRECT.match(text)):
            continue
        register, table, limit = found[1], -1, 0
        for before in range(place - 1, max(place - _WINDOW, -1), -1):
            earlier = texts[before]
            if (match := _LOADED.match(earlier)) and match[2] == register and table < 0:
                if _may_be_code(target := int(match[1], 16), used):
                    jumps.add(target)
                break
            if (match := _TABLE.match(earlier)) and match[3] == register and table < 0:
                table = int(match[1], 16)
            elif (match := _FROM.match(earlier)) and match[2] == register and table < 0:
                register = match[1]
            elif (match := _ADDED.match(earlier)) and match[2] == register and table < 0:
                table = int(match[1], 16)
            elif table >= 0 and (match := _BOUND.match(earlier)):
                # "Higher" leaves the number itself in, "carry clear" (higher or same) does not.
                limit = int(match[1], 16) + (texts[before + 1].startswith(("bhi", "bls")))
                break
        if table >= VECTORS_END and table % 2 == 0:
            count = _count(program, used, table, limit or _MOST_ENTRIES)
            if count:
                tables[table] = max(count, tables.get(table, 0))
                users[int(program.starts[place])] = table
    return tables, jumps, users


def _count(program: Program, used: int, table: int, limit: int) -> int:
    """How many longs from ``table`` on hold addresses of code; up to ``limit``."""
    count = 0
    while count < min(limit, _MOST_ENTRIES):
        place = table + VECTOR_SIZE * count
        target = int.from_bytes(program.image.bytes_at(place, VECTOR_SIZE), "big")
        if place + VECTOR_SIZE > used or program.mark(place) & (START | INSIDE):
            break
        if not _may_be_code(target, used) or program.mark(target) & INSIDE:
            break
        count += 1
    return count


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
