"""``luthier poly800 render|audition|play``."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from tests.midi.songs import END, midi_file, note

from luthier import cli
from luthier.audio import devices
from luthier.midi import ports


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "poly800", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_a_program_is_rendered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.wav"
    assert run(monkeypatch, "render", "-o", output, "--notes", "C3 E3 G3", "--tail", 0.5) == 0
    assert "program 11, 2.0 s at 44,100 Hz, 3 notes" in capsys.readouterr().out
    assert soundfile.info(output).frames == 88_200
    assert run(monkeypatch, "render", "-o", output) == 1
    assert "already exists" in capsys.readouterr().err


def test_midi_files_and_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "a.mid"
    song.write_bytes(midi_file(note(0, 48) + note(0, 48, 64) + END))
    output = tmp_path / "a.flac"
    words = ("render", "built-in-mk2", "-p", 21, "--midi", song, "-o", output, "--json", "--rate", 48_000)
    assert run(monkeypatch, *words) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["program"], report["notes"], report["rate"], report["synth"]) == (21, 2, 48_000, "mk2")


def test_the_sequence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("render", "--sequence", "--tempo", 480, "-o", tmp_path / "a.wav")
    assert run(monkeypatch, *words) == 0
    assert "44 notes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--program", 19), 2, "there is no program 19"),
        (("--notes", "H9"), 2, "'H9' is no note"),
        (("--notes", "C4", "--sequence"), 2, "one of --midi, --notes and --sequence"),
        (("--bits", 12), 2, "samples of 12 bits"),
        (("--chord",), 1, "the chord memory is empty"),
        (("--midi", "nowhere.mid"), 1, "nowhere.mid"),
    ],
)
def test_what_cannot_be_played(
    words: tuple[object, ...],
    code: int,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "a.wav"
    assert run(monkeypatch, "render", *words, "-o", output) == code
    error = capsys.readouterr().err
    assert said in error
    assert len(error.splitlines()) == 1
    assert not output.exists()


def test_an_audition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("audition", "-o", tmp_path / "page", "--seconds", 0.5, "--rate", 8_000, "--format", "wav")
    assert run(monkeypatch, *words) == 0
    assert "index.html: 64 programs of 0.5 s" in capsys.readouterr().out
    assert run(monkeypatch, *words, "--json", "--force") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 64
    assert rows[0]["name"] == "Town Hall Brass"


class FakeCard:
    """A sound card that keeps what it is given."""

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
    def opened(*_device: object) -> Iterator[FakeCard]:
        yield fake

    found = [devices.Device("USB Audio", 2, 48_000.0, default=True, index=1)]
    monkeypatch.setattr(devices, "devices", lambda: found)
    monkeypatch.setattr(devices, "opened", opened)
    return fake


def test_notes_and_the_sequence_are_played(
    card: FakeCard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    card.missed = 2
    assert run(monkeypatch, "play", "--notes", "C4 E4", "--device", "usb") == 0
    assert len(card.blocks) * 256 > 44_100
    assert np.max(np.abs(card.blocks)) > 0.005
    assert "2 blocks of 256 frames came too late" in capsys.readouterr().err
    card.blocks.clear()
    assert run(monkeypatch, "play", "--sequence", "--tempo", 960) == 0
    # 64 sixteenths at 960 are a second.
    assert len(card.blocks) * 256 > 44_100


def test_a_keyboard_is_played(
    card: FakeCard, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Cable:
        name = "a keyboard"
        sent = iter([b"\x90\x3c\x40"])

        def receive(self, timeout: float) -> bytes:
            return next(self.sent, b"")

    @contextlib.contextmanager
    def listening(name: str) -> Iterator[Cable]:
        assert name == "keys"
        yield Cable()

    monkeypatch.setattr(ports, "listening", listening)
    card.stop_at = 50
    assert run(monkeypatch, "play", "--port", "keys") == 0
    assert "listening to a keyboard" in capsys.readouterr().err
    assert np.max(np.abs(card.blocks)) > 0.005


def test_playing_needs_a_card(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert run(monkeypatch, "play") == 1
    assert "pip install 'luthier[live]'" in capsys.readouterr().err
    assert run(monkeypatch, "play", "--port", "x", "--notes", "C4") == 2
