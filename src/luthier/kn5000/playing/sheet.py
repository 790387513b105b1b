"""The five slots as a panel shows them: every parameter with its numbers, its amount and its unit."""

from __future__ import annotations

from typing import Any

import msgspec

from luthier.kn5000.effects import panel
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.pictures import pictures_of
from luthier.kn5000.effects.pictures.plot import Axis, Curve
from luthier.kn5000.effects.rack import DSP_EFFECT, SLOTS, WORDS, Rack
from luthier.kn5000.effects.scales import written
from luthier.kn5000.slots import presets

_REV_SEND = "REV SEND"
_DIGITS = 5  #: of a point of a curve


class Knob(msgspec.Struct, frozen=True):
    """A parameter; ``number`` is the panel's, the nearest to what is set."""

    name: str
    number: int
    low: int
    high: int
    text: str
    """What is set, with its unit."""
    choices: tuple[str, ...]
    certainty: str
    """Whether what the numbers are is known or modelled."""
    sound: str
    """Whether what the amounts do is exact or modelled."""


class SlotSheet(msgspec.Struct, frozen=True):
    """A slot."""

    word: str
    """What it is called on the command line."""
    page: str
    effect: str
    held: bool
    """Messages leave it alone."""
    knobs: tuple[Knob, ...]


def sheets(rack: Rack) -> list[SlotSheet]:
    """All five."""
    found = []
    for slot in range(SLOTS):
        chain = chain_of(rack, slot)
        knobs = tuple(
            _knob(chain, scale)
            for scale in panel.ranges(chain)
            if slot == DSP_EFFECT or scale.name != _REV_SEND
        )
        empty = chain.number == 0
        found.append(
            SlotSheet(
                WORDS[slot], presets.page_name(slot), chain.name, slot in rack.held, () if empty else knobs
            )
        )
    return found


def chain_of(rack: Rack, slot: int) -> Chain:
    """The effect in a slot."""
    found = rack.slots[slot].effect
    assert isinstance(found, Chain)
    return found


def _knob(chain: Chain, scale: Any) -> Knob:
    value = chain.settings[scale.name]
    text = scale.choices[int(value)] if scale.choices else f"{written(value)} {scale.unit}".strip()
    return Knob(
        scale.name, scale.nearest(value), scale.low, scale.high, text, tuple(scale.choices),
        str(scale.certainty.value), scale.sound,
    )  # fmt: skip


def curves(chain: Chain) -> list[dict[str, Any]]:
    """The pictures of an effect as it is set, as numbers: title, axes with their ticks, curves."""
    return [
        {
            "kind": picture.kind,
            "title": picture.plot.title,
            "x": _axis(picture.plot.x),
            "y": _axis(picture.plot.y),
            "curves": [_curve(curve) for curve in picture.plot.curves],
        }
        for picture in pictures_of(chain)
    ]


def _axis(axis: Axis) -> dict[str, Any]:
    return {
        "low": axis.low, "high": axis.high, "ticks": [list(tick) for tick in axis.ticks],
        "title": axis.title, "logarithmic": axis.logarithmic,
    }  # fmt: skip


def _curve(curve: Curve) -> dict[str, Any]:
    points = [
        (float(f"{x:.{_DIGITS}g}"), float(f"{y:.{_DIGITS}g}"))
        for x, y in zip(curve.x.tolist(), curve.y.tolist(), strict=True)
        if abs(x) < float("inf") and abs(y) < float("inf")  # not so for what is no number
    ]
    return {"points": points, "kind": curve.kind, "second": curve.second, "name": curve.name}
