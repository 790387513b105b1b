"""The voice: a bank, a program, keys and controls go in, stereo sound comes out.

Nothing is heard before the tick after it was played (5.3 ms apart), and everything HALF frames later than it
happens in the chip, which its band limit takes.
"""

from __future__ import annotations

import math

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
from luthier.poly800.voice.sequencer import Clock, Sequencer
from luthier.poly800.voice.state import (
    BEND,
    DCO_DEPTH,
    FILTER_ENVELOPE,
    LANES,
    OFF,
    RATE,
    STAGE,
    UNITS_PER_FRAME,
    VCF_DEPTH,
    VOLUME,
    WANTED_VOLUME,
    Samples,
    State,
)
from luthier.poly800.voice.steps import impulses
from luthier.poly800.voice.ticks import sound_tick
from luthier.poly800.voice.voices import Voices

SLOWEST, FASTEST = 8_000, 384_000
#: The highest key that is received without folding: EX-800 96 (taken for the Poly-800 too), MkII 84.
HIGHEST_RECEIVED = {Synth.POLY800: 96, Synth.EX800: 96, Synth.MK2: HIGHEST_KEY}
_SINGLE = 1
#: What counts as silence: -100 dBFS for a twentieth of a second.
_SILENCE, _QUIET = 1e-5, 0.05


class Voice:
    """One Poly-800.

    ``source`` is a bank, or a single program; without, the built-in bank.  ``synth`` plays it, its own unless
    given: the MkII has equaliser and delay, the others the chorus.  ``limits``: keys outside the machine's
    range are folded into it by octaves, bends and controllers are as coarse as there; without, all 128 keys
    sound where they are.  ``rate``: 8,000 to 384,000 Hz.  Values of a program that are out of range are
    played as the nearest allowed, and told in ``warnings``.
    """

    def __init__(
        self,
        source: Bank | Program | None = None,
        *,
        number: int = 11,
        synth: Synth | None = None,
        rate: int = 44_100,
        limits: bool = True,
    ) -> None:
        if not SLOWEST <= rate <= FASTEST or rate != int(rate):
            raise InputError(f"a sampling rate of {rate:g} Hz", remedy=f"give {SLOWEST} to {FASTEST}")
        self.rate = int(rate)
        self.limits = limits
        played = built_in_bank() if source is None else source
        self.bank = played if isinstance(played, Bank) else None
        self._program = played if isinstance(played, Program) else None
        self.memory = self.bank
        """The bank whose chord and sequence are played."""
        self.synth = synth or (played.synth if isinstance(played, Bank) else played.family)
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
        self._voices = Voices(state, limits=limits)
        self.keyboard = Keyboard(self._voices)
        self.sequencer: Sequencer | None = None
        self._clock = Clock()
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
        self._play(program, f"program {number}: " if self.bank else "")

    def play(self, program: Program) -> None:
        """Play this program from now on, instead of the bank's: one that is being edited.

        Keys that are down go on with it, their pitch too, but for a change of mode (modelled).
        """
        self.bank, self._program = None, program
        self._play(program, "")
        self._voices.retune()

    def _play(self, program: Program, where: str) -> None:
        values, warnings = settings.clamped(program)
        for warning in warnings:
            if where + warning not in self.warnings:
                self.warnings.append(where + warning)
        if not self._voices.same_mode(values):
            self.keyboard.all_off()
            self._voices.load(values)
            self.keyboard.resize(self._voices.count)
        self._voices.load(values)
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
        self._state.real[BEND] = _within(amount, -1.0, 1.0) * laws.BEND_CENTS

    def modulate(self, *, oscillators: int | None = None, cutoff: int | None = None) -> None:
        """The joystick up or down, 0 to 15: more MG on the oscillators or the cutoff."""
        for row, value in ((DCO_DEPTH, oscillators), (VCF_DEPTH, cutoff)):
            if value is not None:
                depth = min(max(int(value), 0), 15)
                self._state.whole[row] = self._state.whole[row] & 15 | depth << 4

    def volume(self, amount: float) -> None:
        """Loudness, 0 to 1; even steps (modelled)."""
        self._state.real[WANTED_VOLUME] = _within(amount, 0.0, 1.0)

    def hold(self, on: bool) -> None:
        """The key HOLD."""
        self.keyboard.hold(on)

    def chord(self, on: bool) -> None:
        """The key CHORD: each key plays the bank's chord; raises InputError if the bank has none."""
        if not on:
            self.keyboard.chord(())
            return
        codes = chord_memory.decode(self.memory.chord).codes if self.memory else ()
        if not codes:
            raise InputError("the chord memory is empty", remedy="play the keys of the chord")
        self.keyboard.chord(sorted({code - min(codes) for code in codes}))

    def play_sequence(self, tempo: float | None = 120.0, *, repeat: bool | None = None) -> None:
        """Start the bank's sequence; ``tempo`` None: MIDI clocks move it on.

        ``repeat``: as the bank has it (MkII) unless given.  Raises InputError if there is nothing to play.
        """
        sequence = decode(self.memory.sequence) if self.memory else None
        if sequence is None or not sequence.steps:
            raise InputError("the sequence is empty", remedy="give --notes or --midi")
        if tempo is not None and not 4 <= tempo <= 999:
            raise InputError(f"a tempo of {tempo:g}", remedy="give 4 to 999 quarter notes a minute")
        if repeat is None:
            repeat = self.memory is not None and self.memory.globals.get("sequence_mode") == 2
        self.stop_sequence()
        self.sequencer = Sequencer(sequence, self._press_for, self.note_off, repeat=repeat)
        self.sequencer.start()
        if tempo is not None:
            self._clock.start(self.frame, tempo, self.rate)

    def stop_sequence(self) -> None:
        """Stop the sequence; its keys are let go."""
        if self.sequencer is not None:
            self.sequencer.stop()
        self._clock.stop()

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

    # --- Sound -----------------------------------------------------------------------------------------

    @property
    def sounding(self) -> int:
        """Voices that sound."""
        return sum(self._voices.busy(voice) for voice in range(self._voices.count))

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
            while self._clock.due(self.frame):
                self._internal_clock()
            until = min(len(out), place + self._clock.frames_from(self.frame))
            self._render_plain(out[place:until])
            place = until

    def _internal_clock(self) -> None:
        assert self.sequencer is not None
        self.sequencer.clock()
        self._clock.tick()
        if not self.sequencer.running:
            self._clock.stop()

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


def _within(amount: float, lowest: float, highest: float) -> float:
    """The nearest amount in range; raises InputError for what is no number."""
    if math.isnan(amount):
        raise InputError("a control that is no number", remedy=f"give {lowest:g} to {highest:g}")
    return min(max(amount, lowest), highest)
