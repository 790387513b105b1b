"""A recording made ready to be looked at: its least and greatest samples in steps of 256, 1,024, 4,096 ...

The file is read once, block by block; the pyramid of an hour takes a few MiB.  Nearer than its finest step
the samples themselves are read again, from the file where libsndfile finds its place exactly, else from a
decoded copy in 16 bits that lies beside the pyramid.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio import files
from luthier.errors import InputError

Samples = npt.NDArray[np.float32]
Progress = Callable[[float, str], None]

#: Samples in one column of the finest level, and columns of one level in one of the next.
STEP = 256
FACTOR = 4
#: Below so many columns a level says nothing that the one before does not.
_FEWEST = 1024
#: Channels that are kept; a cassette has two.
MOST_CHANNELS = 2
#: Columns of one answer: twice the pixels of the widest screens.
MOST_COLUMNS = 16_384
#: Seconds of sound taken at a time.
_BLOCK_SECONDS = 10.0
#: Kinds of file in which libsndfile finds a sample exactly: what is not compressed, and FLAC.
_EXACT = ("WAV", "WAVEX", "W64", "RF64", "AIFF", "AU", "CAF", "FLAC")
_EXACT_CODES = ("PCM_", "FLOAT", "DOUBLE", "ULAW", "ALAW")
#: Samples of a decoded copy, 2 GiB on the disk: more than six hours of 44,100 Hz mono.
MOST_COPIED = 1 << 30
#: Full scale in a decoded copy; what a codec lifts above it is kept up to twice that.
_COPIED_ONE = 1 << 14

_NAME, _COPY = "pyramid.npz", "sound.pcm"


@dataclass(frozen=True)
class Pyramid:
    """What a recording looks like at any distance."""

    path: Path
    """The recording."""
    copy: Path | None
    """Its samples decoded (16 bits, all channels), where the recording itself is not read at random."""
    rate: int
    """Hz."""
    frames: int
    channels: int
    """How many are kept."""
    kind: str
    """What the file says it is, for people."""
    truncated: bool
    """The file ended before the length that its header gives."""
    levels: tuple[Samples, ...]
    """(columns, channels, 2) each, finest first: least and greatest sample."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.rate

    def samples(self, begin: int, end: int) -> Samples:
        """(n, channels) from frame ``begin`` to ``end``, as far as there are any."""
        begin, end = max(begin, 0), min(end, self.frames)
        if begin >= end:
            return np.zeros((0, self.channels), np.float32)
        if self.copy is not None:
            copied = np.memmap(self.copy, np.int16, "r", shape=(self.frames, self.channels))
            return copied[begin:end].astype(np.float32) / np.float32(_COPIED_ONE)
        import soundfile

        with soundfile.SoundFile(str(self.path)) as file:
            file.seek(begin)
            read = file.read(end - begin, dtype="float32", always_2d=True)[:, : self.channels]
        return np.asarray(np.nan_to_num(read, nan=0.0, posinf=0.0, neginf=0.0), np.float32)

    def columns(self, channel: int, begin: int, end: int, width: int) -> Samples:
        """The frames from ``begin`` to ``end`` in ``width`` equal parts, least and greatest sample of each.

        (width, 2); outside the recording both are zero.  A part smaller than a sample shows the sample it is
        in.  Where a part is no whole number of columns of a level, it shows all columns that it touches.
        Raises InputError.
        """
        if not 0 <= channel < self.channels:
            raise InputError(f"there is no channel {channel + 1}", remedy=f"it has {self.channels}")
        if not 1 <= width <= MOST_COLUMNS or end <= begin or not -self.frames <= begin < 2 * self.frames:
            raise InputError(
                f"{width} columns from frame {begin} to {end}",
                remedy=f"ask for 1 to {MOST_COLUMNS} columns of the recording",
            )
        part = (end - begin) / width
        fitting = [number for number in range(len(self.levels)) if STEP * FACTOR**number <= part]
        if fitting:
            step, rows = STEP * FACTOR ** fitting[-1], self.levels[fitting[-1]][:, channel]
            shown = _reduced(rows, begin / step, end / step, width)
            # The last column is longer than what it holds.
            shown[begin + part * np.arange(width) >= self.frames] = 0.0
            return shown
        first = max(begin, 0)
        track = self.samples(first, end)[:, channel]
        return _reduced(np.stack([track, track], axis=1), begin - first, end - first, width)


def _reduced(rows: Samples, begin: float, end: float, width: int) -> Samples:
    """(width, 2): the least and greatest of ``rows`` in equal parts from row ``begin`` to ``end``."""
    edges = np.linspace(begin, end, width + 1)
    first = np.floor(edges[:-1] + 1e-9).astype(np.int64)
    last = np.maximum(np.floor(edges[1:] - 1e-9).astype(np.int64), first)
    there = (last >= 0) & (first < len(rows))
    result = np.zeros((width, 2), np.float32)
    if not there.any():
        return result
    first, last = np.clip(first[there], 0, len(rows) - 1), np.clip(last[there], 0, len(rows) - 1)
    # Pairs of begin and end: every second result is a part, those between are not wanted.
    places = np.stack([first, last + 1], axis=1).ravel()
    padded = np.concatenate([rows, rows[-1:]])
    result[there, 0] = np.minimum.reduceat(padded[:, 0], places)[::2]
    result[there, 1] = np.maximum.reduceat(padded[:, 1], places)[::2]
    return result


def made(path: Path, folder: Path, progress: Progress | None = None) -> Pyramid:
    """The pyramid of the recording at ``path``, kept in ``folder`` or now put there in one step.

    ``progress`` hears the part done and what; what it raises ends the work and nothing is left behind.
    Raises InputError as :func:`luthier.audio.files.blocks` does and for more than :data:`MOST_COPIED` samples
    of a compressed recording.
    """
    if not (folder / _NAME).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            _make(path, scratch, progress or _silent)
            if not (folder / _NAME).exists():
                shutil.rmtree(folder, ignore_errors=True)
                scratch.replace(folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return _opened(path, folder)


def _silent(_part: float, _now: str) -> None:
    """Progress nobody looks at."""


def _make(path: Path, folder: Path, progress: Progress) -> None:
    length = files.duration(path)
    exact = _is_exact(path)
    extremes: list[Samples] = []
    rest: Samples | None = None
    frames = rate = 0
    kind, truncated = "", False
    with _copying(None if exact else folder / _COPY) as keep:
        for block in files.blocks(path, _BLOCK_SECONDS):
            seconds = frames / block.rate
            progress(min(seconds / length, 1.0) if length else 0.0, f"drawing from {seconds:.0f} s")
            samples = block.samples[:, :MOST_CHANNELS]
            keep(samples)
            frames += len(samples)
            rate, kind, truncated = block.rate, block.kind, block.truncated
            whole = samples if rest is None else np.concatenate([rest, samples])
            used = len(whole) // STEP * STEP
            extremes.append(_extremes(whole[:used], STEP))
            rest = whole[used:]
    if rest is not None and len(rest):
        extremes.append(np.stack([rest.min(axis=0), rest.max(axis=0)], axis=-1)[None])
    levels = [np.concatenate(extremes)]
    while len(levels[-1]) > _FEWEST:
        levels.append(_coarser(levels[-1]))
    header = np.array([frames, rate, levels[0].shape[1], truncated, len(levels)], np.int64)
    rows = {f"level{number}": level for number, level in enumerate(levels)}
    np.savez(folder / _NAME, allow_pickle=False, header=header, kind=np.array(kind), **rows)


def _extremes(samples: Samples, step: int) -> Samples:
    """(n / step, channels, 2): least and greatest of every ``step`` samples."""
    # Channel after channel: NumPy is quick along rows that lie together.
    parts = np.ascontiguousarray(samples.T).reshape(samples.shape[1], -1, step)
    return np.stack([parts.min(axis=2).T, parts.max(axis=2).T], axis=-1)


def _coarser(level: Samples) -> Samples:
    starts = np.arange(0, len(level), FACTOR)
    return np.stack(
        [np.minimum.reduceat(level[..., 0], starts), np.maximum.reduceat(level[..., 1], starts)], axis=-1
    )


def _opened(path: Path, folder: Path) -> Pyramid:
    try:
        with (folder / _NAME).open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            frames, rate, channels, truncated = (int(number) for number in kept["header"][:4])
            levels = tuple(kept[f"level{number}"] for number in range(int(kept["header"][4])))
            kind = str(kept["kind"])
    except (OSError, EOFError, ValueError, TypeError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise InputError(
            "what was kept of its shape is damaged", remedy="open the recording again"
        ) from error
    copy = folder / _COPY
    return Pyramid(
        path, copy if copy.exists() else None, rate, frames, channels, kind, bool(truncated), levels
    )


def _is_exact(path: Path) -> bool:
    import soundfile

    try:
        with soundfile.SoundFile(str(path)) as file:
            # A recorder that did not close its file left the length at 0.
            fits = file.format in _EXACT and file.subtype.startswith(_EXACT_CODES)
            return bool(fits and file.seekable() and file.frames > 0)
    except (soundfile.SoundFileError, OSError, TypeError, ValueError):
        return False


@contextmanager
def _copying(path: Path | None) -> Iterator[Callable[[Samples], None]]:
    """What keeps samples in ``path``, 16 bits each; nothing without one."""
    with ExitStack() as stack:
        stream = None if path is None else stack.enter_context(path.open("wb"))
        count = 0

        def keep(samples: Samples) -> None:
            nonlocal count
            count += samples.size
            if stream is None:
                return
            if count > MOST_COPIED:
                raise InputError(
                    "too long to be shown", remedy="cut out the part that matters with any audio editor"
                )
            scaled = np.clip(np.rint(samples * _COPIED_ONE), -(2 * _COPIED_ONE), 2 * _COPIED_ONE - 1)
            stream.write(scaled.astype(np.int16).tobytes())

        yield keep
