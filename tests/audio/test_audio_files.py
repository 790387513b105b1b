"""Audio files in and out: every kind, every way they can be broken."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from luthier.audio import files
from luthier.errors import InputError, LuthierError, MissingFeatureError, OutputExistsError

RATE = 44_100
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def stereo(frames: int = 60_000) -> npt.NDArray[np.float32]:
    moments = np.arange(frames) / RATE
    sines = (0.5 * np.sin(2 * np.pi * 440 * moments), 0.25 * np.sin(2 * np.pi * 660 * moments))
    return np.stack(sines, axis=1).astype(np.float32)


def written(path: Path, samples: npt.NDArray[np.float32] | None = None) -> Path:
    files.write(path, stereo() if samples is None else samples, RATE)
    return path


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff", ".aif", ".w64", ".au", ".WAV"])
def test_lossless_files_come_back_to_half_a_step(tmp_path: Path, suffix: str) -> None:
    recording = files.read(written(tmp_path / f"a{suffix}"))
    assert recording.rate == RATE
    assert recording.samples.dtype == np.float32
    assert recording.samples.shape == (60_000, 2)
    assert np.abs(recording.samples - stereo()).max() <= 1 / 32768
    assert not recording.truncated


@pytest.mark.parametrize(("suffix", "rate"), [(".mp3", RATE), (".ogg", RATE), (".opus", 48_000)])
def test_lossy_files_come_back_about_the_same(tmp_path: Path, suffix: str, rate: int) -> None:
    path = tmp_path / f"a{suffix}"
    files.write(path, stereo(), rate)
    recording = files.read(path)
    assert recording.rate == rate
    assert recording.samples.shape[1] == 2
    assert recording.duration == pytest.approx(60_000 / rate, abs=0.1)
    inner = recording.samples[5000:50_000, 0]
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM"])
def test_every_encoding_of_wav_is_read(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "a.wav"
    files.write(path, stereo(), RATE, subtype=subtype)
    recording = files.read(path)
    assert len(recording.samples) == pytest.approx(60_000, abs=2048)  # ADPCM fills its last block
    error = recording.samples[:60_000] - stereo()
    # The coarsest are mu-law, which steps by 1/32 at the top, and ADPCM, which is slow to start.
    assert np.sqrt(np.mean(error**2)) < 0.01


def test_mono_has_one_channel(tmp_path: Path) -> None:
    assert files.read(written(tmp_path / "a.wav", stereo()[:, 0])).samples.shape == (60_000, 1)


def test_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    loud = np.array([2.0, -2.0, 0.5], dtype=np.float32)
    assert files.read(written(tmp_path / "a.wav", loud)).samples[:, 0] == pytest.approx(
        [1, -1, 0.5], abs=1e-4
    )


def test_blocks_are_the_whole_in_pieces(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav")
    pieces = list(files.blocks(path, 0.5))
    assert [len(piece.samples) for piece in pieces] == [22_050, 22_050, 15_900]
    assert np.array_equal(np.concatenate([piece.samples for piece in pieces]), files.read(path).samples)


def test_what_is_no_number_becomes_silence_and_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    values = np.array([0.5, np.nan, np.inf, -np.inf, 1e30, -32768.0], dtype=np.float32)
    soundfile.write(path, values, RATE, subtype="FLOAT")
    recording = files.read(path)
    assert recording.samples[:, 0].tolist() == [0.5, 0, 0, 0, 0, -32768.0]
    assert recording.broken_samples == 4
    assert sum(block.broken_samples for block in files.blocks(path, 1)) == 4


def test_the_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac").rename(tmp_path / "a.m4a")
    assert files.read(path).samples.shape == (60_000, 2)


@pytest.mark.parametrize("suffix", [".wav", ".aiff"])
@pytest.mark.parametrize("part", [0.9, 0.5, 0.01])
def test_a_file_cut_off_gives_what_it_has_and_says_so(tmp_path: Path, suffix: str, part: float) -> None:
    path = written(tmp_path / f"a{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: int(part * len(data))])
    recording = files.read(path)
    assert recording.truncated
    assert len(recording.samples) == pytest.approx(60_000 * part, abs=20)
    assert np.abs(recording.samples - stereo()[: len(recording.samples)]).max() <= 1 / 32768


def test_a_compressed_file_cut_off_gives_all_but_a_moment(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.flac", np.random.default_rng(1).normal(0, 0.1, (60_000, 2)).astype(np.float32)
    )
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    recording = files.read(path)
    assert recording.truncated
    assert 30_000 - 2 * 4096 <= len(recording.samples) <= 30_000 + 4096


@pytest.mark.parametrize("claimed", [(4, 40), (40,)])
def test_a_wav_that_was_never_closed_is_read_to_its_end(tmp_path: Path, claimed: tuple[int, ...]) -> None:
    path = written(tmp_path / "a.wav")
    data = bytearray(path.read_bytes())
    for place in claimed:
        data[place : place + 4] = bytes(4)
    path.write_bytes(data)
    assert len(files.read(path).samples) == 60_000


def test_a_header_that_claims_hours_allocates_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "a.flac")
    data = bytearray(path.read_bytes())
    data[21] |= 0x0F  # STREAMINFO: the 36-bit number of samples, all ones
    data[22:26] = b"\xff" * 4
    path.write_bytes(data)
    recording = files.read(path)
    assert recording.truncated
    assert len(recording.samples) >= 60_000 - 4096


def test_a_recording_too_long_for_memory_is_refused_but_streams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.wav")
    monkeypatch.setattr(files, "MOST_SAMPLES", 100_000)
    with pytest.raises(InputError, match="too long"):
        files.read(path)
    assert sum(len(block.samples) for block in files.blocks(path, 0.1)) == 60_000


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("Dear diary, today I recorded my synth.\n" * 20)


def _noise(path: Path) -> None:
    path.write_bytes(np.random.default_rng(5).bytes(10_000))


def _header_only(path: Path) -> None:
    files.write(path, stereo(), RATE)
    path.write_bytes(path.read_bytes()[:44])


def _half_a_header(path: Path) -> None:
    files.write(path, stereo(), RATE)
    path.write_bytes(path.read_bytes()[:20])


def _no_frames(path: Path) -> None:
    files.write(path, stereo(0), RATE)


def _impossible_rate(path: Path) -> None:
    soundfile.write(path, stereo(100), 7)


def _folder(path: Path) -> None:
    path.mkdir()


def _nothing(path: Path) -> None:
    """No such file."""


@pytest.mark.parametrize(
    "make",
    [_empty, _text, _noise, _header_only, _half_a_header, _no_frames, _impossible_rate, _folder, _nothing],
)
def test_what_is_no_recording_is_one_clear_line(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "a.wav"
    make(path)
    for attempt in (lambda: files.read(path), lambda: list(files.blocks(path, 1.0))):
        with pytest.raises(InputError) as caught:
            attempt()
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)
        assert caught.value.remedy


def test_a_name_that_means_raw_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.raw"
    path.write_bytes(bytes(1000))
    with pytest.raises(InputError):
        files.read(path)


@pytest.mark.parametrize("name", ["a.raw", "a.xyz", "a", "a.txt"])
def test_a_suffix_that_is_no_audio_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        files.write(tmp_path / name, stereo(), RATE)
    assert not list(tmp_path.iterdir())


def test_an_encoding_the_format_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot hold"):
        files.write(tmp_path / "a.flac", stereo(), RATE, subtype="FLOAT")


def test_an_output_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav")
    before = path.read_bytes()
    with pytest.raises(OutputExistsError):
        files.write(path, stereo(10), RATE)
    assert path.read_bytes() == before
    files.write(path, stereo(10), RATE, force=True)
    assert len(files.read(path).samples) == 10
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.wav"]


class _Stream:
    """Standard input or output with a binary buffer."""

    def __init__(self, data: bytes = b"") -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_and_output_carry_wav(monkeypatch: pytest.MonkeyPatch) -> None:
    output = _Stream()
    monkeypatch.setattr(sys, "stdout", output)
    files.write(Path("-"), stereo(1000), RATE)
    monkeypatch.setattr(sys, "stdin", _Stream(output.buffer.getvalue()))
    assert np.abs(files.read(Path("-")).samples - stereo(1000)).max() <= 1 / 32768


def test_nothing_on_standard_input_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Stream())
    with pytest.raises(InputError, match="empty"):
        files.read(Path("-"))


@needs_ffmpeg
@pytest.mark.parametrize("suffix", [".m4a", ".aac", ".webm", ".mka"])
def test_what_libsndfile_cannot_read_goes_through_ffmpeg(tmp_path: Path, suffix: str) -> None:
    source, path = written(tmp_path / "a.wav"), tmp_path / f"a{suffix}"
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", source, path], check=True)
    recording = files.read(path)
    assert recording.samples.shape[1] == 2
    assert recording.duration == pytest.approx(60_000 / RATE, abs=0.15)
    inner = recording.samples[5000:50_000, 0]
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
    first = next(files.blocks(path, 0.1))
    assert np.array_equal(first.samples, recording.samples[: len(first.samples)])


@needs_ffmpeg
def test_rubbish_for_ffmpeg_is_one_clear_line(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\x00\x00\x00\x20ftypM4A " + bytes(500))
    with pytest.raises(InputError, match="no sound"):
        files.read(path)


def test_without_ffmpeg_the_user_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\x00\x00\x00\x20ftypM4A " + bytes(500))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingFeatureError, match=r"install|convert"):
        files.read(path)


def test_random_damage_never_escapes_as_anything_else(tmp_path: Path) -> None:
    random = np.random.default_rng(11)
    for suffix in (".wav", ".flac", ".aiff", ".ogg"):
        path = tmp_path / f"a{suffix}"
        files.write(path, stereo(3000), RATE)
        original = path.read_bytes()
        for _ in range(40):
            data = bytearray(original)
            # Mostly in the header, where it hurts.
            for place in random.integers(0, 80 if random.random() < 0.7 else len(data), 6):
                data[place] = int(random.integers(256))
            path.write_bytes(data)
            try:
                recording = files.read(path)
            except LuthierError:
                continue
            assert np.isfinite(recording.samples).all()


def test_an_mp3_read_in_pieces_is_the_same_as_at_once(tmp_path: Path) -> None:
    moments = np.arange(50_000) / 44_100
    soundfile.write(tmp_path / "sine.mp3", 0.5 * np.sin(2 * np.pi * 440 * moments), 44_100)
    at_once, _ = soundfile.read(tmp_path / "sine.mp3", dtype="float32")
    assert np.array_equal(files.read(tmp_path / "sine.mp3").samples[:, 0], at_once)
    pieces = [block.samples[:, 0] for block in files.blocks(tmp_path / "sine.mp3", 0.1)]
    assert np.array_equal(np.concatenate(pieces), at_once)
