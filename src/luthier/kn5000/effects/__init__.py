"""The effects of the two chips: by name, in five slots, and as messages set them.

Slot 0 is "DSP EFFECT", the generator's effect send; slot 1 is "REVERB", its reverb send (facts 2.5).  What
comes back is added to the dry sound, which the chip cannot take away.  The other three stand between the mix
and the output.
"""

from __future__ import annotations

from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.rack import Contents, Rack, Value
from luthier.kn5000.effects.settings import Character, Chorus, Reverb
from luthier.kn5000.effects.slot import Slot

__all__ = ["Character", "Chorus", "Contents", "GsChorus", "GsReverb", "Rack", "Reverb", "Slot", "Value"]
