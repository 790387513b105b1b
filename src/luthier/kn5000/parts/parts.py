"""All parts, and what messages make of them.

A message changes the record as the sub program does, and the state beside it as General MIDI 1 and 2 and GS
have it.  What comes back says which of the sounding voices have to follow.

The records start as the program's own reset leaves them (known, listing 0x02A8F3): volume and expression at
their end, pan 64, bend range 2, no detuning, sends 0, controller 97 at 6 and 9B at 1.  Then General MIDI's
start is sent: volume 100, reverb 40 (modelled: what the main CPU sends is not published).

Open questions
- Bytes of the record that a program change fills: pointers into the tone database of a ROM.  They are left
  as they are, and with them the present voices, the routing and the slots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.parts import controls, drums, laws, system
from luthier.kn5000.parts.beside import Beside, Modulation
from luthier.kn5000.parts.controls import CONTROLS, ON
from luthier.kn5000.parts.data_entry import CHOOSING, ENTERING, DataEntry
from luthier.kn5000.parts.state import EQUAL, Change, NoteSetting, PartState
from luthier.kn5000.parts.storage import Storage
from luthier.kn5000.parts.view import Master
from luthier.kn5000.sounds.strike import Sound, SoundSet
from luthier.kn5000.transport.controllers import CONTROLLERS, PART_COUNT
from luthier.kn5000.transport.sub_ram import SubRam

#: RP-015 resets these to 0; bend, pressure and the parameter chosen besides.
_RESET_TO_0 = (1, controls.SUSTAIN, 65, 66, 67)
_PEDALS = Change.SUSTAIN | Change.SOSTENUTO | Change.SOFT
#: Controllers that are more than a value to keep.
_ACTING = frozenset(
    (
        controls.BANK, controls.BANK_FINE, *CHOOSING, *ENTERING, controls.PORTAMENTO_FROM, controls.RESET,
        controls.MONO, controls.POLY,
    )
)  # fmt: skip
#: Banks whose programs are drum kits: General MIDI 2's, and XG's once XG was asked for.
_DRUM_BANK, _MELODY_BANK, _XG_DRUM_BANK = 120, 121, 127


class Parts:
    """The 26 parts of a machine whose RAM is ``ram``, playing ``sounds``.

    Parts are counted from 0; messages to a part that does not exist are ignored, as in the machine.
    ``levels`` are the 128 words of a ROM at 0x011D16, which records then hold; what sounds does not change.
    """

    def __init__(
        self,
        ram: SubRam,
        sounds: SoundSet,
        unsupported: Counter[str] | None = None,
        levels: Sequence[int] | None = None,
    ) -> None:
        self.ram = ram
        self.sounds = sounds
        self.master = Master()
        #: What was asked for and not acted on, in words a musician understands.
        self.unsupported: Counter[str] = Counter() if unsupported is None else unsupported
        #: Parts that go through the effect of slot 0 alone; no message changes them.
        self.inserted: set[int] = set()
        self._storage = Storage(ram, levels)
        self._data_entry = DataEntry(self._storage, self, self.unsupported)
        self.reset()

    @property
    def records(self) -> NDArray[np.void]:
        """The 26 records in the RAM."""
        return self._storage.records

    @property
    def beside(self) -> list[Beside]:
        """What the parts know besides; see :mod:`luthier.kn5000.parts.beside`."""
        return self._storage.beside

    def reset(self, standard: str = "gm") -> None:
        """The state at power on; ``standard`` is what was asked for: gm, gm2, gs or xg."""
        self._xg = standard == "xg"
        self.master = Master()
        self._notes: list[dict[int, NoteSetting]] = [{} for _ in range(PART_COUNT)]
        self._scales: list[tuple[float, ...]] = [EQUAL] * PART_COUNT
        self._sounds: list[Sound | None] = [None] * PART_COUNT
        for command, value in system.START:
            system.store(self.ram, command, value)
        self._storage.start()

    # What voices ask

    def state(self, part: int) -> PartState:
        """What the voices of a part see now."""
        found = self._storage.state(part, self.master, self._notes[part], self._scales[part])
        return found._replace(inserted=True) if part in self.inserted else found

    def sound(self, part: int) -> Sound:
        """The program or drum kit of a part."""
        known = self._sounds[part]
        if known is None:
            mine = self.beside[part]
            bank = mine.bank_msb, mine.bank_lsb
            known = self.sounds.sound(mine.program, bank, drums=mine.drums > 0)
            self._sounds[part] = known
        return known

    def portamento_taken(self, part: int) -> None:
        """The note that controller 84 was meant for has begun."""
        if self.beside[part].portamento_from >= 0:
            self._storage.keep(part, "portamento_from", -1)

    # Messages

    def control(self, part: int, number: int, value: int) -> Change:
        """A controller, 0 to 127 or one of the internal ones up to 9D."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        value &= 0xFF
        control = CONTROLS.get(number)
        if number in CONTROLLERS:
            self._storage.store(part, number, value)
        if control is None:
            if number not in controls.STORED_ONLY:
                self.unsupported[controls.unsupported_name(number)] += 1
            return Change.NONE
        if control.field:
            self._storage.keep(
                part, control.field, value >= ON if control.switch else min(value, laws.HIGHEST)
            )
            return control.change
        return control.change | self._act(part, number, value) if number in _ACTING else control.change

    def _act(self, part: int, number: int, value: int) -> Change:
        if number in (controls.BANK, controls.BANK_FINE):
            self._storage.keep(part, "next_msb" if number == controls.BANK else "next_lsb", value & 0x7F)
        elif number in CHOOSING:
            self._data_entry.choose(part, number, value & 0x7F)
        elif number in ENTERING:
            return self._data_entry.enter(part, number, value & 0x7F)
        elif number == controls.PORTAMENTO_FROM:
            self._storage.keep(part, "portamento_from", value & 0x7F)
        elif number == controls.RESET:
            return self._reset_controllers(part)
        elif number in (controls.MONO, controls.POLY):
            self._storage.keep(part, "mono", number == controls.MONO)
        return Change.NONE

    def program(self, part: int, number: int, bank: tuple[int, int] | None = None) -> Change:
        """A program change; the bank is that of controllers 0 and 32, if none is given."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        mine = self.beside[part]
        msb, lsb = bank or (mine.next_msb, mine.next_lsb)
        mine.next_msb, mine.next_lsb = msb, lsb
        mine.program, mine.bank_msb, mine.bank_lsb = number & 0x7F, msb, lsb
        if msb == _DRUM_BANK or (self._xg and msb == _XG_DRUM_BANK):
            mine.drums = mine.drums or 1
        elif msb == _MELODY_BANK:
            mine.drums = 0
        self._notes[part] = {}
        self._storage.forget(part)
        self._sounds[part] = None
        return Change.NONE

    def bend(self, part: int, value: int) -> Change:
        """A pitch bend, 0 to 16383, 8192 in the middle."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        self._storage.keep(part, "bend", min(max(value, 0), laws.BEND_HIGHEST))
        self._storage.store_bend(part)
        return Change.PITCH

    def pressure(self, part: int, value: int) -> Change:
        """The pressure on the keys of a part."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        self._storage.keep(part, "pressure", value & 0x7F)
        return Change.MODULATION

    def system(self, command: int, value: int) -> Change:
        """A system message of the ring, third and fourth byte; all parts must follow."""
        system.store(self.ram, command, value)
        if command == system.SILENCE:
            return Change.ALL_SOUND_OFF
        if command == system.MASTER_TUNING:
            return self.set_master(tuning=system.tuning(self.ram))
        if command == system.TRANSPOSE:
            return self.set_master(transpose=system.transpose(self.ram))
        if command in system.SCALE:
            note = command - system.SCALE.start
            offset = system.scale_offset(self.ram, note)
            self._scales = [(*scale[:note], offset, *scale[note + 1 :]) for scale in self._scales]
            self._storage.forget_all()
            return Change.PITCH
        return Change.NONE

    # What only system exclusive messages say

    def set_master(self, **settings: float) -> Change:
        """Settings of :class:`Master` by name; all parts must follow."""
        self.master = replace(self.master, **settings)
        self._storage.forget_all()
        return Change.LEVEL | Change.PAN | Change.PITCH

    def set_drums(self, part: int, kit_map: int) -> Change:
        """Let a part play drums: 1 or 2 for one of GS's two maps of drums, 0 for programs."""
        self._storage.keep(part, "drums", kit_map)
        self._notes[part] = {}
        self._sounds[part] = None
        return Change.ALL_NOTES_OFF

    def set_voices_wanted(self, part: int, count: int) -> Change:
        """Keep voices for a part (GS voice reserve)."""
        self._storage.keep(part, "voices_wanted", count)
        return Change.NONE

    def set_modulation(self, part: int, mode: Modulation) -> Change:
        """What the wheel and pressure move."""
        self._storage.keep(part, "modulation_mode", mode)
        return Change.MODULATION

    def set_scale(self, part: int, semitones: tuple[float, ...]) -> Change:
        """Tune each of the twelve notes from C on."""
        self._scales[part] = semitones
        self._storage.forget(part)
        return Change.PITCH

    def set_drum(self, part: int, key: int, what: str, value: int) -> Change:
        """One drum of a part: ``what`` is level, pan, tuning, reverb or chorus, ``value`` GS's, 0 to 127."""
        before = self._notes[part].get(key, NoteSetting())
        self._notes[part] = {**self._notes[part], key: drums.changed(before, what, value)}
        self._storage.forget(part)
        return Change.NONE

    def drum_parts(self, kit_map: int) -> list[int]:
        """The parts that play one of the two maps of drums."""
        return [part for part in range(PART_COUNT) if self.beside[part].drums == kit_map]

    def _reset_controllers(self, part: int) -> Change:
        for number in _RESET_TO_0:
            self.control(part, number, 0)
        self.control(part, controls.EXPRESSION, laws.HIGHEST)
        self._storage.keep(part, "portamento_from", -1)
        self._data_entry.choose_none(part)
        return Change.LEVEL | self.bend(part, laws.BEND_CENTRE) | self.pressure(part, 0) | _PEDALS
