"""Audio files in and out.

Whatever libsndfile reads is read through it (WAV, AIFF, FLAC, OGG, MP3 and more); AAC, M4A, WebM and the
like through ffmpeg where that is installed.  Files are hostile: nothing is allocated because a header says
so, samples that are no numbers become silence, and a file that ends too early gives what it has.
"""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from luthier.audio import ffmpeg
from luthier.errors import InputError, UsageError
from luthier.files import STANDARD_STREAM, read_bytes, refuse_to_overwrite, unreadable, written_beside

Samples = npt.NDArray[np.float32]

#: Samples (frames × channels) that :func:`read` takes into memory: 512 MiB as 32-bit floats.
MOST_SAMPLES = 2**27
#: Bytes that standard input may bring.
MOST_STREAMED_BYTES = 2**29
#: Seconds after which :func:`blocks` stops: a compressed file can claim any length.
LONGEST = 24 * 3600.0
#: What a rate may be, Hz; the highest are those of 32-bit recorders.
RATES = (1_000, 768_000)
MOST_CHANNELS = 64
#: Float files may hold integers as floats (±32768, ±2^31), but nothing beyond.
LARGEST_SAMPLE = 2.0**31

#: Suffixes and first bytes of what only ffmpeg reads: ISO media (``ftyp`` at byte 4), Matroska and WebM,
#: ASF, AMR; raw AAC (ADTS) has no magic number worth the name and goes by suffix.
_FFMPEG_SUFFIXES = frozenset(
    {".m4a", ".m4b", ".mp4", ".aac", ".webm", ".mka", ".mkv", ".3gp", ".amr", ".wma"}
)
_FFMPEG_MAGIC = (b"\x1a\x45\xdf\xa3", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"#!AMR")
#: Frames taken at a time, and frames libsndfile decodes at a time: what is lost where a file is damaged.
_CHUNK = 65_536
_STEP = 4_096


@dataclass(frozen=True)
class Recording:
    """Sound in memory, and what became of it on the way."""

    samples: Samples
    """Shape (n, channels), 32-bit floats, full scale ±1 (a float file may go beyond)."""
    rate: int
    """Hz."""
    kind: str
    """What the file says it is, for people: "WAV (Microsoft), Signed 16 bit PCM"."""
    broken_samples: int = 0
    """Samples that were no finite number and are silence now."""
    truncated: bool = False
    """The file ended, or could not be decoded any further, before the length its header gives."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.rate


class _Source(Protocol):
    """An open file that gives its frames one chunk after the other."""

    rate: int
    channels: int
    kind: str
    truncated: bool

    def chunk(self, frames: int) -> Samples:
        """At most ``frames`` more frames, shape (n, channels); none at the end."""


def read(path: Path) -> Recording:
    """The whole recording in ``path`` (``-``: an audio file on standard input).

    Raises InputError when the file is not audio, holds no sound or is longer than :data:`MOST_SAMPLES`;
    MissingFeatureError when it needs ffmpeg and there is none.
    """
    with _opened(path) as source:
        parts: list[Samples] = []
        broken = total = 0
        while (chunk := source.chunk(_CHUNK)).size:
            total += chunk.size
            if total > MOST_SAMPLES:
                limit = MOST_SAMPLES / source.channels / source.rate
                raise InputError(
                    f"longer than {limit:.0f} s, too long to be taken into memory",
                    where=str(path),
                    remedy="cut out the part that matters with any audio editor",
                )
            broken += _silence_broken(chunk)
            parts.append(chunk)
        if not parts:
            raise InputError("holds no sound", where=str(path), remedy="check that the recording worked")
        samples = np.concatenate(parts)
        return Recording(samples, source.rate, source.kind, broken, source.truncated)


def blocks(path: Path, seconds: float) -> Iterator[Recording]:
    """The recording in ``path`` as consecutive pieces of ``seconds``, the last one shorter.

    Memory is that of two pieces however long the file is; no more than :data:`LONGEST` seconds are read.
    Raises as :func:`read` does, the length apart.
    """
    with _opened(path) as source:
        frames = max(1, round(seconds * source.rate))
        most = round(LONGEST * source.rate)
        delivered = 0
        while delivered < most:
            block = _filled(source, frames)
            if not block.size:
                break
            delivered += len(block)
            broken = _silence_broken(block)
            yield Recording(block, source.rate, source.kind, broken, source.truncated)
        if delivered == 0:
            raise InputError("holds no sound", where=str(path), remedy="check that the recording worked")


def duration(path: Path) -> float | None:
    """Seconds of sound that the header of ``path`` promises; None where only reading on would tell."""
    import soundfile

    try:
        return float(soundfile.info(str(path)).duration)
    except (soundfile.SoundFileError, OSError):
        return None


def encoding(path: Path, subtype: str | None = None) -> tuple[str, str | None]:
    """The format of ``path``, by its suffix, and the encoding in it, as libsndfile names them.

    ``subtype`` as for :func:`write`, which raises the same errors.
    """
    import soundfile

    stream = path == STANDARD_STREAM
    name = "WAV" if stream else path.suffix[1:].upper().replace("AIF", "AIFF").replace("AIFFF", "AIFF")
    name = {"OPUS": "OGG", "OGA": "OGG"}.get(name, name)
    if name == "RAW" or name not in soundfile.available_formats():
        raise UsageError(
            f"audio cannot be written as {path.suffix or 'a file without suffix'}",
            where=str(path),
            remedy="use .wav, .flac, .aiff, .ogg or .mp3",
        )
    known = soundfile.available_subtypes(name)
    chosen = subtype or (
        "OPUS" if path.suffix.lower() == ".opus" else "PCM_16" if "PCM_16" in known else None
    )
    if not soundfile.check_format(name, chosen):
        raise UsageError(
            f"{name} cannot hold {chosen}", where=str(path), remedy=f"use one of {', '.join(known)}"
        )
    return name, chosen


def write(
    path: Path, samples: npt.ArrayLike, rate: int, *, force: bool = False, subtype: str | None = None
) -> None:
    """Write ``samples``, shape (n,) or (n, channels), ±1, to ``path`` in the format of its suffix.

    ``subtype`` is libsndfile's name of the encoding (None: 16-bit PCM where the format has it, else the
    format's own default).  ``-`` is WAV on standard output.  Raises OutputExistsError unless ``force``,
    and InputError for a suffix or subtype that cannot be written.
    """
    import soundfile

    row = np.asarray(samples, dtype=np.float32)
    name, chosen = encoding(path, subtype)
    if path == STANDARD_STREAM:
        buffer = io.BytesIO()
        soundfile.write(buffer, row, rate, subtype=chosen, format=name)
        sys.stdout.buffer.write(buffer.getvalue())
        sys.stdout.buffer.flush()
        return
    refuse_to_overwrite(path, force)
    with written_beside(path, force=force) as scratch:
        soundfile.write(scratch, row, rate, subtype=chosen, format=name)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[_Source]:
    """``path`` open for reading, through libsndfile or, for what it does not know, ffmpeg."""
    import soundfile

    with contextlib.ExitStack() as stack:
        source: _Source
        streamed = io.BytesIO(read_bytes(path, MOST_STREAMED_BYTES)) if path == STANDARD_STREAM else None
        head, size = (streamed.getvalue()[:16], len(streamed.getvalue())) if streamed else _head(path)
        if not head:
            raise InputError("is empty", where=str(path), remedy="check that the recording worked")
        if streamed is None and _is_for_ffmpeg(path, head):
            source = stack.enter_context(_through_ffmpeg(path))
        else:
            try:
                source = _SoundFile(stack.enter_context(soundfile.SoundFile(streamed or str(path), "r")))
                if head.startswith(b"RIFF") and not source.claimed:
                    closed = _closed_wav(
                        streamed.getvalue() if streamed else read_bytes(path, MOST_STREAMED_BYTES)
                    )
                    source = _SoundFile(stack.enter_context(soundfile.SoundFile(closed, "r")))
            except (soundfile.LibsndfileError, TypeError, ValueError) as error:
                raise InputError(
                    "is not an audio file, or its header is damaged",
                    where=str(path),
                    remedy="give a WAV, AIFF, FLAC, OGG or MP3 file, or export it anew",
                ) from error
        source.truncated = _is_cut_off(head, size)
        _check_shape(path, source.rate, source.channels)
        yield source


def _head(path: Path) -> tuple[bytes, int]:
    """The first bytes of ``path`` and how many it has."""
    try:
        with path.open("rb") as file:
            return file.read(16), path.stat().st_size
    except OSError as error:
        raise unreadable(path, error) from error


def _closed_wav(data: bytes) -> io.BytesIO:
    """A WAV whose sizes are still 0, because the recorder stopped without closing it, with its real sizes."""
    patched = bytearray(data)
    place = data.find(b"data", 12)
    if place >= 0:
        patched[4:8] = (len(data) - 8).to_bytes(4, "little")
        patched[place + 4 : place + 8] = max(len(data) - place - 8, 0).to_bytes(4, "little")
    return io.BytesIO(bytes(patched))


def _check_shape(path: Path, rate: int, channels: int) -> None:
    if not RATES[0] <= rate <= RATES[1] or not 1 <= channels <= MOST_CHANNELS:
        raise InputError(
            f"the header gives {rate} Hz and {channels} channels, which no recorder writes",
            where=str(path),
            remedy="export it anew with an audio editor",
        )


def _silence_broken(samples: Samples) -> int:
    """Put silence in place of every sample that is no finite, possible number; how many there were."""
    broken = ~(np.abs(samples) <= LARGEST_SAMPLE)
    count = int(np.count_nonzero(broken))
    if count:
        samples[broken] = 0.0
    return count


def _filled(source: _Source, frames: int) -> Samples:
    """``frames`` frames of ``source``, fewer only at its end."""
    parts: list[Samples] = []
    missing = frames
    while missing:
        chunk = source.chunk(min(missing, _CHUNK))
        if not chunk.size:
            break
        missing -= len(chunk)
        parts.append(chunk)
    return np.concatenate(parts) if parts else np.zeros((0, source.channels), dtype=np.float32)


class _SoundFile:
    """A file open in libsndfile."""

    def __init__(self, file: Any) -> None:
        self.rate = int(file.samplerate)
        self.channels = int(file.channels)
        self.kind = f"{file.format_info}, {file.subtype_info}"
        self.truncated = False
        self._file = file
        if file.format == "MP3":
            # soundfile seeks after every read to the place where it is; the MP3 decoder of libsndfile forgets
            # by that what earlier frames left for the next one (measured: errors as large as the signal).
            file._info.seekable = 0
        self.claimed = int(file.frames)
        self._given = 0
        self._failed = False

    def chunk(self, frames: int) -> Samples:
        import soundfile

        room = np.empty((frames, self.channels), dtype=np.float32)
        filled = 0
        while filled < frames and not self._failed:
            try:
                part = self._file.read(out=room[filled : filled + _STEP])
            except (soundfile.LibsndfileError, RuntimeError):
                # Damaged in the middle: what came before is good.
                self._failed = True
                break
            filled += len(part)
            if not len(part):
                break
        self._given += filled
        if filled < frames and self._given < self.claimed:
            self.truncated = True
        return room[:filled]


def _is_cut_off(head: bytes, size: int) -> bool:
    """Whether the outermost chunk of a WAV or AIFF file claims more bytes than there are."""
    claimed = int.from_bytes(head[4:8], "little" if head.startswith(b"RIFF") else "big")
    # All ones stands for "unknown" in a WAV that was streamed.
    return head.startswith((b"RIFF", b"FORM")) and size < claimed + 8 and claimed != 0xFFFFFFFF


def _is_for_ffmpeg(path: Path, head: bytes) -> bool:
    if head.startswith((b"RIFF", b"fLaC", b"OggS", b"FORM", b"ID3")):
        return False
    return head[4:8] == b"ftyp" or head.startswith(_FFMPEG_MAGIC) or path.suffix.lower() in _FFMPEG_SUFFIXES


#: Header of the AU format, which ffmpeg writes to a pipe: magic, offset of the data, size, encoding, rate,
#: channels, all 32 bits big-endian. Encoding 6 is 32-bit float.
_AU_HEADER = np.dtype(
    [("magic", "S4"), *((name, ">u4") for name in ("offset", "size", "encoding", "rate", "channels"))]
)


class _FfmpegPipe:
    """The standard output of an ffmpeg that decodes."""

    def __init__(
        self, process: subprocess.Popen[bytes], stream: IO[bytes], header: npt.NDArray[np.void]
    ) -> None:
        self.rate = int(header["rate"])
        self.channels = int(header["channels"])
        self.kind = "decoded by ffmpeg"
        self.truncated = False
        self._process = process
        self._stream = stream

    def chunk(self, frames: int) -> Samples:
        width = 4 * self.channels
        data = self._stream.read(frames * width)
        whole = len(data) // width
        if not whole:
            self.truncated = self._process.wait() != 0
        samples = np.frombuffer(data, dtype=">f4", count=whole * self.channels)
        return samples.astype(np.float32).reshape(whole, self.channels)


@contextlib.contextmanager
def _through_ffmpeg(path: Path) -> Iterator[_FfmpegPipe]:
    command = ffmpeg.command(
        ["-i", f"file:{path}", "-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1"],
        purpose=f"to read {path}",
    )
    # What ffmpeg says goes to a file: a pipe nobody reads would stop it.
    with tempfile.TemporaryFile() as said, contextlib.ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        )
        stack.callback(process.kill)
        stream = cast(IO[bytes], process.stdout)
        data = stream.read(_AU_HEADER.itemsize)
        if len(data) < _AU_HEADER.itemsize:
            process.wait()
            said.seek(0)
            reason = ffmpeg.last_line(said.read())
            raise InputError(
                f"ffmpeg finds no sound in it ({reason})", where=str(path), remedy="export it anew"
            )
        header = np.frombuffer(data, dtype=_AU_HEADER)[0]
        stream.read(int(header["offset"]) - _AU_HEADER.itemsize)
        yield _FfmpegPipe(process, stream, header)
