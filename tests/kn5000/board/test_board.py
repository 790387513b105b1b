"""The board as a whole: runs that end, snapshots, MIDI and the computer's port, bad images."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.board.boards import IDLE, RAM, RECORDINGS, START, board, image, roms, vector
from tests.kn5000.board.test_sound import NOTES, player
from tests.kn5000.tone_generator.sounding import voice

from luthier.errors import InputError
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.ending import Names
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.kn5000.tone_generator.registers import note_on

SLEEP = START + "        di\n        halt\n"

# Endings


def test_a_run_ends_when_its_time_is_over() -> None:
    made = board()
    ending = made.run(0.005)
    assert (ending.reason, ending.cpu, ending.is_sound) == ("time", "", True)
    assert ending.seconds == pytest.approx(0.005, abs=0.001)
    assert len(made.audio()) == pytest.approx(0.005 * 44_100, abs=50)


def test_undefined_code_ends_a_run_with_its_place() -> None:
    made = board(START + "        ld (0x1703C8), 7\nbad:    db 0x1F\n")
    ending = made.run(1)
    assert (ending.reason, ending.cpu) == ("illegal", "main")
    assert not ending.is_sound
    assert ending.pc == made.main.processor.pc
    assert made.main.memory.data[ending.pc] == 0x1F
    report = "\n".join(ending.lines())
    assert f"{ending.pc:06X}h" in report
    assert "1703C8h 07" in report
    assert ending.remedy in report


def test_names_of_places() -> None:
    names = Names({"main": {"start": 0x100, "loop": 0x120}})
    assert names.at("main", 0x120) == "loop"
    assert names.at("main", 0x11F) == "start+1Fh"
    assert names.at("main", 0xFF) == ""
    assert names.at("sub", 0x100) == ""
    assert Names(None).at("sub", 0xFF8290) == "BOOT_INIT"


def test_a_program_that_jumps_into_the_outside_ends() -> None:
    ending = board(START + "        jp 0x123456").run(1)
    assert (ending.reason, ending.cpu, ending.pc) == ("illegal", "main", 0x123456)


def test_a_program_that_lets_the_watchdog_bite_without_a_vector_ends() -> None:
    ending = board("start: ld XSP, 0x1000\nloop:   jr loop", executor="compiled").run(1)
    assert (ending.reason, ending.cpu) == ("wild", "main")
    assert "watchdog" in ending.remedy


def test_a_watchdog_that_resets_the_chip_leaves_the_rest_as_it_was() -> None:
    # WDMOD 82: runs, 65,536 states, and resets the chip (bit 1).
    main = f"""
start:  ld XSP, 0x1000
        inc 1, ({RAM:#x})
        ld (0x110), 0x82
        ld (0x1703C8), 9
        ld (0x3E), 0x01
        ld (0x3F), 0x01
        ld (0xD2), 0x09         ; SC0MOD: UART of 8 bits, baud rate generator
        ld (0xD3), 0x08
        ld (0xD0), 0xFA
loop:   jr loop
"""
    made = board(main, executor="compiled")
    assert made.run(0.01).reason == "time"
    assert made.main.memory.data[RAM] == 3
    assert made.main.memory.read(0x1703C8, 1) == 9
    times = [time for time, _ in made.midi_out]
    assert len(times) == 3
    # Times go on over a reset: 65,536 states lie between, and some instructions.
    assert times[1] - times[0] == pytest.approx(65_536 / 16e6, abs=50e-6)


def test_a_breakpoint_ends_a_run_before_its_instruction() -> None:
    made = board(START + f"        ld ({RAM:#x}), 1\nsleep:  jr sleep")
    made.main.processor.stand([0xE0000F])
    ending = made.run(1)
    assert (ending.reason, ending.cpu, ending.pc, ending.is_sound) == ("breakpoint", "main", 0xE0000F, True)
    assert made.main.memory.data[RAM] == 0
    made.main.processor.stand([])
    assert made.run(0.001).reason == "time"
    assert made.main.memory.data[RAM] == 1


def test_two_sleeping_cpus_are_told() -> None:
    made = board(SLEEP, SLEEP)
    ending = made.run(0.1)
    assert ending.reason == "asleep"
    assert ending.seconds == pytest.approx(0.1, abs=0.001)
    assert board(SLEEP).run(0.05).reason == "time"  # the other CPU is awake


def test_a_sleeping_cpu_is_woken_by_the_other() -> None:
    main = """
        ld XIX, 3000
wait:   dec 1, XIX
        or XIX, XIX
        jr NZ, wait
        ld (0x140000), 0x11
sleep:  jr sleep
"""
    sub = f"""
        ld (0xF0), 1
        ei 0
        halt
        ld ({RAM:#x}), 0x77
sleep:  jr sleep
int0:   ld A, (0x120000)
        reti
"""
    made = board(START + main, START + sub + vector(0x28, "int0"))
    made.run(0.02)
    assert made.sub.memory.data[RAM] == 0x77


def test_a_program_that_only_asks_the_open_bus_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luthier.kn5000.board.floods.LOOKS", 5)  # of 10 ms each
    loop = """
        ld XIX, 0xA00000
loop:   ld XWA, (XIX)
        ld XWA, (XIX)
        jr loop
"""
    ending = board(START + loop, SLEEP).run(10)
    assert (ending.reason, ending.cpu) == ("flood", "main")
    assert ending.seconds == pytest.approx(0.05, abs=0.01)
    assert ending.accesses[-1].address == 0xA00000


#: Loops that do nothing but write to something that is there, or ask it; whose CPU, and what is told of it.
FLOODS = {
    "latch": ("main", "ld (0x140000), 0x12", "main_latch"),
    "latch read": ("main", "ld A, (0x140000)", "main_latch"),
    "screen": ("main", "ld (0x1703C8), 0x12", "vga"),
    "serial": ("main", "ld (0xD4), 0x20", "registers of the chip"),
    "tone generator": ("sub", "ld (0x100002), WA", "tone_generator_ports"),
    "keys": ("sub", "ld WA, (0x110000)", "keybed_ports"),
    "DSP 1": ("sub", "ld (0x130002), 0x12", "dsp_ports"),
    "ports": ("sub", "ld (0x1C), A", "registers of the chip"),
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_program_that_floods_a_device_ends_with_its_name(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("luthier.kn5000.board.floods.LOOKS", 2)
    cpu, line, device = FLOODS[what]
    loop = START + f"loop:   {line}\n        jr loop\n"
    made = board(loop if cpu == "main" else IDLE, loop if cpu == "sub" else IDLE, executor="compiled")
    ending = made.run(1)
    assert (ending.reason, ending.cpu, ending.is_sound) == ("hammer", cpu, False)
    assert ending.detail.endswith(f"accesses to {device} in half a second")
    assert ending.seconds == pytest.approx(0.02, abs=0.002)
    assert made.run(0.01).reason == "time"  # one may go on: it is told anew


def test_a_program_that_asks_a_device_now_and_then_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luthier.kn5000.board.floods.LOOKS", 2)
    loop = START + "loop:   ld (0x1703C8), 1\n        ld B, 20\nwait:   djnz B, wait\n        jr loop\n"
    made = board(loop, executor="compiled")
    assert made.run(0.05).reason == "time"
    assert made.main_board.accesses.asked["vga"] > 2_000


def test_writes_to_the_flash_that_are_no_commands_are_a_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("luthier.kn5000.board.floods.LOOKS", 2)
    made = board(START + "loop:   ld (0x300000), 0x12\n        jr loop\n", executor="compiled")
    assert made.run(1).reason == "flood"
    assert "write 300000h (custom_data, no command)" in "\n".join(made.notes)


def test_one_cpu_that_sleeps_for_good_is_noted() -> None:
    made = board(SLEEP)
    assert made.run(0.01).reason == "time"
    pc = made.main.processor.pc
    assert made.notes == [f"the main CPU sleeps at {pc:06X}h, and nothing of its own can wake it"]


def test_a_run_that_takes_too_long_ends() -> None:
    ending = board().run(1000, wall=0.2)
    assert ending.reason == "wall"
    assert ending.seconds < 1000


# Images


def test_without_any_program_there_is_no_board() -> None:
    with pytest.raises(InputError, match="neither a program nor a boot ROM"):
        Board(RomSet(), recordings=RECORDINGS)


def test_an_image_of_another_size_is_refused_with_its_name() -> None:
    with pytest.raises(InputError, match="rhythm image has 3 bytes, not 4,194,304"):
        board(rhythm=b"abc")


def test_a_cpu_without_a_program_stays_in_reset_and_is_told() -> None:
    made = board(sub=None)
    assert made.run(0.01).reason == "time"
    assert made.sub.processor.instructions == 0
    assert made.notes[0] == "the sub CPU has no program and does nothing"
    made = board(main=None)
    made.run(0.01)
    assert made.main.processor.instructions == 0


def test_images_are_never_changed() -> None:
    program = roms(START + "        ld (0xE00100), 0x42\nsleep:  jr sleep").program
    assert program is not None
    made = board(START + "        ld (0xE00100), 0x42\nsleep:  jr sleep")
    made.run(0.001)
    assert made.main.memory.data[0xE00000:].tobytes() == program
    assert [(one.kind, one.address) for one in made.main_board.accesses.unknown] == [("write", 0xE00100)]


def test_an_image_is_as_long_as_its_chip() -> None:
    assert len(image(START + "sleep: jr sleep", 0xFE0000, 0x20000)) == 0x20000


# Lines


def test_midi_bytes_come_in_at_the_rate_of_the_line_and_go_out_again() -> None:
    # UART of 8 bits at 31,250 baud: 16 MHz / 4 / 8 / 16; every byte that comes is sent on with a bit turned.
    main = (
        START
        + """
        ld (0x3E), 0x01
        ld (0x3F), 0x01
        ld (0xD2), 0x29         ; SC0MOD: receive, UART of 8 bits, baud rate generator
        ld (0xD3), 0x08         ; BR0CR: clock / 4 / 8
        ld (0xEA), 0x01         ; INTRX0 at level 1
        ei 0
sleep:  jr sleep
rx:     push XWA
        ld A, (0xD0)
        xor A, 0x01
        ld (0xD0), A
        pop XWA
        reti
"""
        + vector(0x80, "rx")
    )
    made = board(main)
    made.run(0.001)
    made.midi(bytes([0x90, 0x3C, 0x64]))
    made.run(0.005)
    assert [byte for _, byte in made.midi_out] == [0x91, 0x3D, 0x65]
    times = [time for time, _ in made.midi_out]
    # A byte of ten bits takes 320 microseconds.
    # One to come and one to go, from where the main CPU was, which may be a turn ahead.
    assert 0.001 + 640e-6 <= times[0] <= 0.0017 + 640e-6
    assert times[2] - times[0] == pytest.approx(640e-6, abs=5e-6)


def test_active_sensing_leaves_the_computers_port() -> None:
    # The settings of the firmware (listing, 0x01F924): timer 1 counts 20 times 2,048 clocks; here FE every 5.
    sub = (
        START
        + """
        ld (0x3E), 0x10
        ld (0x3F), 0x10
        ld (0xD6), 0x29
        ld (0xD7), 0x0A         ; 20 MHz / 4 / 10 / 16 = 31,250 baud
        ld (0x84), 0x0C         ; timer 1: phi T256
        ld (0x89), 20
        ld (0x9E), 0x80         ; the prescaler
        ld (0x80), 0x02
        ld (0xE4), 0x10         ; INTT1 at level 1
        ld B, 5
        ei 0
sleep:  jr sleep
tick:   djnz B, not_yet
        ld B, 5
        ld (0xD4), 0xFE
not_yet: reti
"""
        + vector(0x54, "tick")
    )
    made = board(sub=sub)
    made.run(0.05)
    times = [time for time, byte in made.computer.sent if byte == 0xFE]
    assert len(times) == len(made.computer.sent) == 4
    tick = 2048 * 20 / 20e6
    assert times[1] - times[0] == pytest.approx(5 * tick, abs=1e-6)


# Snapshots


def started() -> Board:
    """Notes that sound, a panel that was told, and a CPU that counts and tells."""
    main = f"""
count:  inc 1, ({RAM:#x})
        ld A, ({RAM:#x})
        ld (0x140000), A
        jr count
"""
    notes = player(*NOTES, note_on(voice(72, SENDS=0x6060), 5))
    made = board(START + main, notes, effects="modelled")
    made.panel.press("DEMO")
    made.run(0.015)
    return made


def everything(made: Board) -> tuple[object, ...]:
    return (
        made.main.memory.data.tobytes(),
        made.sub.memory.data.tobytes(),
        dict(made.main.processor.registers),
        dict(made.sub.processor.registers),
        made.main.processor.states,
        made.sub.processor.states,
        made.latches.snapshot(),
        made.panel.snapshot(),
        made.sub_board.dsp.counts,
    )


def test_a_run_continues_from_a_snapshot_as_it_did() -> None:
    made = started()
    made.audio()
    taken = made.snapshot()
    made.run(0.03)
    first, sound = everything(made), made.audio()
    assert abs(sound).max() > 0.05
    made.run(0.01)
    made.restore(taken)
    made.run(0.03)
    assert everything(made) == first
    assert (made.audio() == sound).all()


def test_a_snapshot_can_be_taken_to_another_board() -> None:
    made = started()
    taken = made.snapshot()
    made.run(0.02)
    other = started()
    other.run(0.01)
    other.restore(taken)
    other.run(0.02)
    assert everything(other) == everything(made)


def test_two_runs_are_the_same() -> None:
    first, second = started(), started()
    assert everything(first) == everything(second)
    assert (first.audio() == second.audio()).all()


# Programs run wild

#: Where devices are, with what is beside them: of both CPUs, of the main CPU, of the sub CPU.
_BOTH = ((0, 0x110), (0x112, 0x3F0))
_MAIN = ((0x110000, 0x110012), (0x140000, 0x140010), (0x1703B0, 0x1703E0), (0xE00000, 0xE00010))
_FLASH = ((0x300000, 0x300010), (0x30AAAA, 0x30AAAC), (0x305554, 0x305556))
_SUB = ((0x100000, 0x100006), (0x110000, 0x110004), (0x120000, 0x120010), (0x130000, 0x130004))
_BESIDE = ((0x1E0000, 0x1E0010), (0xFE0000, 0xFE0010))
_DEVICES = {"main": (*_BOTH, *_MAIN, *_FLASH), "sub": (*_BOTH, *_SUB, *_BESIDE)}


def touching(random: np.random.Generator, cpu: str) -> str:
    """A program that reads and writes anything anywhere, in all widths, then lets all interrupts through."""
    lines = [START.replace("0x1000", "0x9000")]
    for _ in range(120):
        first, end = _DEVICES[cpu][int(random.integers(len(_DEVICES[cpu])))]
        address, register = int(random.integers(first, end)), ("A", "WA", "XWA")[int(random.integers(3))]
        if random.integers(2):
            lines.append(f"        ld XWA, {int(random.integers(1 << 32)):#x}")
            lines.append(f"        ld ({address:#x}), {register}")
        else:
            lines.append(f"        ld {register}, ({address:#x})")
    return "\n".join([*lines, "        ei 0", "sleep:  jr sleep"])


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_program_touches_a_run_ends_with_a_reason(seed: int) -> None:
    random = np.random.default_rng(seed)
    made = board(touching(random, "main"), touching(random, "sub"), effects="modelled")
    for name in ("DEMO", "PIANO"):
        made.panel.press(name)
        made.panel.turn("DATA WHEEL", 2)
        made.midi(bytes(random.integers(0, 256, 5).tolist()))
        made.keybed.press(int(random.integers(36, 97)), 3)
        ending = made.run(0.004)
    assert list(ending.lines())
    assert made.screen.picture().shape == (240, 320, 3)
    assert np.isfinite(made.audio()).all()
    taken = made.snapshot()
    made.run(0.002)
    after = everything(made)
    made.restore(taken)
    made.run(0.002)
    assert everything(made) == after


@pytest.mark.parametrize("seed", range(4))
def test_images_of_noise_end_a_run(seed: int) -> None:
    random = np.random.default_rng(seed)
    program, boot = (bytearray(random.integers(0, 256, size, np.uint8)) for size in (0x200000, 0x20000))
    program[-0x100:-0xFC], boot[-0x100:-0xFC] = b"\x00\x00\xe0\x00", b"\x00\x00\xfe\x00"
    made = Board(
        RomSet(program=bytes(program), sub_boot=bytes(boot)),
        executor="plain",
        recordings=RECORDINGS,
        effects=None,
    )
    ending = made.run(0.01, wall=20)
    assert ending.reason in ("illegal", "wild", "time")
    assert list(ending.lines())
