"""Loops that send or take bits over pins: a pulse on one pin each time round, data on others."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from luthier.kaoss.code import Code
from luthier.kaoss.functions import Function, functions
from luthier.kaoss.wires.pins import Action, Pin, Touch, touches

#: Instructions between the two edges of a pulse, at most.
_PULSE = 8
#: Instructions of a loop over bits, at most.
_LONGEST = 120
#: Instructions before a loop or a call among which numbers are looked for.
_BEFORE = 8

_BRANCH = re.compile(r"b(?!sr|set|clr|not|tst|ld|st|or|and|xor|i)[a-z]{2} (0x[0-9a-f]+)")
_CALL = re.compile(r"(?:bsr|jsr) @?(0x[0-9a-f]+)")
_LEAVES = re.compile(r"(?:bra|bsr|jmp|jsr|rts|rte)\b")
_COUNT = re.compile(r"(?:dec\.[bwl] (?:#1,)?|subs #1,|add\.[bwl] #0xf+,)E?(R\d[HL]?|E\d)$")
_COPY = re.compile(r"mov\.[bwl] E?(R\d[HL]?),E?(R\d[HL]?)$")
#: A small number, as gcc makes it: SUB.L ERn,ERn and ADD.B #n,RnL.
_ADDED = re.compile(r"add\.b #(0x[0-9a-f]+),R(\d)L$")
_NUMBER = re.compile(r"(mov|or)\.([bwl]) #(0x[0-9a-f]+),E?(R\d[HL]?|E\d)$")


@dataclass(frozen=True)
class Routine:
    """A function with its addresses, instructions and what it does to pins."""

    function: Function
    lines: tuple[tuple[int, str], ...]
    touches: tuple[Touch, ...]

    @cached_property
    def pulses(self) -> list[tuple[Touch, Touch]]:
        """Both edges of every pulse: one pin goes one way and back, with nothing between that branches."""
        found = []
        for number, first in enumerate(self.touches):
            for second in self.touches[number + 1 :]:
                if second.line - first.line > _PULSE:
                    break
                if second.pin == first.pin and second.line > first.line and second.action is not Action.READ:
                    if {first.action, second.action} == {Action.HIGH, Action.LOW} and self._is_straight(
                        first, second
                    ):
                        found.append((first, second))
                    break
        return found

    def _is_straight(self, first: Touch, second: Touch) -> bool:
        """Whether both are on one way: behind BRA, or something that goes back, is another."""
        return not any(
            _LEAVES.match(text) or ((match := _BRANCH.match(text)) and int(match[1], 16) <= address)
            for address, text in self.lines[first.line : second.line]
        )

    def within(self, first: int, last: int) -> list[Touch]:
        """What is done to pins in these lines."""
        begin = bisect_left(self.touches, first, key=_line)
        return list(self.touches[begin : bisect_right(self.touches, last, key=_line)])

    def clocks(self, first: int, last: int) -> set[Pin]:
        """Pins with a pulse in these lines."""
        begin = bisect_left(self.pulses, first, key=lambda pulse: pulse[0].line)
        end = bisect_right(self.pulses, last, key=lambda pulse: pulse[0].line)
        return {one.pin for one, other in self.pulses[begin:end] if other.line <= last}

    @cached_property
    def loops(self) -> list[tuple[int, int]]:
        """First and last line of every loop that is short enough to be one over bits."""
        numbers = {address: number for number, (address, _) in enumerate(self.lines)}
        found = []
        for number, (_, text) in enumerate(self.lines):
            match = _BRANCH.match(text)
            first = numbers.get(int(match[1], 16), len(self.lines)) if match else len(self.lines)
            if number - _LONGEST <= first <= number:
                found.append((first, number))
        return found

    @cached_property
    def calls(self) -> list[tuple[int, int]]:
        """Line and target of every call; going on into the next function is one, too."""
        found = [
            (number, int(match[1], 16))
            for number, (_, text) in enumerate(self.lines)
            if (match := _CALL.match(text))
        ]
        last = self.lines[-1][1]
        if not last.startswith(("rts", "rte", "jmp", "bra")):
            found.append((len(self.lines), self.function.end))
        return found

    def numbers_before(self, line: int, operation: str | None = None) -> list[tuple[int, int, int, str]]:
        """Address, value, bits and register of numbers loaded just before a line, the last first.

        A number for the upper byte of a word is one for the word, too.
        """
        found = []
        for number in range(line - 1, max(line - _BEFORE, 0) - 1, -1):
            address, text = self.lines[number]
            if _CALL.match(text):
                break
            if (match := _NUMBER.match(text)) and operation in (None, match[1]):
                value, register = int(match[3], 16), match[4]
                found.append((address, value, 8 if match[2] == "b" else 16, register))
                if register.endswith("H"):
                    found.append((address, value << 8, 16, register[:-1]))
            elif (match := _ADDED.match(text)) and number:
                word = f"R{match[2]}"
                if self.lines[number - 1][1] == f"sub.l E{word},E{word}" and operation in (None, "mov"):
                    found.append((address, int(match[1], 16), 16, word))
        return found


@dataclass(frozen=True)
class Shifter:
    """A loop that clocks bits: ``counts`` are (address of the number, number of bits), as far as found."""

    routine: Routine
    clock: Pin
    out: tuple[Pin, ...]
    taken: tuple[Pin, ...]
    touches: tuple[Touch, ...]
    counter: str
    counts: tuple[tuple[int, int], ...]

    @property
    def address(self) -> int:
        """Where its function begins."""
        return self.routine.function.start


def _line(touch: Touch) -> int:
    return touch.line


def routines(code: Code) -> list[Routine]:
    """Every function that is there."""
    texts = dict(zip(code.program.starts.tolist(), code.texts, strict=True))
    addresses = sorted(texts)
    found, place = [], 0
    for function in functions(code):
        lines = []
        while place < len(addresses) and addresses[place] < function.end:
            lines.append((addresses[place], texts[addresses[place]]))
            place += 1
        found.append(Routine(function, tuple(lines), tuple(touches(lines))))
    return found


def shifters(found: Sequence[Routine]) -> list[Shifter]:
    """Every loop with a pulse and data."""
    callers: dict[int, list[tuple[Routine, int]]] = {}
    for routine in found:
        for line, target in routine.calls:
            callers.setdefault(target, []).append((routine, line))
    return [
        shifter
        for routine in found
        if routine.touches
        for first, last in routine.loops
        if (shifter := _shifter(routine, first, last, callers)) is not None
    ]


def _shifter(
    routine: Routine, first: int, last: int, callers: dict[int, list[tuple[Routine, int]]]
) -> Shifter | None:
    inside = routine.within(first, last)
    clocks = routine.clocks(first, last)
    driven = {touch.pin for touch in inside if touch.action is not Action.READ}
    read = tuple(sorted({touch.pin for touch in inside if touch.action is Action.READ} - clocks))
    out = tuple(sorted(pin for pin in driven - clocks if _is_data(pin, inside)))
    if len(clocks) != 1 or not (out or read):
        return None
    (clock,) = clocks
    counter = next(
        (match[1] for _, text in routine.lines[first : last + 1] if (match := _COUNT.match(text))), ""
    )
    counts = _counts(routine, first, counter, callers) if counter else []
    return Shifter(routine, clock, out, read, tuple(inside), counter, tuple(counts))


def _is_data(pin: Pin, inside: Sequence[Touch]) -> bool:
    """Whether a pin may go either way in the loop."""
    actions = {touch.action for touch in inside if touch.pin == pin}
    return Action.COPY in actions or {Action.HIGH, Action.LOW} <= actions or Action.TOGGLE in actions


def _counts(
    routine: Routine, first: int, counter: str, callers: dict[int, list[tuple[Routine, int]]]
) -> list[tuple[int, int]]:
    """How often the loop goes round: numbers in the counter before it, or before what calls the function."""
    before = [text for _, text in routine.lines[:first]]
    copied = next(
        (match[1] for text in reversed(before) if (match := _COPY.match(text)) and match[2] == counter), ""
    )
    places = [(routine, first, counter)] if first else []
    if not any(register == counter for *_, register in routine.numbers_before(first)):
        places += [(*caller, copied or counter) for caller in callers.get(routine.function.start, ())]
    found = []
    for caller, line, wanted in places:
        for address, value, _bits, register in caller.numbers_before(line, "mov"):
            if register == wanted:
                found.append((address, value))
                break
    return list(dict.fromkeys(found))
