"""A place for an effect: another one is faded to, so that a change is never a click."""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.kn5000.effects.effect import Effect
from luthier.kn5000.effects.units.unit import Frames

_FADE: Final = 1024  #: frames, 23 ms


class Slot:
    """One effect at a time.

    Both are heard for 23 ms when another is chosen.
    """

    def __init__(self, effect: Effect) -> None:
        self.effect = effect
        self._old: Effect | None = None
        self._faded = 0

    @property
    def silent(self) -> bool:
        """Nothing is to be heard of it."""
        return self._old is None and self.effect.silent

    def choose(self, effect: Effect) -> None:
        """Go over to another effect. Within 23 ms of the last change it takes its place without a fade."""
        if self._old is None:
            self._old = self.effect
        self.effect = effect

    def process(self, frames: Frames) -> Frames:
        """The wet sound of (n, 2) samples."""
        new = self.effect.process(frames)
        if self._old is None:
            return new
        count = min(len(frames), _FADE - self._faded)
        way = (self._faded + np.arange(count)) / _FADE
        share = (way * way * (3 - 2 * way)).astype(np.float32)[:, None]
        old = self._old.process(frames[:count])
        new[:count] = old + share * (new[:count] - old)
        self._faded += count
        if self._faded == _FADE:
            self._old, self._faded = None, 0
        return new
