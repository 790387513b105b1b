"""What values of controllers mean in decibels, semitones and seconds.

Known is only what the record holds.  How it sounds is *modelled*:

* volume, expression and master volume: 40 log10(value / 127) dB each, as General MIDI recommends (RP-009);
  the machine's own table at 0x011D16 is in its ROM
* modulation wheel: vibrato, 50 cents at its end, General MIDI 2's default; pressure the same
* times of controllers 72, 73, 75: twice as long every 16 steps from 64; the delay of vibrato likewise
* controller 74: 0.75 semitones of the filter's corner a step, four octaves to either side
* controller 76: the rate of vibrato doubles every 32 steps; 77: 50 cents at its end
* portamento time: 5 ms doubled every 12 steps, 7.7 s at its end
"""

from __future__ import annotations

import math

#: The value of a controller that changes nothing.
CENTRE = 64
HIGHEST = 127
#: Half of a pitch bend's 14 bits.
BEND_CENTRE = 0x2000
BEND_HIGHEST = 0x3FFF
#: Cents (General MIDI 2: modulation depth range 0x00 0x40).
MODULATION_CENTS = 50.0
_TIME_STEPS = 16
_RATE_STEPS = 32
_CUTOFF_STEP = 0.75
_PORTAMENTO_SHORTEST, _PORTAMENTO_STEPS = 0.005, 12
#: Parts from here on bend 12 semitones whatever their range, except one (listing, 0x0284AC).
_FIXED_BEND_FROM, _FREE_BEND_PART, FIXED_BEND = 16, 20, 12


def decibels(part: float) -> float:
    """The level of 0 to 1 of a controller's way.

    >>> round(decibels(100 / 127), 2), decibels(1.0), decibels(0.0)
    (-4.15, 0.0, -inf)
    """
    return 40 * math.log10(part) if part > 0 else -math.inf


def position(value: int) -> float:
    """-1 left to 1 right; 64 is the centre, 0 and 1 both the left end (RP-036).

    >>> position(0), position(64), position(127)
    (-1.0, 0.0, 1.0)
    """
    return max(value - CENTRE, -63) / 63


def time_factor(value: int) -> float:
    """The factor on a time.

    >>> time_factor(64), time_factor(80), time_factor(48)
    (1.0, 2.0, 0.5)
    """
    return float(2 ** ((value - CENTRE) / _TIME_STEPS))


def rate_factor(value: int) -> float:
    """The factor on a rate."""
    return float(2 ** ((value - CENTRE) / _RATE_STEPS))


def cutoff_semitones(value: int) -> float:
    """How far the filter's corner moves."""
    return (value - CENTRE) * _CUTOFF_STEP


def vibrato_cents(value: int) -> float:
    """Cents more or less of vibrato."""
    return (value - CENTRE) / (HIGHEST - CENTRE) * MODULATION_CENTS


def portamento_seconds(time: int) -> float:
    """The time of a glide; 0 is at once.

    >>> portamento_seconds(0), portamento_seconds(12), round(portamento_seconds(127), 1)
    (0.0, 0.01, 7.7)
    """
    return _PORTAMENTO_SHORTEST * 2 ** (time / _PORTAMENTO_STEPS) if time else 0.0


def bend_semitones(part: int, semitones: int) -> int:
    """How far a full bend goes: the record's range, or 12 in parts 16 to 25 except 20 (known)."""
    fixed = part >= _FIXED_BEND_FROM and part != _FREE_BEND_PART
    return FIXED_BEND if fixed else semitones


def bend_word(value: int, semitones: int) -> int:
    """What the record holds of a bend, in 1/256 semitone (known, listing 0x0284AC).

    For a patch that passes the bend on in full; how far it does is in the patch.

    >>> bend_word(0x2000, 2), bend_word(0, 2), bend_word(0x3FFF, 2)
    (0, -512, 511)
    """
    scaled = (value - BEND_CENTRE) * semitones << 9
    # The division of the program goes towards 0.
    return scaled // 0x4000 if scaled > 0 else -(-scaled // 0x3FFF)
