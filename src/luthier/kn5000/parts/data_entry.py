"""Controllers 98 to 101 choose a parameter, 6, 38, 96 and 97 change its value."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from luthier.kn5000.parts import controls, laws, parameters
from luthier.kn5000.parts.beside import NO_PARAMETER
from luthier.kn5000.parts.controls import CONTROLS
from luthier.kn5000.parts.state import Change
from luthier.kn5000.parts.storage import Storage

CHOOSING = (controls.RPN, controls.RPN_FINE, controls.NRPN, controls.NRPN_FINE)
ENTERING = (controls.DATA, controls.DATA_FINE, controls.INCREMENT, controls.DECREMENT)


class Controlled(Protocol):
    """Parts, as far as data entry knows them."""

    def control(self, part: int, number: int, value: int) -> Change:
        """A controller."""

    def set_drum(self, part: int, key: int, what: str, value: int) -> Change:
        """One drum of a part."""


class DataEntry:
    """Parameters of the parts in ``storage``; what is not acted on is counted."""

    def __init__(self, storage: Storage, parts: Controlled, unsupported: Counter[str]) -> None:
        self._storage = storage
        self._parts = parts
        self._unsupported = unsupported

    def choose(self, part: int, number: int, value: int) -> None:
        """One half of the number of a parameter."""
        before = self._storage.beside[part].parameter
        if number in (controls.RPN, controls.NRPN):
            chosen = value << 7 | before & 0x7F
        else:
            chosen = before & 0x3F80 | value
        self._storage.keep(part, "parameter", chosen)
        self._storage.keep(part, "registered", number in (controls.RPN, controls.RPN_FINE))

    def choose_none(self, part: int) -> None:
        """No parameter is chosen."""
        self._storage.keep(part, "parameter", NO_PARAMETER)
        self._storage.keep(part, "registered", True)

    def enter(self, part: int, number: int, value: int) -> Change:
        """A new value of the parameter chosen."""
        mine = self._storage.beside[part]
        chosen = mine.parameter
        if chosen == NO_PARAMETER:
            return Change.NONE
        if not mine.registered:
            return self._enter_of_gs(part, chosen, number, value)
        if chosen not in parameters.STEPS:
            return self._left_out(chosen, registered=True)
        before = self._value(part, chosen)
        wanted = parameters.entered(before, number, value, parameters.STEPS[chosen])
        return self._set(part, chosen, wanted)

    def _value(self, part: int, chosen: int) -> int:
        """A registered parameter in its lower steps."""
        record, mine = self._storage.records[part], self._storage.beside[part]
        if chosen == parameters.BEND_RANGE:
            return int(record["bend_range"]) * parameters.CENTS + mine.bend_cents
        if chosen == parameters.FINE_TUNING:
            return mine.fine
        if chosen == parameters.COARSE_TUNING:
            return int(record["coarse_tuning"]) + laws.CENTRE
        return round(mine.modulation_cents * parameters.DEPTH_STEPS / parameters.CENTS)

    def _set(self, part: int, chosen: int, value: int) -> Change:
        storage = self._storage
        if chosen == parameters.MODULATION_DEPTH:
            storage.keep(part, "modulation_cents", value * parameters.CENTS / parameters.DEPTH_STEPS)
            return Change.MODULATION
        if chosen == parameters.BEND_RANGE:
            storage.store(part, controls.BEND_RANGE, value // parameters.CENTS)
            storage.keep(part, "bend_cents", value % parameters.CENTS)
        elif chosen == parameters.FINE_TUNING:
            storage.store(part, controls.FINE_TUNING, value >> 6)
            storage.keep(part, "fine", value)
        else:
            storage.store(part, controls.COARSE_TUNING, value)
        return Change.PITCH

    def _enter_of_gs(self, part: int, chosen: int, number: int, value: int) -> Change:
        same = parameters.AS_CONTROLLER.get(chosen)
        if same is not None:
            now = getattr(self._storage.beside[part], CONTROLS[same].field)
            return self._parts.control(part, same, parameters.entered(now, number, value, 1))
        what = parameters.OF_DRUM.get(chosen >> 7)
        if what is None:
            return self._left_out(chosen, registered=False)
        if number != controls.DATA:
            return Change.NONE
        return self._parts.set_drum(part, chosen & 0x7F, what, value)

    def _left_out(self, chosen: int, *, registered: bool) -> Change:
        self._unsupported[parameters.unsupported_name(chosen, registered=registered)] += 1
        return Change.NONE
