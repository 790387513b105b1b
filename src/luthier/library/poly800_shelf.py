"""The Poly-800 family in the library: a bank and its programs for every memory found in a file.

A bank keeps its RAM image, a patch the packed bytes of its program; both say which synth they are of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from luthier.errors import InputError
from luthier.formats import Content, Match
from luthier.library.entry import Entry, Item
from luthier.library.families import Column, Family
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found
from luthier.poly800.built_in import names
from luthier.poly800.initial import initial_bank
from luthier.poly800.library import converted_for, output_format
from luthier.poly800.panel import bank_list, program_table
from luthier.poly800.parameters import every_parameter
from luthier.poly800.problems import in_one_line
from luthier.poly800.program import PROGRAM_COUNT, Program, program_number
from luthier.poly800.synth import Synth
from luthier.poly800.tape_format import TapeFormat

FAMILY = Family(
    "poly800",
    tuple(Column(row.name, row.minimum, row.maximum, row.values) for row in every_parameter() if row.runs),
)
_SYNTHS = {synth.value for synth in Synth}


class Poly800Shelf:
    """Banks and programs of the three synths."""

    family = FAMILY

    def entries(self, content: Content, matches: Sequence[Match]) -> list[Entry] | None:
        """Every bank that is whole enough to be of use, its programs, and the tape it came from."""
        kinds = [match.format for match in matches if isinstance(match.format, BankFormat)]
        if not kinds:
            return None
        found = kinds[0].find(content)
        entries = []
        if isinstance(kinds[0], TapeFormat):
            entries.append(
                Entry("tape", found[0].bank.synth.value, content.path.stem, None, notes=_said(found))
            )
        for number, one in enumerate(found, 1):
            name = content.path.stem if len(found) == 1 else f"{content.path.stem} #{number}"
            entries += _of_bank(one, name, "" if len(found) == 1 else f"bank {number}")
        return entries

    def owns(self, item: Item) -> bool:
        """Whether an item is of one of the three synths."""
        return item.instrument in _SYNTHS

    def parameters(self, item: Item, content: bytes) -> Mapping[str, int]:
        """The panel values of a program."""
        return Program(content).values() if item.kind == "patch" else {}

    def export(self, items: Sequence[tuple[Item, bytes]], path: Path) -> bytes:
        """One bank as it is, or a bank made of up to 64 programs; converted to what the suffix holds."""
        banks = [_bank(item, content) for item, content in items if item.kind == "bank"]
        patches = [(item, Program(content)) for item, content in items if item.kind == "patch"]
        if patches and banks:
            raise InputError(
                "banks and single programs do not go into one file", remedy="export them separately"
            )
        if not banks:
            banks = [_bank_of(patches)]
        kind = output_format(path, None, banks[0])
        fitting = [converted_for(bank, kind)[0] for bank in banks]
        return kind.write_as(fitting, path.suffix.lower() or kind.suffixes[0])

    def show(self, item: Item, content: bytes) -> str:
        """The panel of a program, or the list of a bank."""
        return program_table(Program(content)) if item.kind == "patch" else bank_list(_bank(item, content))


def _of_bank(found: Found, name: str, place: str) -> list[Entry]:
    bank, synth = found.bank, found.bank.synth.value
    entries = [Entry("bank", synth, name, bank.ram, place, notes=in_one_line(found.problems))]
    before = f"{place}, " if place else ""
    known = names(bank)
    for number, program in bank.numbered_programs():
        if number not in found.missing:
            entries.append(
                Entry(
                    "patch",
                    synth,
                    known.get(number, f"{name} {number}"),
                    program.packed,
                    f"{before}program {number}",
                    parameters=program.values(),
                )
            )
    return entries


def _said(found: Sequence[Found]) -> str:
    problems = [problem for one in found for problem in one.problems]
    return in_one_line(problems) if problems else "read whole"


def _bank(item: Item, content: bytes) -> Bank:
    return Bank(Synth(item.instrument), content)


def _bank_of(patches: Sequence[tuple[Item, Program]]) -> Bank:
    synths = {item.instrument for item, _ in patches}
    if not patches or len(patches) > PROGRAM_COUNT or len(synths) > 1:
        raise InputError(
            f"{len(patches)} programs of {len(synths)} synths do not make a bank",
            remedy=f"choose 1 to {PROGRAM_COUNT} programs of one synth",
        )
    bank = initial_bank(Synth(synths.pop()))
    for index, (_, program) in enumerate(patches):
        bank = bank.with_program(program_number(index), program)
    return bank


SHELF = Poly800Shelf()
