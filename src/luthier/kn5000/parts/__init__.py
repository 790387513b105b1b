"""The 26 parts: what controllers, programs and bends make of them, in the machine's RAM and beside it.

Known places are the bytes of the RAM; everything whose place or meaning nobody has published stands in an
array of our own and is *modelled*.
"""

from __future__ import annotations

from luthier.kn5000.parts.parts import Parts
from luthier.kn5000.parts.state import Change, NoteSetting, PartState

__all__ = ["Change", "NoteSetting", "PartState", "Parts"]
