"""An equaliser learned from a first reading.

Where half-waves were read with trust, the ideal tape signal is known: a square wave with those edges.  The
filter that turns the recording into it in the least-squares sense (Wiener) undoes whatever the recording
chain did to amplitude and phase, known or not.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft

from luthier.poly800.tape.conditioning import ComplexArray, Front
from luthier.poly800.tape.extraction import Walk
from luthier.poly800.tape.lattice import Path

FloatArray = npt.NDArray[np.float64]

#: Samples of one analysed piece at the working rate: 51 ms, so 20 Hz apart.
_PIECE = 1024
#: Fewest pieces an equaliser is learned from: half a second.
_FEWEST = 20
#: So many pieces are transformed at once: as many as the processor keeps at hand.
_AT_ONCE = 32
#: A piece is used if its half-waves explain this part of it.
_TRUSTED = 0.75
#: Regularisation, part of the mean power: where the recording has nothing, nothing is amplified.
_REGULARISATION = 3e-3


def learned(front: Front, walk: Walk) -> Front | None:
    """``front`` and behind it the equaliser that makes the square wave of ``walk`` out of its signal.

    Returns None if too little was read.
    """
    heard = walk.signal
    ideal = _square_wave(walk.path, heard.samples.size, walk.first)
    trust = _spread(walk.path, walk.fit, heard.samples.size, walk.first)
    pieces = _overlapping(trust)
    usable = (pieces.min(axis=1) > _TRUSTED / 2) & (pieces.mean(axis=1) > _TRUSTED)
    if np.count_nonzero(usable) < _FEWEST:
        return None
    window = np.hanning(_PIECE)
    power = np.zeros(_PIECE // 2 + 1)
    cross = np.zeros(_PIECE // 2 + 1, dtype=np.complex128)
    heard_pieces, ideal_pieces = _overlapping(heard.samples), _overlapping(ideal)
    places = np.flatnonzero(usable)
    for group in np.array_split(places, -(-places.size // _AT_ONCE)):
        spectra = fft.rfft(heard_pieces[group] * window, axis=1)
        meant = fft.rfft(ideal_pieces[group] * window, axis=1)
        power += (spectra.real**2 + spectra.imag**2).sum(axis=0)
        cross += (np.conj(spectra) * meant).sum(axis=0)
    gains = cross / (power + _REGULARISATION * power.mean())
    bins = np.arange(gains.size) * (heard.rate / _PIECE)

    def response(hertz: FloatArray) -> ComplexArray:
        learned_part = np.interp(hertz, bins, gains.real) + 1j * np.interp(hertz, bins, gains.imag)
        return np.asarray(front.response(hertz) * learned_part)

    return Front("equaliser learned from a first reading", response)


def _overlapping(samples: FloatArray) -> FloatArray:
    """(n, 1024): pieces that overlap by half, without copying."""
    if samples.size < _PIECE:
        return np.zeros((0, _PIECE))
    return np.asarray(np.lib.stride_tricks.sliding_window_view(samples, _PIECE)[:: _PIECE // 2])


def _square_wave(path: Path, length: int, begin: int) -> FloatArray:
    """+1 and −1 in turn between the edges of ``path``, 0 elsewhere; exact within a sample."""
    positions = np.clip(path.edges + begin, 0, length - 1)
    whole = positions.astype(np.int64)
    inside = positions - whole
    heights = np.diff(np.concatenate([[0.0], path.signs, [0.0]]))
    steps = np.zeros(length + 1)
    np.add.at(steps, whole, heights * (1 - inside))
    np.add.at(steps, whole + 1, heights * inside)
    return np.asarray(np.cumsum(steps)[:length])


def _spread(path: Path, explained: FloatArray, length: int, begin: int) -> FloatArray:
    """The explained part of the half-wave at every sample, smoothed over a dozen half-waves."""
    smooth = np.convolve(explained, np.full(12, 1 / 12), mode="same")
    centres = (path.edges[:-1] + path.edges[1:]) / 2 + begin
    return np.interp(np.arange(length), centres, smooth, left=0.0, right=0.0)
