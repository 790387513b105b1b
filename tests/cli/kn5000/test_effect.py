"""``luthier kn5000 effect``: dry and wet, rates, tails, what is said, and errors of one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from luthier import cli


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "effect", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def click(tmp_path: Path) -> Path:
    path = tmp_path / "click.wav"
    sound = np.zeros((4410, 2), np.float32)
    sound[100] = 0.5
    soundfile.write(path, sound, 44_100, subtype="FLOAT")
    return path


def test_dry_and_wet(click: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = (
        "--set",
        "delay l=100",
        "--set",
        "DELAY R=200 ms",
        "--set",
        "FEEDBACK L=0",
        "--set",
        "FEEDBACK R=0",
    )
    for wet, places in ((False, [100, 4510]), (True, [4510])):
        out = tmp_path / f"{wet}.wav"
        words = ("single delay", click, "-o", out, *settings, *(["--wet"] if wet else []))
        assert run(monkeypatch, *words) == 0
        sound, rate = soundfile.read(out)
        assert rate == 44_100
        assert list(np.flatnonzero(np.abs(sound[:, 0]) > 1e-3)) == places
        # Until it is silent: the right side's echo is the last of it.
        assert len(sound) == 100 + 8820 + 1


def test_the_equaliser_stands_in_the_way(
    click: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.wav"
    flat = [word for name in ("LOW", "HIGH") for word in ("--set", f"{name} EMPHASIS G=0dB")]
    assert run(monkeypatch, "GEQ", click, "-o", out, *flat, "--tail", 0) == 0
    sound, _ = soundfile.read(out)
    assert sound == pytest.approx(soundfile.read(click)[0], abs=2**-15)


def test_another_rate_mono_and_a_tail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in.wav", tmp_path / "out.wav"
    wave = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(48_000) / 48_000)
    soundfile.write(source, wave, 48_000)
    words = ("VIBRATO", source, "-o", out, "--wet", "--tail", 0.5, "--set", "DEPTH=0", "--json")
    assert run(monkeypatch, *words) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["effect"], said["number"], said["rate"], said["tail"]) == ("VIBRATO", 50, 48_000, 0.5)
    assert said["settings"]["DEPTH"] == said["panel"]["DEPTH"] == 0
    sound, rate = soundfile.read(out)
    assert rate == 48_000
    assert sound.shape == (72_000, 2)
    # 5 ms later, but for the last half frame of 44,100 Hz.
    assert sound[10_000:40_000, 0] == pytest.approx(wave[10_000 - 240 : 40_000 - 240], abs=0.02)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["REVERB", "{in}", "-o", "{out}"], "no effect"),
        (["CHORUS", "{in}", "-o", "{out}", "--set", "DEPTH"], "sets nothing"),
        (["CHORUS", "{in}", "-o", "{out}", "--set", "DEPTH=deep"], "no number"),
        (
            ["CHORUS", "{in}", "-o", "{out}", "--set", "DEPTH=1e9"],
            "choose 0 to 99 as on the panel, or 0 to 100 %",
        ),
        (["CHORUS", "{in}", "-o", "{out}", "--set", "DEPTH=nan"], "is no number"),
        (["CHORUS", "{in}", "-o", "{out}", "--set", "WIDTH=3"], "has no WIDTH"),
        (["CHORUS", "{missing}", "-o", "{out}"], "missing.wav"),
        (["CHORUS", "{in}", "-o", "{in}"], "exists"),
        (["CHORUS", "{in}", "-o", "-", "--json"], "either sound or JSON"),
    ],
)
def test_errors_are_one_line_and_nothing_is_written(
    words: list[str],
    message: str,
    click: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = {"{in}": click, "{out}": tmp_path / "out.wav", "{missing}": tmp_path / "missing.wav"}
    assert run(monkeypatch, *(names.get(word, word) for word in words)) in (1, 2)
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not (tmp_path / "out.wav").exists()
