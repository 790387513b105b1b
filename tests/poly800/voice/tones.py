"""Plain programs and rulers for the tests of the voice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from luthier.poly800.initial import initial_program
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.poly800.voice import Voice

RATE = 44_100
#: One footage, the filter as far open as it goes, envelopes that stand at their top.
BARE = {"dco1_16": 0, "dco2_16": 0, "dco1_8": 1}


def program(synth: Synth = Synth.POLY800, /, **values: int) -> Program:
    """The initial program with 8' alone and some values changed."""
    return initial_program(synth).replacing({**BARE, **values})


def held(played: Program, *keys: int, rate: int = RATE) -> Voice:
    """A voice on which keys are down and the attack is over."""
    voice = Voice(played, rate=rate)
    for key in keys:
        voice.note_on(key)
    voice.render(rate // 5)
    return voice


def sound(voice: Voice, seconds: float) -> NDArray[np.float64]:
    """The next seconds, left and right together: effects are added left and taken away right."""
    return np.asarray(voice.render(round(seconds * voice.rate)).mean(1, dtype=np.float64))


def frequency(samples: NDArray[np.float64], rate: int, near: float) -> float:
    """The frequency of the strongest tone within 6 % of ``near``, Hz.

    From the phases of two windows half a sound apart, on which the search in the spectrum sits.
    """
    length = len(samples) // 2
    window = np.hanning(length)
    spectra = [np.fft.rfft(samples[begin : begin + length] * window) for begin in (0, length)]
    hertz = np.fft.rfftfreq(length, 1 / rate)
    found = int(np.argmax(np.where(np.abs(hertz / near - 1) < 0.06, np.abs(spectra[0]), 0)))
    turned = float(np.angle(spectra[1][found] / spectra[0][found])) / (2 * np.pi)
    expected = hertz[found] * length / rate
    return float((np.round(expected - turned) + turned) * rate / length)


def amplitude(samples: NDArray[np.float64], rate: int, hertz: float) -> float:
    """The amplitude of the tone at ``hertz``."""
    window = np.blackman(len(samples))
    wave = np.exp(-2j * np.pi * hertz / rate * np.arange(len(samples)))
    return float(2 * np.abs(np.dot(samples * window, wave)) / window.sum())


def cents(ratio: float) -> float:
    return float(1200 * np.log2(ratio))


def decibels(ratio: float) -> float:
    return float(20 * np.log10(ratio))
