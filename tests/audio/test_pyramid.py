"""What is drawn of a recording is what is in it: least and greatest samples, at any distance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from luthier.audio import pyramid
from luthier.errors import InputError

RATE = 8_000
#: 70 s in 10-s blocks: blocks that are no whole number of steps, three levels, a rest at the end.
SAMPLES = np.random.default_rng(1).uniform(-0.9, 0.9, 70 * RATE + 77).astype(np.float32)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> pyramid.Pyramid:
    folder = tmp_path_factory.mktemp("noise")
    soundfile.write(folder / "noise.wav", SAMPLES, RATE, subtype="FLOAT")
    return pyramid.made(folder / "noise.wav", folder / "shape")


def plainly(samples: npt.NDArray[np.float32], begin: int, end: int, width: int) -> list[tuple[float, float]]:
    """The same by the definition, for whole parts."""
    each = (end - begin) // width
    parts = [samples[begin + number * each : begin + (number + 1) * each] for number in range(width)]
    return [(float(part.min()), float(part.max())) if part.size else (0.0, 0.0) for part in parts]


@pytest.mark.parametrize(
    ("begin", "each", "width"),
    [(0, 1, 500), (12_345, 3, 100), (5, 100, 64), (0, 256, 300), (1024, 512, 90), (4096, 4096, 40),
     (16_384, 16_384, 10), (65_536, 65_536, 9), (557_056, 1024, 8)],
)  # fmt: skip
def test_columns_are_the_least_and_greatest_samples(
    noise: pyramid.Pyramid, begin: int, each: int, width: int
) -> None:
    found = noise.columns(0, begin, begin + each * width, width)
    assert np.array_equal(found, np.array(plainly(SAMPLES, begin, begin + each * width, width), np.float32))


@given(st.data())
def test_no_sample_is_lost_wherever_the_picture_begins_and_ends(
    noise: pyramid.Pyramid, data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, SAMPLES.size - 1))
    end = data.draw(st.integers(begin + 1, SAMPLES.size))
    width = data.draw(st.integers(1, min(end - begin, 3000)))
    found = noise.columns(0, begin, end, width)
    seen = SAMPLES[begin:end]
    assert found[:, 0].min() <= seen.min()
    assert found[:, 1].max() >= seen.max()
    # At most a part more on either side is shown.
    more = -(-(end - begin) // width) + pyramid.STEP
    around = SAMPLES[max(begin - more, 0) : end + more]
    assert found[:, 0].min() >= around.min()
    assert found[:, 1].max() <= around.max()


def test_levels_are_few_and_small(noise: pyramid.Pyramid) -> None:
    assert noise.frames == SAMPLES.size
    assert noise.duration == pytest.approx(SAMPLES.size / RATE)
    assert [len(level) for level in noise.levels] == [2188, 547]


def test_outside_of_the_recording_there_is_nothing(noise: pyramid.Pyramid) -> None:
    found = noise.columns(0, SAMPLES.size - 256, SAMPLES.size + 768, 4)
    assert np.ptp(found[0]) > 0.5
    assert not found[1:].any()
    assert not noise.columns(0, -1000, 0, 10).any()


@pytest.mark.parametrize(
    "ask", [(1, 0, 10, 1), (-1, 0, 10, 1), (0, 10, 10, 1), (0, 0, 10, 0), (0, 0, 10, 10**6)]
)
def test_what_cannot_be_drawn_is_refused(noise: pyramid.Pyramid, ask: tuple[int, int, int, int]) -> None:
    with pytest.raises(InputError):
        noise.columns(*ask)


def test_two_channels_are_kept_apart(tmp_path: Path) -> None:
    both = np.stack([np.full(3000, 0.5), np.linspace(-1, 0, 3000)], axis=1)
    soundfile.write(tmp_path / "two.flac", both, RATE)
    made = pyramid.made(tmp_path / "two.flac", tmp_path / "shape")
    assert made.channels == 2
    assert made.copy is None
    assert made.columns(0, 0, 3000, 1) == pytest.approx(np.array([[0.5, 0.5]]), abs=1e-3)
    assert made.columns(1, 0, 3000, 1) == pytest.approx(np.array([[-1.0, 0.0]]), abs=1e-3)
    assert made.samples(10, 20)[:, 1] == pytest.approx(both[10:20, 1], abs=1e-3)


@pytest.mark.parametrize("kind", ["wav", "flac", "aiff", "ogg", "mp3"])
def test_samples_stand_where_they_are_in_the_whole(tmp_path: Path, kind: str) -> None:
    sine = 0.5 * np.sin(2 * np.pi * 440 / 44_100 * np.arange(50_000))
    soundfile.write(tmp_path / f"one.{kind}", sine, 44_100)
    whole, _ = soundfile.read(tmp_path / f"one.{kind}", dtype="float32")
    made = pyramid.made(tmp_path / f"one.{kind}", tmp_path / "shape")
    assert (made.copy is not None) == (kind in ("ogg", "mp3"))
    assert made.frames == whole.size
    assert made.samples(30_000, 30_500)[:, 0] == pytest.approx(whole[30_000:30_500], abs=1e-4)
    assert made.columns(0, 30_000, 30_500, 500)[:, 0] == pytest.approx(whole[30_000:30_500], abs=1e-4)


def test_it_is_made_once(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", SAMPLES[:5000], RATE)
    calls: list[float] = []
    for _ in range(2):
        pyramid.made(tmp_path / "one.wav", tmp_path / "shape", lambda part, _now: calls.append(part))
    assert calls == [0.0]
    assert {path.name for path in tmp_path.iterdir()} == {"one.wav", "shape"}


def test_what_is_stopped_or_no_sound_leaves_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "long.wav", SAMPLES, RATE)
    (tmp_path / "text.wav").write_bytes(b"no sound at all")

    def stop(part: float, _now: str) -> None:
        if part > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        pyramid.made(tmp_path / "long.wav", tmp_path / "shape", stop)
    with pytest.raises(InputError, match="not an audio file"):
        pyramid.made(tmp_path / "text.wav", tmp_path / "shape")
    assert {path.name for path in tmp_path.iterdir()} == {"long.wav", "text.wav"}


def test_a_damaged_shape_is_said(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", SAMPLES[:5000], RATE)
    pyramid.made(tmp_path / "one.wav", tmp_path / "shape")
    for content in (b"", b"PK\x03\x04 but no more", (tmp_path / "one.wav").read_bytes()):
        (tmp_path / "shape" / "pyramid.npz").write_bytes(content)
        with pytest.raises(InputError, match="damaged"):
            pyramid.made(tmp_path / "one.wav", tmp_path / "shape")


def test_a_copy_that_would_fill_the_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    soundfile.write(tmp_path / "one.ogg", SAMPLES[:50_000], RATE)
    monkeypatch.setattr(pyramid, "MOST_COPIED", 40_000)
    with pytest.raises(InputError, match="too long"):
        pyramid.made(tmp_path / "one.ogg", tmp_path / "shape")
    assert not (tmp_path / "shape").exists()


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    odd = np.full(4000, 0.25, np.float32)
    odd[1000:1003] = [np.nan, np.inf, -np.inf]
    soundfile.write(tmp_path / "odd.wav", odd, RATE, subtype="FLOAT")
    made = pyramid.made(tmp_path / "odd.wav", tmp_path / "shape")
    assert made.columns(0, 0, 4000, 1).tolist() == [[0.0, 0.25]]
    assert made.samples(999, 1004)[:, 0].tolist() == [0.25, 0.0, 0.0, 0.0, 0.25]
