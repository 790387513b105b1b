"""SoundFonts as sounds of the SX-KN5000's engine: presets as strikes, samples as recordings.

Known is the format (SoundFont 2.04 Technical Specification, Creative Technology, 2006); *modelled* is how
much of it the tone generator can be made to play, which docs/manual/kn5000-soundfont.md tells.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from luthier.kn5000.soundfont.installed import installed

if TYPE_CHECKING:
    from luthier.kn5000.soundfont.sounds import SoundFontSounds
    from luthier.kn5000.waves.bank import Progress

__all__ = ["installed", "open_soundfont"]


def open_soundfont(path: Path, progress: Progress | None = None) -> SoundFontSounds:
    """The sounds of a SoundFont 2 file; raises InputError.

    Its samples stay in the file, which must not be changed meanwhile.
    """
    from luthier.kn5000.soundfont.sounds import SoundFontSounds

    return SoundFontSounds.of_file(path, progress)
