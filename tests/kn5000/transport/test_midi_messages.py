"""The messages of the MIDI ring, and where control changes are stored."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import ring_messages

from luthier.errors import InputError
from luthier.kn5000.transport import controllers, midi_messages
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage, control, note, pitch_bend, program
from luthier.kn5000.transport.receiver import Receiver
from luthier.kn5000.transport.ring import MIDI_RING


def given_to(sub: Receiver, *messages: RingMessage) -> None:
    for message in messages:
        sub.feed(Packet(0, message.encoded).encoded)


def test_lengths() -> None:
    lengths = [midi_messages.length_of(high << 4) for high in range(16)]
    assert lengths == [0, 0, 0, 0, 0, 0, 0, 0, 6, 4, 0, 4, 5, 4, 4, 4]


def test_the_buffers_tile_up_to_the_ring() -> None:
    ends = [start + midi_messages.LENGTHS[kind] for kind, start in midi_messages.BUFFERS.items()]
    ends[0] += 6  # a second buffer for voice messages with bit 3
    assert ends == [*list(midi_messages.BUFFERS.values())[1:], MIDI_RING.address]


@given(ring_messages())
def test_a_message_goes_into_its_buffer(message: RingMessage) -> None:
    sub = Receiver()
    given_to(sub, message)
    assert sub.main_loop().midi.message == message
    address = midi_messages.BUFFERS[message.kind]
    if message.kind == 0x80 and message.encoded[0] & 8:
        address = 0x2AEE
    assert sub.ram.bytes_at(address, len(message.encoded)) == message.encoded
    assert sub.ram.word(0x27E7) == len(message.encoded)


def test_one_message_in_each_round() -> None:
    sub = Receiver()
    sent = [note(0, 60, 100), control(1, 7, 5), program(2, 3), pitch_bend(3, 8192), note(0, 60, 0)]
    given_to(sub, *sent)
    assert [sub.main_loop().midi.message for _ in range(6)] == [*sent, None]


@pytest.mark.parametrize("data", ["3C", "A0 00 00 00", "90 00 3C", "C0 00 01 02", "80 00 00 00 00"])
def test_what_is_no_whole_message_empties_the_ring(data: str) -> None:
    sub = Receiver()
    sub.feed(Packet(0, bytes.fromhex(data)).encoded)
    taken = sub.main_loop().midi
    assert taken.message is None
    assert taken.dropped == bytes.fromhex(data)
    assert sub.midi_ring.count == 0


@pytest.mark.parametrize("channel", [0, 1, 25])
@pytest.mark.parametrize(
    ("number", "address", "value", "stored"),
    [
        # Addresses of channel 0 from the listing; the sound-parameter page has the same places.
        (0x0A, 0x041376, 64, "40"),
        (0x5B, 0x041377, 127, "7F"),
        (0x5D, 0x04137A, 1, "01"),
        (0x80, 0x04137B, 12, "0C"),
        # 0x028A04: twice what it is above 128, a signed word; then what it is above 64, a signed byte.
        (0x81, 0x04137C, 0x90, "20 00"),
        (0x81, 0x04137C, 0x7F, "FE FF"),
        (0x82, 0x04137E, 52, "F4"),
        (0x91, 0x04137F, 100, "64"),
        (0x97, 0x041380, 6, "06"),
        (0x9B, 0x04138D, 1, "01"),
        (0x9D, 0x04138E, 127, "7F"),
        (0x40, 0x041372, 1, "01 00"),
        (0x95, 0x041372, 127, "04 00"),
        (0x9C, 0x04136A, 5, "00 01"),
        (0x07, 0x041374, 0, "00 FE"),
        (0x0B, 0x041378, 0, "00 FE"),
        (0x07, 0x041374, 127, "00 00"),
        (0x0B, 0x041378, 100, "E5 FF"),
    ],
)
def test_where_controllers_are_stored(
    channel: int, number: int, address: int, value: int, stored: str
) -> None:
    sub = Receiver()
    given_to(sub, control(channel, number, value))
    sub.main_loop()
    data = bytes.fromhex(stored)
    place = address + 287 * channel
    assert sub.ram.bytes_at(place, len(data)) == data
    rest = bytearray(sub.ram.bytes_at(0x041368, 26 * 287))
    rest[place - 0x041368 : place - 0x041368 + len(data)] = bytes(len(data))
    assert rest == bytes(26 * 287)


def test_switches_are_cleared_without_touching_other_bits() -> None:
    sub = Receiver()
    sub.ram.set_word(0x041372, 0xFFFF)
    given_to(sub, control(0, 0x40, 0), control(0, 0x95, 0))
    sub.main_loop()
    assert sub.ram.word(0x041372) == 0xFFFE
    sub.main_loop()
    assert sub.ram.word(0x041372) == 0xFFFA


def test_levels_through_the_table_of_a_rom() -> None:
    table = [0x8000 + 3 * number for number in range(128)]
    sub = Receiver(levels=table)
    sub.ram.set_word(controllers.SETTINGS, 2)
    given_to(sub, control(4, 7, 100))
    sub.main_loop()
    assert sub.ram.word(0x041374 + 4 * 287) == table[100]


def test_levels_without_the_table_keep_their_word() -> None:
    sub = Receiver()
    sub.ram.set_word(controllers.SETTINGS, 1)
    sub.ram.set_word(0x041374, 0x1111)
    assert not controllers.apply(sub.ram, 0, 7, 100)
    assert sub.ram.word(0x041374) == 0x1111


@given(st.integers(26, 255), st.sampled_from(sorted(controllers.CONTROLLERS)), st.integers(0, 127))
def test_channels_from_26_on_are_rejected(channel: int, number: int, value: int) -> None:
    sub = Receiver()
    message = control(channel, number, value)
    assert not message.accepted
    given_to(sub, message)
    before = bytes(sub.ram.image[0x2B13:])
    assert sub.main_loop().midi.message == message
    assert sub.ram.image[0x2B13 + 4 :] == before[4:]


def test_the_part_records_end_where_the_voices_begin() -> None:
    end = controllers.PART_RECORDS + controllers.PART_COUNT * controllers.PART_SIZE
    assert end == 0x04308E
    assert controllers.PART_COUNT * controllers.PART_SIZE == 7462


def test_notes_from_channel_f0_on_play_auxiliary_voices() -> None:
    assert note(0xF0, 60, 1).accepted
    assert not note(26, 60, 1).accepted
    assert not note(0xEF, 60, 1).accepted


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (note(0, 60, 100), "note on: note 60 (C4), velocity 100, channel 0"),
        (note(25, 61, 0), "note off: note 61 (C#4), channel 25"),
        (note(26, 61, 0), "note off: note 61 (C#4), channel 26: rejected, there are 26 channels"),
        (note(0xF2, 36, 9), "note on: note 36 (C2), velocity 9, auxiliary voices"),
        (control(3, 0x91, 64), "control change 91 = 64, stored as byte +17, channel 3"),
        (control(3, 0x02, 64), "control change 02 = 64, ignored, channel 3"),
        (control(3, 0x5E, 64), "control change 5E = 64, channel 3"),
        (pitch_bend(1, 8191), "pitch bend -1, channel 1"),
        (program(1, 2, 3, 4), "program change: program 2, bank 03 04, channel 1"),
        (
            RingMessage(bytes.fromhex("D0 01 00 40")),
            "channel pressure 64, byte before it 00 not used, channel 1",
        ),
        (
            RingMessage(bytes.fromhex("88 01 02 03 04 05")),
            "voice parameter (change; meaning unknown): 01 02 03 04 05",
        ),
        (RingMessage(bytes.fromhex("F0 01 82 40")), "system message 82 = 64"),
    ],
)
def test_texts(message: RingMessage, text: str) -> None:
    assert str(message) == text


@pytest.mark.parametrize("data", ["", "90 00 3C", "A0 00 00 00", "3C", "90 00 3C 64 00"])
def test_what_is_no_message_is_refused(data: str) -> None:
    with pytest.raises(InputError):
        RingMessage(bytes.fromhex(data))
