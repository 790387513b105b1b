"""Presets of a SoundFont as sounds of the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.files import unreadable
from luthier.kn5000.soundfont import modulators
from luthier.kn5000.soundfont.font import Font, read_font, text
from luthier.kn5000.soundfont.generators import ADDED, LARGEST, MISSING, SMALLEST, Generator
from luthier.kn5000.soundfont.samples import BEYOND, record
from luthier.kn5000.soundfont.voicing import Voicing, strike, voicing
from luthier.kn5000.sounds.strike import Sound, Strike
from luthier.kn5000.tone_generator.recordings import Bank, Recordings
from luthier.kn5000.waves import tones
from luthier.kn5000.waves.bank import Progress

#: The bank of drum kits (SoundFont 2.04, 7.2); and the machine's category DRUM KITS.
DRUM_BANK: Final = 128
_DRUMS: Final = 15
_PROGRAMS = 128
_KEPT_STROKES = 4096
#: More than the tone generator has voices cannot sound.
_MOST_STRIKES = 64
#: A preset's zones times those of its instruments; the rest of longer lists is left out.
_MOST_PAIRS = 1 << 16
_TUNINGS = [Generator.COARSE_TUNING, Generator.FINE_TUNING]


class PresetSound:
    """A preset; what it says is put together when it is first struck."""

    def __init__(self, sounds: SoundFontSounds, number: int, category: int) -> None:
        self.name = text(bytes(sounds.font.presets[number]["name"])) or f"preset {number}"
        self.category = category
        self._sounds = sounds
        self._number = number
        self._pairs: NDArray[np.int64] | None = None
        self._voicings: dict[int, Voicing] = {}
        self.strikes = lru_cache(_KEPT_STROKES)(self._strikes)

    def _strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        if self._pairs is None:
            self._pairs = self._sounds.pairs(self._number)
        low, high, soft, loud = self._pairs[:, 2:].T
        hit = np.flatnonzero((low <= key) & (key <= high) & (soft <= velocity) & (velocity <= loud))
        return tuple(strike(self._voicing(place), key, velocity) for place in hit[:_MOST_STRIKES].tolist())

    def _voicing(self, place: int) -> Voicing:
        if place not in self._voicings:
            assert self._pairs is not None
            preset_zone, zone = self._pairs[place, :2].tolist()
            self._voicings[place] = self._sounds.voicing(preset_zone, zone)
        return self._voicings[place]


class Silence:
    """What stands for a kit in a font without kits, and for a tone in one without tones."""

    name = "(none)"

    def __init__(self, category: int) -> None:
        self.category = category

    def strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        """Nothing."""
        del key, velocity
        return ()


class SoundFontSounds:
    """The presets of a font, by program and bank."""

    def __init__(self, font: Font) -> None:
        recorded = record(font.instrument_zones, font.headers, len(font.samples))
        if len(recorded.table) == 0:
            raise InputError("has no instrument with a sample", remedy="choose another SoundFont")
        self.font = font
        self.title = font.name or "SoundFont"
        self.recordings: Bank = Recordings(font.samples, recorded.table)
        #: What of the file is odd, in words, with how often.
        self.warnings: Counter[str] = font.warnings + recorded.warnings
        #: What of the font is not played, in words, with in how many zones.
        self.unsupported: Counter[str] = _unsupported(font)
        self._selector = recorded.selector
        self._root = recorded.root
        self._presets: dict[tuple[int, int], int] = {}
        self._sounds: dict[tuple[int, int], PresetSound] = {}
        for number, preset in enumerate(font.presets):
            self._presets.setdefault((int(preset["bank"]), int(preset["program"])), number)

    @classmethod
    def of_file(cls, path: Path, progress: Progress | None = None) -> SoundFontSounds:
        """Open a file; its samples are read when they are played.  Raises InputError."""
        if progress is not None:
            progress(0.0, f"reading {path.name}")
        try:
            if path.stat().st_size == 0:
                raise InputError("is empty", where=str(path))
            data = np.asarray(np.memmap(path, np.uint8, "r"))
        except OSError as error:
            raise unreadable(path, error) from error
        try:
            sounds = cls(read_font(data))
        except InputError as error:
            raise error.at(str(path)) from error
        sounds.title = f"{sounds.font.name or path.stem} (SoundFont)"
        if progress is not None:
            progress(1.0, f"reading {path.name}")
        return sounds

    def presets(self) -> Iterator[tuple[int, int, str]]:
        """Bank, program and name of every preset, sorted."""
        for (bank, program), number in sorted(self._presets.items()):
            yield bank, program, text(bytes(self.font.presets[number]["name"]))

    def sound(self, program: int, bank: tuple[int, int] = (0, 0), *, drums: bool = False) -> Sound:
        """The preset, or the nearest there is; silence in a font that has none of the kind.

        A tone is looked for in the bank of controller 0, in bank 0, in that of controller 32, and then
        among the tones of bank 0, the same family first.  A kit is in bank 128; else the first of its eight
        is taken, or kit 0.
        """
        found = self._nearest_kit(program) if drums else self._nearest_tone(program, bank)
        if found is None:
            return Silence(_DRUMS if drums else _category(program))
        if found not in self._sounds:
            category = _DRUMS if found[0] == DRUM_BANK else _category(found[1])
            self._sounds[found] = PresetSound(self, self._presets[found], category)
        return self._sounds[found]

    def _nearest_kit(self, program: int) -> tuple[int, int] | None:
        for wanted in (program, program & ~7, 0):
            if (DRUM_BANK, wanted) in self._presets:
                return DRUM_BANK, wanted
        return min((found for found in self._presets if found[0] == DRUM_BANK), default=None)

    def _nearest_tone(self, program: int, bank: tuple[int, int]) -> tuple[int, int] | None:
        for wanted in (bank[0], 0, bank[1]):
            if wanted != DRUM_BANK and (wanted, program) in self._presets:
                return wanted, program
        tones_here = (found for found in self._presets if found[0] != DRUM_BANK)
        return min(
            tones_here,
            key=lambda found: (
                found[0] != 0,
                found[1] // 8 != program // 8,
                abs(found[1] - program),
                found,
            ),
            default=None,
        )

    def pairs(self, preset: int) -> NDArray[np.int64]:
        """Rows of preset zone, instrument zone, lowest and highest key, lowest and highest velocity."""
        outer, inner = self.font.preset_zones, self.font.instrument_zones
        ranges = (Generator.KEY_RANGE, Generator.VELOCITY_RANGE)
        rows, count = [np.zeros((0, 6), np.int64)], 0
        for zone in outer.of(preset):
            instrument = int(outer.target[zone])
            if not 0 <= instrument < len(inner.bounds) - 1:
                continue
            within = inner.of(instrument)
            zones = np.arange(within.start, within.stop)
            zones = zones[self._selector[zones] >= 0]
            row = np.empty((len(zones), 6), np.int64)
            row[:, 0], row[:, 1] = zone, zones
            for column, generator in zip((2, 4), ranges, strict=True):
                row[:, column] = np.maximum(inner.low(generator)[zones], outer.low(generator)[zone])
                row[:, column + 1] = np.minimum(inner.high(generator)[zones], outer.high(generator)[zone])
            row = row[(row[:, 2] <= row[:, 3]) & (row[:, 4] <= row[:, 5])]
            rows.append(row)
            count += len(row)
            if count > _MOST_PAIRS:
                self.warnings["presets with too many zones, cut short"] += 1
                break
        return np.concatenate(rows)[:_MOST_PAIRS]

    def voicing(self, preset_zone: int, zone: int) -> Voicing:
        """An instrument zone as a preset zone plays it."""
        font = self.font
        added = np.where(ADDED, font.preset_zones.amounts[preset_zone].astype(np.int64), 0)
        own = font.instrument_zones.amounts[zone].astype(np.int64)
        coarse, fine = added[_TUNINGS].tolist()
        return voicing(
            int(self._selector[zone]),
            int(self._root[zone]),
            100.0 * coarse + fine,
            np.clip(own + added, SMALLEST, LARGEST).tolist(),
            modulators.of_zone(font.instrument_zones, zone, font.instrument_modulators, modulators.DEFAULTS),
            modulators.of_zone(font.preset_zones, preset_zone, font.preset_modulators, {}),
        )


def _category(program: int) -> int:
    return tones.tone(min(max(program, 0), _PROGRAMS - 1)).category


def _unsupported(font: Font) -> Counter[str]:
    """What the tone generator has nothing for, with the number of zones that ask for it."""
    counted: Counter[str] = Counter()
    for zones in (font.preset_zones, font.instrument_zones):
        amounts = zones.amounts[zones.target >= 0]
        for generator, words in MISSING.items():
            count = int(np.count_nonzero(amounts[:, generator]))
            if count:
                counted[words] += count
        on = int(np.count_nonzero(amounts[:, Generator.SAMPLE_MODE] & 3 == BEYOND))
        if on:
            counted["playing on behind the loop"] += on
        both = (amounts[:, Generator.VIBRATO_TO_PITCH] != 0) & (amounts[:, Generator.MOD_LFO_TO_PITCH] != 0)
        if both.any():
            counted["two LFOs on the pitch"] += int(np.count_nonzero(both))
    counted.update(modulators.unsupported(font.instrument_modulators))
    counted.update(modulators.unsupported(font.preset_modulators))
    return counted
