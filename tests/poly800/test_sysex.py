"""Dump messages, their frame built by hand here, and everything that can be wrong with them."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.poly800 import sysex
from luthier.poly800.bank import Bank
from luthier.poly800.memory import RAM_LENGTH
from luthier.poly800.synth import Synth

REAL_DUMP = os.environ.get("LUTHIER_POLY800_MK2_DUMP")


def frame(synth_byte: int, ram: bytes) -> bytes:
    """A dump message, put together as the manual tells it."""
    digits = "".join(f"{byte:02x}"[::-1] for byte in (*ram, sum(ram) % 256))
    return bytes([0xF0, 0x42, 0x21, synth_byte]) + bytes(int(digit, 16) for digit in digits) + b"\xf7"


@pytest.mark.parametrize(("synth", "byte", "length"), [(Synth.EX800, 1, 3273), (Synth.MK2, 12, 5383)])
@given(seed=st.integers(0, 2**32))
def test_dump_round_trip(synth: Synth, byte: int, length: int, seed: int) -> None:
    ram = random.Random(seed).randbytes(RAM_LENGTH[synth])
    message = frame(byte, ram)
    assert len(message) == length
    (dump,) = sysex.read_dumps(message)
    assert dump.bank == Bank(synth, ram)
    assert not dump.problems
    assert sysex.write_dump(Bank(synth, ram)) == message


def test_requests_and_error_reports() -> None:
    assert sysex.request(Synth.MK2).hex() == "f042210c10f7"
    assert sysex.request(Synth.EX800).hex() == "f042210110f7"
    assert sysex.error_report(Synth.EX800).hex() == "f042210120f7"
    titles = [item.title for item in sysex.survey(sysex.request(Synth.MK2) + sysex.error_report(Synth.EX800))]
    assert titles == ["Poly-800MkII dump request", "EX-800 dump error report"]
    with pytest.raises(InputError, match="convert the bank to ex800"):
        sysex.request(Synth.POLY800)


def test_several_dumps_among_other_messages() -> None:
    first, second = bytes(2688), b"\x05" * 2688
    clock_inside = frame(12, second)
    clock_inside = clock_inside[:100] + b"\xf8" + clock_inside[100:]
    stream = b"\x90\x3c\x40" + frame(12, first) + bytes.fromhex("f07e7f0901f7") + clock_inside
    dumps = sysex.read_dumps(stream)
    assert [(dump.offset, dump.bank) for dump in dumps] == [
        (3, Bank(Synth.MK2, first)),
        (3 + 5383 + 6, Bank(Synth.MK2, second)),
    ]


GOOD = frame(12, bytes(range(256)) * 10 + bytes(128))


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (b"", "holds nothing"),
        (GOOD[:-1], r"ends at byte 5382, inside the dump"),
        (GOOD[:4000], r"^dump at byte 0: the file ends at byte 4000, inside the dump, and 2 more \(`lu"),
        (GOOD[:3000] + GOOD[3002:], r"5381 bytes long; dumps of the Poly-800MkII have 5383"),
        (GOOD[:4000] + b"\x1a" + GOOD[4001:], r"byte 4000 is 1A, nibbles go up to 0F"),
        (GOOD[:4000] + b"\x9a" + GOOD[4001:], r"broken off at byte 4000 by 9A"),
        (GOOD[:4000] + bytes([GOOD[4000] ^ 1]) + GOOD[4001:], r"checksum .., but the data sum to"),
        (GOOD[:3] + b"\x01" + GOOD[4:], r"those of the Poly-800MkII 5383: is byte 3 wrong"),
        (bytes.fromhex("f0422106000102f7"), "HAWK-800"),
        (bytes.fromhex("f0423028f7"), "another Korg instrument"),
        (bytes.fromhex("f0411000f7"), "another maker"),
        (b"RIFF....WAVE", "stray bytes"),
        (bytes.fromhex("f042210c10f7"), "dump request"),
    ],
)
def test_bad_dumps_are_clear_errors(stream: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        sysex.read_dumps(stream)


def test_others_are_counted_as_far_as_it_makes_sense() -> None:
    request = bytes.fromhex("f042210c10f7")
    with pytest.raises(InputError, match=r"byte 0: .* it starts with: Poly-800MkII dump request;"):
        sysex.read_dumps(request)
    with pytest.raises(InputError, match=r"dump request, the first of 3 messages;"):
        sysex.read_dumps(3 * request)
    with pytest.raises(InputError, match=r"\(F0 F7\), the first of more than 10,000 messages;"):
        sysex.read_dumps(1_000_000 * b"\xf0\xf7")
    assert sysex.others(GOOD) is None
    first, count = sysex.others(GOOD + request + GOOD + request) or (None, "")
    assert first is not None
    assert (first.message.offset, count) == (len(GOOD), "2")


def test_a_cut_off_dump_names_what_is_missing() -> None:
    (dump,) = sysex.find_dumps(GOOD[:4000])
    assert dump.missing[0] == 56
    assert dump.missing[-1] == 88
    assert dump.problems[1] == "4000 bytes long; dumps of the Poly-800MkII have 5383"
    assert dump.problems[2].startswith("programs 56 to 88 are not in the file")
    (dump,) = sysex.find_dumps(GOOD[:-12])
    assert dump.missing == (88,)
    assert "program 88 is not in the file (bytes that are not there are taken as 00)" in dump.problems


def test_dump_of_the_other_synth() -> None:
    with pytest.raises(InputError, match="a dump of the Poly-800MkII, not of the EX-800"):
        sysex.read_dumps(GOOD, Synth.EX800)


def test_salvage_returns_what_is_there() -> None:
    (dump,) = sysex.read_dumps(GOOD[:4000], salvage=True)
    # (4000 - 4) / 2 = 1998 bytes, 1024 in front: 37 programs of 26 bytes and a part of the 38th, called 56.
    assert "programs 56 to 88 are not in the file (bytes that are not there are taken as 00)" in dump.problems
    assert dump.bank is not None
    assert dump.bank.ram[:1998] == (bytes(range(256)) * 10)[:1998]
    assert dump.bank.ram[1998:] == bytes(2688 - 1998)
    with pytest.raises(InputError, match="before the first program"):
        sysex.read_dumps(GOOD[:1000], salvage=True)


@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
def test_hostile_bytes_are_only_ever_input_errors(noise: bytes, start: int, end: int) -> None:
    for stream in (noise, b"\xf0\x42\x21\x0c" + noise, GOOD[:start] + noise + GOOD[end:]):
        sysex.survey(stream)
        try:
            sysex.read_dumps(stream, salvage=True)
        except InputError as error:
            assert str(error)


@pytest.mark.skipif(not REAL_DUMP, reason="LUTHIER_POLY800_MK2_DUMP names no dump of a real MkII")
def test_a_real_dump_is_read_and_written_back_byte_for_byte() -> None:
    assert REAL_DUMP is not None
    data = Path(REAL_DUMP).read_bytes()
    dumps = sysex.read_dumps(data, Synth.MK2)
    banks = [dump.bank for dump in dumps if dump.bank]
    assert b"".join(sysex.write_dump(bank) for bank in banks) == data
    for bank in banks:
        assert not [line for program in bank.programs for line in program.problems()]
        assert all(program["chorus"] == 0 for program in bank.programs)
