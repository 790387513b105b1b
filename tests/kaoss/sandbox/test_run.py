"""Whole firmwares: how far they get, and that every run ends."""

from __future__ import annotations

import functools
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kaoss.sandbox.boards import CLOCK, rom

from luthier.errors import InputError, UsageError
from luthier.kaoss.built_in import board as invented_board
from luthier.kaoss.built_in import built_in, load
from luthier.kaoss.sandbox import view
from luthier.kaoss.sandbox.chip import Chip
from luthier.kaoss.sandbox.comparison import differences, got_less_far
from luthier.kaoss.sandbox.run import Limits, Press, Run, run, run_file
from luthier.kaoss.sandbox.three_wire import ThreeWireMemory
from luthier.kaoss.sandbox.wiring import Wiring, read_wiring, wiring_of
from luthier.kaoss.system_file import SystemFile

LUTHIER_PAD = wiring_of("LuthierPad")


@functools.cache
def tried(name: str = "built-in", seconds: float = 0.3, *presses: Press) -> Run:
    return run_file(load(Path(name)), LUTHIER_PAD, Limits(seconds), presses=presses)


def test_the_built_in_firmware_reaches_its_main_loop() -> None:
    done = tried("built-in", 0.3, Press("SAVE", 0.12), Press("PLAY", 0.2))
    assert done.is_sound
    assert done.ended == "time"
    assert done.loop is not None
    assert done.loop.is_reached
    out = bytes(int(event.what, 16) for event in done.chip.behaviour.of("SCI1"))
    assert out == b"LuthierPad 1.00\r\nsettings saved\r\n"
    memory = done.chip.memories["EEPROM"]
    assert isinstance(memory, ThreeWireMemory)
    assert memory.words[0] == 0x4C50
    assert memory.words[1] == 1, "saved once"
    assert [event.what for event in done.chip.behaviour.of("lamp PLAY")] == ["off", "on"]
    assert done.chip.taken[32] == pytest.approx(219, abs=3), "a tick every millisecond once it is set up"
    assert not done.chip.registers.unknown


def test_its_main_loop_is_where_its_board_says() -> None:
    from luthier.kaoss.built_in import symbols

    place = symbols()[invented_board().main_loop].address
    done = tried("built-in", 0.2)
    assert done.loop is not None
    assert place <= done.loop.first <= place + 4


def test_a_firmware_that_hangs() -> None:
    done = tried("built-in:hang", 0.1)
    assert not done.is_sound
    assert done.loop is not None
    assert not done.loop.is_reached
    assert "interrupts are masked" in done.loop.why


def test_a_firmware_that_goes_astray() -> None:
    done = tried("built-in:astray", 0.1)
    assert done.ended == "illegal"
    assert "200000h" in done.detail
    assert not done.is_sound


def small(program: str, handlers: dict[int, str] | None = None, seconds: float = 0.02) -> Run:
    return run(Chip(rom(program, handlers), Wiring(CLOCK), executor="plain"), Limits(seconds))


def test_the_wait_for_one_register_is_no_main_loop() -> None:
    done = small("wait: btst #3,@PORT1\n bne wait\n nop\nstay: bra stay", seconds=0.002)
    assert done.loop is not None
    assert not done.loop.is_reached
    assert done.loop.waits_for == "PORT1"


def test_sleep_for_ever() -> None:
    done = small(" sleep\nstay: bra stay")
    assert done.ended == "asleep"
    assert not done.is_sound


def test_reset_again_and_again() -> None:
    done = small(" mov.w #0x5A40,r0\n mov.w r0,@RSTCSR_W\n mov.w #0xA560,r0\n mov.w r0,@TCSR\nstay: bra stay")
    assert done.ended == "resets"
    assert done.chip.resets == 8


def test_unknown_registers_are_told_with_their_place() -> None:
    done = small(" mov.b @0xFFF900,r0l\n mov.b r0l,@0xFFF901\nstay: bra stay", seconds=0.001)
    found = {(access.kind, access.address): access.pc for access in done.chip.registers.unknown}
    assert set(found) == {("read", 0xFFF900), ("write", 0xFFF901)}
    assert 0x606 <= found["read", 0xFFF900] <= 0x60C


def test_the_outside_is_told() -> None:
    done = small(" mov.w r0,@0x500000\nstay: bra stay", seconds=0.001)
    assert [(kind, address) for kind, address, _ in done.chip.outside.elsewhere] == [("write", 0x500000)]


def test_writes_to_the_rom_are_refused() -> None:
    done = small(" mov.w r0,@0x20000\nstay: bra stay", seconds=0.001)
    assert sum(done.chip.memory.refused.values()) == 1


def test_an_erased_chip() -> None:
    done = run(Chip(b"", Wiring(CLOCK), executor="plain"), Limits(0.01))
    assert not done.is_sound


def test_limits_end_a_run() -> None:
    assert small("stay: bra stay", seconds=1e-4).ended == "time"
    by_count = run(Chip(rom("stay: bra stay"), Wiring(CLOCK), executor="plain"), Limits(10, 1000))
    assert by_count.ended == "instructions"
    assert by_count.instructions == 1000
    begun = time.monotonic()
    by_wall = run(Chip(rom("stay: bra stay"), Wiring(CLOCK), executor="plain"), Limits(3600, wall=0.3))
    assert by_wall.ended == "wall"
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("limits", [(0, 1, 1), (-1, 1, 1), (1e9, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_limits_that_are_none(limits: tuple[float, int, float]) -> None:
    with pytest.raises(UsageError):
        Limits(*limits)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(payload=st.binary(min_size=0x200, max_size=0x800), entry=st.integers(0x100, 0x3FF))
def test_random_firmware_always_ends(payload: bytes, entry: int) -> None:
    image = (2 * entry).to_bytes(4, "big") + payload
    done = run(Chip(image, LUTHIER_PAD, executor="plain"), Limits(0.01, 20_000, 5))
    assert done.instructions <= 20_000
    assert list(view.lines("random", done))
    assert view.record("random", done)["ended"] == done.ended


def test_a_run_is_the_same_every_time() -> None:
    first, second = (view.record("x", tried.__wrapped__("built-in", 0.12)) for _ in range(2))
    assert first == second


def test_a_file_for_another_chip() -> None:
    file = built_in()
    other = SystemFile(replace(file.header, device_field=b"E2".ljust(16, b"\0")), file.payload)
    with pytest.raises(InputError, match="no ROM of an H8S/2215"):
        run_file(other, LUTHIER_PAD, Limits())


def test_a_payload_that_is_too_long() -> None:
    file = built_in()
    with pytest.raises(InputError, match="do not fit the ROM"):
        run_file(SystemFile(file.header, file.payload + b"\xff"), LUTHIER_PAD, Limits())


def test_an_unknown_key() -> None:
    with pytest.raises(UsageError, match="known keys: PLAY, RECORD, SAVE, SEND"):
        tried("built-in", 0.1, Press("STOP", 0.01))


# Comparison


def changed(old: bytes, new: bytes) -> SystemFile:
    file = built_in()
    assert file.payload.count(old) == 1
    return SystemFile(file.header, file.payload.replace(old, new))


def test_the_same_firmware_behaves_alike() -> None:
    assert differences(tried(), tried.__wrapped__()) == []


def test_another_greeting_is_the_first_difference() -> None:
    after = run_file(changed(b"LuthierPad 1.00", b"LutherIsMad 9.9"), LUTHIER_PAD, Limits(0.2))
    (found,) = differences(tried("built-in", 0.2), after)
    assert found.stream == "SCI1"
    assert found.number == 4  # Luth, then e for i
    assert (found.before, found.after) == ("69", "65")
    assert after.is_sound


def test_a_firmware_that_got_less_far() -> None:
    before, after = tried(), tried("built-in:hang")
    assert got_less_far(before, after)
    assert not got_less_far(after, before)
    assert {"interrupts", "port C"} <= {one.stream for one in differences(before, after)}


# Wiring


WIRING = """
clock = 24_000_000
[[memory]]
kind = "two-wire"
name = "M"
pins = { sda = "P3.4", scl = "P3.5" }
[[lamp]]
name = "L"
pin = "PA.0"
[[key]]
name = "K"
column = "PB.1"
[[window]]
name = "DSP"
first = 0x400000
last = 0x400005
[[ram]]
first = 0xFFA000
last = 0xFFAFFF
"""


def test_a_wiring_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "wiring.toml"
    path.write_text(WIRING)
    wiring = read_wiring(path)
    assert wiring.clock == 24_000_000
    assert wiring.memories[0].pins == {"sda": "P3.4", "scl": "P3.5"}
    chip = Chip(rom(" mov.b #0x5A,r0l\n mov.b r0l,@0xFFA123\nstay: bra stay"), wiring, executor="plain")
    chip.processor.run(10)
    assert chip.memory.data[0xFFA123] == 0x5A


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clock = 7", "a clock of 7"),
        ("clock = ", "is no TOML"),
        ('[[memory]]\nkind = "paper"\nname = "M"\npins = {}', "no memory of the kind"),
        ('[[memory]]\nkind = "spi"\nname = "M"\npins = { cs = "P1.0" }', "needs the pins"),
        ('[[lamp]]\nname = "L"\npin = "P2.0"', "no pin is called"),
        ('[[lamp]]\nname = "L"', "lacks something"),
        ("lamp = 3", "lacks something"),
        ("[[ram]]\nfirst = 5\nlast = 4", "the range"),
    ],
)
def test_wirings_that_are_none(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wiring.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_wiring(path)


# The heuristic


def test_a_loop_that_was_left_is_no_main_loop() -> None:
    loop = " mov.w #100,r0\nagain: mov.b r1l,@PADR\n dec.w #1,r0\n bne again\n"
    done = small(loop + " nop\n" * 1000 + "stay: bra stay", seconds=0.0001)
    assert done.loop is not None
    assert done.loop.first == done.loop.last == done.pc
    assert not done.is_sound


def test_an_interrupt_with_an_erased_vector_is_told() -> None:
    done = small(
        " mov.b #1,r0l\n mov.b r0l,@TIER_0\n mov.b r0l,@TSTR\n mov.w #9,r0\n mov.w r0,@TGRA_0\n"
        " andc #0x7F,ccr\nstay: bra stay",
        seconds=0.001,
    )
    assert done.chip.behaviour.of("interrupts")[0].what == "TGI0A, whose vector is erased"
    assert any("erased" in line for line in view.lines("x", done))


def test_keys_are_only_seen_in_their_row() -> None:
    chip = Chip(built_in().payload, LUTHIER_PAD, executor="plain")
    keys = {key.name: key for key in LUTHIER_PAD.keys}
    direction, data = (chip.registers.cells[name].register.address for name in ("PCDDR", "PCDR"))
    chip.memory.write(data, 1, 0x0F)
    chip.memory.write(direction, 1, 0x0F)
    chip.press(keys["SAVE"], True)
    seen = []
    for row in range(4):
        chip.memory.write(data, 1, 0x0F & ~(1 << row))
        seen.append(chip.ports.level("PB.0"))
    assert seen == [True, True, False, True]
    chip.press(keys["SAVE"], False)
    chip.memory.write(data, 1, 0x0B)
    assert chip.ports.level("PB.0")


@pytest.mark.parametrize(("level", "is_reached"), [(0, True), (7, False)])
def test_in_mode_2_levels_mask(level: int, is_reached: bool) -> None:
    done = small(
        " mov.b #0x21,r0l\n mov.b r0l,@SYSCR\n mov.b #0x21,r0l\n mov.b r0l,@TCR_0\n mov.b #1,r0l\n"
        " mov.b r0l,@TIER_0\n mov.b r0l,@TSTR\n mov.w #99,r0\n mov.w r0,@TGRA_0\n"
        f" ldc #{level},exr\nagain: inc.l #1,er1\n bra again",
        {32: " bclr #0,@TSR_0\n rte"},
        seconds=0.001,
    )
    assert done.loop is not None
    assert done.loop.is_reached is is_reached
    assert bool(done.chip.taken) is is_reached
