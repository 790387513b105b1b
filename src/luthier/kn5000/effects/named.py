"""The effects of the SX-KN5000 by name and number, each a row of units in series.

Here is only which units an effect is made of: names, numbers, slots and the order of parameters are those of
:mod:`luthier.kn5000.effect_catalogue`.

Open questions
- The sound of all of them but for filters, delays and speeds.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from luthier.errors import InputError
from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effect_catalogue.models import Certainty
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
from luthier.kn5000.effects.units.unit import Unit, told
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


_UNITS: dict[str, Units] = {
    "NO OPERATION": lambda: (),
    "CHORUS": lambda: (Chorus(),),
    "MODULATED CHORUS": lambda: (ModulatedChorus(),),
    "ENHANCER": lambda: (LowAndHigh(), SideDelays()),
    "FLANGER": lambda: (Flanger(),),
    "PHASER": lambda: (Phaser(),),
    "ENSEMBLE": lambda: (Ensemble(),),
    "GATED REVERB": lambda: (GatedReverb(),),
    "SINGLE DELAY": lambda: (SingleDelay(),),
    "MULTI TAP DELAY": lambda: (MultiTapDelay(),),
    "MODULATION DELAY": lambda: (ModulationDelay(),),
    "ROCK ROTARY": lambda: (RockAmplifier(), Rotors()),
    "DISTORTION": lambda: (Distortion(),),
    "OVERDRIVE": lambda: (Overdrive(),),
    "FUZZ": lambda: (Fuzz(),),
    "EXCITER": lambda: (Highs(), Excitement()),
    "COMPRESSOR": lambda: (Compressor(),),
    "SLOW ATTACKER": lambda: (SlowAttacker(),),
    "NOISE FLANGER": lambda: (NoiseFlanger(),),
    "PARAMETRIC EQ": lambda: (ParametricEqualizer(),),
    "CEL": lambda: (Celeste(),),
    "CELM": lambda: (ModulatedCeleste(),),
    "AUTO PAN": lambda: (AutoPan(),),
    "PITCH SHIFTER": lambda: (PitchShifter(),),
    "VIBRATO": lambda: (Vibrato(),),
    "PEDAL WAH": lambda: (PedalWah(),),
    "AUTO WAH": lambda: (AutoWah(),),
    "ROTARY SPEAKER": lambda: (Amplifier(), Rotors()),
    "RING MODULATOR": lambda: (RingModulator(),),
    "HARS EFFECT": lambda: (Hars(),),
    "MIX UP": lambda: (MixUp(),),
    "STRING": lambda: (Strings(),),
    "S.DELAY+CHORUS": lambda: (_delay(), _chorus()),
    "S.DELAY+S.DELAY": _two_delays,
    "S.DELAY+FLANGER": lambda: (_delay(), _flanger()),
    "S.DELAY+VIBRATO": lambda: (_delay(), Vibrato()),
    "S.DELAY+PHASER": lambda: (_delay(), _phaser()),
    "PEDAL WAH+DELAY": lambda: (Blended(PedalWah(), "WAH DRY/WET", 100), _delay()),
    "AUTO WAH+S.DELAY": lambda: (AutoWah(), _delay()),
    "PEQ+CHORUS": lambda: (OneBand(), _chorus()),
    "PEQ+S.DELAY": lambda: (OneBand(), _delay()),
    "PEQ+FLANGER": lambda: (OneBand(), _flanger()),
    "PEQ+VIBRATO": lambda: (OneBand(), Vibrato()),
    "PEQ+COMPRESSOR": lambda: (OneBand(), Compressor()),
    "DS_D": lambda: (Distortion(), _delay()),
    "OVER_D": lambda: (Overdrive(), _delay()),
    "PEQ+COMPR+DIST": lambda: (OneBand(), Compressor(), Distortion()),
    "PEQ+COMPR+OVERDR": lambda: (OneBand(), Compressor(), Overdrive()),
    "PEQ+DIST+DELAY": lambda: (OneBand(), Distortion(), _delay()),
    "PEQ+OVERDR+DELAY": lambda: (OneBand(), Overdrive(), _delay()),
    "STANDARD": lambda: (illusion(Standard()),),
    "PERCUSSIVE": lambda: (illusion(Percussive()),),
    "SYMPHONIC": lambda: (illusion(Symphonic()),),
    "DEEP SPACE": lambda: (illusion(DeepSpace()),),
    "GEQ": lambda: (GraphicEqualizer(),),
    "ROOM": lambda: (room("ROOM"),),
    "KARAOKE": lambda: (room("KARAOKE"),),
    "BATH ROOM": lambda: (room("BATH ROOM"),),
    "STAGE": lambda: (room("STAGE"),),
    **{
        f"{kind} REVERB {number}": _reverb(f"{kind} REVERB {number}")
        for kind in ("ROOM", "PLATE", "CONCERT", "DARK", "BRIGHT", "WAVE")
        for number in (1, 2)
    },
}
#: The only slot whose effects end with REV SEND as well as VOLUME; the chip that all sound goes through.
_EFFECT_SLOT, _IN_LINE_CHIP = 0, 1

#: What the panel can ask for beyond the ranges of units, by the control of the catalogue, in the unit of the
#: parameter: laws of the translator at their ends, and a delay of nothing, which is one frame.
_REACH: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("treble fast", "treble slow", "bass fast", "bass slow"), (0.0, 34.95)),
    **dict.fromkeys(("gate time", "mask time"), (10.0, 2900.0)),
    **dict.fromkeys(("attack", "release"), (0.001, 1.0)),
    "release rate": (0.0005, 1.0),
    "emphasis centre": (50.0, 16_000.0),
    **dict.fromkeys(("resonance", "resonance behind a delay"), (-90.0, 90.0)),
    **dict.fromkeys(("hars left", "hars right"), (0.0, 99.0)),
    **{f"{side}{longest}": (0.0, 180.0) for side in ("left", "right") for longest in ("", ", 300", ", 180")},
    **dict.fromkeys(("plate time", "plate time 2"), (0.4, 10.0)),
    **{f"tap {number}": (0.0, 700.0) for number in range(1, 5)},
    **{
        f"{kind} time{mark}": (0.4, 30.0)
        for kind in ("concert", "dark", "bright", "wave", "room simulation", "karaoke", "bath and stage")
        for mark in ("", " 2")
    },
}

#: All effects there are, by their numbers.
NAMES: dict[int, str] = dict(sorted((found.number, found.name) for found in loading.effects()))
#: Effects whose list of parameters is ours.
MODELLED = frozenset(found.name for found in loading.effects() if found.certainty is Certainty.MODELLED)

_DIGITS = 3  # of the highest number


def effect(name: str | int) -> Chain:
    """A new effect by its name, in capitals or not, or its number; InputError if there is none."""
    wanted = NAMES.get(name, "") if isinstance(name, int) else " ".join(name.split()).upper()
    if wanted.isdecimal() and len(wanted) <= _DIGITS:
        wanted = NAMES.get(int(wanted), "")
    if wanted not in _UNITS:
        near = difflib.get_close_matches(wanted, _UNITS, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(NAMES.values())}"
        raise InputError(f"{told(name)} is no effect", remedy=hint)
    entry = loading.find(wanted)
    end = Output() if entry.slot == _EFFECT_SLOT else Volume()
    return Chain(
        entry.number,
        wanted,
        (*_UNITS[wanted](), end),
        in_line=entry.chip == _IN_LINE_CHIP,
        order=entry.panel,
        reach={
            shown: _REACH[control.key] for shown, (control, _) in entry.panel.items() if control.key in _REACH
        },
    )
