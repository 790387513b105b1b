"""A message in one step leaves what the same message leaves byte by byte."""

from __future__ import annotations

import random
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import ring_messages

from luthier.kn5000.transport import dispatch
from luthier.kn5000.transport.blocks import Block, BlockRequest
from luthier.kn5000.transport.controllers import CONTROLLERS, SETTINGS
from luthier.kn5000.transport.delivery import deliver, is_idle
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage, control, note
from luthier.kn5000.transport.receiver import Receiver

LEVELS = [random.Random(7).randrange(0x10000) for _ in range(128)]


def the_long_way(sub: Receiver, message: RingMessage) -> None:
    sub.feed(Packet(dispatch.MIDI, message.encoded).encoded)
    while True:
        sub.main_loop()
        if sub.midi_ring.count == 0:
            return


def left(sub: Receiver) -> dict[str, object]:
    """Everything there is of a receiver."""
    own = {
        field.name: getattr(sub, field.name) for field in fields(sub) if field.name not in ("latch", "ram")
    }
    lines = {field.name: getattr(sub.latch, field.name) for field in fields(sub.latch)}
    del lines["receive"]
    return {**own, **lines, "image": bytes(sub.ram.image), "outside": sub.ram.outside}


def both(before: bytes) -> tuple[Receiver, Receiver]:
    made = Receiver(levels=LEVELS), Receiver(levels=LEVELS)
    for sub in made:
        sub.ram.set_word(SETTINGS, 1)
        sub.feed(before)
        sub.main_loop()
    return made


def any_control(seed: int) -> RingMessage:
    of = random.Random(seed)
    return control(of.randrange(40), of.choice((*CONTROLLERS, 1, 0x78)), of.randrange(256))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(ring_messages(), st.integers(0, 1 << 30).map(any_control)), max_size=30),
    st.integers(0, 0xFFFF),
)
def test_as_the_long_way(messages: list[RingMessage], pointer: int) -> None:
    quick, plain = both(b"")
    for sub in (quick, plain):
        sub.ram.set_word(0x2B0D, pointer)
        sub.ram.set_word(0x2B0F, pointer)
    for message in messages:
        if not deliver(quick, message):
            assert (quick.midi_ring.write_pointer & 0xFFF) + len(message.encoded) > 0x1000
            the_long_way(quick, message)
        the_long_way(plain, message)
    assert left(quick) == left(plain)


def test_around_the_whole_ring() -> None:
    quick, plain = both(b"")
    refused = 0
    for number in range(40_000 // 4):
        message = note(number % 26, number % 128, number % 100)
        if number % 7 == 0:
            message = RingMessage(bytes([0xC0, 1, number % 128, 0, 0]))
        if not deliver(quick, message):
            refused += 1
            the_long_way(quick, message)
        the_long_way(plain, message)
    assert 0 < refused < 12
    assert left(quick) == left(plain)


@pytest.mark.parametrize(
    "under_way",
    [
        bytes([0x03, 0x90]),  # a packet that is not whole
        bytes([0xE1, 0, 0]),
        Packet(dispatch.MIDI, bytes.fromhex("90 00 3C 64 90 00")).encoded,  # a message and a half
        Packet(dispatch.DSP, bytes.fromhex("2B 30 00 00 00 00 30 00")).encoded,  # its payload has not come
        Block(0x2B0D, bytes(2) + bytes([4, 0])).encoded,  # a read pointer that is not the write pointer
        Block(0x3B64, bytes([9, 0])).encoded,
        Block(0x2B11, bytes([9, 0])).encoded,
    ],
)
def test_nothing_is_done_while_anything_is_under_way(under_way: bytes) -> None:
    sub = Receiver()
    sub.feed(under_way)
    before = left(sub)
    assert not is_idle(sub)
    assert not deliver(sub, note(0, 60, 100))
    assert left(sub) == before


def test_nor_while_a_request_waits_or_the_boot_rom_runs() -> None:
    sub = Receiver()
    sub.feed(BlockRequest(0x1000, 0x2000, 4).encoded)
    assert not deliver(sub, note(0, 60, 100))
    sub.main_loop()
    assert deliver(sub, note(0, 60, 100))
    assert not deliver(Receiver(booting=True), note(0, 60, 100))
