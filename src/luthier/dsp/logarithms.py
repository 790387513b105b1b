"""Logarithms and powers of two of many samples at once, by the bits of their numbers and polynomials.

A number of 32 bits is 2**e (1 + m): the exponent is cut out of its bits, and a polynomial of m says what is
missing.  The processor takes eight or sixteen at once, as no library function does.  Bits are read through
a second array over the same memory, ``samples.view(np.int32)``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy import float32
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import part

Bits = NDArray[np.int32]

_MANTISSA: Final = np.int32(0x007FFFFF)
_ONE: Final = np.int32(0x3F800000)
_AT: Final = np.int32(23)
_BIAS: Final = np.int32(127)
# log2(1 + m) / m and (2**m - 1) / m for m from 0 to 1: minimax polynomials, to 3.1e-7 and 9e-8 in the end.
_L0, _L1, _L2, _L3 = float32(1.44266783), float32(-0.720585469), float32(0.473553411), float32(-0.325901974)
_L4, _L5, _L6 = float32(0.194294322), float32(-0.0795577308), float32(0.0155299173)
_E0, _E1, _E2 = float32(0.693151312), float32(0.24016445), float32(0.0557999131)
_E3, _E4, _UNIT = float32(0.00901703032), float32(0.00186713007), float32(1)
_LEAST: Final = float32(-126)


@part
def logarithms(samples: Samples, bits: Bits, first: int, count: int, scratch: int) -> None:
    """Put in place of positive ``samples[first : first + count]`` their logarithms to base 2.

    ``scratch`` is where as many others of the same array may be written to.
    """
    here, there = Place(first), Place(scratch)
    for i in range(count):
        word = bits[here + Place(i)]
        samples[there + Place(i)] = float32(np.int32((word >> _AT) - _BIAS))
        bits[here + Place(i)] = np.int32((word & _MANTISSA) | _ONE)
    for i in range(count):
        m = samples[here + Place(i)] - _UNIT
        even, odd = _L4 + m * _L5, _L2 + m * _L3
        high = _L0 + m * _L1 + m * m * (odd + m * m * (even + m * m * _L6))
        samples[here + Place(i)] = samples[there + Place(i)] + m * high


@part
def powers(samples: Samples, bits: Bits, first: int, count: int, scratch: int) -> None:
    """Put in place of ``samples[first : first + count]``, up to 127, two to the power of each.

    Exactly 1 where it was 0.
    """
    here, there = Place(first), Place(scratch)
    for i in range(count):
        value = max(samples[here + Place(i)], _LEAST)
        whole = np.floor(value)
        m = value - whole
        samples[here + Place(i)] = _UNIT + m * (_E0 + m * (_E1 + m * (_E2 + m * (_E3 + m * _E4))))
        bits[there + Place(i)] = np.int32(whole)
    for i in range(count):
        bits[here + Place(i)] = np.int32(bits[here + Place(i)] + (bits[there + Place(i)] << _AT))
