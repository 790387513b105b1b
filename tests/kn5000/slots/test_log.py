"""The log: text and back, and replayed from its messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.slots.own_rom import own_rom

from luthier.errors import InputError
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import What, events_of, read_log, replay
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.presets import START
from luthier.kn5000.slots.rom_source import RomSource
from luthier.kn5000.transport.dsp_messages import slot_configuration


def some() -> EffectControl:
    control = EffectControl(own_source())
    control.start()
    for slot, effect in ((0, 4), (1, 16), (0, 4), (4, 79)):
        control.receive(slot_configuration(slot, START[slot]._replace(effect=effect).encoded).encoded)
    control.receive(b"\x77" * 40)
    return control


def text_of(control: EffectControl) -> str:
    return "\n".join(map(str, control.log))


def test_a_log_comes_back_from_its_text() -> None:
    control = some()
    entries = read_log(text_of(control))
    assert "\n".join(map(str, entries)) == text_of(control)
    assert list(events_of(entries)) == control.events


def test_a_log_can_be_replayed() -> None:
    assert replay(read_log(text_of(some())), own_source()) == ""


def test_a_replay_tells_the_first_difference() -> None:
    entries = read_log(text_of(some()))
    number = next(place for place, entry in enumerate(entries) if entry.what is What.PARAMETER)
    entries[number] = entries[number]._replace(detail="slot 9")
    assert replay(entries, own_source()).startswith(f"line {number + 1}: parameter   slot 9")
    assert "became" in replay(entries[:-1], own_source())
    assert "0x" in replay(read_log(text_of(some())), RomSource(own_rom()))


@pytest.mark.parametrize(
    "line", ["nonsense", "step 1 | 0X00", "step 1 | 0C", "step | C", "lines reset | 0D123G"]
)
def test_lines_that_are_none(line: str) -> None:
    with pytest.raises(InputError, match="line 2"):
        read_log(f"start\n{line}")


def test_a_message_that_is_no_message() -> None:
    with pytest.raises(InputError, match="no message"):
        replay(read_log("message 2D 0"), own_source())


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_bytes_in_the_ring_are_taken(messages: list[bytes]) -> None:
    control = EffectControl(own_source())
    control.start()
    for message in messages:
        control.receive(message)
    assert replay(read_log(text_of(control)), own_source()) == ""
