"""Audio files written piece by piece, so that their length costs no memory."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from luthier.audio.files import encoding
from luthier.errors import LuthierError, UsageError
from luthier.files import STANDARD_STREAM, written_beside

Samples = npt.NDArray[np.float32]

#: Sizes in a WAV or AIFF file have 32 bits.
_MOST_BYTES = 2**32 - 2**16
_LIMITED = ("WAV", "WAVEX", "AIFF")
_BYTES = {"PCM_16": 2, "PCM_24": 3, "PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}
#: Encodings for which samples are rounded here: libsndfile itself cuts them off, half a step too low.
_ROUNDED = {"PCM_16": 16, "PCM_24": 24}
#: Frames handed to libsndfile at once: its Vorbis encoder keeps them on the stack.
_STEP = 8_192
#: What bits of a sample are called; 32 are floats.
_BITS = {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"}


def subtype_of(bits: int | None) -> str | None:
    """What libsndfile calls samples of 16, 24 or 32 bits (floats); None: the format's own choice."""
    return None if bits is None else _BITS[bits]


def _reason(error: Exception) -> str:
    """What libsndfile says about an error, without the name of our scratch file."""
    return str(getattr(error, "error_string", error)).removeprefix("Error : ").rstrip(".")


def _unwritable(path: Path, reason: str) -> LuthierError:
    return LuthierError(f"{path}: cannot be written ({reason}); make room for it; nothing was changed")


def _is_whole(scratch: str, frames: int) -> bool:
    """Whether a closed file has all its frames: the end of an OGG without room is lost silently."""
    import soundfile

    # Empty files of some kinds cannot be read.
    return not frames or int(soundfile.info(scratch).frames) >= frames


class SoundWriter:
    """An audio file open for writing."""

    def __init__(self, path: Path, file: Any, name: str, subtype: str | None) -> None:
        self._path = path
        self._file = file
        width = _BYTES.get(subtype or "", 8) * int(file.channels)
        self._bits = _ROUNDED.get(subtype or "")
        self._most = _MOST_BYTES // width if name in _LIMITED else None
        self.frames = 0
        """Frames written so far."""

    def write(self, samples: Samples) -> None:
        """Append ``samples``, shape (n, channels), full scale ±1; raises LuthierError if the disk is full."""
        import soundfile

        self.frames += len(samples)
        if self._most is not None and self.frames > self._most:
            raise LuthierError(
                f"{self._path}: more than 4 GiB, which no such file can hold; use .flac or .w64"
            )
        try:
            for first in range(0, len(samples), _STEP):
                self._file.write(self._rounded(samples[first : first + _STEP]))
        except (soundfile.LibsndfileError, OSError) as error:
            raise _unwritable(self._path, _reason(error)) from error

    def _rounded(self, samples: Samples) -> Samples | npt.NDArray[np.int16] | npt.NDArray[np.int32]:
        """The nearest steps, those beyond full scale clipped, as integers; floats stay as they are."""
        if self._bits is None:
            return samples
        full = 2.0 ** (self._bits - 1)
        steps = np.clip(np.rint(samples * np.float32(full)), -full, full - 1)
        if self._bits == 16:  # as they go into the file
            words: npt.NDArray[np.int16] = steps.astype(np.int16)
            return words
        highest: npt.NDArray[np.int32] = steps.astype(np.int32) << (32 - self._bits)
        return highest


@contextlib.contextmanager
def writing(
    path: Path, rate: int, channels: int = 2, *, force: bool = False, subtype: str | None = None
) -> Iterator[SoundWriter]:
    """``path`` open for writing, in place under its name only when the block ends without an error.

    Format, ``subtype`` and errors as with :func:`luthier.audio.files.write`; ``-`` is WAV on standard output,
    sent when it is complete.
    """
    import soundfile

    name, chosen = encoding(path, subtype)
    with contextlib.ExitStack() as stack:
        target: Any
        if path == STANDARD_STREAM:
            target = stack.enter_context(tempfile.TemporaryFile())
        else:
            target = str(stack.enter_context(written_beside(path, force=force)))
        try:
            file = soundfile.SoundFile(target, "w", rate, channels, subtype=chosen, format=name)
        except soundfile.LibsndfileError as error:
            raise UsageError(
                f"cannot be written ({_reason(error)})",
                where=str(path),
                remedy="choose another rate or format",
            ) from error
        writer = SoundWriter(path, file, name, chosen)
        try:
            with file:
                yield writer
            whole = path == STANDARD_STREAM or _is_whole(target, writer.frames)
        except soundfile.LibsndfileError as error:  # the last of it is written when it is closed
            raise _unwritable(path, _reason(error)) from error
        if not whole:
            raise _unwritable(path, "its end is missing")
        if path == STANDARD_STREAM:
            target.seek(0)
            shutil.copyfileobj(target, sys.stdout.buffer)
            sys.stdout.buffer.flush()
