"""The sub CPU's end: which ports are written, in which order."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.bus import Bus, Outcome, Protocol
from luthier.kn5000.dsp_ports.lines import LINES, PortWrite

BYTES = st.integers(0, 0xFF)
#: Line names of this test: bit of a port.
WRITE, READ, SELECT, DATA_LINE = (0x1C, 3), (0x1C, 4), (0x1C, 5), (0x1C, 6)


def changes(writes: Iterable[PortWrite], rest: int = 0xFF) -> list[tuple[int, int, int]]:
    """(port, bit, level) of every change of a line, and (0x68, -1, byte) for the data port."""
    values: dict[int, int] = {}
    found = []
    for port, value in writes:
        if port == 0x68:
            found.append((port, -1, value))
            continue
        before = values.get(port, rest)
        found += [(port, bit, value >> bit & 1) for bit in range(8) if (before ^ value) >> bit & 1]
        values[port] = value
    return found


def rising(writes: Iterable[PortWrite], port: int, bit: int) -> int:
    return changes(writes).count((port, bit, 1))


def test_the_pins() -> None:
    # Audio-subsystem page, "DSP Port I/O Control", and PF of its serial protocol.
    assert {(line.port, line.bit) for line in LINES} == {
        *((0x1C, bit) for bit in (3, 4, 5, 6)),
        *((0x38, bit) for bit in (0, 6)),
        *((0x3C, bit) for bit in (0, 2)),
        *((0x44, bit) for bit in (0, 1, 2)),
    }


def test_a_command_to_dsp_1_step_by_step() -> None:
    bus = Bus()
    assert bus.command(0, 0x5A) is Outcome.SENT
    assert changes(bus.latches.taken()) == [
        (*SELECT, 0),  # a look at ready
        (*SELECT, 1),
        (*WRITE, 0),
        (*DATA_LINE, 0),  # 0 is a command
        (*SELECT, 0),
        (0x68, -1, 0x5A),
        (*SELECT, 1),
        (*WRITE, 1),
        (*DATA_LINE, 1),
    ]


def test_data_to_dsp_1_leave_the_command_line_high() -> None:
    bus = Bus()
    bus.data(0, 0xA5)
    assert changes(bus.latches.taken()) == [
        (*SELECT, 0),
        (*SELECT, 1),
        (*WRITE, 0),
        (*SELECT, 0),
        (0x68, -1, 0xA5),
        (*SELECT, 1),
        (*WRITE, 1),
    ]


def test_the_nine_steps_as_published() -> None:
    bus = Bus(protocol=Protocol.PUBLISHED)
    bus.command(0, 0x5A)
    assert changes(bus.latches.taken()) == [
        (*SELECT, 0),  # steps 1 to 3: strobes are high, select, look
        (*DATA_LINE, 0),  # 4
        (*WRITE, 0),  # 5
        (0x68, -1, 0x5A),  # 6
        (*WRITE, 1),  # 7
        (*SELECT, 1),  # 8
        (*DATA_LINE, 1),  # 9
    ]


@pytest.mark.parametrize("protocol", Protocol)
def test_a_chip_that_is_never_ready(protocol: Protocol) -> None:
    looks = []

    def never() -> bool:
        looks.append(1)
        return False

    bus = Bus(ready=never, protocol=protocol)
    assert bus.data(0, 0x12) is Outcome.TIMEOUT
    assert len(looks) == (8001 if protocol is Protocol.FIRMWARE else 8000)
    writes = bus.latches.taken()
    assert all(port != 0x68 for port, _ in writes)
    assert writes[-1].value == 0xFF  # all lines at rest


def test_the_last_look_that_counts() -> None:
    answers = iter([False] * 8000 + [True, True])
    assert Bus(ready=lambda: next(answers)).command(0, 1) is Outcome.SENT


def test_ready_and_then_not() -> None:
    answers = iter([True, False])
    bus = Bus(ready=lambda: next(answers))
    assert bus.command(0, 1) is Outcome.REFUSED
    writes = bus.latches.taken()
    assert all(port != 0x68 for port, _ in writes)
    assert writes[-1] == PortWrite(0x1C, 0xFF)


@pytest.mark.parametrize("protocol", Protocol)
@given(byte=BYTES, follower=BYTES)
def test_nine_rising_edges_a_byte(protocol: Protocol, byte: int, follower: int) -> None:
    bus = Bus(protocol=protocol)
    bus.data(1, 0)
    bus.idle()
    lines = bus.latches
    rest = lines.values[0x3C]
    lines.taken()
    for send, value in ((bus.command, byte), (bus.data, follower)):
        send(1, value)
        writes = lines.taken()
        clock = [value >> 2 & 1 for port, value in writes if port == 0x3C]
        edges = sum(not a and b for a, b in zip([rest >> 2 & 1, *clock], clock, strict=False))
        assert edges == 9
        assert [value >> 6 & 1 for port, value in writes if port == 0x38] == [0, 1]
        rest = lines.values[0x3C]


def test_a_command_without_idle_before() -> None:
    bus = Bus()
    bus.data(1, 0)
    assert bus.latches.values[0x3C] & 4 == 0  # the clock rests low behind a byte
    bus.latches.taken()
    bus.command(1, 0x30)
    clock = [value >> 2 & 1 for port, value in bus.latches.taken() if port == 0x3C]
    assert sum(not a and b for a, b in zip([0, *clock], clock, strict=False)) == 10


@given(BYTES)
def test_most_significant_bit_first(byte: int) -> None:
    bus = Bus()
    bus.data(1, byte)
    falls, before = [], 0xFF
    for port, value in bus.latches.taken():
        if port == 0x3C:
            if before >> 2 & 1 and not value >> 2 & 1:
                falls.append(before & 1)
            before = value
    # The clock was high at rest, so that the first fall is the first bit's.
    assert int("".join(map(str, falls[:8])), 2) == byte


def test_a_command_to_dsp_2_begins_with_a_start_condition() -> None:
    bus = Bus()
    bus.command(1, 0xFF)
    serial = [change for change in changes(bus.latches.taken()) if change[0] != 0x44]
    assert serial[:3] == [(0x38, 6, 0), (0x3C, 0, 0), (0x3C, 2, 0)]  # select, data fall, clock falls


def test_idle_ends_with_a_stop_condition_and_both_lines_high() -> None:
    bus = Bus()
    bus.idle()
    assert changes(bus.latches.taken()) == [(0x3C, 2, 0), (0x3C, 0, 0), (0x3C, 2, 1), (0x3C, 0, 1)]


def test_idle_as_published_leaves_both_lines_low() -> None:
    bus = Bus(protocol=Protocol.PUBLISHED)
    bus.idle()
    assert changes(bus.latches.taken()) == [(0x3C, 2, 0), (0x3C, 0, 0)]


def test_resets_are_active_low() -> None:
    bus = Bus()
    bus.reset(0)
    bus.reset(1)
    bus.release(0)
    bus.release(1)
    assert changes(bus.latches.taken()) == [(0x44, 1, 0), (0x44, 2, 0), (0x44, 1, 1), (0x44, 2, 1)]


def test_other_bits_of_a_port_stay() -> None:
    bus = Bus()
    bus.latches.put(0x38, 0x00)  # muted or not: bit 0 is not ours
    bus.data(1, 1)
    assert {value & 1 for port, value in bus.latches.taken() if port == 0x38} == {0}


def test_refusals() -> None:
    with pytest.raises(InputError, match="effect chip 2 does not exist"):
        Bus().command(2, 0)
    with pytest.raises(InputError, match="256 is no byte"):
        Bus().data(0, 256)
