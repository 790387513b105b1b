"""A recording as a sum of partials and noises whose loop is exact.

Up to the loop every partial has its own frequency, attack and decay.  In the loop its frequency is the
nearest whole number of periods, its level stands still and noise repeats, so that the last sample leads to
the first as any sample leads to its next: nothing needs to be cross-faded.  Decays slow down over the last
quarter before the loop, so that no level breaks off.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from luthier.compiled import compiled

Samples = NDArray[np.floating[Any]]
#: Magnitude over frequency in Hz.
Spectrum = Callable[[Samples], Samples]

CONCERT_A = 440.0
#: Samples behind the end of a loop that repeat its beginning, for interpolation.
GUARD = 8
_QUIET = 1e-7


def frequency_of(note: float) -> float:
    """The frequency of a MIDI note, equally tempered, A4 at 440 Hz."""
    return float(CONCERT_A * 2.0 ** ((note - 69) / 12))


@dataclass(frozen=True)
class Shape:
    """How long a recording is and where it loops, in samples; with its rate and its exact fundamental."""

    rate: int
    fundamental: float
    loop_start: int
    loop_length: int
    """0: played once."""
    top: float
    """No partial lies above this frequency, so that the highest key of the zone does not fold any back."""

    @property
    def length(self) -> int:
        """Samples in all."""
        return self.loop_start + (self.loop_length + GUARD if self.loop_length else 0)


def shape(note: float, rate: int, before: float, loop: float, highest: float, multiple: int = 1) -> Shape:
    """``before`` seconds, then about ``loop`` seconds of whole periods, for keys up to ``highest``.

    The number of periods is a ``multiple``: 2 lets an octave below, or a fifth, be whole too.
    """
    wanted = frequency_of(note)
    top = 0.48 * rate / 2.0 ** (max(highest - note, 0) / 12)
    if loop == 0:
        return Shape(rate, wanted, int(before * rate), 0, top)
    least = max(round(loop * wanted / multiple), 1)
    periods = np.arange(least, least + max(least // 4, 12)) * multiple
    lengths = np.round(periods * rate / wanted)
    best = int(np.argmin(np.abs(periods * rate / lengths / wanted - 1)))
    fundamental = float(periods[best] * rate / lengths[best])
    return Shape(rate, fundamental, int(before * rate), int(lengths[best]), top)


@compiled
def _add_partials(
    out: Samples,
    loop_start: int,
    ease: int,
    before: Samples,
    inside: Samples,
    steady: Samples,
    extra: Samples,
    decay: Samples,
    attack: Samples,
    phase: Samples,
) -> None:
    for number in range(before.size):
        level = extra[number]
        lost = 1.0 - decay[number]
        rise = attack[number]
        x, y = np.cos(phase[number]), np.sin(phase[number])
        turn_x, turn_y = np.cos(before[number]), np.sin(before[number])
        for n in range(out.size):
            if n == loop_start:
                turn_x, turn_y = np.cos(inside[number]), np.sin(inside[number])
            gain = steady[number] + level
            if gain < _QUIET and n > rise:
                break
            if n < rise:
                share = n / rise
                gain *= share * share * (3.0 - 2.0 * share)
            out[n] += gain * y
            x, y = x * turn_x - y * turn_y, y * turn_x + x * turn_y
            if n < loop_start - ease:
                level *= decay[number]
            elif n < loop_start:
                level *= 1.0 - lost * (loop_start - n) / ease


@dataclass
class Sound:
    """Partials and noises, and the shape they are rendered in."""

    shape: Shape
    seed: str
    shimmer: float = 0.0
    """How much steady partials waver, as a share of their level."""
    partials: list[tuple[float, ...]] = field(default_factory=list)
    noises: list[Samples] = field(default_factory=list)

    def __post_init__(self) -> None:
        # Fixed: the bank is the same wherever it is made.
        self.random = np.random.default_rng(zlib.crc32(self.seed.encode()))

    @property
    def fundamental(self) -> float:
        """The exact frequency of the root, in Hz."""
        return self.shape.fundamental

    def partial(
        self,
        frequency: float,
        *,
        steady: float = 0.0,
        extra: float = 0.0,
        decay: float = 1.0,
        attack: float = 0.001,
        phase: float | None = None,
        looped_as: float | None = None,
    ) -> None:
        """Add a sine: a level that stays, and one that falls by 1/e every ``decay`` seconds.

        ``looped_as`` is what its frequency in the loop is taken from: strings that beat slowly before the
        loop would be too far apart in it, where only whole numbers of periods are.
        """
        if not 0 < frequency < self.shape.top:
            return
        angle = float(self.random.uniform(0, 2 * np.pi)) if phase is None else phase
        self.partials.append((frequency, steady, extra, decay, attack, angle, looped_as or frequency))
        if self.shimmer and steady and self.shape.loop_length:
            step = self.shape.rate / self.shape.loop_length
            for offset in (1, 2):
                # The same to either side, so that the pitch stays where it is.
                level = self.shimmer * steady * float(self.random.uniform(0.2, 1)) / offset
                for place in (frequency - offset * step, frequency + offset * step):
                    angle = float(self.random.uniform(0, 2 * np.pi))
                    self.partials.append((place, level, 0.0, decay, attack, angle, place))

    def noise(
        self,
        spectrum: Spectrum,
        *,
        steady: float = 0.0,
        extra: float = 0.0,
        decay: float = 0.05,
        attack: float = 0.001,
    ) -> None:
        """Add noise of a spectrum; levels are RMS."""
        shape = self.shape
        period = shape.loop_length or shape.length
        tile = shaped_noise(period, shape.rate, spectrum, shape.top, self.random)
        place = np.arange(shape.length)
        level = steady + extra * np.exp(-self._time() / decay)
        rise = np.clip(place / max(attack * shape.rate, 1), 0, 1)
        self.noises.append(tile[(place - shape.loop_start) % period] * level * rise * rise * (3 - 2 * rise))

    def _ease(self) -> int:
        return self.shape.loop_start // 4 if self.shape.loop_length else 0

    def _time(self) -> Samples:
        """Seconds as decays count them: they slow down before the loop and stand still in it."""
        speed = np.ones(self.shape.length)
        if self.shape.loop_length:
            left = (self.shape.loop_start - np.arange(self.shape.length)) / max(self._ease(), 1)
            speed = np.clip(left, 0, 1)
        return np.asarray((np.cumsum(speed) - speed[0]) / self.shape.rate)

    def render(self) -> Samples:
        """The samples."""
        shape = self.shape
        out = np.zeros(shape.length)
        for noise in self.noises:
            out += noise
        if self.partials:
            frequency, steady, extra, decay, attack, phase, inside = np.array(self.partials).T
            if shape.loop_length:
                step = shape.rate / shape.loop_length
                inside = np.maximum(np.round(inside / step), 1) * step
            turn = 2 * np.pi / shape.rate
            _add_partials(
                out,
                shape.loop_start if shape.loop_length else shape.length,
                self._ease(),
                frequency * turn,
                inside * turn,
                steady.copy(),
                extra.copy(),
                np.exp(-1 / (np.maximum(decay, 1e-4) * shape.rate)),
                np.maximum(attack * shape.rate, 1),
                phase.copy(),
            )
        if not shape.loop_length:
            fade = min(shape.length, int(0.02 * shape.rate) + shape.length // 10)
            out[-fade:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))
        return out


def shaped_noise(
    length: int, rate: float, spectrum: Spectrum, top: float, random: np.random.Generator
) -> Samples:
    """Noise of RMS 1 that repeats after ``length`` samples, without anything above ``top`` or at 0 Hz."""
    frequency = np.fft.rfftfreq(length, 1 / rate)
    magnitude = np.where((frequency > 20) & (frequency < top), spectrum(np.maximum(frequency, 1.0)), 0.0)
    phase = random.uniform(0, 2 * np.pi, frequency.size)
    wave: Samples = np.fft.irfft(magnitude * np.exp(1j * phase), length)
    power = float(np.sqrt(np.mean(wave * wave)))
    return wave / max(power, 1e-12)
