"""How loud parts and voices are, from what the voices put out before pan, sends and effects.

The tone generator keeps the samples of its last control step, at most 32; of every block these are looked at
(modelled: a meter of the machine is not known).  That is enough for a meter and no measurement.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator import state
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.transport.controllers import PART_COUNT
from luthier.kn5000.voices.voices import Playing

#: What no sound is called, in dB: below everything 16 bits can say.
SILENT = -120.0


def voice_powers(generator: ToneGenerator) -> NDArray[np.float64]:
    """The mean square of each of the 64 voices over the last control step; 0 for one that is silent."""
    held = generator.snapshot()
    whole, quick = held.arrays[1], held.arrays[3]
    signal = quick[state.SIGNAL :][: state.VOICES * state.CONTROL].reshape(state.VOICES, state.CONTROL)
    live = whole[state.LIVE * state.STRIDE :][: state.VOICES] != 0
    power = np.mean(np.square(signal, dtype=np.float64), axis=1)
    return np.asarray(np.where(live, power, 0.0))


class Meters:
    """Means since they were read last."""

    def __init__(self) -> None:
        self._parts = np.zeros(PART_COUNT)
        self._voices = np.zeros(state.VOICES)
        self._blocks = 0

    def look(self, generator: ToneGenerator, playing: list[Playing]) -> None:
        """One more block was rendered; ``playing`` says whose voices are whose."""
        self._blocks += 1
        if not playing:
            return
        powers = voice_powers(generator)
        for voice in playing:
            self._parts[voice.part] += powers[voice.number]
            self._voices[voice.number] += powers[voice.number]

    def read(self) -> tuple[list[float], list[float]]:
        """Levels in dBFS of the 26 parts and of the 64 voices (RMS), and begin anew."""
        blocks = max(self._blocks, 1)
        found = (
            [decibels(power / blocks) for power in self._parts],
            [decibels(power / blocks) for power in self._voices],
        )
        self._parts[:] = 0
        self._voices[:] = 0
        self._blocks = 0
        return found


def decibels(power: float) -> float:
    """Of a mean square, not below :data:`SILENT`.

    >>> decibels(1.0), decibels(0.0)
    (0.0, -120.0)
    """
    return round(max(10 * math.log10(power), SILENT), 1) if power > 0 else SILENT
