"""The sub CPU's RAM after a stream, byte for byte."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000.transport.blocks import BOOT_BLOCKS, Block, BlockRequest, boot_blocks
from luthier.kn5000.transport.framing import Packet, frames
from luthier.kn5000.transport.receiver import Receiver


def fed(data: bytes, *, booting: bool = False) -> Receiver:
    sub = Receiver(booting=booting)
    sub.feed(data)
    return sub


def test_variables_of_the_running_program_after_a_packet() -> None:
    sub = fed(bytes.fromhex("03 90 00 3C 64"))
    assert sub.ram.byte(0x10EC) == 0x03  # the command
    assert sub.ram.byte(0x10EA) == 0  # idle again
    assert sub.ram.long(0x10E4) == 0x10F0  # where the DMA went
    assert sub.ram.bytes_at(0x10F0, 5) == bytes.fromhex("90 00 3C 64 00")
    assert sub.ram.bytes_at(0x2B0D, 10) == bytes.fromhex("04 00  00 00  04 00  90 00 3C 64")


def test_variables_of_the_boot_rom_after_a_packet() -> None:
    # Memory-map page: command at 051A, buffer at 051E, DMA target at 0512, state at 0518.
    sub = fed(bytes.fromhex("03 90 00 3C 64"), booting=True)
    assert sub.ram.byte(0x051A) == 0x03
    assert sub.ram.byte(0x0518) == 0
    assert sub.ram.long(0x0512) == 0x051E
    assert sub.ram.bytes_at(0x051E, 5) == bytes.fromhex("90 00 3C 64 00")
    assert sub.midi_ring.count == 0  # its handlers do nothing


@pytest.mark.parametrize(("booting", "state", "buffer"), [(True, 0x0518, 0x0544), (False, 0x10EA, 0x1116)])
def test_states_of_a_block(booting: bool, state: int, buffer: int) -> None:
    sub = Receiver(booting=booting)
    stream = Block(0x0A0000, b"abc").encoded
    states = []
    for byte in stream:
        sub.feed(bytes([byte]))
        states.append(sub.ram.byte(state))
    assert states == [2, 2, 2, 2, 2, 2, 4, 4, 4, 0]
    assert sub.ram.bytes_at(buffer, 6) == bytes.fromhex("00 00 0A 00 03 00")
    assert sub.ram.bytes_at(0x0A0000, 4) == b"abc\0"


def test_a_boot() -> None:
    generator = random.Random(5000)
    main = bytearray(0x880000)
    for part in BOOT_BLOCKS:
        main[part.source : part.source + part.size] = generator.randbytes(part.size)
    # Bit 6 of 0x04FE starts the payload: clear before, set in the last block.
    main[0x0500FE] |= 0x40
    sub = Receiver(booting=True)
    sent = list(boot_blocks(lambda address, size: bytes(main[address : address + size])))
    for number, block in enumerate(sent):
        assert sub.booting, number
        sub.feed(block.encoded)
    assert not sub.booting
    for part in BOOT_BLOCKS[:5]:
        found = sub.ram.bytes_at(part.address, part.size)
        assert found == main[part.source : part.source + part.size]
    assert sub.ram.bytes_at(0x0F000, 0x2FF00) == main[0x050100:0x080000]
    entry = main[0x050000:0x050100]
    entry[0xFE] &= 0x7F  # bit 7 of the flags is cleared when a block is whole
    assert sub.ram.bytes_at(0x0400, 0x100) == entry
    assert sub.ram.byte(0x04FE) & 0x40


def test_a_boot_by_signal() -> None:
    sub = fed(b"\xe3", booting=True)
    assert not sub.booting
    assert sub.ram.byte(0x04FE) & 0x40
    assert sub.ram.byte(0x4A48) == 6  # tone generator mode at the start of the program


def test_a_request_is_answered_with_a_block() -> None:
    sub = Receiver()
    sub.ram.store(0x7800, b"coefficients")
    request = BlockRequest(source=0x7800, destination=0x1E0000, count=12)
    sub.feed(request.encoded)
    assert sub.ram.bytes_at(0x111C, 10) == request.encoded[1:]
    assert (sub.ram.byte(0x10EE), sub.ram.byte(0x1126)) == (0xFF, 0x80)
    assert not sub.outgoing
    sub.main_loop()
    assert bytes(sub.outgoing) == Block(0x1E0000, b"coefficients").encoded
    assert sub.ram.byte(0x1126) == 0
    sub.main_loop()
    assert bytes(sub.outgoing) == Block(0x1E0000, b"coefficients").encoded


def test_a_request_for_64_kilobytes() -> None:
    # The answer's header takes its count from the request: 0 again.
    sub = fed(BlockRequest(source=0x050000, destination=0x200000, count=0).encoded)
    sub.main_loop()
    assert bytes(sub.outgoing) == Block(0x200000, bytes(0x10000)).encoded


def test_a_packet_that_stops_is_given_up() -> None:
    sub = fed(bytes.fromhex("03 90 00"))
    assert not sub.latch.ready
    rounds = 1
    while not sub.main_loop().given_up:
        rounds += 1
    # One round to learn the count, eleven in which it stands still.
    assert rounds == 12
    assert sub.latch.ready
    assert sub.ram.byte(0xF018) == 1
    assert sub.ram.byte(0x10EA) == 0
    # What comes next is a command again.
    sub.feed(bytes.fromhex("03 90 00 3C 64"))
    assert sub.main_loop().midi.message is not None


def test_a_packet_that_crawls_is_not_given_up() -> None:
    sub = Receiver()
    sub.feed(b"\x1f")
    for byte in range(32):
        for _ in range(10):
            assert not sub.main_loop().given_up
        sub.feed(bytes([byte]))
    assert sub.midi_ring.count == 32


def test_handlers() -> None:
    sub = Receiver()
    sub.feed(bytes.fromhex("20 11  41 22 33  C0 44  82 F4 01 02"))
    assert bytes(sub.serial) == b"\xf4\x01\x02"
    assert sub.midi_ring.count == sub.dsp_ring.count == 0


@pytest.mark.parametrize(
    ("payload", "mode", "relay"),
    [
        ("00 01", 6, 1),
        ("01 00", 0, 0),
        ("01 09", 9, 0),
        ("01 0A", 6, 0),
        ("00 00", 6, 0),
        ("02 01", 6, 0),
        ("01 03 FF", 3, 0),
    ],
)
def test_tone_generator_control(payload: str, mode: int, relay: int) -> None:
    sub = fed(Packet(5, bytes.fromhex(payload)).encoded)
    assert (sub.ram.byte(0x4A48), sub.ram.byte(0x4A4A)) == (mode, relay)


def test_a_short_control_packet_meets_what_an_earlier_one_left() -> None:
    sub = fed(Packet(5, b"\x07\x04").encoded + Packet(5, b"\x01").encoded)
    assert sub.ram.byte(0x4A48) == 4


def test_a_block_beyond_the_ram_is_counted() -> None:
    sub = fed(Block(0x0FFFFE, b"abcd").encoded)
    assert sub.ram.bytes_at(0x0FFFFE, 2) == b"ab"
    assert sub.ram.outside == 2
    sub.feed(Block(0xFFFFFFFF, b"abcd").encoded)
    assert sub.ram.outside == 6
    assert len(sub.ram.image) == 0x100000


@given(st.binary(max_size=300), st.booleans(), st.integers(1, 50))
def test_anything_can_be_fed_in_any_pieces(data: bytes, booting: bool, size: int) -> None:
    whole, pieces = fed(data, booting=booting), Receiver(booting=booting)
    for start in range(0, len(data), size):
        pieces.feed(data[start : start + size])
    assert whole.ram == pieces.ram
    for _ in range(20):
        whole.main_loop()
    assert len(whole.ram.image) == 0x100000


@given(st.binary(max_size=200))
def test_frames_and_receiver_agree_where_commands_begin(data: bytes) -> None:
    sub, starts = Receiver(), []
    for place, byte in enumerate(data):
        if not sub.dma_armed:
            starts.append(place)
        sub.feed(bytes([byte]))
    assert starts == [offset for offset, _ in frames(data)]


def test_messages_to_the_main_cpu_are_cut_too() -> None:
    sub = Receiver()
    sub.send(3, bytes(range(40)))
    assert bytes(sub.outgoing) == b"\x7f" + bytes(range(32)) + b"\x67" + bytes(range(32, 40))
