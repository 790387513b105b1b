"""How loud a recording is heard: the K-weighting of ITU-R BS.1770-4, as a magnitude over frequency."""

from __future__ import annotations

import numpy as np

from luthier.kn5000.waves.built_in.sound import Samples

#: Block of "momentary" loudness (EBU Tech 3341).
BLOCK_SECONDS = 0.4

#: Second-order filters of BS.1770-4 at 48 kHz, numerator and denominator: the head's shelf, then a high-pass.
_STAGES = (
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1.0, -1.69065929318241, 0.73248077421585),
    ),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
_DESIGN_RATE = 48_000.0
#: Makes a full-scale sine of 997 Hz read -3.01.
_OFFSET = -0.691


def weighting(frequency: Samples) -> Samples:
    """The gain of the filters, as they are at 48 kHz."""
    delay = np.exp(-2j * np.pi * np.minimum(frequency, _DESIGN_RATE / 2) / _DESIGN_RATE)
    gain = np.ones(frequency.size)
    for above, below in _STAGES:
        top = above[0] + above[1] * delay + above[2] * delay**2
        gain *= np.abs(top / (below[0] + below[1] * delay + below[2] * delay**2))
    return gain


def loudness(samples: Samples, rate: float) -> float:
    """The greatest momentary loudness in LUFS, 1.0 being full scale; what is short is filled up."""
    block = int(BLOCK_SECONDS * rate)
    size = max(samples.size, block)
    spectrum = np.fft.rfft(samples, 2 * size)
    weighted = np.fft.irfft(spectrum * weighting(np.fft.rfftfreq(2 * size, 1 / rate)), 2 * size)[:size]
    power = np.concatenate([[0.0], np.cumsum(weighted**2)])
    loudest = float(np.max(power[block:] - power[:-block])) / block
    return _OFFSET + 10 * float(np.log10(max(loudest, 1e-12)))
