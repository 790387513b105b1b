"""From the bytes of a part to what its voices see, an aspect at a time: most messages change one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from luthier.kn5000.parts import laws
from luthier.kn5000.parts.beside import Beside, Modulation

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


#: Fields of :class:`PartState`.
Fields = dict[str, Any]


def level(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What volume and expression decide."""
    del part, heard
    return {"level": laws.decibels(mine.volume * mine.expression / laws.HIGHEST**2 * master.volume)}


def place(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What pan and side decide."""
    del part, mine
    return {"pan": _SIDES.get(heard.controller_9d, laws.position(heard.pan) + master.pan)}


def sends(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What the depths of the effects decide; chorus and celeste go to the same effect."""
    del part, master
    chorus, celeste = (min(depth / laws.HIGHEST, 1.0) for depth in (heard.controller_5d, mine.celeste))
    return {
        "reverb": min(heard.controller_5b / laws.HIGHEST, 1.0),
        "chorus": chorus + (1 - chorus) * celeste,
    }


def pedals(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What the pedals decide."""
    del part, master
    sustain = bool(heard.controller_flags & _SUSTAIN_BIT)
    return {"sustain": sustain, "sostenuto": mine.sostenuto, "soft": mine.soft}


def bend(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What the bend wheel and its range decide."""
    del master
    reach = laws.bend_semitones(part, heard.bend_range) + mine.bend_cents / 100
    return {"bend": (mine.bend - laws.BEND_CENTRE) / laws.BEND_CENTRE * reach}


def modulation(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What wheel and pressure decide, and what of vibrato and tremolo is without them."""
    del part, heard, master
    depth = min((mine.modulation + mine.pressure) / laws.HIGHEST, 1.0)
    mode = mine.modulation_mode
    swing = depth * mine.modulation_cents if mode == Modulation.VIBRATO else 0.0
    return {
        "vibrato": laws.vibrato_cents(mine.vibrato_depth) + swing,
        "tremolo": max(mine.tremolo / laws.HIGHEST, depth if mode == Modulation.TREMOLO else 0.0),
        "auto_pan": depth if mode == Modulation.AUTO_PAN else 0.0,
    }


def others(part: int, heard: Heard, mine: Beside, master: Master) -> Fields:
    """What changes seldom."""
    del part
    fine = (mine.fine - laws.BEND_CENTRE) / laws.BEND_CENTRE
    coarse = 0.0 if mine.drums else heard.coarse_tuning + master.transpose
    waiting = mine.portamento_from if mine.portamento_from >= 0 else None
    gliding = mine.portamento or waiting is not None
    return {
        "tuning": master.tuning + fine + coarse,
        "vibrato_rate": laws.rate_factor(mine.vibrato_rate),
        "vibrato_delay": laws.time_factor(mine.vibrato_delay),
        "portamento": laws.portamento_seconds(mine.portamento_time) if gliding else 0.0,
        "portamento_from": waiting,
        "mono": mine.mono,
        "cutoff": laws.cutoff_semitones(mine.cutoff),
        "attack": laws.time_factor(mine.attack),
        "decay": laws.time_factor(mine.decay),
        "release": laws.time_factor(mine.release),
        "drums": mine.drums > 0,
        "voices_wanted": mine.voices_wanted,
    }


Aspect = Callable[[int, Heard, Beside, Master], Fields]
#: Together they decide all of a state but the settings of single drums and the scale.
ASPECTS: Final[tuple[Aspect, ...]] = (level, place, sends, pedals, bend, modulation, others)
