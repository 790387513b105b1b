"""The effects of the SX-KN5000 by name and number, each a row of units in series.

Numbers are those of the table of names (facts, KN5000 effects); order and names of parameters those of the
lists read from a running machine where there is one.

Open questions
- Lists of parameters of effects that none was recorded for (``MODELLED``): here names from the machine's
  own 86 that fit.
- The sound of all of them but for filters, delays and speeds.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from luthier.errors import InputError
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.units.blending import Blended, Output, Volume
from luthier.kn5000.effects.units.delays import DelayBlock, Hars, MultiTapDelay, SideDelays, SingleDelay
from luthier.kn5000.effects.units.drives import (
    Amplifier,
    Distortion,
    Excitement,
    Fuzz,
    Overdrive,
    RockAmplifier,
)
from luthier.kn5000.effects.units.dynamics import Compressor, SlowAttacker
from luthier.kn5000.effects.units.equalizers import (
    GraphicEqualizer,
    Highs,
    LowAndHigh,
    OneBand,
    ParametricEqualizer,
)
from luthier.kn5000.effects.units.illusions import (
    DeepSpace,
    Percussive,
    Standard,
    Symphonic,
    illusion,
    room,
)
from luthier.kn5000.effects.units.levels import AutoPan, RingModulator
from luthier.kn5000.effects.units.moving_taps import (
    Celeste,
    Chorus,
    Ensemble,
    Flanger,
    MixUp,
    ModulatedCeleste,
    ModulatedChorus,
    ModulationDelay,
    NoiseFlanger,
    Strings,
    Vibrato,
)
from luthier.kn5000.effects.units.phasers import Phaser
from luthier.kn5000.effects.units.pitch_shifters import PitchShifter
from luthier.kn5000.effects.units.reverbs import GatedReverb, reverb
from luthier.kn5000.effects.units.rotors import Rotors
from luthier.kn5000.effects.units.unit import Unit
from luthier.kn5000.effects.units.wahs import AutoWah, PedalWah

Units = Callable[[], Sequence[Unit]]


def _delay() -> Unit:
    return Blended(DelayBlock(), "DELAY DRY/WET", 40)


def _two_delays() -> Sequence[Unit]:
    return Blended(DelayBlock(), "DELAY1 DRY/WET", 40), Blended(DelayBlock(), "DELAY2 DRY/WET", 40)


def _chorus() -> Unit:
    return Blended(Chorus(), "CHORUS DRY/WET")


def _flanger() -> Unit:
    return Blended(Flanger(), "FLANGER DRY/WET")


def _phaser() -> Unit:
    return Blended(Phaser(), "PHASER DRY/WET")


def _reverb(name: str) -> Units:
    return lambda: (reverb(name),)


_REVERBS = tuple(
    f"{kind} REVERB {number}"
    for kind in ("ROOM", "PLATE", "CONCERT", "DARK", "BRIGHT", "WAVE")
    for number in (1, 2)
)
#: Units of the effects of slot 0, which VOLUME and REV SEND follow.
_EFFECTS: dict[tuple[int, str], Units] = {
    (0, "NO OPERATION"): lambda: (),
    (1, "CHORUS"): lambda: (Chorus(),),
    (2, "MODULATED CHORUS"): lambda: (ModulatedChorus(),),
    (3, "ENHANCER"): lambda: (LowAndHigh(), SideDelays()),
    (4, "FLANGER"): lambda: (Flanger(),),
    (5, "PHASER"): lambda: (Phaser(),),
    (6, "ENSEMBLE"): lambda: (Ensemble(),),
    (8, "GATED REVERB"): lambda: (GatedReverb(),),
    (9, "SINGLE DELAY"): lambda: (SingleDelay(),),
    (10, "MULTI TAP DELAY"): lambda: (MultiTapDelay(),),
    (11, "MODULATION DELAY"): lambda: (ModulationDelay(),),
    (15, "ROCK ROTARY"): lambda: (RockAmplifier(), Rotors()),
    (32, "DISTORTION"): lambda: (Distortion(),),
    (33, "OVERDRIVE"): lambda: (Overdrive(),),
    (34, "FUZZ"): lambda: (Fuzz(),),
    (35, "EXCITER"): lambda: (Highs(), Excitement()),
    (36, "COMPRESSOR"): lambda: (Compressor(),),
    (37, "SLOW ATTACKER"): lambda: (SlowAttacker(),),
    (38, "NOISE FLANGER"): lambda: (NoiseFlanger(),),
    (39, "PARAMETRIC EQ"): lambda: (ParametricEqualizer(),),
    (44, "CEL"): lambda: (Celeste(),),
    (45, "CELM"): lambda: (ModulatedCeleste(),),
    (48, "AUTO PAN"): lambda: (AutoPan(),),
    (49, "PITCH SHIFTER"): lambda: (PitchShifter(),),
    (50, "VIBRATO"): lambda: (Vibrato(),),
    (51, "PEDAL WAH"): lambda: (PedalWah(),),
    (52, "AUTO WAH"): lambda: (AutoWah(),),
    (53, "ROTARY SPEAKER"): lambda: (Amplifier(), Rotors()),
    (54, "RING MODULATOR"): lambda: (RingModulator(),),
    (55, "HARS EFFECT"): lambda: (Hars(),),
    (56, "MIX UP"): lambda: (MixUp(),),
    (63, "STRING"): lambda: (Strings(),),
    (64, "S.DELAY+CHORUS"): lambda: (_delay(), _chorus()),
    (65, "S.DELAY+S.DELAY"): _two_delays,
    (66, "S.DELAY+FLANGER"): lambda: (_delay(), _flanger()),
    (67, "S.DELAY+VIBRATO"): lambda: (_delay(), Vibrato()),
    (68, "S.DELAY+PHASER"): lambda: (_delay(), _phaser()),
    (69, "PEDAL WAH+DELAY"): lambda: (Blended(PedalWah(), "WAH DRY/WET", 100), _delay()),
    (70, "AUTO WAH+S.DELAY"): lambda: (AutoWah(), _delay()),
    (71, "PEQ+CHORUS"): lambda: (OneBand(), _chorus()),
    (72, "PEQ+S.DELAY"): lambda: (OneBand(), _delay()),
    (73, "PEQ+FLANGER"): lambda: (OneBand(), _flanger()),
    (74, "PEQ+VIBRATO"): lambda: (OneBand(), Vibrato()),
    (75, "PEQ+COMPRESSOR"): lambda: (OneBand(), Compressor()),
    (80, "DS_D"): lambda: (Distortion(), _delay()),
    (81, "OVER_D"): lambda: (Overdrive(), _delay()),
    (96, "PEQ+COMPR+DIST"): lambda: (OneBand(), Compressor(), Distortion()),
    (97, "PEQ+COMPR+OVERDR"): lambda: (OneBand(), Compressor(), Overdrive()),
    (98, "PEQ+DIST+DELAY"): lambda: (OneBand(), Distortion(), _delay()),
    (99, "PEQ+OVERDR+DELAY"): lambda: (OneBand(), Overdrive(), _delay()),
}
#: Units of the effects that have a page of their own: only VOLUME follows.
_PAGES: dict[tuple[int, str], Units] = {
    **{(number, name): _reverb(name) for number, name in enumerate(_REVERBS, 16)},
}
#: Effects of the other chip, which all sound goes through.
_IN_LINE: dict[tuple[int, str], Units] = {
    (57, "STANDARD"): lambda: (illusion(Standard()),),
    (58, "PERCUSSIVE"): lambda: (illusion(Percussive()),),
    (59, "SYMPHONIC"): lambda: (illusion(Symphonic()),),
    (60, "DEEP SPACE"): lambda: (illusion(DeepSpace()),),
    (79, "GEQ"): lambda: (GraphicEqualizer(),),
    (88, "ROOM"): lambda: (room("ROOM"),),
    (89, "KARAOKE"): lambda: (room("KARAOKE"),),
    (90, "BATH ROOM"): lambda: (room("BATH ROOM"),),
    (91, "STAGE"): lambda: (room("STAGE"),),
}
_ALL = {
    name: (number, units, end, in_line)
    for table, end, in_line in ((_EFFECTS, Output, False), (_PAGES, Volume, False), (_IN_LINE, Volume, True))
    for (number, name), units in table.items()
}

#: All effects there are, by their numbers.
NAMES: dict[int, str] = {
    number: name for name, (number, *_) in sorted(_ALL.items(), key=lambda row: row[1][0])
}
#: Effects whose list of parameters is ours.
MODELLED = frozenset(
    {
        "MODULATION DELAY",
        "NOISE FLANGER",
        "CEL",
        "CELM",
        "PITCH SHIFTER",
        "PEDAL WAH",
        "HARS EFFECT",
        "STRING",
    }
    | {"PEDAL WAH+DELAY", "DS_D", "OVER_D"}
)


def effect(name: str | int) -> Chain:
    """A new effect by its name, in capitals or not, or its number; InputError if there is none."""
    wanted = NAMES.get(name, "") if isinstance(name, int) else " ".join(name.split()).upper()
    if wanted.isdecimal():
        wanted = NAMES.get(int(wanted), "")
    if wanted not in _ALL:
        near = difflib.get_close_matches(wanted, _ALL, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES.values())}"
        raise InputError(f"{name} is no effect", remedy=hint)
    number, units, end, in_line = _ALL[wanted]
    return Chain(number, wanted, (*units(), end()), in_line=in_line)
