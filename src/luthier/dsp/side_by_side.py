"""Several samples as one value of a compiled loop: a register of the processor.

The compiler puts many turns of a loop side by side where it sees that it may.  Here it is told: a value is
added, subtracted, multiplied and divided lane by lane.  Numba types and instructions of LLVM; what each
value offers stands in :mod:`luthier.dsp.four` and :mod:`luthier.dsp.sixteen`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

_element: Any = cgutils.gep
_WHOLE: Any = ir.IntType(32)
_OPERATIONS = (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
)


class Lanes(types.Type):
    """What Numba knows of a value."""

    def __init__(self, name: str, count: int) -> None:
        start: Any = super().__init__
        start(name=name)
        self.count = count
        self.vector: Any = ir.VectorType(ir.FloatType(), count)


def value(name: str, count: int, *, contract: bool) -> Any:
    """A new kind of value; ``contract``: a product and a sum may be rounded once."""
    kind: Any = type(name, (Lanes,), {})
    made = kind(name, count)

    class _Model(models.PrimitiveModel):
        def __init__(self, manager: Any, of: Any) -> None:
            start: Any = super().__init__
            start(manager, of, made.vector)

    register: Any = register_model(kind)
    register(_Model)
    for operation, instruction in _OPERATIONS:
        _lane_by_lane(made, operation, instruction, ("contract",) if contract else ())
    return made


def _lane_by_lane(kind: Any, operation: Callable[..., Any], instruction: str, flags: tuple[str, ...]) -> None:
    typed: Any = type_callable
    generated: Any = lower_builtin

    @typed(operation)  # type: ignore[untyped-decorator]
    def result(_context: Any) -> Any:
        return lambda one, other: kind if one is kind and other is kind else None

    @generated(operation, type(kind), type(kind))  # type: ignore[untyped-decorator]
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return getattr(builder, instruction)(*values, flags=flags)


def places(numbers: Iterable[int]) -> Any:
    """A constant of whole numbers, such as the order of a shuffle."""
    listed = list(numbers)
    return ir.Constant(ir.VectorType(_WHOLE, len(listed)), listed)


def data_of(context: Any, builder: Any, kind: Any, samples: Any) -> Any:
    """Where the samples of an array lie."""
    return context.make_array(kind)(context, builder, samples).data


def pointer(builder: Any, data: Any, place: Any, vector: Any) -> Any:
    """Where a value lies whose first lane is a sample of an array."""
    return builder.bitcast(_element(builder, data, place), vector.as_pointer())


def spread(builder: Any, number: Any, vector: Any) -> Any:
    """The same number in all lanes."""
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.Constant(_WHOLE, 0))
    return builder.shuffle_vector(first, first, places([0] * vector.count))


def loading(kind: Any) -> Any:
    """The function that reads a value from a place of an array on."""

    def load(_typing: Any, samples: Any, _place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            data = data_of(context, builder, signature.args[0], values[0])
            return builder.load(pointer(builder, data, values[1], kind.vector), align=4)

        return kind(samples, types.intp), generate

    return intrinsic(load)


def storing(kind: Any) -> Any:
    """The function that writes a value from a place of an array on."""

    def store(_typing: Any, samples: Any, _place: Any, _value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            data = data_of(context, builder, signature.args[0], values[0])
            builder.store(values[2], pointer(builder, data, values[1], kind.vector), align=4)
            return context.get_dummy_value()

        return types.void(samples, types.intp, kind), generate

    return intrinsic(store)
