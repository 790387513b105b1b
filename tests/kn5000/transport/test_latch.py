"""Both ends of the latch: the handshake, and what happens when an end does not answer."""

from __future__ import annotations

from luthier.kn5000.transport import latch as latch_module
from luthier.kn5000.transport.blocks import Block, PayloadReady
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.latch import Latch, Outcome
from luthier.kn5000.transport.receiver import Receiver

NOTE = Packet(0, bytes.fromhex("90 00 3C 64")).encoded


def test_a_packet_goes_through() -> None:
    sub = Receiver()
    assert sub.latch.send(NOTE) is Outcome.SENT
    assert sub.midi_ring.count == 4
    assert (sub.latch.sending, sub.latch.ready, sub.latch.pending, sub.latch.lost) == (True, True, False, 0)


def test_the_steps_of_the_handshake() -> None:
    # MSTAT0 is low only while the command byte is written; SSTAT1 is low until the packet is handled.
    seen: list[tuple[int, bool, bool]] = []
    sub = Receiver()

    def spy() -> None:
        seen.append((sub.latch.value, sub.latch.sending, sub.latch.ready))
        sub.interrupt()

    sub.latch.receive = spy
    assert sub.latch.send(NOTE) is Outcome.SENT
    assert seen == [
        (0x03, False, True),
        (0x90, True, False),
        (0x00, True, False),
        (0x3C, True, False),
        (0x64, True, False),
    ]
    assert sub.latch.ready


def test_a_receiver_that_is_not_ready_is_left_alone() -> None:
    sub = Receiver()
    sub.latch.ready = False
    assert sub.latch.send(NOTE) is Outcome.NOT_READY
    assert (sub.latch.value, sub.latch.sending, sub.midi_ring.count) == (0, True, 0)


def test_a_command_that_nobody_takes_is_lost() -> None:
    latch = Latch()
    assert latch.send(NOTE) is Outcome.NO_ANSWER
    # Only the command byte was written; the sender has raised its line again.
    assert (latch.value, latch.pending, latch.sending) == (0x03, True, True)


def test_how_long_an_end_waits() -> None:
    # 60,000 is in the code (EA60); counted from 0 and compared before counting, that makes 60,002 looks.
    assert latch_module.TIMEOUT_ITERATIONS == 0xEA60

    class Counting(Latch):
        looks = 0

        def __getattribute__(self, name: str) -> object:
            if name == "ready":
                Counting.looks += 1
            return super().__getattribute__(name)

    latch = Counting()
    latch.ready = False
    assert latch.send(NOTE) is Outcome.NOT_READY
    assert Counting.looks == 60_002


def test_a_receiver_that_wakes_late_still_takes_the_command() -> None:
    # The interrupt is by level: it comes as soon as the receiver allows it.
    sub = Receiver()
    deaf = 1000

    def late() -> None:
        nonlocal deaf
        deaf -= 1
        if deaf <= 0:
            sub.interrupt()

    sub.latch.receive = late
    assert sub.latch.send(b"\x00\x90") is Outcome.SENT
    assert sub.midi_ring.count == 1


def test_an_interrupt_without_a_command_is_left() -> None:
    # MSTAT0 is high: the byte stays in the latch.
    sub = Receiver()
    sub.latch.write(0x03)
    assert sub.latch.pending
    assert not sub.dma_armed


def test_bytes_that_are_not_taken_in_time_are_lost() -> None:
    latch = Latch()
    latch.write(1)
    latch.write(2)
    assert (latch.value, latch.lost) == (2, 1)


def test_a_block_goes_through() -> None:
    sub = Receiver(booting=True)
    assert sub.latch.send(Block(0x050000, b"tone database").encoded) is Outcome.SENT
    assert sub.ram.bytes_at(0x050000, 13) == b"tone database"


def test_after_a_payload_signal_the_receiver_is_not_ready_until_the_main_loop_finds_out() -> None:
    # Nothing raises SSTAT1 again, as there is no transfer to complete: the eleventh still round does.
    sub = Receiver()
    assert sub.latch.send(PayloadReady().encoded) is Outcome.SENT
    assert sub.ram.byte(0x04FE) == 0x40
    assert not sub.latch.ready
    assert [sub.main_loop().given_up for _ in range(11)] == [False] * 10 + [True]
    assert sub.latch.ready
