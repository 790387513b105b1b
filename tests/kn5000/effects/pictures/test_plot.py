"""Plots: places of values, lines that stay near, well-formed pictures."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from luthier.kn5000.effects.pictures.plot import FREQUENCIES, Axis, Curve, Plot, decibels, even, ticks


def test_places_on_axes() -> None:
    assert FREQUENCIES.share(np.array([20.0, (20 * 20_000) ** 0.5, 20_000, 1, 1e9])) == pytest.approx(
        [0, 0.5, 1, 0, 1]
    )
    assert decibels(-60, 0, 20).share(np.array([-60.0, -15, 0])) == pytest.approx([0, 0.75, 1])


def test_ticks() -> None:
    assert ticks(-12, 12, 6) == [(-12, "−12"), (-6, "−6"), (0, "0"), (6, "6"), (12, "12")]
    for high in (0.013, 0.9, 3.3, 350, 1999):
        axis = even(high, "s")
        assert axis.high >= high
        assert 4 <= len(axis.ticks) <= 8
        assert axis.ticks[-1][0] == pytest.approx(axis.high)


def drawn(x: np.ndarray, y: np.ndarray) -> list[tuple[float, float]]:
    axis = Axis(0, 1, (), "")
    path = re.search(r'class="line first" d="([^"]*)"', Plot("", axis, axis, (Curve(x, y),)).svg())
    assert path
    return [(float(a), float(b)) for a, b in re.findall(r"([\d.]+) ([\d.]+)", path[1])]


def test_a_line_keeps_what_it_needs() -> None:
    x = np.linspace(0, 1, 500)
    assert len(drawn(x, 0.2 + 0.5 * x)) == 2
    points = np.array(drawn(x, 0.5 + 0.4 * np.sin(9 * x)))
    assert 10 < len(points) < 100
    # 308 wide and 136 high, from (36, 26): nowhere off by more than 0.2 and what rounding adds.
    across, down = 36 + 308 * x, 162 - 136 * (0.5 + 0.4 * np.sin(9 * x))
    assert np.abs(np.interp(across, *points.T) - down).max() < 0.4


def test_a_picture_is_xml_and_says_what_it_shows() -> None:
    x = np.array([0.0, 0.5, 1.0])
    curves = (
        Curve(x, np.array([0.0, np.nan, 1.0]), name="left & right"),
        Curve(x, x, "bars", second=True, name="second"),
        Curve(x, x, "dots"),
        Curve(np.array([np.nan]), np.array([0.0])),
    )
    plot = Plot("a < b", Axis(0, 1, ticks(0, 1, 0.5), "s"), decibels(0, 1, 1), curves)
    for alone in (False, True):
        root = ElementTree.fromstring(plot.svg(alone=alone))
        assert root.findtext("{http://www.w3.org/2000/svg}title") == "a < b"
        texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"left & right", "second", "s", "dB", "0.5"} <= set(texts)
        assert ("prefers-color-scheme:dark" in plot.svg(alone=alone)) == alone
    assert plot.svg() == plot.svg()
