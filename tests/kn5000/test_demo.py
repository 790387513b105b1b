"""The demo of the SX-KN5000: its song is heard to its end, without clipping, and dies away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from luthier.audio import files
from luthier.kn5000 import demo, effect_demo, songs
from luthier.kn5000.waves import tones


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(folder: Path) -> str:
    lines: list[str] = []
    demo.run(folder, lines.append)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def heard(folder: Path, told: str) -> tuple[npt.NDArray[np.float32], int]:
    recording = files.read(folder / "song.wav")
    return recording.samples, recording.rate


def test_it_tells_every_category_and_leaves_its_files(folder: Path, told: str) -> None:
    assert all(f"{category}: " in told for category in tones.categories())
    pieces = {f"{version.name}.{kind}" for version in effect_demo.VERSIONS for kind in ("mid", "wav")}
    assert {path.name for path in folder.iterdir()} == {
        *("song.mid", "song.wav", "captured.bin", "effects.html", "board.wav", "board.png"),
        *pieces,
    }
    assert (folder / "song.mid").read_bytes() == songs.built_in_song()


def test_it_looks_up_the_volume_of_a_part_and_reads_what_sets_it(told: str) -> None:
    assert "volume of part 1" in told
    assert "control change 07 = 100" in told
    assert "note 60 (C4), velocity 100" in told


def test_nothing_of_the_song_is_missing_or_left_hanging(
    heard: tuple[npt.NDArray[np.float32], int], told: str
) -> None:
    samples, rate = heard
    end = songs.sections()[-1].end
    # Sounds and reverb die away within six seconds; what hangs would go on for ten.
    assert end < len(samples) / rate < end + 6
    assert "not supported" not in told and "warning" not in told
    assert np.max(np.abs(samples[-rate // 10 :])) < 0.001


def test_every_section_is_heard_on_both_sides_and_nothing_clips(
    heard: tuple[npt.NDArray[np.float32], int],
) -> None:
    samples, rate = heard
    assert np.max(np.abs(samples)) < 1.0
    for section in songs.sections():
        part = samples[round(section.start * rate) : round(section.end * rate)].astype(np.float64)
        left, right = 10 * np.log10(np.mean(part**2, axis=0))
        assert -40 < left < -8 and -40 < right < -8, section.title
        # No section leans to one side by more than is heard as an intention.
        assert abs(left - right) < 6, section.title


def test_the_open_firmware_plays_and_draws_by_code_of_both_processors(folder: Path, told: str) -> None:
    assert "open firmware: nothing went wrong that can be told" in told
    recording = files.read(folder / "board.wav")
    assert len(recording.samples) / recording.rate == pytest.approx(12, abs=0.01)
    seconds = np.abs(recording.samples[: 12 * recording.rate]).reshape(12, -1).max(axis=1)
    assert np.all(seconds[3:] > 0.01) and seconds.max() < 1
    picture = (folder / "board.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and picture[16:24] == bytes([0, 0, 1, 64, 0, 0, 0, 240])
