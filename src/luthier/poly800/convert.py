"""A bank of one synth for another, and every single thing that could not come along.

Open questions
- Whether Poly-800 and EX-800 code their sequence as the MkII's service manual describes: presumed, no data of
  either was at hand.
- The chord memory is not carried between the MkII and the others: what the eleven bytes of the latter mean is
  not settled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luthier.poly800 import memory, sequence
from luthier.poly800.bank import Bank
from luthier.poly800.filler import filler_in
from luthier.poly800.initial import FLAT, NEUTRAL_EFFECTS, initial_bank
from luthier.poly800.parameters import PROGRAM_LENGTH, global_parameters
from luthier.poly800.program import Program, program_index
from luthier.poly800.synth import Synth


@dataclass(frozen=True)
class Loss:
    """Something a conversion could not carry: where it stood, what it was, and in which programs."""

    where: str
    what: str
    programs: tuple[int, ...] = ()

    def __str__(self) -> str:
        numbers = f" (programs {ranges(self.programs)})" if self.programs else ""
        return f"{self.where}: {self.what}{numbers}"


def ranges(numbers: Sequence[int]) -> str:
    """Program numbers in memory order with runs drawn together: ``11-18, 23``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and program_index(number) == program_index(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def convert(bank: Bank, synth: Synth) -> tuple[Bank, list[Loss]]:
    """The bank for ``synth`` and what was lost; between Poly-800 and EX-800 nothing ever is."""
    if (bank.synth is Synth.MK2) == (synth is Synth.MK2):
        return Bank(synth, bank.ram), []
    converted, losses = _convert_globals(bank, initial_bank(synth))
    for step in (_convert_sequence, _convert_programs):
        converted, more = step(bank, converted)
        losses += more
    return converted, losses + _opaque_losses(bank)


def convert_program(program: Program, synth: Synth) -> Program:
    """One program for ``synth``, without an account of the losses (:func:`convert` gives one)."""
    if synth is not Synth.MK2:
        return Program(program.packed[: PROGRAM_LENGTH[synth]])
    if program.family is Synth.MK2:
        return program
    longer = Program(program.packed.ljust(PROGRAM_LENGTH[synth], b"\0"))
    # The MkII has no chorus; its programs always store it as off (128 of 128 real ones).
    return longer.replacing({**NEUTRAL_EFFECTS, "chorus": 0})


def _convert_programs(bank: Bank, into: Bank) -> tuple[Bank, list[Loss]]:
    losses = [
        Loss("programs", what, numbers)
        for what, concerns in (_LOST_FROM_MK2 if bank.synth is Synth.MK2 else _LOST_TO_MK2)
        if (numbers := tuple(number for number, program in bank.numbered_programs() if concerns(program)))
    ]
    return into.with_programs([convert_program(program, into.synth) for program in bank.programs]), losses


_DELAY = tuple(name for name in NEUTRAL_EFFECTS if name.startswith("delay_"))

_LOST_TO_MK2: tuple[tuple[str, Callable[[Program], bool]], ...] = (
    ("the chorus is on; the MkII has none, its delay is left off", lambda program: program["chorus"] != 0),
)
_LOST_FROM_MK2: tuple[tuple[str, Callable[[Program], bool]], ...] = (
    ("the digital delay is heard (38 delay_level above 0)", lambda program: program["delay_level"] != 0),
    (
        "settings of a delay that is turned down",
        lambda program: program["delay_level"] == 0 and any(program[name] for name in _DELAY),
    ),
    (
        "the equaliser is not flat (47 eq_bass, 48 eq_treble)",
        lambda program: (program["eq_bass"], program["eq_treble"]) != (FLAT, FLAT),
    ),
    (
        "spare bits of the MkII's five bytes",
        lambda program: any(byte >= PROGRAM_LENGTH[Synth.POLY800] for byte, _ in program.spare_bits()),
    ),
)


def _convert_globals(bank: Bank, into: Bank) -> tuple[Bank, list[Loss]]:
    losses = []
    filler = filler_in(bank)
    carried = {row.name for row in global_parameters(into.synth)}
    for row in global_parameters(bank.synth):
        value = bank.globals[row.name]
        place = memory.region(bank.synth, row.name)
        if filler and filler.covers(place.offset):
            losses.append(Loss(row.title, f"is filler ({value}), {_default(into, row.name)}"))
        elif not row.in_range(value):
            losses.append(Loss(row.title, f"is {value}, out of range, {_default(into, row.name)}"))
        elif row.name in carried:
            into = into.with_globals({row.name: value})
        else:
            losses.append(
                Loss(row.title, f"{row.value_text(value)}; no known place on the {into.synth.title}")
            )
    return into, losses


def _default(into: Bank, name: str) -> str:
    if name in into.globals:
        return f"set to {into.globals[name]}"
    return f"no known place on the {into.synth.title}"


def _convert_sequence(bank: Bank, into: Bank) -> tuple[Bank, list[Loss]]:
    filler = filler_in(bank)
    place = memory.region(bank.synth, "sequence")
    if filler and filler.covers(place.offset):
        return into, [Loss("sequence", "is filler, not a sequence; left empty")]
    room = len(into.sequence)
    source = bank.sequence
    if len(source) <= room:
        # The bytes behind the end mark are stale; 00 behind the last byte ends a sequence that fills it all.
        return into.with_sequence(source.ljust(room, b"\0")), []
    decoded = sequence.decode(source)
    if decoded.ended and len(decoded.body) < room:
        losses = (
            [Loss("sequence", f"stale bytes behind its end, from byte {room} on")]
            if any(source[room:])
            else []
        )
        return into.with_sequence(source[:room]), losses
    kept, lost = decoded.fitting(room)
    steps = f"{len(kept.steps)} of {len(decoded.steps)} steps kept, {lost} lost"
    return into.with_sequence(kept.body.ljust(room, b"\0")), [
        Loss("sequence", f"cut at a whole step to fit {room} bytes: {steps}")
    ]


def _opaque_losses(bank: Bank) -> list[Loss]:
    losses = []
    if any(bank.chord):
        losses.append(Loss("chord", f"{bank.chord.hex(' ').upper()}: no settled place on the other synth"))
    for name, content in bank.undefined.items():
        if any(content):
            losses.append(Loss(name, f"{content.hex(' ').upper()}: bytes of unknown meaning"))
    return losses
