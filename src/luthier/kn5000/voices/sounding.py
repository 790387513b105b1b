"""What is known of a voice beside its record in RAM, and the slow things that move it."""

from __future__ import annotations

from dataclasses import dataclass, field
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
# Changes as numbers: flags are slow, and songs have thousands of controllers.
_LEVEL, _PAN, _SENDS = Change.LEVEL.value, Change.PAN.value, Change.SENDS.value
_FILTER, _TONE = Change.FILTER.value, Change.TONE.value
_PITCH, _MODULATION = Change.PITCH.value, Change.MODULATION.value
_LFOS = (
    (Register.VIBRATO, Register.VIBRATO_DEPTH),
    (Register.TREMOLO, Register.TREMOLO_DEPTH),
    (Register.AUTO_PAN, Register.AUTO_PAN_DEPTH),
)


class Glide(NamedTuple):
    """A straight way from ``offset`` semitones to none."""

    offset: float
    start: int
    frames: int

    def at(self, time: int) -> float:
        """Semitones off at a frame."""
        left = 1 - (time - self.start) / self.frames if self.frames else 0.0
        return self.offset * min(max(left, 0.0), 1.0)

    def moves(self, time: int) -> bool:
        """Whether it has not arrived."""
        return time - self.start < self.frames


STILL: Final = Glide(0.0, 0, 0)


@dataclass(slots=True)
class Sounding:
    """One of the 64 voices.  What is below ``number`` and ``modulations`` is of its present stroke."""

    number: int
    modulations: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)] * len(_LFOS))
    """The words that its LFOs have: rate and depth."""
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

    def key_pitch(self, state: PartState, time: int) -> float:
        """The note it sounds at now."""
        scale = 0.0 if state.drums else state.scale[self.note % 12]
        return self.pitch + scale + state.tuning + state.bend + self.glide.at(time)

    def vibrato(self, state: PartState, time: int) -> tuple[float, int | None]:
        """Cents of its own vibrato now, and the frame at which they change, if they will."""
        assert self.prepared is not None
        own = self.prepared.strike.vibrato
        if not own.depth or own.delay <= 0:
            return own.depth, None
        start = self.struck + round(own.delay * state.vibrato_delay * laws.RATE)
        if time < start:
            return 0.0, start
        if time >= start + VIBRATO_RAMP:
            return own.depth, None
        return own.depth * (time - start) / VIBRATO_RAMP, time + VIBRATO_STEP

    def wake(self, state: PartState, time: int) -> int | None:
        """The frame at which it has to be looked at again; None for never."""
        frames = [self.due, time if self.glide.moves(time) else None, self.vibrato(state, time)[1]]
        return min((frame for frame in frames if frame is not None), default=None)

    def modulate(self, state: PartState, time: int) -> list[Write]:
        """What brings its LFOs up to date."""
        assert self.prepared is not None
        own = self.prepared.strike.vibrato
        rate = own.rate or words.USUAL_RATE
        cents, waits = self.vibrato(state, time)
        depth = words.vibrato_depth(cents + state.vibrato)
        wanted = (
            (words.lfo(rate * state.vibrato_rate) if depth or waits is not None else 0, depth),
            (words.lfo(words.USUAL_RATE) if state.tremolo else 0, words.share(state.tremolo)),
            (words.lfo(words.AUTO_PAN_RATE) if state.auto_pan else 0, words.share(state.auto_pan)),
        )
        writes: list[Write] = []
        for place, (lfo, companion) in enumerate(_LFOS):
            (was_rate, was_depth), (new_rate, new_depth) = self.modulations[place], wanted[place]
            if was_rate != new_rate:
                word = new_rate | 0x8000 if new_rate else LFO_OFF
                writes += strobed(lfo, word, self.number)
            if was_depth != new_depth:
                writes.append((latch(companion, self.number), new_depth))
            self.modulations[place] = wanted[place]
        return writes

    def expression(self, state: PartState) -> int:
        """Register 03: the part's level."""
        assert self.prepared is not None
        return words.expression(state.level + self.prepared.excess) if self.heard else _SILENT

    def follow(self, state: PartState, bits: int, time: int) -> list[Write]:
        """What brings it up to date; ``bits`` are those of Change.  Words that stay are not written."""
        assert self.prepared is not None
        strike, writes = self.prepared.strike, list[Write]()
        if bits & _LEVEL:
            word = self.expression(state)
            if word != self.expression_word:
                self.expression_word = word
                writes.append((latch(Register.EXPRESSION, self.number), word))
        if bits & _PAN:
            word = words.pan(words.position(strike, state, self.note))
            if word != self.pan_word:
                self.pan_word = word
                writes.append((latch(Register.PAN, self.number), word))
        if bits & _SENDS:
            word = words.sent(strike, state, self.note)
            if word != self.sends_word:
                self.sends_word = word
                writes.append((latch(Register.SENDS, self.number), word))
        if bits & _FILTER:
            word = words.cutoff(words.corner(strike, state))
            if word != self.cutoff_word:
                self.cutoff_word = word
                writes.append((latch(Register.CUTOFF, self.number), word))
        if bits & _TONE and not self.let_go:
            self.release = words.release_time(strike, state)
        if bits & _PITCH:
            word = words.pitch(self.key_pitch(state, time))
            if word != self.pitch_word:
                self.pitch_word = word
                writes.append((latch(Register.PITCH, self.number), word))
        if bits & _MODULATION:
            writes += self.modulate(state, time)
        return writes

    def released(self, level: int) -> list[Write]:
        """What lets it fall to silence from a level 0 to FF of its envelope."""
        assert self.prepared is not None
        decibels = (level - laws.SILENT_TARGET) * laws.OCTAVE / laws.TARGET_STEPS
        writes = [(latch(Register.AMPLITUDE_2, self.number), laws.SILENT_TARGET << 8)]
        if self.prepared.third:
            writes.append((latch(Register.AMPLITUDE_3, self.number), 0))
        writes.append((latch(Register.AMPLITUDE_1, self.number), words.release(decibels, self.release)))
        return writes
