"""One instrument zone as a preset plays it: from generators, key and velocity to a strike.

Modelled, where the format and the tone generator differ:

* attenuation: 0.4 of what the font says, which is what the cards did that fonts were made on by ear
  (FluidSynth's factor for EMU8k and EMU10k); what velocity takes away counts in full
* an envelope's times are for 100 dB (8.1.3): its decay goes as far as the sustain level in its share of the
  time, its release lasts 0.6 of it down to -60 dB; a release of less than 16 ms is one of 16 ms, as
  FluidSynth has it against clicks.  Decays longer than a segment can be are put on several
* of the two LFOs that move the pitch the one with the larger depth does, as a sine instead of a triangle
* the modulation envelope's attack is a straight line; of its four segments the shorter of delay and hold goes
  into the next one; it has no release
* the recording goes on during the delay of the amplitude's envelope
* every strike sends a part of it to the reverb, as parts expect it: the font's own comes on top
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from luthier.kn5000.soundfont import modulators
from luthier.kn5000.soundfont.generators import LARGEST, SMALLEST, Generator, hertz, seconds
from luthier.kn5000.soundfont.modulators import Amounts
from luthier.kn5000.sounds.strike import NO_VIBRATO, Segment, Strike, Vibrato

ATTENUATION_FACTOR: Final = 0.4
#: The reverb's share of a strike whose font says nothing about it: about that of the built-in tones.
USUAL_REVERB: Final = 0.2
#: dB below full scale of a sound whose font takes nothing away.  With it the median of General MIDI's
#: programs is as loud as the built-in tones (measured on TimGM6mb, three keys of every third program).
HEADROOM: Final = 4.0
#: Envelopes cover 100 dB; the tone generator is silent at 96.
_WHOLE, _SILENT = 100.0, 96.0
_RELEASED = 60.0
_SHORTEST_RELEASE = -7200
#: No longer than this is a segment of the tone generator (its slowest rate).
_LONGEST_SEGMENT = 30.0
_SEGMENTS, _BIPOLAR_SEGMENTS = 4, 3
#: Shorter stretches are left out: the default of all times is a millisecond.
_MOMENT = 0.0015
_MIDDLE_C = 60
_LOWEST_VALUES, _HIGHEST_VALUES = SMALLEST.tolist(), LARGEST.tolist()


@dataclass(frozen=True, slots=True)
class Voicing:
    """An instrument zone with what a preset adds to it."""

    selector: int
    root: int
    """The key at which the recording sounds as it is, its tuning apart."""
    tuning: float
    """Cents that the preset adds."""
    amounts: tuple[float, ...]
    """By generator, without attenuation's full scale: that is in its factor."""
    changes: tuple[tuple[modulators.Modulator, int], ...]
    """Modulators of velocity and key, with their amounts."""


def voicing(selector: int, root: int, tuning: float, amounts: list[int], *changes: Amounts) -> Voicing:
    """Put one together; ``amounts`` are the sums of both levels, within their ranges."""
    values = [float(amount) for amount in amounts]
    values[Generator.ATTENUATION] *= ATTENUATION_FACTOR
    together = tuple((modulator, amount) for part in changes for modulator, amount in part.items())
    return Voicing(selector, root, tuning, tuple(values), together)


def strike(zone: Voicing, key: int, velocity: int) -> Strike:
    """What a stroke on a key sounds like."""
    amounts = list(zone.amounts)
    if amounts[Generator.KEY] >= 0:
        key = int(amounts[Generator.KEY])
    if amounts[Generator.VELOCITY] > 0:
        velocity = int(amounts[Generator.VELOCITY])
    tuning = zone.tuning
    for modulator, amount in zone.changes:
        value = modulators.change(modulator, amount, key, velocity)
        target = modulator.destination
        if target == Generator.COARSE_TUNING:
            tuning += 100 * value
        elif target == Generator.FINE_TUNING:
            tuning += value
        else:
            amounts[target] = min(
                max(amounts[target] + value, _LOWEST_VALUES[target]), _HIGHEST_VALUES[target]
            )
    own = zone.root + (key - zone.root) * amounts[Generator.SCALE_TUNING] / 100
    return Strike(
        selector=zone.selector,
        pitch=own + tuning / 100,
        level=-amounts[Generator.ATTENUATION] / 10 - HEADROOM,
        amplitude=_amplitude(amounts, key),
        release=seconds(max(amounts[Generator.ENVELOPE_RELEASE], _SHORTEST_RELEASE)) * _RELEASED / _WHOLE,
        pan=amounts[Generator.PAN] / 500,
        cutoff=hertz(amounts[Generator.CUTOFF]),
        filter=_contour(amounts, key, Generator.MOD_ENVELOPE_TO_CUTOFF),
        bend=_contour(amounts, key, Generator.MOD_ENVELOPE_TO_PITCH),
        vibrato=_vibrato(amounts),
        reverb=min(USUAL_REVERB + amounts[Generator.REVERB] / 1000, 1.0),
        chorus=amounts[Generator.CHORUS] / 1000,
        group=int(amounts[Generator.EXCLUSIVE_CLASS]),
    )


def _followed(amounts: list[float], time: Generator, by_key: Generator, key: int) -> float:
    """A time that changes with the key: so many timecents shorter for every key above middle C."""
    return seconds(min(amounts[time] + (_MIDDLE_C - key) * amounts[by_key], _HIGHEST_VALUES[time]))


def _amplitude(amounts: list[float], key: int) -> tuple[Segment, ...]:
    """Delay, attack, hold and decay, as far as they last."""
    made = []
    delay = seconds(amounts[Generator.ENVELOPE_DELAY])
    if delay > _MOMENT:
        made.append(Segment(-_SILENT, delay))
    made.append(Segment(0.0, seconds(amounts[Generator.ENVELOPE_ATTACK])))
    sustain = min(amounts[Generator.ENVELOPE_SUSTAIN] / 10, _SILENT)
    if sustain <= 0:
        return tuple(made)
    hold = _followed(amounts, Generator.ENVELOPE_HOLD, Generator.KEY_TO_ENVELOPE_HOLD, key)
    if hold > _MOMENT:
        made.append(Segment(0.0, hold))
    decay = _followed(amounts, Generator.ENVELOPE_DECAY, Generator.KEY_TO_ENVELOPE_DECAY, key)
    decay *= sustain / _WHOLE
    pieces = min(max(math.ceil(decay / _LONGEST_SEGMENT), 1), _SEGMENTS - len(made))
    made += [Segment(-sustain * (piece + 1) / pieces, decay / pieces) for piece in range(pieces)]
    return tuple(made)


def _contour(amounts: list[float], key: int, depth: Generator) -> tuple[Segment, ...]:
    """The modulation envelope on pitch or filter, in semitones."""
    semitones = amounts[depth] / 100
    if semitones == 0:
        return ()
    delay = seconds(amounts[Generator.MOD_ENVELOPE_DELAY])
    attack = seconds(amounts[Generator.MOD_ENVELOPE_ATTACK])
    hold = _followed(amounts, Generator.MOD_ENVELOPE_HOLD, Generator.KEY_TO_MOD_ENVELOPE_HOLD, key)
    fallen = amounts[Generator.MOD_ENVELOPE_SUSTAIN] / 1000
    decay = (
        _followed(amounts, Generator.MOD_ENVELOPE_DECAY, Generator.KEY_TO_MOD_ENVELOPE_DECAY, key) * fallen
    )
    if fallen == 0:
        hold = 0.0
    if delay > _MOMENT and hold > _MOMENT and fallen:
        if delay < hold:
            delay, attack = 0.0, attack + delay
        else:
            hold, decay = 0.0, decay + hold
    made = [Segment(0.0, delay)] if delay > _MOMENT else []
    made.append(Segment(semitones, attack))
    if hold > _MOMENT:
        made.append(Segment(semitones, hold))
    if fallen:
        made.append(Segment(semitones * (1 - fallen), decay))
    assert len(made) <= _BIPOLAR_SEGMENTS
    return tuple(made)


def _vibrato(amounts: list[float]) -> Vibrato:
    own, other = abs(amounts[Generator.VIBRATO_TO_PITCH]), abs(amounts[Generator.MOD_LFO_TO_PITCH])
    if own == other == 0:
        return NO_VIBRATO
    if own >= other:
        frequency, delay = amounts[Generator.VIBRATO_FREQUENCY], amounts[Generator.VIBRATO_DELAY]
    else:
        frequency, delay = amounts[Generator.MOD_LFO_FREQUENCY], amounts[Generator.MOD_LFO_DELAY]
    wait = seconds(delay)
    return Vibrato(hertz(frequency), max(own, other), wait if wait > _MOMENT else 0.0)
