"""Lossy codecs there and back, through ffmpeg and through libsndfile."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from luthier.audio import codecs
from luthier.errors import InputError, MissingFeatureError

RATE = 44_100


def _has_encoder(name: str) -> bool:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return False
    said = subprocess.run(
        [ffmpeg, "-hide_banner", "-encoders"], capture_output=True, text=True, check=True
    ).stdout
    return name in said.split()


def _level_at_1000(samples: np.ndarray, rate: int) -> float:
    middle = samples[samples.size // 4 : 3 * samples.size // 4] * np.hanning(
        3 * samples.size // 4 - samples.size // 4
    )
    turns = np.exp(-2j * np.pi * 1000 * np.arange(middle.size) / rate)
    return float(4 * np.abs(np.sum(middle * turns)) / middle.size)


SINE = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * RATE) / RATE)


@pytest.mark.parametrize(
    ("name", "kilobits", "rate"),
    [
        ("mp3", 32, 44_100),
        ("mp3", 24, 22_050),
        ("aac", 48, 44_100),
        ("opus", 24, 48_000),
        ("gsm", None, 8_000),
        ("speex", None, 8_000),
    ],
)
@pytest.mark.parametrize("through", ["ffmpeg", "libsndfile"])
def test_a_sine_survives(name: str, kilobits: int | None, rate: int, through: codecs.Through) -> None:
    chosen = codecs.codec(name, kilobits)
    if through == "ffmpeg" and not _has_encoder(chosen.encoder):
        pytest.skip(f"no ffmpeg with {chosen.encoder}")
    if through == "libsndfile" and name in ("aac", "speex"):
        with pytest.raises(MissingFeatureError):
            codecs.round_trip(SINE, RATE, chosen, through)
        return
    samples, decoded_rate = codecs.round_trip(SINE, RATE, chosen, through)
    assert decoded_rate == rate
    assert samples.size / rate == pytest.approx(2.0, abs=0.15)
    # Speech codecs are coarse; 3 dB is what they are good for.
    assert 20 * np.log10(_level_at_1000(samples, rate) / 0.5) == pytest.approx(0, abs=3)


def test_an_unknown_codec_is_refused() -> None:
    with pytest.raises(InputError, match="no codec"):
        codecs.codec("cinepak", 64)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((10, 2))])
def test_only_mono_sound_is_encoded(samples: np.ndarray) -> None:
    with pytest.raises(InputError):
        codecs.round_trip(samples, RATE, codecs.codec("gsm"), "libsndfile")


def test_without_ffmpeg_the_user_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingFeatureError, match="ffmpeg is needed for the codec aac 48"):
        codecs.round_trip(SINE, RATE, codecs.codec("aac", 48))
