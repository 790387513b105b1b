"""Songs and keyboards are played block by block; whatever ends it, all keys are let go."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from tests.kn5000.rendering.instrument import FakeInstrument
from tests.midi.songs import END, midi_file, note

from luthier.dsp.limiter import Limiter
from luthier.kn5000.live import BLOCK, Player, PortSource, SongSource
from luthier.kn5000.rendering.performance import Performance
from luthier.midi.ports import memory_pair
from luthier.midi.song import read_song

RATE = 44_100
#: Frames that the limiter looks ahead.
LATE = Limiter(RATE).latency


class FakeCard:
    """Keeps what it is given; after ``stop_at`` blocks somebody presses Ctrl-C."""

    name = "card"
    missed = 0

    def __init__(self, stop_at: int | None = None) -> None:
        self.blocks: list[npt.NDArray[np.float32]] = []
        self._stop_at = stop_at

    def put(self, block: npt.NDArray[np.float32]) -> None:
        assert block.shape == (BLOCK, 2)
        self.blocks.append(block.copy())
        if len(self.blocks) == self._stop_at:
            raise KeyboardInterrupt

    @property
    def sound(self) -> npt.NDArray[np.float32]:
        return np.concatenate(self.blocks)[LATE:, 0]


def song(*tracks: bytes) -> SongSource:
    """A tick is 100 frames."""
    data = midi_file(b"\0\xff\x51\x03\x0f\x42\x40" + END, *tracks, division=441)
    return SongSource(Performance(read_song(data)), RATE)


def test_a_song_is_played_to_the_sample_and_ends() -> None:
    card, instrument = FakeCard(), FakeInstrument(ring=3_000)
    heard: list[float] = []
    player = Player(song(note(3, 60) + END, note(10, 5, 61) + END), instrument, card, gain=-20.0)
    player.play(heard.append)
    expected = np.zeros(len(card.sound), np.float32)
    expected[300 : 6_300 + 3_000] += 0.0125
    expected[1_000 : 1_500 + 3_000] += 0.0125
    assert np.max(np.abs(card.sound - expected)) < 1e-7
    assert 9_300 <= player.frames <= 9_300 + 3 * BLOCK
    assert heard == [BLOCK * number / RATE for number in range(1, len(heard) + 1)]
    assert instrument.silent


def test_what_rings_for_ever_is_ended() -> None:
    player = Player(song(note(0, 1) + END), FakeInstrument(ring=10**9), FakeCard())
    player.play()
    # Ten seconds behind the song, and half a second for what is left when all is let go.
    assert player.frames == pytest.approx(10.5 * RATE, abs=4 * BLOCK)


def test_ctrl_c_lets_all_keys_go_and_plays_their_end() -> None:
    card, instrument = FakeCard(stop_at=20), FakeInstrument(ring=2_000)
    with pytest.raises(KeyboardInterrupt):
        Player(song(note(0, 10_000) + END), instrument, card).play()
    assert instrument.silent
    assert card.sound[0] > 0
    assert card.sound[20 * BLOCK] > 0
    assert card.sound[-1] == 0
    assert len(card.blocks) == 20 + -(-2_000 // BLOCK) + 1


def test_a_keyboard_is_heard_from_the_next_block_on() -> None:
    keyboard, port = memory_pair()
    instrument = FakeInstrument()

    class Card(FakeCard):
        def put(self, block: npt.NDArray[np.float32]) -> None:
            keys = {2: b"\x90\x3c", 3: b"\x64\x3d\x64", 5: b"\x3c\x00\x3d\x00"}
            keyboard.send(keys.get(len(self.blocks) + 1, b""))
            super().put(block)

    with pytest.raises(KeyboardInterrupt):
        Player(PortSource(port), instrument, Card(stop_at=8)).play()
    notes = [(frame, message) for frame, message in instrument.received if message[0] == 0x90]
    assert notes == [
        (3 * BLOCK, b"\x90\x3c\x64"),
        (3 * BLOCK, b"\x90\x3d\x64"),
        (5 * BLOCK, b"\x90\x3c\x00"),
        (5 * BLOCK, b"\x90\x3d\x00"),
    ]


def test_too_loud_is_limited() -> None:
    card = FakeCard()
    Player(song(note(0, 100) + END), FakeInstrument(), card, gain=40.0).play()
    assert 0.8 < np.max(np.abs(card.sound)) < 1.0
