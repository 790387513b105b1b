"""Four samples as one value, for loops in which each waits for the one before.

The compiler puts many turns of a loop side by side, but not what stands side by side in one turn.  Where a
filter's next sample needs its last, only what lies beside it can be done at once: both sides of two chains.
In a :func:`luthier.dsp.loops.loop` a :class:`Four` is one register of the processor; it adds, subtracts and
multiplies lane by lane.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from luthier.dsp.delay_lines import Samples


class Four:
    """Four numbers of 32 bits.  There are none outside compiled loops: this is what they are to mypy."""

    def __add__(self, other: Four) -> Four:
        raise NotImplementedError

    def __sub__(self, other: Four) -> Four:
        raise NotImplementedError

    def __mul__(self, other: Four) -> Four:
        raise NotImplementedError


class _FourType(types.Type):
    pass


_make: Any = _FourType
_FOUR: Any = _make("Four")
_element: Any = cgutils.gep
_LANES = ir.VectorType(ir.FloatType(), 4)
_SIDES = ir.VectorType(ir.FloatType(), 2)


@register_model(_FourType)
class _FourModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        start: Any = super().__init__
        start(manager, kind, _LANES)


def _lane_by_lane(operation: Callable[..., Any], instruction: str) -> None:
    typed: Any = type_callable
    generated: Any = lower_builtin

    @typed(operation)  # type: ignore[untyped-decorator]
    def kind(_context: Any) -> Any:
        return lambda one, other: _FOUR if one is _FOUR and other is _FOUR else None

    @generated(operation, _FourType, _FourType)  # type: ignore[untyped-decorator]
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return getattr(builder, instruction)(*values, flags=("contract",))


for _operation, _instruction in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul")):
    _lane_by_lane(_operation, _instruction)


def _order(*places: int) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), len(places)), list(places))


def _pointer(context: Any, builder: Any, signature: Any, values: Any, lanes: Any) -> Any:
    samples, place = values[0], values[1]
    data = context.make_array(signature.args[0])(context, builder, samples).data
    return builder.bitcast(_element(builder, data, place), lanes.as_pointer())


def _load(_typing: Any, samples: Any, _place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, values, _LANES), align=4)

    return _FOUR(samples, types.intp), generate


def _store(_typing: Any, samples: Any, _place: Any, _four: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointer = _pointer(context, builder, signature, values, _LANES)
        builder.store(values[2], pointer, align=4)
        return context.get_dummy_value()

    return types.void(samples, types.intp, _FOUR), generate


def _load_frame(_typing: Any, samples: Any, _place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        sides = builder.load(_pointer(context, builder, signature, values, _SIDES), align=4)
        return builder.shuffle_vector(sides, sides, _order(0, 1, 0, 1))

    return _FOUR(samples, types.intp), generate


def _store_frame(_typing: Any, samples: Any, _place: Any, _four: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        pointer = _pointer(context, builder, signature, values, _SIDES)
        builder.store(builder.shuffle_vector(values[2], values[2], _order(0, 1)), pointer, align=4)
        return context.get_dummy_value()

    return types.void(samples, types.intp, _FOUR), generate


def _fold(_typing: Any, _four: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return builder.fadd(values[0], builder.shuffle_vector(values[0], values[0], _order(2, 3, 0, 1)))

    return _FOUR(_FOUR), generate


def _of_two(_typing: Any, _first: Any, _second: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        found = ir.Constant(_LANES, ir.Undefined)
        for lane in range(4):
            found = builder.insert_element(found, values[lane // 2], ir.Constant(ir.IntType(32), lane))
        return found

    return _FOUR(types.float32, types.float32), generate


#: Four samples from a place on.
load = cast(Callable[[Samples, int], Four], intrinsic(_load))
#: Write four samples from a place on.
store = cast(Callable[[Samples, int, Four], None], intrinsic(_store))
#: Left and right, and again.
load_frame = cast(Callable[[Samples, int], Four], intrinsic(_load_frame))
#: Write the first two.
store_frame = cast(Callable[[Samples, int, Four], None], intrinsic(_store_frame))
#: The first and the third added, the second and the fourth, and again.
fold = cast(Callable[[Four], Four], intrinsic(_fold))
#: A number for the first two, another for the last two.
of_two = cast(Callable[[np.float32, np.float32], Four], intrinsic(_of_two))
