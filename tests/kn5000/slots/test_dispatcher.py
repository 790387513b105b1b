"""The dispatcher: which steps, in which order, under which conditions; and which flags."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from luthier.kn5000.slots import layout, presets
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import Entry, What
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.presets import Record
from luthier.kn5000.slots.sources import SETTLING_TIMES, class_of
from luthier.kn5000.transport.dsp_messages import (
    EFFECTS,
    FULL,
    PARTIAL,
    DspMessage,
    preset,
    slot_address,
    slot_configuration,
)

CHORUS = Record(1, (30, 6, 0, 84, 75), 3)
REVERB = Record(20, (35, 11, 20, 50, 70), 4)
ROTARY = Record(53, (0, 75, 64, 45, 7, 10, 10, 60, 40, 6, 72, 79, 84, 1, 70, 0), 12)


def started(*others: tuple[int, Record]) -> EffectControl:
    control = EffectControl(own_source())
    control.start()
    for slot, record in others:
        control.receive(slot_configuration(slot, record.encoded).encoded)
    return control


def after(
    control: EffectControl, slot: int, record: Record, mode: int = PARTIAL, *, all_: bool = False
) -> list[str]:
    """The lines that a configuration adds, without steps and bytes."""
    entries = added(control, slot_configuration(slot, record.encoded, mode).encoded)
    return [entry.detail.partition(", 0x")[0] for entry in entries if all_ or entry.what in SENT]


SENT = (What.STREAM, What.PARAMETER, What.VOLUME, What.DELAY)


def added(control: EffectControl, message: bytes) -> list[Entry]:
    before = len(control.log)
    control.receive(message)
    return control.log[before:]


def parameters(entries: Sequence[Entry]) -> list[int]:
    return [int(entry.detail.split()[5]) for entry in entries if entry.what is What.PARAMETER]


def steps(entries: Sequence[Entry]) -> list[int]:
    return [int(entry.detail.split()[0]) for entry in entries if entry.what is What.STEP]


def test_steps_of_the_start_and_of_a_change() -> None:
    control = started()
    assert steps(control.log) == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    entries = added(control, slot_configuration(0, CHORUS._replace(effect=2).encoded).encoded)
    assert [int(entry.detail.split()[0]) for entry in entries if entry.what is What.STEP] == [
        1,
        7,
        8,
        9,
        10,
        11,
    ]


def test_the_same_again_sends_nothing() -> None:
    assert after(started(), 0, CHORUS) == []


def test_one_parameter_alone() -> None:
    assert after(started(), 0, CHORUS._replace(parameters=(31, 6, 0, 84, 75))) == [
        "slot 0, effect 1, parameter 0 = 31"
    ]


def test_the_volume_has_a_step_of_its_own() -> None:
    entries = added(
        started(), slot_configuration(0, CHORUS._replace(parameters=(31, 6, 0, 80, 75)).encoded).encoded
    )
    told = [(entry.what, entry.detail[-2:]) for entry in entries if entry.what in SENT]
    assert told == [(What.PARAMETER, "31"), (What.VOLUME, "80")]


def test_a_full_configuration_mutes_its_slot_and_waits() -> None:
    changed = CHORUS._replace(parameters=(31, 6, 0, 84, 75))
    assert after(started(), 0, changed, FULL) == [
        "mute slot 0",
        "20",
        "slot 0, effect 1, parameter 0 = 31",
        "46",
        "slot 0, effect 1, parameter 3 = 84",
    ]


def test_a_new_effect_in_slot_0() -> None:
    assert after(started(), 0, Record(4, (1, 2, 3), 1)) == [
        "mute slot 0",
        "20",
        "disconnect 0",
        "program 0, effect 4",
        "numbers 0, effect 4",
        "slot 0, effect 4, parameter 0 = 1",
        "slot 0, effect 4, parameter 2 = 3",
        "28",
        "link 0",
        "slot 0, effect 4, parameter 1 = 2",
    ]


def test_a_new_reverb_has_slot_0_send_to_it_again() -> None:
    told = after(started(), 1, Record(16, (1, 2), 1))
    assert told[told.index("slot 1, effect 16, parameter 0 = 1") + 1] == "slot 0, effect 1, parameter 4 = 75"
    with_rotary = started((0, ROTARY))
    assert "slot 0, effect 53, parameter 14 = 70" in after(with_rotary, 1, Record(16, (1, 2), 1))


@pytest.mark.parametrize("slot", [2, 3, 4])
def test_slots_of_dsp_2_get_numbers_only(slot: int) -> None:
    effect = (58, 89, 80)[slot - 2]
    told = after(started(), slot, Record(effect, (1, 2), 1))
    assert f"numbers {slot}, effect {effect}" in told
    assert f"program {slot}, effect {effect}" not in told
    assert (f"disconnect {slot}" in told) == (slot != 2)


@pytest.mark.parametrize("slot", range(5))
def test_unlinking_waits_twice_and_disconnects_all_but_2_and_3(slot: int) -> None:
    record = presets.START[slot]
    told = after(started(), slot, record._replace(linked=False))
    volume = f"slot {slot}, effect {record.effect}, parameter {record.volume} = 0"
    settles = str((28, 24, 46, 20, 20)[slot])
    overridden = ["slot 3, effect 88, parameter 4 = 0"] if slot == 3 else []
    disconnected = [] if slot in (2, 3) else [f"disconnect {slot}"]
    assert told == [*overridden, volume, "20", *disconnected, settles]


def test_the_level_is_kept_while_a_slot_is_not_linked() -> None:
    control = started()
    after(control, 0, CHORUS._replace(linked=False))
    assert control.ram.word(slot_address(0) + 4 + 2 * 3) == 84
    assert after(control, 0, CHORUS) == ["link 0", "slot 0, effect 1, parameter 3 = 84"]


def test_slots_are_muted_from_0_and_changed_from_4() -> None:
    control = started()
    changed = [record._replace(effect=0, parameters=(1, 2), volume=1) for record in presets.START]
    entries = added(control, preset(presets.image(changed)).encoded)
    muted = [entry.detail[10] for entry in entries if entry.detail.startswith("mute slot")]
    numbers = [entry.detail[8] for entry in entries if entry.detail.startswith("numbers")]
    linked = [entry.detail[5] for entry in entries if entry.detail.startswith("link")]
    assert muted == list("01234")
    assert numbers == linked == list("43210")


def test_volumes_go_from_0_to_4() -> None:
    louder = [
        record._replace(parameters=[20 if place == record.volume else value for place, value in told(record)])
        for record in presets.START
    ]
    entries = added(started(), preset(presets.image(louder)).encoded)
    assert [entry.detail[5] for entry in entries if entry.what is What.VOLUME] == list("01234")


def told(record: Record) -> list[tuple[int, int]]:
    return list(enumerate(record.parameters))


def test_the_longest_time_of_the_slots_is_waited_for() -> None:
    assert SETTLING_TIMES == (28, 24, 46, 20, 20)
    control = started()
    changed = [presets.START[0], REVERB._replace(effect=17), *presets.START[2:4], Record(0)]
    entries = added(control, preset(presets.image(changed)).encoded)
    assert [entry.detail for entry in entries if entry.what is What.DELAY] == ["20", "24"]


def test_a_change_of_algorithm_loads_all_without_a_reset() -> None:
    control = started()
    entries = added(control, preset(presets.image(presets.START, changed=1)).encoded)
    assert steps(entries) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    assert not any(entry.what is What.LINES for entry in entries)
    assert sum("load" in entry.detail for entry in entries) == 8


def test_another_number_of_the_algorithm_loads_all_but_leaves_header_and_links() -> None:
    entries = added(started(), preset(presets.image(presets.START, algorithm=1)).encoded)
    assert steps(entries) == [1, 2, 3, 6, 7, 8, 9, 10, 11]


def test_numbers_that_do_not_exist() -> None:
    control = started()
    entries = added(control, preset(presets.image([Record(500), *presets.START[1:]], algorithm=9)).encoded)
    assert any("program 0, effect 99" in entry.detail for entry in entries)
    assert control.ram.word(layout.APPLIED + 6) == 0
    assert control.ram.word(slot_address(0)) == 500


def test_bands_of_the_equalizers_go_out_by_their_first_number() -> None:
    parametric = Record(39, tuple(range(17)), 15)
    entries = added(started(), slot_configuration(0, parametric.encoded).encoded)
    assert parameters(entries) == [0, 3, 6, 9, 12, 16]
    control = started((0, parametric))
    changed = parametric._replace(parameters=(*range(4), 99, *range(5, 17)))
    assert parameters(added(control, slot_configuration(0, changed.encoded).encoded)) == [3]
    graphic = presets.START[4]
    changed = graphic._replace(parameters=(7, 25, 14, 24, 21, 24, 23, 24, 84))
    assert parameters(added(started(), slot_configuration(4, changed.encoded).encoded)) == [0, 4]


def test_rotary_speakers_send_what_their_speed_needs() -> None:
    control = started((0, ROTARY))
    ram = control.ram
    speed = bytes([0x2C, 0, 8, 0x23, 0, 0, 1])
    entries = added(control, DspMessage(speed + b"\0\0").encoded)
    assert ram.word(slot_address(0) + 0x1E) == 0
    assert parameters(entries) == [4, 6, 9, 11]
    assert parameters(added(control, DspMessage(speed + b"\0\1").encoded)) == [3, 5, 8, 10]


def test_all_parameters_of_a_rotary_speaker_in_their_order() -> None:
    entries = added(started(), slot_configuration(0, ROTARY.encoded).encoded)
    assert parameters(entries) == [14, 2, 3, 5, 7, 8, 10, 0, 1, 15]


def test_a_wah_is_muted_for_any_change_and_so_are_slots_behind_it() -> None:
    control = started((0, Record(52, (2, 0, 99, 99, 70), 3)))
    assert after(control, 0, Record(52, (2, 1, 99, 99, 70), 3))[0] == "mute slot 0"
    assert after(control, 1, REVERB._replace(parameters=(36, 11, 20, 50, 70)))[0] == "mute slot 1"


@pytest.mark.parametrize(("which", "level"), [(0, 0), (1, 10), (4, 60), (7, 80)])
def test_string_loses_level_by_its_second_parameter(which: int, level: int) -> None:
    control = started()
    told = after(control, 0, Record(63, (80, which, 0), 0))
    assert told[-1] == f"slot 0, effect 63, parameter 0 = {level}"
    assert control.ram.word(layout.APPLIED + 8 + 4) == level
    assert control.ram.word(slot_address(0) + 4) == 80


def test_classes_of_effects() -> None:
    classes = [class_of(effect) for effect in range(128)]
    assert [classes.count(number) for number in range(3)] == [46, 71, 11]
    control = started((0, Record(52)))
    assert [control.ram.word(layout.CLASSES + 2 * slot) for slot in range(5)] == [3, 0, 3, 0, 3]


@pytest.mark.parametrize(("effect", "told_"), [(52, "F050B006"), (32, "F050B005"), (4, "")])
def test_a_new_effect_of_slot_0_is_announced_once(effect: int, told_: str) -> None:
    control = started()
    assert control.announcement() == b""
    after(control, 0, Record(effect))
    assert control.announcement() == bytes.fromhex(told_)
    assert control.announcement() == b""


def test_links_are_set_by_messages_to_all_channels() -> None:
    control = started()
    for which, slot in ((0x21, 1), (0x22, 2), (0x24, 3), (0x25, 4)):
        entries = added(control, bytes([0x2C, 0, 8, which, 0, 0, 1, 0, 0]))
        assert control.ram.word(slot_address(slot) + 0x36) == 0
        assert any(entry.what is What.VOLUME for entry in entries)


def test_gains_of_the_output_go_to_registers_d0_and_d3() -> None:
    control = started()
    for which, value in ((1, 127), (2, 127), (6, 127)):
        entries = added(control, bytes([0x2C, 0, 8, which, 0, 0, 1, 0, value]))
    mix = next(entry for entry in entries if entry.what is What.MIX)
    data = [event.value for event in mix.events if event.kind == 0]
    assert data == [0, 0xD0, 0x40, 0, 0, 0xD3, 0x40, 0]


def test_the_word_of_slot_3() -> None:
    control = started()
    added(control, bytes([0x2C, 0, 8, 7, 0, 0, 1, 0, 9]))
    assert control.ram.word(0x454A) == presets.START[3].parameters[4]
    added(control, bytes([0x2C, 0, 8, 8, 0, 0, 1, 0, 1]))
    assert control.ram.word(0x454A) == 9
    added(control, slot_configuration(3, presets.START[3].encoded).encoded)
    assert control.ram.word(0x454A) == 9


@pytest.mark.parametrize("head", [b"\x2d\0\x0f\0\0\0\0\0", b"\x2d\x50\0\0\0\0\0\0", b"\x99\0\0\0\0\0\0\0"])
def test_messages_that_mean_nothing_change_nothing(head: bytes) -> None:
    control = started()
    entries = added(control, head)
    assert [entry.what for entry in entries] == [What.MESSAGE, What.DROPPED]


def test_several_messages_of_one_round_are_applied_once() -> None:
    from luthier.kn5000.transport.ring import DSP_RING, Ring

    control = started()
    ring = Ring(control.ram, DSP_RING)
    for depth in (31, 32):
        changed = CHORUS._replace(parameters=(depth, 6, 0, 84, 75))
        ring.write(slot_configuration(0, changed.encoded).encoded)
    before = len(control.log)
    control.round()
    told = [entry.detail for entry in control.log[before:] if entry.what is What.PARAMETER]
    assert told == ["slot 0, effect 1, parameter 0 = 32"]
    assert EFFECTS == 0x2D
