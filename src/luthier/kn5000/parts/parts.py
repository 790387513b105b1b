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

from luthier.kn5000.parts import controls, drums, laws, parameters, system
from luthier.kn5000.parts.beside import BESIDE, NO_PARAMETER, Modulation, at_start
from luthier.kn5000.parts.controls import CONTROLS, ON
from luthier.kn5000.parts.record import part_records
from luthier.kn5000.parts.state import EQUAL, Change, NoteSetting, PartState
from luthier.kn5000.parts.view import Master, part_state
from luthier.kn5000.sounds.strike import Sound, SoundSet
from luthier.kn5000.transport.controllers import CONTROLLERS, PART_COUNT, apply
from luthier.kn5000.transport.sub_ram import SubRam

#: Controllers as the program's reset sends them to every part (listing, 0x02A8F3).
START = (
    (0x07, 127), (0x0A, 64), (0x0B, 127), (0x40, 0), (0x5B, 0), (0x5D, 0), (0x80, 2), (0x81, 0x80),
    (0x82, 0x40), (0x91, 0), (0x95, 0), (0x97, 6), (0x9B, 1), (0x9C, 0), (0x9D, 0),
)  # fmt: skip
#: General MIDI 2: what a synthesizer starts with besides.
_GENERAL_MIDI = ((controls.VOLUME, 100), (controls.REVERB, 40))
#: RP-015 resets these to 0; bend, pressure and the parameter chosen besides.
_RESET_TO_0 = (1, controls.SUSTAIN, 65, 66, 67)
_PEDALS = Change.SUSTAIN | Change.SOSTENUTO | Change.SOFT
_MODES = (controls.OMNI_OFF, controls.OMNI_ON, controls.MONO, controls.POLY)
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
        self.levels = levels
        self.sounds = sounds
        self.records = part_records(ram)
        self.beside = np.zeros(PART_COUNT, BESIDE)
        self.master = Master()
        #: What was asked for and not acted on, in words a musician understands.
        self.unsupported: Counter[str] = Counter() if unsupported is None else unsupported
        self.reset()

    def reset(self, standard: str = "gm") -> None:
        """The state at power on; ``standard`` is what was asked for: gm, gm2, gs or xg."""
        self._xg = standard == "xg"
        self.master = Master()
        self._notes: list[dict[int, NoteSetting]] = [{} for _ in range(PART_COUNT)]
        self._scales: list[tuple[float, ...]] = [EQUAL] * PART_COUNT
        self._states: list[PartState | None] = [None] * PART_COUNT
        self._sounds: list[Sound | None] = [None] * PART_COUNT
        for command, value in system.START:
            system.store(self.ram, command, value)
        for part in range(PART_COUNT):
            self.beside[part] = at_start(part)
            for number, value in (*START, *_GENERAL_MIDI):
                apply(self.ram, part, number, value, self.levels)
            self._store_bend(part)

    # What voices ask

    def state(self, part: int) -> PartState:
        """What the voices of a part see now."""
        known = self._states[part]
        if known is None:
            known = part_state(
                part,
                self.records[part],
                self.beside[part],
                self.master,
                self._notes[part],
                self._scales[part],
            )
            self._states[part] = known
        return known

    def sound(self, part: int) -> Sound:
        """The program or drum kit of a part."""
        known = self._sounds[part]
        if known is None:
            mine = self.beside[part]
            bank = int(mine["bank_msb"]), int(mine["bank_lsb"])
            known = self.sounds.sound(int(mine["program"]), bank, drums=bool(mine["drums"]))
            self._sounds[part] = known
        return known

    def portamento_taken(self, part: int) -> None:
        """The note that controller 84 was meant for has begun."""
        if self.beside["portamento_from"][part] >= 0:
            self._keep(part, "portamento_from", -1)

    # Messages

    def control(self, part: int, number: int, value: int) -> Change:
        """A controller, 0 to 127 or one of the internal ones up to 9D."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        value &= 0xFF
        control = CONTROLS.get(number)
        if number in CONTROLLERS:
            self._store(part, number, value)
        if control is None:
            if number not in controls.STORED_ONLY:
                self.unsupported[controls.unsupported_name(number)] += 1
            return Change.NONE
        if control.field:
            self._keep(part, control.field, value >= ON if control.switch else min(value, laws.HIGHEST))
            return control.change
        return control.change | self._act(part, number, value)

    def _store(self, part: int, number: int, value: int) -> None:
        """Into the record; the sustain pedal's bit is set by any value but 0, so it comes as 0 or 127."""
        pedal = number == controls.SUSTAIN
        stored = laws.HIGHEST * (value >= ON) if pedal else value
        apply(self.ram, part, number, stored, self.levels)
        if number in (controls.VOLUME, controls.EXPRESSION):
            self._keep(
                part, "volume" if number == controls.VOLUME else "expression", min(value, laws.HIGHEST)
            )
        elif number == controls.BEND_RANGE:
            self._keep(part, "bend_cents", 0)
            self._store_bend(part)
        elif number == controls.FINE_TUNING:
            self._keep(part, "fine", (value & 0xFF) << 6)
        self._states[part] = None

    def _act(self, part: int, number: int, value: int) -> Change:
        """Controllers that are more than a value to keep."""
        if number in (controls.BANK, controls.BANK_FINE):
            self._keep(part, "next_msb" if number == controls.BANK else "next_lsb", value & 0x7F)
        elif number in (controls.RPN, controls.RPN_FINE, controls.NRPN, controls.NRPN_FINE):
            self._choose(part, number, value & 0x7F)
        elif number in (controls.DATA, controls.DATA_FINE, controls.INCREMENT, controls.DECREMENT):
            return self._enter(part, number, value & 0x7F)
        elif number == controls.PORTAMENTO_FROM:
            self._keep(part, "portamento_from", value & 0x7F)
        elif number == controls.RESET:
            return self._reset_controllers(part)
        elif number in _MODES[2:]:
            self._keep(part, "mono", number == controls.MONO)
        return Change.NONE

    def program(self, part: int, number: int, bank: tuple[int, int] | None = None) -> Change:
        """A program change; the bank is that of controllers 0 and 32, if none is given."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        mine = self.beside[part]
        msb, lsb = bank or (int(mine["next_msb"]), int(mine["next_lsb"]))
        mine["next_msb"], mine["next_lsb"] = msb, lsb
        mine["program"], mine["bank_msb"], mine["bank_lsb"] = number & 0x7F, msb, lsb
        if msb == _DRUM_BANK or (self._xg and msb == _XG_DRUM_BANK):
            mine["drums"] = mine["drums"] or 1
        elif msb == _MELODY_BANK:
            mine["drums"] = 0
        self._notes[part] = {}
        self._states[part] = self._sounds[part] = None
        return Change.NONE

    def bend(self, part: int, value: int) -> Change:
        """A pitch bend, 0 to 16383, 8192 in the middle."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        self._keep(part, "bend", min(max(value, 0), laws.BEND_HIGHEST))
        self._store_bend(part)
        return Change.PITCH

    def pressure(self, part: int, value: int) -> Change:
        """The pressure on the keys of a part."""
        if not 0 <= part < PART_COUNT:
            return Change.NONE
        self._keep(part, "pressure", value & 0x7F)
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
            self._states = [None] * PART_COUNT
            return Change.PITCH
        return Change.NONE

    # What only system exclusive messages say

    def set_master(self, **settings: float) -> Change:
        """Settings of :class:`Master` by name; all parts must follow."""
        self.master = replace(self.master, **settings)
        self._states = [None] * PART_COUNT
        return Change.LEVEL | Change.PAN | Change.PITCH

    def set_drums(self, part: int, kit_map: int) -> Change:
        """Let a part play drums: 1 or 2 for one of GS's two maps of drums, 0 for programs."""
        self._keep(part, "drums", kit_map)
        self._notes[part] = {}
        self._sounds[part] = None
        return Change.ALL_NOTES_OFF

    def set_voices_wanted(self, part: int, count: int) -> Change:
        """Keep voices for a part (GS voice reserve)."""
        self._keep(part, "voices_wanted", count)
        return Change.NONE

    def set_modulation(self, part: int, mode: Modulation) -> Change:
        """What the wheel and pressure move."""
        self._keep(part, "modulation_mode", mode)
        return Change.MODULATION

    def set_scale(self, part: int, semitones: tuple[float, ...]) -> Change:
        """Tune each of the twelve notes from C on."""
        self._scales[part] = semitones
        self._states[part] = None
        return Change.PITCH

    def set_drum(self, part: int, key: int, what: str, value: int) -> Change:
        """One drum of a part: ``what`` is level, pan, tuning, reverb or chorus, ``value`` GS's, 0 to 127."""
        before = self._notes[part].get(key, NoteSetting())
        self._notes[part] = {**self._notes[part], key: drums.changed(before, what, value)}
        self._states[part] = None
        return Change.NONE

    def drum_parts(self, kit_map: int) -> list[int]:
        """The parts that play one of the two maps of drums."""
        return [part for part in range(PART_COUNT) if self.beside["drums"][part] == kit_map]

    # Inside

    def _keep(self, part: int, field: str, value: float) -> None:
        self.beside[field][part] = value
        self._states[part] = None

    def _store_bend(self, part: int) -> None:
        record = self.records[part]
        semitones = laws.bend_semitones(part, int(record["bend_range"]))
        word = laws.bend_word(int(self.beside["bend"][part]), semitones)
        record["bend"] = min(max(word, -0x8000), 0x7FFF)

    def _reset_controllers(self, part: int) -> Change:
        for number in _RESET_TO_0:
            self.control(part, number, 0)
        self.control(part, controls.EXPRESSION, laws.HIGHEST)
        self._keep(part, "portamento_from", -1)
        self._keep(part, "parameter", NO_PARAMETER)
        self._keep(part, "registered", True)
        return Change.LEVEL | self.bend(part, laws.BEND_CENTRE) | self.pressure(part, 0) | _PEDALS

    def _choose(self, part: int, number: int, value: int) -> None:
        registered = number in (controls.RPN, controls.RPN_FINE)
        before = int(self.beside["parameter"][part])
        if number in (controls.RPN, controls.NRPN):
            chosen = value << 7 | before & 0x7F
        else:
            chosen = before & 0x3F80 | value
        self._keep(part, "parameter", chosen & NO_PARAMETER)
        self._keep(part, "registered", registered)

    def _enter(self, part: int, number: int, value: int) -> Change:
        chosen, registered = int(self.beside["parameter"][part]), bool(self.beside["registered"][part])
        if chosen == NO_PARAMETER:
            return Change.NONE
        if registered:
            return self._enter_registered(part, chosen, number, value)
        return self._enter_of_gs(part, chosen, number, value)

    def _enter_registered(self, part: int, chosen: int, number: int, value: int) -> Change:
        steps = parameters.STEPS.get(chosen)
        if steps is None:
            return self._left_out(chosen, registered=True)
        wanted = parameters.entered(self._registered(part, chosen), number, value, steps)
        if chosen == parameters.MODULATION_DEPTH:
            self._keep(part, "modulation_cents", wanted * parameters.CENTS / parameters.DEPTH_STEPS)
            return Change.MODULATION
        if chosen == parameters.BEND_RANGE:
            self._store(part, controls.BEND_RANGE, wanted // parameters.CENTS)
            self._keep(part, "bend_cents", wanted % parameters.CENTS)
        elif chosen == parameters.FINE_TUNING:
            self._store(part, controls.FINE_TUNING, wanted >> 6)
            self._keep(part, "fine", wanted)
        else:
            self._store(part, controls.COARSE_TUNING, wanted)
        return Change.PITCH

    def _registered(self, part: int, chosen: int) -> int:
        """The value of a registered parameter, in its lower steps."""
        record, mine = self.records[part], self.beside[part]
        if chosen == parameters.BEND_RANGE:
            return int(record["bend_range"]) * parameters.CENTS + int(mine["bend_cents"])
        if chosen == parameters.FINE_TUNING:
            return int(mine["fine"])
        if chosen == parameters.COARSE_TUNING:
            return int(record["coarse_tuning"]) + laws.CENTRE
        return round(float(mine["modulation_cents"]) * parameters.DEPTH_STEPS / parameters.CENTS)

    def _enter_of_gs(self, part: int, chosen: int, number: int, value: int) -> Change:
        same = parameters.AS_CONTROLLER.get(chosen)
        if same is not None:
            now = int(self.beside[CONTROLS[same].field][part])
            return self.control(part, same, parameters.entered(now, number, value, 1))
        what = parameters.OF_DRUM.get(chosen >> 7)
        if what is None:
            return self._left_out(chosen, registered=False)
        return self.set_drum(part, chosen & 0x7F, what, value) if number == controls.DATA else Change.NONE

    def _left_out(self, chosen: int, *, registered: bool) -> Change:
        self.unsupported[parameters.unsupported_name(chosen, registered=registered)] += 1
        return Change.NONE
