"""One decorator for every loop that Numba compiles, so that all are compiled alike and typed.

Numba's own decorators carry no types; going through :func:`compiled` keeps ``mypy --strict`` useful.  The
machine code is cached on disk beside the module (or in the user's cache folder), so only the first use
after an installation compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numba

_dispatchers: list[Any] = []

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile ``function`` at its first call: no Python objects, no GIL, IEEE division by zero."""
    decorate: Any = numba.njit(cache=True, nogil=True, error_model="numpy")
    dispatcher = decorate(function)
    _dispatchers.append(dispatcher)
    return cast(Callable[Parameters, Result], dispatcher)


def inlined(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Put ``function`` into the body of every compiled function of its own file that calls it.

    For the innermost loops: Numba counts references to every array it hands to a function, which takes longer
    than a short body (measured: a quarter of the time of the search through a tape).
    """
    decorate: Any = numba.njit(nogil=True, error_model="numpy", inline="always")
    return cast(Callable[Parameters, Result], decorate(function))


@cache
def as_python(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """``function`` before :func:`compiled`, and so are all functions that it calls: nothing is compiled."""
    body: Any = getattr(function, "py_func", function)
    called = {name: body.__globals__.get(name) for name in body.__code__.co_names}
    plain = {name: as_python(value) for name, value in called.items() if hasattr(value, "py_func")}
    return cast(Callable[Parameters, Result], FunctionType(body.__code__, body.__globals__ | plain))


def will_compile(package: str) -> bool:
    """Whether any loop of ``package`` imported so far has no machine code yet, in memory or on disk.

    For a word of warning before the first use; False where Numba does not let us know.
    """
    return any(
        not dispatcher.overloads and _nothing_on_disk(dispatcher)
        for dispatcher in _dispatchers
        if dispatcher.py_func.__module__.startswith(package)
    )


def _nothing_on_disk(dispatcher: Any) -> bool:
    try:
        return not dispatcher._cache._cache_file._load_index()
    except (AttributeError, OSError):
        return False
