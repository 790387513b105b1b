"""Captures of port writes, and what is told of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.dsp_ports import capture, channels
from luthier.kn5000.dsp_ports.bus import Bus
from luthier.kn5000.dsp_ports.lines import PortWrite
from luthier.kn5000.dsp_ports.meaning import meaning
from luthier.kn5000.dsp_ports.messages import Message
from luthier.kn5000.dsp_ports.trace import trace

PORTS = st.sampled_from([0x1C, 0x38, 0x3C, 0x44, 0x68, 0x130000, 0x130002])


@given(st.lists(st.builds(PortWrite, PORTS, st.integers(0, 255)), min_size=1))
def test_text_comes_back(writes: list[PortWrite]) -> None:
    text = capture.write(writes).encode()
    assert capture.is_capture(text)
    assert capture.read(text) == writes


def test_how_writes_may_be_written() -> None:
    text = b"# a remark\n12.5: P7=0x3F pz=5a # more\n0x3C=1 38=FF\n"
    assert capture.read(text) == [
        PortWrite(0x1C, 0x3F),
        PortWrite(0x68, 0x5A),
        PortWrite(0x3C, 1),
        PortWrite(0x38, 0xFF),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"03 90 00 3C 64",
        b"\x03\x90\x00",
        b"> 69 2B 30 # 1C=38",
        b"a text with 1C=38 in it, and more words",
    ],
)
def test_what_is_no_capture(data: bytes) -> None:
    assert not capture.is_capture(data)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"1C=38\n1C=100", "line 2: '1C=100' is no port write"),
        (b"1D=38", "line 1: 0x1D is no port of the effect chips"),
        (b"# nothing", "there are no port writes"),
    ],
)
def test_refusals(text: bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        capture.read(text)


def test_a_trace() -> None:
    bus = Bus()
    bus.reset(1)
    bus.command(0, 0x04)
    for byte in bytes.fromhex("FBDA3FA01A"):
        bus.data(0, byte)
    bus.command(1, 0x30)
    for byte in bytes.fromhex("00D04000"):
        bus.data(1, byte)
    bus.idle()
    writes = [*bus.latches.taken(), *channels.write_register(0x1F, 1)]
    records = list(trace(capture.write(writes).encode()))
    assert [(record.name, record.chip, record.text) for record in records] == [
        ("reset", 1, "held in reset"),
        ("message", 0, "configuration, muted"),
        ("message", 1, "register 0xD0 = 0x4000"),
        ("idle", 1, "the serial bus rests"),
        ("channel-register", 0, "channel register 0x1F = 0x01"),
    ]
    assert records[1].line.split()[1:8] == ["DSP1", "04", "FB", "DA", "3F", "A0", "1A"]
    assert records[2].record["data"] == "00d04000"
    assert records[-1].offset == len(writes) - 1


def test_damage_is_told() -> None:
    never = Bus(ready=lambda: False)
    never.command(0, 1)
    assert "never ready" in next(iter(trace(capture.write(never.latches.taken()).encode()))).text
    writes = [PortWrite(0x38, 0xBF), PortWrite(0x3C, 0xFB), PortWrite(0x38, 0xFF)]
    (record,) = trace(capture.write(writes).encode())
    assert (record.name, record.text) == ("damaged", "1 pulses of the clock where a byte has nine")


@pytest.mark.parametrize(
    ("chip", "encoded", "text"),
    [
        (0, "01 003C" + "00" * 115, "program at 0x3C, 23 words"),
        (0, "01 0000" + "00" * 300, "program at 0x00, 60 words"),
        (0, "01 0054 0102", "program at 0x54, 0 words, 2 bytes over"),
        (0, "01 0160 0801050821 0000150000", "window 0x160: pointer 821 to 0x50, 000.1.50.000"),
        (0, "01 0160" + "0A3FFFFF95" * 4, "window 0x160:" + " 0x7FFFFF tag 15," * 3 + " 1 more"),
        (0, "02 0161" + "00" * 90, "window 0x161: 30 numbers"),
        (0, "03", "ends what was written"),
        (0, "04 FBDA00A01A", "configuration, not muted"),
        (0, "09 003C", "configuration"),
        (0, "77", ""),
        (1, "30 003C4000", "register 0x3C = 0x4000"),
        (1, "30 0000 11112222", "2 registers from 0x00 on"),
        (1, "30 0538 0102030405060708", "program at 0x538, 2 words"),
        (1, "30 00", "no whole address"),
        (1, "04", ""),
    ],
)  # fmt: skip
def test_meanings(chip: int, encoded: str, text: str) -> None:
    command, *data = bytes.fromhex(encoded)
    assert meaning(Message(chip, command, bytes(data))) == text


def test_data_without_a_command() -> None:
    assert meaning(Message(0, None, b"\x01")) == "data without a command"


@given(st.sampled_from([0, 1]), st.integers(0, 255), st.binary(max_size=40))
def test_every_message_has_a_text(chip: int, command: int, data: bytes) -> None:
    assert isinstance(meaning(Message(chip, command, data)), str)
