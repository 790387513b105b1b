"""The tone generator MSM5232: pitches, footages and the detune of its second half.

A 9-bit divider (twelve of them make an octave) drives a binary counter; the four footages are neighbouring
bits of that counter, so that all octaves of a note stand in phase.  Where a footage would lie above the
counter's lowest bit, that bit is heard.  Dividers, bits and this are those of MAME's msm5232; that the table
covers exactly 49 keys, two octaves and an interval of twelve (pitches 0 to 84) is arithmetic.

Modelled
- Clock: 1.059520 MHz, half of MAME's 2.119040 MHz, at which the dividers' A is 440 Hz: then 8' in the middle
  octave sounds as written.  So the public synth isla-poly800 plays, and so the octaves of the programs on the
  factory tape make sense (brass and piano with 16' in the high octave); no clock was measured.
- Detune: the second half of the chip misses one pulse of 256, 128 or 64 (6.8, 13.6, 27.3 cent).  The MkII's
  specification prints 6.5, 13 and 26 cent; the service manual of the first model says that pulses are thinned
  out and 20 cent at most, without the steps between: taken as on the MkII.
- The MG and the bender move the clock of the whole chip.

Open questions
- Where in the period pulses are dropped; here the last of each 256, 128 or 64.
- Whether the footages really stand in the phase of a counter that counts up.
"""

from __future__ import annotations

from typing import Final

#: MAME, msm5232: C# to C of every octave.
DIVIDERS: Final = (478, 451, 426, 402, 379, 358, 338, 319, 301, 284, 268, 253)
#: The lowest pitch, a C, has a divider of its own.
LOWEST_DIVIDER: Final = 506
LOWEST_BIT: Final = 7
HIGHEST_PITCH: Final = 84
#: Hz.
CLOCK: Final = 2_119_040 / 2
#: Time is counted in sixteenths of a clock pulse, so that halves, and octaves beyond the chip, are whole.
UNITS: Final = 16
#: The counter moves every half divider (MAME).
UNITS_OF_DIVIDER: Final = UNITS // 2
#: Three octaves above the chip's table that the mode without limits may use.
OCTAVES_BEYOND: Final = 3

#: Weights of 16', 8', 4', 2' by waveform 1 and 2 (service manual: two sets of resistors).
WEIGHTS: Final = ((1.0, 1.0, 1.0, 1.0), (1.0, 0.5, 0.25, 0.125))
#: Of so many pulses one is dropped, by detune 0 to 3; 0: none.
DROPPED: Final = (0, 256, 128, 64)

#: The lowest of the 49 keys, C2; in the low octave pitch 0.
LOWEST_KEY: Final = 36


def pitch_of(key: int, octave: int, interval: int = 0) -> int:
    """The chip's pitch for a MIDI key, octave 1 to 3 and interval in semitones; 0 to 84 is its table."""
    return key - LOWEST_KEY + 12 * (octave - 1) + interval


def counting(pitch: int, *, limits: bool = True) -> tuple[int, int]:
    """(units of time between two counts, bit that is 16') of a pitch.

    With ``limits`` a pitch outside the table is folded into it by octaves; without, the table goes on in both
    directions and footages have three octaves more above.
    """
    if limits:
        while pitch > HIGHEST_PITCH:
            pitch -= 12
        while pitch < 0:
            pitch += 12
        if pitch == 0:
            return LOWEST_DIVIDER * UNITS_OF_DIVIDER, LOWEST_BIT
        return DIVIDERS[(pitch - 1) % 12] * UNITS_OF_DIVIDER, LOWEST_BIT - (pitch - 1) // 12
    divider = DIVIDERS[(pitch - 1) % 12] * UNITS_OF_DIVIDER >> OCTAVES_BEYOND
    return divider, max(LOWEST_BIT + OCTAVES_BEYOND - (pitch - 1) // 12, 0)


def frequency(pitch: int, feet: int = 16) -> float:
    """Hz of a footage (16, 8, 4 or 2) of a pitch of the table."""
    divider, bit = counting(pitch)
    return float(CLOCK * UNITS_OF_DIVIDER / divider / 2 ** max(bit - (16 // feet).bit_length() + 1, 0))
