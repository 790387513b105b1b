"""What somebody wants in the slots, whatever a song says: read from text, put into an engine's rack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luthier.errors import UsageError
from luthier.kn5000.effects import panel
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.rack import DSP_EFFECT, EQ, ILLUSION, REVERB, ROOM, WORDS, Rack, slot_number
from luthier.kn5000.effects.slot import NO_OPERATION

_NONE = "none"
_EQUALIZER = "GEQ"
_NAME_OF_NONE = "NO OPERATION"


@dataclass(frozen=True)
class Choices:
    """Effects by name or number, ``none`` for nothing; None leaves a slot to the song.

    ``eq`` may also be what to set, ``"LOW EMPHASIS G=6dB, HIGH EMPHASIS G=3dB"``: the rest is flat then.
    ``settings`` are like ``"reverb REVERB TIME=2.4s"``: a slot, and what :func:`panel.setting` takes.
    """

    effect: str | None = None
    reverb: str | None = None
    illusion: str | None = None
    room: str | None = None
    eq: str | None = None
    settings: Sequence[str] = ()

    def apply(self, rack: Rack) -> None:
        """Put all of it into a rack, and hold what was named; raises LuthierError for what cannot be."""
        wanted = {DSP_EFFECT: self.effect, REVERB: self.reverb, ILLUSION: self.illusion, ROOM: self.room}
        for slot, name in wanted.items():
            if name is not None:
                rack.choose(slot, _NAME_OF_NONE if name.strip().lower() == _NONE else name)
                rack.held.add(slot)
        if self.eq is not None:
            _equalize(rack, self.eq)
        for text in self.settings:
            _set(rack, text)


def _equalize(rack: Rack, text: str) -> None:
    rack.held.add(EQ)
    if text.strip().lower() == _NONE:
        rack.choose(EQ, _NAME_OF_NONE)
        return
    if "=" not in text:
        rack.choose(EQ, text)
        return
    choose_flat(rack)
    for part in text.split(","):
        _set_one(rack, EQ, part)


def choose_flat(rack: Rack) -> None:
    """The equalizer, with nothing lifted or lowered."""
    rack.choose(EQ, _EQUALIZER)
    there = rack.slots[EQ].effect
    for parameter in there.parameters:
        if parameter.unit == "dB":
            rack.set(EQ, parameter.name, 0)


def _set(rack: Rack, text: str) -> None:
    word, _, rest = text.strip().partition(" ")
    if not rest:
        raise UsageError(
            f"{text!r} sets nothing",
            remedy=f'write it as "SLOT PARAMETER=VALUE", SLOT one of {", ".join(WORDS)}',
        )
    slot = slot_number(word)
    if slot == EQ and rack.slots[EQ].effect.number == NO_OPERATION:
        choose_flat(rack)
    _set_one(rack, slot, rest)
    rack.held.add(slot)


def _set_one(rack: Rack, slot: int, text: str) -> None:
    there = rack.slots[slot].effect
    assert isinstance(there, Chain)
    if there.number == NO_OPERATION:
        raise UsageError(f"there is no effect in {WORDS[slot]}", remedy=f"choose one with --{WORDS[slot]}")
    rack.set(slot, *panel.setting(there, text))
