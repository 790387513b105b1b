"""What is known of a voice beside its record in RAM, and the slow things that move it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from luthier.kn5000.parts.state import Change, PartState
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.registers import Register, Write, latch, strobed
from luthier.kn5000.voices import words
from luthier.kn5000.voices.words import Prepared

#: A vibrato that waits comes in over 0.3 s, in steps of 23 ms (modelled).
VIBRATO_RAMP: Final = round(0.3 * laws.RATE)
VIBRATO_STEP: Final = 1024
#: An LFO is off with this word (register interface: 8100 mutes).
LFO_OFF: Final = 0x8100
#: The word of register 03 that silences.
_SILENT: Final = laws.LEVEL_MAXIMUM
_LFOS = (
    (Register.VIBRATO, latch(Register.VIBRATO_DEPTH)),
    (Register.TREMOLO, latch(Register.TREMOLO_DEPTH)),
    (Register.AUTO_PAN, latch(Register.AUTO_PAN_DEPTH)),
)
# Latches of voice 0; a voice's number is or'ed to them.
_EXPRESSION, _PAN, _SENDS = latch(Register.EXPRESSION), latch(Register.PAN), latch(Register.SENDS)
_OUTPUT = latch(Register.OUTPUT)
_CUTOFF, _PITCH = latch(Register.CUTOFF), latch(Register.PITCH)
_AMPLITUDES = latch(Register.AMPLITUDE_1), latch(Register.AMPLITUDE_2), latch(Register.AMPLITUDE_3)

#: Rate and depth of each LFO.
Modulations = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


class Glide(NamedTuple):
    """A straight way from ``offset`` semitones to none."""

    offset: float
    start: int
    frames: int

    def at(self, time: int) -> float:
        """Semitones off at a frame."""
        if not self.frames:
            return 0.0
        return self.offset * min(max(1 - (time - self.start) / self.frames, 0.0), 1.0)

    def moves(self, time: int) -> bool:
        """Whether it has not arrived."""
        return time - self.start < self.frames


STILL: Final = Glide(0.0, 0, 0)


@dataclass(slots=True, eq=False)
class Sounding:
    """One of the 64 voices.  What is below ``number`` and ``modulations`` is of its present stroke."""

    number: int
    modulations: Modulations = ((0, 0), (0, 0), (0, 0))
    """The words that its LFOs have."""
    alive: bool = False
    part: int = 0
    note: int = 0
    prepared: Prepared | None = None
    struck: int = 0
    """The frame of its gate."""
    heard: bool = True
    """Its part is not muted."""
    down: bool = False
    marked: bool = False
    """The sostenuto pedal went down while the key was."""
    let_go: bool = False
    rings: bool = False
    """Key up does not end it."""
    swells: bool = False
    """It has a vibrato of its own that waits and comes in."""
    release: float = 0.0
    """Seconds for 60 dB."""
    due: int | None = None
    """The frame at which it is let go, when key up came too soon."""
    pitch: float = 0.0
    """The note it sounds at, before the part's tuning and bend."""
    glide: Glide = STILL
    pitch_word: int = 0
    expression_word: int = 0
    pan_word: int = 0
    cutoff_word: int = 0
    sends_word: int = 0
    inserted: bool = False
    """It goes to the effect alone."""

    def key_pitch(self, state: PartState, time: int) -> float:
        """The note it sounds at now."""
        scale = 0.0 if state.drums else state.scale[self.note % 12]
        return self.pitch + scale + state.tuning + state.bend + self.glide.at(time)

    def vibrato(self, state: PartState, time: int) -> tuple[float, int | None]:
        """Cents of its own vibrato now, and the frame at which they change, if they will."""
        assert self.prepared is not None
        own = self.prepared.strike.vibrato
        if not self.swells:
            return own.depth, None
        start = self.struck + round(own.delay * state.vibrato_delay * laws.RATE)
        if time < start:
            return 0.0, start
        if time >= start + VIBRATO_RAMP:
            return own.depth, None
        return own.depth * (time - start) / VIBRATO_RAMP, time + VIBRATO_STEP

    def wake(self, state: PartState, time: int) -> int | None:
        """The frame at which it has to be looked at again; None for never."""
        soonest = self.vibrato(state, time)[1]
        if self.due is not None and (soonest is None or self.due < soonest):
            soonest = self.due
        if self.glide.moves(time) and (soonest is None or time < soonest):
            soonest = time
        return soonest

    def modulate(self, state: PartState, time: int, writes: list[Write]) -> None:
        """Bring its LFOs up to date, as all that follow: by ``writes``, where words change."""
        assert self.prepared is not None
        rate = self.prepared.strike.vibrato.rate or words.USUAL_RATE
        cents, waits = self.vibrato(state, time)
        wanted = (
            words.vibrato(rate * state.vibrato_rate, cents + state.vibrato, waits is not None),
            words.tremolo(state.tremolo),
            words.auto_pan(state.auto_pan),
        )
        if wanted == self.modulations:
            return
        for (lfo, companion), before, after in zip(_LFOS, self.modulations, wanted, strict=True):
            if before[0] != after[0]:
                word = after[0] | 0x8000 if after[0] else LFO_OFF
                writes += strobed(lfo, word, self.number)
            if before[1] != after[1]:
                writes.append((companion | self.number, after[1]))
        self.modulations = wanted

    def expression(self, state: PartState) -> int:
        """Register 03: the part's level."""
        assert self.prepared is not None
        return words.expression(state.level + self.prepared.excess) if self.heard else _SILENT

    def follow_level(self, state: PartState, time: int, writes: list[Write]) -> None:
        """Volume and expression."""
        del time
        word = self.expression(state)
        if word != self.expression_word:
            self.expression_word = word
            writes.append((_EXPRESSION | self.number, word))

    def follow_pan(self, state: PartState, time: int, writes: list[Write]) -> None:
        """Where it is heard."""
        del time
        assert self.prepared is not None
        word = words.pan(words.position(self.prepared.strike, state, self.note))
        if word != self.pan_word:
            self.pan_word = word
            writes.append((_PAN | self.number, word))

    def follow_sends(self, state: PartState, time: int, writes: list[Write]) -> None:
        """What goes to the effects."""
        del time
        assert self.prepared is not None
        word = words.sent(self.prepared.strike, state, self.note)
        if word != self.sends_word:
            self.sends_word = word
            writes.append((_SENDS | self.number, word))
        if state.inserted != self.inserted:
            self.inserted = state.inserted
            writes.append((_OUTPUT | self.number, int(state.inserted)))

    def follow_filter(self, state: PartState, time: int, writes: list[Write]) -> None:
        """The filter's corner."""
        del time
        assert self.prepared is not None
        word = words.cutoff(words.corner(self.prepared.strike, state))
        if word != self.cutoff_word:
            self.cutoff_word = word
            writes.append((_CUTOFF | self.number, word))

    def follow_tone(self, state: PartState, time: int, writes: list[Write]) -> None:
        """The release to come."""
        del time, writes
        assert self.prepared is not None
        if not self.let_go:
            self.release = words.release_time(self.prepared.strike, state)

    def follow_pitch(self, state: PartState, time: int, writes: list[Write]) -> None:
        """Tuning, bend and glide."""
        word = words.pitch(self.key_pitch(state, time))
        if word != self.pitch_word:
            self.pitch_word = word
            writes.append((_PITCH | self.number, word))

    def released(self, level: int) -> list[Write]:
        """What lets it fall to silence from a level 0 to FF of its envelope."""
        assert self.prepared is not None
        decibels = (level - laws.SILENT_TARGET) * laws.OCTAVE / laws.TARGET_STEPS
        first, second, third = _AMPLITUDES
        writes = [(second | self.number, laws.SILENT_TARGET << 8)]
        if self.prepared.third:
            writes.append((third | self.number, 0))
        writes.append((first | self.number, words.release(decibels, self.release)))
        return writes


Follow = Callable[[Sounding, PartState, int, list[Write]], None]
_FOLLOWING: Final[dict[Change, Follow]] = {
    Change.LEVEL: Sounding.follow_level,
    Change.PAN: Sounding.follow_pan,
    Change.SENDS: Sounding.follow_sends,
    Change.FILTER: Sounding.follow_filter,
    Change.TONE: Sounding.follow_tone,
    Change.PITCH: Sounding.follow_pitch,
    Change.MODULATION: Sounding.modulate,
}


@cache
def following(change: int) -> tuple[Follow, ...]:
    """What brings a voice up to date, by the value of a Change: flags are slow, and controllers many."""
    return tuple(follow for aspect, follow in _FOLLOWING.items() if change & aspect.value)
