"""A score as it is played: accents, human time, strums, articulation, and controllers as MIDI messages.

How loose, loud and long is ours.  Chance is seeded with the song's seed and the part's name, so the same
score is always played the same.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from luthier.kn5000.songs.score import QUARTER, Gesture, Line, Note, Part, Passage, Score

#: Controller numbers of MIDI 1.0.
_CONTROLLERS = {"modulation": 1, "volume": 7, "pan": 10, "expression": 11}
_PORTAMENTO_TIME, _PEDAL, _PORTAMENTO = 5, 64, 65
_REVERB, _CHORUS = 91, 93
_DATA, _RPN_LOW, _RPN_HIGH = 6, 100, 101
_BEND_CENTRE, _PAN_CENTRE = 8192, 64

#: Steps of velocity that accents, firsts of bars and other beats are louder by, and offbeats softer.
_ACCENT, _FIRST, _BEAT, _OFFBEAT = 16, 5, 2, -2
#: Steps of velocity that chance adds or takes away at most.
_UNEVEN = 5
#: Share of the written length that sounds.
_PLAIN, _STACCATO = 0.93, 0.45
#: Ticks that a slurred note reaches into the next.
_SLUR = 24
#: A fall goes down by so many semitones within the last share of the note.
_FALL, _FALL_SHARE = 7.0, 0.6
#: A scoop comes from so many semitones below, within so many ticks.
_SCOOP, _SCOOP_TICKS = 1.5, 100
#: Ticks between the messages of a moving controller.
_GRAIN = 20
#: Parts are set up so many ticks before their section, and are never so early themselves.
_SETUP = 16
#: The pedal comes down again so many ticks after it was lifted with the new chord.
_PEDAL_TICKS = 40

#: Notes of a pitch that begin within so many ticks are one; a thirty-second has 60.
_TOGETHER = 48

#: Order of messages at the same tick.
_OFF, _SET, _ON = 0, 1, 2


@dataclass(frozen=True)
class Event:
    """A MIDI message at a tick; off before settings before on, settings in the order they are made."""

    tick: int
    order: int
    message: tuple[int, ...]


def performed(score: Score) -> dict[int, list[Event]]:
    """The messages of every channel, in order."""
    channels: dict[int, list[Event]] = defaultdict(list)
    struck: dict[int, list[_Struck]] = defaultdict(list)
    seated: dict[int, str] = {}
    chance = {name: random.Random(f"{score.seed}/{name}") for name in score.parts}
    for passage in score.passages:
        for line in passage.lines:
            part = score.parts[line.part]
            if seated.get(part.channel) != part.name:
                seated[part.channel] = part.name
                channels[part.channel] += _set_up(part, max(passage.start - _SETUP, 0))
            channels[part.channel] += _controllers(part, line)
            struck[part.channel] += _played(part, passage, line, chance[part.name])
    for channel, notes in struck.items():
        channels[channel] += (*_sounding(channel, notes), *_bent(notes))
    in_order = attrgetter("tick", "order")
    return {channel: sorted(events, key=in_order) for channel, events in sorted(channels.items())}


def _set_up(part: Part, tick: int) -> Iterator[Event]:
    """The part's program and place in the mix, everything else at rest."""

    def control(number: int, value: int) -> Event:
        return Event(tick, _SET, (0xB0 | part.channel, number, value))

    yield Event(tick, _SET, (0xC0 | part.channel, part.program))
    settings = (
        (_PEDAL, 0),
        (_PORTAMENTO, 0),
        (_CONTROLLERS["modulation"], 0),
        (_CONTROLLERS["expression"], 127),
        (_CONTROLLERS["volume"], part.volume),
        (_CONTROLLERS["pan"], _PAN_CENTRE + part.pan),
        (_REVERB, part.reverb),
        (_CHORUS, part.chorus),
        (_RPN_HIGH, 0),
        (_RPN_LOW, 0),
        (_DATA, part.bends),
    )
    yield from (control(*setting) for setting in settings)
    yield _bend(part, tick, 0.0)


def _bend(part: Part, tick: int, semitones: float) -> Event:
    value = _BEND_CENTRE + round(semitones / part.bends * _BEND_CENTRE)
    value = min(max(value, 0), 2 * _BEND_CENTRE - 1)
    return Event(tick, _SET, (0xE0 | part.channel, value & 0x7F, value >> 7))


def _controllers(part: Part, line: Line) -> Iterator[Event]:
    for gesture in line.gestures:
        if gesture.kind == "pedal":
            yield Event(gesture.start, _SET, (0xB0 | part.channel, _PEDAL, 0))
            if gesture.first:
                yield Event(gesture.start + _PEDAL_TICKS, _SET, (0xB0 | part.channel, _PEDAL, 127))
        elif gesture.kind == "portamento":
            on = 127 if gesture.first else 0
            yield Event(gesture.start, _SET, (0xB0 | part.channel, _PORTAMENTO_TIME, round(gesture.first)))
            yield Event(gesture.start, _SET, (0xB0 | part.channel, _PORTAMENTO, on))
        else:
            yield from _moving(part, gesture)


def _moving(part: Part, gesture: Gesture) -> Iterator[Event]:
    """A message whenever the value has changed."""
    told: tuple[int, ...] = ()
    steps = max(gesture.length // _GRAIN, 1)
    for step in range(steps + 1 if gesture.length else 1):
        tick = gesture.start + step * gesture.length // steps
        event = _set(part, gesture.kind, tick, gesture.first + (gesture.last - gesture.first) * step / steps)
        if event.message != told:
            told = event.message
            yield event


def _set(part: Part, kind: str, tick: int, value: float) -> Event:
    if kind == "bend":
        return _bend(part, tick, value)
    number = min(max(round(value) + _PAN_CENTRE * (kind == "pan"), 0), 127)
    return Event(tick, _SET, (0xB0 | part.channel, _CONTROLLERS[kind], number))


@dataclass(frozen=True, order=True)
class _Struck:
    """A note as it is played."""

    start: int
    end: int
    pitch: int
    velocity: int
    marks: str
    part: Part = field(compare=False)


def _played(part: Part, passage: Passage, line: Line, chance: random.Random) -> Iterator[_Struck]:
    """The notes of a line with their human times and velocities."""
    for note in line.notes:
        late = round((chance.random() + chance.random() - 1) * part.loose)
        late += _swung(note.start - passage.start, passage.swing) + note.string * part.strum
        start = max(note.start + late, passage.start - _SETUP + 1, 0)
        sounding = round(note.length * (_STACCATO if "'" in note.marks else _PLAIN))
        if "_" in note.marks:
            sounding = note.length + _SLUR
        velocity = _velocity(note, passage, chance)
        yield _Struck(start, start + max(sounding, 1), note.pitch, velocity, note.marks, part)


def _swung(offset: int, swing: int) -> int:
    """How late a note comes: the second eighth of a beat, and what lies about it in proportion."""
    place = offset % QUARTER
    half = QUARTER // 2
    return swing * (place if place <= half else QUARTER - place) // half


def _velocity(note: Note, passage: Passage, chance: random.Random) -> int:
    place = (note.start - passage.start) % passage.bar
    beat = _FIRST if place == 0 else _BEAT if place % QUARTER == 0 else _OFFBEAT
    uneven = round((chance.random() * 2 - 1) * _UNEVEN)
    loud = note.velocity + beat + uneven + (_ACCENT if ">" in note.marks else 0)
    return min(max(loud, 1), 127)


def _sounding(channel: int, notes: list[_Struck]) -> Iterator[Event]:
    """On and off; a pitch ends before it is struck again."""
    following: dict[int, int] = {}
    for struck in reversed(_without_unisons(notes)):
        end = max(min(struck.end, following.get(struck.pitch, struck.end + 1) - 1), struck.start + 1)
        following[struck.pitch] = struck.start
        yield Event(struck.start, _ON, (0x90 | channel, struck.pitch, struck.velocity))
        yield Event(end, _OFF, (0x80 | channel, struck.pitch, 64))


def _without_unisons(notes: list[_Struck]) -> list[_Struck]:
    """In order; what two lines of a channel strike together is struck once, as long as the longer."""
    found: list[_Struck] = []
    last: dict[int, int] = {}
    for struck in sorted(notes):
        place = last.get(struck.pitch)
        if place is not None and struck.start - found[place].start < _TOGETHER:
            first = found[place]
            velocity = max(first.velocity, struck.velocity)
            found[place] = replace(first, end=max(first.end, struck.end), velocity=velocity)
        else:
            last[struck.pitch] = len(found)
            found.append(struck)
    return found


def _bent(notes: list[_Struck]) -> Iterator[Event]:
    """Scoops and falls; what has fallen is straightened for the next note."""
    fallen = False
    for struck in sorted(notes):
        if "^" in struck.marks:
            yield from _moving(struck.part, Gesture("bend", struck.start, -_SCOOP, 0.0, _SCOOP_TICKS))
        elif fallen:
            yield _bend(struck.part, struck.start, 0.0)
        fallen = "\\" in struck.marks
        if fallen:
            length = round((struck.end - struck.start) * _FALL_SHARE)
            yield from _moving(struck.part, Gesture("bend", struck.end - length, 0.0, -_FALL, length))
