"""A CPU's 24-bit memory: RAM, ROM and devices, and what a compiled loop may touch without asking.

All bytes lie in one array of 16 MiB, the index is the address.  ``access`` says for each page of 256 bytes
what may be done to it directly; ``served`` says the same byte by byte where a page is mixed.  Everything
else goes through :meth:`Memory.read` and :meth:`Memory.write`, which find the device.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from luthier.cpu.executor_text import POST_COLUMNS
from luthier.cpu.semantics import CODE, FETCH, POST, READ, WRITE
from luthier.errors import UsageError

SIZE = 1 << 24
PAGE = 256
_PAGES = SIZE // PAGE
_SLACK = 4  #: bytes behind the end, so that a long at FFFFFF needs no special case

OPEN_BUS = 0xFF  #: what an address reads where nothing answers: modelled, a chip's bus keeps its last value


Kind = Literal["read", "write"]
_MARKS = {"read": READ, "write": WRITE | POST}
#: What the executors may do to the bytes of a region without asking.
_ALLOWED = {"ram": READ | WRITE | FETCH, "rom": READ | FETCH, "device": 0}
_MOST_REFUSED = 4096  #: addresses that are told apart, so that a program run wild doesn't fill our memory
_REACH = 3  #: bytes by which a long reaches beyond its address
_POSTS = 1 << 12  #: stores that are posted before they are delivered at the latest
ELSEWHERE = -1  #: counts accesses to all further addresses


class Device(Protocol):
    """Something on the bus that wants to be asked; addresses are those of the CPU, sizes bytes (1, 2, 4)."""

    def read(self, address: int, size: int) -> int:
        """The value at an address."""

    def write(self, address: int, size: int, value: int) -> None:
        """Take a value."""


Take = Callable[[npt.NDArray[np.int64]], object]  #: takes stores: rows of states, address, bytes, value


@dataclass(frozen=True)
class Posted:
    """Bytes whose stores are posted, and who takes them."""

    start: int
    end: int
    take: Take


@dataclass(frozen=True)
class Region:
    """A piece of the memory map: ``start`` up to but not including ``end``."""

    start: int
    end: int
    kind: Literal["ram", "rom", "device"]
    name: str
    device: Device | None = None


class Memory:
    """One CPU's view of its bus."""

    def __init__(self, byte_order: Literal["little", "big"] = "little") -> None:
        self.byte_order = byte_order
        self.widest = 4  #: bytes that the bus moves at once; its CPU says so
        self._all = np.zeros(SIZE + _SLACK, np.uint8)
        self.data: npt.NDArray[np.uint8] = self._all[:SIZE]
        self.access = np.zeros(_PAGES + 1, np.uint8)
        self.served = np.zeros(SIZE + _SLACK, np.uint8)
        self.regions: list[Region] = []
        self.refused: Counter[tuple[str, int]] = Counter()  #: accesses nothing answered, writes to ROM
        self._starts: list[int] = []
        self._served_registers: set[int] = set()
        self._watched: Counter[tuple[Kind, int]] = Counter()
        self.watch_hit: tuple[Kind, int] | None = None
        self.on_change: Callable[[int, int], object] = range  #: told what loads and bus writes changed
        self.states: Callable[[], int] = int  #: the clock, for stores to posted bytes that came over the bus
        self.posts = np.zeros(_POSTS * POST_COLUMNS, np.int64)  #: filled by the executors
        self._post_starts: list[int] = []
        self._posted: list[Posted] = []
        self._observers: list[Posted] = []
        self._bytes = self._all.data
        self._served_bytes = self.served.data

    @property
    def whole(self) -> npt.NDArray[np.uint8]:
        """The bytes with the slack behind them, for the executors."""
        return self._all

    # The map

    def add_ram(self, start: int, size: int, name: str = "RAM") -> None:
        """Map RAM; raises :class:`UsageError` if something is there already."""
        self._add(Region(start, start + size, "ram", name))

    def add_rom(self, start: int, content: bytes, name: str = "ROM", *, device: Device | None = None) -> None:
        """Map ROM with its content; writes to it are counted and ignored, unless a device takes them.

        Such a device is a flash memory: it is asked at reads that go by way of the bus, and gives what the
        memory holds; the executors read that themselves.
        """
        self._add(Region(start, start + len(content), "rom", name, device))
        self.data[start : start + len(content)] = np.frombuffer(content, np.uint8)

    def add_device(self, start: int, size: int, device: Device, name: str) -> None:
        """Map a device, which is asked at every access."""
        self._add(Region(start, start + size, "device", name, device))

    def serve(self, address: int, value: int) -> None:
        """Let a device's byte be read without asking, as ``value``, until the device serves another.

        For registers that firmware polls: a read costs no call.  Writes still reach the device.
        """
        self.data[address] = value
        if address not in self._served_registers:
            self._served_registers.add(address)
            if ("read", address) not in self._watched:
                self.served[address] |= READ

    def withhold(self, address: int) -> None:
        """Undo :meth:`serve`: the device wants to be asked again."""
        if address in self._served_registers:
            self._served_registers.remove(address)
            self.served[address] &= 0xFF ^ READ
            self.access[address // PAGE] &= 0xFF ^ READ

    def post(self, start: int, size: int, take: Take) -> None:
        """Let bytes of devices be stored to without asking; ``take`` is given all stores later, in bulk.

        For registers of which nobody waits for what a store does: sound and effect chips, their address
        pins.  ``take`` gets an int64 array, a row for each store: clock states (of the instruction), address,
        bytes, value.  They come in their order, also among all posted bytes, before any other access to a
        device, before every event of the clock and at the end of every run; a batch is what came meanwhile
        to bytes posted together.  Reads are as before, asked of the device or served; a served byte then
        reads what was stored last.  An instruction that stores several times (as H8S's ``stm``) posts only
        the last: this is no place for stacks.
        """
        end = start + size
        inside = any(one.start <= start < end <= one.end and one.device is not None for one in self.regions)
        if size < 1 or not inside:
            raise UsageError(f"what is posted at {start:06X}h must lie in a device", remedy="map it first")
        if any(one.start < end and start < one.end for one in self._posted):
            raise UsageError(f"bytes from {start:06X}h on are posted already")
        index = bisect_right(self._post_starts, start)
        self._post_starts.insert(index, start)
        self._posted.insert(index, Posted(start, end, take))
        self._settle_all(start, size)

    def is_posted(self, address: int, size: int) -> bool:
        """Whether a store to some bytes is posted (and nobody watches one of them)."""
        return all(self._served_bytes[address + k] & POST for k in range(size))

    def deliver(self, count: int) -> None:
        """Give the first rows of ``posts`` to those who take them."""
        rows = self.posts[: count * POST_COLUMNS].reshape(-1, POST_COLUMNS).copy()
        if self._observers:
            self._show(rows)
            rows = rows[[self._posted_at(address) is not None for address in rows[:, 1].tolist()]]
            if not len(rows):
                return
        if len(self._posted) == 1:
            self._posted[0].take(rows)
            return
        if len(rows) == 1:
            posted = self._posted_at(int(rows[0, 1]))
            if posted is not None:
                posted.take(rows)
            return
        whose = np.searchsorted(self._post_starts, rows[:, 1], "right") - 1
        first = 0
        for last in [*(np.flatnonzero(np.diff(whose)) + 1).tolist(), len(rows)]:
            self._posted[whose[first]].take(rows[first:last])
            first = last

    def observe(self, start: int, size: int, take: Take) -> None:
        """Have ``take`` told what is stored in some bytes, in rows as :meth:`post` gives them, for logs.

        Stores to RAM and to posted bytes stay in the compiled loop; those to devices and ROM cost what they
        did.  ``take`` comes before the device.
        """
        if not 0 <= start < start + size <= SIZE:
            raise UsageError(f"{size} bytes at {start:06X}h cannot be observed: the bus has 24 bits")
        self._observers.append(Posted(start, start + size, take))
        self._settle_all(max(0, start - _REACH), size + 2 * _REACH)

    def unobserve(self, start: int, size: int, take: Take) -> None:
        """Undo one :meth:`observe`."""
        self._observers.remove(Posted(start, start + size, take))
        self._settle_all(max(0, start - _REACH), size + 2 * _REACH)

    def _show(self, rows: npt.NDArray[np.int64]) -> None:
        for one in self._observers:
            seen = rows[(rows[:, 1] + rows[:, 2] > one.start) & (rows[:, 1] < one.end)]
            if len(seen):
                one.take(seen)

    def _posted_at(self, address: int) -> Posted | None:
        return next((one for one in self._posted if one.start <= address < one.end), None)

    def _add(self, region: Region) -> None:
        if not 0 <= region.start < region.end <= SIZE:
            raise UsageError(
                f"{region.name} from {region.start:06X}h to {region.end:06X}h does not fit the 24-bit bus"
            )
        for other in self.regions:
            if region.start < other.end and other.start < region.end:
                raise UsageError(
                    f"{region.name} at {region.start:06X}h overlaps {other.name} at {other.start:06X}h"
                )
        index = bisect_right(self._starts, region.start)
        self._starts.insert(index, region.start)
        self.regions.insert(index, region)
        self.access[-(-region.start // PAGE) : region.end // PAGE] |= _ALLOWED[region.kind]
        for border in {region.start // PAGE, (region.end - 1) // PAGE}:
            self._settle(border)

    def _settle(self, page: int) -> None:
        """Say byte by byte what is allowed in a page, and for all of it what every byte allows."""
        start, end = page * PAGE, (page + 1) * PAGE
        here = self.served[start:end]
        here[:] = 0
        for region in self.regions:
            if region.start < end and start < region.end:
                self.served[max(start, region.start) : min(end, region.end)] = _ALLOWED[region.kind]
        here[[address - start for address in self._served_registers if start <= address < end]] |= READ
        for posted in self._posted:
            if posted.start < end and start < posted.end:
                self.served[max(start, posted.start) : min(end, posted.end)] |= WRITE | POST
        for seen in self._observers:
            # All bytes of a store that reaches into these must be posted.
            part = self.served[max(start, seen.start - _REACH) : min(end, seen.end + _REACH)]
            part |= (part & WRITE) // WRITE * POST
        for kind, address in self._watched:
            if start <= address < end:
                self.served[address] &= 0xFF ^ _MARKS[kind]
        self.access[page] = self.access[page] & CODE | np.bitwise_and.reduce(here)
        self.access[page] |= np.bitwise_or.reduce(here) & POST

    def region_at(self, address: int) -> Region | None:
        """What is mapped at an address."""
        index = bisect_right(self._starts, address) - 1
        if index >= 0 and address < self.regions[index].end:
            return self.regions[index]
        return None

    # Loading

    def load(self, address: int, content: bytes) -> None:
        """Put bytes into RAM or ROM, whatever is mapped; decoded code there is forgotten."""
        end = address + len(content)
        if address < 0 or end > SIZE:
            raise UsageError(
                f"{len(content)} bytes at {address:06X}h reach beyond the 24-bit bus",
                remedy=f"at most {max(0, SIZE - address)} bytes fit there",
            )
        self.data[address:end] = np.frombuffer(content, np.uint8)
        self.on_change(address, end)

    # Access by way of the bus

    def read(self, address: int, size: int) -> int:
        """Read 1, 2 or 4 bytes as the CPU does, devices included."""
        if size > self.widest:
            half = size // 2
            first, second = self.read(address, half), self.read((address + half) % SIZE, half)
            low, high = (first, second) if self.byte_order == "little" else (second, first)
            return high << 8 * half | low
        region = self.region_at(address)
        if region is None or address + size > region.end:
            if size > 1:
                return self._compose([self.read((address + k) % SIZE, 1) for k in range(size)])
            self._refuse("read", address)
            return OPEN_BUS
        self._note("read", address, size)
        if region.device is not None and not self._all_served(address, size):
            return region.device.read(address, size) & (1 << 8 * size) - 1
        return int.from_bytes(self._bytes[address : address + size], self.byte_order)

    def write(self, address: int, size: int, value: int) -> None:
        """Write 1, 2 or 4 bytes as the CPU does, devices included."""
        if size > self.widest:
            half = size // 2
            low, high = value & (1 << 8 * half) - 1, value >> 8 * half
            first, second = (low, high) if self.byte_order == "little" else (high, low)
            self.write(address, half, first)
            self.write((address + half) % SIZE, half, second)
            return
        region = self.region_at(address)
        if region is None or address + size > region.end:
            if size > 1:
                for k, byte in enumerate(value.to_bytes(size, self.byte_order)):
                    self.write((address + k) % SIZE, 1, byte)
                return
            self._refuse("write", address)
            return
        self._note("write", address, size)
        if self._observers:
            self._show(np.array([[self.states(), address, size, value]], np.int64))
        if region.device is not None:
            self._write_device(region.device, address, size, value)
        elif region.kind == "rom":
            self._refuse("write", address)
        else:
            self._bytes[address : address + size] = value.to_bytes(size, self.byte_order)
            if (self.access[address // PAGE] | self.access[(address + size - 1) // PAGE]) & CODE:
                self.on_change(address, address + size)

    def _write_device(self, device: Device, address: int, size: int, value: int) -> None:
        posted = self._posted_at(address)
        if posted is None:
            device.write(address, size, value)
            return
        self._bytes[address : address + size] = value.to_bytes(size, self.byte_order)
        posted.take(np.array([[self.states(), address, size, value]], np.int64))

    def _refuse(self, kind: Kind, address: int) -> None:
        known = (kind, address) in self.refused or len(self.refused) < _MOST_REFUSED
        self.refused[kind, address if known else ELSEWHERE] += 1

    def _compose(self, parts: list[int]) -> int:
        return int.from_bytes(bytes(parts), self.byte_order)

    def _all_served(self, address: int, size: int) -> bool:
        return all(self._served_bytes[address + k] & READ for k in range(size))

    # Watching

    def watch(self, address: int, size: int = 1, kind: Kind = "write") -> None:
        """Note accesses of one kind to some bytes in ``watch_hit``; the rest of their page stays quick."""
        if not 0 <= address < address + size <= SIZE:
            raise UsageError(f"{size} bytes at {address:06X}h cannot be watched: the bus has 24 bits")
        self._watched.update((kind, watched) for watched in range(address, address + size))
        self._settle_all(address, size)

    def unwatch(self, address: int, size: int = 1, kind: Kind = "write") -> None:
        """Undo one :meth:`watch` of the same bytes; with the last one they are as quick as before."""
        self._watched.subtract((kind, watched) for watched in range(address, address + size))
        self._watched = +self._watched  # without those at zero
        self._settle_all(address, size)

    def _settle_all(self, address: int, size: int) -> None:
        for page in range(address // PAGE, min(_PAGES, (address + size - 1) // PAGE + 1)):
            self._settle(page)

    def _note(self, kind: Kind, address: int, size: int) -> None:
        if self._watched and self.watch_hit is None:
            hits = ((kind, watched) for watched in range(address, address + size))
            self.watch_hit = next((hit for hit in hits if hit in self._watched), None)
