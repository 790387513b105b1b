"""Banks, voices and measurements for the tests of the tone generator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import Recordings, one
from luthier.kn5000.tone_generator.registers import Register, note_on, structure

RATE = 44_100
PEAK = 26_000 / 0x8000
CENTRE = PEAK * np.sqrt(0.5)  #: a voice in the middle, on either side
Samples = NDArray[np.float32]

#: A sine of 441 Hz that loops: one second, in steps of a hundred samples.
SINE_HERTZ, SINE_NOTE = 441.0, 69 + 12 * np.log2(441 / 440)


def sine_bank() -> Recordings:
    """Selector 0: a sine of 441 Hz, note 69.04, with a loop of 100 periods at its end."""
    times = np.arange(RATE // 2)
    wave = np.round(26_000 * np.sin(2 * np.pi * SINE_HERTZ / RATE * times)).astype(np.int16)
    bank = one(wave, 69, RATE, (len(wave) - 10_000, len(wave)))
    bank.table["root"] = round(SINE_NOTE * 0x100)
    return bank


def level_bank() -> Recordings:
    """Selector 0: a constant, so that what comes out is the gain."""
    return one(np.full(4096, 26_000, np.int16), 60, RATE, (2048, 4096))


def voice(note: float = 69, **words: int) -> list[int]:
    """A voice structure: full level at once and for good, everything else neutral; words by register name."""
    made = {
        Register.CONTROL: 0xF000,
        Register.RECORDING: 0,
        Register.LEVEL: laws.LEVEL_MAXIMUM,
        Register.EXPRESSION: 0,
        Register.CUTOFF: laws.CUTOFF_OPEN,
        Register.FILTER_DEPTH: 0,
        Register.PAN: laws.PAN_CENTRE,
        Register.PITCH: int(laws.pitch_of_note(note)),
        Register.SENDS: 0,
        Register.AMPLITUDE_1: laws.segment(0, 0.001),
        Register.AMPLITUDE_2: 0,
        Register.AMPLITUDE_3: 0,
        Register.AMPLITUDE_4: 0,
    }
    return structure(made | {Register[name]: word for name, word in words.items()})


def played(bank: Recordings, words: list[int], frames: int, number: int = 0) -> Samples:
    """One voice from its gate on."""
    generator = ToneGenerator(bank)
    generator.write_all(note_on(words, number))
    return generator.render(frames)


def hertz(signal: Samples) -> float:
    """The frequency of a sine, from how its phase goes on."""
    window = np.hanning(len(signal))
    rough = np.argmax(np.abs(np.fft.rfft(signal * window))) / len(signal)
    half = len(signal) // 2
    probe = np.exp(-2j * np.pi * rough * np.arange(len(signal)))
    first, second = (
        np.sum((signal * probe)[part] * np.hanning(half)) for part in (slice(0, half), slice(half, 2 * half))
    )
    return float((rough + np.angle(second / first) / (2 * np.pi * half)) * RATE)


def decibels(value: float) -> float:
    """Of an amplitude."""
    return float(20 * np.log10(max(value, 1e-12)))
