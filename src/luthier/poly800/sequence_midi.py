"""Step sequences to and from Standard MIDI Files.

A step sequence has pitches and a grid, nothing else: no velocity, no tempo, and one length for all notes of a
step.  Both directions say what they could not carry.

Modelled
- A note sounds for its whole step, and as long as ties follow.  How long the synth holds a step is not known.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from luthier.errors import InputError, UsageError
from luthier.poly800 import note_base
from luthier.poly800.note_base import HIGHEST_KEY, LOWEST_KEY, NoteBase
from luthier.poly800.sequence import STEP_LIMIT, TIE, VOICES, Kind, Sequence, Step

if TYPE_CHECKING:
    from mido import MidiFile

DEFAULT_TEMPO = 120.0
SIXTEENTH = Fraction(1, 16)
#: Tempo as a Standard MIDI File stores it: up to 24 bits of microseconds per quarter note.
_SLOWEST, _FASTEST = 4.0, 999.0

#: Divides by every usual step: 1/1 to 1/64, dotted, triplets.
_TICKS_PER_QUARTER = 480
#: A song for 256 steps is a few kilobytes; this is the largest we are ready to look at.
SIZE_LIMIT = 1024 * 1024
# mido shifts numbers of any length together, in time that grows with their square; none has so many bytes.
_ENDLESS_NUMBER = re.compile(rb"[\x80-\xff]{4096}")

_VELOCITY = 100
#: MIDI channel 10, counted from 0: percussion by common practice (General MIDI).
_PERCUSSION = 9


@dataclass(frozen=True)
class Export:
    """A Standard MIDI File and what of the sequence it does not hold."""

    data: bytes
    base: NoteBase
    losses: tuple[str, ...]


@dataclass(frozen=True)
class Import:
    """A sequence made from a Standard MIDI File and what of the file it does not hold."""

    sequence: Sequence
    base: NoteBase
    losses: tuple[str, ...]


@dataclass(frozen=True)
class _Note:
    """A note of the file; times in steps, exact."""

    start: Fraction
    end: Fraction
    pitch: int
    velocity: int
    order: int
    """Place among the notes of the file, as they begin."""


# --- Sequence to file --------------------------------------------------------------------------------------


def to_midi(
    sequence: Sequence,
    *,
    tempo: float = DEFAULT_TEMPO,
    step: Fraction = SIXTEENTH,
    base: NoteBase | None = None,
) -> Export:
    """The sequence as a Standard MIDI File (type 0, channel 1).

    ``tempo`` in quarter notes per minute, 4 to 999; ``step`` as a part of a whole note; ``base`` is guessed
    from the notes unless given.  Raises InputError for a tempo or step no file can hold.
    """
    import mido

    if not _SLOWEST <= tempo <= _FASTEST:
        raise UsageError(f"a tempo of {tempo:g}", remedy=f"give {_SLOWEST:g} to {_FASTEST:g} per minute")
    ticks = _ticks_per_step(step, _TICKS_PER_QUARTER)
    if ticks.denominator != 1:
        raise UsageError(f"a step of {step}", remedy="give 1/4, 1/8, 1/16, 1/32 or a triplet such as 1/24")
    base = base or note_base.guess(sequence)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo))])
    losses = Counter[str]()
    now = 0
    for start, end, pitches in _sounding(sequence, base, losses):
        for kind, place in (("note_on", start), ("note_off", end)):
            for pitch in pitches:
                time = place * int(ticks) - now
                velocity = _VELOCITY if kind == "note_on" else 0
                track.append(mido.Message(kind, note=pitch, velocity=velocity, time=time))
                now += time
    track.append(mido.MetaMessage("end_of_track", time=len(sequence.steps) * int(ticks) - now))
    target = io.BytesIO()
    mido.MidiFile(type=0, ticks_per_beat=_TICKS_PER_QUARTER, tracks=[track]).save(file=target)
    if any(sequence.remains):
        losses["stale bytes behind the end of the sequence"] = len(sequence.remains)
    return Export(target.getvalue(), base, tuple(f"{what}: {count}" for what, count in losses.items()))


def _sounding(
    sequence: Sequence, base: NoteBase, losses: Counter[str]
) -> Iterable[tuple[int, int, tuple[int, ...]]]:
    """(first step, step after the last, MIDI notes) of every step with notes, ties added to it."""
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for place, step in enumerate(sequence.steps):
        if step.kind is Kind.NOTES:
            pitches = [base.midi_note(code) for code in step.codes]
            heard = tuple(dict.fromkeys(pitch for pitch in pitches if 0 <= pitch < 128))
            if len(heard) < len(pitches):
                losses["notes twice in a step or outside of MIDI"] += len(pitches) - len(heard)
            found.append((place, place + 1, heard))
        elif step.kind is Kind.TIE and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
        elif step.kind is Kind.TIE:
            losses["ties with no note before them, written as rests"] += 1
    return found


def _ticks_per_step(step: Fraction, ticks_per_quarter: int) -> Fraction:
    if not Fraction(1, 128) <= step <= 4:
        raise UsageError(f"a step of {step} whole notes", remedy="give 1/16, or another part of a whole note")
    return step * 4 * ticks_per_quarter


# --- File to sequence --------------------------------------------------------------------------------------


def from_midi(
    data: bytes,
    *,
    capacity: int,
    step: Fraction = SIXTEENTH,
    base: NoteBase | None = None,
    channel: int | None = None,
    fold: bool = True,
) -> Import:
    """The notes of a Standard MIDI File as a sequence for a memory of ``capacity`` bytes.

    Notes go to the nearest step.  ``step`` is a part of a whole note; ``channel`` 1 to 16 takes only that
    one, otherwise all but 10, percussion; notes off the keyboard are folded into it by octaves, or dropped
    if ``fold`` is false; ``base`` is the printed rule unless given.  Raises InputError if ``data`` is no
    such file or holds no note.
    """
    base = base or note_base.guess(Sequence(()))
    file = _open(data)
    ticks = _ticks_per_step(step, file.ticks_per_beat)
    losses: list[str] = []
    notes, length = _notes(file, ticks, channel, losses)
    if not notes:
        raise InputError(
            "holds no notes that could be taken" + (f" on channel {channel}" if channel else ""),
            remedy="choose the channel of the melody; channel 10 is only taken when named",
        )
    _report_what_steps_cannot_hold(notes, losses)
    notes = _on_keyboard(notes, fold, losses)
    steps = _steps(notes, length, base, losses)
    fitting, lost = Sequence(steps).fitting(capacity)
    if lost or length > len(steps):
        losses.append(
            f"steps at the end: {max(lost, length - len(fitting.steps))}; the synth has room for {STEP_LIMIT}"
            f" steps and {capacity - 1} notes, rests and ties"
        )
    return Import(fitting, base, tuple(losses))


def _open(data: bytes) -> MidiFile:
    import mido

    if not data.startswith(b"MThd"):
        raise InputError("not a Standard MIDI File", where="byte 0", remedy="it must begin with MThd")
    if len(data) > SIZE_LIMIT or _ENDLESS_NUMBER.search(data):
        raise InputError("too much for a song", remedy="check that this is the file you meant")
    stream = io.BytesIO(data)
    try:
        file = mido.MidiFile(file=stream)
    except Exception as error:  # mido lets whatever a damaged file causes escape
        reason = str(error) or "it ends in the middle"
        raise InputError(
            f"a damaged Standard MIDI File: {reason}",
            where=f"byte {stream.tell()}",
            remedy="export it again",
        ) from error
    if file.type not in (0, 1):
        raise InputError(f"a Standard MIDI File of type {file.type}", remedy="save it as type 0 or 1")
    if file.ticks_per_beat <= 0:
        raise InputError("a Standard MIDI File in seconds, without beats", remedy="save it with a beat grid")
    return file


def _notes(
    file: MidiFile, ticks: Fraction, channel: int | None, losses: list[str]
) -> tuple[list[_Note], int]:
    """The notes taken, in order of their start, and the length of the song in steps."""
    notes: list[_Note] = []
    sounding: dict[tuple[int, int], list[_Note]] = defaultdict(list)
    started = 0
    ignored = Counter[str]()
    now = 0
    for message in file.merged_track:
        now += message.time
        place = now / ticks
        if message.type == "set_tempo":
            ignored["tempo, to be set on the panel"] += 1
        elif message.type not in ("note_on", "note_off"):
            ignored[f"events of kind {message.type}"] += message.type not in _NOT_MUSIC
        elif not _taken(message.channel, channel):
            ignored[f"notes of channel {message.channel + 1}"] += message.type == "note_on"
        elif message.type == "note_on" and message.velocity:
            begun = _Note(place, place, message.note, message.velocity, started)
            sounding[message.channel, message.note].append(begun)
            started += 1
        elif waiting := sounding[message.channel, message.note]:
            notes.append(replace(waiting.pop(0), end=place))
    end = now / ticks
    notes += [replace(note, end=end) for waiting in sounding.values() for note in waiting]
    losses += [f"{what}: {count}" for what, count in ignored.items() if count]
    return sorted(notes, key=lambda note: note.order), _nearest(end)


#: Events that lose nothing one could hear.
_NOT_MUSIC = (
    "end_of_track",
    "time_signature",
    "key_signature",
    "track_name",
    "midi_port",
    "channel_prefix",
    "sequence_number",
)


def _taken(channel: int, wanted: int | None) -> bool:
    return channel != _PERCUSSION if wanted is None else channel == wanted - 1


def _report_what_steps_cannot_hold(notes: list[_Note], losses: list[str]) -> None:
    velocities = {note.velocity for note in notes}
    if len(velocities) > 1:
        losses.append(f"velocities {min(velocities)} to {max(velocities)}; the synth has none")
    moves = [abs(note.start - _nearest(note.start)) for note in notes]
    moved = [move for move in moves if move]
    if moved:
        losses.append(
            f"notes moved to the nearest step: {len(moved)}, by up to {float(max(moved)):.2f} of a step"
        )


def _on_keyboard(notes: list[_Note], fold: bool, losses: list[str]) -> list[_Note]:
    """The notes that lie on the 49 keys, with ``fold`` also the others, moved by octaves."""
    outside = sum(not LOWEST_KEY <= note.pitch <= HIGHEST_KEY for note in notes)
    if not outside:
        return notes
    what = "folded by octaves" if fold else "dropped"
    losses.append(f"notes {what}: {outside}, outside {LOWEST_KEY} to {HIGHEST_KEY}, the keys of the synth")
    if not fold:
        return [note for note in notes if LOWEST_KEY <= note.pitch <= HIGHEST_KEY]
    return [replace(note, pitch=_folded(note.pitch)) for note in notes]


def _folded(pitch: int) -> int:
    if pitch < LOWEST_KEY:
        return LOWEST_KEY + (pitch - LOWEST_KEY) % 12
    return HIGHEST_KEY - (HIGHEST_KEY - pitch) % 12 if pitch > HIGHEST_KEY else pitch


def _steps(notes: list[_Note], length: int, base: NoteBase, losses: list[str]) -> tuple[Step, ...]:
    """The steps up to the end of the song or one more than the sequencer has."""
    chords: dict[int, list[_Note]] = defaultdict(list)
    for note in notes:
        chords[_nearest(note.start)].append(note)
    places = sorted(chords)
    steps: list[Step] = []
    ends: Counter[str] = Counter()
    for place, following in zip(places, [*places[1:], None], strict=True):
        if place > STEP_LIMIT:
            break
        steps += [Step(Kind.REST)] * (place - len(steps))
        steps.append(_chord(chords[place], base, ends))
        lengths = [max(1, _nearest(note.end) - place) for note in chords[place]]
        longest = max(lengths) if following is None else min(max(lengths), following - place)
        ends["notes cut short where the next step begins"] += sum(one > longest for one in lengths)
        ends["notes made longer, as the longest of their chord"] += sum(one < longest for one in lengths)
        steps += [Step(Kind.TIE)] * (min(longest, STEP_LIMIT + 1) - 1)
    steps += [Step(Kind.REST)] * (min(length, STEP_LIMIT + 1) - len(steps))
    losses += [f"{what}: {count}" for what, count in ends.items() if count]
    return tuple(steps)


def _chord(notes: list[_Note], base: NoteBase, losses: Counter[str]) -> Step:
    # In the order of the file: real memories hold the notes of a chord in any order, and it comes back so.
    pitches = list(dict.fromkeys(note.pitch for note in notes))
    losses["notes doubled in a step"] += len(notes) - len(pitches)
    losses[f"lowest notes of chords of more than {VOICES}"] += max(0, len(pitches) - VOICES)
    kept = set(sorted(pitches)[-VOICES:])
    codes = tuple(base.code(pitch) for pitch in pitches if pitch in kept)
    assert all(code > TIE for code in codes), "note_base.given keeps the keys clear of the other codes"
    return Step(Kind.NOTES, codes)


def _nearest(place: Fraction) -> int:
    """The nearest step; halves go to the later one."""
    return int(place + Fraction(1, 2))
