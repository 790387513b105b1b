"""The voice that a page plays: how soon a key sounds, what it sounds like, and what pages may not do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.poly800.voice.tones import frequency, program
from tests.web.browser import PATIENCE, Served
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from luthier.errors import InputError
from luthier.poly800.synth import Synth
from luthier.web.live_voice import BLOCK, LOOK_AHEAD, LiveVoice
from luthier.web.sounds import Asked, Sound

RATE = 44_100
A4 = 69
#: Ticks of the voice: 187.5 a second (firmware.py).
TICK = RATE / 187.5


class Player:
    """A page as the server sees it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.frames = 0
        self.ready = json.loads(socket.recv(timeout=PATIENCE / 1000))

    def say(self, **wanted: Any) -> None:
        self.socket.send(json.dumps(wanted))

    def midi(self, *message: int) -> None:
        self.socket.send(bytes(message))

    def hear(self, frames: int) -> NDArray[np.float32]:
        """The next frames, shape (n, 2)."""
        self.say(want=self.frames + frames)
        self.frames += frames
        parts, count = [], 0
        while count < frames:
            data = self.socket.recv(timeout=PATIENCE / 1000)
            if isinstance(data, bytes):
                parts.append(np.frombuffer(data, "<f4").reshape(-1, 2))
            else:
                said = json.loads(data)
                assert "silence" in said, said
                parts.append(np.zeros((said["silence"], 2), np.float32))
            count += len(parts[-1])
        assert count == frames
        return np.concatenate(parts)


@contextmanager
def playing(served: Served, rate: str = str(RATE)) -> Iterator[Player]:
    address = served.address.replace("http", "ws") + f"/api/patch/play?rate={rate}"
    with connect(address, origin=Origin(served.address), proxy=None) as socket:
        yield Player(socket)


def bare(**values: int) -> dict[str, str]:
    return {"packed": program(**values).packed.hex()}


# --- What is heard -----------------------------------------------------------------------------------------


def test_a_key_is_heard_within_a_tick_of_what_was_sent(served: Served) -> None:
    with playing(served) as player:
        assert player.ready == {"ready": RATE}
        player.say(sound=bare())
        assert not player.hear(4096).any()
        player.midi(0x90, A4, 100)
        sound = player.hear(RATE // 2)
        first = int(np.flatnonzero(sound.any(1))[0])
        # The tick that is under way, one more for the band limit, and the limiter.
        assert first <= 2 * TICK + LOOK_AHEAD * RATE
        # So with 20 ms ahead of the sound card a key is heard 33 ms after it, and 50 is the promise.
        assert first / RATE + 0.020 < 0.050
        assert frequency(sound[4410:, 0].astype(float), RATE, 440) == pytest.approx(440, rel=1e-3)


def test_a_change_is_heard_at_once(served: Served) -> None:
    with playing(served) as player:
        player.say(sound=bare())
        player.midi(0x90, A4, 100)
        loud = np.abs(player.hear(RATE // 5)[-4096:]).max()
        player.say(sound={**bare(), "values": {"dco1_level": 0}})
        assert np.abs(player.hear(4096)[2048:]).max() < loud / 1000


def test_keys_come_up_and_all_can_be_silenced(served: Served) -> None:
    with playing(served) as player:
        player.say(sound=bare())
        player.midi(0x90, A4, 100)
        assert player.hear(4096).any()
        player.midi(0x80, A4, 0)
        player.hear(RATE // 2)
        assert not player.hear(4096).any()
        player.midi(0x90, A4, 100)
        player.say(hold=True)
        player.midi(0x80, A4, 0)
        player.hear(RATE // 2)
        assert player.hear(4096).any()
        player.say(quiet=True)
        player.hear(RATE // 2)
        assert not player.hear(4096).any()


def test_two_pages_have_their_own_voices(served: Served) -> None:
    with playing(served) as one, playing(served, "48000") as other:
        one.midi(0x90, A4, 100)
        assert one.hear(4096).any()
        assert not other.hear(4096).any()
        assert other.ready == {"ready": 48_000}


def test_a_page_gets_no_more_than_it_asks_for(served: Served) -> None:
    with playing(served) as player:
        player.hear(1000)
        player.say(want=1)
        with pytest.raises(TimeoutError):
            player.socket.recv(timeout=0.3)
    voice = LiveVoice(RATE)
    voice.take(Asked(want=10**15))
    assert sum(one if isinstance(one, int) else len(one) // 8 for one in voice.blocks()) == RATE // 2


def test_the_mk2_has_its_own_effects() -> None:
    voice = LiveVoice(RATE)
    sound = Sound(program(Synth.MK2, delay_level=15, delay_time=0).packed.hex())
    voice.take(Asked(synth=Synth.MK2, sound=sound, want=BLOCK))
    assert list(voice.blocks()) == [BLOCK]
    with pytest.raises(InputError, match="no program of the EX-800"):
        voice.take(Asked(synth=Synth.EX800, sound=sound))


# --- What pages may not do ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", ["", "0", "7999", "9999999", "abc", "-1"])
def test_rates_that_are_none(served: Served, rate: str) -> None:
    with playing(served, rate) as player:
        assert "sampling rate" in player.ready["error"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"want":"x"}', '{"more":1}', '{"sound":{}}', '{"synth":"dx7"}']
)
def test_messages_that_mean_nothing_end_it_with_a_word(served: Served, text: str) -> None:
    with playing(served) as player:
        player.socket.send(text)
        assert "nothing to play" in json.loads(player.socket.recv(timeout=PATIENCE / 1000))["error"]
        with pytest.raises(ConnectionClosed):
            player.socket.recv(timeout=PATIENCE / 1000)


def test_a_sound_that_is_none_is_told_and_the_rest_goes_on(served: Served) -> None:
    with playing(served) as player:
        player.say(sound={"packed": "00" * 21, "values": {"cutoff": 100}})
        assert "out of range" in json.loads(player.socket.recv(timeout=PATIENCE / 1000))["error"]
        for message in (b"", b"\x90", b"\xff" * 3000, bytes((0x90, 200, 1)), b"\xf0\x42\x7e"):
            player.socket.send(message)
        player.midi(0x90, A4, 100)
        assert player.hear(4096).any()


def test_a_foreign_page_gets_no_voice(served: Served) -> None:
    address = served.address.replace("http", "ws") + "/api/patch/play?rate=44100"
    with (
        pytest.raises(Exception, match=r"403|4403|rejected"),
        connect(address, origin=Origin("http://example.com"), proxy=None),
    ):
        pass


def test_only_so_many_pages_play_and_a_place_is_free_again(served: Served) -> None:
    for _ in range(20):
        with playing(served) as player:
            assert "ready" in player.ready
