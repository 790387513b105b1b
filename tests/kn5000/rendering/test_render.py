"""Files are what the instrument played: level, rate, stems; nothing is left of what was not finished."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.kn5000.rendering.instrument import FakeInstrument
from tests.midi.songs import END, midi_file, note

from luthier.errors import InputError, LuthierError, OutputExistsError, UsageError
from luthier.kn5000.rendering.level import Target
from luthier.kn5000.rendering.render import Settings, render
from luthier.kn5000.rendering.report import Report, lines
from luthier.midi.song import Song, read_song

OPENTTD = Path("/usr/share/games/openttd/baseset/openmsx/5432gone_redfarn.mid")


def song(*tracks: bytes) -> Song:
    """A tick is a hundredth of a second."""
    return read_song(midi_file(b"\0\xff\x51\x03\x0f\x42\x40" + END, *tracks, division=100))


#: Two keys at once for a second, on parts 1 and 3; silence for half a second; one key on part 10.
TUNE = song(note(0, 100) + END, note(0, 100, 64, 2) + END, note(150, 50, 36, 9) + END)
FLOATS = Settings(bits=32)


def sound(path: Path) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    samples: np.ndarray[tuple[int, int], np.dtype[np.float64]] = soundfile.read(path, always_2d=True)[0]
    return samples


def test_the_file_is_what_was_played(tmp_path: Path) -> None:
    heard: list[tuple[float, str]] = []
    report = render(TUNE, tmp_path / "a.wav", FakeInstrument, FLOATS, lambda *now: heard.append(now))
    samples = sound(tmp_path / "a.wav")
    assert len(samples) == 2 * 44_100
    expected = np.repeat([0.25, 0.0, 0.125], [44_100, 22_050, 22_050])
    assert np.max(np.abs(samples[:, 0] - expected)) < 1e-6
    assert np.max(np.abs(samples[:, 1] - expected / 2)) < 1e-6
    assert (report.notes, report.peak_polyphony, report.polyphony) == (3, 2, [2, 1])
    assert report.duration == 2.0
    assert report.peak == pytest.approx(-12.04, abs=0.01)
    assert (report.limited, report.reduction, report.gain) == (0, 0, 0)
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert all(0 < fraction <= 1 for fraction in fractions)


@pytest.mark.parametrize(("gain", "factor"), [(-20.0, 0.1), (6.0206, 2.0)])
def test_a_gain(tmp_path: Path, gain: float, factor: float) -> None:
    report = render(TUNE, tmp_path / "a.wav", FakeInstrument, Settings(bits=32, gain=gain))
    assert np.max(sound(tmp_path / "a.wav")) == pytest.approx(0.25 * factor, rel=1e-4)
    assert report.gain == gain


@pytest.mark.parametrize("target", [-6.0, -0.25, 0.0])
def test_normalised_to_a_peak_in_two_passes(tmp_path: Path, target: float) -> None:
    settings = Settings(bits=32, normalise=Target(target, peak=True))
    report = render(TUNE, tmp_path / "a.wav", FakeInstrument, settings)
    assert np.max(np.abs(sound(tmp_path / "a.wav"))) == pytest.approx(10 ** (target / 20), rel=1e-4)
    assert report.peak == pytest.approx(target, abs=1e-3)
    assert report.gain == pytest.approx(12.041 + target, abs=1e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_normalised_to_a_loudness(tmp_path: Path) -> None:
    tune = song(*[note(tick, 1, 60 + tick % 40) + END for tick in range(0, 300, 2)])
    for target in (-20.0, -30.0):
        settings = Settings(bits=32, normalise=Target(target), force=True)
        report = render(tune, tmp_path / "a.wav", FakeInstrument, settings)
        assert report.loudness == pytest.approx(target, abs=0.1)


def test_too_loud_is_limited_and_said(tmp_path: Path) -> None:
    report = render(TUNE, tmp_path / "a.wav", FakeInstrument, Settings(gain=20.0))
    assert np.max(np.abs(sound(tmp_path / "a.wav"))) < 1.0
    assert report.peak is not None
    assert report.peak <= -1
    assert report.reduction == pytest.approx(20 - 12.04 + 1, abs=0.01)
    assert report.limited > 0.9
    assert any("limiter" in line for line in lines(report))


def test_another_rate(tmp_path: Path) -> None:
    report = render(TUNE, tmp_path / "a.flac", FakeInstrument, Settings(rate=48_000, bits=24))
    found, rate = soundfile.read(tmp_path / "a.flac")
    assert (len(found), rate, report.rate) == (96_000, 48_000, 48_000)
    assert report.duration == pytest.approx(2.0)
    assert found[24_000, 0] == pytest.approx(0.25, abs=1e-4)
    assert found[60_000, 0] == pytest.approx(0.0, abs=1e-4)


def test_stems_add_up_to_the_mix(tmp_path: Path) -> None:
    settings = Settings(bits=32, gain=-3.0, stems=tmp_path / "stems", tail=0.25)
    report = render(TUNE, tmp_path / "a.wav", lambda: FakeInstrument(ring=4_410), settings)
    assert [(stem.part, Path(stem.name).name) for stem in report.stems] == [
        (0, "part-01.wav"),
        (2, "part-03.wav"),
        (9, "part-10.wav"),
    ]
    parts = [sound(Path(stem.name)) for stem in report.stems]
    assert np.max(np.abs(sum(parts) - sound(tmp_path / "a.wav"))) < 1e-6
    assert all(part.any() for part in parts)
    assert report.stems[0].peak == pytest.approx(20 * np.log10(0.125) - 3, abs=1e-3)


def test_a_song_with_nothing_to_hear_is_an_answer(tmp_path: Path) -> None:
    for number, nothing in enumerate(
        (song(END), song(b"\x64\xb0\x07\x00" + END), read_song(midi_file(stated=0)))
    ):
        settings = Settings(normalise=Target(), stems=tmp_path / str(number))
        report = render(nothing, tmp_path / f"{number}.wav", FakeInstrument, settings)
        assert (report.peak, report.true_peak, report.loudness, report.gain) == (None, None, None, 0.0)
        assert (report.notes, report.stems) == (0, [])
        assert not sound(tmp_path / f"{number}.wav").any()
        assert "silence" in lines(report)[1]


@pytest.mark.parametrize("stop_at", [0, 50_000])
@pytest.mark.parametrize("normalise", [None, Target()])
def test_nothing_is_left_of_what_was_interrupted(
    tmp_path: Path, stop_at: int, normalise: Target | None
) -> None:
    settings = Settings(normalise=normalise, stems=tmp_path / "stems")
    with pytest.raises(KeyboardInterrupt):
        render(TUNE, tmp_path / "a.wav", lambda: FakeInstrument(stop_at=stop_at), settings)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_is_left_when_a_stem_fails(tmp_path: Path) -> None:
    instruments = [FakeInstrument(), FakeInstrument(), FakeInstrument(stop_at=0), FakeInstrument()]
    waiting = iter(instruments)
    with pytest.raises(KeyboardInterrupt):
        render(TUNE, tmp_path / "a.wav", lambda: next(waiting), Settings(stems=tmp_path / "stems"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_outputs_are_replaced_only_by_force(tmp_path: Path) -> None:
    path, stem = tmp_path / "a.wav", tmp_path / "stems" / "part-03.wav"
    path.write_bytes(b"old")
    with pytest.raises(OutputExistsError, match=r"a\.wav"):
        render(TUNE, path, FakeInstrument)
    path.unlink()
    stem.parent.mkdir()
    stem.write_bytes(b"old")
    with pytest.raises(OutputExistsError, match=r"part-03\.wav"):
        render(TUNE, path, FakeInstrument, Settings(stems=stem.parent))
    assert [entry.read_bytes() for entry in tmp_path.rglob("*.wav")] == [b"old"]
    render(TUNE, path, FakeInstrument, Settings(stems=stem.parent, force=True))
    assert stem.stat().st_size > 1_000


def test_what_cannot_be_done_is_said_before_anything_is_played(tmp_path: Path) -> None:
    def never() -> FakeInstrument:
        raise AssertionError

    with pytest.raises(UsageError, match="stems need files"):
        render(TUNE, Path("-"), never, Settings(stems=tmp_path))
    with pytest.raises(UsageError, match="cannot be written as"):
        render(TUNE, tmp_path / "a.txt", never)
    with pytest.raises(InputError, match="hours"):
        render(song(note(2**27, 1) + END), tmp_path / "a.wav", never, Settings(times=999))
    with contextlib.suppress(OSError):
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(LuthierError):
            render(TUNE, tmp_path / "file" / "a.wav", never)


def test_the_report_for_people() -> None:
    report = Report(
        name="a.wav",
        title="A Song",
        duration=65.04,
        rate=44_100,
        gain=-2.5,
        peak=-1.04,
        true_peak=-1.0,
        loudness=-16.06,
        limited=0.3,
        reduction=2.14,
        notes=1_234,
        peak_polyphony=8,
        polyphony=[0, 1, 4, 8],
        stolen=3,
        still_sounding=2,
        unsupported={"b": 2, "a": 2, "c": 9},
        warnings=["byte 3: odd"],
    )
    assert lines(report) == [
        "a.wav: A Song: 1:05.0 at 44,100 Hz, 1,234 notes",
        "level: peak -1.0 dBFS, loudness -16.1 LUFS, gain -2.5 dB",
        "limiter: at work for 0.3 s, 2.1 dB at most; a lower --gain keeps it out",
        "voices: at most 8 at once, 3 stolen",
        "over time:  ▁▄█",
        "still sounding at the end: 2 voices; a longer --tail lets them ring out",
        "not supported: c (9 times)",
        "not supported: a (2 times)",
        "not supported: b (2 times)",
        "warning: byte 3: odd",
    ]


def test_what_is_much_is_only_counted_for_people(tmp_path: Path) -> None:
    nothing = render(TUNE, tmp_path / "a.wav", FakeInstrument)
    report = replace(nothing, unsupported={str(kind): 1 for kind in range(30)}, warnings=["odd"] * 21)
    found = lines(report)
    assert sum(line.startswith("not supported") for line in found) == 20
    assert [line for line in found if line.startswith("and")] == [
        "and 10 more; --json tells all",
        "and 1 more; --json tells all",
    ]


@pytest.mark.xdist_group("whole wave bank")
@pytest.mark.skipif(not OPENTTD.is_file(), reason="the Debian package openttd-openmsx is not installed")
def test_a_song_of_a_game_on_the_engine(tmp_path: Path) -> None:
    from luthier.kn5000.engine import Engine

    report = render(read_song(OPENTTD), tmp_path / "a.wav", Engine)
    assert report.duration == pytest.approx(60.0, abs=11)
    assert report.peak is not None
    assert -30 < report.peak <= 0
    assert report.loudness is not None
    assert -40 < report.loudness < -5
    assert len(report.polyphony) == int(np.ceil(report.duration))
    assert report.warnings == []
