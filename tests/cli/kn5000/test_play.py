"""``luthier kn5000 play`` through a sound card that is none."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.midi.songs import END, midi_file, note

from luthier import cli
from luthier.audio import devices
from luthier.errors import MissingFeatureError
from luthier.midi import ports

pytestmark = pytest.mark.xdist_group("whole wave bank")


class FakeCard:
    name = "USB Audio"

    def __init__(self) -> None:
        self.blocks: list[npt.NDArray[np.float32]] = []
        self.missed = 0
        self.stop_at: int | None = None

    def put(self, block: npt.NDArray[np.float32]) -> None:
        self.blocks.append(block.copy())
        if len(self.blocks) == self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeCard:
    fake = FakeCard()

    @contextlib.contextmanager
    def opened(device: devices.Device, rate: int, *sizes: int) -> Iterator[Any]:
        assert (device.name, rate) == ("USB Audio", 44_100)
        yield fake

    found = [devices.Device("USB Audio", 2, 48_000.0, default=True, index=1)]
    monkeypatch.setattr(devices, "devices", lambda: found)
    monkeypatch.setattr(devices, "opened", opened)
    return fake


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "a.mid"
    path.write_bytes(midi_file(note(0, 48) + END))
    return path


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "play", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_a_song_is_played_to_its_end(
    card: FakeCard, song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    card.missed = 2
    assert run(monkeypatch, song, "--loop", 2, "--device", "usb") == 0
    assert len(card.blocks) * 256 >= 22_050
    assert np.max(np.abs(card.blocks)) > 0.01
    assert "2 blocks of 256 frames came too late" in capsys.readouterr().err


def test_ctrl_c_is_a_good_end(card: FakeCard, song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card.stop_at = 5
    assert run(monkeypatch, song) == 0
    assert np.max(np.abs(card.blocks[-1])) < np.max(np.abs(card.blocks))


def test_a_keyboard_is_played(
    card: FakeCard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyboard, port = ports.memory_pair()
    keyboard.send(b"\x90\x3c\x64")
    monkeypatch.setattr(ports, "listening", lambda name: contextlib.nullcontext(port))
    card.stop_at = 20
    assert run(monkeypatch, "--port", "keyboard") == 0
    assert np.max(np.abs(card.blocks)) > 0.01
    assert "listening to other end" in capsys.readouterr().err


def test_the_list(
    card: FakeCard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [ports.PortName("Keyboard", sends=False, receives=True), ports.PortName("Out", True, False)]
    monkeypatch.setattr(ports, "port_names", lambda: found)
    assert run(monkeypatch, "--list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "sound card  USB Audio  (used if none is named)",
        "port        Keyboard",
    ]
    assert run(monkeypatch, "--list", "--json") == 0
    assert [row["name"] for row in json.loads(capsys.readouterr().out)] == ["USB Audio", "Keyboard"]


def test_what_is_not_there_is_said(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing() -> list[Any]:
        raise MissingFeatureError("nothing here; install something")

    monkeypatch.setattr(devices, "devices", nothing)
    monkeypatch.setattr(ports, "port_names", nothing)
    assert run(monkeypatch, song) == 1
    assert capsys.readouterr().err == "luthier: nothing here; install something\n"
    assert run(monkeypatch, "--list", "--json") == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == []
    assert told.err.count("install something") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "either a SONG or what comes from a --port"),
        (["a.mid", "--port", "b"], "either a SONG"),
        (["a.mid", "--json"], "--json is for --list"),
    ],
)
def test_wrong_usage(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, *words) == 2
    assert said in capsys.readouterr().err
