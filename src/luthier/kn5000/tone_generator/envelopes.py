"""The three envelopes of a voice: amplitude, filter and pitch.

An envelope runs through its registers in order.  A segment takes the time of its rate from wherever the
envelope is; amplitude rises in a straight line and falls in decibels, the other two go in straight lines.
The last segment, or the one before a word 0000, holds; rewriting the word of the running or holding segment
starts it again.  Bit 7 of the first word, written to a running voice, goes back to the first segment.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.dsp.loops import part
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.state import (
    DURATION,
    ELAPSED,
    FROM,
    LAST_LANE,
    NOW,
    RESTARTS,
    SEGMENT,
    SLOPE,
    STRIDE,
    VOICES,
    WORD,
    WORK,
)

Whole = NDArray[np.int64]
Slow = NDArray[np.float64]

#: Places of a table for each step of a law.
FINE: Final = 16
#: Amplitude for attenuations in 1 / 16 step; nothing from the silent target on.
TARGET_GAIN: Final = np.append(
    np.exp2(-np.arange(laws.SILENT_TARGET * FINE) / (FINE * laws.TARGET_STEPS)), [0.0, 0.0]
)
#: The duration of a segment that is over, or of none.
STAY: Final = -1.0

_DURATIONS: Final = laws.seconds_of_rate(np.arange(128)) * laws.RATE
_SEGMENTS: Final = np.array([4, 3, 3])
_FIRST: Final = np.array([0x20, 0x24, 0x27])


@part
def run_envelopes(span: int, voices: int, registers: NDArray[np.uint16], whole: Whole, slow: Slow) -> None:
    """Let the envelopes of the first ``voices`` lanes in WORK go on for ``span`` samples."""
    for envelope in range(3):
        for at in range(min(voices, VOICES)):
            lane = whole[WORK * STRIDE + at] & LAST_LANE
            segment = whole[(SEGMENT + envelope) * STRIDE + lane]
            running = whole[(WORD + envelope) * STRIDE + lane]
            first = _FIRST[envelope] * VOICES + lane
            now = slow[(NOW + envelope) * STRIDE + lane]
            duration = slow[(DURATION + envelope) * STRIDE + lane]
            elapsed = slow[(ELAPSED + envelope) * STRIDE + lane]
            restarts = whole[RESTARTS * STRIDE + lane] & (1 << envelope)
            if duration < 0 and not restarts and registers[first + segment * VOICES] == running:
                continue
            if restarts:
                whole[RESTARTS * STRIDE + lane] &= ~(1 << envelope)
                segment, running = 0, -1
            left = float(span)
            while True:
                word = int(registers[first + segment * VOICES])
                # Amplitude counts down from the loudest; the others have a sign.
                target = float(word >> 8) - (0x100 if envelope and word >= 0x8000 else 0)
                if word != running:
                    running = word
                    elapsed, duration = 0.0, _DURATIONS[word & 0x7F] if word else STAY
                    slow[(FROM + envelope) * STRIDE + lane] = now
                    if duration > 0:
                        slow[(SLOPE + envelope) * STRIDE + lane] = (target - now) / duration
                if duration < 0:
                    break
                elapsed += left
                if elapsed < duration:
                    start = slow[(FROM + envelope) * STRIDE + lane]
                    slope = slow[(SLOPE + envelope) * STRIDE + lane]
                    if envelope == 0 and slope < 0:
                        # Louder: a straight line of amplitude.
                        begin, end = TARGET_GAIN[int(start * FINE)], TARGET_GAIN[(word >> 8) * FINE]
                        gain = begin + (end - begin) * (elapsed / duration)
                        now = min(-laws.TARGET_STEPS * np.log2(max(gain, 1e-9)), float(laws.SILENT_TARGET))
                    else:
                        now = start + slope * elapsed
                    break
                left = elapsed - duration
                now, duration = target, STAY
                if segment + 1 == _SEGMENTS[envelope] or registers[first + (segment + 1) * VOICES] == 0:
                    break
                segment += 1
                running = -1
            whole[(SEGMENT + envelope) * STRIDE + lane] = segment
            whole[(WORD + envelope) * STRIDE + lane] = running
            slow[(NOW + envelope) * STRIDE + lane] = now
            slow[(DURATION + envelope) * STRIDE + lane] = duration
            slow[(ELAPSED + envelope) * STRIDE + lane] = elapsed
