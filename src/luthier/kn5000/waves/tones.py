"""Which recordings make an instrument, and how they are played: General MIDI's programs and drum kits.

These are sounds of ours on recordings of ours, grouped in the sixteen categories of the machine; the tone
database of the machine is not in them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from luthier.errors import InputError
from luthier.kn5000.waves.built_in import catalogue

#: Drawbars in the order they stand in, with the name of their recordings.
FOOTAGES = {
    "16'": "drawbar-16",
    "5 1/3'": "drawbar-5-1-3",
    "8'": "drawbar-8",
    "4'": "drawbar-4",
    "2 2/3'": "drawbar-2-2-3",
    "2'": "drawbar-2",
    "1 3/5'": "drawbar-1-3-5",
    "1 1/3'": "drawbar-1-1-3",
    "1'": "drawbar-1",
}
#: A drawbar has eight steps of 3 dB (tonewheel organs); 0 is silent.
DRAWBAR_STEPS = 8
_DRAWBAR_STEP = 3.0
#: Level of a single drawbar pulled out, so that all nine together do not outdo other sounds by much.
_DRAWBAR_LEVEL = -5.5


@dataclass(frozen=True)
class Envelope:
    """Times in seconds: to full level, from there to ``sustain`` (dB), and after release 60 dB down."""

    attack: float
    decay: float
    sustain: float
    release: float
    decay_follow: float = 0.0
    """How far the decay halves with each octave above middle C."""


@dataclass(frozen=True)
class Filter:
    """A low-pass: its corner in Hz for middle C at full velocity, and what moves that."""

    corner: float
    key_follow: float
    """Octaves for an octave of keys."""
    velocity: float
    """Octaves that it falls at the softest stroke."""


@dataclass(frozen=True)
class Vibrato:
    """Rate in Hz, depth in cents to either side, seconds until it begins."""

    rate: float
    depth: float
    delay: float


@dataclass(frozen=True)
class Zone:
    """Keys ``low`` to ``high`` play the recording of a selector."""

    low: int
    high: int
    selector: int


@dataclass(frozen=True)
class Layer:
    """Zones that cover the keyboard, with level in dB, pan -1 to 1, tuning in cents."""

    wave: str
    zones: tuple[Zone, ...]
    level: float = 0.0
    pan: float = 0.0
    tuning: float = 0.0

    def zone(self, key: int) -> Zone:
        """The zone of a key."""
        for zone in self.zones:
            if zone.low <= key <= zone.high:
                return zone
        raise InputError(f"there is no key {key}", remedy="give 0 to 127")


@dataclass(frozen=True)
class Tone:
    """A program: layers and how they are played."""

    number: int
    """General MIDI program, 0 to 127."""
    name: str
    category: int
    layers: tuple[Layer, ...]
    envelope: Envelope
    velocity: float
    """dB between the softest and the loudest stroke."""
    filter: Filter
    vibrato: Vibrato
    reverb: float
    chorus: float


@dataclass(frozen=True)
class DrumNote:
    """A note of a kit: its recording is played as by ``key``, and ``tuning`` cents off."""

    note: int
    name: str
    wave: str
    selector: int
    key: int
    level: float
    tuning: float
    pan: float
    group: int
    """Not 0: only the last note of the group sounds on."""


@dataclass(frozen=True)
class Kit:
    """A drum kit: what sounds on which note, and how much of it goes to the reverb."""

    number: int
    name: str
    notes: Mapping[int, DrumNote]
    reverb: float


class _LayerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wave: str
    level: float = 0.0
    tuning: float = 0.0
    pan: float = 0.0


class _Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    envelope: tuple[float, float, float, float]
    velocity: float
    filter: tuple[float, float, float]
    decay_follow: float = 0.0
    vibrato: tuple[float, float, float] = (0.0, 0.0, 0.0)
    reverb: float = 0.0
    chorus: float = 0.0


class _Program(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    name: str
    category: int
    style: str
    layers: tuple[str | _LayerRow, ...] = ()
    drawbars: str = ""
    filter: tuple[float, float, float] | None = None
    vibrato: tuple[float, float, float] | None = None
    chorus: float | None = None


class _Tones(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    categories: tuple[str, ...]
    styles: dict[str, _Style]
    programs: tuple[_Program, ...]


class _DrumRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: int
    name: str
    wave: str
    level: float = 0.0
    tuning: float = 0.0
    pan: float = 0.0
    group: int = 0


class _KitRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    name: str
    notes: tuple[_DrumRow, ...]
    base: str = ""
    reverb: float = 0.25


class _Kits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kits: tuple[_KitRow, ...]


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


@cache
def _tones() -> _Tones:
    return msgspec.convert(_document("tones.toml"), _Tones)


def categories() -> tuple[str, ...]:
    """The names of the sixteen categories of the machine."""
    return _tones().categories


def _layer(wave: str, level: float = 0.0, pan: float = 0.0, tuning: float = 0.0) -> Layer:
    zones = tuple(
        Zone(placed.plan.low, placed.plan.high, placed.selector) for placed in catalogue.zones(wave)
    )
    return Layer(wave, zones, level, pan, tuning)


def drawbars(registration: str) -> tuple[Layer, ...]:
    """Layers for nine digits 0 to 8, one for each footage from 16' to 1'."""
    if len(registration) != len(FOOTAGES) or not set(registration) <= set("012345678"):
        raise InputError(f"{registration!r} is no registration", remedy="give nine digits from 0 to 8")
    return tuple(
        _layer(wave, _DRAWBAR_LEVEL + _DRAWBAR_STEP * (int(digit) - DRAWBAR_STEPS))
        for digit, wave in zip(registration, FOOTAGES.values(), strict=True)
        if digit != "0"
    )


@cache
def tone(program: int) -> Tone:
    """The program of General MIDI with this number, 0 to 127."""
    for row in _tones().programs:
        if row.number == program:
            return _tone(row, _tones().styles[row.style])
    raise InputError(f"there is no program {program}", remedy="give 0 to 127")


def _tone(row: _Program, style: _Style) -> Tone:
    layers = drawbars(row.drawbars) if row.drawbars else ()
    for entry in row.layers:
        found = _LayerRow(entry) if isinstance(entry, str) else entry
        layers += (_layer(found.wave, found.level, found.pan, found.tuning),)
    return Tone(
        row.number,
        row.name,
        row.category,
        layers,
        Envelope(*style.envelope, style.decay_follow),
        style.velocity,
        Filter(*(row.filter or style.filter)),
        Vibrato(*(row.vibrato or style.vibrato)),
        style.reverb,
        style.chorus if row.chorus is None else row.chorus,
    )


@dataclass(frozen=True)
class DrumStyle:
    """How all drums answer velocity: dB of level, and the filter's corner in Hz and octaves that it falls."""

    velocity: float
    corner: float
    softening: float


@cache
def drum_style() -> DrumStyle:
    """The style of the kits."""
    style = _tones().styles["drum"]
    return DrumStyle(style.velocity, style.filter[0], style.filter[2])


@cache
def kits() -> tuple[Kit, ...]:
    """Every drum kit, by its number."""
    made: dict[str, Kit] = {}
    for row in msgspec.convert(_document("kits.toml"), _Kits).kits:
        notes = dict(made[row.base].notes) if row.base else {}
        for drum in row.notes:
            notes[drum.note] = _drum_note(drum)
        made[row.name] = Kit(row.number, row.name, notes, row.reverb)
    return tuple(made.values())


def _drum_note(row: _DrumRow) -> DrumNote:
    """A drum at its one pitch; an instrument (timpani) at that of the note."""
    is_drum = catalogue.zones(row.wave)[0].plan.family == "drum"
    key = int(catalogue.DRUM_ROOT) if is_drum else row.note
    selector = _layer(row.wave).zone(key).selector
    return DrumNote(row.note, row.name, row.wave, selector, key, row.level, row.tuning, row.pan, row.group)


def kit(program: int) -> Kit:
    """The kit of a program number; numbers without one get the nearest below, as GS does."""
    if not 0 <= program <= 127:
        raise InputError(f"there is no kit {program}", remedy="give 0 to 127")
    return [found for found in kits() if found.number <= program][-1]
