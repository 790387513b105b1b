"""The programs and kits: complete, within the categories, level with each other."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.waves.measuring import Wave, plan, played

from luthier.errors import InputError
from luthier.kn5000.waves import tones
from luthier.kn5000.waves.built_in import catalogue
from luthier.kn5000.waves.built_in.loudness import loudness
from luthier.kn5000.waves.tones import FOOTAGES, Tone

#: General MIDI's names of some programs, over all sixteen of its groups.
GENERAL_MIDI = {
    0: "Acoustic Grand Piano", 11: "Vibraphone", 19: "Church Organ", 24: "Acoustic Guitar (nylon)",
    33: "Electric Bass (finger)", 40: "Violin", 48: "String Ensemble 1", 56: "Trumpet", 65: "Alto Sax",
    73: "Flute", 80: "Lead 1 (square)", 89: "Pad 2 (warm)", 98: "FX 3 (crystal)", 104: "Sitar",
    114: "Steel Drums", 122: "Seashore", 127: "Gunshot",
}  # fmt: skip


def test_categories_are_those_of_the_machine() -> None:
    # The audio-subsystem page, "Sound Categories".
    assert tones.categories() == (
        "PIANO", "GUITAR", "STRINGS & VOCAL", "BRASS", "FLUTE", "SAX & REED", "MALLET & ORCH PERC",
        "WORLD PERC", "ORGAN & ACCORDION", "ORCHESTRAL PAD", "SYNTH", "BASS", "DIGITAL DRAWBAR",
        "ACCORDION REG.", "GM SPECIAL", "DRUM KITS",
    )  # fmt: skip


def test_there_are_128_programs_in_all_categories() -> None:
    found = [tones.tone(number) for number in range(128)]
    assert [tone.number for tone in found] == list(range(128))
    assert {number: found[number].name for number in GENERAL_MIDI} == GENERAL_MIDI
    assert {tone.category for tone in found} == set(range(15))  # the last is the kits'
    assert len({tone.name for tone in found}) == 128


@pytest.mark.parametrize("number", range(128))
def test_a_program_can_be_played_on_every_key(number: int) -> None:
    tone = tones.tone(number)
    assert tone.layers
    by_selector = {placed.selector: placed.plan for placed in catalogue.layout()}
    for layer in tone.layers:
        for key in (0, 21, 60, 108, 127):
            assert by_selector[layer.zone(key).selector].instrument == layer.wave
        assert -1 <= layer.pan <= 1
    assert tone.envelope.release > 0
    assert tone.envelope.sustain <= 0
    assert 20 < tone.filter.corner <= 20_000


def loud(tone: Tone, key: int = 60) -> float:
    """LUFS of a held key at full velocity, through envelope and filter, the layers added as powers."""
    power = 0.0
    for layer in tone.layers:
        by_selector = {placed.selector: placed.plan.name for placed in catalogue.layout()}
        name = by_selector[layer.zone(key).selector]
        shape = plan(name).shape
        wave: Wave = played(name, 1.5) / 32768
        time = np.arange(wave.size) / shape.rate
        decay = tone.envelope.decay * 2 ** (-tone.envelope.decay_follow * (key - 60) / 12)
        fall = np.maximum(tone.envelope.sustain * np.clip(time / decay, 0, 1), tone.envelope.sustain)
        rise = np.clip(time / max(tone.envelope.attack, 1e-3), 0, 1)
        wave = wave * rise * 10 ** ((fall + layer.level) / 20)
        spectrum = np.fft.rfft(wave)
        frequency = np.fft.rfftfreq(wave.size, 1 / shape.rate)
        wave = np.fft.irfft(spectrum / np.sqrt(1 + (frequency / tone.filter.corner) ** 4), wave.size)
        power += 10 ** (loudness(wave, shape.rate) / 10)
    return float(10 * np.log10(power))


#: Effects that swell: a second of them says little.
SWELLING = {119, 121, 122}


def test_programs_are_about_equally_loud() -> None:
    found = {number: loud(tones.tone(number)) for number in set(range(128)) - SWELLING}
    middle = float(np.median(list(found.values())))
    apart = {number: round(value - middle, 1) for number, value in found.items()}
    assert {number: value for number, value in apart.items() if abs(value) > 3} == {}


def test_an_unknown_program_is_refused() -> None:
    for number in (-1, 128):
        with pytest.raises(InputError, match="0 to 127"):
            tones.tone(number)
        with pytest.raises(InputError, match="0 to 127"):
            tones.kit(number)


# --- Drawbars -----------------------------------------------------------------------------------------------


def test_drawbars_are_nine_levels() -> None:
    layers = tones.drawbars("804000001")
    assert [layer.wave for layer in layers] == ["drawbar-16", "drawbar-8", "drawbar-1"]
    full, half, least = (layer.level for layer in layers)
    # Three decibels a step: 4 is 12 below 8, 1 is 21 below.
    assert full - half == pytest.approx(12)
    assert full - least == pytest.approx(21)
    assert list(FOOTAGES) == ["16'", "5 1/3'", "8'", "4'", "2 2/3'", "2'", "1 3/5'", "1 1/3'", "1'"]
    assert tones.drawbars("000000000") == ()
    for wrong in ("", "88800000", "900000000", "8880000000", "abcdefghi"):
        with pytest.raises(InputError, match="nine digits"):
            tones.drawbars(wrong)


# --- Kits ---------------------------------------------------------------------------------------------------


def test_every_kit_has_all_notes() -> None:
    for kit in tones.kits():
        assert sorted(kit.notes) == list(range(27, 88)), kit.name


def test_kits_have_the_drums_of_general_midi() -> None:
    standard = tones.kit(0)
    named = {35: "Acoustic Bass Drum", 38: "Acoustic Snare", 42: "Closed Hi-hat", 49: "Crash Cymbal 1",
             56: "Cowbell", 63: "Open Hi Conga", 75: "Claves", 81: "Open Triangle"}  # fmt: skip
    assert {note: standard.notes[note].name for note in named} == named
    # Toms rise.
    selectors = {placed.selector: placed.plan for placed in catalogue.layout()}
    pitches = []
    for note in (41, 43, 45, 47, 48, 50):
        drum = standard.notes[note]
        base = selectors[drum.selector].parts[0]["frequency"]
        pitches.append(base * 2 ** (drum.tuning / 1200))
    assert pitches == sorted(pitches)
    assert len(set(pitches)) == 6


def test_an_open_hi_hat_is_closed() -> None:
    notes = tones.kit(0).notes
    assert notes[42].group == notes[44].group == notes[46].group != 0
    assert notes[38].group == 0


def test_kits_differ_where_they_should() -> None:
    by_name = {kit.name: kit for kit in tones.kits()}
    assert set(by_name) >= {"Standard", "Room", "Power", "Electronic", "Brush", "Orchestra"}
    bass = {name: (kit.notes[36].wave, kit.notes[36].tuning) for name, kit in by_name.items()}
    assert bass["Standard"] != bass["Power"] != bass["Electronic"] != bass["Orchestra"]
    assert by_name["Brush"].notes[38].wave == "brush-tap"
    timpani = [by_name["Orchestra"].notes[note] for note in range(41, 49)]
    assert all(drum.wave == "timpani" and drum.key == drum.note for drum in timpani)
    assert by_name["Standard"].notes[41].key == 60


def test_a_number_without_a_kit_gets_the_nearest_below() -> None:
    assert tones.kit(9).name == "Room"
    assert tones.kit(127).name == "Orchestra"
