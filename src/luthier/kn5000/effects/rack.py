"""The five effect slots and how sound goes through them.

    tone generator ──► slot 0, DSP EFFECT ──┬────────────► + ──► slots 2, 3, 4 ──► out
          │   │               REV SEND ▼    │              ▲     illusion, room, EQ
          │   └─────────────► slot 1, REVERB ──────────────┤
          └──────── dry ───────────────────────────────────┘

Known: slots 0 and 1 are one chip's, which hangs on two sends and can only add to the sound; slots 2 to 4 are
the other's, which stands between the mix and the output (service manual, after the effects page of the
documentation).  REV SEND of slot 0 goes to the reverb (the same page).

Rendering does not depend on the size of blocks, silence costs next to nothing, and slots without an effect
nothing.

Open questions
- The order of the illusion, the room and the equalizer: here that of their slots.
- Gains of the two sends and of what comes back: here 1.
- What is in the slots at power on when General MIDI is played: here what GS has then, hall 2 and chorus 3,
  and nothing in the others.  The image of the sub CPU's start has CHORUS, CONCERT REVERB 1, STANDARD, ROOM
  and GEQ.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from luthier.dsp.loops import loop
from luthier.errors import InputError
from luthier.kn5000.effects import macros
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.gs import GsChorus, GsReverb
from luthier.kn5000.effects.macros import NOTHING, Choice
from luthier.kn5000.effects.named import NAMES, effect
from luthier.kn5000.effects.slot import NO_OPERATION, Slot
from luthier.kn5000.effects.units import gliding
from luthier.kn5000.effects.units.gliding import Numbers, Words, begin, straight
from luthier.kn5000.effects.units.unit import Frames
from luthier.kn5000.slots import presets

DSP_EFFECT, REVERB, ILLUSION, ROOM, EQ = range(5)
SLOTS: Final = 5
#: Words that people call the slots by.
WORDS: Final = ("effect", "reverb", "illusion", "room", "eq")
_IN_LINE: Final = (ILLUSION, ROOM, EQ)
_REV_SEND: Final = "REV SEND"
#: Frames at once.
LONGEST: Final = 16_384


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter and what it is set to."""

    name: str
    value: float
    unit: str
    text: str
    """The value with its unit, or the name of a choice."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a slot."""

    slot: int
    page: str
    """The machine's name of the slot."""
    number: int
    """Of the effect."""
    effect: str
    parameters: tuple[Value, ...]


@loop
def _send(source: Frames, target: Frames, numbers: Numbers, words: Words) -> None:
    """Add a share of one sound to another; the share glides."""
    done = 0
    while done < len(source):
        time = words[gliding.TIME] + done
        count = straight(numbers, words, time, 1, len(source) - done)
        share, step = begin(numbers, 1, 0)
        for i in range(done, done + count):
            now = share + step * np.float32((time + i - done) & gliding.LAST)
            for side in range(2):
                target[i, side] += now * source[i, side]
        done += count


class Rack:
    """Five slots, as at power on.

    ``about_to_change`` is called before anything is: whoever holds back sound that was played before that
    brings it here first.
    """

    def __init__(self, about_to_change: Callable[[], None] = lambda: None) -> None:
        self.about_to_change = about_to_change
        #: Slots that messages leave as they are, because somebody said what is to be in them.
        self.held: set[int] = set()
        #: What messages asked of held slots.
        self.overridden: Counter[str] = Counter()
        self._buffers = np.zeros((2, LONGEST, 2), np.float32)
        self._numbers: Numbers = np.zeros(gliding.ROWS)
        self._words: Words = np.zeros(2, np.int64)
        self._sends_on = False
        self.slots: tuple[Slot, ...] = ()
        self.reset()

    def reset(self) -> None:
        """As at power on: silent, and nobody holds anything."""
        self.about_to_change()
        self.held.clear()
        self.overridden.clear()
        self._words[:] = 0
        at_first = (macros.chorus(GsChorus()), macros.reverb(GsReverb()), NOTHING, NOTHING, NOTHING)
        self.slots = tuple(Slot(_made(choice)) for choice in at_first)
        self._follow_send(at_once=True)

    # What is in them

    def choose(self, slot: int | str, name: str | int, settings: dict[str, float] | None = None) -> None:
        """Put an effect into a slot, by name or number; raises InputError for one that has no place there.

        It fades in, in 23 ms, with its own settings and those given, in physical units.
        """
        number = slot_number(slot)
        new = effect(_name_for(number, name))
        for parameter, value in (settings or {}).items():
            new.set(parameter, value)
        self._put(number, new)

    def set(self, slot: int | str, parameter: str, value: float) -> None:
        """Set a parameter of the effect in a slot, in physical units; it glides there."""
        number = slot_number(slot)
        self.about_to_change()
        self._effect(number).set(parameter, value)
        if number == DSP_EFFECT:
            self._follow_send()

    def apply(self, slot: int, choice: Choice) -> None:
        """Put ``choice`` into a slot; the effect stays if it is the one that is there.

        Values beyond the range of a parameter become its nearest.
        """
        there = self._effect(slot)
        if there.name != choice.name:
            self._put(slot, _made(choice))
            return
        changed = {
            name: value for name, value in _within(there, choice).items() if there.settings[name] != value
        }
        for name, value in changed.items():
            self.set(slot, name, value)

    def follow(self, slot: int, choice: Choice) -> bool:
        """:meth:`apply` for messages, which leave held slots alone: whether it was done."""
        if slot in self.held:
            self.overridden[f"{WORDS[slot]}: {choice.name}"] += 1
            return False
        self.apply(slot, choice)
        return True

    def _put(self, slot: int, new: Chain) -> None:
        self.about_to_change()
        was_idle = self.slots[slot].idle
        self.slots[slot].choose(new)
        if slot == DSP_EFFECT:
            self._follow_send(at_once=was_idle)

    def _effect(self, slot: int) -> Chain:
        found = self.slots[slot].effect
        assert isinstance(found, Chain)
        return found

    def _follow_send(self, *, at_once: bool = False) -> None:
        """REV SEND of slot 0."""
        gliding.wanted(self._numbers)[0] = self._effect(DSP_EFFECT).settings.get(_REV_SEND, 0) / 100
        if at_once:
            gliding.arrive(self._numbers)
        self._sends_on = bool(self._numbers.any())

    def contents(self) -> list[Contents]:
        """What is in each slot, with its parameters; none where there is no effect."""
        found = []
        for number in range(SLOTS):
            there = self._effect(number)
            values = () if there.number == NO_OPERATION else _values(there)
            if number != DSP_EFFECT:
                values = tuple(value for value in values if value.name != _REV_SEND)
            found.append(Contents(number, presets.page_name(number), there.number, there.name, values))
        return found

    # Sound

    @property
    def silent(self) -> bool:
        """Nothing was sent for a while and the rest is below -100 dBFS."""
        return all(slot.silent for slot in self.slots)

    def process(self, effect: Frames, reverb: Frames, out: Frames) -> None:
        """Add what comes back of both sends to ``out``, and take all of it through the slots in line.

        All are float32 (n, 2) of any n, 1.0 full scale.
        """
        if not effect.shape == reverb.shape == out.shape == (len(out), 2):
            shapes = f"{effect.shape} and {reverb.shape} into {out.shape}"
            raise InputError(f"sends of shape {shapes}", remedy="give (n, 2) each")
        if len(out) <= LONGEST:
            self._process(effect, reverb, out)
            return
        for first in range(0, len(out), LONGEST):
            piece = slice(first, first + LONGEST)
            self._process(effect[piece], reverb[piece], out[piece])

    def _process(self, effect: Frames, reverb: Frames, out: Frames) -> None:
        first, second = self.slots[:2]
        count = len(out)
        back, to_reverb = self._buffers[0, :count], self._buffers[1, :count]
        copy(reverb, to_reverb)
        if not first.idle:
            copy(effect, back)
            was_silent = first.silent
            first.process(back, out=back)
            if self._sends_on:
                _send(back, to_reverb, self._numbers, self._words)
                self._sends_on = bool(self._numbers.any())
            if not (was_silent and first.silent):
                out += back
        self._words[gliding.TIME] += count
        if not second.idle:
            was_silent = second.silent
            second.process(to_reverb, out=to_reverb)
            if not (was_silent and second.silent):
                out += to_reverb
        for number in _IN_LINE:
            slot = self.slots[number]
            if not slot.idle:
                slot.process(out, returns=False, out=out)


def copy(source: Frames, target: Frames) -> None:
    """Two columns of several, both sides of a frame at once: ten times as quick as one by one."""
    if source.dtype == target.dtype == np.float32 and source.strides[1] == target.strides[1] == 4:
        source, target = source.view(np.int64), target.view(np.int64)
    target[:] = source


def slot_number(slot: int | str) -> int:
    """A slot by its number, or by one of :data:`WORDS`."""
    if isinstance(slot, int):
        if not 0 <= slot < SLOTS:
            raise InputError(f"there is no slot {slot}", remedy="slots are 0 to 4")
        return slot
    wanted = slot.strip().lower()
    if wanted not in WORDS:
        near = difflib.get_close_matches(wanted, WORDS, 1, 0.5)
        remedy = f"did you mean {near[0]}?" if near else f"slots are {', '.join(WORDS)}"
        raise InputError(f"{slot} is no slot", remedy=remedy)
    return WORDS.index(wanted)


def fits(slot: int, number: int) -> bool:
    """Whether an effect goes into a slot; NO OPERATION goes into all."""
    return number == NO_OPERATION or presets.is_for(slot, number)


def names_for(slot: int) -> list[str]:
    """The effects of a slot."""
    return [name for number, name in NAMES.items() if number != NO_OPERATION and fits(slot, number)]


def _name_for(slot: int, name: str | int) -> str:
    """The effect of a slot that is called so, in capitals or not, or has that number."""
    known = [NAMES[NO_OPERATION], *names_for(slot)]
    wanted = " ".join(str(name).split()).upper()
    if wanted.isdecimal():
        wanted = NAMES.get(int(wanted), wanted)
    if wanted in known:
        return wanted
    near = difflib.get_close_matches(wanted, known, 1, 0.5)
    remedy = f"did you mean {near[0]}?" if near else f"choose {', '.join(known)}"
    raise InputError(f"{name} is no effect of {presets.page_name(slot)}", remedy=remedy)


def _made(choice: Choice) -> Chain:
    made = effect(choice.name)
    for name, value in _within(made, choice).items():
        made.set(name, value)
    return made


def _within(chain: Chain, choice: Choice) -> dict[str, float]:
    """What ``choice`` sets of an effect, within its ranges."""
    found = {}
    for name, value in choice.settings.items():
        parameter = chain.parameter(name)
        found[parameter.name] = min(max(float(value), parameter.low), parameter.high)
    return found


def _values(chain: Chain) -> tuple[Value, ...]:
    settings = chain.settings
    found = []
    for parameter in chain.parameters:
        value = settings[parameter.name]
        text = parameter.choices[int(value)] if parameter.choices else f"{value:g} {parameter.unit}".strip()
        found.append(Value(parameter.name, value, parameter.unit, text))
    return tuple(found)
