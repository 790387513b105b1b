"""Streams as text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.bytecode.strategies import ANYTHING, STREAMS

from luthier.cpu.assembler.problems import AssemblyError
from luthier.errors import InputError
from luthier.kn5000.bytecode.assembler import assemble
from luthier.kn5000.bytecode.disassembler import disassemble
from luthier.kn5000.bytecode.interpreter import Status, run
from luthier.kn5000.bytecode.stream import instructions

START = bytes.fromhex("E00804FBDA3FA01A E00509003C E0060C005555 F0")


def text(stream: bytes, base: int = 0) -> list[str]:
    return [" ".join(line.split()) for line in disassemble(stream, base=base)]


@given(st.one_of(STREAMS, ANYTHING, st.binary(max_size=80)))
def test_text_assembles_to_the_same_bytes(stream: bytes) -> None:
    lines = list(disassemble(stream))
    if stream:
        assert assemble("\n".join(lines)) == stream
        assert assemble("\n".join(line.partition(";")[0] for line in lines)) == stream
    else:
        assert lines == ["; the stream has no end, at 0x0000"]


@given(st.one_of(STREAMS, ANYTHING))
def test_instructions_are_those_that_run(stream: bytes) -> None:
    found = list(instructions(stream))
    assert b"".join(instruction.encoded for instruction in found) == stream[: sum(i.size for i in found)]
    done = run(stream)
    assert bool(found and found[-1].is_end) == (done.status is Status.ENDED)
    assert done.place == (found[-1].place if done.status is Status.ENDED else sum(i.size for i in found))


def test_the_documented_stream() -> None:
    assert text(START) == [
        "0000: send 04 FB DA 3F A0 1A ; configuration, muted",
        "0008: send 09 00 3C ; configuration",
        "000D: send 0C 00 55 55 ; configuration",
        "0013: end",
    ]


def test_every_opcode() -> None:
    stream = bytes.fromhex(
        "0014 01 0160 0000150000 0A3FFFFF95 0C00000015"
        "100A 01 0160 0801050821 200B 02 0161 266666 800000 300A 01 0054 0801050821 4003 03"
        "500F 01 0160 0801026825 0A0000404C 6002 D002 E007 30 003A0000 F3 0102"
    )
    assert text(stream, base=0x1E6BE) == [
        "1E6BE: cells 01 01 60 ; window 0x160",
        "| 00 00 15 00 00 ; 000.1.50.000, address added to",
        "| 0A 3F FF FF 95 ; 0x7FFFFF tag 15",
        "| 0C 00 00 00 15 ; C00.0.00.015, parameter added",
        "1E6D2: pointers 01 01 60 ; window 0x160",
        "| 08 01 05 08 21 ; pointer 821 to 0x50, address added to",
        "1E6DC: numbers 02 01 61 ; window 0x161: 2 numbers",
        "| 26 66 66 80 00 00 ; +0.3000 -1.0000",
        "1E6E7: block 01 00 54 ; program at 0x54, 1 word",
        "| 08 01 05 08 21 ; 54: 801.0.50.821",
        "1E6F1: command 03 ; ends what was written",
        "1E6F4: delays 01 01 60 ; window 0x160",
        "| 08 01 02 68 25 ; pointer 825 to 0x26, address added to",
        "| 0A 00 00 40 4C ; 0x000080 tag 4C, parameter added",
        "1E703: skip-6 ; only this header is passed over",
        "1E705: idle ; the serial bus rests, other tasks run",
        "1E707: send 30 00 3A 00 00 ; register 0x3A = 0x0000",
        "1E70E: end 3",
        "1E70F: data 01 02",
    ]


def test_lengths_that_are_not_those_of_the_bytes() -> None:
    assert text(bytes.fromhex("4009 03 6005 D000 2009 02 0161 266666 F0")) == [
        "0000: command length=0x9 03 ; ends what was written",
        "0003: skip-6 length=0x5 ; only this header is passed over",
        "0005: idle length=0x0 ; the serial bus rests, other tasks run",
        "0007: numbers length=0x9 02 01 61 ; window 0x161: 1 number",
        "| 26 66 66 ; +0.3000",
        "000F: end",
    ]


def test_a_stream_that_is_cut() -> None:
    assert text(bytes.fromhex("4003 03 E009 30 00")) == [
        "0000: command 03 ; ends what was written",
        "0003: data E0 09 30 00 ; cut: the stream ends inside this instruction",
        "; the stream has no end, at 0x0003",
    ]
    assert text(bytes.fromhex("4003 03"))[-1] == "; the stream has no end, at 0x0003"


def test_only_one_stream_of_an_image() -> None:
    image = bytes(10) + START + b"\x40\x03\x03\xf0"
    lines = list(disassemble(image, start=10, base=0x100, only=True))
    assert [line[:4] for line in lines] == ["010A", "0112", "0117", "011D"]


def test_written_by_hand() -> None:
    source = """
    ; the configuration at the start
    SEND 04FBDA3FA01A
    send 09 | 003C       ; a bar divides nothing
    12: send 0C
      | 00 55
      | 55
    end
    data 0102
    """
    assert assemble(source) == START + b"\x01\x02"


def test_the_longest_instruction() -> None:
    assert assemble("send " + "00" * 4093)[:2] == b"\xef\xff"
    with pytest.raises(InputError, match="line 1: send with 4094 bytes does not fit the 12 bits"):
        assemble("send " + "00" * 4094)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "there are no instructions"),
        ("; only a remark", "there are no instructions"),
        ("sned 04", "line 1: 'sned' is no instruction; write cells, pointers"),
        ("send 4", "line 1: '4' is no byte"),
        ("send 04 0x05", "line 1: '0x05' is no byte"),
        ("| 04", "line 1: nothing to go on with"),
        ("end 12", "line 1: the end takes no bytes"),
        ("send length=4096 03", "line 1: length=4096 is no length"),
        ("data length=4", "line 1: length=4 is no length"),
    ],
)
def test_errors(source: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        assemble(source)


def test_all_errors_at_once() -> None:
    with pytest.raises(AssemblyError, match=r"^line 1: .*; 2 more errors behind it$") as caught:
        assemble("wrong\nsend 04\nsend zz\nwrong\n")
    assert [error.where for error in caught.value.errors] == ["line 1", "line 3", "line 4"]


@given(st.text(max_size=60))
def test_any_text_assembles_or_is_refused(source: str) -> None:
    try:
        assert isinstance(assemble(source), bytes)
    except InputError as error:
        assert str(error)
