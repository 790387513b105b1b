"""A program as the voice plays it: panel values inside their ranges, and what is made of them once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from luthier.poly800.initial import NEUTRAL_EFFECTS
from luthier.poly800.program import Program
from luthier.poly800.voice import chip, firmware, laws
from luthier.poly800.voice.state import (
    CUTOFF,
    DCO_DEPTH,
    DOUBLE,
    DROPPED_PULSES,
    ENVELOPE_OCTAVES,
    LEVEL_1,
    LEVEL_2,
    MG_STEP,
    NOISE_LEVEL,
    RESONANCE,
    VCF_DEPTH,
    State,
)

_WHOLE_MODE, DOUBLE_MODE = 1, 2
_POSITIVE = 2
_FEET = (16, 8, 4, 2)


def clamped(program: Program) -> tuple[dict[str, int], list[str]]:
    """All panel values, those out of range brought to the nearest allowed, and a warning for each of them.

    Programs without effects get neutral ones.
    """
    values = dict(NEUTRAL_EFFECTS)
    warnings = []
    for row in program.parameters:
        value = program[row]
        values[row.name] = min(max(value, row.minimum), row.maximum)
        if values[row.name] != value:
            warnings.append(
                f"{row.title} is {value}, out of range ({row.minimum} to {row.maximum});"
                f" {values[row.name]} is played"
            )
    return values, warnings


def is_double(values: Mapping[str, int]) -> bool:
    """Whether every key takes two oscillators."""
    return values["dco_mode"] == DOUBLE_MODE


def load(state: State, values: Mapping[str, int]) -> None:
    """Put a program into the arrays of the loops; what sounds goes on with it from the next tick."""
    for number in (1, 2, 3):
        state.stages[number - 1] = _stages(values, f"deg{number}_")
    for number in (1, 2):
        weights = chip.WEIGHTS[values[f"dco{number}_waveform"] - 1]
        on = [values[f"dco{number}_{feet}"] for feet in _FEET]
        state.weights[number - 1] = np.multiply(weights, on)
        level = firmware.LINEAR_TABLE[values[f"dco{number}_level"]] / firmware.FULL_LEVEL
        state.real[LEVEL_1 if number == 1 else LEVEL_2] = level * laws.FOOTAGE
    double = is_double(values)
    state.whole[DOUBLE] = double
    state.whole[DROPPED_PULSES] = chip.DROPPED[values["detune"]] if double else 0
    state.whole[MG_STEP] = firmware.MG_TABLE[values["mg_frequency"]]
    # The lower four bits are the program's, the upper the joystick's.
    state.whole[DCO_DEPTH] = state.whole[DCO_DEPTH] & ~15 | values["mg_dco"]
    state.whole[VCF_DEPTH] = state.whole[VCF_DEPTH] & ~15 | values["mg_vcf"]
    sign = 1 if values["polarity"] == _POSITIVE else -1
    state.real[ENVELOPE_OCTAVES] = sign * values["eg_intensity"] / 15 * laws.CUTOFF_RANGE
    state.real[RESONANCE] = laws.resonance(values["resonance"])
    state.real[NOISE_LEVEL] = values["noise"] / 15
    track(state, values, laws.TRACKING_KEY)


def track(state: State, values: Mapping[str, int], key: int) -> None:
    """Let the cutoff follow a key, as far as the program lets it."""
    octaves = laws.TRACKING[values["keyboard_track"]] * (key - laws.TRACKING_KEY) / 12
    state.real[CUTOFF] = laws.cutoff(values["cutoff"]) * 2**octaves


def _stages(values: Mapping[str, int], name: str) -> list[int]:
    return [
        *firmware.rate(values[f"{name}attack"]),
        *firmware.rate(values[f"{name}decay"]),
        firmware.LINEAR_TABLE[values[f"{name}break_point"]],
        *firmware.rate(values[f"{name}slope"]),
        firmware.LINEAR_TABLE[values[f"{name}sustain"]],
        *firmware.rate(values[f"{name}release"]),
    ]
