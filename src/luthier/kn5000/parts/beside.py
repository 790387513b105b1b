"""What a part knows besides its record, because nobody has published where the machine keeps it.

The machine's main CPU, whose side of this is not published, keeps much of it; all of this is modelled.
"""

from __future__ import annotations

import enum
from typing import Any

import numpy as np

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


#: Name, type and value at power on.  Values of controllers are kept as they came.
_FIELDS: tuple[tuple[str, str, float], ...] = (
    ("program", "u1", 0),
    ("bank_msb", "u1", 0),
    ("bank_lsb", "u1", 0),
    ("next_msb", "u1", 0),  # taken over by the next program change
    ("next_lsb", "u1", 0),
    ("drums", "u1", 0),  # 1 or 2: which of GS's two maps of drums
    ("mono", "?", False),
    ("voices_wanted", "u1", 0),
    ("volume", "u1", 100),  # General MIDI 2
    ("expression", "u1", 127),
    ("sostenuto", "?", False),
    ("soft", "?", False),
    ("bend", "<u2", BEND_CENTRE),
    ("bend_cents", "u1", 0),  # of the bend range, beyond its semitones
    ("fine", "<u2", BEND_CENTRE),
    ("modulation", "u1", 0),
    ("modulation_mode", "u1", Modulation.VIBRATO),
    ("modulation_cents", "<f8", MODULATION_CENTS),
    ("pressure", "u1", 0),
    ("tremolo", "u1", 0),
    ("portamento", "?", False),
    ("portamento_time", "u1", 0),
    ("portamento_from", "i1", -1),
    ("vibrato_rate", "u1", CENTRE),
    ("vibrato_depth", "u1", CENTRE),
    ("vibrato_delay", "u1", CENTRE),
    ("cutoff", "u1", CENTRE),
    ("attack", "u1", CENTRE),
    ("decay", "u1", CENTRE),
    ("release", "u1", CENTRE),
    ("registered", "?", True),  # whether the parameter chosen is an RPN
    ("parameter", "<u2", NO_PARAMETER),
)

BESIDE = np.dtype([(name, code) for name, code, _ in _FIELDS])


def at_start(part: int) -> Any:
    """The state at power on of a part, as one record."""
    record = np.array(tuple(value for _, _, value in _FIELDS), BESIDE)
    record["drums"] = part == DRUM_PART
    return record
