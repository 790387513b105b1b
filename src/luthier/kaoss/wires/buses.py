"""Serial memories that a firmware may drive over port pins: candidates, each with its evidence.

Nothing here proves that an EEPROM is at the other end: displays, converters and shift registers are driven
alike.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from luthier.kaoss.code import Code
from luthier.kaoss.registers import by_name
from luthier.kaoss.wires.pins import Action, Pin
from luthier.kaoss.wires.shifting import Routine, Shifter, routines, shifters

#: Commands of the 93 series: a start bit and two bits, of 00 the next two as well.
#: (Data sheet of AKM's AK93C45A to AK93C75A.)
_COMMANDS = {0b110: "READ", 0b101: "WRITE"}
_EXTENDED = {0b11: "EWEN", 0b00: "EWDS", 0b01: "WRAL"}
#: Bits of command and address: 6 to 13 bits of address.
_SHORTEST, _LONGEST = 9, 16
#: The address byte of an EEPROM with two wires: 1010, three bits, read or write.
_TWO_WIRE = range(0xA0, 0xB0)
#: What is done to pins before and behind a call that may select a chip.
_AROUND = 12


@dataclass(frozen=True)
class Evidence:
    """What stands where."""

    address: int
    what: str


@dataclass
class Candidate:
    """Pins that are driven together; ``kind`` is what it looks like, ``doubts`` what it may be instead."""

    kind: str
    clock: Pin | None
    out: tuple[Pin, ...]
    taken: tuple[Pin, ...]
    select: tuple[Pin, ...]
    bits: tuple[int, ...]
    evidence: list[Evidence] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def search(code: Code) -> list[Candidate]:
    """Every candidate, by its clock pin; then serial interfaces that are clocked."""
    all_routines = routines(code)
    found = shifters(all_routines)
    candidates = [
        _candidate(clock, [one for one in found if one.clock == clock], all_routines)
        for clock in sorted({shifter.clock for shifter in found})
    ]
    return [*candidates, *_clocked_interfaces(all_routines)]


def _candidate(clock: Pin, group: Sequence[Shifter], all_routines: Sequence[Routine]) -> Candidate:
    out = tuple(sorted({pin for one in group for pin in one.out}))
    taken = tuple(sorted({pin for one in group for pin in one.taken}))
    users = _users(group, all_routines)
    select = _select(group, all_routines, {clock, *out, *taken})
    counts = tuple(sorted({count for one in group for _, count in one.counts}))
    candidate = Candidate("", clock, out, taken, select, counts)
    for shifter in group:
        candidate.evidence.append(Evidence(shifter.address, _shifting(shifter)))
        candidate.evidence += [Evidence(at, f"{count} bits") for at, count in shifter.counts]
    starts = _conditions(all_routines, clock, {*out, *taken})
    commands = _commands(users, group, counts)
    addresses = _addresses(users, group)
    if starts and (set(out) & set(taken) or addresses):
        candidate.kind = "two wires (I2C)"
        candidate.evidence += [*starts, *addresses]
        candidate.doubts.append(
            "an address byte of A0 to AF is that of memories, but not of them alone"
            if addresses
            else "no address byte of a memory (A0 to AF) was found near the calls"
        )
    elif commands:
        candidate.kind = "93 series (Microwire)"
        candidate.evidence += commands
        candidate.doubts.append("the numbers fit the commands; other chips with a start bit would do as well")
    elif 8 in counts:
        candidate.kind = "SPI, or a shift register"
        candidate.doubts.append("bytes are shifted; no command of a memory was looked for")
    else:
        candidate.kind = "a shift register, or something else that is clocked"
        candidate.doubts.append("no command and no address of a memory was found")
    if not taken:
        candidate.doubts.append("nothing is read: a memory would be")
    if not counts:
        candidate.doubts.append("the number of bits was not found")
    candidate.evidence.sort(key=lambda one: one.address)
    return candidate


def _shifting(shifter: Shifter) -> str:
    parts = []
    if shifter.out:
        parts.append(f"sends on {', '.join(map(str, shifter.out))}")
    if shifter.taken:
        parts.append(f"takes from {', '.join(map(str, shifter.taken))}")
    edges = [touch for touch in shifter.touches if touch.pin == shifter.clock]
    pulse = ", ".join(f"{touch.action} at {touch.address:06X}" for touch in edges)
    counted = f", counted in {shifter.counter}" if shifter.counter else ""
    return f"a loop {' and '.join(parts)}, clock {shifter.clock}: {pulse}{counted}"


def _users(group: Iterable[Shifter], all_routines: Sequence[Routine]) -> list[Routine]:
    """The functions of the loops, and those that call them, directly or over one other."""
    inner = {one.address for one in group}
    for _ in range(2):
        inner |= {
            routine.function.start
            for routine in all_routines
            if inner & {target for _, target in routine.calls}
        }
    return [routine for routine in all_routines if routine.function.start in inner]


def _select(group: Sequence[Shifter], all_routines: Sequence[Routine], data: set[Pin]) -> tuple[Pin, ...]:
    """Pins that go one way before a loop, or the call of one, and back behind it."""
    starts = {one.address for one in group}
    found = set()
    for routine in all_routines:
        between = [line for line, target in routine.calls if target in starts]
        if routine.function.start in starts:
            between += [first for first, _ in routine.loops]
        places = [touch.line for touch in routine.touches]
        for line in between:
            middle = bisect_left(places, line)
            before = {one.pin: one.action for one in routine.touches[max(middle - _AROUND, 0) : middle]}
            after = {one.pin: one.action for one in reversed(routine.touches[middle : middle + _AROUND])}
            for pin in before.keys() & after.keys():
                if {before[pin], after[pin]} == {Action.HIGH, Action.LOW}:
                    found.add(pin)
    return tuple(sorted(found - data))


def _conditions(all_routines: Sequence[Routine], clock: Pin, data: set[Pin]) -> list[Evidence]:
    """Start and stop conditions: data falls or rises while the clock is high."""
    found = []
    for routine in all_routines:
        level: dict[Pin, Action] = {}
        for touch in routine.touches:
            if touch.action not in (Action.HIGH, Action.LOW):
                level.pop(touch.pin, None)
                continue
            before = level.get(touch.pin)
            if touch.pin in data and before not in (None, touch.action) and level.get(clock) is Action.HIGH:
                what = "start" if touch.action is Action.LOW else "stop"
                found.append(
                    Evidence(touch.address, f"{what} condition: {touch.pin} {touch.action}, {clock} high")
                )
            level[touch.pin] = touch.action
    return found


def _calls_of(users: Sequence[Routine], group: Sequence[Shifter]) -> Iterable[tuple[Routine, int]]:
    """Every call among the users that leads to one of them."""
    starts = {routine.function.start for routine in users} | {one.address for one in group}
    for routine in users:
        for line, target in routine.calls:
            if target in starts:
                yield routine, line


def _commands(users: Sequence[Routine], group: Sequence[Shifter], counts: Iterable[int]) -> list[Evidence]:
    """Numbers before calls that are commands of the 93 series, with as many bits as are clocked."""
    lengths = [count for count in counts if _SHORTEST <= count <= _LONGEST]
    found: dict[int, Evidence] = {}
    for routine, line in _calls_of(users, group):
        for address, value, bits, _register in routine.numbers_before(line):
            for length in lengths:
                name = _command(value, length) if bits == 16 else ""
                if name:
                    what = (
                        f"0x{value:04X} is {name} in {length} bits: a 1, the command, {length - 3} of address"
                    )
                    found.setdefault(address, Evidence(address, what))
    # One number may look like a command by chance; a memory is at least read, and written or enabled.
    return list(found.values()) if len(found) > 1 else []


def _command(value: int, length: int) -> str:
    """The command that a number of ``length`` bits is, whose address is still 0; empty if it is none."""
    top = value >> length - 3
    rest = value & (1 << length - 3) - 1
    if top in _COMMANDS and rest == 0:
        return _COMMANDS[top]
    if top == 0b100 and rest & (1 << length - 5) - 1 == 0:
        return _EXTENDED.get(rest >> length - 5, "")
    return ""


def _addresses(users: Sequence[Routine], group: Sequence[Shifter]) -> list[Evidence]:
    """Address bytes of memories with two wires, before calls."""
    found: dict[int, Evidence] = {}
    for routine, line in _calls_of(users, group):
        for address, value, bits, _register in routine.numbers_before(line):
            if bits == 8 and value in _TWO_WIRE:
                way = "reading" if value & 1 else "writing"
                found.setdefault(address, Evidence(address, f"0x{value:02X}: address of a memory, for {way}"))
    return list(found.values())


def _clocked_interfaces(all_routines: Sequence[Routine]) -> list[Candidate]:
    """Serial interfaces put into clocked mode (bit 7 of SMR): they can drive SPI without port pins."""
    modes = {f"0x{by_name()[f'SMR_{channel}'].address:06x}": channel for channel in range(3)}
    found = []
    for routine in all_routines:
        for line, (address, text) in enumerate(routine.lines):
            channel = next((modes[place] for place in modes if f",@{place}" in text), None)
            if channel is None:
                continue
            register = text.partition(" ")[2].partition(",")[0]
            for _, value, _, loaded in routine.numbers_before(line, "mov"):
                if loaded == register:
                    if value & 0x80:
                        candidate = Candidate(
                            f"serial interface SCI{channel}, clocked", None, (), (), (), (8,)
                        )
                        candidate.evidence.append(Evidence(address, f"SMR_{channel} becomes 0x{value:02X}"))
                        candidate.doubts.append("what is connected to it is not looked for")
                        found.append(candidate)
                    break
    return found
