"""Sixteen samples as one value: of one voice at sixteen times, or of sixteen voices at one time.

What follows a voice's own past is done for sixteen voices at once, all else for sixteen samples of a voice;
:data:`turn` goes from one to the other.  Every operation rounds by itself, so the same numbers come out of
every processor; those with shorter registers take two or four for one value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from luthier.dsp.delay_lines import Samples
from luthier.dsp.four import FOUR, Four
from luthier.dsp.side_by_side import data_of, loading, places, pointer, spread, storing, value

WIDTH: Final = 16


class Sixteen:
    """Sixteen numbers of 32 bits.  There are none outside compiled loops: this is what they are to mypy."""

    def __add__(self, other: Sixteen) -> Sixteen:
        raise NotImplementedError

    def __sub__(self, other: Sixteen) -> Sixteen:
        raise NotImplementedError

    def __mul__(self, other: Sixteen) -> Sixteen:
        raise NotImplementedError

    def __truediv__(self, other: Sixteen) -> Sixteen:
        raise NotImplementedError


#: The same to Numba.
SIXTEEN = value("Sixteen", WIDTH, contract=False)
_WORD: Any = ir.IntType(32)
_WORDS: Any = ir.VectorType(_WORD, WIDTH)
_tuple: Any = types.UniTuple
Columns = tuple[Sixteen, Sixteen, Sixteen, Sixteen]


def _of_one(_typing: Any, _number: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        return spread(builder, values[0], SIXTEEN.vector)

    return SIXTEEN(types.float32), generate


def _counted(_typing: Any, _first: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        first = spread(builder, builder.trunc(values[0], _WORD), _WORDS)
        return builder.sitofp(builder.add(first, places(range(WIDTH))), SIXTEEN.vector)

    return SIXTEEN(types.int64), generate


def _between(_typing: Any, _position: Any, _step: Any, _change: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        # The lower halves alone: what is carried out of them counts whole samples.
        position, step, change = (spread(builder, builder.trunc(number, _WORD), _WORDS) for number in values)
        triangle = places(n * (n - 1) // 2 for n in range(WIDTH))
        moved = builder.add(builder.mul(step, places(range(WIDTH))), builder.mul(change, triangle))
        signed = builder.xor(builder.add(position, moved), places([1 << 31] * WIDTH))
        scale = ir.Constant(SIXTEEN.vector, [2.0**-32] * WIDTH)
        return builder.fmul(builder.sitofp(signed, SIXTEEN.vector), scale)

    return SIXTEEN(types.int64, types.int64, types.int64), generate


def _joined(_typing: Any, _first: Any, _second: Any, _third: Any, _fourth: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        halves = [builder.shuffle_vector(*pair, places(range(8))) for pair in (values[:2], values[2:])]
        return builder.shuffle_vector(*halves, places(range(WIDTH)))

    return SIXTEEN(FOUR, FOUR, FOUR, FOUR), generate


def _columns(_typing: Any, _first: Any, _second: Any, _third: Any, _fourth: Any) -> Any:
    found = _tuple(SIXTEEN, 4)

    def generate(context: Any, builder: Any, _signature: Any, values: Any) -> Any:
        def quarters(one: Any, two: Any, order: tuple[int, ...]) -> Any:
            """A shuffle within each quarter; 4 to 7 are of the second value."""
            lanes = [4 * quarter + n % 4 + WIDTH * (n // 4) for quarter in range(4) for n in order]
            return builder.shuffle_vector(one, two, places(lanes))

        one, two, three, four = values
        low, high, first, last = (0, 4, 1, 5), (2, 6, 3, 7), (0, 1, 4, 5), (2, 3, 6, 7)
        columns = [
            quarters(quarters(one, two, side), quarters(three, four, side), pair)
            for side in (low, high)
            for pair in (first, last)
        ]
        return context.make_tuple(builder, found, columns)

    return found(SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN), generate


def _turn(_typing: Any, samples: Any, _from: Any, _apart: Any, _to: Any, _wide: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        memory, source, apart, target, wide = values
        data = data_of(context, builder, signature.args[0], memory)

        def row(first: Any, stride: Any, number: int) -> Any:
            place = builder.add(first, builder.mul(stride, ir.Constant(stride.type, number)))
            return pointer(builder, data, place, SIXTEEN.vector)

        rows = [builder.load(row(source, apart, number), align=4) for number in range(WIDTH)]
        orders = [
            places(lane + side for lane in range(8 * half, 8 * half + 8) for side in (0, WIDTH))
            for half in (0, 1)
        ]
        # Each of four times, rows eight apart are interleaved: one digit more of a lane becomes one of a row.
        for _ in range(4):
            rows = [
                builder.shuffle_vector(rows[n // 2], rows[n // 2 + 8], orders[n % 2]) for n in range(WIDTH)
            ]
        for number in range(WIDTH):
            builder.store(rows[number], row(target, wide, number), align=4)
        return context.get_dummy_value()

    return types.void(samples, *[types.intp] * 4), generate


#: Sixteen samples from a place on.
load = cast(Callable[[Samples, int], Sixteen], loading(SIXTEEN))
#: Write sixteen samples from a place on.
store = cast(Callable[[Samples, int, Sixteen], None], storing(SIXTEEN))
#: The same number sixteen times.
of_one = cast(Callable[[np.float32], Sixteen], intrinsic(_of_one))
#: A whole number, and those that follow it.
counted = cast(Callable[[int], Sixteen], intrinsic(_counted))
#: How far behind the middle between two samples, in samples, are a position in 1 / 2^32 sample and those that
#: follow: a step further each, and each step longer by a change.
between = cast(Callable[[int, int, int], Sixteen], intrinsic(_between))
#: Four times four, one behind the other.
joined = cast(Callable[[Four, Four, Four, Four], Sixteen], intrinsic(_joined))
#: Of four values each of four times four: all the first ones, all the second ones, and so on; of each four of
#: them one from every value.
columns = cast(Callable[[Sixteen, Sixteen, Sixteen, Sixteen], Columns], intrinsic(_columns))
#: Sixteen rows of sixteen become columns, within one array: from a place and so many places apart, to another
#: place and so many apart.
turn = cast(Callable[[Samples, int, int, int, int], None], intrinsic(_turn))
