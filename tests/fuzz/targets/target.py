"""What a target is, and when it passes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from luthier.errors import LuthierError

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Target:
    """``run`` is given bytes; ``starts`` makes the inputs to begin with; ``longest`` bounds them."""

    run: Callable[[bytes], None]
    starts: Callable[[], Iterable[bytes]]
    longest: int = 8_192


def passes(target: Target, data: bytes) -> None:
    """Run ``target`` on ``data``; only findings come out as exceptions."""
    try:
        target.run(data)
    except LuthierError as error:
        assert str(error).strip(), "an error without a text"
        assert "\n" not in str(error), "an error of more than one line"
