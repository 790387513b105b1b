"""The voice: a bank, a program, keys and controls go in, stereo sound comes out.

Nothing is heard before the tick after it was played (5.3 ms apart), and everything HALF frames later than it
happens in the chip, which its band limit takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from luthier.errors import InputError
from luthier.poly800 import chord as chord_memory
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.note_base import HIGHEST_KEY, LOWEST_KEY
from luthier.poly800.program import PROGRAM_NUMBERS, Program
from luthier.poly800.sequence import decode
from luthier.poly800.synth import Synth
from luthier.poly800.voice import chip, firmware, laws, settings
from luthier.poly800.voice.chorus import Chorus
from luthier.poly800.voice.echo import Echo
from luthier.poly800.voice.keyboard import Keyboard
from luthier.poly800.voice.sequencer import Sequencer, clocks
from luthier.poly800.voice.state import (
    ATTACK,
    BEND,
    BIT,
    DCO_DEPTH,
    DIVIDER,
    FILTER_ENVELOPE,
    GROUP,
    LANES,
    MG_WAIT,
    OFF,
    RATE,
    RELEASE,
    STAGE,
    UNITS_PER_FRAME,
    VCF_DEPTH,
    VOLUME,
    WAITED,
    WANTED_VOLUME,
    Samples,
    State,
)
from luthier.poly800.voice.steps import impulses
from luthier.poly800.voice.ticks import sound_tick

SLOWEST, FASTEST = 8_000, 384_000
#: The highest key that is received without folding: EX-800 96 (taken for the Poly-800 too), MkII 84.
HIGHEST_RECEIVED = {Synth.POLY800: 96, Synth.EX800: 96, Synth.MK2: HIGHEST_KEY}
_SINGLE = 1
#: What counts as silence: -100 dBFS for a twentieth of a second.
_SILENCE, _QUIET = 1e-5, 0.05


class Voice:
    """One Poly-800.

    ``source`` is a bank, or a single program; without, the built-in bank.  ``limits``: keys outside the
    machine's range are folded into it by octaves, bends and controllers are as coarse as there; without, all
    128 keys sound where they are.  ``rate``: 8,000 to 384,000 Hz.  Values of a program that are out of range
    are played as the nearest allowed, and told in ``warnings``.
    """

    def __init__(
        self,
        source: Bank | Program | None = None,
        *,
        number: int = 11,
        rate: int = 44_100,
        limits: bool = True,
    ) -> None:
        if not SLOWEST <= rate <= FASTEST or rate != int(rate):
            raise InputError(f"a sampling rate of {rate:g} Hz", remedy=f"give {SLOWEST} to {FASTEST}")
        self.rate = int(rate)
        self.limits = limits
        self.bank = source if isinstance(source, Bank) else None
        if source is None:
            self.bank = built_in_bank()
        self._program = source if isinstance(source, Program) else None
        self.synth = self.bank.synth if self.bank else Program(source.packed).family  # type: ignore[union-attr]
        self._longest = firmware.tick_frame(1, self.rate) + 1
        self._state = State(self._longest)
        state = self._state
        state.real[RATE] = self.rate
        state.real[UNITS_PER_FRAME] = chip.CLOCK * chip.UNITS / self.rate
        state.real[WANTED_VOLUME] = state.numbers[VOLUME] = 1.0
        self._wanted = np.zeros(LANES)
        self._effect: Chorus | Echo = Echo(self.rate) if self.synth is Synth.MK2 else Chorus(self.rate)
        self._made = np.zeros((self._longest, 2), np.float32)
        self._given = self._tick_length = 0  # of the last tick
        self._tick = 0
        self._quiet = 0
        self.frame = 0
        """Frames given so far."""
        self.notes = 0
        """Keys struck so far."""
        self.warnings: list[str] = []
        self._values: dict[str, int] = {}
        self.keyboard = Keyboard(self._start, self._stop, self._busy)
        self.sequencer: Sequencer | None = None
        self._clock: Iterator[int] = iter(())
        self._next_clock: int | None = None
        self.number = number
        self.select(number)

    # --- Programs --------------------------------------------------------------------------------------

    def select(self, number: int) -> None:
        """Play program 11 to 88 of the bank; keys that are down go on, but for a change of mode (modelled).

        Raises InputError if there is none so called.
        """
        program = self.bank.program(number) if self.bank else self._program
        assert program is not None
        self.number = number
        values, warnings = settings.clamped(program)
        where = f"program {number}: " if self.bank else ""
        for warning in warnings:
            if where + warning not in self.warnings:
                self.warnings.append(where + warning)
        was_double = bool(self._values) and settings.is_double(self._values)
        if not self._values or was_double != settings.is_double(values):
            self.keyboard.all_off()
            self._values = values
            self.keyboard.resize(GROUP if settings.is_double(values) else LANES)
        self._values = values
        settings.load(self._state, values)
        if isinstance(self._effect, Echo):
            self._effect.set(values)
        else:
            self._effect.on = bool(values["chorus"])

    def select_index(self, index: int) -> None:
        """Play the program at a place of the bank, modulo 64, as a program change does."""
        self.select(PROGRAM_NUMBERS[index % len(PROGRAM_NUMBERS)])

    # --- Keys and controls -----------------------------------------------------------------------------

    def note_on(self, key: int, velocity: int = 64) -> None:
        """Strike a MIDI key (0 to 127); velocity 0 lets it go, any other is the same to the machine."""
        if not 0 <= key <= 127:
            raise InputError(f"key {key}", remedy="give 0 to 127")
        if velocity:
            self.notes += 1
            self.keyboard.press(self._within(key))
        else:
            self.note_off(key)

    def note_off(self, key: int) -> None:
        """Let a key go."""
        self.keyboard.release(self._within(key))

    def all_notes_off(self) -> None:
        """Let all keys go."""
        self.keyboard.all_off()

    def bend(self, amount: float) -> None:
        """The joystick to the side, -1 to 1: 730 cent either way."""
        self._state.real[BEND] = min(max(amount, -1.0), 1.0) * laws.BEND_CENTS

    def modulate(self, *, oscillators: int | None = None, cutoff: int | None = None) -> None:
        """The joystick up or down, 0 to 15: more MG on the oscillators or the cutoff."""
        for row, value in ((DCO_DEPTH, oscillators), (VCF_DEPTH, cutoff)):
            if value is not None:
                depth = min(max(int(value), 0), 15)
                self._state.whole[row] = self._state.whole[row] & 15 | depth << 4

    def volume(self, amount: float) -> None:
        """Loudness, 0 to 1; even steps (modelled)."""
        self._state.real[WANTED_VOLUME] = min(max(amount, 0.0), 1.0)

    def hold(self, on: bool) -> None:
        """The key HOLD."""
        self.keyboard.hold(on)

    def chord(self, on: bool) -> None:
        """The key CHORD: each key plays the bank's chord; raises InputError if the bank has none."""
        if not on:
            self.keyboard.chord(())
            return
        codes = chord_memory.decode(self.bank.chord).codes if self.bank else ()
        if not codes:
            raise InputError("the chord memory is empty", remedy="play the keys of the chord")
        self.keyboard.chord(sorted({code - min(codes) for code in codes}))

    def play_sequence(self, tempo: float | None = 120.0, *, repeat: bool | None = None) -> None:
        """Start the bank's sequence; ``tempo`` None: MIDI clocks move it on.

        ``repeat``: as the bank has it (MkII) unless given.  Raises InputError if there is nothing to play.
        """
        sequence = decode(self.bank.sequence) if self.bank else None
        if sequence is None or not sequence.steps:
            raise InputError("the sequence is empty", remedy="give --notes or --midi")
        if tempo is not None and not 4 <= tempo <= 999:
            raise InputError(f"a tempo of {tempo:g}", remedy="give 4 to 999 quarter notes a minute")
        if repeat is None:
            repeat = self.bank is not None and self.bank.globals.get("sequence_mode") == 2
        self.stop_sequence()
        self.sequencer = Sequencer(sequence, self._press_for, self.note_off, repeat=repeat)
        self.sequencer.start()
        if tempo is not None:
            begin = self.frame
            self._clock = (begin + frame for frame in clocks(tempo, self.rate))
            self._next_clock = next(self._clock)

    def stop_sequence(self) -> None:
        """Stop the sequence; its keys are let go."""
        if self.sequencer is not None:
            self.sequencer.stop()
        self._next_clock = None

    def _press_for(self, key: int) -> None:
        self.note_on(min(max(key, 0), 127))

    def _within(self, key: int) -> int:
        if not self.limits:
            return key
        highest = HIGHEST_RECEIVED[self.synth]
        while key > highest:
            key -= 12
        while key < LOWEST_KEY:
            key += 12
        return key

    # --- Voices ----------------------------------------------------------------------------------------

    def _lanes(self, voice: int) -> tuple[int, ...]:
        return (voice, voice + GROUP) if settings.is_double(self._values) else (voice,)

    def _start(self, voice: int, key: int) -> None:
        state, values = self._state, self._values
        for lane in self._lanes(voice):
            number = 2 if lane != voice else 1
            interval = values["interval"] if number == 2 else 0
            pitch = chip.pitch_of(key, values[f"dco{number}_octave"], interval)
            state.lanes[DIVIDER, lane], state.lanes[BIT, lane] = chip.counting(pitch, limits=self.limits)
            state.envelopes[STAGE, lane], state.envelopes[WAITED, lane] = ATTACK, 0
        alone = len(self.keyboard.playing) == 1
        if alone or values["trigger"] != _SINGLE:
            state.envelopes[STAGE, FILTER_ENVELOPE], state.envelopes[WAITED, FILTER_ENVELOPE] = ATTACK, 0
        if alone:
            state.words[MG_WAIT] = firmware.mg_delay(values["mg_delay"])
        settings.track(state, values, key)

    def _stop(self, voice: int) -> None:
        envelopes = self._state.envelopes
        lanes = [*self._lanes(voice), *(() if self.keyboard.playing else (FILTER_ENVELOPE,))]
        for lane in lanes:
            if envelopes[STAGE, lane] != OFF:
                envelopes[STAGE, lane], envelopes[WAITED, lane] = RELEASE, 0

    def _busy(self, voice: int) -> bool:
        return any(self._state.envelopes[STAGE, lane] != OFF for lane in self._lanes(voice))

    # --- Sound -----------------------------------------------------------------------------------------

    @property
    def sounding(self) -> int:
        """Voices that sound."""
        voices = GROUP if settings.is_double(self._values) else LANES
        return sum(self._busy(voice) for voice in range(voices))

    @property
    def silent(self) -> bool:
        """Nothing sounds, nothing is to come: no key, no sequence, no echo."""
        running = self.sequencer is not None and self.sequencer.running
        patience = _QUIET * self.rate + (self._effect.longest if isinstance(self._effect, Echo) else 0)
        idle = not self.sounding and self._state.envelopes[STAGE, FILTER_ENVELOPE] == OFF
        return idle and not running and self._quiet > patience

    def render(self, frames: int) -> Samples:
        """The next ``frames``: float32, (frames, 2), full scale ±1 (may be passed)."""
        out = np.empty((frames, 2), np.float32)
        self.render_into(out)
        return out

    def render_into(self, out: Samples) -> None:
        """Fill ``out``, shape (n, 2), with the next frames."""
        place = 0
        while place < len(out):
            until = len(out)
            if self._next_clock is not None:
                while self._next_clock is not None and self._next_clock <= self.frame:
                    self._internal_clock()
                if self._next_clock is not None:
                    until = min(until, place + self._next_clock - self.frame)
            self._render_plain(out[place:until])
            place = until

    def _internal_clock(self) -> None:
        assert self.sequencer is not None
        self.sequencer.clock()
        self._next_clock = next(self._clock) if self.sequencer.running else None

    def _render_plain(self, out: Samples) -> None:
        place = 0
        while place < len(out):
            if self._given == self._tick_length:
                self._make_tick()
            count = min(len(out) - place, self._tick_length - self._given)
            out[place : place + count] = self._made[self._given : self._given + count]
            self._given += count
            place += count
            self.frame += count

    def _make_tick(self) -> None:
        begin = firmware.tick_frame(self._tick, self.rate)
        frames = firmware.tick_frame(self._tick + 1, self.rate) - begin
        state = self._state
        sound_tick(
            frames,
            state.envelopes,
            state.stages,
            state.lanes,
            state.words,
            state.whole,
            state.numbers,
            state.real,
            state.weights,
            state.loudness,
            self._wanted,
            state.standing,
            state.impulses,
            impulses(),
            state.mono,
        )
        self._effect.process(state.mono, frames, self._made, 0)
        peak = float(np.abs(self._made[:frames]).max())
        self._quiet = self._quiet + frames if peak < _SILENCE else 0
        self._tick += 1
        self._given, self._tick_length = 0, frames
