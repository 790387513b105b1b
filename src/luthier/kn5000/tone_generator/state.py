"""Where the state of the voices lies in the arrays that the compiled loops share.

Each array has one dimension and rows of STRIDE places: row r of lane n is at ``r * STRIDE + n``.  Lanes 0
to 63 are the voices; the others are *ghosts*, which fade out what a stolen or freed voice was sounding.
"""

from __future__ import annotations

from typing import Final

VOICES: Final = 64
LANES: Final = 128
#: A lane read from a list is cut to this, so that the compiler sees that it is no place from the end.
LAST_LANE: Final = LANES - 1
#: Places of a row: more than lanes, so that the rows of a lane do not compete for the same lines of the
#: cache.
STRIDE: Final = 144
#: Envelopes, LFOs and smoothing are looked at every so many samples, counted from the first sample of all.
CONTROL: Final = 32
#: A ghost fades over so many control steps: 7 ms.
FADE_STEPS: Final = 10

# Whole numbers.
LIVE: Final = 0  #: 1 while the lane sounds
FRESH: Final = 1  #: started, and not yet looked at
REQUEST: Final = 2  #: what a write asked for: GATE, FREE, or 0
RESTARTS: Final = 3  #: bits: amplitude, filter, pitch envelope to start again
FADE: Final = 4  #: steps a ghost has faded
SLOT: Final = 5  #: row of the table of recordings, -1 for silence
LEVEL: Final = 6  #: level of bandwidth
POSITION: Final = 7  #: in stored samples, 1 / 2^32
STEP: Final = 8
STEP_CHANGE: Final = 9
SEGMENT: Final = 10  #: three rows, one an envelope
WORD: Final = 13  #: three rows: the word of the segment that runs, -1 before it starts
NEXT_SLOT: Final = 16  #: SLOT of a voice that is asked to start
SETTLED: Final = 17  #: the words of level, expression, pan and sends that smoothing has arrived at, or -1
WORK: Final = 18  #: no state of a lane: the lanes that a control step looks at, voices first
WHOLE_ROWS: Final = 19

GATE, FREE = 1, 2

# Slow numbers: one value a control step.
ELAPSED: Final = 0  #: three rows: samples of the segment
DURATION: Final = 3
FROM: Final = 6
NOW: Final = 9
AMPLITUDE: Final = 12  #: at the last control step
LOUDNESS: Final = 13  #: of level and expression, smoothed
PLACE: Final = 14  #: pan, smoothed, -1 to 1
CUTOFF: Final = 15  #: smoothed, in semitones below open
EFFECT: Final = 16
REVERB: Final = 17
PHASE: Final = 18  #: three rows: of the LFOs, 0 to 1
PITCH: Final = 21  #: the pitch that STEP was computed for
SHADE: Final = 22  #: the cutoff that the filter was computed for
ROOT: Final = 23  #: pitch word at which the recording plays a sample for a sample
NEXT_ROOT: Final = 24
BEFORE: Final = 25  #: AMPLITUDE one step earlier
SLOPE: Final = 26  #: three rows: of the segment, each sample
STRAIGHT: Final = 29  #: share of the dry sound, smoothed
SLOW_ROWS: Final = 30

# Quick numbers: one value a sample, or a line or curve of samples since the last control step.
FIRST_STATE: Final = 0
SECOND_STATE: Final = 1
TUNING: Final = 2  #: tan(pi f / rate)
TUNING_STEP: Final = 3
GAIN: Final = 4
GAIN_SLOPE: Final = 5
GAIN_CURVE: Final = 6
LEFT: Final = 7
LEFT_STEP: Final = 8
RIGHT: Final = 9
RIGHT_STEP: Final = 10
EFFECT_SEND: Final = 11
EFFECT_STEP: Final = 12
REVERB_SEND: Final = 13
REVERB_STEP: Final = 14
DRY: Final = 15  #: share of the dry sound
DRY_STEP: Final = 16
QUICK_ROWS: Final = 17
#: Behind the rows: the last control step of every lane, its samples one behind the other.
SIGNAL: Final = QUICK_ROWS * STRIDE
QUICK_SIZE: Final = SIGNAL + LANES * CONTROL

#: Outputs: dry left and right, to the effect left and right, to the reverb left and right.
OUTPUTS: Final = 6

# Scratch: no state at all.  It begins with the samples of a control step of every lane that sounds.
ACROSS: Final = LANES * CONTROL  #: the same of sixteen lanes, side by side at each time
FILTERS: Final = ACROSS + 16 * CONTROL  #: tuning, its step, first and second state of sixteen lanes
SUMS: Final = FILTERS + 4 * 16  #: of every output, one behind the other
SCRATCH: Final = SUMS + OUTPUTS * CONTROL
