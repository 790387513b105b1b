"""What controllers make of a part."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.parts.playing import new_parts

from luthier.kn5000.parts import Change, Parts
from luthier.kn5000.parts.beside import Modulation
from luthier.kn5000.parts.controls import CONTROLS
from luthier.kn5000.parts.record import PART
from luthier.kn5000.parts.state import PartState
from luthier.kn5000.parts.view import ASPECTS, Heard, Master
from luthier.kn5000.transport.controllers import CONTROLLERS, SETTINGS

PART_NUMBERS = st.integers(0, 25)


@pytest.fixture
def parts() -> Parts:
    return new_parts()


def test_records_start_as_the_program_resets_them(parts: Parts) -> None:
    # Listing, 0x02A8F3; 97 -> 6 and 9B -> 1 are on the sound-parameter page too, 13 -> 2 on the audio page.
    for part in range(26):
        record = parts.records[part]
        assert (record["bend_range"], record["controller_97"], record["controller_9b"]) == (2, 6, 1)
        assert (record["pan"], record["expression"], record["controller_5d"]) == (64, 0, 0)
        assert (record["fine_tuning"], record["coarse_tuning"], record["bend"]) == (0, 0, 0)
        assert (record["controller_91"], record["controller_9d"], record["controller_flags"]) == (0, 0, 0)


def test_what_general_midi_starts_with_is_sent(parts: Parts) -> None:
    # Volume 100 as the linear setting stores it, 100 - 127; reverb 40.
    assert parts.records["volume"][5].astype("<i2") == -27
    assert parts.records["controller_5b"][5] == 40
    state = parts.state(5)
    assert (state.pan, state.bend, state.tuning, state.sustain, state.mono) == (0.0, 0.0, 0.0, False, False)
    assert [parts.state(part).drums for part in range(26)] == [part == 9 for part in range(26)]


@pytest.mark.parametrize(
    ("value", "expected"), [(127, 0.0), (64, -11.9), (32, -23.9), (16, -36.0), (1, -84.2)]
)
def test_volume_and_expression_follow_general_midis_law(parts: Parts, value: int, expected: float) -> None:
    # RP-009's own table: 64 -> -11.9 dB, 32 -> -23.9, 16 -> -36.0.
    parts.control(0, 7, 127)
    assert parts.control(0, 11, value) == Change.LEVEL
    assert parts.state(0).level == pytest.approx(expected, abs=0.06)
    parts.control(0, 11, 127)
    parts.control(0, 7, value)
    assert parts.state(0).level == pytest.approx(expected, abs=0.06)


def test_levels_add_up_and_0_is_silent(parts: Parts) -> None:
    parts.control(0, 7, 90)
    parts.control(0, 11, 80)
    parts.set_master(volume=0.5)
    product = 90 / 127 * 80 / 127 * 0.5
    assert parts.state(0).level == pytest.approx(40 * math.log10(product))
    parts.control(0, 7, 0)
    assert parts.state(0).level == -math.inf
    assert parts.records["volume"][0] == 0xFE00


def test_records_hold_levels_of_a_roms_table() -> None:
    table = [0x8000 + 3 * number for number in range(128)]
    parts = new_parts(table)
    parts.ram.set_word(SETTINGS, 1)
    parts.control(4, 7, 64)
    assert parts.records["volume"][4] == table[64]
    assert parts.state(4).level == pytest.approx(40 * math.log10(64 / 127))


def test_pan(parts: Parts) -> None:
    for value, position in ((0, -1.0), (1, -1.0), (64, 0.0), (127, 1.0)):
        assert parts.control(0, 10, value) == Change.PAN
        assert parts.state(0).pan == position
        assert parts.records["pan"][0] == value


def test_controller_9d_sends_a_part_all_to_one_side(parts: Parts) -> None:
    # Whatever a strike adds, -1 to 1, the sum is beyond the end.
    assert parts.control(0, 0x9D, 1) == Change.PAN
    assert parts.state(0).pan + 1 <= -1
    parts.control(0, 0x9D, 2)
    assert parts.state(0).pan - 1 >= 1
    parts.control(0, 0x9D, 0)
    assert parts.state(0).pan == 0


def test_the_sustain_pedal_is_down_from_64_on(parts: Parts) -> None:
    for value, down in ((63, False), (64, True), (127, True), (0, False)):
        assert parts.control(2, 64, value) == Change.SUSTAIN
        assert parts.state(2).sustain is down
        assert bool(parts.records["controller_flags"][2] & 1) is down


@pytest.mark.parametrize(
    ("number", "change", "name"), [(66, Change.SOSTENUTO, "sostenuto"), (67, Change.SOFT, "soft")]
)
def test_other_pedals(parts: Parts, number: int, change: Change, name: str) -> None:
    assert parts.control(0, number, 64) == change
    assert getattr(parts.state(0), name) is True
    parts.control(0, number, 63)
    assert getattr(parts.state(0), name) is False


def test_5b_and_5d_are_sends_and_no_pedals(parts: Parts) -> None:
    # 5B and 5D are 91 and 93, General MIDI's reverb and chorus depth; the pedals are 66 and 67.
    assert parts.control(0, 0x5B, 127) == Change.SENDS
    assert parts.control(0, 0x5D, 127) == Change.SENDS
    state = parts.state(0)
    assert (state.reverb, state.chorus) == (1.0, 1.0)
    assert not (state.sostenuto or state.soft or state.sustain)
    assert (parts.records["controller_5b"][0], parts.records["controller_5d"][0]) == (127, 127)


@given(st.integers(0, 127), st.floats(0, 1), st.floats(0, 1))
def test_sends_stay_shares_and_grow(value: int, own_reverb: float, own_chorus: float) -> None:
    parts = new_parts()
    before = parts.state(0).sends(own_reverb, own_chorus)
    assert before == pytest.approx((own_reverb, own_chorus))
    parts.control(0, 91, value)
    parts.control(0, 93, value)
    reverb, chorus = parts.state(0).sends(own_reverb, own_chorus)
    assert -1e-9 <= reverb <= 1 + 1e-9
    assert own_chorus - 1e-9 <= chorus <= 1 + 1e-9
    assert (reverb - own_reverb) * (value - 40) >= -1e-9


def test_modulation_goes_where_the_mode_says(parts: Parts) -> None:
    parts.control(0, 1, 127)
    assert parts.state(0).vibrato == pytest.approx(50.0)
    assert parts.set_modulation(0, Modulation.TREMOLO) == Change.MODULATION
    assert (parts.state(0).vibrato, parts.state(0).tremolo, parts.state(0).auto_pan) == (0.0, 1.0, 0.0)
    parts.set_modulation(0, Modulation.AUTO_PAN)
    assert (parts.state(0).vibrato, parts.state(0).tremolo, parts.state(0).auto_pan) == (0.0, 0.0, 1.0)
    parts.set_modulation(0, Modulation.OFF)
    assert (parts.state(0).vibrato, parts.state(0).tremolo, parts.state(0).auto_pan) == (0.0, 0.0, 0.0)
    assert [mode.name for mode in Modulation] == ["OFF", "VIBRATO", "TREMOLO", "AUTO_PAN"]


def test_pressure_adds_to_the_wheel_up_to_its_end(parts: Parts) -> None:
    assert parts.pressure(0, 64) == Change.MODULATION
    assert parts.state(0).vibrato == pytest.approx(50 * 64 / 127)
    parts.control(0, 1, 127)
    assert parts.state(0).vibrato == pytest.approx(50.0)


def test_sound_controllers_change_nothing_at_64(parts: Parts) -> None:
    for number in (72, 73, 74, 75, 76, 77, 78):
        parts.control(0, number, 64)
    assert parts.state(0) == new_parts().state(0)


def test_sound_controllers(parts: Parts) -> None:
    assert parts.control(0, 72, 80) == parts.control(0, 73, 48) == parts.control(0, 75, 96) == Change.TONE
    assert parts.control(0, 74, 80) == Change.FILTER
    assert (
        parts.control(0, 76, 96) == parts.control(0, 77, 127) == parts.control(0, 78, 80) == Change.MODULATION
    )
    state = parts.state(0)
    assert (state.release, state.attack, state.decay) == (2.0, 0.5, 4.0)
    assert state.cutoff == 12.0
    assert (state.vibrato_rate, state.vibrato, state.vibrato_delay) == (2.0, 50.0, 2.0)


def test_portamento(parts: Parts) -> None:
    parts.control(0, 5, 24)
    assert parts.state(0).portamento == 0.0
    parts.control(0, 65, 127)
    assert parts.state(0).portamento == pytest.approx(0.02)
    parts.control(0, 65, 0)
    parts.control(0, 84, 48)
    state = parts.state(0)
    assert state.portamento_from == 48
    assert state.portamento == pytest.approx(0.02)
    parts.portamento_taken(0)
    assert (parts.state(0).portamento_from, parts.state(0).portamento) == (None, 0.0)


def test_mode_messages_let_go_of_keys(parts: Parts) -> None:
    for number in (123, 124, 125, 126, 127):
        assert parts.control(0, number, 0) == Change.ALL_NOTES_OFF
        assert parts.state(0).mono is (number == 126)
    assert parts.control(0, 120, 0) == Change.ALL_SOUND_OFF


def test_reset_all_controllers_follows_rp_015(parts: Parts) -> None:
    kept = {0: 3, 5: 40, 7: 90, 10: 20, 32: 2, 72: 70, 74: 90, 91: 100, 93: 50}
    for number, value in kept.items():
        parts.control(0, number, value)
    parts.program(0, 33)
    expected = parts.state(0)
    for number in (1, 64, 65, 66, 67):
        parts.control(0, number, 127)
    parts.control(0, 11, 50)
    parts.bend(0, 0)
    parts.pressure(0, 100)
    parts.control(0, 101, 0)
    parts.control(0, 100, 0)
    change = parts.control(0, 121, 0)
    for followed in (
        Change.LEVEL,
        Change.PITCH,
        Change.MODULATION,
        Change.SUSTAIN,
        Change.SOSTENUTO,
        Change.SOFT,
    ):
        assert followed in change
    assert parts.state(0) == expected
    parts.control(0, 6, 24)  # no parameter is chosen any more
    parts.bend(0, 0x3FFF)
    assert parts.state(0).bend == pytest.approx(2.0, abs=0.001)
    assert parts.sound(0).program == 33  # type: ignore[attr-defined]


def test_bend(parts: Parts) -> None:
    for value, semitones, word in (
        (0, -2.0, -512),
        (0x1000, -1.0, -256),
        (0x2000, 0.0, 0),
        (0x3000, 1.0, 256),
    ):
        assert parts.bend(0, value) == Change.PITCH
        assert parts.state(0).bend == semitones
        assert parts.records["bend"][0] == word


@pytest.mark.parametrize("part", [16, 19, 21, 25])
def test_accompaniment_parts_bend_an_octave(parts: Parts, part: int) -> None:
    parts.bend(part, 0)
    assert parts.state(part).bend == -12.0
    parts.bend(20, 0)
    assert parts.state(20).bend == -2.0


def test_programs_take_the_bank_chosen_before(parts: Parts) -> None:
    parts.control(3, 0, 8)
    parts.control(3, 32, 1)
    assert parts.sound(3).bank == (0, 0)  # type: ignore[attr-defined]
    assert parts.program(3, 48) == Change.NONE
    assert (parts.sound(3).program, parts.sound(3).bank) == (48, (8, 1))  # type: ignore[attr-defined]
    parts.program(3, 5, bank=(0, 0))
    assert (parts.sound(3).program, parts.sound(3).bank) == (5, (0, 0))  # type: ignore[attr-defined]


def test_drums(parts: Parts) -> None:
    assert parts.sound(9).drums  # type: ignore[attr-defined]
    assert parts.set_drums(2, 1) == Change.ALL_NOTES_OFF
    assert parts.sound(2).drums  # type: ignore[attr-defined]
    assert parts.drum_parts(1) == [2, 9]
    parts.program(2, 0, bank=(121, 0))  # General MIDI 2: a melody bank
    assert not parts.state(2).drums
    parts.program(2, 0, bank=(120, 0))
    assert parts.state(2).drums


def test_xgs_drum_bank_counts_once_xg_was_asked_for(parts: Parts) -> None:
    parts.program(1, 0, bank=(127, 0))
    assert not parts.state(1).drums
    parts.reset("xg")
    parts.program(1, 0, bank=(127, 0))
    assert parts.state(1).drums


def test_drums_are_not_transposed(parts: Parts) -> None:
    parts.set_master(transpose=3, tuning=0.5)
    assert parts.state(0).tuning == 3.5
    assert parts.state(9).tuning == 0.5


def test_scale(parts: Parts) -> None:
    scale = tuple(number / 100 for number in range(12))
    assert parts.set_scale(0, scale) == Change.PITCH
    assert parts.state(0).scale == scale
    assert parts.state(1).scale == (0.0,) * 12


def test_reset_forgets_everything(parts: Parts) -> None:
    parts.control(0, 7, 1)
    parts.set_master(volume=0.1)
    parts.set_drums(0, 2)
    parts.program(0, 9)
    parts.reset()
    assert [parts.state(part) for part in range(26)] == [new_parts().state(part) for part in range(26)]
    assert parts.sound(0) == new_parts().sound(0)


@pytest.mark.parametrize("part", [-1, 26, 255])
def test_parts_that_do_not_exist_are_ignored(parts: Parts, part: int) -> None:
    before = bytes(parts.ram.image)
    assert parts.control(part, 7, 1) == parts.bend(part, 0) == parts.pressure(part, 1) == Change.NONE
    assert parts.program(part, 1) == Change.NONE
    assert bytes(parts.ram.image) == before


def test_what_is_not_acted_on_is_counted(parts: Parts) -> None:
    assert parts.control(0, 71, 100) == parts.control(0, 3, 1) == parts.control(0, 71, 2) == Change.NONE
    assert parts.unsupported == {"controller 71 resonance": 2, "controller 3": 1}


#: What messages may change in a record; the patch's pointers, slots and unknown bytes stay.
WRITTEN = (
    "present", "controller_flags", "volume", "pan", "controller_5b", "expression", "controller_5d",
    "bend_range", "fine_tuning", "coarse_tuning", "bend", "controller_91", "controller_97",
    "controller_9b", "controller_9d",
)  # fmt: skip


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("control"), PART_NUMBERS, st.integers(0, 255), st.integers(0, 255)),
            st.tuples(st.just("program"), PART_NUMBERS, st.integers(0, 255)),
            st.tuples(st.just("bend"), PART_NUMBERS, st.integers(0, 0x3FFF)),
            st.tuples(st.just("pressure"), PART_NUMBERS, st.integers(0, 255)),
        ),
        max_size=60,
    )
)
def test_no_message_writes_outside_the_places_known(messages: list[tuple[str, int, int, int]]) -> None:
    parts = new_parts()
    parts.ram.image[:] = b"\xa5" * len(parts.ram.image)
    parts.ram.set_word(SETTINGS, 0)
    parts.reset()
    before = bytearray(parts.ram.image)
    for name, *values in messages:
        getattr(parts, name)(*values)
        state = parts.state(values[0])
        assert not math.isnan(state.level + state.tuning + state.bend + state.vibrato)
    assert PART.fields is not None
    for part in range(26):
        for field in WRITTEN:
            kind, offset = PART.fields[field][:2]
            place = 0x041368 + 287 * part + offset
            before[place : place + kind.itemsize] = parts.ram.image[place : place + kind.itemsize]
    assert before == parts.ram.image


def test_every_field_of_a_state_belongs_to_one_aspect() -> None:
    parts = new_parts()
    heard, mine = Heard(*[0] * len(Heard._fields)), parts.beside[0]
    fields = [field for aspect in ASPECTS for field in aspect(0, heard, mine, Master())]
    assert sorted([*fields, "notes", "scale", "inserted"]) == sorted(PartState._fields)


@pytest.mark.parametrize("seed", range(5))
def test_a_state_made_aspect_by_aspect_is_as_one_made_anew(seed: int) -> None:
    of, both = random.Random(seed), (new_parts(), new_parts())
    for _ in range(1500):
        part, number, value = of.choice((0, 9, 17)), of.choice((*CONTROLS, *CONTROLLERS)), of.randrange(128)
        what, mode = of.randrange(12), of.choice(list(Modulation))
        for parts in both:
            if what == 0:
                parts.bend(part, value << 7)
            elif what == 1:
                parts.pressure(part, value)
            elif what == 2:
                parts.set_modulation(part, mode)
            elif what == 3:
                parts.portamento_taken(part)
            elif what == 4 and number < 20:
                parts.program(part, value)
            elif what == 4 and number < 40:
                parts.set_master(volume=value / 127, tuning=value / 100)
            else:
                parts.control(part, number, value)
        if of.random() < 0.7:
            both[1].set_master()  # all states are forgotten
            assert both[0].state(part) == both[1].state(part)


def test_celeste_adds_to_what_goes_to_the_chorus_and_never_beyond_all(parts: Parts) -> None:
    before = parts.state(2).sends(0.2, 0.0)
    assert parts.control(2, 94, 64) & Change.SENDS
    to_reverb, to_effect = parts.state(2).sends(0.2, 0.0)
    assert to_reverb == before[0] and to_effect == pytest.approx(64 / 127)
    parts.control(2, 93, 127)
    assert parts.state(2).sends(0.2, 0.3)[1] == pytest.approx(1.0)
    parts.control(2, 94, 0)
    parts.control(2, 93, 0)
    assert parts.state(2).sends(0.2, 0.0) == before
