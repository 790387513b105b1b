"""A voice that a page plays: what the page sends goes in, frames come out up to where the page asks.

The page's sound card is the only clock.  The page asks for frames up to a place in the sound, a little ahead
of what it hears; nothing is made before that, so nothing piles up, and a page that sleeps costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from luthier.dsp.limiter import Limiter
from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_program
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.poly800.voice.reception import Reception
from luthier.poly800.voice.voice import Voice
from luthier.web.sounds import Asked

#: Hz that a page's sound card may have.
SLOWEST: Final = 8_000
FASTEST: Final = 192_000
#: Frames of one message to the page.
BLOCK: Final = 256
#: Seconds that may be asked for at once: the most that can wait anywhere.
MOST_AHEAD: Final = 0.5
#: Seconds that the limiter looks ahead; as much later is everything heard.
LOOK_AHEAD: Final = 0.002


class LiveVoice:
    """One voice for one page; ``rate`` in Hz; ``open_bank`` finds the bank that a page names."""

    def __init__(self, rate: int, open_bank: Callable[[str], Bank] | None = None) -> None:
        if not SLOWEST <= rate <= FASTEST:
            raise InputError(f"a sampling rate of {rate}", remedy=f"give {SLOWEST} to {FASTEST}")
        self.rate = rate
        self._open_bank = open_bank
        self._memory: Bank | None = None
        self.sent = 0
        """Frames given so far."""
        self._wanted = 0
        self._limiter = Limiter(rate, look_ahead=LOOK_AHEAD)
        self._limiter.process(np.zeros((self._limiter.latency, 2), np.float32))
        self._build(Synth.POLY800, initial_program(Synth.POLY800))

    def _build(self, synth: Synth, program: Program) -> None:
        self._voice = Voice(program, synth=synth, rate=self.rate)
        self._voice.memory = self._memory
        self._reception = Reception(self._voice, program_change=False)

    @property
    def sounding(self) -> int:
        """Voices that sound."""
        return self._voice.sounding

    @property
    def step(self) -> int:
        """The step of the sequence that sounds, from 1 on; 0 if none plays."""
        return self._voice.sequencer.place if self._voice.sequencer is not None else 0

    def midi(self, message: bytes) -> None:
        """Take a MIDI message; what is none is ignored."""
        self._reception.receive(message)

    def take(self, asked: Asked) -> None:
        """Do what a page says; raises InputError for a program that is none, and for an empty memory."""
        if asked.sound is not None:
            program = asked.sound.program()
            synth = asked.synth or program.family
            if program.family is not (Synth.MK2 if synth is Synth.MK2 else Synth.POLY800):
                raise InputError(f"this is no program of the {synth.title}", remedy="convert it first")
            if synth is not self._voice.synth:
                self._build(synth, program)
            else:
                self._voice.play(program)
        if asked.bank is not None and self._open_bank is not None:
            self._memory = self._voice.memory = self._open_bank(asked.bank)
        if asked.hold is not None:
            self._voice.hold(asked.hold)
        if asked.chord is not None:
            self._voice.chord(asked.chord)
        if asked.sequence:
            self._voice.play_sequence(asked.tempo)
        elif asked.sequence is not None or asked.quiet:
            self._voice.stop_sequence()
        if asked.quiet:
            self._voice.hold(False)
            self._voice.all_notes_off()
        if asked.want is not None:
            self._wanted = min(max(asked.want, self._wanted), self.sent + round(MOST_AHEAD * self.rate))

    def blocks(self) -> Iterator[bytes | int]:
        """The sound up to where it is wanted: float32, left and right in turn; or frames of silence."""
        while self.sent < self._wanted:
            frames = min(BLOCK, self._wanted - self.sent)
            block = self._limiter.process(self._voice.render(frames))
            self.sent += frames
            yield block.astype("<f4", copy=False).tobytes() if block.any() else frames
