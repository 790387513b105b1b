"""Sounds that hold no dump of a Poly-800, from the harmless to the treacherous, each made from a seed.

Not among them: a dump whose bytes were exchanged so that the checksum still fits.  On tape that *is* a dump,
of other content, and no reader can know better.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from benchmarks.tapes import random_image
from luthier.poly800 import memory
from luthier.poly800.tape import damage, modulation

FloatArray = npt.NDArray[np.float64]
Random = np.random.Generator
Maker = Callable[[Random, int, float], FloatArray]
"""(random, rate in Hz, seconds) -> samples; dumps ignore the seconds, they last as long as they last."""

RATES = (8_000, 11_025, 16_000, 22_050, 44_100, 48_000)
#: Longer than a dump (9.8 s), so that there is room for a false one; not so long that 5,000 take all day.
SECONDS = (6.0, 14.0)


def signal(seed: int, seconds: tuple[float, float] = SECONDS) -> tuple[str, FloatArray, int]:
    """The kind, the samples (peak 0.01 to 1) and the rate of the sound number ``seed``.

    Dumps and parts of dumps last as long as they last, everything else between the two ``seconds``.
    """
    random = np.random.default_rng([seed, 5000])
    name = tuple(KINDS)[seed % len(KINDS)]
    rate = int(random.choice(RATES))
    samples = KINDS[name](random, rate, float(random.uniform(*seconds)))
    if random.random() < 0.3:
        samples = _through_a_bad_deck(samples, rate, random)
    peak = np.max(np.abs(samples), initial=1e-9)
    return name, samples * (10 ** random.uniform(-2, 0) / peak), rate


def _through_a_bad_deck(samples: FloatArray, rate: int, random: Random) -> FloatArray:
    faults = [
        damage.white_noise(float(random.uniform(8, 30))),
        damage.wow(float(random.uniform(0.5, 6)), float(random.uniform(0.002, 0.05))),
        damage.low_pass(float(random.uniform(2000, 3500))),
        damage.hum(50, float(random.uniform(0.05, 1))),
    ]
    some = [faults[k] for k in random.choice(len(faults), random.integers(1, 4), replace=False)]
    return damage.damaged(damage.Take.of(samples, rate), some, int(random.integers(2**32))).samples


# Noise


def white(random: Random, rate: int, seconds: float) -> FloatArray:
    return random.normal(0, 1, int(seconds * rate))


def coloured(random: Random, rate: int, seconds: float) -> FloatArray:
    """Noise that falls by 3 (pink) to 6 dB (brown) per octave."""
    spectrum = np.fft.rfft(white(random, rate, seconds))
    spectrum[1:] /= np.arange(1, spectrum.size) ** random.uniform(0.5, 1.0)
    spectrum[0] = 0
    samples: FloatArray = np.fft.irfft(spectrum)
    return samples


def narrow(random: Random, rate: int, seconds: float) -> FloatArray:
    """Noise in the band the half-waves live in: its zero crossings come at about their pace."""
    band = damage.band_pass(float(random.uniform(300, 900)), float(random.uniform(1200, 2500)), 2)
    take = damage.Take.of(white(random, rate, seconds), rate)
    return damage.damaged(take, [band], 0).samples


# Music and speech


def _note(pitch: float, partials: FloatArray, moments: FloatArray, rate: int) -> FloatArray:
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    sound = np.zeros_like(moments)
    for number, strength in enumerate(partials, 1):
        if number * frequency < rate / 2:
            sound += strength * np.sin(2 * np.pi * number * frequency * moments)
    return sound


def _melody(random: Random, rate: int, seconds: float, length: float, pitches: list[list[int]]) -> FloatArray:
    samples = np.zeros(int(seconds * rate))
    step = int(length * rate)
    moments = np.arange(step) / rate
    envelope = np.minimum(moments / 0.01, 1) * np.exp(-moments / random.uniform(0.05, 2))
    partials = 1 / np.arange(1, 13) ** random.uniform(0.5, 2)
    for number, begin in enumerate(range(0, samples.size - step, step)):
        for pitch in pitches[number % len(pitches)]:
            samples[begin : begin + step] += envelope * _note(pitch, partials, moments, rate)
    return samples


def chords(random: Random, rate: int, seconds: float) -> FloatArray:
    roots = random.integers(40, 65, 4)
    return _melody(random, rate, seconds, 1.0, [[int(root + k) for k in (0, 4, 7, 12)] for root in roots])


def arpeggio(random: Random, rate: int, seconds: float) -> FloatArray:
    pitches = [[int(pitch)] for pitch in random.integers(50, 96, 16)]
    return _melody(random, rate, seconds, float(random.uniform(0.06, 0.25)), pitches)


def drums(random: Random, rate: int, seconds: float) -> FloatArray:
    samples = 0.02 * white(random, rate, seconds)
    length = int(0.2 * rate)
    moments = np.arange(length) / rate
    kick = np.sin(2 * np.pi * 50 * moments + 8 * np.exp(-moments / 0.02)) * np.exp(-moments / 0.08)
    for begin in range(0, samples.size - length, int(0.15 * rate)):
        snare = random.normal(0, 1, length) * np.exp(-moments / random.uniform(0.01, 0.06))
        samples[begin : begin + length] += kick if random.random() < 0.5 else snare
    return samples


def square_lead(random: Random, rate: int, seconds: float) -> FloatArray:
    """A square-wave melody: notes around 700 and 1550 Hz half the time."""
    edges = [0.01]
    while edges[-1] < seconds:
        pitch = random.choice((700.0, 1550.0, float(random.uniform(200, 2500))))
        edges.extend(edges[-1] + np.arange(1, int(random.uniform(0.05, 0.4) * 2 * pitch) + 2) / (2 * pitch))
    return modulation.waveform(np.array(edges), rate).astype(np.float64)


def speech(random: Random, rate: int, seconds: float) -> FloatArray:
    """Glottal pulses through three formants, syllables with pauses."""
    from scipy.signal import lfilter

    parts: list[FloatArray] = []
    total = 0
    while total < seconds * rate:
        count = int(random.uniform(0.08, 0.35) * rate)
        pitch = random.uniform(80, 250) * (1 + 0.1 * np.sin(np.linspace(0, np.pi, count)))
        pulses = np.diff(np.floor(np.cumsum(pitch / rate)), prepend=0.0)
        voice = pulses if random.random() < 0.8 else random.normal(0, 0.1, count)
        for formant, width in zip(
            random.uniform((250, 800, 2000), (800, 2200, 3200)), (60, 90, 120), strict=True
        ):
            radius = np.exp(-np.pi * width / rate)
            angle = 2 * np.pi * min(formant, 0.45 * rate) / rate
            voice = lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], voice)
        parts += [voice * np.hanning(count), np.zeros(int(random.uniform(0.01, 0.3) * rate))]
        total += parts[-1].size + parts[-2].size
    return np.concatenate(parts)


# Other data on tape and on the line


def _shift_keyed(
    bits: npt.NDArray[np.int64], baud: float, space: float, mark: float, rate: int
) -> FloatArray:
    """Continuous-phase frequency-shift keying."""
    which = np.minimum(
        (np.arange(int(bits.size * rate / baud)) * baud / rate).astype(np.int64), bits.size - 1
    )
    return np.sin(2 * np.pi * np.cumsum(np.where(bits[which], mark, space)) / rate)


def _serial_bits(random: Random, count: int, stops: int) -> npt.NDArray[np.int64]:
    """A second's worth of ones, then random bytes with a start bit and ``stops`` stop bits."""
    frames = random.integers(0, 2, (max(count // (9 + stops), 1), 9 + stops))
    frames[:, 0] = 0
    frames[:, 9:] = 1
    return np.concatenate((np.ones(300, dtype=np.int64), frames.reshape(-1)))


def kansas_city(random: Random, rate: int, seconds: float) -> FloatArray:
    """Kansas City standard, 300 baud, and its 1200 baud form (CUTS): 1200 and 2400 Hz, two stop bits."""
    baud = float(random.choice((300, 1200)))
    return _shift_keyed(_serial_bits(random, int(seconds * baud), 2), baud, 1200, 2400, rate)


def modem(random: Random, rate: int, seconds: float) -> FloatArray:
    """Bell 202 (1200 baud, 1200 and 2200 Hz), Bell 103 (300 baud), or tones of 700 and 1550 Hz."""
    baud, mark, space = ((1200, 1200, 2200), (300, 1270, 1070), (700, 1550, 700))[random.integers(3)]
    return _shift_keyed(_serial_bits(random, int(seconds * baud), 1), baud, space, mark, rate)


def spectrum_pulses(random: Random, rate: int, seconds: float) -> FloatArray:
    """ZX Spectrum: pilot 2168, sync 667 and 735, bits two pulses of 855 or 1710 cycles of 3.5 MHz."""
    bits = random.integers(0, 2, int(seconds * 1000))
    pulses = (
        np.concatenate((np.full(3223, 2168), (667, 735), np.repeat(np.where(bits, 1710, 855), 2))) / 3.5e6
    )
    edges = 0.01 + np.cumsum(pulses)
    return modulation.waveform(edges[edges < seconds], rate).astype(np.float64)


def commodore_pulses(random: Random, rate: int, seconds: float) -> FloatArray:
    """Commodore datasette: cycles of 352, 512 and 672 µs; a bit is a medium and a short one, either way."""
    bits = random.integers(0, 2, int(seconds * 1000))
    bit_cycles = np.where(bits[:, None], (512, 352), (352, 512)).reshape(-1)
    cycles = np.concatenate((np.full(4000, 352), (672, 512), bit_cycles))
    edges = 0.01 + np.cumsum(np.repeat(cycles / 2, 2)) * 1e-6
    return modulation.waveform(edges[edges < seconds], rate).astype(np.float64)


def dial_tones(random: Random, rate: int, seconds: float) -> FloatArray:
    """DTMF: two tones a key, with pauses."""
    moments = np.arange(int(0.1 * rate)) / rate
    pause = np.zeros(int(0.05 * rate))
    parts: list[FloatArray] = []
    for _ in range(int(seconds / 0.15)):
        low, high = random.choice((697, 770, 852, 941)), random.choice((1209, 1336, 1477, 1633))
        parts += [np.sin(2 * np.pi * low * moments) + np.sin(2 * np.pi * high * moments), pause]
    return np.concatenate(parts)


# Half-waves of a Poly-800 that are no dump


def _half_waves(bits: npt.ArrayLike, random: Random, rate: int) -> FloatArray:
    ones = np.ones(int(random.uniform(500, 9000)), dtype=np.uint8)
    row = np.concatenate((ones, np.asarray(bits, dtype=np.uint8), ones[:1000]))
    shape: modulation.Shape = "square" if random.random() < 0.5 else "sine"
    return modulation.waveform(modulation.half_waves(row) + 0.01, rate, shape=shape).astype(np.float64)


def _bytes_on_tape(image: bytes, random: Random, rate: int) -> FloatArray:
    return _half_waves(modulation.bits_of(image), random, rate)


def leader_only(random: Random, rate: int, seconds: float) -> FloatArray:
    return _half_waves(np.ones(int(seconds * 3100)), random, rate)


def random_half_waves(random: Random, rate: int, seconds: float) -> FloatArray:
    return _half_waves(random.integers(0, 2, int(seconds * 1900)), random, rate)


def random_frames(random: Random, rate: int, seconds: float) -> FloatArray:
    """Well framed random bytes without the identification."""
    data = random.integers(0, 256, int(seconds * 168), dtype=np.uint8).tobytes()
    return _bytes_on_tape(data.replace(memory.TAPE_HEADER, b"\x00\x00"), random, rate)


def wrong_identification(random: Random, rate: int, _seconds: float) -> FloatArray:
    """A dump in everything but the first two bytes, of which one or both are others."""
    image = bytearray(_image(random))
    image[int(random.integers(2))] ^= int(random.integers(1, 256))
    return _bytes_on_tape(bytes(image), random, rate)


def wrong_checksum(random: Random, rate: int, _seconds: float) -> FloatArray:
    """A dump whose checksum fits neither rule of the mailing-list thread."""
    return _bytes_on_tape(_misfit(bytearray(_image(random)), random), random, rate)


def one_byte_short(random: Random, rate: int, _seconds: float) -> FloatArray:
    """A dump that lost its first or its last byte."""
    image = _image(random)
    return _bytes_on_tape(image[1:] if random.random() < 0.5 else image[:-1], random, rate)


def one_byte_lost(random: Random, rate: int, _seconds: float) -> FloatArray:
    """A dump that lost a byte other than 00 in the middle, or holds one too many."""
    image = _image(random)
    while not image[place := int(random.integers(3, 1635))]:
        pass
    extra = bytes([image[place]]) * (0 if random.random() < 0.5 else 2)
    return _bytes_on_tape(image[:place] + extra + image[place + 1 :], random, rate)


def torn_dump(random: Random, rate: int, _seconds: float) -> FloatArray:
    """The beginning of one dump and the end of another, with leader between or not."""
    place = int(random.integers(100, 1500))
    image = bytearray(_image(random)[:place] + _image(random)[place:])
    if random.random() < 0.5:
        return _bytes_on_tape(_misfit(image, random), random, rate)
    pause = np.ones(int(random.uniform(1, 2000)), dtype=np.uint8)
    whole = _misfit(image, random)
    bits = np.concatenate((modulation.bits_of(whole[:place]), pause, modulation.bits_of(whole[place + 1 :])))
    return _half_waves(bits, random, rate)


def random_content(random: Random, rate: int, _seconds: float) -> FloatArray:
    """1,636 framed bytes that begin like a dump and go on at random, the checksum wrong."""
    data = random.integers(0, 256, memory.TAPE_IMAGE_LENGTH, dtype=np.uint8).tobytes()
    return _bytes_on_tape(_misfit(bytearray(memory.TAPE_HEADER + data[2:]), random), random, rate)


def _image(random: Random) -> bytes:
    return random_image(int(random.integers(2**31)))


def _misfit(image: bytearray, random: Random) -> bytes:
    """``image`` with a checksum that neither rule gives."""
    image[-1] = int(random.integers(256))
    while memory.checksum_rule(bytes(image)) is not None:
        image[-1] = int(random.integers(256))
    return bytes(image)


#: Every kind in turn.
KINDS: dict[str, Maker] = {
    maker.__name__.replace("_", " "): maker
    for maker in (
        white,
        coloured,
        narrow,
        chords,
        arpeggio,
        drums,
        square_lead,
        speech,
        kansas_city,
        modem,
        spectrum_pulses,
        commodore_pulses,
        dial_tones,
        leader_only,
        random_half_waves,
        random_frames,
        wrong_identification,
        wrong_checksum,
        one_byte_short,
        one_byte_lost,
        torn_dump,
        random_content,
    )
}
