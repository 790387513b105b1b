"""Where recordings come from: the built-in bank, made once and kept on disk, or a user's images."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.kn5000.waves import side_table
from luthier.kn5000.waves.estimation import ASSUMED_RATE, estimate
from luthier.kn5000.waves.recordings import (
    CLASS_COUNT,
    RECORDING,
    SELECTOR_COUNT,
    SEMITONE,
    Recordings,
    samples_of,
    selector,
)
from luthier.kn5000.waves.rom import ROM_SIZE, WaveRom, read_rom

Progress = Callable[[float, str], None]

#: Four images, or what was read out of them as one file of 16 MB.
_LARGEST_FILE = CLASS_COUNT * ROM_SIZE
#: IC307 is the last of the four.
_CLASS_OF_IC307 = 3
_MIDDLE_C = 60
_HALF = ROM_SIZE // 2


@dataclass(frozen=True)
class Entry:
    """A recording as it is listed."""

    selector: int
    name: str
    offset: int
    """The byte of its image at which it begins."""
    low: int
    high: int
    """Keys it is meant for, or the outermost its record names."""
    estimated: bool
    """Whether root and loop are estimates."""


@dataclass(frozen=True)
class Bank:
    """Recordings, with what is known about each."""

    title: str
    recordings: Recordings
    entries: tuple[Entry, ...]
    warnings: tuple[str, ...] = ()

    def entry(self, number: int) -> Entry:
        """The entry with this selector; InputError if there is none."""
        for found in self.entries:
            if found.selector == number:
                return found
        raise InputError(f"there is no recording {number}", remedy="the list without --entry has them all")

    def samples(self, number: int) -> NDArray[np.int16]:
        """The samples of the recording with this selector."""
        return samples_of(self.recordings, self.entry(number).selector)


def open_bank(paths: Sequence[Path] | None, progress: Progress | None = None) -> Bank:
    """The recordings of these images, or the built-in ones if there are none."""
    return read_bank(paths, progress) if paths else built_in_bank(progress)


# --- The built-in bank -------------------------------------------------------------------------------------


_loaded: list[Bank] = []


def built_in_bank(progress: Progress | None = None) -> Bank:
    """The bank of our own; made at its first use, which takes some seconds, and kept in the cache folder."""
    if not _loaded:
        _loaded.append(_built_in(progress))
    return _loaded[0]


def _built_in(progress: Progress | None) -> Bank:
    from luthier.kn5000.waves.built_in import generation
    from luthier.kn5000.waves.built_in.catalogue import layout
    from luthier.kn5000.waves.rom import USUAL_PCM_START

    samples = _kept(generation.digest(), sum(generation.class_sizes()))
    if samples is None:
        samples = generation.generate(progress)
        _keep(generation.digest(), samples)
    entries = tuple(
        Entry(
            placed.selector,
            placed.plan.name,
            USUAL_PCM_START + 2 * placed.offset,
            placed.plan.low,
            placed.plan.high,
            False,
        )
        for placed in layout()
    )
    return Bank("built-in", generation.recordings(samples), entries)


def cache_folder() -> Path:
    """Where the built-in bank is kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "luthier" / "waves"


def _file(digest: str) -> Path:
    return cache_folder() / f"built-in-{digest}.npy"


def _kept(digest: str, size: int) -> NDArray[np.int16] | None:
    """The samples on disk, if they are there and whole."""
    try:
        samples = np.load(_file(digest), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    whole = isinstance(samples, np.ndarray) and samples.dtype == np.int16 and samples.shape == (size,)
    return samples if whole else None


def _keep(digest: str, samples: NDArray[np.int16]) -> None:
    """Put the samples on disk; a folder that cannot be written only costs the time to make them again."""
    with contextlib.suppress(OSError):
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as beside:
            np.save(beside, samples)
        Path(beside.name).replace(_file(digest))


def images(bank: Bank) -> tuple[side_table.Image, ...]:
    """The built-in bank as images of wave ROMs, each with the table of what the format cannot tell."""
    from luthier.kn5000.waves.recordings import CLASS_SHIFT
    from luthier.kn5000.waves.rom import Wave, build, write_rom

    made = []
    for wave_class in sorted({entry.selector >> CLASS_SHIFT for entry in bank.entries}):
        entries = [entry for entry in bank.entries if entry.selector >> CLASS_SHIFT == wave_class]
        # A record of one word: the highest key, marked as the last boundary.
        waves = [Wave(bank.samples(entry.selector), (0xC000 | entry.high,)) for entry in entries]
        rom, starts = build(waves)
        data = write_rom(rom)
        rows = []
        for entry, start in zip(entries, starts, strict=True):
            row = bank.recordings.table[entry.selector]
            rows.append(
                side_table.Row(
                    entry.selector - (wave_class << CLASS_SHIFT),
                    entry.name,
                    start // 2,
                    int(row["length"]),
                    int(row["loop_start"]),
                    int(row["loop_end"]),
                    int(row["root"]),
                    float(row["rate"]),
                    entry.low,
                    entry.high,
                )
            )
        digest = hashlib.sha256(data).hexdigest()
        table = side_table.SideTable(side_table.NAME, digest, wave_class, tuple(rows))
        made.append(side_table.Image(data, table))
    return tuple(made)


# --- A user's images ---------------------------------------------------------------------------------------


def read_bank(paths: Sequence[Path], progress: Progress | None = None) -> Bank:
    """The recordings of images of wave ROMs.

    One image alone is taken for IC307, the only one that was ever read out; several are IC304 to IC307 in
    this order, as is one file of all four.  What stands in a table beside an image is used, the rest is
    estimated.
    """
    parts: list[tuple[Path, bytes]] = []
    for path in paths:
        data = read_bytes(path, _LARGEST_FILE)
        if len(data) == _LARGEST_FILE:
            parts += [(path, data[begin : begin + ROM_SIZE]) for begin in range(0, _LARGEST_FILE, ROM_SIZE)]
        else:
            parts.append((path, data))
    if not 0 < len(parts) <= CLASS_COUNT:
        raise InputError(f"{len(parts)} images, but there are {CLASS_COUNT} wave ROMs")
    rows = np.zeros(SELECTOR_COUNT, RECORDING)
    samples, entries, warnings = [], [], []
    for number, (path, data) in enumerate(parts):
        table = side_table.beside(path, data)
        try:
            rom = read_rom(data)
        except InputError as error:
            raise error.at(str(path)) from error
        wave_class = number if len(parts) > 1 else _CLASS_OF_IC307
        if table is not None:
            entries += _from_table(table, rows, number * _HALF)
        else:
            entries += _estimated(rom, wave_class, rows, number * _HALF, progress)
        samples.append(np.frombuffer(data, "<i2").astype(np.int16))
        warnings += [f"{path}: {text}" for text in rom.warnings()]
    title = ", ".join(str(path) for path in paths)
    return Bank(title, Recordings(np.concatenate(samples), rows), tuple(entries), tuple(warnings))


def bank_of_chips(images: Mapping[int, bytes], progress: Progress | None = None) -> Bank:
    """The recordings of wave ROMs in memory, by the number of their chip from IC304 on; all is estimated."""
    rows = np.zeros(SELECTOR_COUNT, RECORDING)
    samples, entries, warnings = [], [], []
    for number, (chip, data) in enumerate(sorted(images.items())):
        rom = read_rom(data)
        entries += _estimated(rom, chip, rows, number * _HALF, progress)
        samples.append(np.frombuffer(data, "<i2").astype(np.int16))
        warnings += [f"IC{304 + chip}: {text}" for text in rom.warnings()]
    return Bank("wave ROMs", Recordings(np.concatenate(samples), rows), tuple(entries), tuple(warnings))


def _from_table(table: side_table.SideTable, rows: NDArray[np.void], base: int) -> list[Entry]:
    entries = []
    for row in table.recordings:
        number = selector(table.wave_class, row.entry)
        start = base + row.start
        rows[number] = (start, row.length, row.loop_start, row.loop_end, row.root, row.rate)
        entries.append(Entry(number, row.name, 2 * row.start, row.low, row.high, False))
    return entries


def _estimated(
    rom: WaveRom, wave_class: int, rows: NDArray[np.void], base: int, progress: Progress | None
) -> list[Entry]:
    entries = []
    known: dict[int, tuple[int, tuple[int, int]]] = {}
    keys_of: dict[int, list[int]] = {}
    for number, index in enumerate(rom.entries):
        start, end = rom.extent(number)
        length = (end - start) // 2
        if start not in known:
            found = estimate(rom.samples(number))
            root = _MIDDLE_C * SEMITONE
            if found.frequency:
                root = round(float(69 + 12 * np.log2(found.frequency / 440)) * SEMITONE)
            known[start] = root, found.loop or (0, 0)
        root, loop = known[start]
        place = selector(wave_class, number)
        rows[place] = (base + start // 2, length, *loop, root, ASSUMED_RATE)
        pointer = index.parameter_pointer
        if pointer not in keys_of:
            keys_of[pointer] = [word.key for word in rom.words(number) if word.key is not None]
        keys = keys_of[pointer]
        name = f"entry {number}"
        entries.append(Entry(place, name, index.start, min(keys, default=0), max(keys, default=127), True))
        if progress is not None:
            progress((number + 1) / len(rom.entries), f"estimating {name}")
    return entries
