"""A second at a time, everything at its frame, until it is silent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from tests.kn5000.rendering.instrument import FakeInstrument
from tests.midi.songs import END, midi_file, note

from luthier.kn5000.rendering.performance import Performance
from luthier.kn5000.rendering.sound import Sound
from luthier.midi.song import read_song

#: With 1/441 s a tick, a tick is 100 frames.
TICK = 100
RATE = 44_100


def performance(*tracks: bytes) -> Performance:
    """A song whose quarter notes have 441 ticks and last a second."""
    return Performance(read_song(midi_file(b"\0\xff\x51\x03\x0f\x42\x40" + END, *tracks, division=441)))


def whole(sound: Sound) -> npt.NDArray[np.float32]:
    return np.concatenate([np.zeros((0, 2), np.float32), *[block.copy() for block in sound.blocks()]])


def test_every_sample_is_where_it_should_be() -> None:
    instrument = FakeInstrument(ring=50)
    sound = Sound(performance(note(3, 600) + END, note(100, 4, 61) + note(0, 1, 61) + END), instrument)
    samples = whole(sound)
    expected = np.zeros(len(samples))
    expected[3 * TICK : 603 * TICK + 50] += 0.125
    expected[100 * TICK : 104 * TICK + 50] += 0.125
    expected[104 * TICK : 105 * TICK + 50] += 0.125
    assert np.array_equal(samples[:, 0], expected)
    assert np.array_equal(samples[:, 1], expected / 2)
    # As much as lies before the next message, but not over the end of a second.
    assert instrument.calls == [300, 9_700, 400, 100, 44_100 - 10_500, 60_300 - 44_100, 1_024]
    assert sound.frames == 60_300 + 1_024


def test_blocks_are_seconds_and_each_has_its_polyphony() -> None:
    sound = Sound(
        performance(note(441, 441) + END, note(441, 10) + note(900, 100) + END), FakeInstrument(), 0.5
    )
    lengths = [len(block) for block in sound.blocks()]
    assert lengths == [RATE, RATE, RATE, round(0.5 * RATE) + 1_451 * TICK - 3 * RATE]
    assert sound.polyphony == [0, 2, 0, 1]


def test_a_tail_of_given_length() -> None:
    for tail, frames in ((0.0, 100 * TICK), (2.0, 100 * TICK + 2 * RATE)):
        assert len(whole(Sound(performance(note(0, 100) + END), FakeInstrument(ring=RATE), tail))) == frames


def test_what_never_ends_is_ended_after_ten_seconds() -> None:
    sound = Sound(performance(note(0, 100) + END), FakeInstrument(ring=10**9))
    assert len(whole(sound)) == 100 * TICK + 10 * RATE


def test_keys_that_nobody_lets_go_do_not_hang() -> None:
    sound = Sound(performance(b"\0\x90\x3c\x64\x64\xff\x2f\0"), FakeInstrument())
    assert len(whole(sound)) == 100 * TICK


def test_an_empty_song_is_no_sound() -> None:
    sound = Sound(performance(END), FakeInstrument())
    assert list(sound.blocks()) == []
    assert sound.polyphony == []
