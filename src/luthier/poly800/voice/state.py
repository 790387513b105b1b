"""What the compiled loops keep between two calls, as flat arrays, and where everything stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.poly800.voice.steps import TAPS

Words = NDArray[np.int64]
Numbers = NDArray[np.float64]
Samples = NDArray[np.float32]

#: Oscillators of the chip: eight voices, or four with two each.
LANES: Final = 8
GROUP: Final = 4
#: Envelopes: one for each oscillator, and the one of filter and noise.
ENVELOPES: Final = LANES + 1
FILTER_ENVELOPE: Final = LANES

# Stages of an envelope.
OFF, ATTACK, DECAY, SLOPE, SUSTAIN, RELEASE = range(6)
# Rows of the envelopes' state: what it does, its level 0 to 255, ticks since its last step.
STAGE, LEVEL, WAITED = range(3)
# Columns of the envelopes' parameters: steps and ticks of each rate, and two levels.
(
    ATTACK_STEPS,
    ATTACK_TICKS,
    DECAY_STEPS,
    DECAY_TICKS,
    BREAK_POINT,
    SLOPE_STEPS,
    SLOPE_TICKS,
    SUSTAIN_LEVEL,
    RELEASE_STEPS,
    RELEASE_TICKS,
) = range(10)
# Rows of the oscillators: units to a count, bit that is 16', next count in units, counts so far.
DIVIDER, BIT, NEXT, COUNT = range(4)
# Words: the modulation's counter, its sign, ticks until it begins; the random number of the noise.
MG_COUNTER, MG_SIGN, MG_WAIT, RANDOM = range(4)
# Parameters that are whole numbers.
MG_STEP, DCO_DEPTH, VCF_DEPTH, DROPPED_PULSES, DOUBLE = range(5)
# Numbers: units since the start, what the filter was at the end of the last tick, noise then, volume then.
TIME, FILTER_GAIN, FEEDBACK, NOISE_GAIN, VOLUME, POLE_1, POLE_2, POLE_3, POLE_4 = range(9)
# Parameters that are real numbers.
(
    BEND,
    CUTOFF,
    ENVELOPE_OCTAVES,
    RESONANCE,
    NOISE_LEVEL,
    LEVEL_1,
    LEVEL_2,
    WANTED_VOLUME,
    UNITS_PER_FRAME,
    RATE,
) = range(10)


@dataclass
class State:
    """The chip, the envelopes, the modulation and the filter; ``longest`` is the most frames of a tick."""

    longest: int
    envelopes: Words = field(default_factory=lambda: np.zeros((3, ENVELOPES), np.int64))
    stages: Words = field(default_factory=lambda: np.zeros((3, 10), np.int64))
    lanes: Words = field(default_factory=lambda: np.zeros((4, LANES), np.int64))
    words: Words = field(default_factory=lambda: np.array([0, 0, 0, 0x2545F491], np.int64))
    whole: Words = field(default_factory=lambda: np.zeros(5, np.int64))
    numbers: Numbers = field(default_factory=lambda: np.zeros(9))
    real: Numbers = field(default_factory=lambda: np.zeros(10))
    weights: Numbers = field(default_factory=lambda: np.zeros((2, 4)))
    #: Of each oscillator: loudness at the end of the last tick, and the level its wave stands at.
    loudness: Numbers = field(default_factory=lambda: np.zeros(LANES))
    standing: Numbers = field(default_factory=lambda: np.zeros(LANES))
    impulses: Numbers = field(init=False)
    mono: Numbers = field(init=False)

    def __post_init__(self) -> None:
        # Row 0 is the wave of the frame before; what reaches over the end of a tick is kept at the beginning.
        self.impulses = np.zeros((self.longest + TAPS + 2, LANES))
        self.mono = np.zeros(self.longest)
        self.lanes[DIVIDER] = 1 << 12
        self.lanes[BIT] = 7
