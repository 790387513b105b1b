"""Notes, pedals, bends and controllers as register writes for 64 voices.

A stroke takes one voice for each layer of its sound, by the firmware's allocator, and is written as the
firmware does: mute, the burst of 23, the key word behind it (listing, 0x02C8E4).  Key up lets go of the
oldest stroke of that key on that part, so a key struck twice sounds twice (listing, 0x022691).  A pedal
holds what is let go, but for the allocator the key is up (listing, 0x022691 and 0x02CD71: the class changes
before the pedal is asked).

Modelled

* a key that comes up within 10 ms of its stroke sounds for 10 ms: songs have notes without length, and the
  machine's gate would be over before it is heard
* letting go falls in decibels, 60 in the strike's release; silencing by an exclusive group takes 30 ms
* drums that ring to their end keep the class of a key that is down, so that they are not the first to go
* sostenuto and mono mode: the listing's handlers are known for where they store only; a mono part goes back
  to the key still held below
* portamento goes in a straight line of semitones, in steps of 256 frames
* voices that fell silent are looked for when one is struck, at most every 4,096 frames, or every 1,024 while
  none is free; the machine looks at 16 of them at every eighth tick

Open questions
- What the pedal does to the envelope (the routine at 0x02CD71 stages other segments); here it goes on as with
  the key down.
- The soft pedal: no handler is known to be it; see words.py.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

import numpy as np

from luthier.errors import InputError
from luthier.kn5000.parts.state import Change, PartState
from luthier.kn5000.sounds.strike import Sound
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.registers import LEVELS, VOICES, Write, free
from luthier.kn5000.transport.controllers import PART_COUNT
from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import records
from luthier.kn5000.voices.nodes import Nodes
from luthier.kn5000.voices.sounding import STILL, Glide, Sounding, following
from luthier.kn5000.voices.strokes import Key, Strokes

#: Frames between two calls of :meth:`Voices.tick`.
TICK: Final = 256
#: Frames between two looks for silent voices; the second while none is free.
LOOK, LOOK_WHEN_FULL = 4096, 1024
#: Frames that a stroke lasts at least: 10 ms.
SHORTEST: Final = laws.RATE // 100
#: Seconds in which an exclusive group, or the next key of a mono part, silences a voice.
CHOKE: Final = 0.030
#: A choke falls by all that an envelope can fall; releases are counted for 60 dB.
_CHOKE_RELEASE: Final = CHOKE * 60 / 96
_KEYS: Final = 128
_EVERYTHING = (
    Change.LEVEL
    | Change.PAN
    | Change.SENDS
    | Change.PITCH
    | Change.MODULATION
    | Change.SUSTAIN
    | Change.SOSTENUTO
    | Change.FILTER
    | Change.TONE
).value
# Changes as numbers: flags are slow, and songs have thousands of controllers.
_MODULATION = Change.MODULATION.value
_SILENCES, _LETS_GO, _RESET = (
    change.value for change in (Change.ALL_SOUND_OFF, Change.ALL_NOTES_OFF, Change.RESET)
)
_ENDS = _SILENCES | _LETS_GO
_PEDALS = (Change.SUSTAIN | Change.SOSTENUTO).value
_MOVES = (Change.PITCH | Change.MODULATION).value
_number = attrgetter("number")


class Parts(Protocol):
    """What voices ask of the parts."""

    def sound(self, part: int) -> Sound:
        """The program of a part."""

    def state(self, part: int) -> PartState:
        """Everything else; the same object until it changes."""

    def portamento_taken(self, part: int) -> None:
        """``portamento_from`` has been used."""


@dataclass
class Statistics:
    """What has been played."""

    notes: int = 0
    """Strokes."""
    voices: int = 0
    """Voices that strokes got."""
    stolen: int = 0
    """Of these, taken from a stroke that still sounded."""
    refused: int = 0
    """Layers that got none."""
    peak: int = 0
    """The most voices at once."""


class Playing(NamedTuple):
    """A voice that plays."""

    number: int
    part: int
    note: int
    down: bool
    """Its key is."""


class Voices:
    """The only one that writes to the tone generator.

    Frames are the generator's own time; what is asked takes effect before the next frame that it renders.
    """

    def __init__(
        self, ram: SubRam, parts: Parts, generator: ToneGenerator, *, sixteen_pools: bool = True
    ) -> None:
        self.ram = ram
        self.nodes = Nodes(ram, sixteen_pools=sixteen_pools)
        self.statistics = Statistics()
        #: Parts whose voices are allocated but silent.
        self.muted: set[int] = set()
        self._parts = parts
        self._generator = generator
        self._strokes = Strokes(ram, generator.recordings)
        self._voices = [Sounding(number) for number in range(VOICES)]
        #: Voices that play, of each part.
        self._playing: list[list[Sounding]] = [[] for _ in range(PART_COUNT)]
        #: Voices that move by themselves, and the frame at which they do next.
        self._moving: dict[int, int] = {}
        self._glides: dict[int, tuple[int, Glide]] = {}
        self._mono_keys: dict[int, list[tuple[int, int]]] = {}
        #: Parts whose sostenuto pedal is down.
        self._sostenuto: set[int] = set()
        self._looked = -LOOK

    # Notes

    def note_on(self, part: int, note: int, velocity: int) -> None:
        """Strike a key; velocity 0 lets go of it."""
        _check(part, note, velocity)
        if velocity == 0:
            self.note_off(part, note)
            return
        state = self._parts.state(part)
        self._look()
        if state.mono and not state.drums:
            self._let_go_of_keys(part, state)
            held = self._mono_keys.setdefault(part, [])
            held[:] = [key for key in held if key[0] != note] + [(note, velocity)]
        self._strike(part, note, velocity, state)

    def note_off(self, part: int, note: int) -> None:
        """Let go of the oldest stroke of a key."""
        _check(part, note, 0)
        state = self._parts.state(part)
        held = self._mono_keys.get(part)
        last = held[-1] if held else None
        if held:
            held[:] = [key for key in held if key[0] != note]
        self._lift(self.nodes.key_up(part, note, self._level), state)
        if held and last and last[0] == note and state.mono:
            self._strike(part, *held[-1], state)

    def _strike(self, part: int, note: int, velocity: int, state: PartState) -> None:
        strikes = self._parts.sound(part).strikes(note, velocity)
        if not strikes:
            return
        self.statistics.notes += 1
        self._choke({strike.group for strike in strikes if strike.group}, part)
        glide, time = self._glide(part, note, state), self._generator.time
        key = Key(part, note, velocity, state, glide, time, part not in self.muted)
        self.nodes.begin_stroke()
        for layer, strike in enumerate(strikes):
            prepared = self._strokes.prepare(key, strike)
            found = self.nodes.allocate(part, note, layer, rings=prepared.rings)
            if found is None:
                self.statistics.refused += 1
                continue
            number, taken = found
            self.statistics.voices += 1
            self.statistics.stolen += taken
            voice = self._voices[number]
            self._leave(voice)
            burst, writes = self._strokes.begin(voice, key, layer, prepared)
            self._generator.write_burst(*burst)
            self._generator.write_all(writes)
            self._enter(voice)
            self._schedule(voice, state)
        self.statistics.peak = max(self.statistics.peak, self.nodes.used)

    def _glide(self, part: int, note: int, state: PartState) -> Glide:
        time, glide = self._generator.time, STILL
        if state.portamento > 0 and not state.drums:
            start: float | None = state.portamento_from
            if start is None and part in self._glides:
                key, before = self._glides[part]
                start = key + before.at(time)
            if start is not None:
                glide = Glide(start - note, time, max(round(state.portamento * laws.RATE), 1))
        if state.portamento_from is not None:
            self._parts.portamento_taken(part)
        self._glides[part] = note, glide
        return glide

    # Letting go

    def _lift(self, numbers: Iterable[int], state: PartState) -> None:
        """Keys came up; pedals may hold."""
        for number in numbers:
            voice = self._voices[number]
            voice.down = False
            records.key_up(self.ram, number)
            if not _is_held(voice, state):
                self._let_go(voice)

    def _let_go_of_keys(self, part: int, state: PartState) -> None:
        """The next key of a mono part is struck."""
        for number in self.nodes.key_up(part, None, self._level):
            self._lift([number], state)
            if not self._voices[number].rings:
                self._let_go(self._voices[number], _CHOKE_RELEASE)

    def _let_go(self, voice: Sounding, release: float | None = None) -> None:
        """Begin the release, or once more with another time; not before the stroke's shortest length."""
        if voice.let_go and (release is None or release >= voice.release):
            return
        if release is not None:
            voice.release = min(release, voice.release)
        voice.let_go = True
        if self._generator.time - voice.struck < SHORTEST:
            voice.due = voice.struck + SHORTEST
            self._schedule(voice, self._parts.state(voice.part))
        else:
            self._end(voice)

    def _end(self, voice: Sounding) -> None:
        voice.due = None
        self._generator.write_all(voice.released(self._level(voice.number)))

    def _choke(self, groups: set[int], part: int) -> None:
        if groups:
            for voice in self._playing[part]:
                assert voice.prepared is not None
                if voice.prepared.strike.group in groups:
                    self._let_go(voice, _CHOKE_RELEASE)

    def _silence(self, voices: Iterable[Sounding]) -> None:
        for voice in list(voices):
            self._leave(voice)
            voice.down = False
            self._moving.pop(voice.number, None)
            self.nodes.retire(voice.number)
            self._generator.write_all(free(voice.number))

    def silence(self) -> None:
        """End all voices at once."""
        self._mono_keys.clear()
        self._silence(voice for voice in self._voices if voice.alive)

    # Changes

    def update(self, part: int, change: Change) -> None:
        """Bring the voices of a part up to date after its state changed."""
        bits = change.value
        if not bits:
            return
        state = self._parts.state(part)
        if bits & _ENDS:
            self._mono_keys.pop(part, None)
            if bits & _SILENCES:
                self._silence(self._playing[part])
            if bits & _LETS_GO:
                self._lift(self.nodes.key_up(part, None, self._level), state)
        if bits & _RESET:
            bits |= _EVERYTHING
        pressed = state.sostenuto and part not in self._sostenuto
        if bits & _PEDALS:
            (self._sostenuto.add if state.sostenuto else self._sostenuto.discard)(part)
        writes: list[Write] = []
        for voice in self._playing[part]:
            self._follow(voice, state, bits, writes)
            if bits & _PEDALS:
                self._generator.write_all(writes)
                writes = []
                self._pedals(voice, state, pressed=pressed)
            if bits & _MODULATION and (voice.swells or voice.number in self._moving):
                self._schedule(voice, state)
        self._generator.write_all(writes)

    def _pedals(self, voice: Sounding, state: PartState, *, pressed: bool) -> None:
        """``pressed``: the sostenuto pedal has just gone down."""
        voice.marked = state.sostenuto and (voice.marked or (pressed and voice.down))
        if not (voice.down or voice.let_go or _is_held(voice, state)):
            self._let_go(voice)

    # Time

    @property
    def ticking(self) -> bool:
        """Whether :meth:`tick` has something to do."""
        return bool(self._moving)

    @property
    def next_tick(self) -> int | None:
        """The frame, a multiple of 256 and later than now, at which :meth:`tick` has something to do."""
        if not self._moving:
            return None
        soonest = max(min(self._moving.values()), self._generator.time + 1)
        return -(-soonest // TICK) * TICK

    def tick(self) -> None:
        """Move what glides, swells or waits to be let go; every 256 frames of the generator's time."""
        time = self._generator.time
        for number in [number for number, wake in self._moving.items() if wake <= time]:
            voice = self._voices[number]
            state = self._parts.state(voice.part)
            if voice.due is not None and time >= voice.due:
                self._end(voice)
            writes: list[Write] = []
            self._follow(voice, state, _MOVES, writes)
            self._generator.write_all(writes)
            self._schedule(voice, state)

    def _follow(self, voice: Sounding, state: PartState, bits: int, writes: list[Write]) -> None:
        before, time = voice.pitch_word, self._generator.time
        for follow in following(bits):
            follow(voice, state, time, writes)
        if voice.pitch_word != before:
            records.set_detuned_pitch(self.ram, voice.number, voice.pitch_word)

    def _schedule(self, voice: Sounding, state: PartState) -> None:
        wake = voice.wake(state, self._generator.time)
        if wake is None:
            self._moving.pop(voice.number, None)
        else:
            self._moving[voice.number] = wake

    def mute(self, parts: set[int]) -> None:
        """Mute these parts and no others: voices that sound too, which go on unheard."""
        self.muted.clear()
        self.muted.update(parts)
        writes: list[Write] = []
        for voice in self._voices:
            heard = voice.part not in parts
            if voice.alive and voice.heard != heard:
                voice.heard = heard
                voice.follow_level(self._parts.state(voice.part), self._generator.time, writes)
        self._generator.write_all(writes)

    @property
    def playing(self) -> list[Playing]:
        """Which voices play for which part, by their numbers."""
        return [
            Playing(voice.number, voice.part, voice.note, voice.down) for voice in self._voices if voice.alive
        ]

    @property
    def sounding(self) -> int:
        """How many voices sound."""
        return self._generator.sounding

    def _look(self) -> None:
        """Give back the voices that fell silent."""
        time = self._generator.time
        since = time - self._looked
        if since < LOOK_WHEN_FULL or (since < LOOK and self.nodes.used < VOICES):
            return
        self._looked = time
        bitmaps, statuses = self._generator.read_all()
        # Listing, 0x02219F; voices just struck are the loudest, though they have not begun.
        levels = ((statuses & 0x3FFF) >> 5).astype(np.uint8)
        levels[[voice.number for voice in self._voices if voice.struck == time]] = laws.SILENT_TARGET
        for number in self.nodes.poll(bitmaps, levels):
            self._leave(self._voices[number])
            self._moving.pop(number, None)
            self._generator.write_all(free(number))

    # The tone generator's port

    def _level(self, number: int) -> int:
        """The envelope of a voice, FF the loudest; of one just struck too, though it has not begun."""
        if self._voices[number].struck == self._generator.time:
            return laws.SILENT_TARGET
        self._generator.write_latch(LEVELS + number)
        # Listing, 0x02219F.
        return (self._generator.read_status() & 0x3FFF) >> 5

    # Who plays

    def _enter(self, voice: Sounding) -> None:
        """A voice plays for its part, whose voices are in the order of their numbers."""
        voice.alive = True
        insort(self._playing[voice.part], voice, key=_number)

    def _leave(self, voice: Sounding) -> None:
        """A voice plays no more."""
        if voice.alive:
            voice.alive = False
            self._playing[voice.part].remove(voice)


def _is_held(voice: Sounding, state: PartState) -> bool:
    return voice.rings or state.sustain or (voice.marked and state.sostenuto)


def _check(part: int, note: int, velocity: int) -> None:
    if not 0 <= part < PART_COUNT:
        raise InputError(f"part {part}", remedy="Parts are 0 to 25.")
    if not (0 <= note < _KEYS and 0 <= velocity < _KEYS):
        raise InputError(f"note {note} with velocity {velocity}", remedy="Both are 0 to 127.")
