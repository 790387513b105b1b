"""A part as its voices see it: decibels, semitones, cents and seconds; and what a message changes of it.

All laws behind these figures are in :mod:`luthier.kn5000.parts.laws`; most are modelled.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

#: Controller 91 at power on (GS, General MIDI 2): with it a strike's own share goes to the reverb.
USUAL_REVERB = 40 / 127


class Change(enum.Flag):
    """What of the sounding voices must be brought up to date after a message.

    ``NONE`` needs nothing: the next strike reads the state anyway.
    """

    NONE = 0
    LEVEL = enum.auto()
    PAN = enum.auto()
    SENDS = enum.auto()
    PITCH = enum.auto()
    """Tuning or bend."""
    MODULATION = enum.auto()
    """Vibrato, its rate, tremolo or auto-pan."""
    SUSTAIN = enum.auto()
    """The sustain pedal went up or down: ask ``sustain``."""
    SOSTENUTO = enum.auto()
    SOFT = enum.auto()
    TONE = enum.auto()
    """Times of the envelopes."""
    FILTER = enum.auto()
    ALL_SOUND_OFF = enum.auto()
    """Silence all voices of the part at once."""
    ALL_NOTES_OFF = enum.auto()
    """Let go of all keys of the part; pedals still hold."""
    RESET = enum.auto()
    """Everything may have changed, the pedals are up."""


@dataclass(frozen=True, slots=True)
class NoteSetting:
    """What GS says of one drum of a kit."""

    level: float = 0.0
    """dB added."""
    pan: float | None = None
    """-1 to 1 instead of the drum's own; None leaves it."""
    tuning: float = 0.0
    """Semitones added."""
    reverb: float = 1.0
    """Factor on what goes to the reverb."""
    chorus: float = 1.0


NO_SETTINGS: Mapping[int, NoteSetting] = MappingProxyType({})
#: Equal temperament, C to B.
EQUAL: tuple[float, ...] = (0.0,) * 12


class PartState(NamedTuple):
    """Everything voices need of a part besides its sound."""

    level: float = 0.0
    """dB: volume, expression and master volume together; ``-inf`` is silent."""
    pan: float = 0.0
    """-1 left to 1 right, added to the strike's own, the sum kept within -1 to 1 (known: listing, 0x032E1E).

    -2 and 2 are all the way to the side, wherever the strike has its own.
    """
    reverb: float = USUAL_REVERB
    """0 to 1; :meth:`sends` has the share of a strike."""
    chorus: float = 0.0
    tuning: float = 0.0
    """Semitones: coarse and fine tuning, master tuning and key shift.

    For drums without the coarse part and the key shift: they choose which drum sounds, not its pitch.
    """
    bend: float = 0.0
    """Semitones now."""
    vibrato: float = 0.0
    """Cents added to the strike's own vibrato; may be negative, the sum is never below 0."""
    vibrato_rate: float = 1.0
    """Factor on the rate."""
    vibrato_delay: float = 1.0
    """Factor on the delay."""
    tremolo: float = 0.0
    """0 to 1 of the amplitude."""
    auto_pan: float = 0.0
    """0 to 1 of the pan's half."""
    portamento: float = 0.0
    """Seconds that a new note glides from the last one; 0 for none."""
    portamento_from: int | None = None
    """The key that the next note glides from (controller 84), once; see ``Parts.portamento_taken``."""
    sustain: bool = False
    sostenuto: bool = False
    soft: bool = False
    mono: bool = False
    cutoff: float = 0.0
    """Semitones that the filter's corner moves."""
    attack: float = 1.0
    """Factor on times; likewise decay and release."""
    decay: float = 1.0
    release: float = 1.0
    drums: bool = False
    """The part plays a drum kit: no part tuning by key, group and kit rules of the strikes."""
    voices_wanted: int = 0
    """Voices kept for the part (GS voice reserve); 0 where nobody asked for any."""
    notes: Mapping[int, NoteSetting] = NO_SETTINGS
    """Settings of single drums by key."""
    scale: tuple[float, ...] = EQUAL
    """Semitones added to each of the twelve notes from C on; not for drums."""
    inserted: bool = False
    """All sound goes through the effect of slot 0, and nowhere else."""

    def sends(self, reverb: float, chorus: float) -> tuple[float, float]:
        """The shares, 0 to 1, of a strike that has ``reverb`` and ``chorus`` of its own (modelled).

        With controller 91 at its usual 40 and 93 at its usual 0 they are the strike's own; 0 takes all reverb
        away, 127 sends everything.

        >>> PartState().sends(0.3, 0.1)
        (0.3, 0.1)
        >>> PartState(reverb=0.0, chorus=1.0).sends(0.3, 0.1)
        (0.0, 1.0)
        """
        if self.reverb <= USUAL_REVERB:
            to_reverb = reverb * self.reverb / USUAL_REVERB
        else:
            to_reverb = reverb + (1 - reverb) * (self.reverb - USUAL_REVERB) / (1 - USUAL_REVERB)
        return to_reverb, chorus + (1 - chorus) * self.chorus
