"""How loud a rendering is to be: a gain, a loudness or a peak."""

from __future__ import annotations

import re
from dataclasses import dataclass

from luthier.errors import UsageError

#: What streaming services and AES TD1008 (2021) recommend for music.
MUSIC_LOUDNESS = -16.0
#: What is left for what decoders of lossy files add (EBU R 128: -1 dBTP).
HEADROOM = -1.0
_TARGET = re.compile(
    r"(loudness|(?P<peak>peak:?))?(?P<value>-?\d+(\.\d+)?)?( ?LUFS| ?dBFS| ?dB)?", re.ASCII | re.IGNORECASE
)
#: dB; beyond, something is misunderstood.
_RANGE = (-70.0, 0.0)


@dataclass(frozen=True)
class Target:
    """A loudness in LUFS or, with ``peak``, the highest sample in dBFS."""

    value: float = MUSIC_LOUDNESS
    peak: bool = False

    @classmethod
    def named(cls, text: str) -> Target:
        """What ``loudness``, ``-16``, ``-16LUFS``, ``peak`` or ``peak:-3`` means; raises UsageError.

        >>> Target.named("-20"), Target.named("peak")
        (Target(value=-20.0, peak=False), Target(value=-1.0, peak=True))
        """
        found = _TARGET.fullmatch(text)
        if not text or found is None:
            raise UsageError(f"{text!r} is no level", remedy="give LUFS such as -16, or peak:-1")
        peak = found["peak"] is not None
        value = float(found["value"] or (HEADROOM if peak else MUSIC_LOUDNESS))
        if not _RANGE[0] <= value <= _RANGE[1]:
            raise UsageError(f"{value:g} dB is out of range", remedy="give -70 to 0")
        return cls(value, peak)

    def gain(self, peak: float | None, loudness: float | None) -> float:
        """Decibels that bring sound of this peak and loudness there; without a loudness, by its peak."""
        if peak is None:
            return 0.0
        if self.peak:
            return self.value - peak
        return HEADROOM - peak if loudness is None else self.value - loudness


def factor(decibels: float) -> float:
    """What decibels of amplitude multiply by.

    >>> factor(20.0)
    10.0
    """
    return float(10.0 ** (decibels / 20))
