"""What a CPU did to its devices lately, and what it did that nothing answers.

Open questions
- What a bus reads where nothing answers; here FF, as :data:`luthier.machine.memory.OPEN_BUS` says.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from luthier.machine.memory import OPEN_BUS, Device, Kind

#: Accesses that a report shows.
KEPT = 16
#: Addresses that are told apart; a program run wild finds no more.
_MOST_TOLD_APART = 1024


@dataclass(frozen=True)
class Access:
    """One access to a device: ``pc`` is the instruction that made it."""

    device: str
    kind: Kind
    address: int
    size: int
    value: int
    pc: int

    def __str__(self) -> str:
        width = 2 * self.size
        return f"{self.pc:06X}: {self.kind} {self.address:06X}h {self.value:0{width}X} {self.device}".rstrip()


@dataclass(frozen=True)
class Unanswered:
    """Accesses of one kind to an address that nothing answers; ``pc`` is where the first came from."""

    kind: Kind
    address: int
    place: str
    pc: int
    count: int


class Accesses:
    """The accesses of one CPU; ``where`` tells its program counter."""

    def __init__(self, where: Callable[[], int]) -> None:
        self._where = where
        self._last: deque[tuple[str, Kind, int, int, int, int]] = deque(maxlen=KEPT)
        self.observe: Callable[[Access], None] | None = None
        """Told every access while a log wants it."""
        self._unanswered: Counter[tuple[Kind, int]] = Counter()
        self._first: dict[tuple[Kind, int], tuple[str, int]] = {}
        self.elsewhere = 0
        """Unanswered accesses to further addresses, which are not told apart."""
        self.asked: Counter[str] = Counter()
        """Accesses by device."""

    def note(self, device: str, kind: Kind, address: int, size: int, value: int) -> None:
        """One access."""
        access = device, kind, address, size, value, self._where()
        self._last.append(access)
        self.asked[device] += 1
        if self.observe is not None:
            self.observe(Access(*access))

    @property
    def last(self) -> list[Access]:
        """The last accesses, the oldest first."""
        return [Access(*access) for access in self._last]

    def unanswered(self, place: str, kind: Kind, address: int) -> None:
        """One access that nothing answers."""
        key = kind, address
        if key not in self._first:
            if len(self._first) >= _MOST_TOLD_APART:
                self.elsewhere += 1
                return
            self._first[key] = place, self._where()
        self._unanswered[key] += 1

    @property
    def unknown(self) -> list[Unanswered]:
        """What nothing answered, in the order in which it was first tried."""
        return [
            Unanswered(kind, address, place, pc, self._unanswered[kind, address])
            for (kind, address), (place, pc) in self._first.items()
        ]

    @property
    def unanswered_count(self) -> int:
        """How many accesses nothing answered."""
        return self._unanswered.total() + self.elsewhere

    def listen(self, name: str, device: Device) -> Device:
        """A device whose accesses are noted."""
        return _Listened(name, device, self)

    def nothing(self, place: str) -> Device:
        """What stands where nothing answers."""
        return _Nothing(place, self)

    def closed(self, place: str, content: Callable[[int, int], int]) -> Device:
        """What stands behind a ROM: ``content`` reads it, and nothing takes a write."""
        return _Closed(place, self, content)

    def snapshot(self) -> dict[str, Any]:
        """Everything."""
        return {
            "last": list(self._last),
            "unanswered": dict(self._unanswered),
            "first": dict(self._first),
            "elsewhere": self.elsewhere,
            "asked": dict(self.asked),
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self._last = deque(taken["last"], KEPT)
        self._unanswered = Counter(taken["unanswered"])
        self._first = dict(taken["first"])
        self.elsewhere = taken["elsewhere"]
        self.asked = Counter(taken["asked"])


class _Listened:
    def __init__(self, name: str, device: Device, accesses: Accesses) -> None:
        self._name, self._device, self._accesses = name, device, accesses

    def read(self, address: int, size: int) -> int:
        """Ask the device."""
        value = self._device.read(address, size)
        self._accesses.note(self._name, "read", address, size, value)
        return value

    def write(self, address: int, size: int, value: int) -> None:
        """Tell the device."""
        self._accesses.note(self._name, "write", address, size, value)
        self._device.write(address, size, value)


class _Nothing:
    def __init__(self, place: str, accesses: Accesses) -> None:
        self._place, self._accesses = place, accesses

    def read(self, address: int, size: int) -> int:
        """The open bus."""
        self._accesses.unanswered(self._place, "read", address)
        value = int.from_bytes(bytes([OPEN_BUS]) * size, "little")
        self._accesses.note(self._place, "read", address, size, value)
        return value

    def write(self, address: int, size: int, value: int) -> None:
        """Nothing takes it."""
        self._accesses.unanswered(self._place, "write", address)
        self._accesses.note(self._place, "write", address, size, value)


class _Closed:
    def __init__(self, place: str, accesses: Accesses, content: Callable[[int, int], int]) -> None:
        self._place, self._accesses, self._content = place, accesses, content

    def read(self, address: int, size: int) -> int:
        """The ROM."""
        return self._content(address, size)

    def write(self, address: int, size: int, value: int) -> None:
        """A ROM takes nothing."""
        self._accesses.unanswered(self._place, "write", address)
        self._accesses.note(self._place, "write", address, size, value)


def told(accesses: Accesses) -> Iterator[str]:
    """What nothing answered, as lines for people."""
    for one in accesses.unknown:
        yield f"{one.kind} {one.address:06X}h ({one.place}) {one.count} times, first at {one.pc:06X}h"
    if accesses.elsewhere:
        yield f"and {accesses.elsewhere} accesses elsewhere"
