"""The window in the memory map."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.kn5000.dsp_ports import channels
from luthier.kn5000.dsp_ports.decoder import decode
from luthier.kn5000.dsp_ports.events import Kind
from luthier.kn5000.dsp_ports.lines import PortWrite


def test_registers_of_the_channels() -> None:
    # Audio-subsystem page, "DSP Channel Register Map".
    found = [[channels.register_of(channel, index) for index in range(8)] for channel in range(4)]
    assert found == [list(range(first, first + 8)) for first in (0x10, 0x30, 0x50, 0x70)]


def test_a_register_is_two_writes() -> None:
    assert channels.write_register(0x35, 0x12) == [PortWrite(0x130000, 0x35), PortWrite(0x130002, 0x12)]


def test_a_channel_is_sixteen_writes() -> None:
    writes = channels.write_channel(1, range(8))
    assert [value for port, value in writes if port == 0x130000] == list(range(0x30, 0x38))
    assert [value for port, value in writes if port == 0x130002] == list(range(8))


def test_the_order_of_the_registers() -> None:
    # BC, QBC, DE, QDE, each the low byte first: the bytes of XBC and XDE.
    ordered = channels.from_registers(0x1122, 0x3344, 0x5566, 0x7788)
    assert ordered.hex() == "2211443366558877"
    assert ordered == (0x33441122).to_bytes(4, "little") + (0x77885566).to_bytes(4, "little")


def test_the_start() -> None:
    events = list(decode(channels.start()))
    assert all(event.kind is Kind.CHANNEL and event.chip == 0 for event in events)
    written = [(event.value >> 8, event.value & 0xFF) for event in events]
    assert written[:32] == [(first + index, 0x5A) for first in (0x10, 0x30, 0x50, 0x70) for index in range(8)]
    # 0x0101001F with 20 more for each channel is 1 in 1F, 3F, 5F and 7F.
    assert written[32:] == [(0x1F, 1), (0x3F, 1), (0x5F, 1), (0x7F, 1)]


def test_refusals() -> None:
    with pytest.raises(InputError, match="channel 4"):
        channels.register_of(4)
    with pytest.raises(InputError, match="no register 8"):
        channels.register_of(0, 8)
    with pytest.raises(InputError, match="8 registers, not 7"):
        channels.write_channel(0, [0] * 7)
