"""What is no instrument: the orchestra hit and the sound effects of General MIDI."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from luthier.kn5000.waves.built_in.sound import Samples, Sound, frequency_of, shaped_noise
from luthier.kn5000.waves.built_in.spectra import above, band, below, resonances


def effect(sound: Sound, name: str) -> Samples:
    """The samples of the effect called ``name``."""
    return _EFFECTS[name](sound)


def _time(sound: Sound) -> Samples:
    return np.asarray(np.arange(sound.shape.length) / sound.shape.rate)


def _hiss(sound: Sound, centre: float, octaves: float, length: int = 0) -> Samples:
    shape = sound.shape
    return shaped_noise(length or shape.length, shape.rate, band(centre, octaves), shape.top, sound.random)


def _fade_out(samples: Samples, share: float = 0.2) -> Samples:
    fade = max(int(samples.size * share), 1)
    samples[-fade:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fade))
    return samples


def _looped(sound: Sound, period: Samples) -> Samples:
    """A period as long as the loop, as often as the recording needs it, beginning softly."""
    shape = sound.shape
    place = np.arange(shape.length)
    rise = np.clip(place / max(shape.loop_start, 1), 0, 1)
    return np.asarray(period[(place - shape.loop_start) % shape.loop_length] * rise)


def _orchestra_hit(sound: Sound) -> Samples:
    """Strings, brass and timpani on four octaves at once."""
    for octave, level in ((-2, 0.6), (-1, 0.9), (0, 1.0), (1, 0.7), (2, 0.35)):
        root = sound.fundamental * 2.0**octave
        number = np.arange(1, int(min(sound.shape.top / root, 24)) + 1)
        frequency: Samples = root * number
        level_of = level / number * resonances(frequency, [(900.0, 5.0, 900.0), (2300.0, 6.0, 1800.0)])
        for place, loud in zip(frequency, level_of, strict=True):
            for cents in (-9.0, 0.0, 9.0):
                pitch = float(place * 2.0 ** (cents / 1200))
                decay = 0.38 / (1 + float(place) / 5000)
                sound.partial(pitch, extra=float(loud), decay=decay, attack=0.006 + float(place) / 8e5)
    sound.partial(frequency_of(36), extra=2.0, decay=0.25)
    sound.noise(band(1500.0, 4.0), extra=1.2, decay=0.035)
    return sound.render()


def _reverse_cymbal(sound: Sound) -> Samples:
    time = _time(sound)
    shape = sound.shape
    noise = shaped_noise(shape.length, shape.rate, above(3500.0), shape.top, sound.random)
    swell = np.exp(-(time[-1] - time) / 0.42) * np.clip((time[-1] - time) / 0.02, 0, 1)
    return np.asarray(noise * swell)


def _fret_noise(sound: Sound) -> Samples:
    time = _time(sound)
    squeak = np.sin(2 * np.pi * np.cumsum(1300 + 900 * time / time[-1]) / sound.shape.rate)
    body = (0.25 * squeak + _hiss(sound, 2600.0, 1.6)) * np.sin(np.pi * time / time[-1]) ** 1.5
    return np.asarray(body)


def _breath(sound: Sound) -> Samples:
    time = _time(sound)
    spoken = _hiss(sound, 1700.0, 2.6) + 0.6 * _hiss(sound, 5200.0, 1.2)
    return np.asarray(spoken * np.sin(np.pi * time / time[-1]) ** 2)


def _seashore(sound: Sound) -> Samples:
    size = sound.shape.loop_length
    turn = 2 * np.pi * np.arange(size) / size
    swell = 0.16 + 0.84 * (0.5 - 0.5 * np.cos(turn - 0.8 * np.sin(turn))) ** 2
    wash = _hiss(sound, 700.0, 4.0, size)
    spray = _hiss(sound, 4200.0, 2.0, size)
    return _looped(sound, wash * swell + 0.7 * spray * swell**3)


def _bird(sound: Sound) -> Samples:
    time = _time(sound)
    total = np.zeros(time.size)
    for begin, first, last, long in (
        (0.02, 3400, 4600, 0.09),
        (0.16, 4700, 3300, 0.12),
        (0.33, 3600, 5100, 0.07),
        (0.43, 3600, 5100, 0.07),
        (0.53, 3600, 5100, 0.07),
        (0.68, 5200, 3000, 0.2),
    ):
        share = np.clip((time - begin) / long, 0, 1)
        course = first + (last - first) * share + 120 * np.sin(2 * np.pi * 32 * time)
        total += np.sin(np.pi * share) ** 2 * np.sin(2 * np.pi * np.cumsum(course) / sound.shape.rate)
    return total


def _telephone(sound: Sound) -> Samples:
    """Two bells and a striker that hits them twenty times a second."""
    time = _time(sound)
    since = time % 0.05
    ringing = sum(np.sin(2 * np.pi * pitch * time) for pitch in (1340.0, 1690.0, 2730.0, 3900.0))
    struck = np.exp(-since / 0.03) * np.clip(since / 0.0015, 0, 1) * np.clip((0.05 - since) / 0.0015, 0, 1)
    return _fade_out(np.asarray(ringing * struck), 0.25)


def _helicopter(sound: Sound) -> Samples:
    size = sound.shape.loop_length
    turn = np.arange(size) / size * 11 % 1
    blade = np.exp(-((turn - 0.3) ** 2) / 0.012) + 0.2
    engine = np.sin(2 * np.pi * 96 * np.arange(size) / size)
    return _looped(
        sound,
        _hiss(sound, 220.0, 3.0, size) * blade
        + 0.25 * _hiss(sound, 1500.0, 2.0, size) * blade
        + 0.1 * engine,
    )


def _applause(sound: Sound) -> Samples:
    """Nine hundred claps at random places of the loop, each a short burst."""
    size, rate = sound.shape.loop_length, sound.shape.rate
    long = int(0.03 * rate)
    window = np.exp(-np.arange(long) / (0.006 * rate)) * np.clip(np.arange(long) / (0.0008 * rate), 0, 1)
    total = np.zeros(size)
    for _ in range(900):
        centre = float(sound.random.uniform(700, 2600))
        clap = _hiss(sound, centre, 1.6, long) * window * float(sound.random.uniform(0.2, 1)) ** 2
        place = (int(sound.random.integers(size)) + np.arange(long)) % size
        total[place] += clap
    return _looped(sound, total)


def _gunshot(sound: Sound) -> Samples:
    time = _time(sound)
    shape = sound.shape
    crack = shaped_noise(shape.length, shape.rate, below(5000.0, 1.0), shape.top, sound.random)
    rumble = shaped_noise(shape.length, shape.rate, below(400.0), shape.top, sound.random)
    rise = np.clip(time / 0.0006, 0, 1)
    return _fade_out(np.asarray(rise * (crack * np.exp(-time / 0.045) + 0.7 * rumble * np.exp(-time / 0.22))))


_EFFECTS: dict[str, Callable[[Sound], Samples]] = {
    "orchestra-hit": _orchestra_hit,
    "reverse-cymbal": _reverse_cymbal,
    "fret-noise": _fret_noise,
    "breath": _breath,
    "seashore": _seashore,
    "bird": _bird,
    "telephone": _telephone,
    "helicopter": _helicopter,
    "applause": _applause,
    "gunshot": _gunshot,
}
