"""Everything wrong or odd with a bank, each finding with its place and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from luthier.poly800 import library, memory, sequence
from luthier.poly800.bank import Bank
from luthier.poly800.filler import filler_in
from luthier.poly800.parameters import lookup
from luthier.poly800.program import Program

ERROR = "error"
WARNING = "warning"
NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """``severity`` is error (data are wrong), warning (look at it) or note (odd but harmless)."""

    severity: str
    where: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.severity}: {self.where}: {self.what}{remedy}"


def verify(bank: Bank, missing: Collection[int] = ()) -> list[Finding]:
    """All findings about the content of a bank; empty if there is nothing to say.

    Programs in ``missing`` (panel numbers) were not in the file: nothing is said about them.
    """
    findings = list(_filler(bank))
    if not findings:
        findings += _globals(bank)
        findings += _sequence(bank)
    for number, program in bank.numbered_programs():
        if number not in missing:
            findings += _program(number, program)
    return findings


def verify_file(path: Path) -> list[Finding]:
    """All findings about a file of any known kind and every bank in it.

    Raises InputError if no bank can be made of it.
    """
    loaded = library.load(path, salvage=True)
    findings = []
    for index, entry in enumerate(loaded, start=1):
        mine = [
            Finding(ERROR, "file", problem, "ask for a new dump or recording") for problem in entry.problems
        ]
        mine += [Finding(NOTE, "file", note) for note in entry.notes]
        mine += verify(entry.bank, entry.missing)
        prefix = f"bank #{index}, " if len(loaded) > 1 else ""
        findings += [replace(finding, where=prefix + finding.where) for finding in mine]
    return findings


def _filler(bank: Bank) -> Iterator[Finding]:
    filler = filler_in(bank)
    if filler is None:
        return
    covered = [entry.name for entry in memory.layout(bank.synth) if filler.covers(entry.offset)]
    yield Finding(
        WARNING,
        f"memory bytes {filler.start} to {filler.end - 1}",
        f"{filler.pattern.hex(' ').upper()} over and over: filler, not {', '.join(covered)}",
        "do not trust these settings; the programs are not concerned",
    )


def _globals(bank: Bank) -> Iterator[Finding]:
    for name, value in bank.globals.items():
        row = lookup(name, bank.synth)
        if not row.in_range(value):
            place = memory.region(bank.synth, name)
            yield Finding(
                WARNING,
                f"memory byte {place.offset}",
                f"{row.title} is {value}, out of range ({row.minimum} to {row.maximum})",
                f"set {row.number}={row.minimum}",
            )


def _sequence(bank: Bank) -> Iterator[Finding]:
    decoded = sequence.decode(bank.sequence)
    problems = [] if decoded.ended else ["it has no end mark (00)"]
    problems += decoded.problems()
    if problems:
        more = f", and {len(problems) - 1} more like it" if len(problems) > 1 else ""
        yield Finding(WARNING, "sequence", problems[0] + more, "listen to it on the synth, or write it anew")


def _program(number: int, program: Program) -> Iterator[Finding]:
    where = f"program {number}"
    for row in program.out_of_range():
        yield Finding(
            ERROR,
            where,
            f"{row.title} is {program[row]}, out of range ({row.minimum} to {row.maximum})",
            f"set {number}.{row.name}={min(max(program[row], row.minimum), row.maximum)}",
        )
    for byte, bit in program.spare_bits():
        yield Finding(
            NOTE, where, f"spare bit {bit} of byte {byte} is set", "harmless as far as known; it is kept"
        )
    if _is_silent(program):
        yield Finding(NOTE, where, "no oscillator and no noise has a level above 0: silent")


def _is_silent(program: Program) -> bool:
    """Whether no sound source of the program is turned up (DCO2 sounds in double mode only)."""
    used = (1, 2) if program["dco_mode"] == 2 else (1,)
    for number in used:
        feet = any(program[f"dco{number}_{name}"] for name in (16, 8, 4, 2))
        if feet and program[f"dco{number}_level"]:
            return False
    return program["noise"] == 0
