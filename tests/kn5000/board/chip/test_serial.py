"""Serial channels: times of bytes by arithmetic, errors, both modes, programs on both executors."""

from __future__ import annotations

import pytest
from tests.kn5000.board.chip.boards import EXECUTORS, bare, chip, let_pass, read, write

from luthier.kn5000.board.chip.baud_rate import bit_states, frame_bits, generator_period
from luthier.kn5000.board.chip.chip import Chip
from luthier.machine.processor import Executor

UART8 = 0x29  #: SC1MOD of the computer interface: 8 bits, receiver on, baud rate generator


def bits_a_second(frequency: int, mode: int, control: int, rate: int) -> float:
    return frequency / bit_states(mode, control, rate, 0)


def test_midi_at_16_mhz() -> None:
    """Half of 16 MHz by 16 by 8 ... 31,250 bits a second exactly: phi T0 is a quarter of the clock."""
    assert bits_a_second(16_000_000, UART8, 0, 0x08) == 31_250


def test_midi_at_20_mhz() -> None:
    assert bits_a_second(20_000_000, UART8, 0, 0x0A) == 31_250


@pytest.mark.parametrize(
    ("rate", "states"), [(0x01, 4), (0x14, 64), (0x2F, 960), (0x30, 256 * 16), (0x00, 64)]
)
def test_steps_of_the_generator(rate: int, states: int) -> None:
    assert generator_period(rate) == states


def test_panels_rates() -> None:
    """BR1CR = 14 is 1 MHz by 4 at 16 MHz; the I/O interface takes two steps for a bit."""
    assert bits_a_second(16_000_000, 0x00, 0, 0x14) == 125_000
    assert bit_states(0x00, 0x01, 0x14, 0) == 0, "the clock comes from the panel"


@pytest.mark.parametrize(
    ("mode", "control", "bits"),
    [
        (0x00, 0, 8),
        (0x04, 0, 9),
        (0x08, 0, 10),
        (0x0C, 0, 11),
        (0x04, 0x20, 10),
        (0x08, 0x20, 11),
        (0x0C, 0x20, 11),
    ],
)
def test_bits_of_a_frame(mode: int, control: int, bits: int) -> None:
    assert frame_bits(mode, control) == bits


def connected(mode: int = UART8, control: int = 0, rate: int = 0x0A) -> tuple[Chip, list[tuple[int, int]]]:
    """A chip and what channel 1 sends, with the states."""
    made = bare()
    sent: list[tuple[int, int]] = []
    made.serial[1].on_send = lambda byte: sent.append((made.clock.now, byte))
    write(made, "SC1MOD", mode)
    write(made, "SC1CR", control)
    write(made, "BR1CR", rate)
    return made, sent


FRAME = 10 * 640  #: states of a byte at 31,250 bits a second and 20 MHz


def test_bytes_leave_in_their_time() -> None:
    made, sent = connected()
    write(made, "SC1BUF", 0xFE)
    assert made.serial[1].busy
    write(made, "SC1BUF", 0x90)
    let_pass(made, 3 * FRAME)
    assert sent == [(FRAME, 0xFE), (2 * FRAME, 0x90)]
    assert not made.serial[1].busy


def test_transmission_asks_at_the_end_of_a_byte() -> None:
    made, _ = connected()
    write(made, "SC1BUF", 1)
    let_pass(made, FRAME - 1)
    assert not made.interrupts.is_asking("INTTX1")
    let_pass(made, 1)
    assert made.interrupts.is_asking("INTTX1")


def test_timer_2_is_a_clock() -> None:
    made, sent = connected(mode=0x28)
    write(made, "T23MOD", 0x01)
    write(made, "TREG2", 5)
    write(made, "T16RUN", 0x80)
    write(made, "T8RUN", 0x04)
    write(made, "SC1BUF", 7)
    let_pass(made, 100_000)
    assert sent == [(10 * 16 * 40, 7)]


def test_byte_that_arrives_asks_and_is_read() -> None:
    made, _ = connected()
    made.serial[1].receive(0x42)
    assert made.interrupts.is_asking("INTRX1")
    assert read(made, "SC1BUF") == 0x42
    assert read(made, "SC1BUF") == 0x42


def test_receiver_that_is_off_hears_nothing() -> None:
    made, _ = connected(mode=0x09)
    made.serial[1].receive(0x42)
    assert not made.interrupts.is_asking("INTRX1")


def test_overrun_keeps_the_first_byte_and_is_told_once() -> None:
    made, _ = connected()
    made.serial[1].receive(1)
    made.serial[1].receive(2)
    assert read(made, "SC1CR") & 0x1C == 0x10
    assert read(made, "SC1CR") & 0x1C == 0
    assert read(made, "SC1BUF") == 1
    made.serial[1].receive(3)
    assert read(made, "SC1BUF") == 3


def test_ninth_bit() -> None:
    made, sent = connected(mode=0xAD)
    write(made, "SC1BUF", 0x12)
    let_pass(made, 11 * 640)
    assert sent == [(11 * 640, 0x112)]
    made.serial[1].receive(0x134)
    assert read(made, "SC1BUF") == 0x34
    assert read(made, "SC1CR") & 0x80


def test_seven_bits_have_no_eighth() -> None:
    made, sent = connected(mode=0x25)
    write(made, "SC1BUF", 0xC1)
    let_pass(made, 9 * 640)
    assert sent == [(9 * 640, 0x41)]


def test_sleeping_channel_wakes_up_at_a_ninth_bit() -> None:
    made, _ = connected(mode=0x3D)
    made.serial[1].receive(0x055)
    assert not made.interrupts.is_asking("INTRX1")
    made.serial[1].receive(0x155)
    assert made.interrupts.is_asking("INTRX1")


def test_interface_with_own_clock_takes_in_what_it_clocks() -> None:
    made, sent = connected(mode=0x20, rate=0x14)
    made.serial[1].receive(0xC3)
    assert not made.interrupts.is_asking("INTRX1")
    write(made, "SC1BUF", 0x1F)
    let_pass(made, 8 * 128)
    assert sent == [(8 * 128, 0x1F)]
    assert read(made, "SC1BUF") == 0xC3
    assert made.interrupts.is_asking("INTRX1")


def test_interface_with_a_partners_clock() -> None:
    made, sent = connected(mode=0x20, control=0x01, rate=0x14)
    write(made, "SC1BUF", 0x77)
    let_pass(made, 100_000)
    assert sent == []
    made.serial[1].receive(0x88)
    assert [byte for _, byte in sent] == [0x77]
    assert read(made, "SC1BUF") == 0x88


@pytest.mark.parametrize("executor", EXECUTORS)
def test_program_echoes(executor: Executor) -> None:
    made = chip(
        """
        ld (SC0MOD), 0x29
        ld (BR0CR), 0x0A
        ld (INTES0), 0x03
        ei 0
self:   jr self
        """,
        {"INTRX0": " ld A, (SC0BUF)\n inc 1, A\n ld (SC0BUF), A"},
        executor,
    )
    sent: list[int] = []
    made.serial[0].on_send = sent.append
    made.processor.run(20)
    for byte in (0x10, 0x20, 0xFF):
        made.serial[0].receive(byte)
        made.processor.run(until_states=made.processor.states + FRAME)
    made.processor.run(until_states=made.processor.states + FRAME)
    assert sent == [0x11, 0x21, 0x00]
