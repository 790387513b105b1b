"""What the tone generator's two sends go through, and what comes back of it.

Slot 0 of the effect chips is "DSP EFFECT", the generator's effect send; slot 1 is "REVERB", its reverb send
(facts 2.5).  What comes back is added to the dry sound; the chip cannot take anything of the dry sound away.
"""

from __future__ import annotations

from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.plain import PlainSends
from luthier.kn5000.effects.send_effects import SendEffects
from luthier.kn5000.effects.settings import Character, Chorus, Reverb

__all__ = ["Character", "Chorus", "GsChorus", "GsReverb", "PlainSends", "Reverb", "SendEffects"]
