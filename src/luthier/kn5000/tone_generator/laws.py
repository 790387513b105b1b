"""What register values mean in decibels, seconds, hertz and semitones, and back.

The chip's own laws were never measured.  Two are known from what the firmware sends: pitch, and the
direction of the amplitude envelope.  The rest is *modelled*: chosen for use in music, with what the
firmware's tables suggest.

* pitch, 10 (known): 0x100 a semitone; note n is (n << 8) + 0x80 (register interface, the auxiliary pool)
* envelope target (modelled): attenuation, 16 steps an octave (6.02 dB), FF silent.  Silencing writes FF;
  the firmware's cap of levels counts 3.01 dB for every 8 steps
* envelope rate (modelled): bits 6-0 the time of the segment, 30 s to 1 ms, 0 at once; the firmware's table
  of rates ends at 7F and its quick attacks have 7F.  Bit 7 of a first segment starts the envelope again
  from where it is: the firmware has it when it silences or releases
* level, 02 (modelled): bits 11-0, 256 steps an octave, FFF is 0 dB, 0 silent (as the project's emulation)
* expression, 03 (modelled): attenuation in the same unit, 0 none: 0 stands in the ROM's voice for the other
  pool
* pan, 06 (modelled): 0 left, 0x40 centre (known), 0x7F right, of equal power
* cutoff, 04 (modelled): bits 6-0, a semitone a step; 7C, which all of the ROM's voices have, is open: 20 kHz
* filter depth, 05 (modelled): bits 15-8 signed, semitones at the second envelope's 7F
* second envelope (modelled): signed target, in 1/127 of the filter depth
* third envelope (modelled): signed target, 1/8 semitone
* LFOs, 15 to 17 (modelled): bits 6-0 rate, 0.05 to 20 Hz, 0 off (8100 is off)
* LFO depths (modelled): 07 in 1/256 semitone; 18 and 19 in 1/256 of the amplitude, of the pan's half
* sends, 11 (modelled): bits 15-8 to the effect, 7-0 to the reverb, in 1/255; post fader and pan

Open questions
- Every law called modelled above.
- Whether a segment's rate is a time, as here, or a slope.
- The shape of segments: here amplitude rises in a straight line and falls in decibels.
- Resonance: no register is known to hold it; the filter has none (Q 0.7071).
- Register 02 is 0 in the level of the ROM's voice for the auxiliary pool, which would be silent.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
Words = NDArray[np.int64]

RATE: Final = 44_100  #: samples a second (facts C15: three proofs on the side of the effects)
OCTAVE: Final = 20 * np.log10(2)  #: decibels of a factor of two

PITCH_SEMITONE: Final = 0x100
PITCH_OF_NOTE_0: Final = 0x80
TARGET_STEPS: Final = 16  #: envelope steps an octave
SILENT_TARGET: Final = 0xFF
RESTART: Final = 0x80  #: bit 7 of a first segment
SLOWEST, FASTEST, RATES = 30.0, 0.001, 0x7F  #: seconds, seconds, the largest rate
LEVEL_STEPS, LEVEL_MAXIMUM = 256, 0xFFF
PAN_CENTRE, PAN_MAXIMUM = 0x40, 0x7F
CUTOFF_OPEN, CUTOFF_HIGHEST = 0x7C, 20_000.0
RESONANCE: Final = np.sqrt(0.5)
BIPOLAR_MAXIMUM = 0x7F
PITCH_TARGET_UNITS: Final = 0x20  #: pitch units of a step of the third envelope
LFO_SLOWEST, LFO_FASTEST = 0.05, 20.0
SEND_MAXIMUM = 0xFF


def _words(values: ArrayLike, lowest: int, highest: int) -> Words:
    """Rounded to whole numbers, within a range; what is no number becomes the lowest."""
    numbers = np.rint(np.asarray(values, np.float64))
    within: Words = np.fmin(np.fmax(numbers, lowest), highest).astype(np.int64)
    return within


def pitch_of_note(note: ArrayLike) -> Words:
    """The pitch word of a MIDI note, fractions allowed."""
    return _words(np.asarray(note, np.float64) * PITCH_SEMITONE + PITCH_OF_NOTE_0, 0, 0x7FFF)


def note_of_pitch(word: ArrayLike) -> Numbers:
    """The MIDI note of a pitch word."""
    return (np.asarray(word, np.float64) - PITCH_OF_NOTE_0) / PITCH_SEMITONE


def ratio_of_pitch(units: ArrayLike) -> Numbers:
    """The factor of frequency of a difference of pitch words."""
    return np.exp2(np.asarray(units, np.float64) / (12 * PITCH_SEMITONE))


def decibels_of_target(target: ArrayLike) -> Numbers:
    """The level an amplitude segment goes to; FF is minus infinity."""
    steps = np.asarray(target, np.float64)
    return np.where(steps >= SILENT_TARGET, -np.inf, -steps * OCTAVE / TARGET_STEPS)


def target_of_decibels(decibels: ArrayLike) -> Words:
    """The nearest target."""
    return _words(-np.asarray(decibels, np.float64) * TARGET_STEPS / OCTAVE, 0, SILENT_TARGET)


def seconds_of_rate(rate: ArrayLike) -> Numbers:
    """How long a segment takes; bit 7 does not count."""
    code = np.asarray(rate, np.int64) & RATES
    return np.where(code == 0, 0.0, SLOWEST * (FASTEST / SLOWEST) ** ((code - 1) / (RATES - 1)))


def rate_of_seconds(seconds: ArrayLike) -> Words:
    """The nearest rate; 0, at once, for less than a millisecond's half."""
    wanted = np.asarray(seconds, np.float64)
    code = 1 + (RATES - 1) * np.log(np.maximum(wanted, 1e-9) / SLOWEST) / np.log(FASTEST / SLOWEST)
    return np.where(wanted < FASTEST / 2, 0, _words(code, 1, RATES))


def segment(decibels: float, seconds: float, *, restart: bool = False) -> int:
    """A word of the amplitude envelope: go to a level within a time.

    0 dB at once is written as 1 ms, because the word 0000 ends an envelope.
    """
    word = int(target_of_decibels(decibels)) << 8 | int(rate_of_seconds(seconds))
    return (word or RATES) | (RESTART if restart else 0)


def bipolar_segment(part: float, seconds: float, *, restart: bool = False) -> int:
    """A word of the second or third envelope: go to -1..1 of its depth within a time."""
    target = int(_words(part * BIPOLAR_MAXIMUM, -0x80, BIPOLAR_MAXIMUM)) & 0xFF
    word = target << 8 | int(rate_of_seconds(seconds))
    return (word or RATES) | (RESTART if restart else 0)


def decibels_of_level(word: ArrayLike) -> Numbers:
    """The level in register 02; 0 is minus infinity."""
    level = np.asarray(word, np.int64) & LEVEL_MAXIMUM
    return np.where(level == 0, -np.inf, (level - LEVEL_MAXIMUM) * OCTAVE / LEVEL_STEPS)


def level_of_decibels(decibels: ArrayLike) -> Words:
    """The nearest level."""
    return _words(LEVEL_MAXIMUM + np.asarray(decibels, np.float64) * LEVEL_STEPS / OCTAVE, 0, LEVEL_MAXIMUM)


def decibels_of_expression(word: ArrayLike) -> Numbers:
    """The attenuation in register 03, as a level; FFF is minus infinity."""
    steps = np.asarray(word, np.int64) & LEVEL_MAXIMUM
    return np.where(steps == LEVEL_MAXIMUM, -np.inf, -steps * OCTAVE / LEVEL_STEPS)


def expression_of_decibels(decibels: ArrayLike) -> Words:
    """The nearest attenuation."""
    return _words(-np.asarray(decibels, np.float64) * LEVEL_STEPS / OCTAVE, 0, LEVEL_MAXIMUM)


def pan_of_position(position: ArrayLike) -> Words:
    """The pan word of -1 (left) to 1."""
    wanted = np.asarray(position, np.float64)
    return _words(
        PAN_CENTRE + wanted * np.where(wanted < 0, PAN_CENTRE, PAN_MAXIMUM - PAN_CENTRE), 0, PAN_MAXIMUM
    )


def position_of_pan(word: ArrayLike) -> Numbers:
    """-1 (left) to 1 of a pan word."""
    offset = np.clip(np.asarray(word, np.float64), 0, PAN_MAXIMUM) - PAN_CENTRE
    return np.where(offset < 0, offset / PAN_CENTRE, offset / (PAN_MAXIMUM - PAN_CENTRE))


def gains_of_position(position: ArrayLike) -> tuple[Numbers, Numbers]:
    """Left and right gain of equal power, both 0.7071 in the centre."""
    angle = (np.asarray(position, np.float64) + 1) * np.pi / 4
    return np.cos(angle), np.sin(angle)


def hertz_of_cutoff(word: ArrayLike) -> Numbers:
    """The cutoff in register 04."""
    step = np.minimum(np.asarray(word, np.int64) & 0x7F, CUTOFF_OPEN)
    hertz: Numbers = CUTOFF_HIGHEST * np.exp2((step - CUTOFF_OPEN) / 12)
    return hertz


def cutoff_of_hertz(hertz: ArrayLike) -> Words:
    """The nearest cutoff."""
    octaves = np.log2(np.maximum(np.asarray(hertz, np.float64), 1e-9) / CUTOFF_HIGHEST)
    return _words(CUTOFF_OPEN + 12 * octaves, 0, CUTOFF_OPEN)


def semitones_of_filter_depth(word: ArrayLike) -> Numbers:
    """How far the second envelope moves the cutoff at its largest."""
    high = np.asarray(word, np.int64) >> 8 & 0xFF
    semitones: Numbers = np.where(high < 0x80, high, high - 0x100).astype(np.float64)
    return semitones


def filter_depth_of_semitones(semitones: ArrayLike) -> Words:
    """The word of register 05."""
    return (_words(semitones, -0x80, BIPOLAR_MAXIMUM) & 0xFF) << 8


def hertz_of_lfo(word: ArrayLike) -> Numbers:
    """The rate in registers 15 to 17; 0 is off."""
    code = np.asarray(word, np.int64) & RATES
    return np.where(code == 0, 0.0, LFO_SLOWEST * (LFO_FASTEST / LFO_SLOWEST) ** ((code - 1) / (RATES - 1)))


def lfo_of_hertz(hertz: ArrayLike) -> Words:
    """The nearest rate; 0 for none."""
    wanted = np.asarray(hertz, np.float64)
    code = 1 + (RATES - 1) * np.log(np.maximum(wanted, 1e-9) / LFO_SLOWEST) / np.log(
        LFO_FASTEST / LFO_SLOWEST
    )
    return np.where(wanted <= 0, 0, _words(code, 1, RATES))


def sends_word(effect: float, reverb: float) -> int:
    """The word of register 11 for two send levels of 0 to 1."""
    first, second = (int(_words(value * SEND_MAXIMUM, 0, SEND_MAXIMUM)) for value in (effect, reverb))
    return first << 8 | second


def sends_of_word(word: int) -> tuple[float, float]:
    """The levels to the effect and to the reverb."""
    return (word >> 8 & 0xFF) / SEND_MAXIMUM, (word & 0xFF) / SEND_MAXIMUM
