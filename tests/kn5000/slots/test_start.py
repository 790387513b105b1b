"""The start: the boot trace of the audio-subsystem page, as far as it can be had without a ROM.

The trace names programs by the address they are loaded to; our own streams use the same addresses, so that
their order is that of the dispatcher.  What a ROM has to say is in ``test_real_rom``.
"""

from __future__ import annotations

from tests.kn5000.slots.own_rom import own_rom

from luthier.kn5000.bytecode.interpreter import run
from luthier.kn5000.dsp_ports.bus import Bus
from luthier.kn5000.dsp_ports.decoder import decode
from luthier.kn5000.dsp_ports.events import Kind
from luthier.kn5000.dsp_ports.messages import Message, messages
from luthier.kn5000.slots import presets
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import What
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.plan import Stream
from luthier.kn5000.slots.rom_source import LOADS, RomSource
from luthier.kn5000.slots.sources import chip_of

#: Phases 2 to 6 of the trace: output stage; header and patches; header, patch, reverb; the same with chorus;
#: patches.
PROGRAMS = [0x3C, 0x00, 0x47, 0x40, 0x00, 0x47, 0xC8, 0x00, 0x40, 0x54, 0x47, 0x40]


def started() -> EffectControl:
    control = EffectControl(own_source())
    control.start()
    return control


def loaded(found: list[Message]) -> list[int]:
    addresses = [int.from_bytes(one.data[:2], "big") for one in found if one.chip == 0 and one.command == 1]
    return [address for address in addresses if address < 0x160]


def test_programs_are_loaded_in_the_order_of_the_boot_trace() -> None:
    assert loaded(messages(started().events)) == PROGRAMS


def test_the_output_stage_is_followed_by_reset_reset_sync() -> None:
    commands = [one.command for one in messages(started().events) if one.chip == 0]
    place = commands.index(0x10)
    assert commands[place - 1 : place + 3] == [0x01, 0x10, 0x10, 0x0F]


def test_dsp_1_is_muted_and_let_sound_once() -> None:
    found = [one.data.hex() for one in messages(started().events) if one.chip == 0 and one.command == 4]
    assert found == ["fbda3fa01a", "fbda00a01a"]


def test_the_first_registers_of_dsp_2() -> None:
    found = [one.data.hex() for one in messages(started().events) if one.chip == 1]
    assert found[:4] == ["00d00000", "00d30000", "00d04000", "00f64fb0"]


def test_both_chips_are_reset_and_dsp_2_is_released_later() -> None:
    lines = [
        (event.chip, event.kind) for event in started().events if event.kind in (Kind.RESET, Kind.RELEASE)
    ]
    once = [
        (0, Kind.RELEASE),
        (1, Kind.RELEASE),
        (0, Kind.RESET),
        (1, Kind.RESET),
        (0, Kind.RELEASE),
    ]
    assert lines == [*once, *once, (1, Kind.RELEASE)]


def test_a_change_of_algorithm_runs_eight_streams_for_chips_0_0_1_1_and_after_a_delay_1_1_1_1() -> None:
    control = EffectControl(RomSource(own_rom()))
    control.start()
    found = [entry for entry in control.log if "load" in entry.detail or entry.what is What.DELAY]
    details = [entry.detail for entry in found]
    published = ["01E63C", "01E6BE", "01E996", "01EA12", "-", "01E7C5", "01E8A7", "01E891", "01E947"]
    assert [detail[-6:] if "x" in detail else "-" for detail in details[:9]] == published
    assert details[4] == "1"
    chips = [{event.chip for event in entry.events} for entry in found[:9] if entry.what is What.STREAM]
    assert chips == [{0}, {0}, {1}, {1}, {1}, {1}, {1}, {1}]
    assert [chip_of(Stream.LOAD, place) for place in range(len(LOADS))] == [0, 0, 1, 1, 1, 1, 1, 1]


def test_a_rom_makes_the_same_of_the_same_streams() -> None:
    of_rom = EffectControl(RomSource(own_rom()))
    of_rom.start()
    assert of_rom.events == started().events


def test_every_stream_of_our_own_ends() -> None:
    source = own_source()
    for place in source.starts.values():
        run(source.memory, start=place).check()


def test_the_start_goes_through_the_ports() -> None:
    events = started().events
    writes = Bus().send(events)
    sent = [event for event in events if event.kind in (Kind.COMMAND, Kind.DATA)]
    back = [event for event in decode(writes) if event.kind in (Kind.COMMAND, Kind.DATA)]
    assert [event[:3] for event in back] == [event[:3] for event in sent]


def test_slots_at_the_start() -> None:
    records = presets.start()[8:-2]
    effects = [int.from_bytes(records[56 * slot : 56 * slot + 2], "little") for slot in range(5)]
    assert effects == [1, 20, 57, 88, 79]
    assert all(presets.is_for(slot, effect) for slot, effect in enumerate(effects))


def test_each_slot_has_the_effects_of_its_page() -> None:
    named = {*range(7), *range(8, 12), *range(15, 28), *range(32, 40), 44, 45, *range(48, 61), 63}
    named |= {*range(64, 76), 79, 80, 81, *range(88, 92), *range(96, 100)}
    assert len(named) == 71
    accepted = [{effect for effect in named if presets.is_for(slot, effect)} for slot in range(5)]
    assert accepted[1] == {9, 10, *range(16, 28)}
    assert accepted[2:] == [{57, 58, 59, 60}, {88, 89, 90, 91}, {79}]
    assert set.union(*accepted) == named
    assert presets.TAGS == (0x61, 0x63, 0x65, 0x66, 0x64)
