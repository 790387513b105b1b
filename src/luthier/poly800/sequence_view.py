"""A sequence and a chord memory for people and for JSON."""

from __future__ import annotations

from typing import Any

from luthier.poly800 import chord, note_base, sequence
from luthier.poly800.bank import Bank
from luthier.poly800.note_base import NoteBase, note_name
from luthier.poly800.sequence import Kind, Sequence, Step

#: Steps per line: half a bar of sixteenths.
_STEPS_PER_LINE = 8

CHORD_MEANING = "notes or intervals, which of them is not known"


def step_name(step: Step, base: NoteBase) -> str:
    """``C4 E4 G4``, ``rest`` or ``tie``."""
    return " ".join(note_name(base.midi_note(code)) for code in step.codes) or step.kind.value


def grid(content: Sequence, base: NoteBase) -> str:
    """The steps in lines of eight, rests as ``.``, ties as ``~``."""
    marks = {Kind.REST: ".", Kind.TIE: "~"}
    cells = [marks.get(step.kind) or step_name(step, base).replace(" ", "+") for step in content.steps]
    width = max(map(len, cells), default=0)
    lines = []
    for first in range(0, len(cells), _STEPS_PER_LINE):
        line = " ".join(f"{cell:<{width}}" for cell in cells[first : first + _STEPS_PER_LINE])
        lines.append(f"{first + 1:>4}  {line.rstrip()}")
    return "\n".join(lines)


def summary(bank: Bank, content: Sequence, base: NoteBase) -> str:
    """What the sequence memory of a bank holds, in a few lines."""
    steps, size = len(content.steps), len(content.body)
    end = "ended by 00" if content.ended else "without an end mark"
    lines = [
        f"{bank.synth.title}: {steps} steps in {size} of {len(bank.sequence)} bytes, {end}",
        f"note base {base.offset} (MIDI note = code + {base.offset}), {base.reason}",
    ]
    stored = chord.decode(bank.chord)
    if stored.codes:
        codes = " ".join(map(str, stored.codes))
        lines.append(f"chord memory: {codes} ({CHORD_MEANING})")
    return "\n".join(lines)


def record(bank: Bank, content: Sequence, base: NoteBase) -> dict[str, Any]:
    """Everything about the sequence and chord memories of a bank, for JSON."""
    stored = chord.decode(bank.chord)
    return {
        "name": "sequence",
        "synth": bank.synth.value,
        "bytes": len(content.body),
        "capacity": len(bank.sequence),
        "ended": content.ended,
        "note_base": {"offset": base.offset, "certain": base.certain, "reason": base.reason},
        "steps": [_step_record(*entry, base) for entry in content.offsets()],
        "remains": content.remains.hex(" "),
        "problems": content.problems(),
        "chord": {
            "codes": stored.codes,
            "meaning": CHORD_MEANING,
            "remains": stored.remains.hex(" "),
        },
    }


def _step_record(offset: int, step: Step, base: NoteBase) -> dict[str, Any]:
    return {
        "name": step_name(step, base),
        "kind": step.kind.value,
        "byte": offset,
        "codes": step.codes,
        "notes": [base.midi_note(code) for code in step.codes],
    }


def of_bank(bank: Bank, base: NoteBase | None = None) -> tuple[Sequence, NoteBase]:
    """The sequence of a bank and its note base: ``base``, else the one its notes speak for."""
    content = sequence.decode(bank.sequence)
    return content, base or note_base.guess(content)
