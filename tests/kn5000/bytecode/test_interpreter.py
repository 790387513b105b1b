"""Streams as they run: opcode by opcode from the sources, and beside a second interpreter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from tests.kn5000.bytecode.reference import sent_by
from tests.kn5000.bytecode.strategies import ANYTHING, DESCRIPTORS, STREAMS

from luthier.errors import InputError
from luthier.kn5000.bytecode import execution
from luthier.kn5000.bytecode.descriptors import NOTHING, Descriptor
from luthier.kn5000.bytecode.interpreter import Arithmetic, Status, run, run_all
from luthier.kn5000.dsp_codecs import coefficients
from luthier.kn5000.dsp_codecs.instructions import pointer
from luthier.kn5000.dsp_ports.events import Kind
from luthier.kn5000.dsp_ports.meaning import meaning

LETTERS = {Kind.COMMAND: "c", Kind.DATA: "d", Kind.IDLE: "i", Kind.YIELD: "y"}
#: Facts B18: the configuration at the start, and B19: the same once the chip runs.
START = bytes.fromhex("E00804FBDA3FA01A E00509003C E0060C005555 F0")
RUNNING = bytes.fromhex("E00804FBDA00A01A E00509003C E0060C005555 F0")


def sent(stream: str | bytes, **options: object) -> str:
    """Data in hexadecimal, a command behind ``/``."""
    data = bytes.fromhex(stream) if isinstance(stream, str) else stream
    done = run(data, **options).check()  # type: ignore[arg-type]
    signs = {Kind.COMMAND: "/{:02X}", Kind.DATA: " {:02X}", Kind.IDLE: " idle", Kind.YIELD: " yield"}
    return "".join(signs[event.kind].format(event.value) for event in done.events)


def test_the_documented_streams() -> None:
    assert sent(START) == "/04 FB DA 3F A0 1A/09 00 3C/0C 00 55 55"
    assert sent(RUNNING) == "/04 FB DA 00 A0 1A/09 00 3C/0C 00 55 55"
    assert [meaning(run(stream).messages[0]) for stream in (START, RUNNING)] == [
        "configuration, muted",
        "configuration, not muted",
    ]


def test_the_mute_of_dsp_2() -> None:
    # Facts E08.
    done = run(bytes.fromhex("E007 30 003A0000 D002 F0"), chip=1)
    assert [message.encoded.hex() for message in done.messages] == ["30003a0000"]
    assert [event.kind for event in done.events[-2:]] == [Kind.IDLE, Kind.YIELD]
    assert {event.chip for event in done.events} == {1}


def test_the_header() -> None:
    # Length 0x0FF in all is 253 bytes behind the header: a command and 252 of data.
    assert sent(bytes([0xE0, 0xFF, 0x30]) + bytes(252) + b"\xf0").count(" 00") == 252
    assert sent(bytes([0xE1, 0x02, 0x30]) + bytes(255) + b"\xf0").count(" 00") == 255


@pytest.mark.parametrize("end", range(0xF0, 0x100))
def test_any_byte_from_f0_on_is_the_end(end: int) -> None:
    done = run(bytes([0x40, 0x03, 0x10, end, 0x40, 0x03, 0x0F]))
    assert (done.status, done.place, len(done.events)) == (Status.ENDED, 3, 1)


def test_an_empty_stream_sends_nothing() -> None:
    assert sent("F0") == ""


@pytest.mark.parametrize("opcode", range(6, 13))
def test_of_unknown_opcodes_only_the_header_is_skipped(opcode: int) -> None:
    # Length 5, but the three bytes behind the header are the next instruction.
    done = run(bytes([opcode << 4, 5, 0x40, 0x03, 0x10, 0xF0])).check()
    assert [(event.kind, event.value) for event in done.events] == [(Kind.COMMAND, 0x10)]
    assert done.skipped == 1


def test_opcode_4_takes_one_byte_whatever_its_length() -> None:
    assert sent("4003 03 F0") == "/03"
    assert sent("40FF 03 F0") == "/03"


def test_opcode_d_sends_nothing() -> None:
    assert sent("D002 D099 F0") == " idle yield idle yield"


def test_opcode_3_adds_to_its_address() -> None:
    stream = "300A 01 0054 0102030405 F0"
    assert sent(stream) == "/01 00 54 01 02 03 04 05"
    assert sent(stream, descriptor=Descriptor(block=0x0100)) == "/01 01 54 01 02 03 04 05"
    assert sent(stream, descriptor=Descriptor(block=0xFFFF)) == "/01 00 53 01 02 03 04 05"
    assert sent("3005 01 FFFF F0", descriptor=Descriptor(block=1)) == "/01 00 00"


def test_opcode_2_sends_numbers_as_they_are() -> None:
    assert sent("200B 02 0161 266666 800000 F0") == "/02 01 61 26 66 66 80 00 00"


def test_what_fills_no_number_is_the_next_instruction() -> None:
    # Length 12: a number and a byte too many, which is an end.
    assert sent("2009 02 0161 266666 F0") == "/02 01 61 26 66 66"


def test_the_coefficient_upload_of_the_trace() -> None:
    # Facts B24: length 5F is 30 numbers and 92 bytes of data.
    done = run(bytes([0x20, 0x5F, 0x02, 0x01, 0x61]) + bytes(90) + b"\xf0").check()
    (message,) = done.messages
    assert len(message.data) == 92
    assert meaning(message) == "window 0x161: 30 numbers"


def test_the_second_stream_of_a_change_of_algorithm() -> None:
    # Facts B23, B25: its lengths, with the pointers that the trace has as 50 and 6E; our own numbers.
    cells = bytes.fromhex("010160") + bytes.fromhex("0000150000 0A00000015") * 2
    upload = bytes.fromhex("020161") + bytes(90)
    parts = [(0, cells), (4, b"\x03"), (1, bytes.fromhex("010160 0801050821")), (2, upload)]
    parts += [(4, b"\x03"), (1, bytes.fromhex("010160 080106E821")), (2, upload)]
    assert [len(body) + 2 for _, body in parts] == [0x19, 3, 0x0A, 0x5F, 3, 0x0A, 0x5F]
    stream = b"".join(bytes([opcode << 4, 2 + len(body)]) + body for opcode, body in parts) + b"\xf0"
    told = [meaning(message) for message in run(stream).check().messages]
    assert [text for text in told if "pointer" in text] == [
        "window 0x160: pointer 821 to 0x50",
        "window 0x160: pointer 821 to 0x6E",
    ]
    assert told.count("window 0x161: 30 numbers") == 2
    assert told.count("ends what was written") == 2


@pytest.mark.parametrize("encoded", ["0801050821", "080106E821", "080108C821", "0801090821"])
def test_pointers_survive_opcodes_1_and_5(encoded: str) -> None:
    # The 8 is the upper half of 821: with nothing added, a pointer must come out as it went in.
    assert sent(f"100A 01 0160 {encoded} F0").replace(" ", "") == f"/010160{encoded}"
    assert sent(f"500A 01 0160 {encoded} F0").replace(" ", "") == f"/010160{encoded}"


def test_opcode_1_adds_to_every_address() -> None:
    added = Descriptor(pointers=0x80)
    assert sent("100F 01 0160 0801050821 0A01050825 F0", descriptor=added) == (
        "/01 01 60 08 01 0D 08 21 0A 01 0D 08 25"
    )
    # 12 bits, nothing above.
    assert sent("100A 01 0160 0801FFF821 F0", descriptor=Descriptor(pointers=2)) == "/01 01 60 08 01 00 18 21"


def test_opcode_1_as_published() -> None:
    assert sent("100A 01 0160 0801050821 F0", arithmetic=Arithmetic.PUBLISHED) == "/01 01 60 08 01 05 01 21"


def test_opcode_5_keeps_eight_bits_of_an_address() -> None:
    assert sent("500A 01 0160 0801FFF821 F0") == "/01 01 60 08 01 0F F8 21"
    assert (
        sent("500A 01 0160 080105F821 F0", descriptor=Descriptor(delays=0xA2)) == "/01 01 60 08 01 00 18 21"
    )
    assert sent("500A 01 0160 0801050821 F0", arithmetic=Arithmetic.PUBLISHED) == "/01 01 60 08 01 05 00 21"


def test_opcode_0_has_three_kinds_of_words() -> None:
    added = Descriptor(cells=0x80, parameter=0xFFFFFF, pointers=0x111, delays=0x222, block=0x333)
    assert sent("0014 01 0160 0000150000 0A3FFFFF95 0C00000015 F0", descriptor=added) == (
        "/01 01 60 00 00 1D 00 00 0A 3F FF FF 95 0C 7F FF FF 95"
    )


def test_the_lower_half_of_an_address_byte_is_lost() -> None:
    assert sent("000A 01 0160 0000157F00 F0") == "/01 01 60 00 00 15 70 00"


@pytest.mark.parametrize("number", [0, 1, 0x400000, 0x7FFFFF, -1, -(1 << 23), 0x123456])
def test_a_parameter_goes_out_as_a_host_poke(number: int) -> None:
    # Added to an empty number with tag 15: exactly the four bytes of that number.
    expected = coefficients.to_wire(number).hex(" ").upper()
    stream = "500A 01 0160 0C00000015 F0"
    assert sent(stream, parameter=number) == f"/01 01 60 0C {expected}"
    assert sent("0" + stream[1:], parameter=number) == f"/01 01 60 0C {expected}"


def test_sums_are_of_bytes() -> None:
    assert sent("000A 01 0160 0CFFFFFF95 F0", parameter=-1) == "/01 01 60 0C 7E FE FE 15"


def test_the_published_number_repeats_low_bits() -> None:
    # Shift 1 where 17 is meant: the first byte has the bits of the third.
    assert sent("000A 01 0160 0C00000015 F0", parameter=0x000006, arithmetic=Arithmetic.PUBLISHED) == (
        "/01 01 60 0C 03 00 03 15"
    )
    assert sent("000A 01 0160 0C00000015 F0", parameter=0x000006) == "/01 01 60 0C 00 00 03 15"


def test_the_descriptors_parameter_is_the_default() -> None:
    stream = "000A 01 0160 0C00000015 F0"
    added = Descriptor(parameter=0x7FFFFF)
    assert sent(stream, descriptor=added) == sent(stream, parameter=0x7FFFFF)
    assert sent(stream, descriptor=added, parameter=0) == sent(stream)


@given(STREAMS, DESCRIPTORS)
def test_streams_beside_the_second_interpreter(stream: bytes, added: Descriptor) -> None:
    done = run(stream, descriptor=added)
    expected, ended = sent_by(stream, added)
    assert [(LETTERS[event.kind], event.value) for event in done.events] == expected
    assert (done.status is Status.ENDED) == ended


@given(ANYTHING, DESCRIPTORS)
@example(bytes.fromhex("2002 02 0161 00"), NOTHING)
@example(bytes.fromhex("E002 30 0000"), NOTHING)
def test_any_bytes_beside_the_second_interpreter(stream: bytes, added: Descriptor) -> None:
    done = run(stream, descriptor=added)
    expected, ended = sent_by(stream, added)
    found = [(LETTERS[event.kind], event.value) for event in done.events]
    assert (done.status is Status.ENDED) == ended
    if ended:
        assert found == expected
    else:
        # What is not whole is left out: at most a head or a group.
        assert expected[: len(found)] == found
        assert len(expected) - len(found) < 5
        with pytest.raises(InputError):
            done.check()


@given(ANYTHING, DESCRIPTORS)
def test_the_compiled_interpreter_does_the_same(stream: bytes, added: Descriptor) -> None:
    for arithmetic in Arithmetic:
        done = run(stream, descriptor=added, arithmetic=arithmetic)
        batch = run_all(stream, [0, len(stream)], [added, NOTHING], arithmetic=arithmetic)
        words = [int(event.kind) << 8 | event.value for event in done.events]
        assert batch.of(0).tolist() == words
        assert batch.of(1).tolist() == []
        assert int(batch.statuses[0]) == list(Status).index(done.status)


def test_a_batch_of_many_streams() -> None:
    both = START + RUNNING
    count = 3000
    batch = run_all(both, [0, len(START)] * count, [NOTHING] * (2 * count))
    assert batch.of(2 * count - 1).tolist() == [
        int(event.kind) << 8 | event.value for event in run(RUNNING).events
    ]
    assert len(batch.events) == 13 * 2 * count
    assert not batch.statuses.any()
    assert run_all(both, [], []).events.size == 0


def test_a_batch_of_long_streams() -> None:
    # More events than are made at once: 40 times 4,092 bytes of data in one stream, and short ones around it.
    long = bytes([0xEF, 0xFF]) + bytes(range(256)) * 15 + bytes(253)
    stream = START + long * 40 + b"\xf0"
    batch = run_all(stream, [0, len(START), 0, len(START)], [NOTHING] * 4)
    assert [len(batch.of(index)) for index in range(4)] == [13, 4093 * 40, 13, 4093 * 40]
    assert batch.of(1).tolist() == batch.of(3).tolist()
    assert batch.of(2).tolist() == batch.of(0).tolist()
    assert batch.of(3)[4093:8186].tolist() == [0x100, *(byte for byte in long[3:])]


def test_room_for_events_can_be_too_small() -> None:
    memory = np.frombuffer(bytearray(START), np.uint8)
    added = np.zeros(execution.FIELDS, np.int64)
    for room in range(13):
        status, place, count, _ = execution.interpret(memory, 0, added, False, np.empty(room, np.uint16))
        assert status == execution.FULL
        assert count <= room
        assert place < len(START)


@pytest.mark.parametrize(
    ("stream", "status", "place"),
    [
        ("", Status.NO_END, 0),
        ("4003 10", Status.NO_END, 3),
        ("D002", Status.NO_END, 2),
        ("60", Status.CUT, 0),
        ("4003 10 E0", Status.CUT, 3),
        ("4003", Status.CUT, 0),
        ("E009 30 003A", Status.CUT, 0),
        ("20FF 02 0161 F0F0F0 F0F0", Status.CUT, 0),
        ("3004 01 0054 F0F0F0", Status.CUT, 0),  # the firmware's counter never passes FFFF
        ("E002 30 F0F0F0F0", Status.CUT, 0),
    ],
)
def test_streams_without_an_end(stream: str, status: Status, place: int) -> None:
    done = run(bytes.fromhex(stream))
    assert (done.status, done.place) == (status, place)
    with pytest.raises(InputError, match=f"x.bin, 0x{0x1E6BE + place:X}: {status.value}; end it with F0"):
        done.check("x.bin", 0x1E6BE)


def test_a_stream_amid_an_image() -> None:
    image = bytes(100) + START + bytes(100)
    assert [message.command for message in run(image, start=100).messages] == [4, 9, 12]
    with pytest.raises(InputError, match="no stream begins at 0x1000"):
        run(image, start=0x1000)


def test_there_are_two_chips() -> None:
    # Listing, DSP_DispatchCommand: any other number sends nothing and returns 1.
    assert [run(START, chip=chip).result for chip in (0, 1, 2)] == [0, 0, 1]
    assert run(START, chip=2).events == ()


def test_batches_are_checked() -> None:
    with pytest.raises(InputError, match="1 streams and 0 descriptors"):
        run_all(START, [0], [])
    with pytest.raises(InputError, match="begins outside"):
        run_all(START, [len(START) + 1], [NOTHING])


@given(DESCRIPTORS)
def test_descriptors_are_twelve_bytes(descriptor: Descriptor) -> None:
    encoded = descriptor.encoded
    assert Descriptor.of(encoded) == descriptor
    # Facts 2.5: words for handlers 1, 0, 5 and 3, then the long word.
    assert encoded[2:4] == descriptor.cells.to_bytes(2, "little")
    assert encoded[6:8] == descriptor.block.to_bytes(2, "little")
    assert encoded[8:] == (descriptor.parameter % 2**32).to_bytes(4, "little")


def test_descriptors_out_of_range() -> None:
    with pytest.raises(InputError, match="12 bytes, not 11"):
        Descriptor.of(bytes(11))
    with pytest.raises(InputError, match="does not fit a descriptor"):
        _ = Descriptor(cells=0x10000).encoded


def test_rows_of_the_tables() -> None:
    from luthier.kn5000.bytecode.descriptors import GLOBAL_TABLE, SLOT_TABLE, row_address

    assert row_address(SLOT_TABLE, 4) + 12 == GLOBAL_TABLE
    assert row_address(GLOBAL_TABLE, 0) == 0x147B3
    with pytest.raises(InputError, match="descriptor 5"):
        row_address(SLOT_TABLE, 5)


def test_pointers_are_what_the_codec_makes() -> None:
    assert sent(b"\x10\x0a\x01\x01\x60" + pointer(0x90).encoded + b"\xf0") == "/01 01 60 08 01 09 08 21"
