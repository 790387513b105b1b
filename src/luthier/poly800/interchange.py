"""Banks as text for people: JSON that carries every byte, and CSV with a column per parameter.

Values out of range and spare bits survive: both forms list by name what was out of range in the bank they
were written from, and only those entries may be; a slip of the fingers elsewhere is an error.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.parameters import lookup, program_parameters
from luthier.poly800.program import PROGRAM_NUMBERS, Program
from luthier.poly800.synth import Synth

JSON_MARK: Literal["luthier poly800 bank"] = "luthier poly800 bank"
_BYTES_PER_LINE = 32
#: What to do about a JSON file that is not built as it should be.
_DIGITS = "write it in digits, without a unit"
_COMPARE = "compare with the JSON that `luthier poly800 convert BANK -o x.json` writes"


class _ProgramRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    program: int
    parameters: dict[str, Any]
    spare_bits: list[str] = []


class _BankRecord(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    format: Literal["luthier poly800 bank"]
    synth: Literal["poly800", "ex800", "mk2"]
    globals: dict[str, Any]
    sequence: list[str]
    chord: str
    undefined: dict[str, str]
    programs: list[_ProgramRecord]
    out_of_range: list[str] = []


# --- JSON --------------------------------------------------------------------------------------------------


def write_json(bank: Bank) -> str:
    """The whole bank as indented JSON; :func:`read_json` gives back the same bytes."""
    record = _BankRecord(
        format=JSON_MARK,
        synth=bank.synth.value,
        globals=bank.globals,
        sequence=_hex_lines(bank.sequence),
        chord=_hex(bank.chord),
        undefined={name: _hex(content) for name, content in bank.undefined.items()},
        programs=[
            _ProgramRecord(number, program.values(), _spare_names(program))
            for number, program in bank.numbered_programs()
        ],
        out_of_range=_globals_out_of_range(bank)
        + [f"{number}.{row.name}" for number, p in bank.numbered_programs() for row in p.out_of_range()],
    )
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"


def read_json(text: str | bytes) -> Bank:
    """The bank in JSON text; raises InputError that names the program and the parameter."""
    try:
        record = msgspec.json.decode(_without_mark(text), type=_BankRecord)
    except msgspec.ValidationError as error:
        raise InputError(f"not a bank as it should be: {error}", remedy=_COMPARE) from error
    except RecursionError as error:
        raise InputError(
            "not a bank as it should be: brackets inside brackets without end", remedy=_COMPARE
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"not JSON: {error}", remedy=_json_remedy(text, error)) from error
    excused = set(record.out_of_range)
    bank = initial_bank(Synth(record.synth))
    bank = _read_globals(bank, record.globals, excused)
    bank = _read_region(bank, "sequence", " ".join(record.sequence))
    bank = _read_region(bank, "chord", record.chord)
    if set(record.undefined) != set(bank.undefined):
        raise InputError(f"must hold {', '.join(bank.undefined)}", where="undefined", remedy=_COMPARE)
    for name, content in record.undefined.items():
        bank = _read_region(bank, name, content)
    return bank.with_programs(_read_programs(bank, record.programs, excused))


def _without_mark(text: str | bytes) -> str | bytes:
    """``text`` without the byte order mark some editors put before it."""
    return text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(codecs.BOM_UTF8)


def _json_remedy(text: str | bytes, error: Exception) -> str:
    if isinstance(text, bytes) and text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "this is UTF-16: save it as UTF-8"
    if "truncated" in str(error):
        return "the end of the file is missing: copy or export it again"
    if isinstance(error, UnicodeDecodeError) or "utf-8" in str(error).lower():
        return "save it as UTF-8"
    return "look for a missing comma or quote there, or export the bank again"


def _read_globals(bank: Bank, values: Mapping[str, Any], excused: set[str]) -> Bank:
    missing = set(bank.globals) - set(values)
    if missing:
        raise InputError(f"{', '.join(sorted(missing))} missing", where="globals", remedy=_COMPARE)
    for name, value in values.items():
        try:
            bank = bank.with_globals({name: _integer(name, value)}, allow_out_of_range=name in excused)
        except InputError as error:
            raise error.at("globals") from error
    return bank


def _read_region(bank: Bank, name: str, text: str) -> Bank:
    try:
        content = bytes.fromhex(text)
    except ValueError as error:
        raise InputError("not hexadecimal bytes", where=name, remedy="write two digits per byte") from error
    try:
        return bank.with_region(name, content)
    except InputError as error:
        raise InputError(error.what, where=name, remedy=error.remedy or _COMPARE) from error


def _read_programs(bank: Bank, records: Sequence[_ProgramRecord], excused: set[str]) -> list[Program]:
    numbers = [record.program for record in records]
    if sorted(numbers) != sorted(PROGRAM_NUMBERS):
        wrong = sorted(set(numbers) ^ set(PROGRAM_NUMBERS)) or sorted(
            {n for n in numbers if numbers.count(n) > 1}
        )
        raise InputError(
            f"must be 11 to 88, each once; see {', '.join(map(str, wrong[:8]))}",
            where="programs",
            remedy=f"put in those that are missing and take out the others; {_COMPARE}",
        )
    found = {}
    for record in records:
        where = f"program {record.program}"
        missing = {row.name for row in program_parameters(bank.synth)} - set(record.parameters)
        if missing:
            raise InputError(f"{', '.join(sorted(missing))} missing", where=where, remedy=_COMPARE)
        base = bank.program(record.program)
        found[record.program] = _read_values(base, record.program, record.parameters, excused)
        found[record.program] = _with_spare_names(found[record.program], record.spare_bits, where)
    return [found[number] for number in PROGRAM_NUMBERS]


def _read_values(program: Program, number: int, values: Mapping[str, Any], excused: set[str]) -> Program:
    for name, value in values.items():
        allowed = f"{number}.{name}" in excused
        try:
            program = program.replacing({name: _integer(name, value)}, allow_out_of_range=allowed)
        except InputError as error:
            raise error.at(f"program {number}") from error
    return program


def _integer(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} is {_shortened(str(value))!r}, not a whole number", remedy=_DIGITS)
    return value


def _globals_out_of_range(bank: Bank) -> list[str]:
    return [name for name, value in bank.globals.items() if not lookup(name, bank.synth).in_range(value)]


def _spare_names(program: Program) -> list[str]:
    return [f"{byte}.{bit}" for byte, bit in program.spare_bits()]


def _with_spare_names(program: Program, names: Iterable[str], where: str) -> Program:
    bits = []
    for name in names:
        byte, dot, bit = name.partition(".")
        if not (dot and byte.isdecimal() and bit.isdecimal() and len(name) <= 5):
            raise InputError(f"spare bit {name!r}", where=where, remedy="write byte.bit, such as 2.5")
        bits.append((int(byte), int(bit)))
    try:
        return program.with_spare_bits(tuple(bits))
    except InputError as error:
        raise InputError(error.what, where=where, remedy=error.remedy or _COMPARE) from error


def _hex(content: bytes) -> str:
    return content.hex(" ").upper()


def _hex_lines(content: bytes) -> list[str]:
    starts = range(0, len(content), _BYTES_PER_LINE)
    return [_hex(content[start : start + _BYTES_PER_LINE]) for start in starts]


# --- CSV ---------------------------------------------------------------------------------------------------

_SYNTH_COLUMN = "synth"
_PROGRAM_COLUMN = "program"
_OUT_OF_RANGE_COLUMN = "out_of_range"
_SPARE_COLUMN = "spare_bits"
_EXTRA_COLUMNS = (_SYNTH_COLUMN, _PROGRAM_COLUMN, _OUT_OF_RANGE_COLUMN, _SPARE_COLUMN)
#: What a spreadsheet may have made of our commas.
_DELIMITERS = ",;\t"

CSV_OMITS = "globals, sequence, chord memory and undefined bytes"


def write_csv(bank: Bank) -> str:
    """The 64 programs, one row each, a column per parameter; nothing else of the bank (:data:`CSV_OMITS`)."""
    names = [row.name for row in program_parameters(bank.synth)]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([_SYNTH_COLUMN, _PROGRAM_COLUMN, *names, _OUT_OF_RANGE_COLUMN, _SPARE_COLUMN])
    for number, program in bank.numbered_programs():
        excused = " ".join(row.name for row in program.out_of_range())
        values = program.values()
        spare = " ".join(_spare_names(program))
        table.writerow([bank.synth.value, number, *(values[name] for name in names), excused, spare])
    return text.getvalue()


def read_csv(text: str, base: Bank | None = None) -> Bank:
    """The bank whose programs are those of the rows and whose other bytes are those of ``base``.

    Without ``base`` they are those of an initial bank, and all 64 rows and every column must be there; with
    it, rows and columns may be left out.  Columns are named by parameter name or panel number.  Raises
    InputError that names the line, the program and the parameter.
    """
    rows = _csv_rows(text)
    header = [name.strip().lower() for name in rows[0][1]]
    bank = base or initial_bank(_csv_synth(header, rows))
    columns = [name if name in _EXTRA_COLUMNS else lookup(name, bank.synth).name for name in header]
    if _PROGRAM_COLUMN not in columns:
        raise InputError(
            "no column 'program'", where="line 1", remedy="put the number of each program, 11 to 88, into one"
        )
    if len(set(columns)) < len(columns):
        twice = sorted({name for name in columns if columns.count(name) > 1})
        raise InputError(
            f"{', '.join(twice)} in more than one column", where="line 1", remedy="leave one of them"
        )
    programs = dict(bank.numbered_programs())
    seen: set[int] = set()
    for line, cells in rows[1:]:
        if len(cells) != len(columns):
            raise InputError(
                f"{len(cells)} cells under {len(columns)} columns",
                where=f"line {line}",
                remedy="fill every column, and put text with commas in quotes",
            )
        try:
            number, program = _read_row(programs, dict(zip(columns, cells, strict=True)))
        except InputError as error:
            raise error.at(f"line {line}") from error
        if number in seen:
            raise InputError(
                f"program {number} a second time", where=f"line {line}", remedy="leave one of its rows"
            )
        seen.add(number)
        programs[number] = program
    if base is None:
        _require_all(bank, columns, seen)
    return bank.with_programs(list(programs.values()))


def _require_all(bank: Bank, columns: Sequence[str], seen: set[int]) -> None:
    missing = [row.name for row in program_parameters(bank.synth) if row.name not in columns]
    missing += [f"program {number}" for number in PROGRAM_NUMBERS if number not in seen]
    if missing:
        more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
        raise InputError(
            f"without {', '.join(missing[:4])}{more}", remedy="give --base BANK to take the rest from there"
        )


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.removeprefix("\ufeff").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True
    )
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(
            f"not a table: {error}",
            where=f"line {reader.line_num}",
            remedy="look for a quote that is not closed",
        ) from error
    if len(rows) < 2:
        raise InputError("no rows of programs in it", remedy="export a bank as CSV to see the form")
    return rows


def _csv_synth(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Synth:
    if _SYNTH_COLUMN in header:
        line, cells = rows[1]
        place = header.index(_SYNTH_COLUMN)
        if place >= len(cells):
            raise InputError(
                "no synth named", where=f"line {line}", remedy="write poly800, ex800 or mk2 there"
            )
        try:
            return Synth.named(cells[place].strip())
        except InputError as error:
            raise InputError(error.what, where=f"line {line}", remedy=error.remedy) from error
    return Synth.MK2 if "delay_level" in header else Synth.POLY800


def _read_row(programs: Mapping[int, Program], cells: Mapping[str, str]) -> tuple[int, Program]:
    number = _cell_number(_PROGRAM_COLUMN, cells[_PROGRAM_COLUMN])
    if number not in programs:
        raise InputError(f"there is no program {number}", remedy="programs are 11 to 88")
    excused = {f"{number}.{name}" for name in cells.get(_OUT_OF_RANGE_COLUMN, "").split()}
    values = {name: _cell_number(name, cell) for name, cell in cells.items() if name not in _EXTRA_COLUMNS}
    program = _read_values(programs[number], number, values, excused)
    if _SPARE_COLUMN in cells:
        program = _with_spare_names(program, cells[_SPARE_COLUMN].split(), f"program {number}")
    return number, program


def _cell_number(name: str, cell: str) -> int:
    try:
        return int(cell)
    except ValueError:
        raise InputError(f"{name} is {_shortened(cell)!r}, not a whole number", remedy=_DIGITS) from None


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "..."
