"""Sound cards: what they are given they play; what is missing is said."""

from __future__ import annotations

import sys
import threading
from typing import Any

import numpy as np
import pytest

from luthier.audio import devices
from luthier.audio.devices import Device, SoundCard, opened
from luthier.errors import InputError, MissingFeatureError

FRAMES = 8


class FakeSoundDevice:
    """What the library sounddevice gives, as far as it is used; a thread takes blocks as a card does."""

    PortAudioError = RuntimeError
    refused = False
    cards: tuple[tuple[str, int], ...] = (("Microphone", 0), ("HDA Intel: Analog", 2), ("USB Audio", 2))

    class default:  # noqa: N801 -- as there
        device = (0, 2)

    def __init__(self) -> None:
        self.played: list[np.ndarray[Any, Any]] = []
        sounddevice = self

        class OutputStream:
            def __init__(self, rate: int, frames: int, device: int, **settings: Any) -> None:
                if sounddevice.refused:
                    raise sounddevice.PortAudioError("Invalid sample rate")
                assert (rate, frames, device) == (44_100, FRAMES, 2)
                assert settings["channels"] == 2
                self._callback = settings["callback"]
                self._stopped = threading.Event()
                self._thread = threading.Thread(target=self._run)

            def _run(self) -> None:
                while not self._stopped.wait(0.001):
                    block = np.full((FRAMES, 2), 9.0, np.float32)
                    self._callback(block, FRAMES, None, None)
                    sounddevice.played.append(block)

            def __enter__(self) -> Any:
                self._thread.start()
                return self

            def __exit__(self, *_: object) -> None:
                self._stopped.set()
                self._thread.join()

        self.OutputStream = OutputStream

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "index": index, "max_output_channels": channels, "default_samplerate": 48_000.0}
            for index, (name, channels) in enumerate(self.cards)
        ]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> FakeSoundDevice:
    fake = FakeSoundDevice()
    monkeypatch.setattr(devices, "_sounddevice", lambda: fake)
    return fake


def test_cards_are_listed_and_chosen_by_a_part_of_their_name(library: FakeSoundDevice) -> None:
    assert devices.devices() == [
        Device("HDA Intel: Analog", 2, 48_000.0, default=False, index=1),
        Device("USB Audio", 2, 48_000.0, default=True, index=2),
    ]
    assert devices.find(None).name == "USB Audio"
    assert devices.find("intel").index == 1
    with pytest.raises(InputError, match="2 sound cards match 'a'; choose one of: 'HDA Intel"):
        devices.find("a")
    with pytest.raises(InputError, match="no sound card matches 'organ'"):
        devices.find("organ")
    library.cards = (("Microphone", 0),)
    with pytest.raises(MissingFeatureError, match="no sound card; render to a file"):
        devices.find(None)


def test_blocks_are_played_in_order_and_to_the_end(library: FakeSoundDevice) -> None:
    with opened(devices.find(None), 44_100, FRAMES, 3) as card:
        for number in range(1, 11):
            card.put(np.full((FRAMES, 2), number, np.float32))
    played = [int(block[0, 0]) for block in library.played]
    assert [number for number in played if number] == list(range(1, 11))
    assert card.missed >= played.index(1)


def test_a_card_that_cannot_be_opened_is_named(library: FakeSoundDevice) -> None:
    library.refused = True
    with (
        pytest.raises(InputError, match=r"USB Audio: cannot be opened \(Invalid sample rate\)"),
        opened(devices.find(None), 44_100, FRAMES, 3),
    ):
        pass


def test_a_card_that_takes_no_more_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_GONE", 0.01)
    card = SoundCard("USB Audio", 1)
    block = np.ones((FRAMES, 2), np.float32)
    card.put(block)
    with pytest.raises(InputError, match="USB Audio: takes no more sound"):
        card.put(block)
    out = np.zeros_like(block)
    card.take(out)
    assert (out == 1).all()
    card.take(out)
    assert (out == 0).all()
    assert card.missed == 1


def test_without_the_library_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(MissingFeatureError, match=r"pip install 'luthier\[live\]'"):
        devices.devices()


def test_without_portaudio_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingFeatureError, match="apt install libportaudio2"):
        devices.devices()
