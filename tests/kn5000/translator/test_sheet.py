"""Sheets: every effect has one; numbers as the chip gets them; meanings by the sources, and back again."""

from __future__ import annotations

import math

import pytest

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.coefficients import from_bits, from_wire
from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effect_catalogue.models import Effect
from luthier.kn5000.translator.records import descriptor_table, value_table
from luthier.kn5000.translator.rom import BASE, SIZE, SubRom
from luthier.kn5000.translator.sheet import Exactness, Row, rows

ONE = 1 << 23


def row(effect: str, name: str, value: int, which: int = 0) -> Row:
    found = [row for row in rows(loading.find(effect), only=name) if row.value == value]
    return found[which]


@pytest.mark.parametrize("effect", loading.effects(), ids=lambda effect: f"{effect.key}-{effect.slot}")
def test_every_effect_has_a_sheet(effect: Effect) -> None:
    found = list(rows(effect))
    assert len({(row.place, row.value) for row in found}) == sum(
        control.high - control.low + 1 for control in effect.controls
    )
    for row in found:
        for number in row.numbers:
            assert int.from_bytes(number.stream, "big") == number.coefficient < 1 << 24
            if len(number.wire) == 2:
                assert number.wire == number.stream[:2]
            else:
                assert number.wire[0] == 0x0A
                assert from_wire(number.wire[1:])[0] == number.coefficient


@pytest.mark.parametrize(
    ("effect", "name", "value", "text"),
    [
        ("chorus", "LFO SPEED", 6, "0.6 Hz"),
        ("ring modulator", "OSC SPEED", 64, "1000 Hz"),
        ("single delay", "DELAY L", 350, "350 ms"),
        ("single delay", "HIGH DAMP GAIN", 18, "-3 dB"),
        ("gated reverb", "GATE TIME", 20, "50 ms"),
        ("compressor", "ATTACK SENS.", 9, "0.01 s"),
        ("concert reverb 1", "REVERB TIME", 35, "2 s"),
        ("rotary speaker", "TREBLE FAST", 45, "7 Hz"),
        ("rotary speaker", "WIND UP", 10, "5 s"),
        ("flanger", "PHASE", 90, "90 degrees"),
        ("chorus", "LFO WAVEFORM", 1, "triangle"),
        ("parametric eq", "BAND EMPHASIS FC", 14, "1000 Hz"),
        ("parametric eq", "BAND EMPHASIS Q", 11, "2 Q"),
        ("parametric eq", "BAND EMPHASIS G", 24, "0 dB"),
        ("geq", "LOW EMPHASIS FC", 7, "200 Hz"),
        ("geq", "HIGH EMPHASIS G", 48, "12 dB"),
        ("pitch shifter", "PITCH L", 31, "700 cents"),
        ("chorus", "VOLUME", 0, "silence"),
        ("slow attacker", "ATTACK RATE", 99, "20 s"),
    ],
)
def test_meanings(effect: str, name: str, value: int, text: str) -> None:
    assert row(effect, name, value).meaning.text == text


def test_amounts_lead_back_to_numbers() -> None:
    for value in (1, 50, 99):
        found = row("chorus", "LFO SPEED", value)
        assert found.meaning.amount is not None
        assert found.numbers[0].coefficient == round(found.meaning.amount * 10) * ONE // 441_000
        found = row("chorus", "VOLUME", value)
        assert found.meaning.amount is not None
        assert found.numbers[0].coefficient == pytest.approx(ONE * 10 ** (found.meaning.amount / 20), abs=1)
        found = row("overdrive", "REV SEND", value)
        assert found.meaning.amount == pytest.approx(100 * found.numbers[0].coefficient / ONE)
        found = row("single delay", "DELAY R", value)
        assert found.numbers[0].coefficient == value * 441 // 10
    feedback = row("single delay", "FEEDBACK L", -60)
    assert from_bits(feedback.numbers[0].coefficient) / ONE == pytest.approx(-0.48 * 60 / 99, abs=2e-5)


def test_what_dsp_2_gets_has_16_bits() -> None:
    assert {len(n.wire) for row in rows(loading.find("geq")) for n in row.numbers} == {2}
    assert {len(n.wire) for row in rows(loading.find("parametric eq")) for n in row.numbers} == {5}


def test_the_machine_at_first() -> None:
    # Listing, the graphic equalizer at first: 1 kHz flat, low shelf at 200 Hz.
    assert [n.wire.hex() for n in row("geq", "BAND EMPHASIS FC", 14).numbers] == [
        "85a3",
        "3b9c",
        "88c6",
        "4000",
        "7a5c",
    ]
    assert [n.wire.hex() for n in row("geq", "LOW EMPHASIS FC", 7).numbers] == ["c1cc", "3e33", "4000"]


def test_exactness() -> None:
    assert row("chorus", "LFO SPEED", 6).exactness is Exactness.EXACT
    assert row("chorus", "VOLUME", 6).exactness is Exactness.MODELLED
    assert row("compressor", "RATIO", 6).exactness is Exactness.LAST_BITS
    assert row("single delay", "DELAY L", 6).exactness is Exactness.RELATIVE
    assert row("auto pan", "DEPTH", 6).exactness is Exactness.UNKNOWN
    assert row("auto pan", "DEPTH", 6).numbers == ()
    assert {row.exactness for row in rows(loading.find("string"))} == {Exactness.MODELLED}
    # Opcode 24 of RESONANCE looks before the slot's first value.
    assert row("auto wah", "RESONANCE", 1).exactness is Exactness.UNKNOWN
    assert row("auto wah", "RESONANCE", 1, which=1).exactness is Exactness.EXACT


def test_a_rom_has_its_own_records() -> None:
    """A program made here: CHORUS as it is in the catalogue, its ladders all 1."""
    image = bytearray(SIZE)
    effect = loading.find("chorus")
    from luthier.kn5000.translator.records import Instruction

    values = value_table(
        [[Instruction(law.opcode, 0, law.operands) for law in control.laws] for control in effect.controls]
    )
    for table, address, content in (
        (0x01F09C, 0x0147B3, values),
        (0x01F22C, 0x015000, descriptor_table({0x66: [1]})),
    ):
        image[table - BASE + 4 :][:4] = b""
        image[table - BASE + 4 : table - BASE + 8] = address.to_bytes(4, "little")
        image[address - BASE : address - BASE + len(content)] = content
    ladder = 0x012483 - BASE
    image[ladder : ladder + 400] = (1).to_bytes(4, "little") * 100
    found = list(rows(effect, SubRom(bytes(image))))
    assert [row.law for row in found] == [row.law for row in rows(effect)]
    volumes = [row for row in found if row.name == "VOLUME"]
    assert {row.numbers[0].coefficient for row in volumes} == {1}
    assert {row.exactness for row in volumes} == {Exactness.EXACT}
    assert volumes[0].meaning.amount == pytest.approx(-20 * math.log10(ONE))


def test_only_one_parameter() -> None:
    assert {row.name for row in rows(loading.find("chorus"), only="depth ")} == {"DEPTH"}
    with pytest.raises(InputError, match="no parameter 'DRIVE'"):
        list(rows(loading.find("chorus"), only="DRIVE"))
