"""Twice and half the sampling rate: all-passes where the edge is sharp, a few taps where there is room.

An elliptic half-band filter is half the sum of two chains of all-passes, one sample apart (Valenzuela and
Constantinides, "Digital signal processing schemes for efficient interpolation and decimation", 1983).  Half
of its work falls away because every second sample is nothing or is not wanted, and it delays low tones by a
few samples only.  Both chains of both sides are four lanes done at once.  It makes the first step.

Where the rate is high already nothing is near the edge, and a short symmetric filter will do, every second
tap of which is nothing: twelve under Kaiser's window, or four that lie on a cubic (Deslauriers and Dubuc,
"Symmetric iterative interpolation processes", 1989).  The processor does sixteen samples of it at once.

Samples are flat, left and right in turn, all in one array; places of it are told in pairs, so that a frame
can be moved as one number of 64 bits.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy import float32
from numpy.typing import NDArray

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.four import Four, load, of_two, store
from luthier.dsp.loops import part

SECTIONS: Final = 5
#: Samples of one section's past, or of what goes in: two chains of two sides.
LANES: Final = 4
STATES: Final = (SECTIONS + 1) * LANES
#: Pairs of taps of the two filters, and the frames of its past that the longer one needs.
FEW, MORE = 2, 6
HISTORY: Final = 16
#: Goes in with the sound, so that nothing gets too small for the processor's quick ways.
_TINY = float32(1e-20)
_HALF = float32(0.5)
Pairs = NDArray[np.int64]
Pasts = tuple[Four, Four, Four, Four, Four, Four]
Filters = tuple[Four, Four, Four, Four, Four]


def coefficients(sections: int, transition: float) -> NDArray[np.float64]:
    """The 2 * ``sections`` numbers of a filter whose two edges are ``transition`` of the high rate apart.

    Even ones are those of the first chain.  The elliptic functions are sums of their theta series.
    """
    k = math.tan((1 - 2 * transition) * math.pi / 4) ** 2
    root = (1 - k * k) ** 0.25
    e = 0.5 * (1 - root) / (1 + root)
    q = e * (1 + e**4 * (2 + e**4 * (15 + 150 * e**4)))
    order = 4 * sections + 1
    found = []
    for number in range(1, 2 * sections + 1):
        angle = number * math.pi / order
        above = sum((-1) ** i * q ** (i * (i + 1)) * math.sin((2 * i + 1) * angle) for i in range(8))
        below = 0.5 + sum((-1) ** i * q ** (i * i) * math.cos(2 * i * angle) for i in range(1, 8))
        square = (above * q**0.25 / below) ** 2
        x = math.sqrt((1 - square * k) * (1 - square / k)) / (1 + square)
        found.append((1 - x) / (1 + x))
    return np.array(found)


def taps(pairs: int, transition: float) -> NDArray[np.float64]:
    """One half of the taps between the samples, from the middle on; twice their sum is 1.

    Kaiser's window is chosen for the attenuation that so many taps have at that transition, of the high rate.
    """
    places = 2 * np.arange(pairs) + 1
    length = 4 * pairs - 2
    attenuation = 2.285 * length * 2 * math.pi * transition + 8
    beta = 0.1102 * (attenuation - 8.7)
    window = np.i0(beta * np.sqrt(1 - (places / (length / 2 + 1)) ** 2)) / np.i0(beta)
    found = np.sinc(places / 2) * window
    return np.asarray(found / (2 * found.sum()))


_FIRST: Final = tuple(float32(number) for number in coefficients(SECTIONS, 0.01))


@part
def _section(k: Four, before: Four, now: Four, past: Four) -> Four:
    """Through one all-pass: y = x1 + k x - k y1; what waits for y1 comes last."""
    return (before + k * now) - k * past


@part
def pasts(memory: Samples, at: int) -> Pasts:
    """What went in and came out of each section."""
    first, second, third = load(memory, at), load(memory, at + 4), load(memory, at + 8)
    return first, second, third, load(memory, at + 12), load(memory, at + 16), load(memory, at + 20)


@part
def keep(memory: Samples, at: int, past: Pasts) -> None:
    """Write them, for the next time."""
    store(memory, at, past[0])
    store(memory, at + 4, past[1])
    store(memory, at + 8, past[2])
    store(memory, at + 12, past[3])
    store(memory, at + 16, past[4])
    store(memory, at + 20, past[5])


@part
def filters(lowering: int) -> Filters:
    """The sections' numbers; on the way down (1) the chains change places."""
    m, n = lowering, 1 - lowering
    k1, k2 = of_two(_FIRST[m], _FIRST[n]), of_two(_FIRST[m + 2], _FIRST[n + 2])
    k3, k4 = of_two(_FIRST[m + 4], _FIRST[n + 4]), of_two(_FIRST[m + 6], _FIRST[n + 6])
    return k1, k2, k3, k4, of_two(_FIRST[m + 8], _FIRST[n + 8])


@part
def through(numbers: Filters, come: Four, past: Pasts) -> Pasts:
    """Both sides through both chains; the last of what is given is what comes out."""
    come = come + of_two(_TINY, _TINY)
    one = _section(numbers[0], past[0], come, past[1])
    two = _section(numbers[1], past[1], one, past[2])
    three = _section(numbers[2], past[2], two, past[3])
    four = _section(numbers[3], past[3], three, past[4])
    return come, one, two, three, four, _section(numbers[4], past[4], four, past[5])


_SIX_PAIRS: Final = tuple(float32(tap) for tap in taps(MORE, 0.25))
_NEAR, _FAR = float32(9 / 16), float32(-1 / 16)


@part
def _few(memory: Samples, at: int) -> float32:
    """Between the second and the third of four samples of a side: on the cubic through all of them."""
    near, far = memory[Place(at + 2)] + memory[Place(at + 4)], memory[Place(at)] + memory[Place(at + 6)]
    found: float32 = _NEAR * near + _FAR * far
    return found


@part
def _more(memory: Samples, at: int) -> float32:
    """Between the sixth and the seventh of twelve."""
    a, b, c = _SIX_PAIRS[0], _SIX_PAIRS[1], _SIX_PAIRS[2]
    d, e, f = _SIX_PAIRS[3], _SIX_PAIRS[4], _SIX_PAIRS[5]
    near = a * (memory[Place(at + 10)] + memory[Place(at + 12)])
    far = b * (memory[Place(at + 8)] + memory[Place(at + 14)])
    farther = c * (memory[Place(at + 6)] + memory[Place(at + 16)])
    last = e * (memory[Place(at + 2)] + memory[Place(at + 20)]) + f * (
        memory[Place(at)] + memory[Place(at + 22)]
    )
    found: float32 = (near + far) + (farther + d * (memory[Place(at + 4)] + memory[Place(at + 18)])) + last
    return found


@part
def between(memory: Samples, filter_: int, source: int, target: int, count: int) -> None:
    """What lies between ``count`` frames, by ``FEW`` or ``MORE`` pairs of taps; before them is their past.

    Together with the frames themselves, ``filter_`` frames late, that is twice the rate.
    """
    oldest = source - 2 * (2 * filter_ - 1)
    for i in range(2 * count):
        memory[Place(target + i)] = _few(memory, oldest + i) if filter_ == FEW else _more(memory, oldest + i)


@part
def join(pairs: Pairs, even: int, odd: int, target: int, count: int) -> None:
    """Frames and what lies between them, in turn."""
    first, second, go = even >> 1, odd >> 1, target >> 1
    for i in range(count):
        pairs[Place(go + 2 * i)] = pairs[Place(first + i)]
        pairs[Place(go + 2 * i + 1)] = pairs[Place(second + i)]


@part
def divide(pairs: Pairs, source: int, even: int, odd: int, count: int) -> None:
    """``count`` pairs of frames in turn to two places."""
    come, first, second = source >> 1, even >> 1, odd >> 1
    for i in range(count):
        pairs[Place(first + i)] = pairs[Place(come + 2 * i)]
        pairs[Place(second + i)] = pairs[Place(come + 2 * i + 1)]


@part
def lower_rate(memory: Samples, filter_: int, even: int, odd: int, target: int, count: int) -> None:
    """Frames that were divided to half their rate; before both lies their past."""
    oldest, middle = even - 2 * (2 * filter_ - 1), odd - 2 * filter_
    for i in range(2 * count):
        among = _few(memory, oldest + i) if filter_ == FEW else _more(memory, oldest + i)
        memory[Place(target + i)] = _HALF * (among + memory[Place(middle + i)])


@part
def remember(memory: Samples, at: int, count: int) -> None:
    """What was written from ``at`` on is now the past: the last ``HISTORY`` frames of ``count``."""
    for i in range(2 * HISTORY):
        memory[Place(at - 2 * HISTORY + i)] = memory[Place(at + 2 * (count - HISTORY) + i)]
