"""How loops are compiled that are put together from the building blocks of this folder.

A building block is a :func:`part`: it goes into the machine code of whoever uses it and is never compiled
for itself.  Numba keeps the code of a :func:`loop` until the file of the function itself changes; here it is
made anew when any file of its folder or of this one does.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from numba.extending import register_jitable

from luthier.compiled import compiled

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def part(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Put ``function`` into every loop that calls it; called from Python it is plain Python.

    No references to arrays are counted in it, which takes longer than most of these bodies: so it can make no
    array, and no slice is set to another array.
    """
    register: Any = register_jitable(
        nogil=True,
        error_model="numpy",
        forceinline=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        _nrt=False,
    )
    result: Callable[Parameters, Result] = register(function)
    return result


@functools.cache
def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of every source file of a folder."""
    files = ((path, path.stat()) for path in sorted(folder.glob("*.py")))
    return tuple((path.name, status.st_mtime_ns, status.st_size) for path, status in files)


def loop(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As :func:`luthier.compiled.compiled`; where Numba does not let us follow folders, exactly that."""
    dispatcher: Any = compiled(function)
    with contextlib.suppress(AttributeError, OSError):
        folders = (Path(__file__).parent, Path(dispatcher.py_func.__code__.co_filename).parent)
        dispatcher._cache._cache_file._source_stamp = tuple(_stamp(folder) for folder in folders)
    result: Callable[Parameters, Result] = dispatcher
    return result


def loop_of_parts(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As :func:`loop`, for one that counts no references either, with what follows for a :func:`part`."""
    dispatcher: Any = loop(function)
    dispatcher.targetoptions["_nrt"] = False
    result: Callable[Parameters, Result] = dispatcher
    return result
