"""The connector TO HOST: active sensing, bytes out and in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000 import computer_port
from luthier.kn5000.computer_port import ComputerPort


def times_of_sensing(port: ComputerPort) -> list[float]:
    return [time for time, byte in port.sent if byte == 0xFE]


def test_active_sensing_every_276_ms() -> None:
    # The page measured 276 ms; 135 ticks of timer 1, 20 times 2,048 clocks of 20 MHz, are 276.48 ms.
    port = ComputerPort()
    port.advance(10.0)
    times = times_of_sensing(port)[2:]
    assert len(times) == int(10.0 / 0.27648)
    for number, time in enumerate(times, 1):
        assert time == pytest.approx(number * 135 * 20 * 2048 / 20e6)
        assert time / number == pytest.approx(0.276, abs=0.0006)


def test_two_bytes_fe_at_the_start() -> None:
    port = ComputerPort()
    assert port.sent == [(0.0, 0xFE)]
    assert port.advance(0.1) == b"\xfe"


def test_the_rate_is_that_of_midi() -> None:
    assert computer_port.BAUD == 31_250
    assert pytest.approx(320e-6) == computer_port.BYTE_TIME


@given(st.lists(st.integers(0, 600), max_size=20))
def test_the_same_bytes_however_time_is_cut(pieces: list[int]) -> None:
    # Pieces of 1/1024 s add up exactly.
    cut, whole = ComputerPort(), ComputerPort()
    sent = b"".join(cut.advance(piece / 1024) for piece in pieces)
    assert sent == whole.advance(sum(pieces) / 1024)
    assert cut.sent == whole.sent


def test_closed_it_drops_all_but_the_opening_byte() -> None:
    port = ComputerPort()
    port.advance(0.1)
    port.write(b"\x90\x40\x7f")
    port.arrive(b"\x90\x40\x7f")
    assert port.advance(0.1) == b""
    assert port.round() == b""
    port.write(b"\xf5\x90\x40\x7f")
    assert port.is_open
    assert not port.outside_clock
    assert port.advance(0.001) == b"\x90\x40\x7f"


def test_f4_opens_with_an_outside_clock() -> None:
    port = ComputerPort()
    port.write(b"\xf4")
    assert port.is_open
    assert port.outside_clock


def test_active_sensing_goes_before_what_waits() -> None:
    port = ComputerPort()
    port.write(b"\xf5")
    port.advance(0.27648 - 0.0001)
    port.write(bytes(range(10)))
    assert port.advance(0.01) == b"\x00\xfe" + bytes(range(1, 10))


def test_bytes_that_find_the_ring_full_are_lost() -> None:
    port = ComputerPort()
    port.write(b"\xf5" + bytes(600))
    assert port.advance(0.25).count(0) == 511
    port.arrive(b"\x01" * 2000)
    assert len(port.round()) == 1023 + 32  # 32 packets of at most 32 bytes, each with its command


def test_what_arrives_goes_to_the_main_cpu_by_handler_4() -> None:
    port = ComputerPort()
    port.write(b"\xf5")
    port.arrive(b"\x90\x40\x7f")
    assert port.round() == b"\x82\x90\x40\x7f"  # 82: handler 4, three bytes
    assert port.round() == b""


def test_bytes_follow_each_other_at_the_rate_of_the_line() -> None:
    port = ComputerPort()
    port.advance(0.1)
    port.write(b"\xf5\x01\x02\x03")
    port.advance(0.1)
    times = [time for time, byte in port.sent if byte < 4]
    assert times == pytest.approx([0.1, 0.10032, 0.10064])
