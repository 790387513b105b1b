"""What an engine asks of whatever stands behind its two sends."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.effects.gs import GsChorus, GsReverb

Frames = NDArray[np.float32]


class SendEffects(Protocol):
    """Effects behind the sends, at 44,100 Hz.

    Samples do not depend on the size of blocks.  What is set is heard from the next 32 frames on, counted
    from the first frame of all, and does not click.
    """

    @property
    def silent(self) -> bool:
        """Nothing was sent for a while and the rest is below -100 dBFS: processing silence takes no time."""

    @property
    def reverb(self) -> GsReverb:
        """What the reverb was last set to."""

    @property
    def chorus(self) -> GsChorus:
        """What the chorus was last set to."""

    def set_reverb(self, reverb: GsReverb) -> None:
        """Set the reverb: of one number more, ``effects.reverb.changed(0x34, 80)``."""

    def set_chorus(self, chorus: GsChorus) -> None:
        """Set the chorus: of one number more, ``effects.chorus.changed(0x3D, 9)``."""

    def process(self, effect: Frames, reverb: Frames, out: Frames) -> None:
        """Add what comes back of both sends to ``out``; all float32 (n, 2) of any n, 1.0 full scale."""

    def reset(self) -> None:
        """As at power on: silent, with the settings of power on."""
