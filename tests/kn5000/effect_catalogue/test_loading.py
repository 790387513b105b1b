"""The catalogue against the counts and lists of its sources."""

from __future__ import annotations

from collections import Counter

import pytest

from luthier.errors import InputError
from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effect_catalogue.models import Certainty, Effect
from luthier.kn5000.translator.operations import OPERATIONS, operand_bytes

EFFECTS = loading.effects()
ON_PAGE = {page: [effect for effect in EFFECTS if effect.page == page] for page in {e.page for e in EFFECTS}}
DELAY = ["DELAY L", "DELAY R", "FEEDBACK L", "FEEDBACK R"]
BAND = ["BAND EMPHASIS FC", "BAND EMPHASIS Q", "BAND EMPHASIS G"]
SPEED = ["DEPTH", "LFO SPEED"]
COMPRESSOR = ["THRESHOLD", "RATIO", "ATTACK SENS.", "RELEASE SENS."]
SWEEP = [*SPEED, "RESONANCE", "MANUAL", "PHASE", "LFO WAVEFORM"]
WIND = ["WIND UP", "WIND DOWN"]
ROTORS = [
    *("DRIVE", "VOLUME ADJUST", "TREBLE DEPTH", "TREBLE FAST", "SLOW", *WIND),
    *("BASS DEPTH", "BASS FAST", "BASS SLOW", *WIND, "VOLUME", "SLOW/FAST", "REV SEND"),
]
#: Lists read from a running machine, without the VOLUME and REV SEND that end them.
RECORDED = {
    "CHORUS": [*SPEED, "LFO WAVEFORM"],
    "ENSEMBLE": [*SPEED, "LFO WAVEFORM"],
    "MODULATED CHORUS": ["DEPTH", "SLOW LFO SPEED", "FAST LFO SPEED", "FAST LFO BALANCE", "LFO WAVEFORM"],
    "ENHANCER": ["MANUAL", "LOW MIX", "HIGH MIX", "DELAY L", "DELAY R"],
    "FLANGER": SWEEP,
    "PHASER": SWEEP,
    "GATED REVERB": ["GATE TIME", "HIGH DAMP GAIN", "THRESHOLD", "MASK TIME"],
    "SINGLE DELAY": [*DELAY, "HIGH DAMP GAIN"],
    "MULTI TAP DELAY": [
        *(f"DELAY {tap}" for tap in range(1, 5)),
        *(f"PAN {tap}" for tap in range(1, 5)),
        *("FEEDBACK", "HIGH DAMP GAIN"),
    ],
    "DISTORTION": ["DRIVE", "ADJUST"],
    "OVERDRIVE": ["DRIVE", "ADJUST"],
    "FUZZ": ["DRIVE", "ADJUST"],
    "EXCITER": ["DRIVE", "ADJUST", "HIGH EMPHASIS FC", "EMPHASIS GAIN"],
    "COMPRESSOR": COMPRESSOR,
    "SLOW ATTACKER": ["THRESHOLD", "ATTACK RATE", "RELEASE RATE"],
    "PARAMETRIC EQ": BAND * 5,
    "AUTO PAN": [*SPEED, "PHASE", "LFO WAVEFORM"],
    "VIBRATO": [*SPEED, "PHASE", "LFO WAVEFORM"],
    "AUTO WAH": ["RESONANCE", "MANUAL", "SWEEP RANGE"],
    "RING MODULATOR": ["OSC SPEED", "PHASE", "LFO WAVEFORM"],
    "MIX UP": ["DEPTH", "SLOW LFO SPEED", "FAST LFO SPEED L", "FAST LFO SPEED R", "PHASE", "LFO WAVEFORM"],
    "S.DELAY+CHORUS": ["DELAY DRY/WET", *DELAY, "CHORUS DRY/WET", *SPEED, "LFO WAVEFORM"],
    "S.DELAY+S.DELAY": ["DELAY1 DRY/WET", *DELAY, "DELAY2 DRY/WET", *DELAY],
    "S.DELAY+FLANGER": ["DELAY DRY/WET", *DELAY, "FLANGER DRY/WET", *SWEEP],
    "S.DELAY+VIBRATO": ["DELAY DRY/WET", *DELAY, *SPEED, "PHASE", "LFO WAVEFORM"],
    "S.DELAY+PHASER": ["DELAY DRY/WET", *DELAY, "PHASER DRY/WET", *SWEEP],
    "AUTO WAH+S.DELAY": ["RESONANCE", "MANUAL", "SWEEP RANGE", "DELAY DRY/WET", *DELAY],
    "PEQ+CHORUS": [*BAND, "CHORUS DRY/WET", *SPEED, "LFO WAVEFORM"],
    "PEQ+S.DELAY": [*BAND, "DELAY DRY/WET", *DELAY],
    "PEQ+FLANGER": [*BAND, "FLANGER DRY/WET", *SWEEP],
    "PEQ+VIBRATO": [*BAND, *SPEED, "PHASE", "LFO WAVEFORM"],
    "PEQ+COMPRESSOR": [*BAND, *COMPRESSOR],
    "PEQ+COMPR+DIST": [*BAND, *COMPRESSOR, "DRIVE", "ADJUST"],
    "PEQ+COMPR+OVERDR": [*BAND, *COMPRESSOR, "DRIVE", "ADJUST"],
    "PEQ+DIST+DELAY": [*BAND, "DRIVE", "ADJUST", "DELAY DRY/WET", *DELAY],
    "PEQ+OVERDR+DELAY": [*BAND, "DRIVE", "ADJUST", "DELAY DRY/WET", *DELAY],
}


def shown(name: str) -> list[str]:
    return [control.name for control in loading.find(name).controls if control.shown]


@pytest.mark.parametrize(("name", "names"), RECORDED.items())
def test_recorded_lists(name: str, names: list[str]) -> None:
    assert shown(name) == [*names, "VOLUME", "REV SEND"]


def test_the_rotary_speakers_end_in_their_own_way() -> None:
    for name in ("ROTARY SPEAKER", "ROCK ROTARY"):
        assert shown(name) == ROTORS


def test_the_pages_offer_50_effects() -> None:
    assert len(RECORDED) + 2 == 38
    known = [
        effect for effect in ON_PAGE["DSP EFFECT"] if effect.certainty is Certainty.KNOWN and effect.number
    ]
    reverbs = [effect for effect in ON_PAGE["DIGITAL REVERB"] if effect.number >= 16]
    assert (len(known), len(reverbs)) == (38, 12)
    for reverb in reverbs:
        assert [control.name for control in reverb.controls] == [
            *("REVERB TIME", "PRE DELAY", "HIGH DAMP GAIN", "ER.LEVEL", "VOLUME")
        ]


def test_what_slots_accept() -> None:
    # Facts, H26: 47, 14, 4, 4 and 1; of the 47 the page offers 38.
    assert [len(ON_PAGE[page]) for page in ("DIGITAL REVERB", "ACOUSTIC ILLUSION", "ROOM", "EQUALIZER")] == [
        14,
        4,
        4,
        1,
    ]
    assert loading.SLOT_TAGS == (0x61, 0x63, 0x65, 0x66, 0x64)
    assert loading.NO_SLOT == 0xFF


def test_delays_in_slot_1_have_no_send() -> None:
    for number in (9, 10):
        first, second = (loading.find(str(number), slot) for slot in (0, 1))
        assert [control.name for control in first.controls][:-1] == [
            control.name for control in second.controls
        ]
        assert first.first[:-1] == second.first
        assert first.controls[-1].name == "REV SEND"


def test_71_names() -> None:
    names = [loading.name_of(number) for number in range(loading.NUMBERS)]
    assert sum(name is not None for name in names) == 71
    assert sum(name is None for name in names[:100]) == 29
    assert names[100:] == [None] * 28
    assert len({name for name in names if name}) == 71
    assert all(len(name) <= 16 for name in names if name)


def test_86_parameter_names() -> None:
    found = loading.parameters()
    assert [parameter.number for parameter in found] == list(range(86))
    assert Counter(parameter.unit for parameter in found) == {"": 55, "Hz": 13, "ms": 11, "s": 7}
    named = [parameter.name for parameter in found if parameter.name]
    assert (len(named), len(set(named))) == (84, 83)
    assert [found[0].name, found[85].name] == ["", ""]
    assert all(len(name) <= 16 for name in named)


def test_programs() -> None:
    # Facts, H04: 42 numbers below 100 share one program.
    own = {effect.number for effect in EFFECTS if effect.program}
    assert len(loading._document("effects")["shared"]) == 42
    assert len(own) == 100 - 42
    assert not own & set(loading._document("effects")["shared"])
    assert 37 not in own


def test_chips() -> None:
    assert loading.SLOT_CHIPS == (0, 0, 1, 1, 1)
    assert {effect.slot: effect.chip for effect in EFFECTS} == dict(enumerate(loading.SLOT_CHIPS))


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: f"{effect.key}-{effect.slot}")
def test_every_effect_is_whole(effect: Effect) -> None:
    assert len(effect.first) == len(effect.controls) <= 26
    for control, value in zip(effect.controls, effect.first, strict=True):
        assert control.low <= value <= control.high
        assert control.laws or control.key == "depth of the pan"
        for law in control.laws:
            assert law.opcode in OPERATIONS
            assert len(law.operands) == operand_bytes(law.opcode, law.operands[0] if law.operands else 0)


def test_find() -> None:
    assert loading.find("auto wah") == loading.find("52")
    assert loading.find("S.DELAY+S.DELAY").number == 65
    with pytest.raises(InputError, match="perhaps CHORUS"):
        loading.find("chorsu")
    with pytest.raises(InputError, match="in slot 3"):
        loading.find("chorus", 3)
    with pytest.raises(InputError, match="0 to 127"):
        loading.name_of(128)
