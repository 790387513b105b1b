"""Sound from a file through an effect: at its own rate, with or without the dry sound, and what rings on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.kn5000.effects.effect import Effect

Samples = npt.NDArray[np.float32]

RATE = 44_100  #: Hz of the effects
#: Seconds that are waited for silence when no tail is asked for.
LONGEST_TAIL = 20.0
_BLOCK = 16_384


@dataclass(frozen=True)
class Result:
    """What came of it."""

    samples: Samples
    """(n, 2), at the rate that went in."""
    tail: float
    """Seconds behind the end of what went in."""
    peak: float
    """Of full scale; beyond 1 a file of whole numbers would be cut."""


def apply(
    effect: Effect,
    samples: Samples,
    rate: int,
    *,
    wet: bool = False,
    tail: float | None = None,
    progress: Callable[[float, str], None] = lambda _share, _now: None,
) -> Result:
    """Samples of shape (n, channels) through ``effect``; of more than two channels the first two count.

    The dry sound is added unless ``wet`` is asked for or the effect stands in the way of all sound.
    ``tail`` is in seconds; None waits until it is silent, at most :data:`LONGEST_TAIL`.
    """
    import soxr

    sound = np.ascontiguousarray(samples[:, :2] if samples.shape[1] > 1 else np.repeat(samples, 2, axis=1))
    dry = not (wet or effect.in_line)
    at_rate = sound if rate == RATE else soxr.resample(sound, rate, RATE, quality="VHQ")
    length = len(at_rate)
    most = length + round((LONGEST_TAIL if tail is None else tail) * RATE)
    pieces: list[Samples] = []
    done = 0
    while done < most:
        piece = at_rate[done : min(done + _BLOCK, length)]
        size = min(_BLOCK, most - done)
        block = np.zeros((size, 2), np.float32)
        block[: len(piece)] = piece
        out = effect.process(block)
        pieces.append(out + block if dry else out)
        done += size
        progress(done / most, "")
        if tail is None and done >= length and effect.silent:
            break
    found = np.concatenate(pieces) if pieces else at_rate[:0]
    if tail is None:
        found = _until_silent(found, length)
    found = found if rate == RATE else soxr.resample(found, RATE, rate, quality="VHQ")
    peak = float(np.abs(found).max(initial=0))
    return Result(found, max(len(found) - len(sound), 0) / rate, peak)


def _until_silent(sound: Samples, least: int) -> Samples:
    """Without what is below the last bit of 16 behind the end."""
    heard = np.flatnonzero(np.abs(sound).max(axis=1) > 2**-16)
    return sound[: max(least, int(heard[-1]) + 1 if heard.size else 0)]
