"""The audio subsystem as one instrument: messages in, stereo sound out.

    messages ──► latch ──► ring ──► main loop ──► parts ──► voices ──► tone generator ──► effects ──► sound

The main loop keeps the order of the program (audio-subsystem page, "Main Loop"): keys of the keybed, one
message of the MIDI ring, the messages of the DSP ring, the rest.  It runs until nothing waits, and no sound
time passes meanwhile (modelled: on the machine a round takes time).

Rendering lets time pass.  What is sent takes effect at the next sample; nothing depends on the sizes of the
blocks that are rendered.

Effects are quickest with long blocks, and songs cut time into short ones.  So what the generator makes may
wait for them (:meth:`Engine.render_later`) until there is much of it or an effect is about to be changed.

>>> from luthier.kn5000.engine import Engine
>>> engine = Engine()
>>> engine.note_on(part=0, note=60, velocity=100)
>>> engine.render(4410).shape
(4410, 2)

Open questions
- How many messages the machine takes in a second.
- How much of what the effects give the machine adds to the dry sound; here all of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.kn5000.effects import Contents, Rack
from luthier.kn5000.effects.rack import copy
from luthier.kn5000.parts import Change, Parts
from luthier.kn5000.reception.reception import Reception
from luthier.kn5000.reception.settings import Settings
from luthier.kn5000.sounds.built_in import BuiltInSounds
from luthier.kn5000.sounds.strike import SoundSet
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.registers import initialisation
from luthier.kn5000.transport import dispatch, midi_messages
from luthier.kn5000.transport.controllers import PART_COUNT
from luthier.kn5000.transport.delivery import deliver
from luthier.kn5000.transport.dsp_loop import Processed
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage
from luthier.kn5000.transport.receiver import Receiver
from luthier.kn5000.voices.keyboard import Keyboard
from luthier.kn5000.voices.voices import Voices

#: No piece is rendered longer than this at once.
_LONGEST_PIECE = 4096
#: As many frames wait for the effects at most.
_LONGEST_WAIT = 8192
_OUTPUTS = 6


@dataclass(frozen=True)
class Statistics:
    """What was played so far."""

    notes: int
    """Keys struck that had a sound."""
    stolen: int
    """Voices that were taken from a sound before its end."""
    peak_polyphony: int
    """Most voices at once."""
    unsupported: Counter[str]
    """What was asked for and not done."""
    effects: list[Contents] = field(default_factory=list)
    """What is in the slots."""
    overridden: Counter[str] = field(default_factory=Counter)
    """What messages wanted in slots that were held."""


class Engine:
    """26 parts, 64 voices, five effect slots; at power on.

    ``sounds`` are the built-in ones unless others are given; ``log`` keeps every register write, in
    ``generator.log``.
    """

    #: Frames a second.
    rate = laws.RATE

    def __init__(
        self,
        sounds: SoundSet | None = None,
        *,
        effects: Rack | None = None,
        log: bool = False,
    ) -> None:
        self.sounds: SoundSet = sounds or BuiltInSounds()
        self.generator = ToneGenerator(self.sounds.recordings, log=log)
        #: The effects: ``engine.effects.choose("reverb", "PLATE REVERB 1")``.
        self.effects = effects or Rack()
        self.effects.about_to_change = self.settle
        self.receiver = Receiver()
        self._unsupported: Counter[str] = Counter()
        self.parts = Parts(self.receiver.ram, self.sounds, self._unsupported)
        self.voices = Voices(self.receiver.ram, self.parts, self.generator)
        #: The path of the keys, from the generator's port to the main CPU.
        self.keyboard = Keyboard(self.receiver.ram, self.generator)
        #: What system exclusive messages set.
        self.settings = Settings(self.parts, self.voices, self.effects)
        self.reception = Reception(self, self._unsupported)
        self._lanes = np.zeros((_LONGEST_WAIT, _OUTPUTS), np.float32)
        self._mix = np.zeros((_LONGEST_WAIT, 2), np.float32)
        #: What waits for the effects: where it goes, in order, and how many frames it is in all.
        self._waiting: list[NDArray[np.float32]] = []
        self._waits = 0
        self.generator.write_all(initialisation())

    # Messages

    def note_on(self, part: int, note: int, velocity: int) -> None:
        """Strike a key 0 to 127 of a part 0 to 25; velocity 0 lets it go."""
        self.send(
            midi_messages.note(_part(part), _seven_bits(note, "note"), _seven_bits(velocity, "velocity"))
        )

    def note_off(self, part: int, note: int) -> None:
        """Let a key go."""
        self.note_on(part, note, 0)

    def control(self, part: int, number: int, value: int) -> None:
        """A control change: 0 to 127 as in MIDI, 0x91 to 0x9D the machine's own."""
        self.send(midi_messages.control(_part(part), number & 0xFF, _seven_bits(value, "value")))

    def program(self, part: int, number: int, bank: tuple[int, int] | None = None) -> None:
        """A program 0 to 127, of a bank as controllers 0 and 32 name it or of the bank chosen before."""
        if bank is not None:
            self.control(part, 0, bank[0])
            self.control(part, 32, bank[1])
        self.send(midi_messages.program(_part(part), _seven_bits(number, "program")))

    def bend(self, part: int, value: int) -> None:
        """The pitch bend wheel, 0 to 16383, 8192 in the middle."""
        if not 0 <= value < 0x4000:
            raise InputError(f"pitch bend {value}", remedy="Give 0 to 16383.")
        self.send(midi_messages.pitch_bend(_part(part), value))

    def pressure(self, part: int, value: int) -> None:
        """How hard the keys of a part are held down, 0 to 127."""
        message = bytes([midi_messages.PRESSURE, _part(part), 0, _seven_bits(value, "pressure")])
        self.send(RingMessage(message))

    def receive(self, message: bytes) -> None:
        """A whole message as it comes through a MIDI cable, 16 channels to the first 16 parts."""
        self.reception.receive(message)

    def send(self, message: RingMessage) -> None:
        """A message as the main CPU sends it to the sub CPU."""
        if deliver(self.receiver, message):
            self.keyboard.process(self.receiver)
            self._act(message)
        else:
            self.feed(Packet(dispatch.MIDI, message.encoded).encoded)

    def feed(self, data: bytes) -> None:
        """Bytes as the main CPU writes them to the latch: whole packets, or parts of them."""
        self.receiver.feed(data)
        self.run()

    def run(self) -> None:
        """The main loop, until nothing waits in the keybed and the MIDI ring."""
        while True:
            self.keyboard.process(self.receiver)
            done = self.receiver.main_loop()
            message = done.midi.message
            if done.dsp:
                self._configure(done.dsp)
            if message is not None:
                self._act(message)
            if self.receiver.midi_ring.count == 0:
                return

    def _configure(self, processed: list[Processed]) -> None:
        """Messages of the DSP ring."""
        from luthier.kn5000.effects import configuration  # songs do without the panel and its laws

        self._unsupported.update(configuration.follow(self.effects, self.receiver.ram, processed))

    def _act(self, message: RingMessage) -> None:
        kind, data = message.kind, message.encoded
        part, first, second = data[1], data[2], data[3]
        if kind == midi_messages.SYSTEM:
            self._follow(self.parts.system(first, second))
            return
        if part >= PART_COUNT or kind == midi_messages.VOICE:
            return  # the auxiliary voices, rejected channels, and messages whose meaning is unknown
        change = Change.NONE
        if kind == midi_messages.NOTE:
            if second:
                self.voices.note_on(part, first, second)
            else:
                self.voices.note_off(part, first)
            return
        if kind == midi_messages.CONTROL:
            change = self.parts.control(part, first, second)
        elif kind == midi_messages.PROGRAM:
            change = self.parts.program(part, first)
        elif kind == midi_messages.PRESSURE:
            change = self.parts.pressure(part, second)
        elif kind == midi_messages.BEND:
            change = self.parts.bend(part, second << 7 | first)
        self.voices.update(part, change)

    def _follow(self, change: Change) -> None:
        if change:
            for part in range(PART_COUNT):
                self.voices.update(part, change)

    # Sound

    def render(self, frames: int) -> NDArray[np.float32]:
        """The next ``frames`` samples, float32 (frames, 2), left and right, at 44,100 Hz; 0 dB is 1.

        Loud music goes beyond 1: nothing is limited here.
        """
        out = np.empty((frames, 2), np.float32)
        self.render_into(out)
        return out

    def render_into(self, out: NDArray[np.float32]) -> None:
        """The same into a contiguous float32 array (frames, 2)."""
        self.render_later(out)
        self.settle()

    def render_later(self, out: NDArray[np.float32]) -> None:
        """The same, but ``out`` is there only after :meth:`settle`; until then it must not be used."""
        done = 0
        while done < len(out):
            now, tick = self.generator.time, self.voices.next_tick
            count = min(len(out) - done, _LONGEST_PIECE, _LONGEST_WAIT - self._waits)
            if tick is not None:
                count = min(count, tick - now)
            self.generator.render_into(self._lanes[self._waits : self._waits + count])
            self._waiting.append(out[done : done + count])
            self._waits += count
            done += count
            if self._waits == _LONGEST_WAIT:
                self.settle()
            if now + count == tick:
                self.voices.tick()

    def settle(self) -> None:
        """Take what waits through the effects."""
        if not self._waits:
            return
        waiting, lanes, mix = self._waiting, self._lanes[: self._waits], self._mix[: self._waits]
        self._waiting, self._waits = [], 0
        copy(lanes[:, 0:2], mix)
        self.effects.process(lanes[:, 2:4], lanes[:, 4:6], mix)
        done = 0
        for out in waiting:
            out[:] = mix[done : done + len(out)]
            done += len(out)

    @property
    def sounding(self) -> int:
        """Voices that sound now."""
        return self.generator.sounding

    @property
    def silent(self) -> bool:
        """Nothing sounds, and the effects have died away."""
        if self.sounding:
            return False
        self.settle()
        return self.effects.silent

    @property
    def muted(self) -> set[int]:
        """Parts that play without being heard; change the set before their notes begin."""
        return self.voices.muted

    def insert(self, part: int, *, through: bool = True) -> None:
        """Lead a part through the effect of slot 0 alone, instead of sending to it; or no longer.

        Modelled: that the machine leads voices to its effects by words of their own is known, the words are
        not.  REV SEND of the effect says what goes on to the reverb.
        """
        if through:
            self.parts.inserted.add(_part(part))
        else:
            self.parts.inserted.discard(_part(part))
        self.voices.update(part, Change.SENDS)

    @property
    def statistics(self) -> Statistics:
        """What was played so far."""
        played = self.voices.statistics
        return Statistics(
            played.notes,
            played.stolen,
            played.peak,
            self._unsupported.copy(),
            self.effects.contents(),
            self.effects.overridden.copy(),
        )


def _part(number: int) -> int:
    if not 0 <= number < PART_COUNT:
        raise InputError(f"part {number}", remedy=f"Parts are 0 to {PART_COUNT - 1}.")
    return number


def _seven_bits(value: int, name: str) -> int:
    if not 0 <= value <= 0x7F:
        raise InputError(f"{name} {value}", remedy="Give 0 to 127.")
    return value
