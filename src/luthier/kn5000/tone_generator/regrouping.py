"""Sums over many voices that the processor may add up in groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def regrouping(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """As :func:`luthier.compiled.compiled`, but terms of a sum may be added in another order.

    The order is that of the machine code, the same at every call: which sample lies in which block does not
    matter. Other processors may round differently in the last bit.
    """
    decorate: Any = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "nsz"})
    return cast(Callable[Parameters, Result], decorate(function))
