"""Reading inputs and writing outputs without ever losing data.

Outputs are written beside their destination and renamed when complete, so that a crash or a full disk
leaves the old file as it was.  ``-`` stands for standard input or output.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from luthier.errors import InputError, LuthierError, OutputExistsError

STANDARD_STREAM = Path("-")


def read_bytes(path: Path, limit: int) -> bytes:
    """All bytes of ``path`` (``-``: standard input), refusing more than ``limit`` of them."""
    if path == STANDARD_STREAM:
        data = sys.stdin.buffer.read(limit + 1)
    else:
        try:
            with path.open("rb") as stream:
                data = stream.read(limit + 1)
        except OSError as error:
            raise unreadable(path, error) from error
    if len(data) > limit:
        raise InputError(
            f"more than {limit} bytes, too many for this kind of file",
            where=str(path),
            remedy="check that this is the file you meant",
        )
    return data


def unreadable(path: Path, error: OSError) -> InputError:
    """The error for a file the operating system does not let us read."""
    reason = (error.strerror or str(error)).lower()
    return InputError(f"cannot be read ({reason})", where=str(path), remedy="check the name and permissions")


def refuse_to_overwrite(path: Path, force: bool) -> None:
    """Raise unless ``path`` may be written: call it before long work, not only at the end."""
    if path == STANDARD_STREAM:
        return
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _unwritable(path, error) from error
    if not stat.S_ISREG(kind):
        what = "is a folder" if stat.S_ISDIR(kind) else "is no ordinary file, and renaming would replace it"
        raise LuthierError(f"{path}: {what}; give the name of a file, or - for standard output")
    if not force:
        raise OutputExistsError(f"{path}: already exists; give --force to replace it, or choose another name")


@contextlib.contextmanager
def written_beside(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A scratch path in the folder of ``path``; renamed to ``path`` when the block ends without error."""
    refuse_to_overwrite(path, force)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The suffix stays last: audio writers choose the format by it.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".luthier-", suffix=path.suffix)
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(descriptor)
    scratch = Path(name)
    try:
        yield scratch
        scratch.chmod(0o666 & ~_umask())
        scratch.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        scratch.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes, *, force: bool = False) -> None:
    """Write ``data`` to ``path`` in one step (``-``: standard output)."""
    if path == STANDARD_STREAM:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with written_beside(path, force=force) as scratch:
        scratch.write_bytes(data)


def _unwritable(path: Path, error: OSError) -> LuthierError:
    reason = (error.strerror or str(error)).lower()
    return LuthierError(f"{path}: cannot be written ({reason}); nothing was changed")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
