"""The device at its ports: bitmaps, levels, blocks of any size, logs, and 64 voices at once."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.tone_generator.sounding import RATE, hertz, level_bank, played, sine_bank, voice

from luthier.errors import InputError
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator, replay
from luthier.kn5000.tone_generator.recordings import RECORDING, Recordings, one
from luthier.kn5000.tone_generator.registers import (
    LEVELS,
    VOICES,
    KeyState,
    Register,
    free,
    global_writes,
    initialisation,
    latch,
    mute,
    note_on,
)


def status(generator: ToneGenerator, value: int) -> int:
    """Read the status port with a latch."""
    generator.write_latch(value)
    return generator.read_status()


def test_bitmaps_have_16_voices_each() -> None:
    generator = ToneGenerator(level_bank())
    for number in (0, 15, 16, 40, 63):
        generator.write_all(note_on(voice(60), number))
    wanted = [0x8001, 0x0001, 0x0100, 0x8000]
    assert [status(generator, bank) for bank in range(4)] == wanted
    generator.render(100)
    assert [status(generator, bank) for bank in range(4)] == wanted
    generator.write_all(free(16))
    assert status(generator, 1) == 0
    assert generator.active == [0, 15, 40, 63]
    assert generator.sounding == 4


def test_what_a_note_needs_can_be_made_ready_before_it_sounds() -> None:
    at_once, before = ToneGenerator(sine_bank()), ToneGenerator(sine_bank())
    assert before.ready
    for generator in (at_once, before):
        generator.write_all(note_on(voice(60), 0))
    assert not before.ready
    before.make_ready()
    assert before.ready
    assert (at_once.render(1_000) == before.render(1_000)).all()
    assert at_once.ready


def test_the_level_that_is_read_falls_with_the_envelope() -> None:
    generator = ToneGenerator(level_bank())
    assert status(generator, 0x180 + 5) == 0
    generator.write_all(note_on(voice(60, AMPLITUDE_2=laws.segment(-np.inf, 1.0)), 5))
    read = []
    for _ in range(20):
        generator.render(2_000)
        read.append((status(generator, 0x180 + 5) & 0x3FFF) >> 5)
    assert read[0] > 0xF0
    assert (np.diff(read) < 0).all()
    generator.render(2 * RATE)
    assert status(generator, 0x180 + 5) == 0
    assert status(generator, 0) == 0


def test_the_chip_says_that_it_is_alive() -> None:
    assert ToneGenerator(level_bank()).read_alive() == 0


def test_the_initialisation_leaves_all_voices_free_and_silent() -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(initialisation())
    assert generator.active == []
    assert np.abs(generator.render(1_000)).max() == 0
    assert generator.read_register(0x0201) == 0x0993
    assert generator.read_register(latch(Register.CONTROL, 63)) == 0x7E00
    assert generator.read_register(latch(Register.CUTOFF, 7)) == 0x257C


def test_the_word_behind_the_burst_changes_nothing() -> None:
    # Drums have F000 and sound.
    heard = []
    for word in (0xF000, 0xF0FF, 0xFE00, 0x1200):
        generator = ToneGenerator(sine_bank())
        words = voice(69)
        words[0] = word
        generator.write_all(note_on(words, 0))
        heard.append(generator.render(500))
    assert all((other == heard[0]).all() for other in heard)


def test_mute_silences_a_sounding_voice() -> None:
    generator = ToneGenerator(level_bank())
    generator.write_all(note_on(voice(60), 2))
    generator.render(1_000)
    generator.write_all(mute(2))
    generator.render(100)
    assert np.abs(generator.render(100)).max() == 0
    assert generator.active == []


def play_song(sizes: list[int], log: bool = False) -> tuple[np.ndarray, ToneGenerator]:
    """The same writes at the same samples, rendered in blocks of these sizes."""
    generator = ToneGenerator(sine_bank(), log=log)
    random = np.random.default_rng(7)
    pieces = []
    turn = 0
    for step in range(60):
        number = int(random.integers(16))
        words = voice(
            float(random.integers(30, 100)),
            AMPLITUDE_2=laws.segment(-20, 0.05),
            FILTER_1=laws.bipolar_segment(1, 0.02),
            FILTER_DEPTH=int(laws.filter_depth_of_semitones(30)),
            CUTOFF=int(random.integers(60, 0x7D)),
            PAN=int(random.integers(0x80)),
            SENDS=int(random.integers(0x10000)),
        )
        generator.write_all(note_on(words, number))
        if step % 3 == 0:
            generator.write(latch(Register.VIBRATO, number), 0x50)
            generator.write(latch(Register.VIBRATO_DEPTH, number), 0x40)
        if step % 5 == 0:
            generator.write(latch(Register.CONTROL, int(random.integers(16))), 0x7E00)
        left = int(random.integers(1, 2_000))
        while left:
            count = min(left, sizes[turn % len(sizes)])
            turn += 1
            out = np.empty((count, 6), np.float32)
            generator.render_into(out)
            pieces.append(out)
            left -= count
    return np.concatenate(pieces), generator


@pytest.mark.parametrize("sizes", [[16], [64], [441], [1, 2, 3, 5, 7, 31, 33, 100], [1_000, 17]])
def test_samples_do_not_depend_on_the_block_size(sizes: list[int]) -> None:
    whole, _ = play_song([4_096])
    assert np.abs(whole).max() > 0.1
    pieces, _ = play_song(sizes)
    assert (whole == pieces).all()


def test_a_log_replays_to_the_same_samples() -> None:
    heard, generator = play_song([256], log=True)
    assert generator.log is not None
    rows = generator.log.rows()
    assert len(rows) == len(generator.log) > 60 * 24
    again = np.concatenate(list(replay(rows, sine_bank(), len(heard))))
    assert (heard == again).all()


def test_64_voices_sum_and_are_stolen_without_end() -> None:
    generator = ToneGenerator(level_bank())
    quiet = int(laws.level_of_decibels(-42.1442))  # seven octaves of amplitude: 1 / 128
    for number in range(64):
        generator.write_all(note_on(voice(60, LEVEL=quiet), number))
    one_voice = ToneGenerator(level_bank())
    one_voice.write_all(note_on(voice(60, LEVEL=quiet), 0))
    assert generator.render(2_000)[-1, 0] == pytest.approx(64 * one_voice.render(2_000)[-1, 0], rel=1e-5)
    assert len(generator.active) == 64
    random = np.random.default_rng(3)
    for _ in range(400):
        number = int(random.integers(64))
        generator.write_all(note_on(voice(float(random.integers(20, 120)), LEVEL=quiet), number))
        heard = generator.render(int(random.integers(1, 200)))
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < 1.5
    assert len(generator.active) == 64


def test_random_writes_do_no_harm() -> None:
    generator = ToneGenerator(sine_bank())
    random = np.random.default_rng(5)
    for _ in range(200):
        for _ in range(100):
            generator.write(int(random.integers(0x1000)), int(random.integers(0x10000)))
        generator.write(int(random.integers(64)), 0x8100)
        assert np.isfinite(generator.render(100)).all()


def test_unknown_selectors_are_silent() -> None:
    generator = ToneGenerator(sine_bank())
    generator.write_all(note_on(voice(60, RECORDING=0x7FFF), 0))
    assert np.abs(generator.render(500)).max() == 0
    assert generator.active == []


@pytest.mark.parametrize(
    "row",
    [
        (-1, 10, 0, 0, 0, 44_100.0),
        (0, 11, 0, 0, 0, 44_100.0),
        (5, 6, 0, 0, 0, 44_100.0),
        (0, 10, 5, 11, 0, 44_100.0),
        (0, 10, 6, 5, 0, 44_100.0),
        (0, 10, 0, 0, 0, 0.0),
        (2**62, 2**62, 0, 0, 0, 44_100.0),
    ],
)
def test_recordings_lie_within_the_samples(row: tuple[int, ...]) -> None:
    bank = Recordings(np.zeros(10, np.int16), np.array([row], RECORDING))
    with pytest.raises(InputError, match="recording 0"):
        ToneGenerator(bank)


def test_the_table_of_recordings_has_its_columns() -> None:
    with pytest.raises(InputError, match="columns"):
        ToneGenerator(Recordings(np.zeros(10, np.int16), np.zeros(3, [("start", np.int64)])))


def test_the_waves_make_such_recordings() -> None:
    from luthier.kn5000.waves import recordings

    assert recordings.RECORDING == RECORDING
    # Root: the note times a semitone, without the 80 of a pitch word.
    assert recordings.SEMITONE == laws.PITCH_SEMITONE
    row = np.zeros(1, recordings.RECORDING)
    row[0] = (0, 100, 0, 100, 60 * recordings.SEMITONE, RATE)
    wave = (20_000 * np.sin(2 * np.pi * np.arange(100) / 100)).astype(np.int16)
    heard = played(recordings.Recordings(wave, row), voice(60), 8_192)[1_000:, 0]
    assert hertz(heard) == pytest.approx(RATE / 100, rel=1e-5)


def test_the_memory_map_has_the_same_registers() -> None:
    from luthier.kn5000.memory_map.loading import all_entries

    entries = [entry for entry in all_entries() if entry.space == "tone_generator"]
    mapped = {entry.address for entry in entries}
    assert {latch(register) for register in Register} <= mapped
    assert {first for first, _ in global_writes()} <= mapped


@pytest.mark.parametrize("shape", [(10, 2), (60,), (10, 7)])
def test_samples_are_put_only_where_they_fit(shape: tuple[int, ...]) -> None:
    generator = ToneGenerator(level_bank())
    with pytest.raises(ValueError, match="frames, 6"):
        generator.render_into(np.zeros(shape, np.float32))
    with pytest.raises(ValueError, match="float32"):
        generator.render_into(np.zeros((10, 6)))  # type: ignore[arg-type]
    assert generator.time == 0


def test_a_burst_is_what_its_writes_are_one_by_one() -> None:
    of = np.random.default_rng(5)
    bank = one(np.arange(100, dtype=np.int16), 60, 44_100)
    first, second = ToneGenerator(bank), ToneGenerator(bank)
    controls = [KeyState.FREE, KeyState.GATE, 0xF000]
    for _ in range(400):
        number, count = int(of.integers(VOICES)), int(of.integers(1, 30))
        registers = of.choice([Register.CONTROL, *Register], count)
        latches = np.array([latch(Register(int(register)), number) for register in registers], np.uint16)
        data = of.integers(0, 0x10000, count).astype(np.uint16)
        gates = registers == Register.CONTROL
        data[gates] = of.choice(controls, int(gates.sum()))
        data[registers == Register.RECORDING] = 0
        first.write_burst(latches, data)
        second.write_all(zip(latches.tolist(), data.tolist(), strict=True))
        count = int(of.integers(1, 40))
        assert np.array_equal(first.render_outputs(count).dry, second.render_outputs(count).dry)
        assert first.active == second.active
    assert [first.read_register(chosen) for chosen in range(0x1000)] == [
        second.read_register(chosen) for chosen in range(0x1000)
    ]


def test_reading_all_is_reading_each() -> None:
    generator = ToneGenerator(level_bank())
    for number in range(0, VOICES, 3):
        words = voice(60, AMPLITUDE_1=laws.segment(-number / 2, 0.001))
        generator.write_all(note_on(words, number))
    generator.render(2000)
    bitmaps, levels = generator.read_all()
    for bank_number, bitmap in enumerate(bitmaps):
        assert status(generator, bank_number) == bitmap
    for number in range(VOICES):
        assert status(generator, LEVELS + number) == levels[number]
    assert len(set(levels.tolist())) > 10
