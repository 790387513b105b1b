"""Files written piece by piece are those written whole, and rounded to the nearest step."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from luthier.audio import stream
from luthier.audio.stream import writing
from luthier.errors import LuthierError, OutputExistsError, UsageError

NOISE = np.random.default_rng(1).uniform(-1, 1, (20_000, 2)).astype(np.float32)


@pytest.mark.parametrize(
    ("suffix", "bits"), [(".wav", 16), (".wav", 24), (".flac", 16), (".flac", 24), (".aiff", 16)]
)
def test_samples_are_rounded_to_the_nearest_step(tmp_path: Path, suffix: str, bits: int) -> None:
    path = tmp_path / f"a{suffix}"
    with writing(path, 44_100, subtype=stream.subtype_of(bits)) as file:
        for first in range(0, len(NOISE), 7_000):
            file.write(NOISE[first : first + 7_000])
        assert file.frames == len(NOISE)
        assert not path.exists()
    found, rate = soundfile.read(path, dtype="float64")
    assert rate == 44_100
    step = 2.0 ** (1 - bits)
    assert np.max(np.abs(found - NOISE)) <= step / 2
    assert abs(np.mean(found - NOISE)) < step / 50  # cut off instead, it would be half a step


def test_floats_stay_and_too_loud_integers_are_clipped(tmp_path: Path) -> None:
    loud = NOISE * 2
    for bits, expected in ((32, loud), (16, np.clip(loud, -1, 1 - 2**-15))):
        with writing(tmp_path / f"{bits}.wav", 8_000, subtype=stream.subtype_of(bits)) as file:
            file.write(loud)
        found, _ = soundfile.read(tmp_path / f"{bits}.wav", dtype="float32")
        assert np.max(np.abs(found - expected)) <= (0 if bits == 32 else 2**-16)


def test_lossy_files_of_a_minute(tmp_path: Path) -> None:
    with writing(tmp_path / "a.ogg", 44_100) as file:
        for _ in range(20):
            file.write(np.zeros((44_100, 2), np.float32))
    assert soundfile.info(tmp_path / "a.ogg").frames == 20 * 44_100


def test_nothing_is_left_of_what_was_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"old")
    with pytest.raises(OutputExistsError), writing(path, 44_100):
        pass
    with pytest.raises(KeyboardInterrupt), writing(path, 44_100, force=True) as file:
        file.write(NOISE)
        raise KeyboardInterrupt
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"old"]


def test_sizes_beyond_the_format_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_MOST_BYTES", 4 * 30_000)
    with (
        pytest.raises(LuthierError, match=r"more than 4 GiB.*use .flac"),
        writing(tmp_path / "a.wav", 44_100) as file,
    ):
        file.write(NOISE)
        file.write(NOISE)
    assert list(tmp_path.iterdir()) == []
    with writing(tmp_path / "a.flac", 44_100) as file:
        file.write(NOISE)
        file.write(NOISE)


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    class Full:
        channels = 2

        def write(self, samples: object) -> None:
            raise OSError(28, "No space left on device")

    with pytest.raises(LuthierError, match="cannot be written"):
        stream.SoundWriter(tmp_path / "a.wav", Full(), "WAV", "PCM_16").write(NOISE)


@pytest.mark.skipif(sys.platform == "win32", reason="sizes of files are limited on Unix only")
@pytest.mark.parametrize(
    ("name", "limit"), [("a.wav", 20_000), ("a.flac", 20_000), ("a.ogg", 10_000), ("a.ogg", 20_000)]
)
def test_no_room_for_a_real_file(tmp_path: Path, name: str, limit: int) -> None:
    # In a program of its own: the limit holds for all files of it.
    code = f"""
import resource, signal
from pathlib import Path
import numpy as np
from luthier.audio.stream import writing
from luthier.errors import LuthierError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
noise = np.random.default_rng(1).uniform(-1, 1, (50_000, 2)).astype(np.float32)
try:
    with writing(Path({str(tmp_path / name)!r}), 44_100) as file:
        file.write(noise)
except LuthierError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"{name}: cannot be written (" in run.stdout
    assert run.stderr == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "bits"), [("a.txt", None), ("a.ogg", 24), ("a.flac", 32)])
def test_what_a_format_cannot_hold_is_wrong_usage(tmp_path: Path, name: str, bits: int | None) -> None:
    with pytest.raises(UsageError), writing(tmp_path / name, 44_100, subtype=stream.subtype_of(bits)):
        pass
    with pytest.raises(UsageError, match="choose another rate"), writing(tmp_path / "a.mp3", 12_345):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_rate_that_a_format_has_not_is_wrong_usage(tmp_path: Path) -> None:
    with (
        pytest.raises(
            UsageError, match=r"a\.opus: cannot be written \(Opus only supports .* 48000\); choose"
        ),
        writing(tmp_path / "a.opus", 44_100),
    ):
        pass


def test_standard_output_gets_a_whole_file(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", out)
    with writing(Path("-"), 22_050) as file:
        file.write(NOISE)
    found, rate = soundfile.read(io.BytesIO(out.buffer.getvalue()))
    assert (found.shape, rate) == (NOISE.shape, 22_050)
