"""What is set beside a sequence: tempo, lengths, MIDI channel, notes and controllers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from luthier.errors import InputError

BANKS = "ABCD"
#: Notes of the bank buttons as the unit is sold (comment under the Kaossilator Pro teardown post; a public
#: program that plays on one, TheKikGen/Volkaoss).
BANK_NOTES = {"A": 36, "B": 37, "C": 38, "D": 39}
#: Controllers of the pad: touched or not, X, Y (three independent public programs).
PAD_CONTROLLERS = {"touch": 92, "x": 12, "y": 13}

#: Quarter notes a minute; chosen.
SLOWEST, FASTEST = 20.0, 300.0
_MOST_BARS = 999

_PAIR = re.compile(r"([a-z]+)=(\d{1,3})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Settings:
    """``beats`` are quarter notes in a bar, ``bars`` those of each bank's loop, ``channel`` is 1 to 16.

    ``repeat`` is how often all is played; 0 is as long as possible.
    """

    tempo: float = 120.0
    beats: int = 4
    bars: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANKS, 1))
    count_in: int = 0
    channel: int = 1
    notes: dict[str, int] = field(default_factory=lambda: dict(BANK_NOTES))
    controllers: dict[str, int] = field(default_factory=lambda: dict(PAD_CONTROLLERS))
    repeat: int = 1


def set_option(settings: Settings, name: str, text: str) -> Settings:
    """The settings with the option ``name`` as ``text`` says; raises InputError."""
    return _SETTERS[name](settings, text.strip())


def _whole(text: str, lowest: int, highest: int, what: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not lowest <= int(text) <= highest:
        raise InputError(f"{text[:40]!r} is no {what}", remedy=f"give {lowest} to {highest}")
    return int(text)


def _tempo(settings: Settings, text: str) -> Settings:
    number = float(text) if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text, re.ASCII) else 0.0
    if not SLOWEST <= number <= FASTEST:
        raise InputError(
            f"{text[:40]!r} is no tempo", remedy=f"give {SLOWEST:g} to {FASTEST:g} quarter notes a minute"
        )
    return replace(settings, tempo=number)


def _bars(settings: Settings, text: str) -> Settings:
    if re.fullmatch(r"\d+", text, re.ASCII):
        return replace(settings, bars=dict.fromkeys(BANKS, _whole(text, 1, _MOST_BARS, "number of bars")))
    found = _pairs(text, settings.bars, str.upper, 1, _MOST_BARS)
    return replace(settings, bars=found)


def _notes(settings: Settings, text: str) -> Settings:
    found = _pairs(text, settings.notes, str.upper, 0, 127)
    if len(set(found.values())) < len(found):
        raise InputError("two banks on the same note", remedy="give each a note of its own")
    return replace(settings, notes=found)


def _controllers(settings: Settings, text: str) -> Settings:
    found = _pairs(text, settings.controllers, str.lower, 0, 119)
    if len(set(found.values())) < len(found):
        raise InputError("one controller for two things", remedy="give each one of its own")
    return replace(settings, controllers=found)


def _pairs(
    text: str, known: dict[str, int], cased: Callable[[str], str], lowest: int, highest: int
) -> dict[str, int]:
    """``A=36 B=37`` over what is known."""
    found = dict(known)
    words = text.replace(",", " ").split()
    for word in words:
        match = _PAIR.fullmatch(word)
        name = cased(match[1]) if match else ""
        if match is None or name not in known or not lowest <= int(match[2]) <= highest:
            example = next(iter(known))
            raise InputError(
                f"{word[:40]!r} sets nothing",
                remedy=f"write {example}={known[example]}, for {', '.join(known)}, {lowest} to {highest}",
            )
        found[name] = int(match[2])
    if not words:
        raise InputError("nothing is set", remedy=f"write {next(iter(known))}=1")
    return found


_SETTERS: dict[str, Callable[[Settings, str], Settings]] = {
    "tempo": _tempo,
    "beats": lambda settings, text: replace(settings, beats=_whole(text, 1, 16, "number of beats")),
    "bars": _bars,
    "count-in": lambda settings, text: replace(settings, count_in=_whole(text, 0, 64, "number of bars")),
    "channel": lambda settings, text: replace(settings, channel=_whole(text, 1, 16, "MIDI channel")),
    "notes": _notes,
    "controllers": _controllers,
    "repeat": lambda settings, text: replace(settings, repeat=_whole(text, 0, 9_999, "number")),
}
