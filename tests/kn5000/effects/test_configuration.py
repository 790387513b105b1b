"""What comes through the latch into the slots that are heard."""

from __future__ import annotations

import numpy as np
import pytest

from luthier.kn5000.effects.configuration import choice_of
from luthier.kn5000.effects.macros import NOTHING
from luthier.kn5000.effects.named import NAMES
from luthier.kn5000.engine import Engine
from luthier.kn5000.slots import presets
from luthier.kn5000.slots.presets import Record
from luthier.kn5000.transport import dispatch, dsp_messages
from luthier.kn5000.transport.command_byte import chunks
from luthier.kn5000.transport.framing import Packet


def send(engine: Engine, message: dsp_messages.DspMessage) -> None:
    for piece in chunks(message.encoded):
        engine.feed(Packet(dispatch.DSP, piece).encoded)


def values(engine: Engine, slot: int) -> dict[str, float]:
    return {value.name: value.value for value in engine.effects.contents()[slot].parameters}


def words(record: Record) -> tuple[int, ...]:
    data = np.frombuffer(record.encoded, "<i2")
    return tuple(int(word) for word in data)


def test_the_image_of_the_start_fills_all_slots() -> None:
    engine = Engine()
    send(engine, dsp_messages.preset(presets.start()))
    effects = [there.effect for there in engine.effects.contents()]
    assert effects == ["CHORUS", "CONCERT REVERB 1", "STANDARD", "ROOM", "GEQ"]
    # 30 of 99; six tenths of a hertz by opcode 65 (x / 10); a pre-delay in milliseconds as it is.
    assert values(engine, 0)["DEPTH"] == pytest.approx(100 * 30 / 99)
    assert values(engine, 0)["LFO SPEED"] == pytest.approx(0.6)
    assert values(engine, 1)["PRE DELAY"] == 11
    # The third-octaves of ISO 266 from 40 Hz on: numbers 7, 14, 20 and 23; 24 is 0 dB.
    corners = ["LOW EMPHASIS FC", "BAND EMPHASIS FC", "BAND EMPHASIS FC 2", "HIGH EMPHASIS FC"]
    assert [values(engine, 4)[corner] for corner in corners] == [200, 1000, 4000, 8000]
    assert {values(engine, 4)[name] for name in values(engine, 4) if name.split()[-1] == "G"} == {0}


def test_one_slot_is_set_and_the_others_stay() -> None:
    engine = Engine()
    before = engine.effects.contents()
    record = Record(9, (200, 120, 40, 40, 12, 84), 5)
    send(engine, dsp_messages.slot_configuration(1, record.encoded))
    after = engine.effects.contents()
    assert after[1].effect == "SINGLE DELAY"
    assert [values(engine, 1)[f"DELAY {side}"] for side in "LR"] == [200, 120]
    assert [after[slot] for slot in (0, 2, 3, 4)] == [before[slot] for slot in (0, 2, 3, 4)]


def test_a_number_without_a_program_is_nothing() -> None:
    assert 7 not in NAMES
    assert choice_of(0, words(Record(7, (1, 2, 3)))) == NOTHING


def test_a_slot_that_is_not_linked_has_no_volume() -> None:
    linked, apart = (choice_of(0, words(Record(1, (30, 6, 0, 84, 75), 3, linked=on))) for on in (True, False))
    assert linked is not None
    assert apart is not None
    assert linked.settings["VOLUME"] > 50
    assert apart.settings["VOLUME"] == 0


def test_what_has_no_place_in_a_slot_is_counted() -> None:
    engine = Engine()
    send(engine, dsp_messages.slot_configuration(1, Record(32, (50, 50)).encoded))
    assert engine.effects.contents()[1].effect == "CONCERT REVERB 2"
    assert engine.statistics.unsupported["effect 32 in slot 1"] == 1


@pytest.mark.parametrize("slot", range(5))
def test_any_numbers_do(slot: int) -> None:
    for number in range(-1, 130):
        for value in (-0x8000, -1, 0, 50, 99, 0x7FFF):
            choice_of(slot, (number, 0, *[value] * 26))


def test_a_rotary_speaker_follows_its_switch() -> None:
    engine = Engine()
    send(engine, dsp_messages.slot_configuration(0, Record(53, tuple([50] * 16), 12).encoded))
    assert engine.effects.contents()[0].effect == "ROTARY SPEAKER"
    switch = [dsp_messages.CHANNELS, 0, 8, 0x23, 0, 0, 1, 0]
    for wanted in (0, 1, 0):
        for piece in chunks(bytes([*switch, wanted])):
            engine.feed(Packet(dispatch.DSP, piece).encoded)
        assert values(engine, 0)["SLOW/FAST"] == wanted
