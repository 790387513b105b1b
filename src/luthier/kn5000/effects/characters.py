"""What tells one room from another: delays, damping, reflections.

All of it is modelled: chosen by ear and arithmetic for what the names promise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.dsp import feedback_network
from luthier.dsp.delay_lines import BLOCK
from luthier.dsp.one_pole import slope, two_shelves

RATE = 44_100
TAPS = 8  #: early reflections to either side
_MIDDLE = 1000.0  # Hz where the time is what was asked for
_LOW, _HIGH = 250.0, 5000.0  # Hz, corners


@dataclass(frozen=True, slots=True)
class Room:
    """What sound meets in a room."""

    shortest: float
    """Milliseconds of the shortest line."""
    longest: float
    low: float
    """Time of the lowest tones, as a multiple of that of the middle ones."""
    high: float
    """The same of the highest."""
    early: float
    """Share of the energy that comes as single reflections."""
    first: float
    """Milliseconds until the first of them."""
    last: float
    depth: float = 5.0
    """Frames that the lines move to either side."""


#: Where lines and reflections lie between the shortest and the longest: no two steps alike.
_LINE_JITTER = (
    0.0,
    0.31,
    -0.22,
    0.12,
    -0.35,
    0.27,
    0.05,
    -0.29,
    0.36,
    -0.11,
    0.19,
    -0.38,
    0.08,
    0.33,
    -0.17,
    0,
)
_TAP_JITTER = ((0, 0.3, -0.2, 0.1, 0.4, -0.3, 0.2, -0.1), (0.5, -0.1, 0.35, -0.25, 0, 0.25, -0.4, 0.3))


def _is_prime(number: int) -> bool:
    return all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def line_delays(room: Room) -> NDArray[np.int64]:
    """Frames of the sixteen lines: primes, so that no two have a common beat; in an order that mixes them."""
    places = (np.arange(feedback_network.LINES) + _LINE_JITTER) / (feedback_network.LINES - 1)
    wanted = room.shortest * (room.longest / room.shortest) ** places * RATE / 1000
    found: list[int] = []
    for frames in wanted:
        number = int(frames)
        while number in found or not _is_prime(number):
            number += 1
        found.append(number)
    return np.array(found, np.int64)[np.arange(feedback_network.LINES) * 7 % feedback_network.LINES]


def damping(room: Room, time: float, delays: NDArray[np.int64]) -> NDArray[np.float64]:
    """The lines' filters for a time in seconds to fall by 60 dB at 1 kHz; shape (5, 16)."""
    more_low = (1 / room.low - 1) * (1 - slope(_MIDDLE, _LOW, RATE))
    more_high = (1 / room.high - 1) * slope(_MIDDLE, _HIGH, RATE)
    fall = 60 / (time * RATE) / (1 + more_low + more_high) * delays  # dB in each line

    def gain(decibels: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray(10 ** (-decibels / 20), np.float64)

    low, high = gain(fall * (1 / room.low - 1)), gain(fall * (1 / room.high - 1))
    return two_shelves(gain(fall), low, _LOW / RATE, high, _HIGH / RATE)


def late_gain(room: Room, time: float, delays: NDArray[np.int64]) -> float:
    """What makes a steady noise come back, around 1 kHz, as loud as it went in.

    Each round leaves 10 ** (-6 seconds / time) of the energy in a line; all rounds together are a
    geometric series.
    """
    left = float(np.mean(10 ** (-6 * delays / (RATE * time))))
    return float(np.sqrt((1 - room.early) * (1 - left)))


def early_taps(room: Room) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Frames and gains of the early reflections, to the left first: their energy is ``early``.

    Every third comes from the other side.
    """
    places = (np.arange(TAPS) + np.array(_TAP_JITTER)) / TAPS
    times = room.first * (room.last / room.first) ** places
    gains = times**-0.5 * np.array([1, -1, 1, 1, -1, 1, -1, -1])
    gains *= np.sqrt(room.early / np.sum(gains**2, axis=1, keepdims=True))
    frames = np.maximum(np.round(times * RATE / 1000), BLOCK)
    return frames.astype(np.int64).ravel(), gains.astype(np.float32).ravel()
