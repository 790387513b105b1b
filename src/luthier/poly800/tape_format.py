"""Recordings of Poly-800 tapes as a file format: banks in, banks out.

What decodes and makes sound is imported when a file that may be audio is at hand, not before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from luthier.errors import InputError, LuthierError
from luthier.formats import Content
from luthier.poly800 import memory
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat, Found, summary
from luthier.poly800.synth import Synth

if TYPE_CHECKING:
    from luthier.poly800.tape.glance import Glance

#: First bytes of audio files: (offset, bytes).
_MAGIC = (
    (0, b"fLaC"), (0, b"OggS"), (0, b"ID3"), (0, b".snd"), (0, b"caff"), (4, b"ftyp"), (8, b"WAVE"),
    (8, b"AIFF"), (8, b"AIFC"), (0, b"\x1a\x45\xdf\xa3"), (0, b"#!AMR"), (0, b"\x30\x26\xb2\x75"),
)  # fmt: skip
#: What is said of a file, by whether anything in it had the half-waves of a tape.
_HEARD = {
    False: "music, speech or noise, and no tape of a known keyboard was heard",
    True: "something like a tape, but none of a known keyboard was heard",
}
#: Where a glance at a content is kept.
_SEEN = "tape glance"
#: Kinds of audio file without first bytes worth the name.
_BY_NAME = frozenset({".mp3", ".aac", ".amr", ".wma"})


def looks_like_audio(content: Content) -> bool:
    """Whether the first bytes, or the name where these say nothing, are those of an audio file."""
    if any(content.head[place : place + len(magic)] == magic for place, magic in _MAGIC):
        return True
    # An MPEG frame begins with eleven ones.
    frame = content.head[:1] == b"\xff" and content.head[1:2] >= b"\xe0"
    return frame and content.suffix in _BY_NAME


class TapeFormat(BankFormat):
    """A recording of one or more tapes of a Poly-800 or EX-800."""

    name = "poly800-tape"
    title = "Poly-800 tape recording"
    suffixes: tuple[str, ...] = (
        ".wav", ".flac", ".aiff", ".aif", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".webm", ".amr", ".wma",
    )  # fmt: skip
    limitations: tuple[str, ...] = (
        "Holds one bank when written, as WAV, FLAC or AIFF.",
        "Half-wave lengths, leader and trailer are those of published descriptions: no real tape of a user "
        "was at hand.",
        "The tape of the MkII is unknown.",
        "Recordings in AAC, M4A or WebM need ffmpeg.",
    )
    sources: tuple[str, ...] = (
        "Poly-800 mailing-list thread (half-waves, bytes, checksum)",
        "Interspock/isla-poly800 (framing, as found on the factory tape)",
    )
    synths = (Synth.POLY800, Synth.EX800)
    #: An hour of 192 kHz stereo floats: recordings are streamed, not taken into memory.
    size_limit = 8 * 1024**3

    def detect(self, content: Content) -> str | None:
        """Where the first dump is and whether a quick attempt reads all of it."""
        if not looks_like_audio(content):
            return None
        found = self._seen(content)
        dump = found.dump if found else None
        if dump is None:
            return None
        if not dump.complete:
            return f"a dump at {dump.begin:.1f} s, {dump.programs_right} of 64 programs right at first glance"
        bank = Bank(Synth.POLY800, memory.ram_from_image(dump.image))
        return f"{summary(bank)}; a complete dump at {dump.begin:.1f} s"

    def why_not(self, content: Content) -> str | None:
        """Why an audio file is not one of ours."""
        if not looks_like_audio(content):
            return None
        found = self._seen(content)
        if found is None:
            return "an audio file that cannot be read; `luthier poly800 read` says why"
        return (
            f"an audio file; {_HEARD[found.likely]} in its first {found.seconds:.0f} s at first glance; "
            "`luthier poly800 read` looks harder and says what it hears"
        )

    def _seen(self, content: Content) -> Glance | None:
        """A quick look at the sound; None if it cannot be read.  Kept with the content, as its bytes are."""
        from luthier.poly800.tape import glance

        if _SEEN not in content.__dict__:
            try:
                with _file_of(content) as path:
                    content.__dict__[_SEEN] = glance.look(path)
            except LuthierError:
                content.__dict__[_SEEN] = None
        found: Glance | None = content.__dict__[_SEEN]
        return found

    def find(self, content: Content) -> list[Found]:
        """The memories in the recording; what is not complete is their problem."""
        from luthier.poly800.tape.health import summary as summaries
        from luthier.poly800.tape.health.diagnosis import diagnoses
        from luthier.poly800.tape.takes import read_takes

        try:
            with _file_of(content) as path, read_takes([path]) as takes:
                if takes.memories:
                    return [_found(entry) for entry in takes.memories]
                raise summaries.nothing_found(diagnoses(takes))
        except InputError as error:
            # Who asked knows the name of the file; here it may be a temporary one.
            raise InputError(error.what, remedy=error.remedy) from error

    def write(self, document: Bank | Sequence[Bank]) -> bytes:
        """A WAV file that was read back."""
        return self.write_as(document, self.suffixes[0])

    def write_as(self, document: Bank | Sequence[Bank], suffix: str) -> bytes:
        """A WAV, FLAC or AIFF file, by ``suffix``, that was read back."""
        from luthier.poly800.tape import writing

        image, _ = writing.image_for(self.single(document))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"tape{suffix}"
            writing.write_file(image, path)
            return path.read_bytes()


def _found(entry: object) -> Found:
    from luthier.poly800.tape.health import summary as summaries
    from luthier.poly800.tape.reading import State
    from luthier.poly800.tape.takes import Memory

    assert isinstance(entry, Memory)
    problems = () if entry.dump.complete else (summaries.what_is_missing(entry),)
    notes: tuple[str, ...] = ()
    if entry.dump.checksum_rule == memory.FIRST_MESSAGE:
        notes = ("the checksum leaves the MIDI channel out, as in the thread's first message",)
    bank = Bank(Synth.POLY800, entry.dump.image[len(memory.TAPE_HEADER) : -1])
    missing = tuple(program.number for program in entry.dump.programs if program.state is State.MISSING)
    return Found(bank, problems, notes, missing)


@contextmanager
def _file_of(content: Content) -> Iterator[Path]:
    """The file with the sound; for bytes that are only in memory a temporary one."""
    if "data" not in content.__dict__ or content.path.is_file():
        yield content.path
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"recording{content.suffix}"
        path.write_bytes(content.data)
        yield path


TAPE = TapeFormat()
