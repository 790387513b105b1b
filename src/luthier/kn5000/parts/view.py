"""From the bytes of a part to what its voices see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from luthier.kn5000.parts import laws
from luthier.kn5000.parts.beside import Beside, Modulation
from luthier.kn5000.parts.state import NoteSetting, PartState

#: Values of controller 9D (listing, 0x0251BA).  Twice the way to the side is there wherever a sound starts.
_SIDES = {1: -2.0, 2: 2.0}
_SUSTAIN_BIT = 0x0001


@dataclass
class Master:
    """What holds for all parts."""

    volume: float = 1.0
    """0 to 1 of the controller's way."""
    pan: float = 0.0
    """-1 to 1, added to every part's."""
    tuning: float = 0.0
    """Semitones."""
    transpose: float = 0.0
    """Semitones, not for drums."""


class Heard(NamedTuple):
    """The fields of a record that are heard."""

    controller_flags: int
    pan: int
    controller_5b: int
    controller_5d: int
    bend_range: int
    coarse_tuning: int
    controller_9d: int


def part_state(
    part: int,
    heard: Heard,
    mine: Beside,
    master: Master,
    notes: Mapping[int, NoteSetting],
    scale: tuple[float, ...],
) -> PartState:
    """What the voices of a part see."""
    depth = min((mine.modulation + mine.pressure) / laws.HIGHEST, 1.0)
    mode = mine.modulation_mode
    waiting = mine.portamento_from if mine.portamento_from >= 0 else None
    gliding = mine.portamento or waiting is not None
    return PartState(
        level=_level(mine, master),
        pan=_SIDES.get(heard.controller_9d, laws.position(heard.pan) + master.pan),
        reverb=min(heard.controller_5b / laws.HIGHEST, 1.0),
        chorus=min(heard.controller_5d / laws.HIGHEST, 1.0),
        tuning=_tuning(heard, mine, master),
        bend=_bend(part, heard, mine),
        vibrato=laws.vibrato_cents(mine.vibrato_depth)
        + (depth * mine.modulation_cents if mode == Modulation.VIBRATO else 0.0),
        vibrato_rate=laws.rate_factor(mine.vibrato_rate),
        vibrato_delay=laws.time_factor(mine.vibrato_delay),
        tremolo=max(mine.tremolo / laws.HIGHEST, depth if mode == Modulation.TREMOLO else 0.0),
        auto_pan=depth if mode == Modulation.AUTO_PAN else 0.0,
        portamento=laws.portamento_seconds(mine.portamento_time) if gliding else 0.0,
        portamento_from=waiting,
        sustain=bool(heard.controller_flags & _SUSTAIN_BIT),
        sostenuto=mine.sostenuto,
        soft=mine.soft,
        mono=mine.mono,
        cutoff=laws.cutoff_semitones(mine.cutoff),
        attack=laws.time_factor(mine.attack),
        decay=laws.time_factor(mine.decay),
        release=laws.time_factor(mine.release),
        drums=mine.drums > 0,
        voices_wanted=mine.voices_wanted,
        notes=notes,
        scale=scale,
    )


def _level(mine: Beside, master: Master) -> float:
    return laws.decibels(mine.volume * mine.expression / laws.HIGHEST**2 * master.volume)


def _tuning(heard: Heard, mine: Beside, master: Master) -> float:
    fine = (mine.fine - laws.BEND_CENTRE) / laws.BEND_CENTRE
    coarse = 0.0 if mine.drums else heard.coarse_tuning + master.transpose
    return master.tuning + fine + coarse


def _bend(part: int, heard: Heard, mine: Beside) -> float:
    reach = laws.bend_semitones(part, heard.bend_range) + mine.bend_cents / 100
    return (mine.bend - laws.BEND_CENTRE) / laws.BEND_CENTRE * reach
