"""Where in a recording half-waves are, and how fast the tape ran there.

A short probe is read at several assumed speeds; the cheapest reading wins.  How much of the probe's signal
its half-waves explain tells data from everything else: above 0.95 on tapes with noise as strong as the
signal and above 0.83 on the worst high-passed ones, mostly 0.55 to 0.8 on noise and music (measured).  Tones
explain as much: that a probe passes only means that it is worth reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.poly800.tape.conditioning import Signal
from luthier.poly800.tape.lattice import Path, Tracking, search

FloatArray = npt.NDArray[np.float64]

PROBE_SECONDS = 0.2
#: Distance of probes: a dump lasts 6.5 s even on a tape that runs half as fast again.
PROBE_STEP_SECONDS = 2.0
#: Length scales tried, nominal first; the tracking pulls in about ±15 %.
_SPEEDS = (1.0, 1.2, 0.83, 1.4, 0.7, 1.65)
_PROBING = Tracking(phase_gain=1.0, speed_gain=0.15, timing_sigma=45e-6, lists=1, beam=15.0)
#: A probe is data if its half-waves explain this part of the signal.
_EXPLAINED = 0.7
#: So well explained that no other speed need be tried.
_CERTAIN = 0.96
#: Probes explained this much worse than the best of a stretch say nothing about its speed.
_AS_GOOD = 0.03
#: No deck changes its speed by more than this within a stretch (20 % either way).
_MOST_WOW = 1.5
#: Signal weaker than this part of the loudest is silence.
_SILENCE = 0.01
#: Speeds within this of nominal need no other resampling.
_NOMINAL = 0.04
#: Speeds that differ less than this are one speed.
_STEADY = 0.02
#: Two stretches nearer than this are one.
_JOIN_SECONDS = 4.0


@dataclass(frozen=True)
class Stretch:
    """A part of a recording that holds half-waves."""

    begin: float
    end: float
    """Seconds."""
    times: tuple[float, ...]
    scales: tuple[float, ...]
    """Length scale (1 nominal, 2 half speed) at each of ``times``."""
    explained: float = 1.0
    """The best of the parts of their signal that half-waves explain in the probes."""

    @property
    def scale(self) -> float:
        """The length scale in the middle of what was seen; 1 for a tape at about nominal speed."""
        middle = float(np.median(self.scales))
        return 1.0 if abs(middle - 1.0) < _NOMINAL else middle

    def hints(self, begin: float, rate: float, count: int) -> FloatArray:
        """The length scale at each of ``count`` samples from ``begin`` on, relative to :attr:`scale`."""
        if max(self.scales) - min(self.scales) < _STEADY * self.scale:
            return np.full(count, self.scales[0] / self.scale)
        seconds = begin + np.arange(count) / rate
        return np.interp(seconds, self.times, self.scales) / self.scale


def explained(path: Path, signal: FloatArray) -> FloatArray:
    """Part of the signal that each half-wave of ``path`` explains: 1 if all of it has the same polarity."""
    bounds = np.clip(np.rint(path.edges).astype(np.int64), 0, signal.size)
    return _explained(bounds, signal)


@compiled
def _explained(bounds: npt.NDArray[np.int64], signal: FloatArray) -> FloatArray:
    """The same between samples."""
    part = np.empty(bounds.size - 1)
    for half_wave in range(part.size):
        total = 0.0
        absolute = 0.0
        for place in range(bounds[half_wave], bounds[half_wave + 1]):
            total += signal[place]
            absolute += abs(signal[place])
        part[half_wave] = min(abs(total) / (absolute + 1e-9), 1.0)
    return part


def survey(signal: Signal) -> list[Stretch]:
    """The stretches of ``signal`` (conditioned for nominal speed) that hold half-waves."""
    found: list[_Probe] = []
    for begin in _probe_places(signal):
        samples = signal.samples[begin : begin + int(PROBE_SECONDS * signal.rate)]
        probe = _probe(samples, signal.rate, begin / signal.rate, found[-1].scale if found else None)
        if probe is not None:
            found.append(probe)
    stretches = []
    for group in _grouped(found):
        begin_second = max(group[0].time - PROBE_STEP_SECONDS, 0.0)
        end_second = group[-1].time + PROBE_SECONDS + PROBE_STEP_SECONDS
        # On a badly filtered tape only the leader tells the speed; there it is explained best.
        best = max(group, key=lambda probe: probe.explained)
        sure = [
            probe
            for probe in group
            if probe.explained > best.explained - _AS_GOOD
            and 1 / _MOST_WOW < probe.scale / best.scale < _MOST_WOW
        ]
        stretches.append(
            Stretch(
                begin_second,
                min(end_second, signal.samples.size / signal.rate),
                tuple(probe.time for probe in sure),
                tuple(probe.scale for probe in sure),
                best.explained,
            )
        )
    return stretches


@dataclass(frozen=True, order=True)
class _Probe:
    """A short piece read at one speed: cost, and if it is data what was found."""

    cost: float
    time: float
    scale: float
    explained: float


def _probe_places(signal: Signal) -> Iterator[int]:
    """First samples of the probes, where there is signal at all."""
    length = int(PROBE_SECONDS * signal.rate)
    loudest = signal.levels.max(initial=0.0)
    for begin in range(0, signal.samples.size - length, int(PROBE_STEP_SECONDS * signal.rate)):
        place = slice(begin, begin + length)
        # In digital silence every level is as loud as the loudest.
        if signal.levels[place].mean() > _SILENCE * loudest and signal.samples[place].any():
            yield begin


def _probe(samples: FloatArray, rate: float, time: float, expected: float | None) -> _Probe | None:
    """The half-waves in ``samples``, first at the ``expected`` length scale; None if it holds none."""
    if expected is not None:
        likely = _probed(samples, rate, time, expected)
        if likely.explained > _EXPLAINED + 0.1:
            return likely
    results = []
    for scale in _SPEEDS:
        results.append(_probed(samples, rate, time, scale))
        if results[-1].explained > _CERTAIN:
            break
    best = min(results)
    return best if best.explained > _EXPLAINED else None


def _probed(samples: FloatArray, rate: float, time: float, scale: float) -> _Probe:
    """The reading of ``samples`` that starts at ``scale``."""
    path = search(samples, rate, np.full(samples.size, scale), _PROBING)
    if path is None:
        return _Probe(np.inf, time, scale, 0.0)
    half = path.speeds.size // 2
    return _Probe(
        path.cost, time, float(np.median(path.speeds[half:])), float(explained(path, samples).mean())
    )


def _grouped(found: list[_Probe]) -> Iterator[list[_Probe]]:
    """Probes near each other."""
    group: list[_Probe] = []
    for probe in found:
        if group and probe.time - group[-1].time > _JOIN_SECONDS:
            yield group
            group = []
        group.append(probe)
    if group:
        yield group
