"""An hour of loud noise through every effect of the SX-KN5000, at settings as extreme as there are.

A hundred corners of an effect's settings, 18 s each, and all of them once more: everything low, everything
high, each parameter alone at its other end, the rest drawn by chance, always the same for an effect.
Settings change while the noise goes on.  Of the last third of each stay are measured the loudest sample, the
steady part, and the power; what is no number or too small for the processor's quick ways is counted
everywhere.  Then there is silence, until the effect is silent too.

The noise has a period of 5.9 s without any steady part, so that a filter's output has none either.

``python -m benchmarks.kn5000_effects_hour [NAME ...]``
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import Figure, print_table
from luthier.compiled import compiled
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import NAMES, effect

NAME = "KN5000 effects, an hour of noise each"
_RATE = 44_100
_PERIOD = 1 << 18
_BLOCK = 4096
_CORNERS = 100
_PERIODS = 3
_ROUNDS = 2  # 600 periods are 3567 s, and silence follows
#: Nothing is louder: five bells of 12 dB at one frequency are 60 dB.
_LOUDEST = 1_000.0
#: No stay may have more of a steady part, or else the whole hour must have less than the second number of
#: full scale: repeats of 95 % make noise below 0.02 Hz twenty times as loud, and a wave of 40 Hz makes tones
#: of 40 Hz steady, but neither goes one way for long.
_STEADY_STAY, _STEADY = 0.05, 0.02
#: So many samples too small are chance; what is to be kept away are thousands one after the other.
_FEW = 44
#: Decibels that the second round may be louder than the first.
_GROWTH = 1.0
#: Seconds in which all must be silent: repeats of 350 ms that lose 5 % each fall by 160 dB in 126 s.
_LONGEST = 300
#: Not set: at 0 there is nothing to measure.
_LEFT = "VOLUME"
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Hour:
    """What an hour did to an effect."""

    effect: str
    loudest: float
    steady: float
    """The steady part of the whole hour, of full scale."""
    steady_stay: float
    """The greatest of a stay, as a share of its power or of full scale, whichever is more."""
    growth: float
    """Decibels between the loudest stay of either round."""
    no_numbers: int
    too_small: int
    silent_after: float
    """Seconds; infinite if it never was."""
    times_real_time: float

    @property
    def holds(self) -> bool:
        """Whether all of it is as it should be."""
        steady = self.steady_stay >= _STEADY_STAY and self.steady >= _STEADY
        sound = self.loudest < _LOUDEST and not steady and self.growth < _GROWTH
        return sound and not self.no_numbers and self.too_small < _FEW and self.silent_after < _LONGEST


@compiled
def _survey(block: Samples, found: NDArray[np.float64]) -> None:
    """Adds up: frames, sums of both sides, squares, the loudest, what is no number, what is too small."""
    tiny = np.finfo(np.float32).tiny
    for i in range(len(block)):
        for side in range(2):
            value = block[i, side]
            size = abs(value)
            found[1 + side] += value
            found[3] += np.float64(value) * np.float64(value)
            found[4] = max(found[4], size)
            if not np.isfinite(value):
                found[5] += 1
            if 0 < size < tiny:
                found[6] += 1
    found[0] += len(block)


def corners(of: Chain) -> list[dict[str, float]]:
    """Settings at the ends of all ranges."""
    ends = {each.name: (each.low, each.high) for each in of.parameters if each.name != _LEFT}
    low, high = ({name: span[side] for name, span in ends.items()} for side in range(2))
    found = [low, high]
    for name, span in ends.items():
        found += [low | {name: span[1]}, high | {name: span[0]}]
    chance = np.random.default_rng(of.number)
    while len(found) < _CORNERS:
        found.append({name: span[chance.integers(2)] for name, span in ends.items()})
    return found[:_CORNERS]


def _noise() -> Samples:
    """A period of it, as loud as can be."""
    sound = np.random.default_rng(5).uniform(-1, 1, (_PERIOD, 2))
    sound -= sound.mean(axis=0)
    return np.asarray(sound / np.abs(sound).max(), np.float32)


def _stay(of: Chain, sound: Samples, out: Samples) -> NDArray[np.float64]:
    found = np.zeros(7)
    for _ in range(_PERIODS):
        # What the change of settings did is over in the last; the last two numbers are counted in all.
        found[:5] = 0
        for first in range(0, len(sound), _BLOCK):
            _survey(of.process(sound[first : first + _BLOCK], out), found)
    return found


def hour(name: str) -> Hour:
    """An hour of noise, then silence."""
    of, sound, out = effect(name), _noise(), np.empty((_BLOCK, 2), np.float32)
    begin = time.process_time()
    powers, loudest, steady, broken = np.zeros((_ROUNDS, _CORNERS)), 0.0, 0.0, np.zeros(2)
    whole = np.zeros(2)
    for lap in range(_ROUNDS):
        for place, settings in enumerate(corners(of)):
            for parameter, value in settings.items():
                of.set(parameter, value)
            frames, left, right, squares, most, *counts = _stay(of, sound, out)
            powers[lap, place] = squares / (2 * frames)
            loudest, broken = max(loudest, most), broken + counts
            part = max(abs(left), abs(right)) / frames
            whole += np.array([left, right]) / (frames * powers.size)
            steady = max(steady, part / max(1.0, powers[lap, place] ** 0.5))
    seconds = time.process_time() - begin
    first, second = 10 * np.log10(powers.max(axis=1) + 1e-12)
    quiet, silence = 0, np.zeros((_BLOCK, 2), np.float32)
    while not of.silent and quiet < _LONGEST * _RATE:
        _survey(of.process(silence, out), counted := np.zeros(7))
        broken += counted[5:]
        quiet += _BLOCK
    after = quiet / _RATE if of.silent else float("inf")
    speed = _PERIODS * _PERIOD * powers.size / _RATE / seconds
    mean = float(np.abs(whole).max())
    return Hour(
        name,
        float(loudest),
        mean,
        float(steady),
        float(second - first),
        int(broken[0]),
        int(broken[1]),
        after,
        speed,
    )


def measure(jobs: int = 1, names: Iterable[str] = tuple(NAMES.values())) -> Iterator[Figure]:
    """All effects, or some, in one row; those that fail are named."""
    with ProcessPoolExecutor(jobs) as pool:
        yield row(list(pool.map(hour, names)))


def row(hours: Sequence[Hour]) -> Figure:
    """Those that hold are counted, those that fail named."""
    good = sum(each.holds for each in hours)
    failed = ", ".join(each.effect for each in hours if not each.holds)
    longest = max(each.silent_after for each in hours)
    ours = f"{good} stay stable, silent after {longest:.0f} s at most" + (f"; NOT {failed}" if failed else "")
    details = {"hours": [asdict(each) for each in hours]}
    return Figure(
        NAME, "no NaN, no drift, no growth, silence after it", ours, f"{len(hours)}", not failed, "", details
    )


def main() -> None:
    """Those named, or all; a line for each."""
    names = sys.argv[1:] or list(NAMES.values())
    for figure in measure(1, names):
        for each in figure.details["hours"]:
            print(each)
        print_table([figure])


if __name__ == "__main__":
    main()
