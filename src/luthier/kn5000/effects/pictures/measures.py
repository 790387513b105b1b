"""What an effect does, measured from the sound alone: test sounds go in, numbers come out.

Every measure begins with an effect as new and leaves it so.  Frames are those of 44,100 Hz.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.units.unit import RATE

Sound = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

#: Frames of a pulse that a delay is found by, and its middle.
_PULSE = np.hanning(19)[1:-1].astype(np.float32)
_MIDDLE = len(_PULSE) // 2
_SILENT = 1e-12
#: Frames of a look at notches, and of its spectrum.
_LOOK, _SPECTRUM = 1024, 8192


def tone(hertz: float, seconds: float, level: float) -> Sound:
    """A sine on both sides."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return np.repeat(wave.astype(np.float32)[:, None], 2, axis=1)


def impulse_response(effect: Chain, seconds: float, level: float = 1.0) -> Numbers:
    """What comes of a click, (n, 2), as if it were full scale; a soft one tells of effects that distort."""
    click = np.zeros((round(seconds * RATE), 2), np.float32)
    click[0] = level
    return _through(effect, click) / level


def levels(sound: Numbers | Sound, frames: int) -> Numbers:
    """The root mean square of every ``frames`` samples, of each side."""
    whole = sound[: len(sound) // frames * frames].astype(np.float64)
    return np.asarray(np.sqrt((whole.reshape(-1, frames, whole.shape[1]) ** 2).mean(axis=1)))


def in_decibels(values: Numbers) -> Numbers:
    """Decibels of full scale."""
    return np.asarray(20 * np.log10(np.maximum(np.abs(values), _SILENT)))


def fall(response: Numbers, hertz: float = 1000.0) -> tuple[Numbers, float]:
    """How a response falls around a frequency: decibels of what is left at each frame; seconds to fall by 60.

    The octave around ``hertz``, summed from behind (Schroeder), from -5 to -35 dB (ISO 3382, T30).
    """
    size = 1 << (len(response) - 1).bit_length()
    spectrum = np.fft.rfft(response[:, 0], size)
    octaves = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / RATE), 1) / hertz)
    heard = np.fft.irfft(spectrum * np.exp(-0.5 * (octaves / 0.3) ** 2), size)[: len(response)]
    left = np.cumsum(heard[::-1] ** 2)[::-1]
    decibels = 10 * np.log10(np.maximum(left / left[0], _SILENT))
    begin, end = (int(np.argmax(decibels < limit)) for limit in (-5, -35))
    slope = np.polyfit(np.arange(begin, end) / RATE, decibels[begin:end], 1)[0]
    return decibels, float(-60 / slope)


def frequency_response(response: Numbers, hertz: Numbers) -> Numbers:
    """Decibels of a response at frequencies, of its first side."""
    size = 1 << max(16, (len(response) - 1).bit_length())
    spectrum = in_decibels(np.abs(np.fft.rfft(response[:, 0], size)))
    return np.interp(hertz, np.fft.rfftfreq(size, 1 / RATE), spectrum)


def transfer(effect: Chain, level: float, hertz: Numbers) -> Numbers:
    """Decibels by which noise of a peak level is louder behind an effect, at frequencies."""
    noise = np.random.default_rng(1).uniform(-level, level, (1 << 17, 2)).astype(np.float32)
    out = _through(effect, noise)
    size, window = 4096, np.hanning(4096)
    before, after = (
        np.fft.rfft(each[size:, 0].reshape(-1, size) * window, axis=1)
        for each in (noise.astype(np.float64), out)
    )
    cross = np.abs((after * before.conj()).mean(axis=0)) / (np.abs(before) ** 2).mean(axis=0)
    return np.interp(hertz, np.fft.rfftfreq(size, 1 / RATE), in_decibels(cross))


def harmonics(effect: Chain, hertz: int, level: float) -> tuple[Numbers, Numbers]:
    """Hertz and decibels below the strongest of all tones above -80 dB that come of one."""
    out = _through(effect, tone(hertz, 2, level))[RATE:, 0]
    spectrum = in_decibels(np.abs(np.fft.rfft(out * np.hanning(RATE))))
    spectrum -= spectrum.max()
    inner = spectrum[1:-1]
    found = 1 + np.flatnonzero((inner > -80) & (inner >= spectrum[:-2]) & (inner > spectrum[2:]))
    return found.astype(np.float64), spectrum[found]


def static_curve(effect: Chain, steps: Numbers, hertz: float = 1000.0) -> Numbers:
    """The level that steady tones of ``steps`` decibels come to, in decibels."""
    each = 0.6
    sound = np.concatenate([tone(hertz, each, 10 ** (float(step) / 20)) for step in steps])
    out = _through(effect, sound).reshape(len(steps), -1, 2)[:, -RATE // 10 :, 0]
    return in_decibels(np.sqrt(2 * (out**2).mean(axis=1)))


def delays(
    effect: Chain, seconds: float, longest: float, points: int = 200
) -> tuple[Numbers, Numbers, Numbers]:
    """Times, milliseconds and sides of all taps, by pulses that are ``longest`` milliseconds apart at least.

    Taps that give less than 60 % of the strongest are left out: what they feed back.
    """
    apart = round(longest * RATE / 1000)
    rounds = max(1, math.ceil(apart * points / (seconds * RATE)))
    apart = max(apart, round(seconds * RATE / points))
    found: list[tuple[float, float, float]] = []
    for turn in range(rounds):
        first = turn * apart // rounds
        count = (round(seconds * RATE) - first) // apart
        sound = np.zeros((round(seconds * RATE) + apart, 2), np.float32)
        for pulse in range(count):
            at = first + pulse * apart
            sound[at : at + len(_PULSE)] = _PULSE[:, None]
        out = _through(effect, sound)
        for pulse in range(count):
            at = first + pulse * apart
            for side in range(2):
                window = np.abs(out[at : at + apart, side])
                found += [(at / RATE, 1000 * place / RATE, side) for place in _peaks(window)]
    rows = np.array(found).reshape(-1, 3)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _peaks(window: Numbers) -> list[float]:
    """Where pulses are in a window, in frames behind theirs, between samples."""
    inner = window[1:-1]
    strong = max(0.6 * float(window.max()), 1e-4)
    tops = 1 + np.flatnonzero((inner >= window[:-2]) & (inner > window[2:]) & (inner > strong))
    places = []
    for top in tops:
        before, here, after = window[top - 1 : top + 2]
        places.append(float(top + 0.5 * (before - after) / (before - 2 * here + after) - _MIDDLE))
    return places


def notches(effect: Chain, seconds: float, points: int = 200) -> tuple[Numbers, Numbers]:
    """Times and hertz of the gaps that a moving effect makes with the dry sound, from 60 Hz to 16 kHz."""
    apart = max(_LOOK, round(seconds * RATE / points))
    places = np.arange(0, round(seconds * RATE) - apart, apart)
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    sound[places] = 1
    both = _through(effect, sound)[:, 0] + sound[:, 0]
    hertz = np.fft.rfftfreq(_SPECTRUM, 1 / RATE)
    found: list[tuple[float, float]] = []
    for place in places:
        spectrum = in_decibels(np.abs(np.fft.rfft(both[place : place + _LOOK], _SPECTRUM)))
        inner = spectrum[1:-1]
        gaps = 1 + np.flatnonzero((inner < spectrum[:-2]) & (inner <= spectrum[2:]) & (inner < -8))
        found += [(place / RATE, float(hertz[gap])) for gap in gaps if 60 < hertz[gap] < 16_000]
    rows = np.array(found).reshape(-1, 2)
    return rows[:, 0], rows[:, 1]


def envelope(effect: Chain, sound: Sound, frames: int) -> tuple[Numbers, Numbers]:
    """Times of every ``frames`` samples and the levels of both sides, as those of a sine's peak."""
    found = levels(_through(effect, sound), frames) * math.sqrt(2)
    return (np.arange(len(found)) + 0.5) * frames / RATE, found


def turns(times: Numbers, sides: Numbers, smooth: int) -> Numbers:
    """Turns a second of what is heard by two microphones a quarter of a turn apart, by their levels."""
    low, high = sides.min(axis=0), sides.max(axis=0)
    sine, cosine = (2 * (sides - low) / (high - low) - 1).T
    angle = np.unwrap(np.arctan2(sine, cosine)) / (2 * np.pi)
    window = np.hanning(smooth + 2)[1:-1]
    return np.abs(np.convolve(np.gradient(angle, times), window / window.sum(), "same"))


def pitch(sound: Numbers | Sound) -> float:
    """The strongest frequency of a steady sound, in hertz, between the lines of its spectrum."""
    mono = sound[:, 0].astype(np.float64)
    spectrum = np.log(np.maximum(np.abs(np.fft.rfft(mono * np.hanning(len(mono)), 8 * len(mono))), _SILENT))
    top = int(spectrum.argmax())
    before, here, after = spectrum[top - 1 : top + 2]
    return float((top + 0.5 * (before - after) / (before - 2 * here + after)) * RATE / (8 * len(mono)))


def shifted(
    effect: Chain, asked: Sequence[float], ask: Callable[[float], None], hertz: float = 440.0
) -> Numbers:
    """Cents between a tone and what comes of it, for each of what is asked for."""
    found = []
    for cents in asked:
        ask(cents)
        out = _through(effect, tone(hertz, 1.5, 0.5))[RATE // 2 :]
        found.append(1200 * math.log2(pitch(out) / hertz))
    return np.array(found)


def through(effect: Chain, pieces: Sequence[tuple[Sound, Callable[[], None]]]) -> Numbers:
    """Pieces of sound one after the other, each behind a change of settings."""
    effect.reset()
    out = []
    for sound, change in pieces:
        change()
        out.append(effect.process(sound).astype(np.float64))
    effect.reset()
    return np.concatenate(out)


def _through(effect: Chain, sound: Sound) -> Numbers:
    return through(effect, [(sound, lambda: None)])
