"""Lossy codecs, there and back: what a phone, a chat or a music file does to a recording."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from luthier.audio import ffmpeg
from luthier.errors import InputError, MissingFeatureError, UsageError

#: libsndfile refuses 1.0; this much below, the encoder still rounds to the same bit rate.
_MOST_COMPRESSION = 0.9999

Samples = npt.NDArray[np.float32]
Through = Literal["ffmpeg", "libsndfile"]


@dataclass(frozen=True)
class Codec:
    """A lossy codec at one bit rate, mono."""

    name: str
    encoder: str
    """ffmpeg's name of the encoder."""
    suffix: str
    """Suffix of a file it is stored in; ffmpeg chooses the container by it."""
    rate: int
    """Sampling rate in Hz that is encoded."""
    bit_rate: int | None
    """Bits per second (None: the codec has one rate only)."""
    options: tuple[str, ...] = ()


def codec(name: str, kilobits: int | None = None) -> Codec:
    """The codec ``name`` (mp3, aac, opus, gsm, speex) at ``kilobits`` per second, mono.

    GSM full rate has one rate (13 kbit/s) and takes none.  Raises InputError for another name.
    """
    bit_rate = None if kilobits is None else 1000 * kilobits
    label = name if kilobits is None else f"{name} {kilobits} kbit/s"
    if name == "mp3":
        # MPEG-1 layer III starts at 32 kbit/s; below, only the half rates of MPEG-2 exist (ISO 13818-3).
        rate = 44_100 if kilobits is not None and kilobits >= 32 else 22_050
        return Codec(label, "libmp3lame", "mp3", rate, bit_rate)
    if name == "aac":
        return Codec(label, "aac", "m4a", 44_100, bit_rate)
    if name == "opus":
        return Codec(label, "libopus", "opus", 48_000, bit_rate)
    if name == "gsm":
        return Codec(label, "libgsm", "gsm", 8_000, None)
    if name == "speex":
        return Codec(label, "libspeex", "spx", 8_000, bit_rate)
    raise UsageError(f"no codec is called {name!r}", remedy="use mp3, aac, opus, gsm or speex")


def round_trip(
    samples: npt.ArrayLike, rate: int, chosen: Codec, through: Through = "ffmpeg"
) -> tuple[Samples, int]:
    """``samples`` (mono) encoded and decoded again: the new samples and their rate.

    Through "libsndfile" nothing but the package itself is needed, but it has no AAC and no Speex.  Raises
    MissingFeatureError when ffmpeg, or its encoder, is not installed.
    """
    mono = np.clip(np.asarray(samples, dtype=np.float32), -1.0, 1.0)
    if mono.ndim != 1 or mono.size == 0:
        raise InputError("a codec takes a mono signal with at least one sample")
    if through == "libsndfile":
        return _through_libsndfile(mono, rate, chosen)
    return _through_ffmpeg(mono, rate, chosen)


def _through_ffmpeg(samples: Samples, rate: int, chosen: Codec) -> tuple[Samples, int]:
    purpose = f"for the codec {chosen.name}"
    known = ffmpeg.run(["-encoders"], purpose=purpose).decode(errors="replace").split()
    if chosen.encoder not in known:
        raise MissingFeatureError(f"this ffmpeg was built without the encoder {chosen.encoder}")
    raw = ["-f", "f32le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    settings = ["-c:a", chosen.encoder, "-ar", str(chosen.rate), *chosen.options]
    if chosen.bit_rate is not None:
        settings += ["-b:a", str(chosen.bit_rate)]
    with tempfile.TemporaryDirectory(prefix="luthier-") as folder:
        encoded = str(Path(folder) / f"encoded.{chosen.suffix}")
        ffmpeg.run([*raw, *settings, encoded], samples.tobytes(), purpose=purpose)
        decode = ["-i", encoded, "-f", "f32le", "-ac", "1", "-ar", str(chosen.rate), "pipe:1"]
        decoded = ffmpeg.run(decode, purpose=purpose)
    # A player's 16-bit output clips what the codec lets overshoot.
    return np.clip(np.frombuffer(decoded, dtype="<f4"), -1.0, 1.0).astype(np.float32), chosen.rate


def _through_libsndfile(samples: Samples, rate: int, chosen: Codec) -> tuple[Samples, int]:
    import soundfile
    import soxr

    at_rate = samples if rate == chosen.rate else soxr.resample(samples, rate, chosen.rate, quality="VHQ")
    buffer = io.BytesIO()
    if chosen.encoder == "libmp3lame":
        # libsndfile maps compression 0..1 linearly to 320..32 kbit/s (MPEG-1) or 160..8 (MPEG-2).
        most, least = (320_000, 32_000) if chosen.rate >= 32_000 else (160_000, 8_000)
        compression = min((most - (chosen.bit_rate or 32_000)) / (most - least), _MOST_COMPRESSION)
        options = {"format": "MP3", "bitrate_mode": "CONSTANT", "compression_level": compression}
    elif chosen.encoder == "libopus":
        # libsndfile maps compression 0..1 linearly to 256..6 kbit/s per channel.
        compression = (256_000 - (chosen.bit_rate or 32_000)) / 250_000
        options = {"format": "OGG", "subtype": "OPUS", "compression_level": compression}
    elif chosen.encoder == "libgsm":
        options = {"format": "WAV", "subtype": "GSM610"}
    else:
        raise MissingFeatureError(f"libsndfile has no {chosen.name}; ffmpeg does")
    soundfile.write(buffer, at_rate, chosen.rate, **options)
    buffer.seek(0)
    decoded, decoded_rate = soundfile.read(buffer, dtype="float32")
    return np.clip(decoded, -1.0, 1.0), int(decoded_rate)
