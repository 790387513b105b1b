"""The rings, against a model that is nothing but lists, and at every position of the pointers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000.transport.ring import DSP_RING, EMPTY, MIDI_RING, Ring, RingLayout
from luthier.kn5000.transport.sub_ram import SubRam

LAYOUTS = [MIDI_RING, DSP_RING]


def ring_at(layout: RingLayout, position: int) -> Ring:
    """An empty ring whose pointers stand at ``position``."""
    ring = Ring(SubRam(), layout)
    ring.ram.set_word(layout.address, position)
    ring.ram.set_word(layout.address + 2, position)
    return ring


def read_all(ring: Ring) -> bytes:
    found = []
    while (byte := ring.read()) != EMPTY:
        found.append(byte)
    return bytes(found)


def test_where_they_lie() -> None:
    # Audio-subsystem page: pointers and count at 2B0D, 2B0F, 2B11, bytes from 2B13; 3B60 and 3B64.
    ring = Ring(SubRam(), MIDI_RING)
    ring.write(b"\x90\x05\x3c")
    assert ring.ram.bytes_at(0x2B0D, 9) == bytes.fromhex("03 00  00 00  03 00  90 05 3C")
    ring = Ring(SubRam(), DSP_RING)
    ring.write(b"\x2d")
    assert ring.ram.bytes_at(0x3B60, 7) == bytes.fromhex("01 00  00 00  01 00  2D")
    assert (MIDI_RING.capacity, MIDI_RING.mask) == (4096, 0xFFF)
    assert (DSP_RING.capacity, DSP_RING.mask) == (2048, 0x7FF)
    assert MIDI_RING.data_address + MIDI_RING.capacity <= DSP_RING.address


@pytest.mark.parametrize("layout", LAYOUTS)
def test_they_wrap_at_every_position(layout: RingLayout) -> None:
    for position in range(layout.capacity):
        ring = ring_at(layout, position)
        ring.write(b"abc")
        for place, byte in enumerate(b"abc"):
            assert ring.ram.byte(layout.data_address + (position + place) % layout.capacity) == byte
        assert ring.write_pointer == position + 3
        assert read_all(ring) == b"abc"
        assert (ring.read_pointer, ring.count) == (position + 3, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pointers_run_on_to_65535(layout: RingLayout) -> None:
    ring = ring_at(layout, 0xFFFF)
    ring.write(b"ab")
    assert ring.write_pointer == 1
    assert ring.ram.byte(layout.data_address + layout.capacity - 1) == ord("a")
    assert ring.ram.byte(layout.data_address) == ord("b")
    assert read_all(ring) == b"ab"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_waits_in_an_empty_ring(layout: RingLayout) -> None:
    ring = ring_at(layout, 7)
    assert ring.read() == 0xFFFF
    assert (ring.read_pointer, ring.count) == (7, 0)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_full_ring_is_overwritten(layout: RingLayout) -> None:
    capacity = layout.capacity
    ring = ring_at(layout, 0)
    old = bytes(number % 251 for number in range(capacity))
    ring.write(old)
    assert (ring.count, ring.overrun) == (capacity, False)
    ring.write(b"\xfb\xfc")
    assert (ring.count, ring.overrun) == (capacity + 2, True)
    # The newest two bytes lie where the oldest were, and are read twice.
    assert read_all(ring) == b"\xfb\xfc" + old[2:] + b"\xfb\xfc"
    assert ring.read_pointer == ring.write_pointer == capacity + 2


def test_the_count_is_a_word() -> None:
    ring = ring_at(MIDI_RING, 0)
    ring.write(bytes(0x10000))
    assert ring.count == 0
    assert ring.read() == EMPTY


@given(st.integers(0, 0xFFFF), st.lists(st.one_of(st.binary(max_size=700), st.integers(0, 900)), max_size=10))
def test_the_ring_is_a_list_as_long_as_there_is_room(position: int, steps: list[bytes | int]) -> None:
    ring, waiting = ring_at(DSP_RING, position), bytearray()
    for step in steps:
        if isinstance(step, bytes):
            if len(waiting) + len(step) <= DSP_RING.capacity:
                ring.write(step)
                waiting += step
        else:
            for _ in range(step):
                expected = waiting.pop(0) if waiting else EMPTY
                assert ring.read() == expected
        assert ring.count == len(waiting)
        assert (ring.write_pointer - ring.read_pointer) % 0x10000 == len(waiting)


def test_skipping_empties_the_ring() -> None:
    # Not only the rest of a message, as the audio-subsystem page has it.
    ring = ring_at(MIDI_RING, 4090)
    ring.write(b"\x90\x00\x3c\x40\xb0\x00\x07\x64")
    assert ring.read() == 0x90
    assert ring.skip() == b"\x00\x3c\x40\xb0\x00\x07\x64"
    assert ring.count == 0
    assert ring.write_pointer == ring.read_pointer == 4098


def test_skipping_mends_a_lost_count() -> None:
    # Where the count and the pointers disagree, skipping makes the write pointer follow.
    ring = ring_at(MIDI_RING, 0)
    ring.write(b"abcd")
    ring.ram.set_word(MIDI_RING.address + 4, 2)
    assert ring.skip() == b"ab"
    assert ring.write_pointer == ring.read_pointer == 2


@pytest.mark.parametrize("before", [0, 5, 4090, 4094, 4096, 65_533])
def test_several_bytes_are_taken_as_one_after_the_other(before: int) -> None:
    rings = [Ring(SubRam(), MIDI_RING) for _ in range(2)]
    for ring in rings:
        for field in (0, 2):
            ring.ram.set_word(MIDI_RING.address + field, before)
        ring.write(bytes(range(1, 10)))
    together, singly = rings
    assert together.take(7) == bytes(singly.read() for _ in range(7))
    assert together.ram.image == singly.ram.image


def test_a_byte_can_be_given_back() -> None:
    ring = ring_at(DSP_RING, 2047)
    ring.write(b"ab")
    assert ring.read() == ord("a")
    assert ring.peek(0) == ord("b")
    ring.unread()
    assert read_all(ring) == b"ab"


def test_clearing_leaves_the_bytes() -> None:
    ring = ring_at(MIDI_RING, 0)
    ring.write(b"ab")
    ring.clear()
    assert ring.ram.bytes_at(0x2B0D, 8) == bytes(6) + b"ab"
