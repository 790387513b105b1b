"""One decorator for every loop that Numba compiles, so that all are compiled alike and typed.

Numba's own decorators carry no types; going through :func:`compiled` keeps ``mypy --strict`` useful.  The
machine code is cached on disk beside the module (or in the user's cache folder), so only the first use
after an installation compiles.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile ``function`` at its first call: no Python objects, no GIL, IEEE division by zero."""
    decorate: Any = numba.njit(cache=True, nogil=True, error_model="numpy")
    return cast(Callable[Parameters, Result], decorate(function))
