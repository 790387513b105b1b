"""The DSP ring: the state machine of handler 3, configurations, presets, and what they leave in the RAM."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.transport import dsp_messages, sender
from luthier.kn5000.transport.dsp_messages import DspMessage, preset, slot_configuration
from luthier.kn5000.transport.dsp_stream import announced_size
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.receiver import Receiver

PARAMETERS = bytes.fromhex("14 00") + bytes(range(54))


def state(sub: Receiver) -> tuple[int, int, int]:
    """Announced length, received so far, packets: the words at 4488, 448A and 448C."""
    return sub.ram.word(0x4488), sub.ram.word(0x448A), sub.ram.word(0x448C)


def give(sub: Receiver, payload: bytes) -> None:
    sub.feed(Packet(3, payload).encoded)


def test_two_packets_of_32_bytes_are_one_configuration() -> None:
    sub = Receiver()
    message = slot_configuration(0, PARAMETERS).encoded
    assert len(message) == 64
    stream = sender.encode([DspMessage(message)])
    assert stream == b"\x7f" + message[:32] + b"\x7f" + message[32:]
    sub.feed(stream[:33])
    assert state(sub) == (64, 32, 1)
    assert sub.main_loop().dsp == []
    sub.feed(stream[33:])
    assert state(sub) == (64, 0, 0)
    assert sub.ram.bytes_at(0x3B60, 6) == bytes.fromhex("40 00  00 00  40 00")
    (taken,) = sub.main_loop().dsp
    assert taken.header == bytes.fromhex("2D 00 0A 00 00 00 38 00")
    assert taken.payload == PARAMETERS
    assert (taken.applied, taken.differing) == ("partial", 54)  # two of the 56 bytes were 0 before
    assert sub.ram.bytes_at(0x4368, 8) == taken.header
    assert sub.ram.bytes_at(0x4496, 56) == PARAMETERS
    assert sub.ram.word(0x448E) == 0


def test_addresses_of_the_slots() -> None:
    assert [dsp_messages.slot_address(slot) for slot in range(5)] == [0x4496, 0x44CE, 0x4506, 0x453E, 0x4576]


@pytest.mark.parametrize("slot", range(5))
@pytest.mark.parametrize("mode", [0x00, 0x01, 0xFF])
def test_every_slot_and_mode(slot: int, mode: int) -> None:
    sub = Receiver()
    sub.feed(sender.encode([slot_configuration(slot, PARAMETERS, mode)]))
    (taken,) = sub.main_loop().dsp
    assert taken.applied == ("full" if mode == 0xFF else "partial")
    assert sub.ram.word(0x448E) == (mode == 0xFF)
    expected = PARAMETERS if slot != 3 else PARAMETERS[:12] + b"\0\0" + PARAMETERS[14:]
    assert sub.ram.bytes_at(0x4496 + 56 * slot, 56) == expected
    image = sub.ram.bytes_at(0x4496, 280)
    assert image.replace(expected, b"") == bytes(280 - 56)


def test_word_6_of_slot_3_is_overridden() -> None:
    sub = Receiver()
    sub.ram.set_word(0x45B8, 0x1234)
    sub.ram.set_word(0x45BA, 1)
    sub.feed(sender.encode([slot_configuration(3, PARAMETERS)]))
    sub.main_loop()
    assert sub.ram.word(0x454A) == 0x1234


def test_only_differing_bytes_are_counted() -> None:
    sub = Receiver()
    changed = bytearray(PARAMETERS)
    for content, differing in ((PARAMETERS, 54), (PARAMETERS, 0), (changed, 1)):
        changed[7] ^= 0x40 if content is changed else 0
        sub.feed(sender.encode([slot_configuration(1, bytes(content))]))
        (taken,) = sub.main_loop().dsp
        assert taken.differing == differing


@given(st.integers(0, 0x7F), st.integers(0, 0x7F))
def test_length_of_a_stream(high: int, low: int) -> None:
    first = bytes([0x2D, 0, 9, 0, 0, high, low]) + bytes(25)
    assert announced_size(first) == 128 * high + low + 8
    assert dsp_messages.total_size(first) == 128 * high + low + 8


def test_packets_of_a_long_message() -> None:
    # 290 bytes of a preset and the header: nine packets of 32 and one of 10.
    image = bytes(number % 253 for number in range(290))
    message = preset(image).encoded
    assert message[:8] == bytes.fromhex("2D 00 09 00 00 02 22 00")
    sub = Receiver()
    for number, start in enumerate(range(0, len(message), 32), start=1):
        give(sub, message[start : start + 32])
        assert state(sub) == ((298, 32 * number, number) if number < 10 else (298, 0, 0))
    (taken,) = sub.main_loop().dsp
    assert taken.payload == image
    # Eight bytes, five slots of 56; the last two are read and dropped.
    assert sub.ram.bytes_at(0x448E, 291) == image[:288] + b"\0\0\0"
    assert sub.dsp_ring.count == 0


def test_the_image_is_two_bytes_longer_than_its_parts() -> None:
    assert dsp_messages.IMAGE_SIZE == 0x91 * 2 == 290
    assert 8 + 5 * 56 == 288


def test_a_preset_of_another_size_is_dropped() -> None:
    sub = Receiver()
    sub.feed(sender.encode([DspMessage(bytes.fromhex("2D 00 09 00 00 00 02 00 11 22"))]))
    (taken,) = sub.main_loop().dsp
    assert taken.dropped == b"\x11\x22"


def test_a_message_of_32_bytes_waits_for_the_next_packet() -> None:
    sub = Receiver()
    first = DspMessage(bytes.fromhex("2C 30 7F 03 00 00 18 00") + bytes(range(24)))
    sub.feed(sender.encode([first]))
    assert state(sub) == (32, 32, 1)
    assert sub.main_loop().dsp == []
    second = DspMessage(bytes.fromhex("2C 30 7F 06 00 00 02 00 07 08"))
    sub.feed(sender.encode([second]))
    assert state(sub) == (32, 0, 0)
    assert [taken.header + taken.payload for taken in sub.main_loop().dsp] == [first.encoded, second.encoded]


def test_packets_of_other_lengths_are_messages_by_themselves() -> None:
    sub = Receiver()
    give(sub, bytes.fromhex("2C 30 7F 03 00 00 01 00 55"))
    assert state(sub) == (0, 0, 0)
    (taken,) = sub.main_loop().dsp
    assert taken.payload == b"\x55"
    assert sub.ram.bytes_at(0x4368, 9) == bytes.fromhex("2C 30 7F 03 00 00 01 00 55")


def test_a_message_that_is_not_whole_waits() -> None:
    # Byte 6 says 16, nine are there: the command is given back, and the loop waits for a packet.
    sub = Receiver()
    give(sub, bytes.fromhex("2C 30 7F 03 00 00 10 00 55"))
    assert sub.main_loop().dsp == []
    assert (sub.ram.word(0x448C), sub.dsp_ring.count, sub.dsp_ring.read_pointer) == (1, 9, 0)
    give(sub, bytes(15))
    (taken,) = sub.main_loop().dsp
    assert taken.payload == b"\x55" + bytes(15)


def test_the_header_counts_when_the_loop_looks_whether_a_message_is_whole() -> None:
    # Byte 6 says 16, and 16 bytes wait behind the command, seven of them the header's: FF fills the rest.
    sub = Receiver()
    give(sub, bytes.fromhex("2C 30 7F 03 00 00 10 00") + bytes(9))
    (taken,) = sub.main_loop().dsp
    assert taken.payload == bytes(9) + b"\xff" * 7
    assert sub.ram.bytes_at(0x4370, 17) == bytes(9) + b"\xff" * 7 + b"\0"


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("2B 30 7F 00 00 00 01 00 AA", True),
        ("2B 3F 7F 17 00 00 01 00 AA", True),
        ("2B 30 7F 18 00 00 01 00 AA", False),
        ("2B 30 01 18 00 00 01 00 AA", True),
        ("2B 2F 7F 00 00 00 01 00 AA", False),
        ("2B 40 7F 00 00 00 01 00 AA", False),
        ("2C 00 08 08 00 00 01 00 AA", True),
        ("2C 00 08 09 00 00 01 00 AA", False),
        ("2C 00 08 25 00 00 01 00 AA", True),
        ("2C 00 07 09 00 00 01 00 AA", True),
        ("2C 30 7F 08 00 00 01 00 AA", True),
        ("2C 30 7F 05 00 00 01 00 AA", False),
        ("2C 40 7F 08 00 00 01 00 AA", False),
        ("2D 00 08 00 00 00 01 00 AA", False),
        ("2D 00 0F 00 00 00 01 00 AA", False),
        ("2D 31 00 00 00 00 01 00 AA", True),
        ("2D 31 7F 00 00 00 01 00 AA", False),
        ("2D 40 00 00 00 00 01 00 AA", False),
        ("2E 00 00 00 00 00 01 00 AA", False),
    ],
)
def test_unknown_messages_empty_the_ring(message: str, kept: bool) -> None:
    following = bytes.fromhex("2C 30 7F 03 00 00 00 00")
    sub = Receiver()
    give(sub, bytes.fromhex(message))
    give(sub, following)
    taken = sub.main_loop().dsp
    assert [part.header for part in taken[1:]] == ([following] if kept else [])
    assert taken[0].dropped.endswith(following) is not kept
    assert sub.dsp_ring.count == 0


def test_a_configuration_longer_than_its_slot_runs_into_the_next() -> None:
    sub = Receiver()
    sub.feed(sender.encode([DspMessage(bytes.fromhex("2D 00 0A 00 00 00 40 00") + bytes([7]) * 64)]))
    sub.main_loop()
    assert sub.ram.bytes_at(0x4496, 65) == bytes([7]) * 64 + b"\0"


def test_what_is_no_message_is_refused() -> None:
    for wrong in (
        "",
        "2D",
        "2D 00 0A 00 00 00 38 00",
        "2E 00 00 00 00 00 00 00",
        "2D 00 0A 00 00 00 00 00 11",
    ):
        with pytest.raises(InputError):
            DspMessage(bytes.fromhex(wrong))
    with pytest.raises(InputError):
        slot_configuration(5, PARAMETERS)
    with pytest.raises(InputError):
        slot_configuration(0, PARAMETERS[:-1])
    with pytest.raises(InputError):
        preset(bytes(288))


def test_texts() -> None:
    text = str(slot_configuration(0, PARAMETERS, dsp_messages.FULL))
    assert text == "configure effect slot 0: 56 bytes, effect 20, full"
    assert str(preset(bytes(290))) == "effect preset for all slots: 290 bytes"
    assert "meaning unknown" in str(DspMessage(bytes.fromhex("2C 30 7F 03 00 00 00 00")))
