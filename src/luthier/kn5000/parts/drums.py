"""What GS can say of single drums of a kit (modelled: the machine's kits are in its ROM).

* level: 40 log10(value / 100) dB, so that 100 leaves a drum as it is
* pan: as controller 10; 0, GS's "random", leaves the drum where it is
* tuning: semitones above 64
* reverb, chorus: share of what the part sends, in 1/127
"""

from __future__ import annotations

from dataclasses import replace

from luthier.kn5000.parts import laws
from luthier.kn5000.parts.state import NoteSetting

#: The value of a level that changes nothing.
_USUAL_LEVEL = 100


def changed(setting: NoteSetting, what: str, value: int) -> NoteSetting:
    """A setting with one value of GS in it: ``what`` is level, pan, tuning, reverb or chorus.

    >>> changed(NoteSetting(), "tuning", 66).tuning, changed(NoteSetting(), "pan", 127).pan
    (2.0, 1.0)
    """
    if what == "level":
        return replace(setting, level=laws.decibels(value / _USUAL_LEVEL))
    if what == "pan":
        return replace(setting, pan=laws.position(value) if value else None)
    if what == "tuning":
        return replace(setting, tuning=float(value - laws.CENTRE))
    share = value / laws.HIGHEST
    return replace(setting, reverb=share) if what == "reverb" else replace(setting, chorus=share)
