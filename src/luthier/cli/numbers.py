"""Numbers on the command line: those of Python, so that addresses are written ``0xE00000``."""

from __future__ import annotations

from luthier.errors import UsageError


def address(text: str, option: str) -> int:
    """A number that is an address; :class:`UsageError` names the option it was given with."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if not 0 <= value <= 0x1000000:
        raise UsageError(
            f"{option} {text!r} is no address", remedy="write a number of at most 24 bits, 0xE00000"
        )
    return value


def number(text: str, option: str) -> int:
    """A number that is not negative; :class:`UsageError` names the option it was given with."""
    try:
        value = int(text, 0)
    except ValueError:
        value = -1
    if value < 0:
        raise UsageError(f"{option} {text!r} is no number", remedy="write 1000, 0x3E8 or 1_000")
    return value
