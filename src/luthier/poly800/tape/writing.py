"""Writes a tape and reads it back: a file that does not read back is never left behind.

The sound comes from :mod:`luthier.poly800.tape.modulation`.  One pass is made and written as often as wanted,
so that memory does not grow with the number of passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from luthier.errors import InputError, LuthierError, UsageError
from luthier.files import STANDARD_STREAM, refuse_to_overwrite, write_bytes, written_beside
from luthier.poly800 import memory
from luthier.poly800.bank import Bank
from luthier.poly800.convert import Loss, convert
from luthier.poly800.synth import Synth
from luthier.poly800.tape import modulation
from luthier.poly800.tape.decoder import read_file
from luthier.poly800.tape.line_code import BITS_PER_FRAME, LONG_SECONDS
from luthier.poly800.tape.modulation import Shape

#: Kinds of file that keep a tape as it is; what loses detail to save space is read, never written.
LOSSLESS = {".wav": "WAV", ".flac": "FLAC", ".aiff": "AIFF", ".aif": "AIFF"}
_SHAPES: dict[str, Shape] = {"square": "square", "sine": "sine"}
#: Longest leader and trailer, seconds: with them a pass at 192 kHz takes less than 1 GiB to make.
LONGEST_LEADER = 30.0
LONGEST_GAP = 600.0
#: Levels in decibels below full scale: the decoder is tested down to a peak of -50 dBFS.
LOWEST_DECIBELS = -50.0


@dataclass(frozen=True)
class Options:
    """How a tape is written."""

    rate: int = 44_100
    """Samples a second, 8,000 to 192,000."""
    leader: float = modulation.LEADER
    """Seconds of leader before each pass, 0 to 30."""
    trailer: float = modulation.TRAILER
    """Seconds of trailer after each pass, 0 to 30."""
    decibels: float = -6.0
    """Peak level in dBFS, -50 to 0."""
    passes: int = 1
    """How often the dump is written."""
    gap: float = modulation.GAP
    """Seconds of silence between passes, 0 to 600."""
    shape: Shape = "square"
    """"square" as the synth's output, or "sine"."""

    def check(self, length: int) -> None:
        """Raise InputError unless a dump of ``length`` bytes can be written so."""
        _within("the rate", self.rate, modulation.LOWEST_RATE, modulation.HIGHEST_RATE, "Hz")
        _within("the leader", self.leader, 0, LONGEST_LEADER, "s")
        _within("the trailer", self.trailer, 0, LONGEST_LEADER, "s")
        _within("the gap", self.gap, 0, LONGEST_GAP, "s")
        _within("the level", self.decibels, LOWEST_DECIBELS, 0, "dBFS")
        longest_pass = self.leader + self.trailer + length * BITS_PER_FRAME * LONG_SECONDS
        most = int(modulation.LONGEST / (longest_pass + self.gap))
        _within("the number of passes", self.passes, 1, most, "")


def _within(what: str, value: float, lowest: float, highest: float, unit: str) -> None:
    if not lowest <= value <= highest:
        raise UsageError(f"{what} is {value:g} {unit}".rstrip(), remedy=f"give {lowest:g} to {highest:g}")


@dataclass(frozen=True)
class Written:
    """A tape that was written and read back."""

    image: bytes
    """The 1,636 bytes of every pass."""
    passes: int
    seconds: float
    rate: int

    @property
    def checksum(self) -> int:
        """The last byte."""
        return self.image[-1]


def image_for(bank: Bank) -> tuple[bytes, list[Loss]]:
    """The 1,636 tape bytes for a bank of any synth, and what only a MkII could keep.

    For Poly-800 and EX-800 nothing is ever lost.  The checksum is the sum over the whole RAM image, as the
    second message of the Poly-800 mailing-list thread has it.
    """
    converted, losses = convert(bank, Synth.POLY800)
    return memory.image_from_ram(converted.ram), losses


def shape_named(name: str) -> Shape:
    """The shape called ``name``; raises InputError."""
    if name not in _SHAPES:
        raise UsageError(f"no shape is called {name!r}", remedy="use square or sine")
    return _SHAPES[name]


def refuse(path: Path, force: bool) -> None:
    """Raise unless a tape may be written to ``path``: call it before long work."""
    if path != STANDARD_STREAM:
        _kind(path)
        refuse_to_overwrite(path, force)


def write_file(image: bytes, path: Path, options: Options | None = None, *, force: bool = False) -> Written:
    """Write the tape of ``image`` to ``path`` (``-``: WAV on standard output) and read it back.

    The bytes are written as they are, also with a checksum by another rule, but it must be right by one.
    Raises InputError for an image that is no tape or options out of range, OutputExistsError, and
    LuthierError, leaving nothing behind, if what was written does not read back byte for byte.
    """
    options = options or Options()
    memory.ram_from_image(image)
    if memory.checksum_rule(image) is None:
        raise InputError(
            f"checksum {image[-1]:02X} is wrong, no synth would load this tape",
            where=f"byte {len(image) - 1}",
            remedy=f"the data sum to {memory.checksum(memory.ram_from_image(image)):02X}",
        )
    options.check(len(image))
    kind = "WAV" if path == STANDARD_STREAM else _kind(path)
    if path == STANDARD_STREAM:
        with TemporaryDirectory() as folder:
            written = write_file(image, Path(folder) / "tape.wav", options)
            write_bytes(path, (Path(folder) / "tape.wav").read_bytes())
            return written
    refuse_to_overwrite(path, force)
    with written_beside(path, force=force) as scratch:
        seconds = _write(image, scratch, kind, options)
        _verify(image, scratch, path, options.passes)
    return Written(image, options.passes, seconds, options.rate)


def _kind(path: Path) -> str:
    kind = LOSSLESS.get(path.suffix.lower())
    if kind is None:
        raise UsageError(
            f"a tape is not written as {path.suffix or 'a file without suffix'}",
            where=str(path),
            remedy=f"use {', '.join(LOSSLESS)}",
        )
    return kind


def _write(image: bytes, path: Path, kind: str, options: Options) -> float:
    """Write all passes; the seconds they take."""
    import soundfile

    one_pass = modulation.write(
        image,
        options.rate,
        leader=options.leader,
        trailer=options.trailer,
        level=10 ** (options.decibels / 20),
        shape=options.shape,
    )
    silence = np.zeros(round(options.gap * options.rate), dtype=np.float32)
    with soundfile.SoundFile(
        path, "w", samplerate=options.rate, channels=1, format=kind, subtype="PCM_16"
    ) as file:
        for number in range(options.passes):
            if number:
                file.write(silence)
            file.write(one_pass)
        return int(file.frames) / options.rate


def _verify(image: bytes, scratch: Path, path: Path, passes: int) -> None:
    """Raise unless every pass in ``scratch`` is read back as ``image``."""
    dumps = read_file(scratch).dumps
    # By the older rule a checksum proves less to the decoder; the bytes are compared here all the same.
    older = memory.checksum_rule(image) == memory.FIRST_MESSAGE
    wrong = [dump for dump in dumps if dump.image != image or not (dump.complete or older)]
    if len(dumps) == passes and not wrong:
        return
    found = f"{wrong[0].programs_right} of 64 programs right" if wrong else f"{len(dumps)} of {passes} passes"
    raise LuthierError(
        f"{path}: what was written does not read back ({found}), nothing was kept; "
        "use a longer leader and gap, a higher level or the rate 44100"
    )
