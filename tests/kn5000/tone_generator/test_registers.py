"""Registers, latches and what the firmware writes: the numbers of the register interface."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.kn5000.tone_generator.registers import (
    KeyState,
    Register,
    burst,
    extended,
    global_writes,
    initialisation,
    latch,
    mute,
    note_on,
    parts_of,
    registers,
    strobed,
    structure,
    template,
)


def test_a_latch_is_register_and_voice() -> None:
    assert latch(0x10, 5) == 0x405
    assert latch(0x29, 63) == 0xA7F
    assert [latch(number) for number in (0x01, 0x02, 0x07, 0x15)] == [0x040, 0x080, 0x1C0, 0x540]
    for register in range(0x40):
        for voice in range(64):
            assert latch(register, voice) == (register << 6) | voice
            assert parts_of(latch(register, voice)) == (register, voice)


@pytest.mark.parametrize("voice", [-1, 64])
def test_there_are_64_voices(voice: int) -> None:
    with pytest.raises(InputError, match="voice"):
        latch(0, voice)


def test_every_register_of_a_voice_has_its_place_in_the_structure() -> None:
    # Offsets as published: latch without the voice, bytes.
    published = {
        0x000: 0x00, 0x040: 0x02, 0x080: 0x04, 0x0C0: 0x06, 0x100: 0x08, 0x140: 0x0A, 0x180: 0x0C,
        0x1C0: 0x38, 0x400: 0x0E, 0x440: 0x10, 0x480: 0x12, 0x4C0: 0x14, 0x500: 0x16, 0x540: 0x3A,
        0x580: 0x3C, 0x5C0: 0x3E, 0x600: 0x40, 0x640: 0x42, 0x800: 0x18, 0x840: 0x1A, 0x880: 0x1C,
        0x8C0: 0x1E, 0x900: 0x20, 0x940: 0x22, 0x980: 0x24, 0x9C0: 0x26, 0xA00: 0x28, 0xA40: 0x2A,
    }  # fmt: skip
    assert {latch(register): row.offset for register, row in registers().items()} == published
    assert set(registers()) == set(Register)


def test_the_burst_is_23_writes_in_the_order_of_the_firmware() -> None:
    words = list(range(0x100, 0x100 + 34))
    writes = burst(words, 9)
    order = [
        0x040, 0x080, 0x0C0, 0x100, 0x140, 0x180, 0x400, 0x440, 0x480, 0x4C0, 0x500, 0x800,
        0x000, 0x840, 0x880, 0x8C0, 0x900, 0x940, 0x980, 0x9C0, 0xA00, 0xA40, 0x080,
    ]  # fmt: skip
    assert [first for first, _ in writes] == [number | 9 for number in order]
    assert len(writes) == 23
    assert len({first for first, _ in writes}) == 22
    assert writes[12] == (9, 0x8100)
    # The other words are those at their offset.
    assert writes[0][1] == words[1]
    assert writes[6][1] == words[7]
    assert writes[21][1] == words[0x15]


def test_the_load_strobe_goes_up_and_down_around_the_burst() -> None:
    words = structure({Register.LEVEL: 0x0ABC})
    writes = [data for first, data in burst(words, 3) if first == 0x083]
    assert writes == [0x8ABC, 0x0ABC]


@pytest.mark.parametrize("register", [Register.LEVEL, Register.VIBRATO, Register.TREMOLO, Register.AUTO_PAN])
def test_a_strobed_word_is_set_then_cleared(register: Register) -> None:
    assert registers()[register].strobed
    here = latch(register, 1)
    assert strobed(register, 0x8100, 1) == [(here, 0x8100), (here, 0x0100)]
    assert strobed(register, 0x0100, 1) == [(here, 0x0100)]


def test_the_companions_go_between_the_edges() -> None:
    words = structure({Register.VIBRATO: 0x8012, Register.VIBRATO_DEPTH: 0x34})
    assert extended(words, 2)[:3] == [(0x542, 0x8012), (0x1C2, 0x34), (0x542, 0x0012)]
    # Without strobes two writes each, as at start.
    assert [first for first, _ in extended(template(), 0)] == [0x1C0, 0x540, 0x600, 0x580, 0x640, 0x5C0]


def test_the_control_word_follows_the_burst() -> None:
    assert note_on(template(), 7)[-1] == (7, 0x1200)
    assert len(note_on(template(), 7)) == 24


def test_the_global_words() -> None:
    words = [0x0060, 0x0993, 1, 4, 4, 0xC, 0, 0, 0, 0, 0x20, 1, 0]
    latches = [*range(0x200, 0x206), *range(0xC00, 0xC06), 0xE00]
    assert list(global_writes()) == list(zip(latches, words, strict=True))
    # Bit 3 of the first word is bit 3 of 0x041343.
    assert global_writes(True)[0] == (0x200, 0x0068)
    assert global_writes(True)[1:] == global_writes(False)[1:]


def test_the_template() -> None:
    words = template()
    assert len(words) == 34
    assert words[:7] == (0x1200, 0x0002, 0x8000, 0x0000, 0x257C, 0x7F7C, 0x0040)
    assert words[12:15] == (0xFF80, 0xFF00, 0xFF00)
    assert words[22:24] == (0xA080, 0xFF00)
    assert not any(words[7:12] + words[15:22] + words[24:])


def test_the_initialisation_is_2317_writes() -> None:
    writes = list(initialisation())
    assert len(writes) == 2317 == 13 + 64 * 36
    assert tuple(writes[:13]) == global_writes()
    for voice in range(64):
        ours = writes[13 + 36 * voice : 13 + 36 * (voice + 1)]
        assert all(parts_of(first)[1] == voice for first, _ in ours)
        assert ours[:2] == mute(voice) == [(0x840 | voice, 0xFF00), (0x800 | voice, 0xFF80)]
        assert ours[2:26] == note_on(template(), voice)
        assert ours[26:30] == [*mute(voice), (0x0C0 | voice, 0), (voice, 0x7E00)]


def test_key_states() -> None:
    assert (KeyState.FREE, KeyState.GATE, KeyState.TRANSITION) == (0x7E00, 0x8100, 0x1200)
