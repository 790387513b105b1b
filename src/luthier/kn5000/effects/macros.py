"""Which of the machine's effects a message of General Standard means, and how it is set.

Modelled: the machine takes the macros and levels (system-exclusive page), what it makes of them is not
published.  Reverbs go to the slot of the reverb, what GS calls chorus to the slot of the DSP effect, by name
and by how they sound:

=====================  ========================  =====================================================
reverb                 effect                    why
=====================  ========================  =====================================================
room 1, 2 and 3        ROOM REVERB 1, 2 and 2    small, larger; the third by its time
hall 1 and 2           CONCERT REVERB 1 and 2    a concert is in a hall
plate                  PLATE REVERB 1
delay                  SINGLE DELAY              one of the two delays that the reverb's page has
panning delay          MULTI TAP DELAY           the other: its four taps go from side to side
chorus 1 to 4          CHORUS
feedback chorus        FLANGER                   CHORUS has no feedback
flanger                FLANGER
short delays           SINGLE DELAY
=====================  ========================  =====================================================

What an effect has no parameter for changes nothing: a chorus's delay and feedback.  A low-pass before the
reverb is taken for duller highs: a decibel of HIGH DAMP GAIN for each of its steps.  Times beyond what an
effect takes become its longest.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.settings import Character

_REVERBS: Final = {
    Character.ROOM_1: ("ROOM REVERB 1", -12.0),
    Character.ROOM_2: ("ROOM REVERB 2", -10.5),
    Character.ROOM_3: ("ROOM REVERB 2", -9.0),
    Character.HALL_1: ("CONCERT REVERB 1", -12.0),
    Character.HALL_2: ("CONCERT REVERB 2", -10.5),
    Character.PLATE: ("PLATE REVERB 1", -5.0),
}
#: Decibels of HIGH DAMP GAIN for a step of the low-pass; HIGH DAMP GAIN of delays: their repeats are dull.
_DULLER, _REPEATS = -1.0, -3.0
_TAPS: Final = 4
#: The macros of the chorus that are something else.
_FEEDBACK_CHORUS, _FLANGER, _SHORT_DELAY = 4, 5, 6
#: Milliseconds to either side that the depths of CHORUS and of FLANGER are at 100 %, with its MANUAL.
_DEEPEST: Final = 5.0
_LONGEST_MANUAL: Final = 10.0


class Choice(NamedTuple):
    """An effect by its name, and what is set of it, in physical units."""

    name: str
    settings: dict[str, float]


NOTHING: Final = Choice("NO OPERATION", {})


def reverb(numbers: GsReverb) -> Choice:
    """What is in the slot of the reverb."""
    wanted = numbers.reverb
    volume = 100 * wanted.level
    character = Character(numbers.character)
    if character < Character.DELAY:
        name, damp = _REVERBS[character]
        settings = {
            "REVERB TIME": wanted.time,
            "PRE DELAY": 1000 * wanted.predelay,
            "HIGH DAMP GAIN": damp + _DULLER * numbers.pre_low_pass,
            "VOLUME": volume,
        }
        return Choice(name, settings)
    milliseconds = 1000 * (wanted.time + wanted.predelay)
    common = {"HIGH DAMP GAIN": _REPEATS + _DULLER * numbers.pre_low_pass, "VOLUME": volume}
    if character == Character.DELAY:
        return _delays(milliseconds, wanted.feedback, common)
    longest = min(milliseconds, 700.0)  # what DELAY 4 takes
    taps = {f"DELAY {tap}": longest * tap / _TAPS for tap in range(1, _TAPS + 1)}
    pans = {f"PAN {tap}": -100.0 if tap % 2 else 100.0 for tap in range(1, _TAPS + 1)}
    return Choice("MULTI TAP DELAY", {**taps, **pans, "FEEDBACK": 100 * wanted.feedback, **common})


def chorus(numbers: GsChorus) -> Choice:
    """What is in the slot of the DSP effect."""
    wanted = numbers.chorus
    common = {"VOLUME": 100 * wanted.level, "REV SEND": 100 * wanted.to_reverb}
    sway = 1000 * wanted.depth / 2
    if numbers.macro >= _SHORT_DELAY:
        return _delays(1000 * wanted.delay, wanted.feedback, {"HIGH DAMP GAIN": 0.0, **common})
    waves = {"LFO SPEED": wanted.rate, "LFO WAVEFORM": 0.0}
    if numbers.macro in (_FEEDBACK_CHORUS, _FLANGER):
        middle = min(1000 * wanted.delay + sway, _LONGEST_MANUAL)
        settings = {
            "DEPTH": 100 * sway / middle,
            "RESONANCE": 100 * wanted.feedback,
            "MANUAL": middle,
            "PHASE": 90.0,
        }
        return Choice("FLANGER", {**settings, **waves, **common})
    return Choice("CHORUS", {"DEPTH": 100 * sway / _DEEPEST, **waves, **common})


def _delays(milliseconds: float, feedback: float, common: dict[str, float]) -> Choice:
    times = dict.fromkeys(("DELAY L", "DELAY R"), milliseconds)
    again = dict.fromkeys(("FEEDBACK L", "FEEDBACK R"), 100 * feedback)
    return Choice("SINGLE DELAY", {**times, **again, **common})
