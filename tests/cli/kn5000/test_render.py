"""``luthier kn5000 render`` writes what a song sounds like and says what came of it."""

from __future__ import annotations

import gc
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.midi.songs import END, midi_file, note, text

from luthier import cli

pytestmark = pytest.mark.xdist_group("whole wave bank")

TUNE = midi_file(text(0, 3, b"A Tune") + note(0, 48) + note(0, 48, 64) + END, note(0, 48, 38, 9) + END)


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "render", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    path = tmp_path / "a.mid"
    path.write_bytes(TUNE)
    return path


def test_a_song_is_rendered_and_reported(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    output = song.with_suffix(".wav")
    assert run(monkeypatch, song, "-o", output) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{output}: A Tune: 0:0")
    assert "3 notes" in lines[0]
    assert any(line.endswith("times real time") for line in lines)
    samples, rate = soundfile.read(output)
    assert rate == 44_100
    assert np.abs(samples).max() > 0.01
    assert run(monkeypatch, song, "-o", output, "--json") == 1
    assert "already exists; give --force" in capsys.readouterr().err
    assert run(monkeypatch, song, "-o", output, "--json", "--force") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["name"] == str(output)
    assert report["notes"] == 3
    assert report["duration"] == pytest.approx(len(samples) / rate)
    assert report["peak"] == pytest.approx(20 * np.log10(np.abs(samples).max()), abs=0.01)
    assert "speed" not in report


def test_the_same_song_gives_the_same_samples(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1.flac", "2.flac"):
        assert run(monkeypatch, song, "-o", song.with_name(name), "--bits", 24) == 0
    assert song.with_name("1.flac").read_bytes() == song.with_name("2.flac").read_bytes()


def test_missing_arguments_are_wrong_usage(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, missing in (((), "SONG"), ((song,), "--output")):
        assert run(monkeypatch, *words) == 2
        assert missing in capsys.readouterr().err


def test_circles_are_looked_for_again_when_it_is_done(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gc.isenabled()
    for status in (0, 1):  # the second time there is such a file
        assert run(monkeypatch, song, "-o", song.with_suffix(".wav")) == status
        assert gc.isenabled()


@pytest.mark.parametrize(
    ("words", "peak", "loudness"),
    [
        (["--normalise"], None, -16),
        (["--normalise", "-30"], None, -30),
        (["--normalise", "peak:-6"], -6, None),
        (["--normalise=peak", "--rate", "22050"], -1, None),
    ],
)
def test_levels(
    song: Path,
    words: list[str],
    peak: float | None,
    loudness: float | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The option before the song, before another option, and last.
    for order in ([*words, song], [song, *words, "--json"], [song, "--json", *words]):
        if order[-1] is song and words == ["--normalise"]:
            continue
        more = [] if "--json" in order else ["--json"]
        assert run(monkeypatch, "-o", song.with_suffix(".wav"), "--force", *more, *order) == 0
        report = json.loads(capsys.readouterr().out)
        if peak is not None:
            assert report["peak"] == pytest.approx(peak, abs=0.01)
        if loudness is not None:
            # Short and loud: what the limiter takes is missing.
            assert report["loudness"] == pytest.approx(loudness, abs=0.1 + 0.2 * report["reduction"])


def test_stems_loops_and_tail(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stems = song.parent / "stems"
    words = ("--stems", stems, "--loop", 3, "--tail", 0.5, "--gain", "-6", "--json")
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav"), *words) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["duration"] == pytest.approx(3 * 0.5 + 0.5)
    assert report["notes"] == 9
    assert [stem["part"] for stem in report["stems"]] == [0, 9]
    mix = soundfile.read(song.with_suffix(".wav"))[0]
    total = sum(soundfile.read(stem["name"])[0] for stem in report["stems"])
    assert np.max(np.abs(total - mix)) <= 1.5 * 2**-15  # each file is rounded by half a step


def test_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TUNE)))
    assert run(monkeypatch, "-", "-o", "-", "--tail", 0) == 0
    assert len(soundfile.read(io.BytesIO(out.buffer.getvalue()))[0]) == 22_050


def test_what_is_odd_about_a_song_is_said(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    song.write_bytes(TUNE[:-6])
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav")) == 0
    assert "warning: byte" in capsys.readouterr().out


def test_a_soundfont_that_is_none(
    song: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav"), "--soundfont", song) == 1
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav"), "--waves", song) == 1
    assert not song.with_suffix(".wav").exists()
    del capsys


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--gain", "3", "--normalise"], 2, "either --gain or --normalise"),
        (["--normalise", "peak:3"], 2, "out of range"),
        (["--bits", "20"], 2, "give 16, 24 or 32"),
        (["--soundfont", "a", "--waves", "b"], 2, "either --waves or --soundfont"),
        (["--rate", "100"], 2, "--rate"),
        (["--loop", "0"], 2, "--loop"),
    ],
)
def test_errors(
    song: Path,
    words: list[str],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav"), *words) == code
    assert said in capsys.readouterr().err
    assert not song.with_suffix(".wav").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a Standard MIDI File"),
        (TUNE[:16], "there is no track in it"),
        (b"RIFF", "not a Standard MIDI"),
    ],
)
def test_what_is_no_song(
    song: Path,
    data: bytes,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    song.write_bytes(data)
    assert run(monkeypatch, song, "-o", song.with_suffix(".wav")) == 1
    told = capsys.readouterr().err
    assert said in told
    assert str(song) in told
    assert told.count("\n") == 1
    assert [path.name for path in song.parent.iterdir()] == ["a.mid"]


def test_effects_are_chosen_and_beat_the_song(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plate = b"\0\xf0\x0a\x41\x10\x42\x12\x40\x01\x30\x05\x0a\xf7"
    path, output = tmp_path / "a.mid", tmp_path / "a.wav"
    path.write_bytes(midi_file(plate + note(0, 48) + END))
    assert run(monkeypatch, path, "-o", output, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert [there["effect"] for there in report["effects"]][:2] == ["CHORUS", "PLATE REVERB 1"]
    assert not report["overridden"]
    options = (
        *(
            "--effect",
            "rotary speaker",
            "--effect-parts",
            "1",
            "--reverb",
            "dark reverb 1",
            "--room",
            "stage",
        ),
        *("--eq", "LOW EMPHASIS G=6dB", "--set", "reverb REVERB TIME=3s", "--force"),
    )
    assert run(monkeypatch, path, "-o", output, "--json", *options) == 0
    report = json.loads(capsys.readouterr().out)
    effects = [there["effect"] for there in report["effects"]]
    assert effects == ["ROTARY SPEAKER", "DARK REVERB 1", "NO OPERATION", "STAGE", "GEQ"]
    time = report["effects"][1]["parameters"][0]
    assert time == {"name": "REVERB TIME", "value": 3.0, "unit": "s", "text": "3 s"}
    assert report["overridden"] == {"reverb: PLATE REVERB 1": 1}
    assert run(monkeypatch, path, "-o", output, *options) == 0
    told = capsys.readouterr().out
    assert "effects: ROTARY SPEAKER, DARK REVERB 1, STAGE, GEQ" in told
    assert "not as the song has it: reverb: PLATE REVERB 1 (1 times)" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--reverb", "plate"), "did you mean PLATE REVERB"),
        (("--effect", "GEQ"), "no effect of DSP EFFECT"),
        (("--set", "room REVERB TIME=2s"), "choose one with --room"),
        (("--set", "reverb"), "sets nothing"),
        (("--effect-parts", "0"), "parts are 1 to 26"),
        (("--eq", "LOW EMPHASIS G=90dB"), "LOW EMPHASIS G"),
    ],
)
def test_effects_that_cannot_be_are_refused_before_anything_is_played(
    song: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, str],
    said: str,
) -> None:
    output = song.with_suffix(".wav")
    assert run(monkeypatch, song, "-o", output, *options) != 0
    assert said in capsys.readouterr().err
    assert not output.exists()
