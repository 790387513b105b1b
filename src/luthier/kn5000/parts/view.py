"""From the bytes of a part to what its voices see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from luthier.kn5000.parts import laws
from luthier.kn5000.parts.beside import Modulation
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


def part_state(
    part: int,
    record: Any,
    beside: Any,
    master: Master,
    notes: Mapping[int, NoteSetting],
    scale: tuple[float, ...],
) -> PartState:
    """What the voices of a part see; ``record`` and ``beside`` are single records of their arrays."""
    keyed = not beside["drums"]
    depth = _depth(beside)
    mode = Modulation(int(beside["modulation_mode"]))
    waiting = int(beside["portamento_from"])
    gliding = bool(beside["portamento"]) or waiting >= 0
    return PartState(
        level=_level(beside, master),
        pan=_SIDES.get(int(record["controller_9d"]), laws.position(int(record["pan"])) + master.pan),
        reverb=min(int(record["controller_5b"]) / laws.HIGHEST, 1.0),
        chorus=min(int(record["controller_5d"]) / laws.HIGHEST, 1.0),
        tuning=_tuning(record, beside, master, keyed=keyed),
        bend=_bend(part, record, beside),
        vibrato=laws.vibrato_cents(int(beside["vibrato_depth"]))
        + (depth * float(beside["modulation_cents"]) if mode == Modulation.VIBRATO else 0.0),
        vibrato_rate=laws.rate_factor(int(beside["vibrato_rate"])),
        vibrato_delay=laws.time_factor(int(beside["vibrato_delay"])),
        tremolo=max(int(beside["tremolo"]) / laws.HIGHEST, depth if mode == Modulation.TREMOLO else 0.0),
        auto_pan=depth if mode == Modulation.AUTO_PAN else 0.0,
        portamento=laws.portamento_seconds(int(beside["portamento_time"])) if gliding else 0.0,
        portamento_from=waiting if waiting >= 0 else None,
        sustain=bool(record["controller_flags"] & _SUSTAIN_BIT),
        sostenuto=bool(beside["sostenuto"]),
        soft=bool(beside["soft"]),
        mono=bool(beside["mono"]),
        cutoff=laws.cutoff_semitones(int(beside["cutoff"])),
        attack=laws.time_factor(int(beside["attack"])),
        decay=laws.time_factor(int(beside["decay"])),
        release=laws.time_factor(int(beside["release"])),
        drums=not keyed,
        voices_wanted=int(beside["voices_wanted"]),
        notes=notes,
        scale=scale,
    )


def _level(beside: Any, master: Master) -> float:
    ways = int(beside["volume"]) / laws.HIGHEST, int(beside["expression"]) / laws.HIGHEST, master.volume
    return sum(laws.decibels(way) for way in ways)


def _depth(beside: Any) -> float:
    """How far wheel and pressure together are, 0 to 1."""
    return min((int(beside["modulation"]) + int(beside["pressure"])) / laws.HIGHEST, 1.0)


def _tuning(record: Any, beside: Any, master: Master, *, keyed: bool) -> float:
    fine = (int(beside["fine"]) - laws.BEND_CENTRE) / laws.BEND_CENTRE
    coarse = int(record["coarse_tuning"]) + master.transpose if keyed else 0.0
    return master.tuning + fine + coarse


def _bend(part: int, record: Any, beside: Any) -> float:
    semitones = laws.bend_semitones(part, int(record["bend_range"]))
    reach = semitones + int(beside["bend_cents"]) / 100
    return (int(beside["bend"]) - laws.BEND_CENTRE) / laws.BEND_CENTRE * reach
