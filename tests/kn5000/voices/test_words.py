"""Words against the laws of the tone generator, read back."""

from __future__ import annotations

import math
import random

import pytest
from tests.kn5000.voices.playing import sine

from luthier.kn5000.parts.state import PartState
from luthier.kn5000.sounds.strike import Segment
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.registers import Register, latch, mute, note_on, structure
from luthier.kn5000.voices import words


def written(prepared: words.Prepared) -> dict[int, int]:
    burst = words.stroke(prepared, 0, 0, 0, 0)
    return dict(zip(burst.latches.tolist(), burst.words.tolist(), strict=True))


def test_pitch_is_a_hundred_hex_a_semitone_and_stays_within_15_bits() -> None:
    # Facts I20: (note << 8) + 80; listing, Pitch_Saturate_15bit: 0 and 7FFF.
    assert [words.pitch(note) for note in (0, 60, 60.5, 127)] == [0x80, 0x3C80, 0x3D00, 0x7F80]
    assert words.pitch(-30) == 0
    assert words.pitch(140) == 0x7FFF
    for note in (0.004, 33.3, 69.04, 108.77):
        assert words.pitch(note) == int(laws.pitch_of_note(note))


def test_velocity_of_the_emulation_for_comparison() -> None:
    # Facts I09: MAME has velocity² / 4 + 63, 63 to 4095. Ours is the sound's: see sounds.built_in.
    law = [velocity * velocity // 4 + 63 for velocity in range(128)]
    assert (law[0], law[127]) == (63, 4095)
    assert law == sorted(law)


def test_envelopes_read_back() -> None:
    strike = sine(60, amplitude=(Segment(0.0, 0.5), Segment(-12.0, 0.3), Segment(-math.inf, 2.0)))
    found = written(words.prepare(strike, PartState(attack=2.0, decay=0.5), 60))
    seen = [found[latch(register)] for register in words._AMPLITUDE]
    decibels = [float(laws.decibels_of_target(word >> 8)) for word in seen[:3]]
    assert decibels == pytest.approx([0.0, -12.0, -math.inf], abs=0.2)
    seconds = [float(laws.seconds_of_rate(word)) for word in seen[:3]]
    assert seconds == pytest.approx([1.0, 0.15, 1.0], rel=0.05)
    assert seen[3] == 0


def test_a_silent_wait_before_the_attack_is_no_decay() -> None:
    strike = sine(60, amplitude=(Segment(-math.inf, 0.2), Segment(0.0, 0.4), Segment(-6.0, 1.0)))
    found = written(words.prepare(strike, PartState(attack=0.5), 60))
    seconds = [float(laws.seconds_of_rate(found[latch(register)])) for register in words._AMPLITUDE[:3]]
    assert seconds == pytest.approx([0.2, 0.2, 1.0], rel=0.05)


def test_filter_and_pitch_envelopes_read_back_in_semitones() -> None:
    strike = sine(
        60,
        cutoff=1000.0,
        filter=(Segment(17.5, 0.1), Segment(-6.0, 0.2)),
        bend=(Segment(2.0, 0.1), Segment(0.0, 0.1)),
    )
    found = written(words.prepare(strike, PartState(), 60))
    depth = float(laws.semitones_of_filter_depth(found[latch(Register.FILTER_DEPTH)]))

    def target(register: Register) -> float:
        high = found[latch(register)] >> 8
        return (high - 0x100 if high & 0x80 else high) / laws.BIPOLAR_MAXIMUM

    assert depth == 18
    assert [target(Register.FILTER_1) * depth, target(Register.FILTER_2) * depth] == pytest.approx(
        [17.5, -6.0], abs=0.1
    )
    assert found[latch(Register.FILTER_3)] == 0
    bend = laws.BIPOLAR_MAXIMUM * laws.PITCH_TARGET_UNITS / laws.PITCH_SEMITONE
    assert [target(Register.PITCH_1) * bend, target(Register.PITCH_2) * bend] == pytest.approx([2.0, 0.0])
    assert float(laws.hertz_of_cutoff(found[latch(Register.CUTOFF)])) == pytest.approx(1000, rel=0.03)


def test_release_starts_again_from_where_it_is() -> None:
    for decibels, share in ((0.0, 1.0), (-48.0, 0.5)):
        word = words.release(decibels, 1.2)
        assert word >> 8 == laws.SILENT_TARGET
        assert word & laws.RESTART
        # 60 dB take 1.2 s, all the 96 dB of the law 1.92 s.
        assert float(laws.seconds_of_rate(word)) == pytest.approx(1.92 * share, rel=0.05)


def test_only_pitch_expression_and_pan_differ_between_voices() -> None:
    prepared = words.prepare(sine(60), PartState(), 60)
    burst = words.stroke(prepared, 5, 0x1234, 0x56, 0x30)
    writes = list(zip(burst.latches.tolist(), burst.words.tolist(), strict=True))
    assert [register & 0x3F for register, _ in writes] == [5] * 26
    assert writes[:2] == mute(5)
    changed = {latch(Register.PITCH): 0x1234, latch(Register.EXPRESSION): 0x56, latch(Register.PAN): 0x30}
    order = [first for first, _ in note_on(structure({}), 0)]
    for (register, word), first, usual in zip(writes[2:], order, prepared.words[2:].tolist(), strict=True):
        assert register == first | 5
        assert word == changed.get(first, usual)


def test_words_are_where_the_burst_has_them() -> None:
    of = random.Random(1)
    for _ in range(50):
        some = {register: of.randrange(0x10000) for register in Register if of.random() < 0.7}
        assert words._in_order(some).tolist() == [
            word for _, word in [*mute(0), *note_on(structure(some), 0)]
        ]
