"""One instrument with a desk, a song, live keys, meters and a diary; sound comes in blocks of 256 frames.

What somebody plays or turns is heard from the next block on.  Nothing runs by itself: whoever wants sound
asks for blocks, and while nobody does, time stands still.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from luthier.audio.loudness import LoudnessMeter
from luthier.dsp.limiter import Limiter
from luthier.errors import InputError
from luthier.kn5000.parts import controls
from luthier.kn5000.parts.beside import DRUM_PART
from luthier.kn5000.playing.desk import DeskEngine, Strip
from luthier.kn5000.playing.diary import Diary, RegisterDiary
from luthier.kn5000.playing.meters import SILENT, Meters
from luthier.kn5000.playing.place import Place
from luthier.kn5000.rendering.performance import Performance, release
from luthier.kn5000.sounds.strike import SoundSet
from luthier.kn5000.transport.midi_messages import RingMessage
from luthier.midi.song import Song
from luthier.midi.song_events import SYSTEM_EXCLUSIVE

Samples = npt.NDArray[np.float32]
BLOCK: Final = 256
#: Seconds that the limiter looks ahead; as much later is everything heard.
LOOK_AHEAD: Final = 0.002
_CHANNELS: Final = 16
_NOTE_ON, _CONTROL, _PROGRAM = 0x90, 0xB0, 0xC0
_LOUD: Final = 100  #: a velocity
#: General MIDI 1: GM System On.
_GM_ON: Final = bytes([0xF0, 0x7E, 0x7F, 0x09, 0x01, 0xF7])


class Now(msgspec.Struct, frozen=True):
    """How things stand; levels in dBFS or LUFS, those of parts and voices since they were asked for last."""

    playing: bool
    seconds: float
    """Of the song, in its own time."""
    tempo: float
    """Quarter notes a minute."""
    over: bool
    parts: list[float]
    voices: list[tuple[int, int, float]]
    """Number, part and level of all that play."""
    sounding: int
    peak: float
    """The highest sample since it was asked for last."""
    momentary: float
    short_term: float


def recordings_of(song: Song, sounds: SoundSet) -> set[int]:
    """The recordings that a song will ask for, as far as its programs and banks tell."""
    programs, banks = [0] * _CHANNELS, [0] * _CHANNELS
    keys: set[tuple[int, int, int, int]] = set()
    events = song.events[song.events["status"] < SYSTEM_EXCLUSIVE]
    for status, data1, data2 in zip(
        *(events[name].tolist() for name in ("status", "data1", "data2")), strict=True
    ):
        kind, channel = status & 0xF0, status & 0x0F
        if kind == _PROGRAM:
            programs[channel] = data1
        elif kind == _CONTROL and data1 == controls.BANK:
            banks[channel] = data2
        elif kind == _NOTE_ON and data2:
            keys.add((channel, programs[channel], banks[channel], data1))
    return {
        strike.selector
        for channel, program, bank, key in keys
        for strike in sounds.sound(program, (bank, 0), drums=channel == DRUM_PART).strikes(key, _LOUD)
    }


class _Heard(DeskEngine):
    """An engine whose messages are written down."""

    diary: Diary | None = None

    def send(self, message: RingMessage) -> None:
        if self.diary is not None:
            self.diary.message(self.generator.time, message)
        super().send(message)


class Session:
    """A fresh instrument; ``sounds`` as for the engine."""

    def __init__(self, sounds: SoundSet | None = None) -> None:
        self._heard = _Heard(sounds)
        self.engine: DeskEngine = self._heard
        self.rate = self.engine.rate
        self.place: Place | None = None
        self.playing = False
        self._limiter = Limiter(self.rate, look_ahead=LOOK_AHEAD)
        self._limiter.process(np.zeros((self._limiter.latency, 2), np.float32))
        self._block = np.empty((BLOCK, 2), np.float32)
        self._meters = Meters()
        self._loudness = LoudnessMeter(self.rate)
        self._peak = 0.0

    # The song

    def open(self, song: Song) -> Place:
        """Put a song in, at its beginning."""
        place = Place(Performance(song), self.rate)
        if self.place is not None:
            place.set_speed(self.place.speed)
        self.playing = False
        self.place = place
        self.engine.generator.prepare(recordings_of(song, self.engine.sounds))
        self.go(0.0)
        return place

    def play(self) -> None:
        """Play on from where it is; from the beginning, if it is over."""
        place = self._placed()
        self.go(0.0 if place.over else place.seconds)
        self.playing = True
        self._loudness = LoudnessMeter(self.rate)

    def pause(self) -> None:
        """Stop there, and let all keys and pedals go."""
        self.playing = False
        for message in release():
            self.engine.receive(message)

    def go(self, seconds: float) -> None:
        """Go to a place of the song; what sounds ends."""
        messages = self._placed().go(seconds)
        self.engine.voices.silence()
        self.engine.receive(_GM_ON)
        for message in messages:
            self.engine.receive(message)

    def _placed(self) -> Place:
        if self.place is None:
            raise InputError("there is no song to play", remedy="open one")
        return self.place

    # Sound

    def block(self) -> Samples:
        """The next 256 frames, float32 (256, 2), limited to -1 dBFS."""
        done = 0
        if self.playing and self.place is not None:
            for frame, message in self.place.pass_by(BLOCK):
                if frame > done:
                    self.engine.render_later(self._block[done:frame])
                    done = frame
                self.engine.receive(message)
            self.playing = not self.place.over
        self.engine.render_later(self._block[done:])
        self.engine.settle()
        self._meters.look(self.engine.generator, self.engine.voices.playing)
        out = self._limiter.process(self._block)
        self._loudness.add(out)
        self._peak = max(self._peak, float(np.abs(out).max()))
        return out

    # What is seen

    def watch(self, *, on: bool = True) -> None:
        """Write a diary from now on, or none; it makes many notes at once cost more."""
        if on and self._heard.diary is None:
            self._heard.diary = Diary()
            self.engine.generator.log = RegisterDiary(self._heard.diary)
        elif not on:
            self._heard.diary = None
            self.engine.generator.log = None

    @property
    def diary(self) -> Diary | None:
        """What happened, if it is written down; what is in the slots now is written first."""
        found = self._heard.diary
        if found is not None:
            found.effects(self.engine.generator.time, self.engine.effects)
        return found

    def strips(self, count: int = 16) -> list[Strip]:
        """The desk: the first parts, those that MIDI channels lead to at first."""
        return [self.engine.strip(part) for part in range(count)]

    def now(self) -> Now:
        """How things stand."""
        parts, voices = self._meters.read()
        momentary, short_term = (max(level, SILENT) for level in self._loudness.now())
        peak, self._peak = self._peak, 0.0
        place = self.place
        active = set(self.engine.generator.active)
        return Now(
            self.playing,
            round(place.seconds, 3) if place else 0.0,
            round(place.tempo, 2) if place else 0.0,
            place.over if place else False,
            parts[:16],
            [
                (one.number, one.part, voices[one.number])
                for one in self.engine.voices.playing
                if one.number in active
            ],
            len(active),
            round(20 * float(np.log10(peak)), 1) if peak > 1e-6 else SILENT,
            round(momentary, 1),
            round(short_term, 1),
        )
