"""The folder of a server's open files: gone when it ends; after one that was killed, the next one sweeps.

Its name holds the number of the process.  That alone would not do, for numbers are used again: a running
server holds a lock on a file in its folder, which the system releases however the process ends.  Of a killed
server copies of files are removed, but what somebody did with them is kept for a month.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import BinaryIO, Final

_PREFIX: Final = "luthier-bench-"
_NAME: Final = re.compile(rf"{_PREFIX}(\d{{1,10}})-\w+")
#: The file with the lock; it has this name only when it is locked.
_MARK: Final = "running"
#: Ends of names of what pages wrote: banks that were edited, names and comments of a firmware.
_WORK: Final = ("edited.json", ".symbols")
_KEPT_SECONDS: Final = 30 * 24 * 3600


class Scratch:
    """A fresh folder for temporary files."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        mark = self.path / _MARK
        if sys.platform == "win32":
            # What is open there cannot be removed, which is the lock.
            stream = mark.open("wb")
        else:
            new = mark.with_suffix(".new")
            stream = new.open("wb")
            _lock(stream)
            new.rename(mark)
        self._end = weakref.finalize(self, _remove, self.path, stream)

    def close(self) -> None:
        """Remove the folder; who forgets it has it removed at the end of the program."""
        self._end()


def _remove(folder: Path, mark: BinaryIO) -> None:
    mark.close()
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> list[Path]:
    """Remove what servers left that no longer run; which folders they were."""
    swept = []
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        found = _NAME.fullmatch(folder.name)
        if found and _is_ours(folder) and not _runs(folder, int(found[1])):
            _clear(folder)
            swept.append(folder)
    return swept


def holds_work(folder: Path) -> bool:
    """Whether pages wrote something into a folder that is nowhere else."""
    return any(path.name.endswith(_WORK) for path in folder.iterdir())


def _clear(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()]
    oldest = time.time() - _KEPT_SECONDS
    kept = [path for path in files if path.name.endswith(_WORK) and path.lstat().st_mtime > oldest]
    if not kept:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in files:
        # The mark stays: without it a new process with this number would seem to have the folder.
        if path not in kept and path.name != _MARK:
            with contextlib.suppress(OSError):
                path.unlink()


def _is_ours(folder: Path) -> bool:
    """Whether it is a folder, no link, of this very user: others' temporary folder may be the same."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    mine = sys.platform == "win32" or about.st_uid == os.getuid()
    return mine and folder.is_dir() and not folder.is_symlink()


def _runs(folder: Path, process: int) -> bool:
    """Whether the server of a folder still runs; in doubt it does."""
    mark = folder / _MARK
    try:
        with mark.open("r+b") as stream:
            free = _lock(stream)
        if sys.platform == "win32" and free:
            mark.unlink()
    except FileNotFoundError:
        # Begun at this moment, or half removed.
        return _is_alive(process)
    except OSError:
        return True
    return not free


def _lock(stream: BinaryIO) -> bool:
    """Lock a file until it is closed; False if somebody else has."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_alive(process: int) -> bool:
    if sys.platform == "win32":
        return True  # to ask would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
