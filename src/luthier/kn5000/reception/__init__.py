"""MIDI as it comes through a cable or out of a file, made into what the engine does.

Channels are parts: channel 1 plays part 0, and so on (modelled: the machine's owner chooses).  Drums play on
channel 10 until a message says otherwise.
"""

from __future__ import annotations

from luthier.kn5000.reception.reception import Reception
from luthier.kn5000.reception.settings import Settings
from luthier.kn5000.reception.target import SystemSettings, Target

__all__ = ["Reception", "Settings", "SystemSettings", "Target"]
