"""A strike and the state of its part as words of the tone generator's registers.

What words mean is in :mod:`luthier.kn5000.tone_generator.laws`; here they are made for single values, and
remembered, because songs repeat them.

Modelled, as the machine's tone database is only in its ROM:

* register 02 has the strike's level, register 03 the part's, so that volume and expression move without a
  click; what a strike has above 0 dB is taken from the part's attenuation
* the part's attack scales every segment that goes up, its decay those that go down
* the soft pedal takes 6 dB and 5 semitones of the filter's corner from strikes while it is down
* vibrato without a rate of its own has 5.5 Hz, as has tremolo; auto-pan goes once a second
* the filter's depth is the whole semitone above the furthest target
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.parts.state import NoteSetting, PartState
from luthier.kn5000.sounds.strike import Segment, Strike
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.registers import (
    VOICES,
    Register,
    Write,
    latch,
    mute,
    note_on,
    structure,
)

#: The word behind the burst: what the ROM's voice for the auxiliary pool has there.
KEY_WORD: Final = 0xF000
SOFT_LEVEL, SOFT_CUTOFF = -6.0, -5.0
USUAL_RATE, AUTO_PAN_RATE = 5.5, 1.0
#: Steps of a cent in register 07.
_CENT: Final = laws.PITCH_SEMITONE / 100
_PITCH_SEMITONES: Final = laws.BIPOLAR_MAXIMUM * laws.PITCH_TARGET_UNITS / laws.PITCH_SEMITONE
_FURTHEST: Final = laws.BIPOLAR_MAXIMUM
_HIGHEST_PITCH: Final = 0x7FFF
_KEPT: Final = 8192
_SHORTEST_RELEASE: Final = 0.005

_AMPLITUDE = (Register.AMPLITUDE_1, Register.AMPLITUDE_2, Register.AMPLITUDE_3, Register.AMPLITUDE_4)
_FILTER = (Register.FILTER_1, Register.FILTER_2, Register.FILTER_3)
_PITCH = (Register.PITCH_1, Register.PITCH_2, Register.PITCH_3)
_NEUTRAL: Final = NoteSetting()


@lru_cache(_KEPT)
def level(decibels: float) -> int:
    """Register 02."""
    return int(laws.level_of_decibels(decibels))


@lru_cache(_KEPT)
def expression(decibels: float) -> int:
    """Register 03."""
    return int(laws.expression_of_decibels(decibels))


@lru_cache(_KEPT)
def cutoff(hertz: float) -> int:
    """Register 04."""
    return int(laws.cutoff_of_hertz(hertz))


@lru_cache(_KEPT)
def pan(position: float) -> int:
    """Register 06."""
    return int(laws.pan_of_position(position))


@lru_cache(_KEPT)
def segment(decibels: float, seconds: float) -> int:
    """Registers 20 to 23."""
    return laws.segment(decibels, seconds)


@lru_cache(_KEPT)
def bipolar_segment(part: float, seconds: float) -> int:
    """Registers 24 to 29."""
    return laws.bipolar_segment(part, seconds)


@lru_cache(_KEPT)
def sends(effect: float, reverb: float) -> int:
    """Register 11."""
    return laws.sends_word(effect, reverb)


@lru_cache(_KEPT)
def lfo(hertz: float) -> int:
    """Registers 15 to 17."""
    return int(laws.lfo_of_hertz(hertz))


def pitch(note: float) -> int:
    """Register 10: kept within 0 and 7FFF as the firmware does (listing, Pitch_Saturate_15bit)."""
    word = round(note * laws.PITCH_SEMITONE) + laws.PITCH_OF_NOTE_0
    return word if 0 <= word <= _HIGHEST_PITCH else max(min(word, _HIGHEST_PITCH), 0)


@lru_cache(_KEPT)
def vibrato(hertz: float, cents: float, waits: bool) -> tuple[int, int]:
    """Registers 15 and 07; one that ``waits`` keeps its rate while it has no depth."""
    depth = round(max(cents, 0.0) * _CENT)
    return lfo(hertz) if depth or waits else 0, depth


@lru_cache(_KEPT)
def tremolo(part: float) -> tuple[int, int]:
    """Registers 16 and 18 for 0 to 1 of the amplitude."""
    return lfo(USUAL_RATE) if part else 0, _share(part)


@lru_cache(_KEPT)
def auto_pan(part: float) -> tuple[int, int]:
    """Registers 17 and 19 for 0 to 1 of the pan's half."""
    return lfo(AUTO_PAN_RATE) if part else 0, _share(part)


def _share(part: float) -> int:
    return round(min(max(part, 0.0), 1.0) * 0x100)


def release(decibels: float, seconds: float) -> int:
    """The first segment of an envelope that is let go: to silence at 60 dB in so many seconds.

    ``decibels`` is where the envelope is; from there the rest of the way to silence takes its share of time.
    """
    whole = laws.SILENT_TARGET / laws.TARGET_STEPS * laws.OCTAVE
    return segment(float("-inf"), max(seconds, 0.0) * max(whole + decibels, 1.0) / 60) | laws.RESTART


def release_time(strike: Strike, state: PartState) -> float:
    """Seconds for 60 dB: not below 5 ms, which would click."""
    return max(strike.release * state.release, _SHORTEST_RELEASE)


def position(strike: Strike, state: PartState, note: int) -> float:
    """Pan, -1 to 1: the strike's moved by the part's (known: listing, 0x032E1E)."""
    own = state.notes.get(note, _NEUTRAL).pan
    return min(max((strike.pan if own is None else own) + state.pan, -1.0), 1.0)


def corner(strike: Strike, state: PartState) -> float:
    """The filter's, in hertz."""
    semitones = state.cutoff + (SOFT_CUTOFF if state.soft else 0.0)
    return float(strike.cutoff * 2.0 ** (semitones / 12))


def sent(strike: Strike, state: PartState, note: int) -> int:
    """Both sends; a part that is led through the effect alone sends all there, and nothing to the reverb."""
    if state.inserted:
        return sends(1.0, 0.0)
    to_reverb, to_effect = state.sends(strike.reverb, strike.chorus)
    setting = state.notes.get(note, _NEUTRAL)
    return sends(to_effect * setting.chorus, to_reverb * setting.reverb)


def timbre(state: PartState) -> tuple[object, ...]:
    """What of a part's state goes into the words that :func:`prepare` makes once."""
    return (
        state.cutoff,
        state.attack,
        state.decay,
        state.reverb,
        state.chorus,
        state.soft,
        state.notes,
        state.inserted,
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A strike on a part, ready to be written to any voice but for pitch, expression and pan."""

    strike: Strike
    words: NDArray[np.uint16]
    """Of muting, the burst and the key word behind it, in the firmware's order."""
    excess: float
    """dB of the strike above 0."""
    tuning: float
    """Semitones that the part adds to this drum."""
    cutoff: int
    sends: int
    third: bool
    """The amplitude envelope has a third segment."""
    rings: bool
    """Key up does not end it."""


def _amplitude(segments: tuple[Segment, ...], state: PartState) -> dict[Register, int]:
    words, before = dict.fromkeys(_AMPLITUDE, 0), float("-inf")
    for register, (target, seconds) in zip(_AMPLITUDE, segments, strict=False):
        factor = state.attack if target > before else state.decay
        words[register] = segment(min(target, 0.0), seconds * factor)
        before = target
    return words


def _filter(segments: tuple[Segment, ...]) -> dict[Register, int]:
    furthest = max((abs(target) for target, _ in segments), default=0.0)
    depth = min(-int(-furthest // 1), _FURTHEST)
    words = {Register.FILTER_DEPTH: depth << 8, **dict.fromkeys(_FILTER, 0)}
    for register, (target, seconds) in zip(_FILTER, segments if depth else (), strict=False):
        words[register] = bipolar_segment(target / depth, seconds)
    return words


def _bend(segments: tuple[Segment, ...]) -> dict[Register, int]:
    words = dict.fromkeys(_PITCH, 0)
    for register, (target, seconds) in zip(_PITCH, segments, strict=False):
        words[register] = bipolar_segment(target / _PITCH_SEMITONES, seconds)
    return words


class Burst(NamedTuple):
    """Writes to one voice, in their order."""

    latches: NDArray[np.uint16]
    words: NDArray[np.uint16]


def _writes(of: dict[Register, int], voice: int = 0) -> list[Write]:
    return [*mute(voice), *note_on(structure(of), voice)]


#: What is chosen by the latch for each word, for every voice.
_LATCHES: Final = [
    np.array([chosen for chosen, _ in _writes({}, voice)], np.uint16) for voice in range(VOICES)
]
_FIRST_OF_BURST: Final = len(mute(0))


def _words(of: dict[Register, int]) -> list[int]:
    return [word for _, word in _writes(of)]


def _places(register: Register) -> list[tuple[int, int, int]]:
    """Where a register's word goes: place, bits that are set there in any case, bits that are the word's."""
    every = zip(_words({register: 0}), _words({register: 0xFFFF}), strict=True)
    return [(place, low, low ^ high) for place, (low, high) in enumerate(every) if low != high]


_START: Final = _words({})
_PLACES: Final = {register: _places(register) for register in Register}


def _in_order(of: dict[Register, int]) -> NDArray[np.uint16]:
    """The words of a structure as they are written."""
    made = list(_START)
    for register, word in of.items():
        for place, always, mask in _PLACES[register]:
            made[place] = always | word & mask
    return np.array(made, np.uint16)


def prepare(strike: Strike, state: PartState, note: int, *, rings: bool = False) -> Prepared:
    """The words of a strike on a part."""
    setting = state.notes.get(note, _NEUTRAL)
    decibels = strike.level + setting.level + (SOFT_LEVEL if state.soft else 0.0)
    corner_word, sends_word = cutoff(corner(strike, state)), sent(strike, state, note)
    words = {
        Register.CONTROL: KEY_WORD,
        Register.RECORDING: strike.selector,
        Register.LEVEL: level(min(decibels, 0.0)),
        Register.CUTOFF: corner_word,
        Register.SENDS: sends_word,
        Register.OUTPUT: int(state.inserted),
        Register.OSCILLATOR: 0,
        Register.DETUNE: 0,
        **_amplitude(strike.amplitude, state),
        **_filter(strike.filter),
        **_bend(strike.bend),
    }
    return Prepared(
        strike,
        _in_order(words),
        max(decibels, 0.0),
        setting.tuning,
        corner_word,
        sends_word,
        len(strike.amplitude) > 2,
        rings,
    )


def _place_of(register: Register) -> int:
    """Where the word of a register lies that every stroke has of its own."""
    latches = _LATCHES[0].tolist()
    return int(latches.index(latch(register), _FIRST_OF_BURST))


_PITCH_PLACE, _EXPRESSION_PLACE, _PAN_PLACE = (
    _place_of(register) for register in (Register.PITCH, Register.EXPRESSION, Register.PAN)
)


def stroke(prepared: Prepared, voice: int, pitch_word: int, expression_word: int, pan_word: int) -> Burst:
    """Silence, the burst of a voice and the key word behind it (listing, 0x02C8E4)."""
    words = prepared.words.copy()
    words[_PITCH_PLACE] = pitch_word
    words[_EXPRESSION_PLACE] = expression_word
    words[_PAN_PLACE] = pan_word
    return Burst(_LATCHES[voice], words)
