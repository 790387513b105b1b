"""Where the state of the parts lies: the records in the RAM, and the array beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from luthier.kn5000.parts import controls, laws
from luthier.kn5000.parts.beside import BESIDE, Beside, at_start
from luthier.kn5000.parts.record import part_records
from luthier.kn5000.parts.state import PartState
from luthier.kn5000.parts.view import Heard
from luthier.kn5000.transport.controllers import PART_COUNT, apply
from luthier.kn5000.transport.sub_ram import SubRam

#: Controllers as the program's reset sends them to every part (listing, 0x02A8F3).
START = (
    (0x07, 127), (0x0A, 64), (0x0B, 127), (0x40, 0), (0x5B, 0), (0x5D, 0), (0x80, 2), (0x81, 0x80),
    (0x82, 0x40), (0x91, 0), (0x95, 0), (0x97, 6), (0x9B, 1), (0x9C, 0), (0x9D, 0),
)  # fmt: skip
#: General MIDI 2: what a synthesizer starts with besides.
_GENERAL_MIDI = ((controls.VOLUME, 100), (controls.REVERB, 40))


class Storage:
    """Records and what is beside them; ``states`` are what voices saw last, None where that has changed."""

    def __init__(self, ram: SubRam, levels: Sequence[int] | None = None) -> None:
        self.ram = ram
        self.levels = levels
        self.records = part_records(ram)
        self.beside = np.zeros(PART_COUNT, BESIDE)
        self.states: list[PartState | None] = [None] * PART_COUNT
        self._heard = self.records[list(Heard._fields)]

    def heard(self, part: int) -> Heard:
        """What is heard of a record, as plain numbers."""
        return Heard._make(self._heard[part].item())

    def mine(self, part: int) -> Beside:
        """What is beside it, likewise."""
        return Beside._make(self.beside[part].item())

    def start(self) -> None:
        """All parts as at power on."""
        for part in range(PART_COUNT):
            self.beside[part] = at_start(part)
            for number, value in (*START, *_GENERAL_MIDI):
                apply(self.ram, part, number, value, self.levels)
            self.store_bend(part)
        self.forget_all()

    def forget_all(self) -> None:
        """Something changed that holds for all parts."""
        self.states = [None] * PART_COUNT

    def keep(self, part: int, field: str, value: float) -> None:
        """Into a field beside the record."""
        self.beside[field][part] = value
        self.states[part] = None

    def store(self, part: int, number: int, value: int) -> None:
        """A controller into the record, and beside it what the record cannot tell.

        The sustain pedal's bit is set by any value but 0, so it is stored as 0 or 127.
        """
        pedal = number == controls.SUSTAIN
        stored = laws.HIGHEST * (value >= controls.ON) if pedal else value
        apply(self.ram, part, number, stored, self.levels)
        self.states[part] = None
        if number == controls.VOLUME:
            self.keep(part, "volume", min(value, laws.HIGHEST))
        elif number == controls.EXPRESSION:
            self.keep(part, "expression", min(value, laws.HIGHEST))
        elif number == controls.FINE_TUNING:
            self.keep(part, "fine", value << 6)
        elif number == controls.BEND_RANGE:
            self.keep(part, "bend_cents", 0)
            self.store_bend(part)

    def store_bend(self, part: int) -> None:
        """The bend as it is now into the record."""
        semitones = laws.bend_semitones(part, int(self.records["bend_range"][part]))
        word = laws.bend_word(int(self.beside["bend"][part]), semitones)
        self.records["bend"][part] = min(max(word, -0x8000), 0x7FFF)
