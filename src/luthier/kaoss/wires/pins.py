"""What instructions do to single pins: bit instructions on port registers, bytes changed and written back.

A register that an instruction goes through is known if it was loaded with a number before, in the same
function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from luthier.kaoss.registers import registers

_REGISTER_OF_PORT = re.compile(r"(?:P(?P<output>\w)DR|PORT(?P<level>\w)|P(?P<direction>\w)DDR)$")

_BIT = re.compile(r"(b[a-z]+) #(\d),@(0x[0-9a-f]+|ER\d)")
_LOAD = re.compile(r"mov\.b @(0x[0-9a-f]+|ER\d)(?::\d+)?,(R\d[HL])$")
_STORE = re.compile(r"mov\.b (R\d[HL]),@(0x[0-9a-f]+|ER\d)(?::\d+)?$")
_MASK = re.compile(r"(or|and|xor)\.b #(0x[0-9a-f]+),(R\d[HL])$")
_MASK_BIT = re.compile(r"(bset|bclr|bnot|bst|bist) #(\d),(R\d[HL])$")
_READ_BIT = re.compile(r"(?:btst|bi?ld|bi?and|bi?or|bi?xor) #(\d),(R\d[HL])$")
_POINTER = re.compile(r"mov\.l #(0x[0-9a-f]+),(ER\d)$")
_OTHER_POINTER = re.compile(r"(?:mov|add|sub|adds|subs|inc|dec)\.?\w* .*,(ER\d)$")


class Action(StrEnum):
    """What happens to a pin; ``COPY`` puts a bit of the CPU on it."""

    HIGH = "high"
    LOW = "low"
    TOGGLE = "toggle"
    COPY = "copy"
    READ = "read"


_ACTIONS = {
    "bset": Action.HIGH,
    "bclr": Action.LOW,
    "bnot": Action.TOGGLE,
    "bst": Action.COPY,
    "bist": Action.COPY,
}
_MASKS = {"or": Action.HIGH, "and": Action.LOW, "xor": Action.TOGGLE}


@dataclass(frozen=True, order=True)
class Pin:
    """A bit of a port; ``port`` is the port's digit or letter."""

    port: str
    bit: int

    def __str__(self) -> str:
        return f"P{self.port}.{self.bit}"


@dataclass(frozen=True)
class Touch:
    """An instruction touches a pin: ``line`` is its number in the function."""

    line: int
    address: int
    pin: Pin
    action: Action
    text: str
    by_direction: bool = False  #: the pin is let go or pulled by its direction


@dataclass
class _State:
    """What is known of registers while the instructions of a function are looked at."""

    pointers: dict[str, int] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)  #: register to the address it was read from
    masks: dict[str, list[tuple[Action, int]]] = field(default_factory=dict)


def port_of(address: int) -> tuple[str, str] | None:
    """The port of a register and what of it: ``output``, ``level`` or ``direction``; None if it has none."""
    register = registers().get(address)
    found = _REGISTER_OF_PORT.match(register.name) if register and register.module == "ports" else None
    return next(((port, kind) for kind, port in found.groupdict().items() if port), None) if found else None


def touches(lines: Sequence[tuple[int, str]]) -> Iterator[Touch]:
    """Everything that a function does to pins; ``lines`` are its addresses and instructions."""
    state = _State()
    for number, (address, text) in enumerate(lines):
        for pin, action, kind in _touched(text, state):
            yield Touch(number, address, pin, action, text, kind == "direction")


def _touched(text: str, state: _State) -> Iterator[tuple[Pin, Action, str]]:
    if match := _BIT.match(text):
        action = _ACTIONS.get(match[1], Action.READ)
        if port := port_of(_place(match[3], state)):
            yield _pin(port, int(match[2]), action)
    elif match := _LOAD.match(text):
        place = _place(match[1], state)
        # What was changed but not written back yet belongs to another way to the same store.
        if state.bytes.get(match[2]) != place:
            state.masks[match[2]] = []
        state.bytes[match[2]] = place
    elif (match := _MASK.match(text)) and match[3] in state.bytes:
        mask = int(match[2], 16) ^ (0xFF if match[1] == "and" else 0)
        state.masks[match[3]] += [(_MASKS[match[1]], bit) for bit in range(8) if mask >> bit & 1]
    elif (match := _MASK_BIT.match(text)) and match[3] in state.bytes:
        state.masks[match[3]].append((_ACTIONS[match[1]], int(match[2])))
    elif match := _STORE.match(text):
        place = _place(match[2], state)
        if state.bytes.get(match[1]) == place and (port := port_of(place)):
            for action, bit in state.masks[match[1]]:
                yield _pin(port, bit, action)
            state.masks[match[1]] = []
    elif match := _POINTER.match(text):
        state.pointers[match[2]] = int(match[1], 16) & 0xFFFFFF
    elif match := _OTHER_POINTER.match(text):
        state.pointers.pop(match[1], None)
    if looked := _looked_at(text, state):
        yield looked


def _looked_at(text: str, state: _State) -> tuple[Pin, Action, str] | None:
    """The pin of which a byte, read from a port, is asked."""
    register, bit = "", -1
    if match := _READ_BIT.match(text):
        register, bit = match[2], int(match[1])
    elif (match := _MASK.match(text)) and match[1] == "and" and int(match[2], 16).bit_count() == 1:
        register, bit = match[3], int(match[2], 16).bit_length() - 1
    port = port_of(state.bytes.get(register, -1))
    return (Pin(port[0], bit), Action.READ, port[1]) if port else None


def _place(text: str, state: _State) -> int:
    return int(text, 16) if text.startswith("0x") else state.pointers.get(text, -1)


def _pin(port: tuple[str, str], bit: int, action: Action) -> tuple[Pin, Action, str]:
    name, kind = port
    if kind == "direction":  # an output pulls low, an input lets go
        action = {Action.HIGH: Action.LOW, Action.LOW: Action.HIGH}.get(action, action)
    return Pin(name, bit), action, kind
