"""A place for an effect: another one is faded to, so that a change is never a click.

The old one's sound fades out, what goes into the new one fades in.

A slot either returns its effect's sound, which is then added, or stands in the way of all sound.  With NO
OPERATION the one returns nothing, and the other changes nothing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.kn5000.effects.effect import Effect
from luthier.kn5000.effects.units.unit import Frames

FADE: Final = 1024  #: frames, 23 ms
NO_OPERATION: Final = 0


class Slot:
    """One effect at a time.

    Both are heard for 23 ms when another is chosen.
    """

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self._old: Effect | None = None
        self._next: Effect | None = None
        self._faded = 0

    @property
    def effect(self) -> Effect:
        """The one that was chosen last."""
        return self._next or self._effect

    @property
    def idle(self) -> bool:
        """There is no effect, and none is on its way out."""
        return self._old is None and self._effect.number == NO_OPERATION

    @property
    def silent(self) -> bool:
        """Nothing is to be heard of it."""
        return self.idle or (self._old is None and self._effect.silent)

    def choose(self, effect: Effect) -> None:
        """Go over to another effect; one that comes while another fades in waits for that.

        In place of one that is silent it is there at once.
        """
        if self._old is None and self._effect.number != NO_OPERATION and self._effect.silent:
            self._effect = effect
        elif self._old is None:
            self._old, self._effect = self._effect, effect
        elif self._faded == 0:
            self._effect = effect
        else:
            self._next = effect

    def process(self, frames: Frames, *, returns: bool = True, out: Frames | None = None) -> Frames:
        """The wet sound of (n, 2) samples, in ``out`` (which may be ``frames``) or anew."""
        if self._old is None:
            return _wet(self._effect, frames, returns, out)
        result = np.empty(frames.shape, np.float32)
        done = 0
        while done < len(frames) and self._old is not None:
            count = min(len(frames) - done, FADE - self._faded)
            self._fade(frames[done : done + count], returns, result[done : done + count])
            done += count
        if done < len(frames):
            _wet(self._effect, frames[done:], returns, result[done:])
        if out is None:
            return result
        out[:] = result
        return out

    def _fade(self, frames: Frames, returns: bool, out: Frames) -> None:
        """At most what is left of the fade."""
        assert self._old is not None
        way = (self._faded + np.arange(len(frames))) / FADE
        share = (way * way * (3 - 2 * way)).astype(np.float32)[:, None]
        # What goes into the new one swells: delays would bring a sudden beginning out after the fade.
        new = _wet(self._effect, share * frames, returns, None)
        out[:] = (1 - share) * _wet(self._old, frames, returns, None) + new
        self._faded += len(frames)
        if self._faded == FADE:
            self._old, self._faded = None, 0
            if self._next is not None:
                self._old, self._effect, self._next = self._effect, self._next, None


def _wet(effect: Effect, frames: Frames, returns: bool, out: Frames | None) -> Frames:
    if effect.number != NO_OPERATION:
        return effect.process(frames, out)
    if out is None:
        out = np.array(frames, np.float32)
    elif out is not frames:
        out[:] = frames
    if returns:
        out[:] = 0
    else:
        np.nan_to_num(out, copy=False, nan=0, posinf=0, neginf=0)
    return out
