"""A reverb and a chorus of our own behind the sends, until the effect chips themselves are there.

Modelled: nothing of it is the machine's.  Inside all goes on in blocks of 32 frames, counted from the first
frame of all, so that samples do not depend on the size of what is asked for.

Open questions
- What stands behind the sends when nothing was chosen; the chips have no modelled counterpart here yet.
- How loud the machine's reverb and chorus come back.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from luthier.dsp.delay_lines import BLOCK, Place, Samples
from luthier.dsp.loops import loop_of_parts
from luthier.errors import InputError
from luthier.kn5000.effects import echo, moving_delay, tank
from luthier.kn5000.effects.echo import repeat
from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.moving_delay import move
from luthier.kn5000.effects.send_effects import Frames
from luthier.kn5000.effects.settings import Chorus, Reverb
from luthier.kn5000.effects.tank import Words, reverberate

#: Where all lies in the samples: both sends, which wait for their block, what comes out, and a send once more
#: to be used up, left and right each; then the units.
_REVERB, _OUT, _USED, _CHORUS = (side * BLOCK for side in (2, 4, 6, 8))
_TANK: Final = _CHORUS + moving_delay.SAMPLES
_ECHO: Final = _TANK + tank.SAMPLES
_SAMPLES: Final = _ECHO + echo.SAMPLES
_TANK_WORDS: Final = moving_delay.WORDS
_ECHO_WORDS: Final = _TANK_WORDS + tank.WORDS
_WORDS: Final = _ECHO_WORDS + echo.WORDS


class PlainSends:
    """The effect send goes to the chorus, the reverb send to the reverb; samples wait for nothing else."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """As at power on: silent, hall 2 and chorus 3."""
        self._time = 0
        self._samples = np.zeros(_SAMPLES, np.float32)
        self._words = np.zeros(_WORDS, np.int64)
        self._chorus_unit = moving_delay.within(self._samples[_CHORUS:_TANK], self._words[:_TANK_WORDS])
        self._tank = tank.within(self._samples[_TANK:_ECHO], self._words[_TANK_WORDS:_ECHO_WORDS])
        self._echo = echo.within(self._samples[_ECHO:], self._words[_ECHO_WORDS:])
        moving_delay.empty(self._chorus_unit)
        tank.empty(self._tank)
        echo.empty(self._echo)
        self.set_reverb(GsReverb())
        self.set_chorus(GsChorus())

    @property
    def silent(self) -> bool:
        """Nothing was sent for a while and the rest is below -100 dBFS."""
        asleep = (
            self._chorus_unit.words[moving_delay.ASLEEP],
            self._tank.words[tank.ASLEEP],
            self._echo.words[echo.ASLEEP],
        )
        return all(asleep) and not self._samples[:_USED].any()

    @property
    def reverb(self) -> GsReverb:
        """What the reverb was last set to."""
        return self._reverb

    @property
    def chorus(self) -> GsChorus:
        """What the chorus was last set to."""
        return self._chorus

    def set_reverb(self, reverb: GsReverb) -> None:
        """Set the reverb.

        Level, time and low-pass move there in some 25 ms.  Another room fades out first, in 12 ms.
        """
        self._reverb = reverb
        self.shape_reverb(reverb.reverb)

    def set_chorus(self, chorus: GsChorus) -> None:
        """Set the chorus: all of it moves there in some 25 ms."""
        self._chorus = chorus
        self.shape_chorus(chorus.chorus)

    def shape_reverb(self, reverb: Reverb) -> None:
        """Set the reverb in physical units."""
        tank.shape(self._tank, reverb)
        echo.shape(self._echo, reverb)

    def shape_chorus(self, chorus: Chorus) -> None:
        """Set the chorus in physical units."""
        moving_delay.shape(self._chorus_unit, chorus)

    def process(self, effect: Frames, reverb: Frames, out: Frames) -> None:
        """Add what comes back of both sends to ``out``; all float32 (n, 2) of any n, 1.0 full scale."""
        for given in (effect, reverb, out):
            if given.shape != out.shape or given.ndim != 2 or given.shape[1] != 2:
                raise InputError(f"sends of shape {given.shape} into {out.shape}", remedy="give (n, 2) each")
        _process(effect, reverb, out, self._time, self._samples, self._words)
        self._time += len(out)


@loop_of_parts
def _process(effect: Frames, reverb: Frames, out: Frames, time: int, samples: Samples, words: Words) -> None:
    chorus = moving_delay.within(samples[_CHORUS:_TANK], words[:_TANK_WORDS])
    room = tank.within(samples[_TANK:_ECHO], words[_TANK_WORDS:_ECHO_WORDS])
    echoes = echo.within(samples[_ECHO:], words[_ECHO_WORDS:])
    sent, ready, used = samples[:_OUT], samples[_OUT:_USED], samples[_USED:_CHORUS]
    to_effect, to_reverb = samples[:_REVERB], samples[_REVERB:_OUT]
    done = 0
    while done < len(out):
        place = (time + done) & (BLOCK - 1)
        stretch = min(BLOCK - place, len(out) - done)
        for side in range(2):
            for i in range(min(stretch, BLOCK)):
                at, row = Place(side * BLOCK + place + i), Place(done + i)
                to_effect[at] = effect[row, side]
                to_reverb[at] = reverb[row, side]
                out[row, side] += ready[at]
        done += stretch
        if place + stretch == BLOCK:
            now = time + done - BLOCK
            ready[:] = 0
            move(chorus, now, to_effect, ready, to_reverb)
            for i in range(2 * BLOCK):
                used[i] = to_reverb[i]
            reverberate(room, now, to_reverb, ready)
            repeat(echoes, now, used, ready)
            sent[:] = 0
