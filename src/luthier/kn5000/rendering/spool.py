"""Sound on its way to a second pass, in a file instead of in memory."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from luthier.errors import LuthierError

Samples = npt.NDArray[np.float32]

#: Frames read at a time.
_STEP = 65_536


class Spool:
    """A temporary file of 32-bit floats in a folder."""

    def __init__(self, file: IO[bytes], folder: Path) -> None:
        self._file = file
        self._folder = folder

    def fill(self, blocks: Iterable[Samples]) -> None:
        """Keep stereo ``blocks``; raises LuthierError if the disk is full."""
        for block in blocks:
            try:
                self._file.write(np.ascontiguousarray(block, np.float32).data)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise LuthierError(f"{self._folder}: no room for a first pass ({reason})") from error

    def blocks(self) -> Iterator[Samples]:
        """What was kept, shape (n, 2)."""
        self._file.seek(0)
        while data := self._file.read(_STEP * 8):
            yield np.frombuffer(data, np.float32).reshape(-1, 2)


@contextlib.contextmanager
def spool(folder: Path) -> Iterator[Spool]:
    """A spool in ``folder``, gone when the block ends."""
    try:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 -- only opening it may fail here
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LuthierError(f"{folder}: cannot be written ({reason}); nothing was changed") from error
    with file:
        yield Spool(file, folder)
