"""Messages for the effect slots as what the effect chips are told: the same events as EffectControl's."""

from __future__ import annotations

import pytest
from tests.kn5000.firmware.sub_machine import SubMachine, fresh_machine

from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.firmware import main_data
from luthier.kn5000.slots import layout, presets
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import events_of
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.transport import dsp_messages

Told = list[tuple[Kind, int, int]]


def told(events: list[Event]) -> Told:
    """What can be seen at the ports, but for the reset lines."""
    seen = (Kind.COMMAND, Kind.DATA, Kind.IDLE)
    return [(event.kind, event.chip, event.value) for event in events if event.kind in seen]


@pytest.fixture
def machine() -> SubMachine:
    made = fresh_machine()
    made.call("INIT_EFFECTS")
    return made


@pytest.fixture
def control() -> EffectControl:
    made = EffectControl(own_source())
    made.start()
    return made


def receive(control: EffectControl, message: bytes) -> Told:
    """What the model tells the chips of a message."""
    before = len(control.log)
    control.receive(message)
    return told(list(events_of(control.log[before:])))


def send(machine: SubMachine, message: bytes) -> Told:
    """What the firmware tells them."""
    for place in range(0, len(message), 32):
        machine.packet("AUDIO_CMDHANDLER_60_7F", message[place : place + 32])
    machine.effect_events()
    machine.call("AUDIO_PROCESS_DSP")
    return told(machine.effect_events())


def configuration(slot: int, effect: int, parameters: tuple[int, ...]) -> bytes:
    record = presets.START[slot]._replace(effect=effect, parameters=parameters)
    return dsp_messages.slot_configuration(slot, record.encoded).encoded


def test_the_start_tells_the_chips_all_that_the_model_does(
    machine: SubMachine, control: EffectControl
) -> None:
    assert told(machine.effect_events()) == told(control.events)


@pytest.mark.parametrize("effect", main_data.DSP_EFFECTS[1:])
def test_another_effect_is_loaded_as_the_model_does(
    effect: int, machine: SubMachine, control: EffectControl
) -> None:
    message = configuration(0, effect, (30, 6, 0, 84, 75))
    expected = receive(control, message)
    assert len(expected) > 100
    assert send(machine, message) == expected


@pytest.mark.parametrize("slot", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("value", [0, 1, 35, 50, 98, 99])
def test_one_parameter_is_sent_as_the_model_does(
    slot: int, value: int, machine: SubMachine, control: EffectControl
) -> None:
    record = presets.START[slot]
    place = next(number for number in range(len(record.parameters)) if number != record.volume)
    if value == record.parameters[place]:
        value -= 2
    # The first message after the start is taken for more than it changes; both have had one.
    for number in (value + 1, value):
        parameters = (*record.parameters[:place], number, *record.parameters[place + 1 :])
        message = configuration(slot, record.effect, tuple(parameters))
        expected, ours = receive(control, message), send(machine, message)
    assert ours == expected and expected


def test_a_preset_sets_all_slots(machine: SubMachine) -> None:
    image = bytearray(presets.start())
    image[8:10] = (4).to_bytes(2, "little")
    ours = send(machine, dsp_messages.preset(bytes(image)).encoded)
    assert (Kind.COMMAND, 0, 0x01) in ours
    assert machine.bytes_at(dsp_messages.SLOTS, 2) == bytes([4, 0])


def test_other_messages_empty_the_ring_and_tell_nothing(machine: SubMachine) -> None:
    assert send(machine, bytes([0x2B, 0x30, 0x7F, 0x20, 0, 0, 2, 0x14, 0, 0])) == []
    message = configuration(0, 5, (30, 6, 0, 84, 75))
    assert send(machine, message) != []


def test_a_chip_that_is_never_ready_is_given_up(machine: SubMachine) -> None:
    """It is looked at 8,001 times once, and then once for each byte: nothing hangs."""
    original = machine.registers.read
    machine.registers.read = (  # type: ignore[method-assign]
        lambda address, size: original(address, size) & (0xFE if address == 0x44 else 0xFF)
    )
    try:
        assert [one for one in send(machine, configuration(0, 5, (30, 6, 0, 84, 75))) if one[1] == 0] == []
    finally:
        del machine.registers.read
    assert machine.memory.read(machine.symbol("DSP1_ABSENT"), 1) == 1


def test_a_slot_with_more_parameters_than_it_has_room_for_ends(machine: SubMachine) -> None:
    message = bytearray(configuration(0, 5, (30, 6, 0, 84, 75)))
    message[8 + 2 * layout.COUNT : 8 + 2 * layout.COUNT + 2] = b"\xff\xff"
    events = send(machine, bytes(message))
    # Program, numbers and link once; of 17 parameters the volume comes last.
    assert sum(event == (Kind.DATA, 0, 0x60) for event in events) == 1 + 3 + 17
