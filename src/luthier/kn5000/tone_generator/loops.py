"""How the loops of the tone generator are compiled.

Machine code holds the numbers of several files: the rows of the state, tables of the laws.  Numba keeps it
until the file of the function changes; here it is made anew when any file of this folder does.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba

from luthier.compiled import compiled

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@functools.cache
def _stamp() -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file of the folder."""
    files = ((path, path.stat()) for path in sorted(Path(__file__).parent.glob("*.py")))
    return tuple((path.name, status.st_mtime_ns, status.st_size) for path, status in files)


def _follow_folder(dispatcher: Any) -> None:
    """Tie the machine code on disk to the folder; where Numba does not let us, to the one file as usual."""
    with contextlib.suppress(AttributeError, OSError):
        dispatcher._cache._cache_file._source_stamp = _stamp()


def loop(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As :func:`luthier.compiled.compiled`."""
    dispatcher = compiled(function)
    _follow_folder(dispatcher)
    return dispatcher


def summing_loop(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """The same, but the terms of a sum may be added in another order: eight or sixteen side by side.

    The order is that of the machine code, the same at every call: in which block a sample lies does not
    matter.  Other processors may round differently in the last bit.
    """
    decorate: Any = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz"})
    dispatcher = decorate(function)
    _follow_folder(dispatcher)
    return cast(Callable[Parameters, Result], dispatcher)
