"""Registered and non-registered parameters: which there are, and what data entry makes of their values.

Registered ones are those of MIDI 1.0 and General MIDI 2; bend range, fine and coarse tuning have places in
the record (known), reached by controllers 80 to 82.  That the main CPU turns the former into the latter is
modelled.  The non-registered ones are those of GS.
"""

from __future__ import annotations

from typing import Final

from luthier.kn5000.parts.controls import DATA, DATA_FINE, INCREMENT

BEND_RANGE, FINE_TUNING, COARSE_TUNING, MODULATION_DEPTH = 0, 1, 2, 5
REGISTERED: Final = {
    BEND_RANGE: "bend range",
    FINE_TUNING: "fine tuning",
    COARSE_TUNING: "coarse tuning",
    MODULATION_DEPTH: "modulation depth range",
}

#: GS: parameters of a part, msb 01, to the controller that does the same.
AS_CONTROLLER: Final = {
    0x01 << 7 | 0x08: 76,
    0x01 << 7 | 0x09: 77,
    0x01 << 7 | 0x0A: 78,
    0x01 << 7 | 0x20: 74,
    0x01 << 7 | 0x63: 73,
    0x01 << 7 | 0x64: 75,
    0x01 << 7 | 0x66: 72,
}
#: GS: parameters of one drum; the lower seven bits are its key.
OF_DRUM: Final = {0x18: "tuning", 0x1A: "level", 0x1C: "pan", 0x1D: "reverb", 0x1E: "chorus"}

#: Names of those that are not acted on.
_LEFT_OUT = {3: "tuning program", 4: "tuning bank"}
_LEFT_OUT_OF_GS = {0x01 << 7 | 0x21: "resonance"}

CENTS = 100
#: A modulation depth's lower seven bits count 100/128 cents (General MIDI 2).
DEPTH_STEPS = 128


def unsupported_name(parameter: int, *, registered: bool) -> str:
    """What is written of a parameter that is not acted on.

    >>> unsupported_name(3, registered=True), unsupported_name(0xA1, registered=False)
    ('registered parameter 0 3 tuning program', 'non-registered parameter 1 33 resonance')
    """
    names = _LEFT_OUT if registered else _LEFT_OUT_OF_GS
    kind = "registered" if registered else "non-registered"
    return f"{kind} parameter {parameter >> 7} {parameter & 0x7F} {names.get(parameter, '')}".rstrip()


#: What an upper step of data entry is worth in lower ones.
STEPS: Final = {BEND_RANGE: CENTS, FINE_TUNING: 128, COARSE_TUNING: 1, MODULATION_DEPTH: DEPTH_STEPS}


def entered(current: int, number: int, value: int, steps: int) -> int:
    """The value of a parameter, in its lower steps, after a controller of data entry.

    Increment and decrement go by one lower step (RP-018); without lower steps the fine entry does nothing.

    >>> entered(200, 6, 12, 100), entered(1200, 38, 50, 100), entered(1250, 97, 0, 100)
    (1200, 1250, 1249)
    """
    if number == DATA:
        wanted = value * steps + current % steps
    elif number == DATA_FINE:
        wanted = current - current % steps + min(value, steps - 1)
    else:
        wanted = current + (1 if number == INCREMENT else -1)
    return min(max(wanted, 0), 0x80 * steps - 1)
