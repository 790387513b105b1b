"""The bank that comes with Luthier: 64 programs with names, a sequence and a chord, all of our own making.

The synth stores no names; they stay beside the bank, in ``built_in.toml``, and are found again by content.

Open question
- What the bytes of the chord memory mean (chord.py): the chord is not written into the bank.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from luthier.poly800 import note_base
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank, initial_program
from luthier.poly800.note_base import NoteBase
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.program import Program
from luthier.poly800.sequence import Kind, Sequence, Step
from luthier.poly800.synth import Synth

#: The words that stand for this bank where a file is asked for.
WORDS: Mapping[str, Synth] = MappingProxyType({"built-in": Synth.POLY800, "built-in-mk2": Synth.MK2})

_FEET = (16, 8, 4, 2)
_DEG_STAGES = ("attack", "decay", "break_point", "slope", "sustain", "release")
_WHOLE, _DOUBLE = 1, 2
_CHOICES = {
    "waveform": {"square": 1, "saw": 2},
    "keyboard_track": {"off": 0, "half": 1, "full": 2},
    "polarity": {"negative": 1, "positive": 2},
    "trigger": {"single": 1, "multi": 2},
}


@dataclass(frozen=True)
class BuiltInProgram:
    """A program of the bank: its panel number, its name, what it is like, and its panel values by name."""

    number: int
    name: str
    about: str
    values: Mapping[str, int]
    effects: Mapping[str, int]
    """Delay and equaliser, for the MkII."""

    def packed_for(self, synth: Synth) -> Program:
        """The program as ``synth`` stores it."""
        if synth is Synth.MK2:
            # The MkII has no chorus; its programs always store it as off (128 of 128 real ones).
            return initial_program(synth).replacing({**self.values, **self.effects, "chorus": 0})
        return initial_program(synth).replacing(self.values)


@functools.cache
def _document() -> dict[str, Any]:
    text = resources.files("luthier.poly800").joinpath("built_in.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def built_in_programs() -> tuple[BuiltInProgram, ...]:
    """The 64 programs, 11 to 88."""
    return tuple(
        BuiltInProgram(row["number"], row["name"], row["about"], _values(row), _effects(row))
        for row in _document()["program"]
    )


@functools.cache
def built_in_bank(synth: Synth = Synth.POLY800) -> Bank:
    """The bank for ``synth``: on the MkII with delay and equaliser, on the others with chorus."""
    bank = initial_bank(synth).with_programs([entry.packed_for(synth) for entry in built_in_programs()])
    return bank.with_sequence(built_in_sequence().over(bank.sequence))


def built_in_sequence(base: NoteBase | None = None) -> Sequence:
    """The riff of four bars, in steps of 1/16; ``base`` is the printed rule unless given."""
    base = base or note_base.guess(Sequence(()))
    kinds = {"rest": Kind.REST, "tie": Kind.TIE}
    return Sequence(
        tuple(
            Step(kinds[entry]) if isinstance(entry, str) else Step(Kind.NOTES, tuple(map(base.code, entry)))
            for entry in _document()["sequence"]
        )
    )


def built_in_chord() -> tuple[int, ...]:
    """A chord that suits the riff, as MIDI notes."""
    return tuple(_document()["chord"])


def names(bank: Bank) -> dict[int, str]:
    """The names of those programs of ``bank`` that are programs of ours, by panel number.

    The effects of the MkII and the chorus do not count: a bank that was converted keeps its names.
    """
    known = _known_names()
    found = ((number, known.get(_essence(program))) for number, program in bank.numbered_programs())
    return {number: name for number, name in found if name}


@functools.cache
def _known_names() -> Mapping[bytes, str]:
    return {_essence(entry.packed_for(Synth.POLY800)): entry.name for entry in built_in_programs()}


def _essence(program: Program) -> bytes:
    kept, off = _without_chorus(len(program.packed))
    whole = int.from_bytes(program.packed, "little") & kept | off
    return whole.to_bytes(len(program.packed), "little")[: PROGRAM_LENGTH[Synth.POLY800]]


@functools.cache
def _without_chorus(length: int) -> tuple[int, int]:
    """The bits of a program that are not the chorus's, and those that say that it is off."""
    program = Program(bytes(length))
    chorus = sum((1 << count) - 1 << first for first, count in program.parameter("chorus").runs)
    off = int.from_bytes(program.replacing({"chorus": 0}).packed, "little")
    return (1 << 8 * length) - 1 & ~chorus, off


# --- From the rows of the file to panel values -------------------------------------------------------------


def _values(row: Mapping[str, Any]) -> dict[str, int]:
    values: dict[str, int] = {
        "dco_mode": _DOUBLE if "dco2" in row else _WHOLE,
        "interval": row.get("interval", 0),
        "detune": row.get("detune", 0),
        "noise": row.get("noise", 0),
        "chorus": int(row.get("chorus", False)),
    }
    for number in (1, 2):
        # Whole programs leave out the second oscillator, which is not heard: it is given the first one's.
        values |= _oscillator(number, row.get(f"dco{number}", row["dco1"]))
    for number in (1, 2, 3):
        stages = row.get(f"deg{number}", row["deg1"])
        values |= {f"deg{number}_{stage}": value for stage, value in zip(_DEG_STAGES, stages, strict=True)}
    values |= {name: _choice(name, value) for name, value in row["vcf"].items()}
    return values | {f"mg_{name}": value for name, value in row["mg"].items()}


def _oscillator(number: int, settings: Mapping[str, Any]) -> dict[str, int]:
    values = {f"dco{number}_{feet}": int(feet in settings["feet"]) for feet in _FEET}
    for name in ("octave", "waveform", "level"):
        values[f"dco{number}_{name}"] = _choice(name, settings[name])
    return values


def _choice(name: str, value: int | str) -> int:
    return _CHOICES[name][value] if isinstance(value, str) else value


def _effects(row: Mapping[str, Any]) -> dict[str, int]:
    delay = {f"delay_{name}": value for name, value in row["delay"].items()}
    return delay | {f"eq_{name}": value for name, value in row["eq"].items()}
