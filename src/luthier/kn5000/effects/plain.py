"""A reverb and a chorus of our own behind the sends, until the effect chips themselves are there."""

from __future__ import annotations

from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.send_effects import Frames
from luthier.kn5000.effects.settings import Chorus, Reverb


class PlainSends:
    """The effect send goes to the chorus, the reverb send to the reverb."""

    def __init__(self) -> None:
        self.reset()

    @property
    def silent(self) -> bool:
        """Nothing was sent for a while and the rest is below -100 dBFS."""
        return True

    @property
    def reverb(self) -> GsReverb:
        """What the reverb was last set to."""
        return self._reverb

    @property
    def chorus(self) -> GsChorus:
        """What the chorus was last set to."""
        return self._chorus

    def set_reverb(self, reverb: GsReverb) -> None:
        """Set the reverb."""
        self._reverb = reverb
        self.shape_reverb(reverb.reverb)

    def set_chorus(self, chorus: GsChorus) -> None:
        """Set the chorus."""
        self._chorus = chorus
        self.shape_chorus(chorus.chorus)

    def shape_reverb(self, reverb: Reverb) -> None:
        """Set the reverb in physical units."""

    def shape_chorus(self, chorus: Chorus) -> None:
        """Set the chorus in physical units."""

    def process(self, effect: Frames, reverb: Frames, out: Frames) -> None:
        """Add what comes back of both sends to ``out``; all float32 (n, 2) of any n."""

    def reset(self) -> None:
        """As at power on."""
        self.set_reverb(GsReverb())
        self.set_chorus(GsChorus())
