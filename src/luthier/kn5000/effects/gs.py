"""Reverb and chorus as General Standard messages set them: macros and numbers from 0 to 127.

Addresses are the last byte of ``40 01 xx``; a macro sets all parameters of its unit at once.  The values of
the macros are those of Roland's owner's manuals: reverb of the SC-8820, page 41 (pre-delay in milliseconds
too), chorus of the SC-8850, page 83.  Laws are those of General MIDI 2, Global Parameter Control (CA-024),
for its chorus (rate, depth, feedback, send to reverb) and reverb (times of the types, the step of the time).
Its types have the names of the macros or nearly so, and their figures fit: rate 3 and depth 5 of chorus 1 are
its 0.4 Hz and 1.9 ms.  That the same laws hold for GS is modelled.

Open questions
- What the SX-KN5000 does with these messages beyond taking them; which of its own effects a macro means
  (:mod:`luthier.kn5000.effects.macros` has ours).
- The times of GS: here each macro at its own values has the time of GM 2's type of that name, and a step is
  2.5 % as there (modelled).
- The delays of chorus and of the two delay characters: neither manual gives a unit (modelled: linear, up to
  25 ms and 1 s; a tenth of that for the flanger).
- Corners of the pre-low-pass 0 to 7 (modelled: open, then 16 kHz and half an octave a step, down to 2 kHz).
- Levels (modelled: linear, 127 as loud as what is sent).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Self

from luthier.kn5000.effects.settings import Character, Chorus, Reverb

HIGHEST: Final = 127
#: Fields and their limits by address; 40 01 36 and 40 01 40 send to units that are not there.
_REVERB_FIELDS = {
    0x30: ("macro", 7),
    0x31: ("character", 7),
    0x32: ("pre_low_pass", 7),
    0x33: ("level", HIGHEST),
    0x34: ("time", HIGHEST),
    0x35: ("feedback", HIGHEST),
    0x37: ("predelay", HIGHEST),
}
_CHORUS_FIELDS = {
    0x38: ("macro", 7),
    0x39: ("pre_low_pass", 7),
    0x3A: ("level", HIGHEST),
    0x3B: ("feedback", HIGHEST),
    0x3C: ("delay", HIGHEST),
    0x3D: ("rate", HIGHEST),
    0x3E: ("depth", HIGHEST),
    0x3F: ("to_reverb", HIGHEST),
}
#: SC-8820: character, pre-low-pass, level, time, feedback, pre-delay.
_REVERB_MACROS = (
    (0, 3, 64, 80, 0, 0),
    (1, 4, 64, 56, 0, 0),
    (2, 0, 64, 64, 0, 0),
    (3, 4, 64, 72, 0, 0),
    (4, 0, 64, 64, 0, 0),
    (5, 0, 64, 88, 0, 0),
    (6, 0, 64, 32, 40, 0),
    (7, 0, 64, 64, 32, 0),
)
#: SC-8850: pre-low-pass, level, feedback, delay, rate, depth, send to reverb.
_CHORUS_MACROS = (
    (0, 64, 0, 112, 3, 5, 0),
    (0, 64, 5, 80, 9, 19, 0),
    (0, 64, 8, 80, 3, 19, 0),
    (0, 64, 16, 64, 9, 16, 0),
    (0, 64, 64, 127, 2, 24, 0),
    (0, 64, 112, 127, 1, 5, 0),
    (0, 64, 0, 127, 0, 127, 0),
    (0, 64, 80, 127, 0, 127, 0),
)
#: Seconds of GM 2's small, medium and large room, medium and large hall, plate (CA-024).
_TIMES = (1.1, 1.3, 1.5, 1.8, 1.8, 1.3)
_TIME_STEP = 0.025  # GM 2: seconds = exp((value - 40) * 0.025)
# GM 2's steps of the chorus; feedback and send are shares.
_FEEDBACK_STEP = 0.00763
_RATE_STEP = 0.122  # Hz
_DEPTH_STEPS = 3200.0  # a second; the depth is one step more than its number
_SEND_STEP = 0.00787
# Modelled.
_LONGEST_ECHO = 1.0  # seconds
_LONGEST_DELAY = 0.025  # seconds
_FLANGER = 5
_FLANGER_SHARE = 0.1  # a flanger's delays are a tenth of a chorus's
_SHORTEST_DELAY, _SHORTEST_ECHO = 0.001, 0.003


@dataclass(frozen=True, slots=True)
class GsReverb:
    """The reverb's numbers; at first macro 4, hall 2."""

    macro: int = 4
    character: int = 4
    pre_low_pass: int = 0
    level: int = 64
    time: int = 64
    feedback: int = 0
    predelay: int = 0
    """Milliseconds."""

    @classmethod
    def of_macro(cls, macro: int) -> Self:
        """All numbers of a macro from 0 to 7."""
        return cls(macro, *_REVERB_MACROS[macro])

    def changed(self, address: int, value: int) -> GsReverb:
        """With the number at 40 01 ``address`` set; what GS does not have leaves everything as it is."""
        name, limit = _REVERB_FIELDS.get(address, ("", -1))
        if not 0 <= value <= limit:
            return self
        return self.of_macro(value) if name == "macro" else replace(self, **{name: value})

    @property
    def reverb(self) -> Reverb:
        """The same in physical units."""
        character = Character(self.character)
        if character >= Character.DELAY:
            time = max(self.time / HIGHEST * _LONGEST_ECHO, _SHORTEST_ECHO)
        else:
            own = _REVERB_MACROS[character][3]
            time = _TIMES[character] * math.exp((self.time - own) * _TIME_STEP)
        return Reverb(
            character=character,
            level=self.level / HIGHEST,
            time=time,
            predelay=self.predelay / 1000,
            low_pass=_corner(self.pre_low_pass),
            feedback=self.feedback * _FEEDBACK_STEP,
        )


@dataclass(frozen=True, slots=True)
class GsChorus:
    """The chorus's numbers; at first macro 2, chorus 3."""

    macro: int = 2
    pre_low_pass: int = 0
    level: int = 64
    feedback: int = 8
    delay: int = 80
    rate: int = 3
    depth: int = 19
    to_reverb: int = 0

    @classmethod
    def of_macro(cls, macro: int) -> Self:
        """All numbers of a macro from 0 to 7."""
        return cls(macro, *_CHORUS_MACROS[macro])

    def changed(self, address: int, value: int) -> GsChorus:
        """With the number at 40 01 ``address`` set; what GS does not have leaves everything as it is."""
        name, limit = _CHORUS_FIELDS.get(address, ("", -1))
        if not 0 <= value <= limit:
            return self
        return self.of_macro(value) if name == "macro" else replace(self, **{name: value})

    @property
    def chorus(self) -> Chorus:
        """The same in physical units."""
        delay = self.delay / HIGHEST * _LONGEST_DELAY * (_FLANGER_SHARE if self.macro == _FLANGER else 1)
        return Chorus(
            level=self.level / HIGHEST,
            feedback=self.feedback * _FEEDBACK_STEP,
            delay=max(delay, _SHORTEST_DELAY),
            rate=self.rate * _RATE_STEP,
            depth=(self.depth + 1) / _DEPTH_STEPS,
            to_reverb=self.to_reverb * _SEND_STEP,
            low_pass=_corner(self.pre_low_pass),
        )


def _corner(pre_low_pass: int) -> float:
    """Hz of a pre-low-pass from 0 (open) to 7."""
    return 20_000.0 if pre_low_pass == 0 else 2000.0 * 2 ** ((7 - pre_low_pass) / 2)
