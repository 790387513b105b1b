"""Statements of the Poly-800 mailing-list thread and facts that hold by layout or arithmetic."""

from __future__ import annotations

import random

import numpy as np
import pytest

from luthier.poly800 import sysex
from luthier.poly800.bank import Bank
from luthier.poly800.convert import convert
from luthier.poly800.initial import initial_bank
from luthier.poly800.memory import checksum_rule, image_from_ram, ram_from_image
from luthier.poly800.parameters import global_parameters, program_parameters
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.poly800.tape import modulation
from luthier.poly800.unpacked import unpack

#: Bytes 260 to 290 and 1635 of the factory tape, as the thread lists them.
FACTORY_31 = "00 b1 00 09 00 0b 00 03 02 01 00" + " ff" * 20


def tape_of(ram: bytes) -> list[int]:
    """The tape of a RAM image with the numbers of the thread: index 1 is byte 1."""
    return [-1, *image_from_ram(ram)]


def test_the_diagram_of_the_thread() -> None:
    bits = [1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1]
    edges = modulation.half_waves(bits) + 0.01
    assert edges.size == 12
    samples = modulation.waveform(edges, 192_000, coupling=0)
    middles = (edges[:-1] + edges[1:]) / 2
    signs = np.sign(samples[np.rint(middles * 192_000).astype(int)])
    assert (signs[1:] == -signs[:-1]).all()


def test_a_zero_lasts_about_twice_as_long_as_a_one() -> None:
    one, zero = np.diff(modulation.half_waves([1, 0]))
    assert one * 1e6 == pytest.approx(322.6, abs=0.05)
    assert zero * 1e6 == pytest.approx(714.3, abs=0.05)
    assert zero / one == pytest.approx(2.2, abs=0.02)


def test_a_dump_is_17996_bits_and_lasts_9_76_seconds() -> None:
    # The share of ones is that of the factory tape, as published: 0.44.
    assert modulation.bits_of(bytes(1636)).size == 1636 * 11 == 17_996
    seconds = 17_996 * (0.44 / 3100 + 0.56 / 1400)
    assert seconds == pytest.approx(9.76, abs=0.02)
    assert 1636 / seconds == pytest.approx(168, abs=0.5)
    # Extremes: all bytes FF and all bytes 00.
    shortest = float(modulation.half_waves(modulation.bits_of(b"\xff" * 1636))[-1])
    longest = float(modulation.half_waves(modulation.bits_of(bytes(1636)))[-1])
    assert shortest == pytest.approx(1636 * (1 / 1400 + 10 / 3100))
    assert shortest < seconds < longest == pytest.approx(1636 * (9 / 1400 + 2 / 3100))


def test_the_factory_bytes_of_the_thread() -> None:
    tape = tape_of(initial_bank(Synth.POLY800).ram)
    assert bytes(tape[260:291]).hex(" ") == FACTORY_31
    assert tape[1635] == 0x5B
    assert tape[1:3] == [0xB3, 0xBF]
    assert len(tape) - 1 == 1636


def test_the_checksum_counts_bytes_3_to_1635() -> None:
    ram = random.Random(2012).randbytes(1633)
    tape = tape_of(ram)
    assert tape[1636] == sum(tape[3:1636]) % 256
    assert tape[1636] != sum(tape[4:1636]) % 256
    # The first message's rule leaves the channel out: told apart, and the same on channel 1.
    other = bytes(tape[1:1636]) + bytes([sum(tape[4:1636]) % 256])
    assert checksum_rule(other) == "first message"
    on_channel_1 = tape_of(b"\0" + ram[1:])
    assert sum(on_channel_1[3:1636]) == sum(on_channel_1[4:1636])


def test_tape_and_ex800_dump_are_the_same_bytes_in_another_frame() -> None:
    bank = Bank(Synth.POLY800, random.Random(800).randbytes(1633))
    dump = sysex.write_dump(convert(bank, Synth.EX800)[0])
    nibbles = dump[4:-1]
    unframed = bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    # Without its two identification bytes a tape is just this, checksum included.
    assert unframed == image_from_ram(bank.ram)[2:]
    assert ram_from_image(b"\xb3\xbf" + unframed) == bank.ram


@pytest.mark.parametrize(
    ("place", "ram_index"),
    [(0x004, 0), (0x006, 1), (0x204, 256), (0x218, 266), (0x244, 288), (0xCC2, 1631), (0xCC4, 1632)],
)
def test_places_in_an_ex800_dump_as_an_editor_has_them(place: int, ram_index: int) -> None:
    ram = bytearray(1633)
    ram[ram_index] = 0xA7
    dump = sysex.write_dump(Bank(Synth.EX800, bytes(ram)))
    assert dump[place : place + 2] == b"\x07\x0a"
    assert dump[0xCC6:0xCC8] == b"\x07\x0a"
    assert dump[:4] == b"\xf0\x42\x21\x01"
    assert len(dump) == 0xCC6 + 3


def test_lengths_of_the_dumps() -> None:
    # F0 42 21 and the synth's byte, two nibbles per RAM byte and checksum, F7.
    assert 4 + 2 * (1 + 256 + 31 + 64 * 21 + 1 + 1) + 1 == sysex.DUMP_LENGTH[Synth.EX800] == 3273
    assert (
        4 + 2 * (1 + 1000 + 8 + 8 + 1 + 1 + 1 + 4 + 64 * 26 + 1) + 1 == sysex.DUMP_LENGTH[Synth.MK2] == 5383
    )


def test_high_octave_is_stored_as_2() -> None:
    for number in (1, 2):
        program = Program(bytes(21)).replacing({f"dco{number}_octave": 3})
        assert program.packed[0] == (2 if number == 1 else 2 << 2)
        assert unpack(program)[0] >> (0 if number == 1 else 2) & 0x03 == 2
        assert Program(bytes([3 if number == 1 else 3 << 2]) + bytes(20)).out_of_range()


def test_the_unpacked_order_is_not_the_memory_order() -> None:
    # Cutoff 1 alone: byte 7 of the table, byte 6 of the memory. Resonance 1: byte 28, and the 21st has it.
    base = Program(bytes(21))
    cutoff = base.replacing({"cutoff": 1})
    assert cutoff.packed == bytes(6) + b"\x01" + bytes(14)
    assert unpack(cutoff)[7] == unpack(base)[7] + 1
    resonance = base.replacing({"resonance": 1})
    assert resonance.packed == bytes(20) + b"\x04"
    assert unpack(resonance)[28] == 1
    # Level 1 is whole in the table (byte 5) and split in the memory (bytes 4 and 5).
    level = base.replacing({"dco1_level": 0b11101})
    assert level.packed[4:6] == bytes([0b111 << 5, 0b01])
    assert unpack(level)[5] == 0b11101


def test_the_clamps_of_the_table_would_hide_values_out_of_range() -> None:
    program = Program(bytes(21)).replacing({"cutoff": 127, "interval": 15}, allow_out_of_range=True)
    assert [row.name for row in program.out_of_range()] == ["interval", "cutoff"]
    assert min(program["cutoff"], 99) == 99  # what the table would show
    assert unpack(program)[7] & 0x7F == 127


def test_bit_7_of_byte_2_is_set_when_the_chorus_is_off() -> None:
    on = Program(bytes(21)).replacing({"chorus": 1})
    off = Program(bytes(21)).replacing({"chorus": 0})
    assert (on.packed[2], off.packed[2]) == (0x00, 0x80)


def test_five_bits_of_a_program_are_spare() -> None:
    spare = [(byte, bit) for byte in range(21) for bit in range(8) if _is_spare(byte, bit)]
    assert spare == [(2, 2), (2, 3), (2, 4), (2, 5), (5, 7)]


def _is_spare(byte: int, bit: int) -> bool:
    packed = bytearray(21)
    packed[byte] = 1 << bit
    return (byte, bit) in Program(bytes(packed)).spare_bits()


def test_a_mk2_program_begins_with_the_bytes_of_a_poly800_program() -> None:
    packed = random.Random(26).randbytes(26)
    long, short = Program(packed), Program(packed[:21])
    assert {name: long[name] for name in short.values()} == short.values()


def test_the_second_message_is_right_about_the_room_for_a_chord() -> None:
    places = {
        name: len(Bank(synth, bytes(size)).chord)
        for name, synth, size in (("poly800", Synth.POLY800, 1633), ("mk2", Synth.MK2, 2688))
    }
    assert places == {"poly800": 270 - 260 + 1, "mk2": 8}


#: Panel numbers and their ranges as published, first model.
RANGES = {
    (1, 3): "11 21",
    (1, 2): "12 22 18 44 46",
    (0, 1): "13 14 15 16 23 24 25 26 48",
    (0, 31): "17 27 " + " ".join(f"{deg}{stage}" for deg in (5, 6, 7) for stage in range(1, 7)),
    (0, 12): "31",
    (0, 3): "32",
    (0, 15): "33 42 45 81 82 83 84",
    (0, 99): "41",
    (0, 2): "43",
}
MK2_RANGES = {
    "delay_time": (0, 99),
    "delay_feedback": (0, 15),
    "delay_modulation_frequency": (0, 31),
    "delay_modulation_intensity": (0, 31),
    "delay_level": (0, 15),
    "eq_bass": (0, 12),
    "eq_treble": (0, 12),
}


def test_every_range_is_the_published_one() -> None:
    expected = {int(number): limits for limits, numbers in RANGES.items() for number in numbers.split()}
    rows = program_parameters(Synth.POLY800)
    assert {row.number: (row.minimum, row.maximum) for row in rows} == expected
    added = program_parameters(Synth.MK2)[len(rows) :]
    assert {row.name: (row.minimum, row.maximum) for row in added} == MK2_RANGES
    globals_of_mk2 = {row.number: (row.minimum, row.maximum) for row in global_parameters(Synth.MK2)}
    assert globals_of_mk2[87] == (1, 16)
    assert set(globals_of_mk2) == {85, 86, 87, 88}
