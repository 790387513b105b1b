"""A piece of a recording as the decoder hears it: filtered, evened out, at the decoder's own rate.

What an equaliser learned for one reading is not kept; such a piece is given through the plain front.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.tape.conditioning import FRONTS, PLAIN, Spectrum

FloatArray = npt.NDArray[np.float64]

#: The decoder evens the level to 1; so loud it is played.
_LOUDNESS = 0.4


@dataclass(frozen=True)
class Heard:
    """Sound between filter and search."""

    samples: npt.NDArray[np.float32]
    """(n,), 0.4 on average where there is data."""
    rate: float
    """Hz."""
    front: str
    """The name of the front that was used."""


def heard(track: npt.ArrayLike, rate: float, front: str = PLAIN.name, scale: float = 1.0) -> Heard:
    """Mono ``track`` through the front called ``front``, or the plain one where that is not known.

    ``scale`` is the length scale of the half-waves, as in :class:`luthier.poly800.tape.reading.Dump`.
    """
    chosen = next((entry for entry in FRONTS if entry.name == front), PLAIN)
    signal = Spectrum(track, rate).conditioned(chosen, scale)
    return Heard((_LOUDNESS * signal.samples).astype(np.float32), signal.rate, chosen.name)
