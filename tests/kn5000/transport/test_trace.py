"""Traces: published streams, garbage in the middle, ends that are cut off, and anything at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import MESSAGES, dsp_message_values, ring_messages

from luthier.errors import InputError
from luthier.kn5000.transport import sender
from luthier.kn5000.transport.blocks import Block, boot_blocks
from luthier.kn5000.transport.capture import Direction
from luthier.kn5000.transport.dsp_messages import DspMessage, slot_configuration
from luthier.kn5000.transport.framing import Cut, Packet, frame_at
from luthier.kn5000.transport.midi_messages import RingMessage, control, note
from luthier.kn5000.transport.queries import SoundNameQuery
from luthier.kn5000.transport.trace import Record, trace

NOTES = sender.encode([note(0, 60, 100), note(1, 64, 90), note(0, 60, 0)])
MESSAGE_NAMES = {"midi-message", "dsp-message", "slot-configuration", "sound-name-query"}


def traced(data: bytes, *, boot: bool = False) -> list[Record]:
    return list(trace(data, boot=boot))


def check_tiling(records: list[Record], data: bytes) -> None:
    """Level 0 of one direction holds every byte once, in order."""
    offset = 0
    for record in records:
        if record.level == 0:
            assert record.offset == offset
            offset += len(record.encoded)
    assert b"".join(record.encoded for record in records if record.level == 0) == data


def names(records: list[Record], level: int | None = None) -> list[str]:
    return [record.name for record in records if level is None or record.level == level]


def test_a_session() -> None:
    sent: list[sender.Sendable] = [
        note(0, 60, 100),
        slot_configuration(0, bytes.fromhex("14 00") + bytes(54), 0xFF),
        sender.query(SoundNameQuery(0x14, 0)),
        sender.tone_generator_mode(6),
        sender.enable_key_relay(),
    ]
    data = sender.encode(sent)
    records = traced(data)
    check_tiling(records, data)
    assert [(record.level, record.offset, record.text) for record in records] == [
        (0, 0, "MIDI ring, 4 bytes"),
        (1, 1, "note on: note 60 (C4), velocity 100, channel 0"),
        (0, 5, "DSP ring, 32 bytes"),
        (0, 38, "DSP ring, 32 bytes"),
        (1, 6, "configure effect slot 0: 56 bytes, effect 20, full"),
        (0, 71, "DSP ring, 10 bytes"),
        (1, 72, "sound name query: Left, sound 0, slot 0"),
        (0, 82, "tone generator control, 2 bytes: tone generator mode 6"),
        (0, 85, "tone generator control, 2 bytes: relay keys to the main CPU"),
    ]
    assert all(record.direction is Direction.TO_SUB for record in records)


@given(st.lists(st.one_of(ring_messages(), dsp_message_values()), min_size=1, max_size=8))
def test_every_message_is_shown_once(sent: list[RingMessage | DspMessage]) -> None:
    data = sender.encode(sent)
    records = traced(data)
    check_tiling(records, data)
    assert [record.encoded for record in records if record.name in MESSAGE_NAMES] == [
        message.encoded for message in sent
    ]
    assert set(names(records)) <= MESSAGE_NAMES | {"packet"}


@given(st.lists(MESSAGES, min_size=1, max_size=6), st.booleans())
def test_whatever_is_sent_is_tiled(sent: list[sender.Sendable], boot: bool) -> None:
    data = sender.encode(sent)
    check_tiling(traced(data + b"\xff", boot=boot), data + b"\xff")  # FF: not to be taken for text


@given(st.binary(min_size=1, max_size=500), st.booleans())
def test_anything_is_tiled(data: bytes, boot: bool) -> None:
    raw = b"\x00" + data  # a control character: never text
    records = traced(raw, boot=boot)
    check_tiling(records, raw)
    for record in records:
        assert record.line
        assert record.record["length"] == len(record.encoded)


@pytest.mark.parametrize(
    "garbage", ["55", "00 12", "FF 12 34", "7E 99 01", "A5 11 22 33 44 55 66", "E1", "9A"]
)
def test_frames_are_found_again_behind_garbage(garbage: str) -> None:
    rubbish = bytes.fromhex(garbage)
    data = NOTES + rubbish + NOTES
    records = traced(data)
    check_tiling(records, data)
    found = [record for record in records if record.name == "midi-message"]
    assert [record.offset for record in found[:3]] == [1, 6, 11]
    behind = len(NOTES) + len(rubbish)
    if rubbish[0] >> 5 == 4:
        return  # a packet for the serial port takes any bytes: nothing shows that they are not meant
    assert [record.offset for record in found[3:]] == [behind + place for place in (1, 6, 11)]
    skipped = [record for record in records if record.name == "garbage"]
    if isinstance(frame_at(rubbish, 0), Cut):
        assert [record.encoded for record in skipped] == [rubbish]
        assert skipped[0].text.endswith(f"resynchronised at {behind}")
    else:
        assert skipped == []  # packets of the right length: their content is strange, their place is right


def test_a_message_that_is_rejected_stands_where_it_is() -> None:
    data = NOTES + Packet(0, control(26, 7, 1).encoded).encoded + NOTES
    records = traced(data)
    check_tiling(records, data)
    assert "garbage" not in names(records)
    assert records[7].text.endswith("rejected, there are 26 channels")


def test_one_believable_packet_is_not_enough() -> None:
    # A1 01 03 would set a mode; what follows it would be strange.
    rubbish = bytes.fromhex("7E A1 01 03 00 55")
    skipped = [record for record in traced(NOTES + rubbish + NOTES) if record.name == "garbage"]
    assert [record.encoded for record in skipped] == [rubbish]


def test_garbage_and_an_end_that_is_cut_off() -> None:
    # 7E announces 31 bytes and so swallows the note and the piece of one behind it.
    data = NOTES + bytes.fromhex("7E 12 34  03 90 00 3C 00  03 90 00")
    assert [(record.name, record.offset) for record in traced(data)[6:]] == [
        ("garbage", 15),
        ("packet", 18),
        ("midi-message", 19),
        ("cut-off", 23),
    ]


def test_garbage_ends_the_message_it_stands_in() -> None:
    first, second = slot_configuration(0, bytes(56)).encoded[:32], NOTES
    data = Packet(3, first).encoded + b"\x01\x22" + second
    records = traced(data)
    check_tiling(records, data)
    assert names(records)[:3] == ["packet", "garbage", "incomplete"]
    assert records[2].encoded == first
    assert records[2].text == "message not completed, garbage follows"
    assert names(records).count("midi-message") == 3


def test_without_frames_behind_it_a_strange_packet_is_shown_as_it_is() -> None:
    records = traced(Packet(0, b"\x12\x34\x56").encoded)
    assert names(records) == ["packet", "stray"]
    assert "empties the ring" in records[1].text


def test_packets_for_unused_handlers_are_believed() -> None:
    data = NOTES + Packet(1, b"\x90\x01").encoded + Packet(2, bytes(32)).encoded + NOTES
    records = traced(data)
    assert "garbage" not in names(records)
    assert records[6].text == "no operation, 2 bytes, ignored (handler 1)"
    assert records[7].text == "drain, 32 bytes, ignored (handler 2)"


@given(st.integers(1, len(NOTES) - 1))
def test_a_stream_that_is_cut_off(size: int) -> None:
    records = traced(NOTES[:size])
    check_tiling(records, NOTES[:size])
    whole, left = divmod(size, 5)
    assert names(records).count("midi-message") == whole
    assert ("cut-off" in names(records)) == (left > 0)
    if left:
        assert records[-1].text == f"cut off: {left} of 5 bytes"


def test_a_message_that_is_cut_off() -> None:
    data = Packet(0, bytes.fromhex("90 00 3C")).encoded
    records = traced(data)
    assert names(records) == ["packet", "incomplete"]
    assert records[1].text == "message not completed, the stream ends"


def test_a_boot() -> None:
    data = b"".join(block.encoded for block in boot_blocks(lambda _, size: bytes([0x40]) * size))
    records = traced(data + NOTES, boot=True)
    check_tiling(records, data + NOTES)
    assert [record.text for record in records[:9]] == [
        "E1: 65,536 bytes to 0x050000, block 1 of 9 of the boot",
        "E1: 65,536 bytes to 0x060000, block 2 of 9 of the boot",
        "E1: 65,536 bytes to 0x070000, block 3 of 9 of the boot",
        "E1: 65,536 bytes to 0x080000, block 4 of 9 of the boot",
        "E1: 65,536 bytes to 0x090000, block 5 of 9 of the boot",
        "E1: 65,536 bytes to 0x00F000, block 6 of 9 of the boot",
        "E1: 65,536 bytes to 0x01F000, block 7 of 9 of the boot",
        "E1: 65,280 bytes to 0x02F000, block 8 of 9 of the boot",
        "E1: 256 bytes to 0x000400, block 9 of 9 of the boot",
    ]
    assert names(records[9:]) == ["packet", "midi-message"] * 3


@pytest.mark.parametrize("started", [False, True])
def test_the_boot_rom_ignores_packets_until_the_payload_runs(started: bool) -> None:
    flag = b"\x40" if started else b"\xbf"
    data = Block(0x04FE, flag).encoded + Packet(0, control(0, 7, 1).encoded).encoded
    records = traced(data, boot=True)
    text = "MIDI ring, 4 bytes" if started else "handler 0 of the boot ROM, 4 bytes, ignored"
    assert records[1].text == text
    assert ("midi-message" in names(records)) is started


def test_a_payload_signal_ends_the_boot() -> None:
    records = traced(b"\xe3" + NOTES, boot=True)
    assert records[0].text == "E3: payload ready"
    assert names(records).count("midi-message") == 3


def test_text_with_both_directions() -> None:
    text = b"""# a session
    0000: 03 90 00 3C 64   # a note
    < 42 90 3C 64 > 0x03 b001 0740
    < 78 2B 30 7F 20 00 00 02 14 5069616E6F 2020202020202020202020 10
    """
    records = traced(text)
    assert [(record.direction.arrow, record.offset, record.text) for record in records] == [
        (">", 0, "MIDI ring, 4 bytes"),
        (">", 1, "note on: note 60 (C4), velocity 100, channel 0"),
        ("<", 5, "from the sub CPU, 3 bytes for handler 2"),
        ("<", 6, "key 60, velocity 100"),
        (">", 9, "MIDI ring, 4 bytes"),
        (">", 10, "control change 07 = 64, stored as word +0C, channel 1"),
        ("<", 14, "from the sub CPU, 25 bytes for handler 3"),
        ("<", 15, "sound name reply: Left is 'Piano', status 10"),
    ]


@given(st.binary(min_size=1, max_size=100))
def test_text_and_raw_bytes_say_the_same(data: bytes) -> None:
    raw = b"\x00" + data
    assert traced(raw.hex(" ").encode()) == traced(raw)


def test_raw_bytes_that_are_printable_are_no_text() -> None:
    assert traced(b"EXAMPLE")[0].text == "drain, 6 bytes, ignored (handler 2)"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# nothing but a remark\n"])
def test_without_bytes_there_is_nothing_to_trace(data: bytes) -> None:
    with pytest.raises(InputError, match="no bytes"):
        trace(data)


def test_words_of_a_text_that_are_no_bytes_are_told() -> None:
    with pytest.raises(InputError, match="line 2: '9G' is no byte"):
        trace(b"03 90 00\n3C 9G 64\n")


def test_much_garbage_takes_little_time() -> None:
    # Blocks of 64 KB announced at every byte, and packets that are all strange: each place is tried once.
    for data in (b"\xe1\x00\x00" * 20_000, b"\x00\x12" * 20_000, random.Random(1).randbytes(40_000)):
        raw = b"\x00" + data
        check_tiling(traced(raw), raw)
