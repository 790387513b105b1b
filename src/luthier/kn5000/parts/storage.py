"""Where the state of the parts lies: the records in the RAM, and what is beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from luthier.kn5000.parts import controls, laws, view
from luthier.kn5000.parts.beside import at_start
from luthier.kn5000.parts.record import part_records
from luthier.kn5000.parts.state import NoteSetting, PartState
from luthier.kn5000.parts.view import Heard, Master
from luthier.kn5000.transport.controllers import PART_COUNT, apply
from luthier.kn5000.transport.sub_ram import SubRam

#: Controllers as the program's reset sends them to every part (listing, 0x02A8F3).
START = (
    (0x07, 127), (0x0A, 64), (0x0B, 127), (0x40, 0), (0x5B, 0), (0x5D, 0), (0x80, 2), (0x81, 0x80),
    (0x82, 0x40), (0x91, 0), (0x95, 0), (0x97, 6), (0x9B, 1), (0x9C, 0), (0x9D, 0),
)  # fmt: skip
#: General MIDI 2: what a synthesizer starts with besides.
_GENERAL_MIDI = ((controls.VOLUME, 100), (controls.REVERB, 40))


#: What of a part's state a controller changes, and what a field beside the record; anything else changes all.
_OF_CONTROLLER: Final = {
    controls.VOLUME: view.level, controls.EXPRESSION: view.level, controls.PAN: view.place,
    controls.SIDE: view.place, controls.REVERB: view.sends, controls.CHORUS: view.sends,
    controls.SUSTAIN: view.pedals,
}  # fmt: skip
_OF_FIELD: Final = {
    "volume": view.level, "expression": view.level, "sostenuto": view.pedals, "soft": view.pedals,
    "bend": view.bend, "modulation": view.modulation, "pressure": view.modulation, "tremolo": view.modulation,
}  # fmt: skip


class Storage:
    """Records and what is beside them, and what voices see of both."""

    def __init__(self, ram: SubRam, levels: Sequence[int] | None = None) -> None:
        self.ram = ram
        self.levels = levels
        self.records = part_records(ram)
        self.beside = [at_start(part) for part in range(PART_COUNT)]
        self._states: list[PartState | None] = [None] * PART_COUNT
        #: Aspects of the states that have changed since they were made.
        self._changed: list[set[view.Aspect]] = [set() for _ in range(PART_COUNT)]
        self._heard = self.records[list(Heard._fields)]
        self._bends = self.records["bend"]

    def heard(self, part: int) -> Heard:
        """What is heard of a record, as plain numbers."""
        return Heard._make(self._heard[part].item())

    def state(
        self, part: int, master: Master, notes: Mapping[int, NoteSetting], scale: tuple[float, ...]
    ) -> PartState:
        """What the voices of a part see; the same object until it changes."""
        known, changed = self._states[part], self._changed[part]
        if known is not None and not changed:
            return known
        heard, mine, fields = self.heard(part), self.beside[part], dict[str, Any]()
        for aspect in changed if known else view.ASPECTS:
            fields.update(aspect(part, heard, mine, master))
        made = known._replace(**fields) if known else PartState(notes=notes, scale=scale, **fields)
        self._states[part] = made
        changed.clear()
        return made

    def start(self) -> None:
        """All parts as at power on."""
        for part in range(PART_COUNT):
            self.beside[part] = at_start(part)
            for number, value in (*START, *_GENERAL_MIDI):
                apply(self.ram, part, number, value, self.levels)
            self.store_bend(part)
        self.forget_all()

    def forget(self, part: int) -> None:
        """Something changed that is not kept here."""
        self._states[part] = None

    def forget_all(self) -> None:
        """Something changed that holds for all parts."""
        self._states = [None] * PART_COUNT

    def keep(self, part: int, field: str, value: float) -> None:
        """Into a field beside the record."""
        setattr(self.beside[part], field, value)
        self._change(part, _OF_FIELD.get(field))

    def _change(self, part: int, aspect: view.Aspect | None) -> None:
        if aspect is None:
            self._states[part] = None
        else:
            self._changed[part].add(aspect)

    def store(self, part: int, number: int, value: int) -> None:
        """A controller into the record, and beside it what the record cannot tell.

        The sustain pedal's bit is set by any value but 0, so it is stored as 0 or 127.
        """
        pedal = number == controls.SUSTAIN
        stored = laws.HIGHEST * (value >= controls.ON) if pedal else value
        apply(self.ram, part, number, stored, self.levels)
        self._change(part, _OF_CONTROLLER.get(number))
        if number == controls.VOLUME:
            self.beside[part].volume = min(value, laws.HIGHEST)
        elif number == controls.EXPRESSION:
            self.beside[part].expression = min(value, laws.HIGHEST)
        elif number == controls.FINE_TUNING:
            self.keep(part, "fine", value << 6)
        elif number == controls.BEND_RANGE:
            self.keep(part, "bend_cents", 0)
            self.store_bend(part)

    def store_bend(self, part: int) -> None:
        """The bend as it is now into the record."""
        semitones = laws.bend_semitones(part, int(self.records["bend_range"][part]))
        word = laws.bend_word(self.beside[part].bend, semitones)
        self._bends[part] = min(max(word, -0x8000), 0x7FFF)
