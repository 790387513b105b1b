"""SoundFonts as a file format: named and checked, kept as they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from luthier.errors import InputError
from luthier.formats import Content

if TYPE_CHECKING:
    from luthier.kn5000.soundfont.sounds import SoundFontSounds

_MIB = 1 << 20


@dataclass(frozen=True)
class SoundFontFile:
    """The bytes of a file that can be played."""

    data: bytes

    @cached_property
    def sounds(self) -> SoundFontSounds:
        """What is in it; raises InputError."""
        import numpy as np

        from luthier.kn5000.soundfont.font import read_font
        from luthier.kn5000.soundfont.sounds import SoundFontSounds

        return SoundFontSounds(read_font(np.frombuffer(self.data, np.uint8)))


class SoundFontFormat:
    """A SoundFont 2; the document is a :class:`SoundFontFile`."""

    name: str = "soundfont-2"
    title: str = "SoundFont 2"
    suffixes: tuple[str, ...] = (".sf2",)
    limitations: tuple[str, ...] = (
        "Is read to be played, and written only as it was read.",
        "Samples of 24 bits are read as 16 bits; those in the ROM of a sound card are left out.",
        "Samples compressed with Vorbis (SF3) are not read.",
        "Resonance, LFOs on filter and level, and modulators of controllers are not played.",
    )
    sources: tuple[str, ...] = ("SoundFont Technical Specification 2.04 (Creative Technology, 2006)",)

    def detect(self, content: Content) -> str | None:
        """Its name, and how much is in it."""
        if not _is_soundfont(content):
            return None
        try:
            font = self.read(content).sounds.font
        except InputError:
            return None
        size = f"{font.samples.nbytes / _MIB:.1f} MiB of sound"
        counts = f"{_many(len(font.presets), 'preset')}, {_many(len(font.headers), 'sample')}, {size}"
        return f"“{font.name}”, {counts}" if font.name else counts

    def why_not(self, content: Content) -> str | None:
        """What is wrong with one that cannot be read."""
        if not _is_soundfont(content):
            return None
        try:
            self.read(content)
        except InputError as error:
            return f"a SoundFont that cannot be played: {error}"
        return None

    def read(self, content: Content) -> SoundFontFile:
        """The file; raises InputError."""
        document = SoundFontFile(content.data)
        _ = document.sounds
        return document

    def write(self, document: SoundFontFile) -> bytes:
        """The same bytes."""
        return document.data


def _is_soundfont(content: Content) -> bool:
    return content.head[:4] == b"RIFF" and content.head[8:12] == b"sfbk"


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


SOUNDFONT = SoundFontFormat()
