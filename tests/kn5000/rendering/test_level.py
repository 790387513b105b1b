"""Levels by name, and the gain to them."""

from __future__ import annotations

import pytest

from luthier.errors import UsageError
from luthier.kn5000.rendering.level import Target


@pytest.mark.parametrize(
    ("text", "value", "peak"),
    [
        ("loudness", -16, False),
        ("-16", -16, False),
        ("-23 LUFS", -23, False),
        ("-9.5lufs", -9.5, False),
        ("peak", -1, True),
        ("peak:-3", -3, True),
        ("peak0dB", 0, True),
    ],
)
def test_names(text: str, value: float, peak: bool) -> None:
    assert Target.named(text) == Target(value, peak)


@pytest.mark.parametrize("text", ["", "loud", "peak:x", "3", "-71", "--json", "-1e3", "nan"])
def test_what_is_no_level(text: str) -> None:
    with pytest.raises(UsageError, match=r"-16|-70 to 0"):
        Target.named(text)


def test_gains() -> None:
    assert Target(-16).gain(-3.0, -20.0) == 4.0
    assert Target(-1, peak=True).gain(-3.0, -20.0) == 2.0
    assert Target(-16).gain(-3.0, None) == 2.0  # too short to have a loudness: by its peak
    assert Target(-16).gain(None, None) == 0.0  # silence stays
