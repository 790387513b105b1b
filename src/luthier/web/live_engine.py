"""An SX-KN5000 that a page plays: MIDI and wishes go in, sound and what there is to see come out.

As in :mod:`luthier.web.live_voice`, the page's sound card is the only clock: the page asks for frames up to a
place in the sound, and nothing is made before that.  What there is to see is told when enough sound has
passed, and the desk and the slots when they have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from luthier.errors import InputError
from luthier.kn5000.effects import panel
from luthier.kn5000.effects.rack import slot_number
from luthier.kn5000.playing.session import BLOCK, Session
from luthier.kn5000.playing.sheet import chain_of, sheets
from luthier.kn5000.sounds.strike import SoundSet
from luthier.midi.song import Song

#: Seconds that may be asked for at once: the most that can wait anywhere.
MOST_AHEAD: Final = 0.5
#: Frames between two looks at the meters: 50 ms; and at desk and slots.
_LOOK: Final = 2205
_SLOW_LOOK: Final = 4 * _LOOK
#: Entries of the diary that a page gets at once.
_MOST_ENTRIES: Final = 200

Part = Annotated[int, Meta(ge=0, lt=26)]
Text = Annotated[str, Meta(max_length=200)]


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    """A knob of a part; no value lets messages move it again."""

    part: Part
    knob: Text
    value: int | None = None


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """The sound of a part; no program lets messages choose again."""

    part: Part
    program: int | None = None
    drums: bool = False


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """``mute``, ``solo`` or ``insert`` of a part."""

    part: Part
    what: Text
    on: bool


class Slot(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be in a slot, by name; no name lets messages choose again."""

    slot: Text
    effect: Text | None = None


class Setting(msgspec.Struct, forbid_unknown_fields=True):
    """A parameter of what is in a slot, as on the command line: ``NAME=VALUE``."""

    slot: Text
    text: Text


class Log(msgspec.Struct, forbid_unknown_fields=True):
    """Which entries of the diary a page shows; ``from`` which number on."""

    kinds: list[Text] = []
    text: Text = ""
    first: Annotated[int, Meta(ge=0)] = 0


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a page says besides MIDI; ``want`` is the frame up to which it wants sound."""

    want: int | None = None
    song: Text | None = None
    play: bool | None = None
    go: float | None = None
    speed: float | None = None
    turn: Turn | None = None
    sound: Choice | None = None
    switch: Switch | None = None
    slot: Slot | None = None
    setting: Setting | None = None
    watch: bool | None = None
    log: Log | None = None
    curves: Text | None = None
    quiet: bool = False

    @property
    def only_wants(self) -> bool:
        """Whether it says nothing but up to where sound is wanted, as most messages do."""
        return self == Asked(want=self.want)


class LiveEngine:
    """An instrument for one page; ``open_song`` finds the song that a page names."""

    def __init__(self, open_song: Callable[[str], Song], sounds: SoundSet | None = None) -> None:
        self.session = Session(sounds)
        self.sent = 0
        """Frames given so far."""
        self._open = open_song
        self._wanted = 0
        self._told: dict[str, Any] = {}
        self._log: Log | None = None
        self._next_look = self._next_slow_look = 0

    def midi(self, message: bytes) -> None:
        """Take a MIDI message; what is none is ignored."""
        self.session.engine.receive(message)

    def want(self, frame: int | None) -> None:
        """Sound is wanted up to a frame, but not more than :data:`MOST_AHEAD` beyond what was given."""
        if frame is not None:
            limit = self.sent + round(MOST_AHEAD * self.session.rate)
            self._wanted = min(max(frame, self._wanted), limit)

    def take(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """Do what a page says, and what there is to tell of it; InputError for what cannot be done."""
        session = self.session
        self.want(asked.want)
        if asked.song is not None:
            place = session.open(self._open(asked.song))
            yield {"song": _described(place.performance.song, place.performance.parts)}
        self._move(asked)
        self._turn(asked)
        if asked.watch is not None:
            session.watch(on=asked.watch)
        if asked.log is not None:
            self._log = asked.log
        if asked.want is None:
            yield from self._changed()

    def _move(self, asked: Asked) -> None:
        """In the song."""
        session = self.session
        if asked.speed is not None and session.place is not None:
            session.place.set_speed(asked.speed)
        if asked.go is not None:
            session.go(asked.go)
        if asked.play is not None:
            session.play() if asked.play else session.pause()

    def _turn(self, asked: Asked) -> None:
        """The knobs of desk and slots."""
        engine = self.session.engine
        if asked.turn is not None:
            engine.turn(asked.turn.part, asked.turn.knob, asked.turn.value)
        if asked.sound is not None:
            engine.choose(asked.sound.part, asked.sound.program, drums=asked.sound.drums)
        if asked.switch is not None:
            self._switch(asked.switch)
        if asked.slot is not None:
            self._fill(asked.slot)
        if asked.setting is not None:
            self._set(asked.setting)
        if asked.quiet:
            engine.voices.silence()

    def _switch(self, wanted: Switch) -> None:
        engine = self.session.engine
        if wanted.what == "mute":
            engine.mute(wanted.part, on=wanted.on)
        elif wanted.what == "solo":
            engine.solo(wanted.part, on=wanted.on)
        elif wanted.what == "insert":
            engine.insert(wanted.part, through=wanted.on)
        else:
            raise InputError(f"{wanted.what!r} is no switch", remedy="use mute, solo or insert")

    def _fill(self, wanted: Slot) -> None:
        rack, number = self.session.engine.effects, slot_number(wanted.slot)
        if wanted.effect is None:
            rack.held.discard(number)
            return
        rack.choose(number, wanted.effect)
        rack.held.add(number)

    def _set(self, wanted: Setting) -> None:
        rack, number = self.session.engine.effects, slot_number(wanted.slot)
        rack.set(number, *panel.setting(chain_of(rack, number), wanted.text))
        rack.held.add(number)

    def settings_of(self, slot: str) -> tuple[str, dict[str, float]]:
        """Name and settings of what is in a slot, for whoever draws it elsewhere."""
        chain = chain_of(self.session.engine.effects, slot_number(slot))
        return chain.name, dict(chain.settings)

    def blocks(self) -> Iterator[bytes | dict[str, Any]]:
        """The sound up to where it is wanted: float32, left and right in turn; between it what is to be seen.

        Whole blocks, so that up to 255 frames more than were asked for may come.
        """
        while self.sent < self._wanted:
            block = self.session.block()
            self.sent += BLOCK
            if block.any():
                yield block.astype("<f4", copy=False).tobytes()
            else:
                yield {"silence": BLOCK}
            if self.sent >= self._next_look:
                self._next_look = self.sent + _LOOK
                yield from self._seen()

    def _seen(self) -> Iterator[dict[str, Any]]:
        yield {"now": self.session.now()}
        if self.sent >= self._next_slow_look:
            self._next_slow_look = self.sent + _SLOW_LOOK
            yield from self._changed()
        diary, log = self.session.diary, self._log
        if diary is not None and log is not None and diary.count > log.first:
            entries = diary.after(log.first, set(log.kinds), log.text, _MOST_ENTRIES)
            log.first = diary.count
            if entries:
                yield {"log": entries}

    def _changed(self) -> Iterator[dict[str, Any]]:
        """Desk and slots, if they are not as they were told last."""
        for name, found in (
            ("strips", self.session.strips()), ("slots", sheets(self.session.engine.effects)),
        ):  # fmt: skip
            if self._told.get(name) != found:
                self._told[name] = found
                yield {name: found}


def _described(song: Song, parts: list[int]) -> dict[str, Any]:
    """What a page shows of a song."""
    marks = [text for text in song.texts if text.kind in ("marker", "cue")]
    return {
        "title": song.title,
        "seconds": song.length,
        "parts": parts,
        "tempi": song.tempi[:1000],
        "meters": song.meters[:1000],
        "marks": [(mark.seconds, mark.text) for mark in marks[:200]],
        "warnings": list(song.warnings[:20]),
    }
