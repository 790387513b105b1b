"""What a part knows besides its record, because nobody has published where the machine keeps it.

The machine's main CPU, whose side of this is not published, keeps much of it; all of this is modelled.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from luthier.kn5000.parts.laws import BEND_CENTRE, CENTRE, MODULATION_CENTS

#: Registered parameters 7F 7F: none chosen.
NO_PARAMETER = 0x3FFF
#: The part of General MIDI's channel 10.
DRUM_PART = 9


class Modulation(enum.IntEnum):
    """What the modulation wheel and pressure move: the four modes of the audio-subsystem page."""

    OFF = 0
    VIBRATO = 1
    TREMOLO = 2
    AUTO_PAN = 3


@dataclass(slots=True)
class Beside:
    """One part at power on; values of controllers are kept as they came."""

    program: int = 0
    bank_msb: int = 0
    bank_lsb: int = 0
    next_msb: int = 0
    """The bank that the next program change takes."""
    next_lsb: int = 0
    drums: int = 0
    """1 or 2: which of GS's two maps of drums."""
    mono: bool = False
    voices_wanted: int = 0
    volume: int = 100  # General MIDI 2
    expression: int = 127
    sostenuto: bool = False
    soft: bool = False
    bend: int = BEND_CENTRE
    bend_cents: int = 0
    """Of the bend range, beyond its semitones."""
    fine: int = BEND_CENTRE
    modulation: int = 0
    modulation_mode: int = Modulation.VIBRATO
    modulation_cents: float = MODULATION_CENTS
    pressure: int = 0
    tremolo: int = 0
    celeste: int = 0
    portamento: bool = False
    portamento_time: int = 0
    portamento_from: int = -1
    vibrato_rate: int = CENTRE
    vibrato_depth: int = CENTRE
    vibrato_delay: int = CENTRE
    cutoff: int = CENTRE
    attack: int = CENTRE
    decay: int = CENTRE
    release: int = CENTRE
    registered: bool = True
    """Whether the parameter chosen is a registered one."""
    parameter: int = NO_PARAMETER


def at_start(part: int) -> Beside:
    """The state of a part at power on."""
    return Beside(drums=int(part == DRUM_PART))
