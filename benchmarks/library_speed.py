"""How fast files come into a library, and how fast something is found among 100,000 patches.

``python -m benchmarks.library_speed``
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.results import Figure, print_table
from luthier.library.importing import add_files
from luthier.library.search import search
from luthier.library.sounds import nearest
from luthier.library.store import Library
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.message_formats import SYSEX_MK2
from luthier.poly800.parameters import program_parameters
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth

NAME = "library"
#: Requirements: a search under 50 ms, an import of at least 200 files a second.
SLOWEST_SEARCH, FEWEST_FILES = 0.050, 200
PATCHES, SONGS = 100_000, 10_000
PROGRAMS = 64
TIMES = 7
_WORDS = ("brass", "strings", "organ", "bass", "lead", "choir", "bell", "pad", "flute", "drone")
#: What is looked for: letters as they are typed, words, parameters, labels, everything.
QUERIES = (
    "", "b", "bra", "brass lead", "cutoff < 30", "cutoff < 30, resonance >= 8, noise > 2", "waveform",
    "mk2 program 11", "tag:bass", "rating >= 4", "brass, cutoff < 30", "kind:bank", '"choir bell"',
    "nothing of the kind",
)  # fmt: skip


def random_bank(numbers: random.Random, start: Bank) -> Bank:
    """A bank whose 64 programs have any values that the panel allows."""
    rows = program_parameters(Synth.MK2)
    blank = start.programs[0]

    def program() -> Program:
        return blank.replacing({row.name: numbers.randint(row.minimum, row.maximum) for row in rows})

    return start.with_programs([program() for _ in range(PROGRAMS)])


def write_banks(folder: Path, count: int) -> None:
    """Files of one bank each, with the names people give."""
    numbers, start = random.Random(1), initial_bank(Synth.MK2)
    folder.mkdir()
    for number in range(count):
        words = " ".join(numbers.sample(_WORDS, 3))
        (folder / f"{words} {number}.syx").write_bytes(SYSEX_MK2.write(random_bank(numbers, start)))


def write_songs(folder: Path, count: int) -> None:
    """Standard MIDI Files of a few notes, all different."""
    folder.mkdir()
    for number in range(count):
        tempo = bytes([0, 0xFF, 0x51, 3]) + (400_000 + number).to_bytes(3, "big")
        notes = b"".join(
            bytes([0, 0x90, 36 + (number + step) % 60, 100, 96, 0x80, 36 + (number + step) % 60, 0])
            for step in range(16)
        )
        track = tempo + notes + bytes([0, 0xFF, 0x2F, 0])
        header = b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96])
        (folder / f"song {number}.mid").write_bytes(header + b"MTrk" + len(track).to_bytes(4, "big") + track)


def seconds(act: Callable[[], Any]) -> float:
    """How long something takes."""
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def importing(library: Library, folder: Path, row: str) -> Figure:
    """Files a second, with progress told for each."""
    told = 0

    def progress(_part: float, _now: str) -> None:
        nonlocal told
        told += 1

    count = len(list(folder.iterdir()))
    taken = seconds(lambda: add_files(library, [folder], progress))
    assert told >= count
    rate = count / taken
    details = {"files": count, "seconds": taken, "items": library.count}
    required = f"{FEWEST_FILES} files/s"
    return Figure(NAME, row, f"{rate:,.0f} files/s", required, rate >= FEWEST_FILES, "", details)


def measure() -> Iterator[Figure]:
    """Imports into two libraries, and searches in the larger."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_banks(folder / "banks", -(-PATCHES // PROGRAMS))
        write_songs(folder / "songs", SONGS)
        with Library(folder / "songs.luthier") as library:
            yield importing(library, folder / "songs", f"import of {SONGS:,} songs")
        with Library(folder / "banks.luthier") as library:
            yield importing(library, folder / "banks", f"import of banks of {PROGRAMS} programs")
            patches = [item.id for item in search(library, "kind:patch", most=PATCHES).items]
            library.label(patches[::100], "tags", "bass")
            library.edit(patches[::50], "rate", rating=5)
            yield from searching(library, patches)


def searching(library: Library, patches: list[int]) -> Iterator[Figure]:
    """The slowest of the queries, each as often as it takes to trust it, and the nearest sounds."""
    times = {text: median(seconds(lambda: search(library, text)) for _ in range(TIMES)) for text in QUERIES}  # noqa: B023
    slowest = max(times, key=lambda text: times[text])
    yield Figure(
        NAME,
        f"search among {len(patches):,} patches, the slowest of {len(QUERIES)}",
        f"{times[slowest] * 1000:.1f} ms",
        f"{SLOWEST_SEARCH * 1000:.0f} ms",
        times[slowest] < SLOWEST_SEARCH,
        "",
        {"milliseconds": {text: taken * 1000 for text, taken in times.items()}, "slowest": slowest},
    )
    near = median(seconds(lambda: nearest(library, patches[0])) for _ in range(3))
    yield Figure(NAME, "the nearest sounds among them", f"{near * 1000:.0f} ms")


if __name__ == "__main__":
    print_table(list(measure()))
