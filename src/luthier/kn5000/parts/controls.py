"""The controllers, one row each: what a musician calls it, what it does, and how far that is known.

A row with a ``field`` keeps its value, or whether it is 64 or more, in the state beside the record; the
others have a method of :class:`luthier.kn5000.parts.Parts`.

Open questions
- What the main CPU makes of controllers on their way to the sub CPU.  The sub program takes few, and has no
  pedal but the sustain pedal and no portamento of a channel.
- Controllers 91, 95, 97 and 9B, internal ones: stored where they belong and otherwise without effect here.
- Which voices of a patch the program chooses for controller 94, celeste; here it is a send to slot 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from luthier.kn5000.parts.state import Change

ON = 64  #: a switch is on from here (MIDI 1.0)

BANK, BANK_FINE = 0, 32
DATA, DATA_FINE, INCREMENT, DECREMENT = 6, 38, 96, 97
VOLUME, PAN, EXPRESSION = 7, 10, 11
SUSTAIN = 64
PORTAMENTO_FROM = 84
REVERB, CHORUS, CELESTE = 91, 93, 94
NRPN_FINE, NRPN, RPN_FINE, RPN = 98, 99, 100, 101
ALL_SOUND_OFF, RESET, LOCAL, ALL_NOTES_OFF, OMNI_OFF, OMNI_ON, MONO, POLY = range(120, 128)
BEND_RANGE, FINE_TUNING, COARSE_TUNING = 0x80, 0x81, 0x82
SIDE, PRESENT = 0x9D, 0x9C

KNOWN, MODELLED = "known", "modelled"


@dataclass(frozen=True)
class Control:
    """A controller: ``change`` is what of sounding voices follows it."""

    name: str
    effect: str
    certainty: str = MODELLED
    change: Change = Change.NONE
    field: str = ""
    switch: bool = False


#: Known: that the sub program does this, and where it keeps the value.
CONTROLS: Final[dict[int, Control]] = {
    BANK: Control("bank select", "bank of the next program change"),
    1: Control(
        "modulation wheel",
        "vibrato, or what the part's mode says",
        change=Change.MODULATION,
        field="modulation",
    ),
    5: Control("portamento time", "5 ms to 7.7 s", field="portamento_time"),
    DATA: Control("data entry", "value of the parameter chosen"),
    VOLUME: Control("volume", "40 log10(value / 127) dB; the place is known", change=Change.LEVEL),
    PAN: Control("pan", "added to the sound's own, kept in range", KNOWN, Change.PAN),
    EXPRESSION: Control("expression", "40 log10(value / 127) dB; the place is known", change=Change.LEVEL),
    BANK_FINE: Control("bank select, fine", "bank of the next program change, lower half"),
    DATA_FINE: Control("data entry, fine", "lower half of that value"),
    SUSTAIN: Control("sustain pedal", "on from 64", KNOWN, Change.SUSTAIN),
    65: Control("portamento", "on from 64", field="portamento", switch=True),
    66: Control("sostenuto pedal", "on from 64", change=Change.SOSTENUTO, field="sostenuto", switch=True),
    67: Control("soft pedal", "on from 64", change=Change.SOFT, field="soft", switch=True),
    72: Control(
        "release time", "a factor, 1 at 64, doubled every 16 steps", change=Change.TONE, field="release"
    ),
    73: Control(
        "attack time", "a factor, 1 at 64, doubled every 16 steps", change=Change.TONE, field="attack"
    ),
    74: Control(
        "brightness", "the filter's corner, four octaves to either side", change=Change.FILTER, field="cutoff"
    ),
    75: Control("decay time", "a factor, 1 at 64, doubled every 16 steps", change=Change.TONE, field="decay"),
    76: Control(
        "vibrato rate",
        "a factor, 1 at 64, doubled every 32 steps",
        change=Change.MODULATION,
        field="vibrato_rate",
    ),
    77: Control("vibrato depth", "50 cents to either side", change=Change.MODULATION, field="vibrato_depth"),
    78: Control(
        "vibrato delay",
        "a factor, 1 at 64, doubled every 16 steps",
        change=Change.MODULATION,
        field="vibrato_delay",
    ),
    PORTAMENTO_FROM: Control("portamento control", "the key that the next note glides from"),
    REVERB: Control("reverb depth", "share that goes to the reverb; the place is known", change=Change.SENDS),
    92: Control(
        "tremolo depth", "depth of the tremolo, all at 127", change=Change.MODULATION, field="tremolo"
    ),
    CHORUS: Control("chorus depth", "share that goes to the chorus; the place is known", change=Change.SENDS),
    CELESTE: Control(
        "celeste depth",
        "share that goes to the chorus, beside 93's; the program chooses other voices of the patch",
        change=Change.SENDS,
        field="celeste",
    ),
    INCREMENT: Control("data increment", "one step up (RP-018)"),
    DECREMENT: Control("data decrement", "one step down (RP-018)"),
    NRPN_FINE: Control("non-registered parameter, fine", "chooses a parameter of GS"),
    NRPN: Control("non-registered parameter", "chooses a parameter of GS"),
    RPN_FINE: Control("registered parameter, fine", "chooses a parameter; 127 127 none"),
    RPN: Control("registered parameter", "chooses a parameter; 127 127 none"),
    ALL_SOUND_OFF: Control("all sound off", "silences the part", KNOWN, Change.ALL_SOUND_OFF),
    RESET: Control("reset all controllers", "what RP-015 lists; that the program has it is known"),
    ALL_NOTES_OFF: Control("all notes off", "lets go of all keys", KNOWN, Change.ALL_NOTES_OFF),
    OMNI_OFF: Control("omni off", "lets go of all keys; the program ignores it", change=Change.ALL_NOTES_OFF),
    OMNI_ON: Control("omni on", "lets go of all keys; the program ignores it", change=Change.ALL_NOTES_OFF),
    MONO: Control(
        "mono", "lets go of all keys; one note at a time; the program ignores it", change=Change.ALL_NOTES_OFF
    ),
    POLY: Control(
        "poly", "lets go of all keys; many notes; the program ignores it", change=Change.ALL_NOTES_OFF
    ),
    BEND_RANGE: Control("bend range", "semitones of a full bend", KNOWN, Change.PITCH),
    FINE_TUNING: Control("fine tuning", "128 is none, a step is 1/128 semitone", KNOWN, Change.PITCH),
    COARSE_TUNING: Control(
        "coarse tuning", "64 is none, a step is a semitone; the place is known", change=Change.PITCH
    ),
    SIDE: Control("side", "1 all left, 2 all right, whatever the pan", KNOWN, Change.PAN),
}

#: Stored in the record, and nothing more is known of them.
STORED_ONLY: Final = (0x91, 0x95, 0x97, 0x9B, PRESENT)

#: Names of controllers that are not acted on, for who wants to know what was left out (MIDI 1.0, RP-021).
UNSUPPORTED: Final = {
    2: "breath", 4: "foot", 8: "balance", 12: "effect 1", 13: "effect 2", 68: "legato", 69: "hold 2",
    70: "sound variation", 71: "resonance", 79: "sound controller 10", 88: "high resolution velocity",
    95: "phaser depth", LOCAL: "local control",
}  # fmt: skip


def unsupported_name(number: int) -> str:
    """What is written of a controller that is not acted on.

    >>> unsupported_name(71), unsupported_name(3)
    ('controller 71 resonance', 'controller 3')
    """
    return f"controller {number} {UNSUPPORTED.get(number, '')}".rstrip()
