"""The tables of opcode 74: three waveforms of 36 numbers for the low-frequency oscillator, and three of 32.

Each begins with the register of its first number, 1D in all.  Without a ROM the waveforms are modelled: sine,
triangle and square by their published values, cut to three decimals; of the 32 only the ends and the kind of
curve are published.

Source: listing, 0x03869B; the documentation project's notes on the host side.

Open questions
- What the tables of 32 are for: effects send them that have no oscillator.
- Whether they are called SIN, TRI and SQR on the screen.
"""

from __future__ import annotations

import math

from luthier.kn5000.dsp_codecs.coefficients import ONE

#: (address, numbers): first those of 36, then those of 32.
WAVEFORMS = (
    (0x01EAFA, 36),
    (0x01EB67, 36),
    (0x01EBD4, 36),
    (0x01EC41, 32),
    (0x01ECA5, 32),
    (0x01ED09, 32),
)
NAMES = ("sine", "triangle", "square")
FIRST_REGISTER = 0x1D
#: What of a table of 36 is one period.
PERIOD = 24
#: Each table takes its first register and its numbers.
STARTS = (0, 37, 74, 111, 144, 177)
TOTAL = 210
_RISE = (0.160, 0.566, 0.934, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.658, 0.258)
_LOW, _HIGH = -0.495, 0.491


def sine(index: int) -> float:
    """0.95 of a sine, a little ahead."""
    return 0.95 * math.sin(math.tau * index / PERIOD + 0.1)


def triangle(index: int) -> float:
    """From 0 up to 1 at 6, down to -1 at 18."""
    place = (index + 6) % PERIOD
    return place / 6 - 1 if place <= 12 else 3 - place / 6


def square(index: int) -> float:
    """With slanted edges."""
    half, place = divmod(index % PERIOD, 12)
    return -_RISE[place] if half else _RISE[place]


def _curve(index: int) -> float:
    return _LOW + (_HIGH - _LOW) * (1 - math.cos(math.pi * index / 31)) / 2


def _ramp(index: int) -> float:
    return _LOW + (_HIGH - _LOW) * index / 31


def _step(index: int) -> float:
    return max(_LOW, min(_HIGH, _LOW + (_HIGH - _LOW) * (index - 12) / 8))


def modelled() -> list[int]:
    """All tables, each behind its register, one behind the other."""
    numbers: list[int] = []
    for law, (_, size) in zip((sine, triangle, square, _curve, _ramp, _step), WAVEFORMS, strict=True):
        numbers += [FIRST_REGISTER, *(min(int(law(index) * ONE), ONE - 1) for index in range(size))]
    return numbers
