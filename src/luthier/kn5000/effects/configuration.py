"""Configurations that come through the DSP ring, and what they put into the slots of a rack.

A record's first word is the number of an effect, its parameters are the panel's numbers in the order of the
machine's list (:mod:`luthier.kn5000.slots.layout`); what a number is in hertz, seconds or decibels says
:mod:`luthier.kn5000.effects.scales`, through the translator where that tells it.  A slot that is not linked
has no volume, as in the firmware.

A number without a program is NO OPERATION (facts 1).  A parameter beyond its range stays as it is: the
translator refuses it too.

Open questions
- What an effect does in a slot that the main program never puts it into; here the slot stays as it is.
- What the gains of the output (messages 2C 01, 02 and 06) do to the sound.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Final

from luthier.errors import InputError
from luthier.kn5000.effect_catalogue import loading
from luthier.kn5000.effects import panel
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.macros import NOTHING, Choice
from luthier.kn5000.effects.named import NAMES, effect
from luthier.kn5000.effects.rack import SLOTS, Rack, fits
from luthier.kn5000.slots import layout, settings
from luthier.kn5000.slots.presets import Record
from luthier.kn5000.slots.settings import Then
from luthier.kn5000.transport import dsp_messages
from luthier.kn5000.transport.dsp_loop import Processed
from luthier.kn5000.transport.sub_ram import SubRam

_RECORD: Final = struct.Struct(f"<{layout.RECORD_WORDS}h")
_VOLUME: Final = "VOLUME"


def follow(rack: Rack, ram: SubRam, processed: Iterable[Processed]) -> list[str]:
    """Bring a rack to where messages of the ring have brought the records; what was not done, in words."""
    left_out = []
    for message in processed:
        for slot in _slots_of(ram, message):
            choice = choice_of(slot, _words(ram, slot))
            if choice is None:
                left_out.append(f"effect {_words(ram, slot)[layout.EFFECT]} in slot {slot}")
            else:
                rack.follow(slot, choice)
    return left_out


def _slots_of(ram: SubRam, message: Processed) -> Sequence[int]:
    """The slots that a message may have changed."""
    if message.applied:
        slot = message.header[2] - dsp_messages.FIRST_SLOT_SELECTOR
        if slot <= 0:
            settings.give_speed(ram)
        return range(SLOTS) if slot < 0 else (slot,)
    if message.header[0] == dsp_messages.CHANNELS:
        _, then = settings.take(ram, message.header, message.payload)
        return range(SLOTS) if then is Then.APPLY and _is_known(ram) else ()
    return ()


def _is_known(ram: SubRam) -> bool:
    """Whether any configuration came yet: the records are empty before."""
    return any(any(_words(ram, slot)) for slot in range(SLOTS))


def _words(ram: SubRam, slot: int) -> tuple[int, ...]:
    data = ram.bytes_at(dsp_messages.slot_address(slot), dsp_messages.SLOT_SIZE)
    return _RECORD.unpack(data)


def choice_of(slot: int, words: Sequence[int]) -> Choice | None:
    """What a record of 28 words puts into a slot; None for an effect that has no place there."""
    name = NAMES.get(words[layout.EFFECT], NOTHING.name)
    made = effect(name)
    if name == NOTHING.name:
        return NOTHING
    if not fits(slot, made.number):
        return None
    found = {}
    own = words[layout.FIRST_PARAMETER : layout.FIRST_PARAMETER + layout.PARAMETERS]
    known = {parameter.name for parameter in made.parameters}
    for shown, number in _numbers(name, slot, own):
        if shown in known:
            try:
                found[shown] = panel.physical(made, shown, number)
            except InputError:
                continue
    if not words[layout.LINKED]:
        found[_VOLUME] = 0.0
    return Choice(name, found)


def record_of(slot: int, chain: Chain) -> bytes:
    """The 56 bytes that put an effect, as it is set, into a slot: the panel's nearest numbers."""
    if chain.name == NOTHING.name:
        return Record(chain.number).encoded
    names = [shown for shown, _ in _numbers(chain.name, slot, range(layout.PARAMETERS))]
    known = {parameter.name for parameter in chain.parameters}
    numbers, place = [0] * layout.PARAMETERS, 0
    volume = layout.NO_VOLUME
    shown_controls = loading.find(chain.name, slot).controls[: layout.PARAMETERS]
    for number, control in enumerate(shown_controls):
        if not control.shown:
            continue
        name, place = names[place], place + 1
        if name == _VOLUME:
            volume = number
        if name in known:
            numbers[number] = panel.panel_value(chain, name, chain.settings[name])
    return Record(chain.number, numbers[: len(shown_controls)], volume).encoded


def _numbers(name: str, slot: int, words: Sequence[int]) -> list[tuple[str, int]]:
    """Names and numbers of what the machine shows; the second of a name has a 2 behind it."""
    met: dict[str, int] = {}
    found = []
    for control, number in zip(loading.find(name, slot).controls, words, strict=False):
        if not control.shown:
            continue
        count = met[control.name] = met.get(control.name, 0) + 1
        found.append((control.name if count == 1 else f"{control.name} {count}", number))
    return found
