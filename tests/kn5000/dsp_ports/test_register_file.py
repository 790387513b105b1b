"""The registers of DSP 2 and their statistics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.messages import Message
from luthier.kn5000.dsp_ports.register_file import Reading, RegisterFile, register_write

WRITES = st.lists(st.tuples(st.integers(0, 255), st.integers(0, 0xFFFF)), max_size=60)


def test_one_register_is_four_bytes() -> None:
    message = register_write(0xD0, 0x4000)
    assert (message.chip, message.encoded.hex()) == (1, "3000d04000")


@pytest.mark.parametrize("reading", Reading)
@given(writes=WRITES)
def test_statistics_are_those_of_the_list(reading: Reading, writes: list[tuple[int, int]]) -> None:
    file = RegisterFile(reading)
    file.apply_all(register_write(register, value) for register, value in writes)
    assert file.writes == len(writes)
    assert set(file.statistics) == {register for register, _ in writes}
    for register in range(256):
        values = [value for number, value in writes if number == register]
        assert file.value(register) == (values[-1] if values else 0)
        if values:
            found = file.statistics[register]
            assert (found.writes, found.unique) == (len(values), len(set(values)))
            assert (found.first, found.last) == (values[0], values[-1])


def test_the_registers_of_the_boot_trace() -> None:
    # Audio-subsystem page, phases 1, 3 and 4 of the trace.
    boot = [(0xD0, 0), (0xD3, 0), (0xD0, 0x4000), (0xF6, 0x4FB0), (0x3C, 0x4000)]
    file = RegisterFile()
    file.apply_all(register_write(*write) for write in boot)
    assert {number: file.value(number) for number in (0xD0, 0xD3, 0xF6, 0x3C)} == {
        0xD0: 0x4000,
        0xD3: 0,
        0xF6: 0x4FB0,
        0x3C: 0x4000,
    }
    assert (file.statistics[0xD0].writes, file.statistics[0xD0].first) == (2, 0)


def test_a_block_goes_to_the_registers_that_follow() -> None:
    data = bytes.fromhex("00 A0 1111 2222 3333")
    file = RegisterFile()
    file.apply(Message(1, 0x30, data))
    assert {number: file.value(number) for number in file.statistics} == {
        0xA0: 0x1111,
        0xA1: 0x2222,
        0xA2: 0x3333,
    }


def test_the_same_block_in_published_groups() -> None:
    file = RegisterFile(Reading.GROUPS)
    file.apply(Message(1, 0x30, bytes.fromhex("00 A0 1111 2222 3333 44")))
    assert {number: file.value(number) for number in file.statistics} == {0xA0: 0x1111, 0x22: 0x3333}
    assert file.left_over == 1


def test_programs_are_kept_beside() -> None:
    file = RegisterFile()
    file.apply(Message(1, 0x30, bytes.fromhex("05 38 01020304")))
    assert file.instructions == {0x538: bytes.fromhex("01020304")}
    assert file.writes == 0


def test_what_does_not_fit() -> None:
    file = RegisterFile()
    file.apply(Message(1, 0x30, bytes.fromhex("00 FF 1234 5678 9A")))
    assert file.value(0xFF) == 0x1234
    assert (file.writes, file.left_over) == (1, 3)
    file.apply(Message(1, 0x30, b"\x00"))
    assert file.left_over == 4


@pytest.mark.parametrize("message", [Message(0, 0x30, bytes(4)), Message(1, 0x31, bytes(4))])
def test_other_chips_and_commands(message: Message) -> None:
    file = RegisterFile()
    file.apply(message)
    assert not file.statistics


def test_refusals() -> None:
    with pytest.raises(InputError, match="register 0x100"):
        register_write(0x100, 0)
    with pytest.raises(InputError, match="does not fit a register"):
        register_write(0, 0x10000)
