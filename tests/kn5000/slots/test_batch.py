"""Compiled configurations: what the plain pipeline sends, event for event."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kn5000.slots.own_rom import own_rom

from luthier.errors import InputError
from luthier.kn5000.slots.batch import MESSAGE_SIZE, configure_all, prepare
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.presets import START, Record, image
from luthier.kn5000.slots.rom_source import RomSource
from luthier.kn5000.slots.sources import ProgramSource
from luthier.kn5000.transport.dsp_messages import preset, slot_configuration

PREPARED = prepare(own_source())

PARAMETERS = st.lists(st.integers(-99, 400) | st.sampled_from([0, 1]), max_size=17)
RECORDS = st.builds(
    Record,
    st.sampled_from([0, 1, 15, 20, 39, 52, 53, 57, 63, 79, 99, 600]),
    PARAMETERS,
    st.integers(0, 20) | st.just(99),
    st.booleans(),
    st.integers(0, 20),
)
CONFIGURATIONS = st.lists(st.tuples(st.integers(0, 4), RECORDS, st.sampled_from([0x00, 0xFF])), max_size=6)


def started(source: ProgramSource) -> EffectControl:
    control = EffectControl(source)
    control.start()
    return control


def told(control: EffectControl, message: bytes) -> list[int]:
    before = len(control.log)
    control.receive(message)
    return [
        event.chip << 12 | event.kind << 8 | event.value
        for entry in control.log[before:]
        for event in entry.events
    ]


@settings(max_examples=40)
@given(CONFIGURATIONS)
def test_the_same_events_as_the_pipeline(configurations: list[tuple[int, Record, int]]) -> None:
    control = started(own_source())
    encoded = [
        slot_configuration(slot, record.encoded, mode).encoded for slot, record, mode in configurations
    ]
    rows = np.frombuffer(b"".join(encoded), np.uint8).reshape(-1, MESSAGE_SIZE)
    done = configure_all(control, rows, PREPARED)
    for index, message in enumerate(encoded):
        assert done.of(index).tolist() == told(control, message)


def test_a_rom_as_well() -> None:
    control = started(RomSource(own_rom()))
    encoded = [slot_configuration(0, Record(effect, (1, 2), 1).encoded).encoded for effect in range(100)]
    done = configure_all(control, np.frombuffer(b"".join(encoded), np.uint8).reshape(-1, 64))
    assert [done.of(index).tolist() for index in (0, 57, 99)] == [
        told(started_at(encoded, index), encoded[index]) for index in (0, 57, 99)
    ]


def started_at(messages: list[bytes], index: int) -> EffectControl:
    control = started(RomSource(own_rom()))
    for message in messages[:index]:
        control.receive(message)
    return control


def test_more_than_one_buffer() -> None:
    control = started(own_source())
    encoded = [slot_configuration(0, Record(place % 2).encoded).encoded for place in range(6000)]
    done = configure_all(control, np.frombuffer(b"".join(encoded), np.uint8).reshape(-1, 64), PREPARED)
    assert len(done.events) > 300_000
    assert done.of(1).tolist() == done.of(4001).tolist() == done.of(5999).tolist()


@pytest.mark.parametrize("head", ["2D 00 09", "2D 00 0F", "2C 00 0A", "2D 30 0A"])
def test_other_messages_are_refused(head: str) -> None:
    row = np.zeros((2, 64), np.uint8)
    row[0] = np.frombuffer(slot_configuration(0, bytes(56)).encoded, np.uint8)
    row[1, :8] = [*bytes.fromhex(head), 0, 0, 0, 56, 0]
    with pytest.raises(InputError, match="row 1"):
        configure_all(started(own_source()), row, PREPARED)
    with pytest.raises(InputError, match="64"):
        configure_all(started(own_source()), row[:, :60], PREPARED)


def test_streams_that_lie_outside_or_have_no_end() -> None:
    source = own_source()
    broken = replace(source, starts=source.starts | {"mute slot 0": len(source.memory)})
    message = slot_configuration(0, Record(4).encoded).encoded
    control = started(broken)
    done = configure_all(control, np.frombuffer(message, np.uint8).reshape(1, 64))
    assert done.events.tolist() == told(control, message)
    assert any(entry.detail.endswith("ends without an F") for entry in control.log)
    of_rom = started(RomSource(own_rom()))
    of_rom.receive(preset(image(START, algorithm=1)).encoded)
    unlinked = slot_configuration(4, START[4]._replace(linked=False).encoded).encoded
    linked = slot_configuration(4, START[4].encoded).encoded
    rows = np.frombuffer(unlinked + linked, np.uint8).reshape(2, 64)
    found = configure_all(of_rom, rows).events.tolist()
    assert found == told(of_rom, unlinked) + told(of_rom, linked)
    assert any("outside the ROM" in entry.detail for entry in of_rom.log)
