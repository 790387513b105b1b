"""A program as the panel of the synth shows it, and a bank as a list, in plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from luthier.poly800.bank import Bank
from luthier.poly800.parameters import Parameter
from luthier.poly800.program import Program

#: Groups that stand side by side, in the order of their numbers; the MkII's own come last.
_BANDS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("DCO1",), ("DCO2",), ("DCO", "noise"), ("VCF", "chorus")),
    (("DEG1",), ("DEG2",), ("DEG3",), ("MG",)),
    (("delay",), ("EQ",)),
)
_GAP = "   "


def program_table(program: Program) -> str:
    """All parameters in the groups of the panel; values out of range are marked with ``!``."""
    bands = []
    for groups in _BANDS:
        blocks = [_block(program, names) for names in groups]
        blocks = [block for block in blocks if len(block) > 1]
        if blocks:
            bands.append(_side_by_side(blocks))
    return "\n\n".join(bands)


def _block(program: Program, groups: Sequence[str]) -> list[str]:
    rows = [row for row in program.parameters if row.group in groups]
    width = max((len(row.label) for row in rows), default=0)
    lines = [f"{_number(row, program)} {row.label:<{width}}  {_value(row, program)}" for row in rows]
    return [" ".join(groups), *lines]


def _number(row: Parameter, program: Program) -> str:
    """The number on the panel; ``--`` where the memory holds the parameter but the panel has it not."""
    return f"{row.number}" if program.family in row.panel else "--"


def _value(row: Parameter, program: Program) -> str:
    mark = "" if row.in_range(program[row]) else " !"
    return f"{program[row]:>2}{mark} {row.values.get(program[row], '')}".rstrip()


def _side_by_side(blocks: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line) for line in block) for block in blocks]
    lines = zip_longest(*blocks, fillvalue="")
    return "\n".join(
        _GAP.join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def bank_list(bank: Bank, names: Mapping[int, str] | None = None) -> str:
    """One line of settings about the bank, then one line per program; ``names`` by panel number, if known."""
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in bank.globals.items())
    used = bank.sequence.find(0) if 0 in bank.sequence else len(bank.sequence)
    head = f"{bank.synth.title}: {settings}, sequence {used} of {len(bank.sequence)} bytes"
    names = names or {}
    width = max((len(name) + 2 for name in names.values()), default=0)
    lines = [
        f"{number}  {names.get(number, ''):<{width}}{program_line(program)}"
        for number, program in bank.numbered_programs()
    ]
    return "\n".join([head, "", *lines])


def program_line(program: Program) -> str:
    """The most important of a program in one line."""
    second = _oscillator(program, 2) if program["dco_mode"] == 2 else "-"
    effect = ""
    if any(row.name == "delay_level" for row in program.parameters):
        effect = f"  delay {program['delay_time']:>2}/{program['delay_level']:>2}"
    elif program["chorus"]:
        effect = "  chorus"
    problems = len(program.out_of_range())
    return (
        f"{_oscillator(program, 1)}  {second:<26}  cutoff {program['cutoff']:>2} "
        f"resonance {program['resonance']:>2}{effect}{f'  ! {problems} out of range' if problems else ''}"
    )


def _oscillator(program: Program, number: int) -> str:
    feet = "".join(f"{name}'" if program[f"dco{number}_{name}"] else "" for name in (16, 8, 4, 2))
    wave = {1: "square", 2: "saw"}.get(program[f"dco{number}_waveform"], "?")
    octave = {1: "low", 2: "mid", 3: "high"}.get(program[f"dco{number}_octave"], "?")
    return f"{octave:<4} {wave:<6} {feet or '-':<10} {program[f'dco{number}_level']:>2}"
