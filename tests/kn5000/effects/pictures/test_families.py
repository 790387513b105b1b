"""Every effect has its pictures, made from its sound and the same each time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from luthier.kn5000.effects.named import NAMES
from luthier.kn5000.effects.pictures import pictures


@pytest.mark.parametrize("name", [name for name in NAMES.values() if name != "NO OPERATION"])
def test_every_effect_has_one_picture_or_two(name: str) -> None:
    found = pictures(name)
    assert 1 <= len(found) <= 2
    assert len({picture.kind for picture in found}) == len(found)
    for picture in found:
        svg = picture.plot.svg()
        ElementTree.fromstring(svg)
        assert len(svg) < 20_000
        assert "nan" not in svg
        assert any(len(curve.x) for curve in picture.plot.curves)


def test_nothing_shows_no_operation() -> None:
    assert pictures("NO OPERATION") == ()


def titles(name: str) -> list[str]:
    return [picture.plot.title for picture in pictures(name)]


def test_combinations_show_both_their_parts() -> None:
    assert [picture.kind for picture in pictures("PEQ+VIBRATO")] == ["Frequency response", "Slow wave"]
    assert [picture.kind for picture in pictures("S.DELAY+PHASER")] == ["Impulse response", "Slow wave"]
    assert [picture.kind for picture in pictures("PEQ+COMPRESSOR")] == ["Frequency response", "Static curve"]
    # The part alone and the part in a combination are the same.
    assert titles("S.DELAY+CHORUS")[1:] == titles("CHORUS")
    assert titles("PEQ+DIST+DELAY")[1:] == titles("DISTORTION")


def test_a_reverb_falls_in_its_time() -> None:
    for name, seconds in (("CONCERT REVERB 1", 2.0), ("PLATE REVERB 2", 2.4), ("STAGE", 1.8)):
        said = re.fullmatch(r"Impulse response: 1 kHz falls by 60 dB in ([\d.]+) s", titles(name)[0])
        assert said
        assert float(said[1]) == pytest.approx(seconds, rel=0.1)


def test_echoes_come_when_they_should() -> None:
    assert titles("SINGLE DELAY") == ["Impulse response: first 250.0 ms left, 330.0 ms right"]
    # The lines of 541 and 701 frames at half intensity come out on the left and on both sides (listing).
    assert titles("STANDARD") == ["Impulse response: first 8.0 ms left, 6.1 ms right"]


def test_waveforms_are_a_sine_a_triangle_and_a_square() -> None:
    found = pictures("VIBRATO")[1].plot
    assert found.title == "Delay by sine, triangle, square of 2 Hz"
    (curve,) = found.curves
    for shape, mean in ((0, 2 / np.pi), (1, 1 / 2)):
        own = (curve.x >= shape) & (curve.x < shape + 1)
        swing = curve.y[own] - curve.y[own].mean()
        # The mean height of a sine is 2 / pi of its top, of a triangle a half.
        assert np.abs(swing).mean() / np.abs(swing).max() == pytest.approx(mean, rel=0.03)
    square = curve.y[curve.x >= 2]
    assert (np.abs(square - square.mean()) > 0.9 * np.abs(square - square.mean()).max()).mean() > 0.7


def test_rotors_turn_as_fast_as_they_are_set_to() -> None:
    assert titles("ROTARY SPEAKER") == ["Turns a second: fast at 1 s, slow at 9 s; 6.8 and 6.0 Hz"]


def test_pictures_are_the_same_each_time() -> None:
    for name in ("CHORUS", "CONCERT REVERB 1", "PEQ+CHORUS"):
        first, again = ([picture.plot.svg() for picture in pictures(name)] for _ in range(2))
        assert first == again
