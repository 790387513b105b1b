"""Four samples as one value, for loops in which each waits for the one before.

The compiler puts many turns of a loop side by side, but not what stands side by side in one turn.  Where a
filter's next sample needs its last, only what lies beside it can be done at once: both sides of two chains.
In a :func:`luthier.dsp.loops.loop` a :class:`Four` is one register of the processor; it adds, subtracts and
multiplies lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from luthier.dsp.delay_lines import Samples
from luthier.dsp.side_by_side import data_of, loading, places, pointer, storing, value


class Four:
    """Four numbers of 32 bits.  There are none outside compiled loops: this is what they are to mypy."""

    def __add__(self, other: Four) -> Four:
        raise NotImplementedError

    def __sub__(self, other: Four) -> Four:
        raise NotImplementedError

    def __mul__(self, other: Four) -> Four:
        raise NotImplementedError


#: The same to Numba.
FOUR = value("Four", 4, contract=True)
_SIDES = ir.VectorType(ir.FloatType(), 2)


def _load_frame(_typing: Any, samples: Any, _place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        data = data_of(context, builder, signature.args[0], values[0])
        sides = builder.load(pointer(builder, data, values[1], _SIDES), align=4)
        return builder.shuffle_vector(sides, sides, places((0, 1, 0, 1)))

    return FOUR(samples, types.intp), generate


def _store_frame(_typing: Any, samples: Any, _place: Any, _four: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        data = data_of(context, builder, signature.args[0], values[0])
        sides = builder.shuffle_vector(values[2], values[2], places((0, 1)))
        builder.store(sides, pointer(builder, data, values[1], _SIDES), align=4)
        return context.get_dummy_value()

    return types.void(samples, types.intp, FOUR), generate


def _fold(_typing: Any, _four: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fadd(values[0], builder.shuffle_vector(values[0], values[0], places((2, 3, 0, 1))))

    return FOUR(FOUR), generate


def _of_two(_typing: Any, _first: Any, _second: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        found = ir.Constant(FOUR.vector, ir.Undefined)
        for lane in range(4):
            found = builder.insert_element(found, values[lane // 2], ir.Constant(ir.IntType(32), lane))
        return found

    return FOUR(types.float32, types.float32), generate


#: Four samples from a place on.
load = cast(Callable[[Samples, int], Four], loading(FOUR))
#: Write four samples from a place on.
store = cast(Callable[[Samples, int, Four], None], storing(FOUR))
#: Left and right, and again.
load_frame = cast(Callable[[Samples, int], Four], intrinsic(_load_frame))
#: Write the first two.
store_frame = cast(Callable[[Samples, int, Four], None], intrinsic(_store_frame))
#: The first and the third added, the second and the fourth, and again.
fold = cast(Callable[[Four], Four], intrinsic(_fold))
#: A number for the first two, another for the last two.
of_two = cast(Callable[[np.float32, np.float32], Four], intrinsic(_of_two))
