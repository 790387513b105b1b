"""The whole state of a processor, in memory and as a file.

The file is NumPy's ``npz``, a ZIP archive of arrays.  It is read without NumPy's own reader, which trusts the
sizes that an array's header states.
"""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.cpu import CPUS, describe
from luthier.cpu.executor_text import STATE
from luthier.errors import InputError
from luthier.files import read_bytes, written_beside
from luthier.machine.clock import NEVER
from luthier.machine.memory import SIZE

FORMAT = "luthier snapshot 1"
_MOST_PACKED = 2 * SIZE  #: bytes of a file
_MOST = SIZE + (1 << 20)  #: bytes of everything in it, unpacked
_NAMES = ("format", "cpu", "registers", "state", "memory", "due", "events", "requests")
#: What reading a broken archive or array may raise.
_BROKEN: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    EOFError,
    LookupError,
)
_BROKEN += (OSError, RuntimeError, SyntaxError, TypeError, ValueError)


@dataclass(frozen=True)
class Snapshot:
    """The whole state of a processor, its memory, clock and requests."""

    cpu: str
    file: bytes
    state: tuple[int, ...]
    memory: bytes
    clock: list[tuple[int, str]]
    requests: list[tuple[int, int]]

    def save(self, path: Path, *, force: bool = False) -> None:
        """Write it to a file, in one step."""
        with written_beside(path, force=force) as scratch, scratch.open("wb") as stream:
            np.savez_compressed(
                stream,
                format=np.array(FORMAT),
                cpu=np.array(self.cpu),
                registers=np.frombuffer(self.file, np.uint8),
                state=np.array(self.state, np.int64),
                memory=np.frombuffer(self.memory, np.uint8),
                due=np.array([due for due, _ in self.clock], np.int64),
                events=np.array([name for _, name in self.clock]),
                requests=np.array(self.requests, np.int64).reshape(-1, 2),
            )

    @classmethod
    def load(cls, path: Path) -> Snapshot:
        """Read a file; :class:`InputError` if it is no snapshot, or a damaged one."""
        content = read_bytes(path, _MOST_PACKED)
        try:
            found = _arrays(content)
            if found["format"].item() != FORMAT:
                raise ValueError(f"its format is {found['format'].item()!r}, not {FORMAT!r}")
            due, events = found["due"].tolist(), found["events"].tolist()
            taken = cls(
                found["cpu"].item(),
                found["registers"].astype(np.uint8, casting="safe").tobytes(),
                tuple(found["state"].astype(np.int64, casting="safe").tolist()),
                found["memory"].astype(np.uint8, casting="safe").tobytes(),
                list(zip(due, events, strict=True)),
                [(level, vector) for level, vector in found["requests"].tolist()],
            )
            taken._check()
        except _BROKEN as error:
            raise InputError(
                f"is no snapshot that can be used ({error})",
                where=str(path),
                remedy="take it again",
            ) from error
        return taken

    def _check(self) -> None:
        """Compiled loops trust these numbers; :class:`ValueError` names what they must not be."""
        if self.cpu not in CPUS:
            raise ValueError(f"CPU {self.cpu!r}")
        architecture = describe(self.cpu).architecture
        if len(self.file) != architecture.file_size or len(self.memory) != SIZE:
            raise ValueError("the size of memory or registers")
        largest = (*([NEVER] * len(STATE)), *architecture.local_limits)
        for value, most in zip(self.state, (SIZE - 1, *largest[1:]), strict=True):
            if not 0 <= value <= most:
                raise ValueError(f"a part of the state is {value}")
        whole = all(isinstance(number, int) for pair in self.requests for number in pair)
        if not whole or not all(isinstance(due, int) and due >= 0 for due, _ in self.clock):
            raise ValueError("clock or requests")
        if not self.clock or not all(isinstance(name, str) for _, name in self.clock):
            raise ValueError("no clock, or an event without a name")


def _arrays(content: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of an ``npz`` file, none larger than what the file holds of it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST:
            raise ValueError("more than a snapshot holds")
        return {name: _array(archive.read(f"{name}.npy")) for name in _NAMES}


def _array(content: bytes) -> npt.NDArray[np.generic]:
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array of another version")
    shape, _, kind = np.lib.format.read_array_header_1_0(stream)
    rest = content[stream.tell() :]
    if kind.kind not in "iuU" or math.prod(shape) * kind.itemsize != len(rest):
        raise ValueError("an array that is not what its header says")
    return np.frombuffer(rest, kind).reshape(shape) if rest else np.zeros(shape, kind)
