"""Several recordings and passes of the same tape: which dumps hold the same memory, and their merger.

Two dumps are takes of one memory if the bytes that both read surely agree.  Dumps of different banks, which
one recording may well hold, are kept apart.

Known limit: a WAV and an MP3 of the same playback count as two takes although they share their faults.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from luthier.errors import InputError
from luthier.files import STANDARD_STREAM, unreadable
from luthier.poly800.tape.decoder import read_file
from luthier.poly800.tape.merge import merged
from luthier.poly800.tape.reading import Dump, TapeReading, rank

Progress = Callable[[float, str], None]

#: A byte surer than this counts when two dumps are compared.
_SURE = 0.9
#: With fewer bytes that both dumps read surely (three programs) nothing is said about them.
_FEWEST_SHARED = 63
#: So many sure bytes may differ beyond twice what their confidences let expect; another program in a bank
#: usually changes more.
_MOST_DIFFERING = 2


@dataclass(frozen=True)
class Recording:
    """An audio file that was read."""

    name: str
    """As the user gave it."""
    path: Path
    """Where its sound is."""
    reading: TapeReading


@dataclass(frozen=True)
class Take:
    """One dump, and in which recording (by its index) it was found."""

    recording: int
    dump: Dump


@dataclass(frozen=True)
class Memory:
    """The memory of a synth as one or more takes give it."""

    takes: tuple[Take, ...]
    dump: Dump
    """The takes merged."""


@dataclass(frozen=True)
class Takes:
    """What a number of recordings hold."""

    recordings: tuple[Recording, ...]
    memories: tuple[Memory, ...]
    """In the order in which they first appear."""
    repeated: tuple[str, ...] = ()
    """Files left out because they are copies of another one: no second take."""

    @property
    def complete(self) -> bool:
        """Whether there is a memory and all are complete."""
        return bool(self.memories) and all(memory.dump.complete for memory in self.memories)

    def choose(self, number: int | None) -> int:
        """The index of memory ``number``, counted from 1, or of the best; raises InputError for none."""
        if number is None:
            return self.best
        if not 1 <= number <= len(self.memories):
            count = len(self.memories)
            what = "one memory" if count == 1 else f"{count} different memories"
            raise InputError(f"no dump #{number}: {what} found", remedy=f"--dump takes 1 to {count}")
        return number - 1

    @property
    def best(self) -> int:
        """The index of the memory that was read best; raises ValueError if there is none."""
        return max(range(len(self.memories)), key=lambda index: (*rank(self.memories[index].dump), -index))


@contextmanager
def read_takes(paths: Sequence[Path], progress: Progress | None = None) -> Iterator[Takes]:
    """Every memory in the recordings ``paths`` (``-`` is standard input, at most once).

    A context manager because standard input is kept in a file as long as its sound may be asked for.
    Raises InputError with the file named if one is no audio, MissingFeatureError if ffmpeg is needed.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = [_kept(path, Path(folder)) for path in paths]
        repeated = _repeated(kept)
        recordings = []
        for index, (path, sound) in enumerate(zip(paths, kept, strict=True)):
            if index in repeated:
                continue
            recordings.append(Recording(str(path), sound, _read(path, sound, progress, index, len(paths))))
        takes = [
            Take(index, dump)
            for index, recording in enumerate(recordings)
            for dump in recording.reading.dumps
        ]
        names = tuple(str(paths[index]) for index in sorted(repeated))
        yield Takes(tuple(recordings), tuple(memories(takes)), names)


def _read(path: Path, sound: Path, progress: Progress | None, index: int, count: int) -> TapeReading:
    def part(fraction: float, now: str) -> None:
        if progress is not None:
            progress((index + fraction) / count, now if count == 1 else f"{path.name}: {now}")

    try:
        return read_file(sound, part)
    except InputError as error:
        raise InputError(error.what, where=str(path), remedy=error.remedy) from error


def _kept(path: Path, folder: Path) -> Path:
    """``path``, or a file in ``folder`` with what standard input brings."""
    if path != STANDARD_STREAM:
        return path
    kept = folder / "standard-input"
    if kept.exists():
        raise InputError("standard input was given twice", remedy="give - once")
    with kept.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return kept


def _repeated(paths: Sequence[Path]) -> set[int]:
    """The indices of files whose bytes are those of an earlier one."""
    seen: set[bytes] = set()
    repeated = set()
    for index, path in enumerate(paths if len(paths) > 1 else ()):
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
        except OSError as error:
            raise unreadable(path, error) from error
        if digest in seen:
            repeated.add(index)
        seen.add(digest)
    return repeated


def memories(takes: Sequence[Take]) -> list[Memory]:
    """The takes grouped by the memory they hold, each group merged, in the order of the takes."""
    groups: list[Memory] = []
    for take in sorted(takes, key=lambda take: rank(take.dump), reverse=True):
        for index, group in enumerate(groups):
            if same_memory(group.dump, take.dump):
                members = (*group.takes, take)
                groups[index] = Memory(members, _merged([member.dump for member in members]))
                break
        else:
            groups.append(Memory((take,), take.dump))
    order = {id(take): number for number, take in enumerate(takes)}
    ordered = [
        replace(group, takes=tuple(sorted(group.takes, key=lambda take: order[id(take)]))) for group in groups
    ]
    return sorted(ordered, key=lambda group: order[id(group.takes[0])])


def _merged(dumps: list[Dump]) -> Dump:
    """The merger of takes of one memory; a complete one stands as it is."""
    best = max(dumps, key=rank)
    return best if best.complete else max([best, merged(dumps)], key=rank)


def same_memory(one: Dump, other: Dump) -> bool:
    """Whether two dumps hold the same memory, as far as both were read surely.

    False if too little was read of either to tell.
    """
    if one.complete and other.complete:
        return one.image == other.image
    sure = (one.confidence >= _SURE) & (other.confidence >= _SURE)
    shared = int(np.count_nonzero(sure))
    if shared < _FEWEST_SHARED:
        return False
    differ = np.frombuffer(one.image, np.uint8)[sure] != np.frombuffer(other.image, np.uint8)[sure]
    expected = float((1.0 - one.confidence[sure] * other.confidence[sure]).sum())
    return int(np.count_nonzero(differ)) <= _MOST_DIFFERING + 2.0 * expected
