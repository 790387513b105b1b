"""SoundFonts as `luthier identify` sees them."""

from __future__ import annotations

import numpy as np
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone

from luthier.formats import Content
from luthier.identify import identify, why_not


def test_a_font_is_named_with_what_is_in_it() -> None:
    wave = Recorded(np.zeros(300_000, np.int16))
    data = writer.font([wave], [Instrument([Zone(0)])], [Preset([Zone(0)])] * 2, name="Brass")
    (match,) = identify(Content.of_bytes(data, "any.bin"))
    assert match.format.name == "soundfont-2"
    assert match.description == "“Brass”, 2 presets, 1 sample, 0.6 MiB of sound"


def test_a_damaged_font_is_called_one() -> None:
    content = Content.of_bytes(writer.small()[:2000], "any.sf2")
    assert identify(content) == []
    assert why_not(content).startswith("a SoundFont that cannot be played: byte ")


def test_other_files_of_the_kind_are_none() -> None:
    content = Content.of_bytes(b"RIFF\x04\0\0\0WAVE", "any.sf2")
    assert identify(content) == []
    assert "SoundFont" not in why_not(content)
