"""From panel values to hertz, seconds and factors: every law of the analogue side and of the effects.

Documented (MkII service manual, specifications): four poles, 24 dB an octave; resonance Q up to 10; keyboard
track 0, 50, 100 %; MG and joystick ±160 cent on the oscillators, bender ±730 cent; delay 4 to 1,024 ms,
modulation 0.1 to 10 Hz; effect level up to 1:1; shelves of ±10 dB, their ±3 dB points at 300 Hz and 2 kHz.

Modelled
- Cutoff: 2 kHz in the middle and 25 kHz at the top, as synthark.org shows; straight in octaves between and
  beyond (0.074 octaves a step, 158 Hz at the bottom).
- Resonance: the feedback of a four-pole ladder grows evenly to that of Q 10 (3.29; 4 would oscillate).
- EG intensity 15 sweeps all of the cutoff's range; the steps are even.
- MG on the filter: ±10 2/3 octaves at most.  The scan of the specification can be read as that or as 2/3
  octave; programs Helicopter and Jet Plane of the factory tape chop noise with it, which takes octaves.
- Keyboard track turns around C4 and follows the newest key.
- Levels: one footage of one voice is a quarter; what the filter feeds back saturates at six.
- Noise at full level is as strong as two voices; even steps.
- Delay: time and modulation frequency grow by equal factors from step to step; modulation intensity 31 sweeps
  over a ratio of 1:5 (typical by the specification) around the time; level and feedback grow evenly, and
  feedback 15 keeps what it has.
- Equaliser: first order; steps of 10/6 dB.

Open questions
- Every analogue law: no machine was measured.
- Where in the MkII's path the equaliser stands; here before the delay.
- Range and reference of keyboard track, and which of several keys it follows.
"""

from __future__ import annotations

import math
from typing import Final

from luthier.poly800.initial import FLAT

# --- Filter ------------------------------------------------------------------------------------------------

_MIDDLE, _MIDDLE_HERTZ = 49.5, 2_000.0
_TOP, HIGHEST_CUTOFF = 99, 25_000.0
OCTAVES_PER_STEP: Final = math.log2(HIGHEST_CUTOFF / _MIDDLE_HERTZ) / (_TOP - _MIDDLE)
#: Octaves from cutoff 0 to 99, and of the envelope at full intensity.
CUTOFF_RANGE: Final = _TOP * OCTAVES_PER_STEP
LOWEST_HERTZ: Final = HIGHEST_CUTOFF / 2**CUTOFF_RANGE
#: Octaves of MG and joystick on the filter.
MG_OCTAVES: Final = 32 / 3
TRACKING: Final = (0.0, 0.5, 1.0)
TRACKING_KEY: Final = 60
HIGHEST_Q: Final = 10.0
#: What is fed back saturates at this level.
HEADROOM: Final = 6.0


def cutoff(value: float) -> float:
    """Hz of a cutoff 0 to 99."""
    return LOWEST_HERTZ * 2 ** (OCTAVES_PER_STEP * value)


def feedback_of(q: float) -> float:
    """Feedback of a ladder of four equal poles whose dominant pair has that Q.

    The poles are at -1 + b (±1 ± i) with b = (feedback / 4) ** (1 / 4), so that
    Q = sqrt((1 - b)² + b²) / (2 (1 - b)).
    """
    odds = math.sqrt(4 * q**2 - 1)  # b / (1 - b)
    return 4 * (odds / (1 + odds)) ** 4


def resonance(value: int) -> float:
    """Feedback for a resonance 0 to 15."""
    return feedback_of(HIGHEST_Q) * value / 15


# --- Levels ------------------------------------------------------------------------------------------------

#: One footage of one voice.
FOOTAGE: Final = 0.25
NOISE: Final = 0.5
#: Of what leaves the filter; so full chords of most programs stay below full scale.
OUTPUT: Final = 0.1

# --- Pitch -------------------------------------------------------------------------------------------------

BEND_CENTS: Final = 730.0
MG_CENTS: Final = 160.0

# --- Chorus: see chorus.py; delay and equaliser of the MkII ------------------------------------------------

SHORTEST_DELAY, LONGEST_DELAY = 0.004, 1.024
SLOWEST_SWEEP, FASTEST_SWEEP = 0.1, 10.0
SWEEP_RATIO: Final = 5.0
SHELF_DECIBELS: Final = 10.0


def delay_seconds(value: int) -> float:
    """Seconds of a delay time 0 to 99."""
    return float(SHORTEST_DELAY * (LONGEST_DELAY / SHORTEST_DELAY) ** (value / 99))


def sweep_hertz(value: int) -> float:
    """Hz of a modulation frequency 0 to 31."""
    return float(SLOWEST_SWEEP * (FASTEST_SWEEP / SLOWEST_SWEEP) ** (value / 31))


def shelf_decibels(value: int) -> float:
    """Decibels of a bass or treble 0 to 12."""
    return SHELF_DECIBELS * (value - FLAT) / FLAT


def _shelf_middle(corner: float) -> float:
    """Where a low shelf of 10 dB has half of its decibels if it has 3 dB at ``corner``, Hz.

    |H|² = (w² + G m²) / (w² + m² / G) with G = 10 ** (10 / 20) is 10 ** 0.3 at the corner.
    """
    gain, wanted = 10 ** (SHELF_DECIBELS / 20), 10**0.3
    return float(corner * math.sqrt((wanted - 1) / (gain - wanted / gain)))


BASS_MIDDLE: Final = _shelf_middle(300.0)
TREBLE_MIDDLE: Final = 2_000.0 * 300.0 / BASS_MIDDLE
