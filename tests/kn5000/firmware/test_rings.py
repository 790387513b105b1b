"""The rings and what collects packets: the same RAM as the transport's model leaves."""

from __future__ import annotations

import random

from tests.kn5000.firmware.sub_machine import fresh_machine

from luthier.kn5000.firmware.build import SUB_PAYLOAD, built
from luthier.kn5000.firmware.tone_tables import BASE
from luthier.kn5000.transport import dsp_stream, sub_ram
from luthier.kn5000.transport.ring import DSP_RING, MIDI_RING, Ring
from luthier.kn5000.transport.sub_ram import SubRam

#: Where the payload's code begins, behind its table of handlers.
CODE = 0xF500


def test_packets_of_handler_0_end_up_in_the_ring_as_documented() -> None:
    machine, ram, chance = fresh_machine(), SubRam(), random.Random(1)
    ring = Ring(ram, MIDI_RING)
    # The ring goes round, and so do its pointers.
    for place in (MIDI_RING.address, MIDI_RING.address + 2):
        machine.memory.write(place, 2, 0xFF80)
        ram.set_word(place, 0xFF80)
    for _ in range(40):
        data = chance.randbytes(chance.randint(1, 32))
        ring.write(data)
        machine.packet("AUDIO_CMDHANDLER_00_1F", data)
        if ring.count > 200:
            ring.skip()
            machine.call("RINGBUF_SKIPTOEND", XHL=MIDI_RING.address)
    assert ring.write_pointer < 0x8000
    size = 6 + MIDI_RING.capacity
    assert machine.bytes_at(MIDI_RING.address, size) == ram.bytes_at(MIDI_RING.address, size)


def test_bytes_are_read_in_order_and_nothing_is_ffff() -> None:
    machine = fresh_machine()
    machine.packet("AUDIO_CMDHANDLER_00_1F", b"\x12\xff")
    read = []
    for _ in range(3):
        machine.call("RINGBUF_READBYTE", XHL=MIDI_RING.address, DE=MIDI_RING.mask)
        read.append(int(machine.processor.registers["WA"]))
    assert read == [0x12, 0xFF, 0xFFFF]


def test_packets_of_handler_3_are_collected_as_documented() -> None:
    machine, ram, chance = fresh_machine(), SubRam(), random.Random(2)
    state = (dsp_stream.EXPECTED, dsp_stream.RECEIVED, dsp_stream.PACKETS)
    for _ in range(80):
        size = chance.choice((32, 32, 32, 8, 24))
        data = bytes([0x2D, 0, 0x0A, 0, 0, 0, chance.choice((0x38, 0x18, 8)), 0]) + chance.randbytes(24)
        dsp_stream.accept(ram, data[:size])
        machine.packet("AUDIO_CMDHANDLER_60_7F", data[:size])
        assert [machine.memory.read(place, 2) for place in state] == [ram.word(place) for place in state]
    size = 6 + DSP_RING.capacity
    assert machine.bytes_at(DSP_RING.address, size) == ram.bytes_at(DSP_RING.address, size)


def test_a_message_that_is_not_whole_empties_the_ring() -> None:
    machine = fresh_machine()
    for message in ((0x90, 0, 60), (0x45, 1, 2, 3), (0xA0, 0, 1, 2)):
        assert machine.midi(*message) == []
        assert machine.memory.read(MIDI_RING.address + 4, 2) == 0
    # And what comes next is understood again.
    assert machine.midi(0x90, 0, 60, 100)


def test_control_messages_set_touch_and_relay() -> None:
    machine = fresh_machine()
    machine.packet("AUDIO_CMDHANDLER_A0_BF", bytes([0x01, 3]))
    machine.packet("AUDIO_CMDHANDLER_A0_BF", bytes([0x00, 0x01]))
    assert machine.memory.read(sub_ram.TONE_GENERATOR_MODE, 1) == 3
    assert machine.memory.read(sub_ram.RELAY_ENABLED, 1) == 1
    machine.packet("AUDIO_CMDHANDLER_A0_BF", bytes([0x01, 10]))
    assert machine.memory.read(sub_ram.TONE_GENERATOR_MODE, 1) == 3


def test_random_bytes_neither_hang_it_nor_reach_its_code() -> None:
    machine, chance, program = fresh_machine(), random.Random(3), built().programs[SUB_PAYLOAD]
    tables = machine.bytes_at(BASE, 0x5000)
    code = machine.bytes_at(CODE, program.end - CODE)
    for _ in range(400):
        status = chance.choice((0x80, 0x90, 0x90, 0xB0, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0, chance.randrange(256)))
        machine.midi(status, chance.randrange(28), *chance.randbytes(chance.randint(0, 5)))
    for _ in range(60):
        machine.packet(
            "AUDIO_CMDHANDLER_60_7F", bytes([0x2D, 0, chance.randrange(16)]) + chance.randbytes(29)
        )
        machine.call("AUDIO_PROCESS_DSP")
    assert machine.bytes_at(BASE, 0x5000) == tables
    assert machine.bytes_at(CODE, program.end - CODE) == code
    # And it still plays.
    machine.call("CLEAR_RINGS")
    assert machine.midi(0x90, 0, 60, 100)
