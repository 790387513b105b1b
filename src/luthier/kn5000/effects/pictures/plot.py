"""Curves as SVG: small, the same everywhere, readable on light and dark ground.

A plot has classes instead of colours.  :data:`STYLE` gives them theirs, once on a page, or inside of a
picture that stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
WIDTH, HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 344.0, 26.0, 162.0
#: Units of the picture that a line may be off.
_NEAR = 0.2

_COLOURS = {
    "light": {"text": "#4a5568", "grid": "#e2e8f0", "first": "#2b6cb0", "second": "#c05621"},
    "dark": {"text": "#cbd5e0", "grid": "#374151", "first": "#63b3ed", "second": "#f6ad55"},
}


def _rules(colours: dict[str, str]) -> str:
    return (
        f".plot text{{fill:{colours['text']}}}.plot .grid{{stroke:{colours['grid']}}}"
        f".plot .first{{stroke:{colours['first']}}}.plot .second{{stroke:{colours['second']}}}"
        f".plot text.first{{fill:{colours['first']};stroke:none}}"
        f".plot text.second{{fill:{colours['second']};stroke:none}}"
    )


#: For a page with plots in it.
STYLE = (
    ".plot text{font:11px system-ui,sans-serif}.plot path{fill:none}.plot .line{stroke-width:1.6}"
    ".plot .dots{stroke-width:2.6;stroke-linecap:round}.plot .bars{stroke-width:3}"
    f"{_rules(_COLOURS['light'])}@media(prefers-color-scheme:dark){{{_rules(_COLOURS['dark'])}}}"
)


@dataclass(frozen=True)
class Axis:
    """From ``low`` to ``high``; ticks are values with their labels."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    title: str
    logarithmic: bool = False

    def share(self, values: Points) -> Points:
        """Where values are, 0 to 1 within the axis; values beyond are held at its ends."""
        held = np.clip(values, min(self.low, self.high), max(self.low, self.high))
        if self.logarithmic:
            return np.asarray(np.log(held / self.low) / math.log(self.high / self.low))
        return np.asarray((held - self.low) / (self.high - self.low))


@dataclass(frozen=True)
class Curve:
    """Points of a line, dots, or bars from the bottom."""

    x: Points
    y: Points
    kind: Literal["line", "dots", "bars"] = "line"
    second: bool = False
    """In the second colour."""
    name: str = ""


@dataclass(frozen=True)
class Plot:
    """What is drawn: a headline, two axes, curves."""

    title: str
    x: Axis
    y: Axis
    curves: Sequence[Curve] = field(default_factory=tuple)

    def svg(self, *, alone: bool = False) -> str:
        """The picture; ``alone`` with its own style."""
        parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img"',
            f' viewBox="0 0 {WIDTH} {HEIGHT}">',
            f"<title>{escape(self.title)}</title>",
            f"<style>{STYLE}</style>" if alone else "",
            f'<text x="2" y="13">{escape(self.title)}</text>',
            self._grid(),
            *(_drawn(curve, self.x, self.y) for curve in self.curves),
            self._legend(),
            "</svg>",
        ]
        return "".join(parts) + ("\n" if alone else "")

    def _grid(self) -> str:
        lines, texts = [], []
        for value, label in self.x.ticks:
            x = _number(_across(self.x, np.array([value]))[0])
            lines.append(f"M{x} {_TOP:g}V{_BOTTOM:g}")
            texts.append(f'<text x="{x}" y="{_BOTTOM + 13:g}" text-anchor="middle">{escape(label)}</text>')
        for value, label in self.y.ticks:
            y = _down(self.y, np.array([value]))[0]
            lines.append(f"M{_LEFT:g} {_number(y)}H{_RIGHT:g}")
            texts.append(
                f'<text x="{_LEFT - 4:g}" y="{_number(y + 4)}" text-anchor="end">{escape(label)}</text>'
            )
        titles = (
            f'<text x="{WIDTH - 2}" y="{HEIGHT - 4}" text-anchor="end">{escape(self.x.title)}</text>'
            f'<text x="2" y="{HEIGHT - 4}">{escape(self.y.title)}</text>'
        )
        return f'<path class="grid" d="{"".join(lines)}"/>{"".join(texts)}{titles}'

    def _legend(self) -> str:
        """Names of the curves in their colours, between the titles of the axes."""
        named = [curve for curve in self.curves if curve.name]
        places = (130, 215)
        return "".join(
            f'<text class="{_colour(curve)}" x="{place}" y="{HEIGHT - 4}" text-anchor="middle">'
            f"{escape(curve.name)}</text>"
            for place, curve in zip(places, named, strict=False)
        )


def ticks(low: float, high: float, step: float, form: str = "g") -> list[tuple[float, str]]:
    """Values from ``low`` to ``high``, each with its label."""
    count = round((high - low) / step)
    return [(low + step * at, format(low + step * at, form).replace("-", "−")) for at in range(count + 1)]


def even(high: float, unit: str, low: float = 0.0) -> Axis:
    """An axis of four to eight even steps that reaches ``high`` at least."""
    span = max(high - low, 1e-6)
    size = 10 ** math.floor(math.log10(span / 4))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10, 20) if span / (size * factor) <= 7)
    top = low + step * math.ceil(span / step - 1e-9)
    return Axis(low, top, ticks(low, top, step), unit)


#: Hertz from 20 to 20,000.
FREQUENCIES = Axis(
    20,
    20_000,
    [
        (50, "50"),
        (100, "100"),
        (200, "200"),
        (500, "500"),
        (1000, "1k"),
        (2000, "2k"),
        (5000, "5k"),
        (10_000, "10k"),
    ],
    "Hz",
    logarithmic=True,
)


def decibels(low: float, high: float, step: float) -> Axis:
    """An axis of decibels."""
    return Axis(low, high, ticks(low, high, step), "dB")


def _across(axis: Axis, values: Points) -> Points:
    return np.asarray(_LEFT + (_RIGHT - _LEFT) * axis.share(values))


def _down(axis: Axis, values: Points) -> Points:
    return np.asarray(_BOTTOM - (_BOTTOM - _TOP) * axis.share(values))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _drawn(curve: Curve, x: Axis, y: Axis) -> str:
    there = np.isfinite(curve.x) & np.isfinite(curve.y)
    across, down = _across(x, curve.x[there]), _down(y, curve.y[there])
    if not len(across):
        return ""
    if curve.kind == "line":
        kept = _corners(across, down)
        path = "M" + "L".join(f"{_number(across[at])} {_number(down[at])}" for at in kept)
    elif curve.kind == "dots":
        path = "".join(f"M{_number(a)} {_number(b)}h0" for a, b in zip(across, down, strict=True))
    else:
        shift = 1.6 if curve.second else -1.6 if curve.name else 0.0
        path = "".join(
            f"M{_number(a + shift)} {_BOTTOM:g}V{_number(b)}" for a, b in zip(across, down, strict=True)
        )
    return f'<path class="{curve.kind} {_colour(curve)}" d="{path}"/>'


def _corners(across: Points, down: Points) -> list[int]:
    """The points of a line that are enough to draw it (Ramer, Douglas and Peucker), along its way down."""
    kept = {0, len(across) - 1}
    waiting = [(0, len(across) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        span = max(across[last] - across[first], 1e-9)
        straight = down[first] + (across[first:last] - across[first]) / span * (down[last] - down[first])
        off = np.abs(down[first:last] - straight)
        far = int(off.argmax())
        if off[far] > _NEAR:
            kept.add(first + far)
            waiting += [(first, first + far), (first + far, last)]
    return sorted(kept)


def _colour(curve: Curve) -> str:
    return "second" if curve.second else "first"
