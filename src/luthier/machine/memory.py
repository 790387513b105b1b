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

from luthier.cpu.semantics import CODE, FETCH, READ, WRITE
from luthier.errors import UsageError

SIZE = 1 << 24
PAGE = 256
_PAGES = SIZE // PAGE
_SLACK = 4  #: bytes behind the end, so that a long at FFFFFF needs no special case

OPEN_BUS = 0xFF  #: what an address reads where nothing answers: modelled, a chip's bus keeps its last value


class Device(Protocol):
    """Something on the bus that wants to be asked; addresses are those of the CPU, sizes bytes (1, 2, 4)."""

    def read(self, address: int, size: int) -> int:
        """The value at an address."""

    def write(self, address: int, size: int, value: int) -> None:
        """Take a value."""


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
        self._all = np.zeros(SIZE + _SLACK, np.uint8)
        self.data: npt.NDArray[np.uint8] = self._all[:SIZE]
        self.access = np.zeros(_PAGES + 1, np.uint8)
        self.served = np.zeros(SIZE + _SLACK, np.uint8)
        self.regions: list[Region] = []
        self.refused: Counter[tuple[str, int]] = Counter()  #: accesses nothing answered, and writes to ROM
        self._starts: list[int] = []
        self._watched: dict[int, Literal["read", "write"]] = {}
        self.watch_hit: tuple[str, int] | None = None
        self.on_change: Callable[[int, int], object] = range  #: told what loads and bus writes changed

    @property
    def whole(self) -> npt.NDArray[np.uint8]:
        """The bytes with the slack behind them, for the executors."""
        return self._all

    # The map

    def add_ram(self, start: int, size: int, name: str = "RAM") -> None:
        """Map RAM; raises :class:`UsageError` if something is there already."""
        self._add(Region(start, start + size, "ram", name), READ | WRITE | FETCH)

    def add_rom(self, start: int, content: bytes, name: str = "ROM") -> None:
        """Map ROM with its content; writes to it are counted and ignored."""
        self._add(Region(start, start + len(content), "rom", name), READ | FETCH)
        self.data[start : start + len(content)] = np.frombuffer(content, np.uint8)

    def add_device(self, start: int, size: int, device: Device, name: str) -> None:
        """Map a device, which is asked at every access."""
        self._add(Region(start, start + size, "device", name, device), 0)

    def serve(self, address: int, value: int) -> None:
        """Let a device's byte be read without asking, as ``value``, until the device serves another.

        For registers that firmware polls: a read costs no call.  Writes still reach the device.
        """
        self.data[address] = value
        self.served[address] |= READ

    def _add(self, region: Region, access: int) -> None:
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
        first, last = -(-region.start // PAGE), region.end // PAGE
        if first <= last:
            self.access[first:last] |= access
            self.served[region.start : first * PAGE] |= access
            self.served[last * PAGE : region.end] |= access
        else:
            self.served[region.start : region.end] |= access

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
        region = self.region_at(address)
        if region is None or address + size > region.end:
            if size > 1:
                return self._compose([self.read((address + k) % SIZE, 1) for k in range(size)])
            self.refused["read", address] += 1
            return OPEN_BUS
        self._note("read", address, size)
        if region.device is not None and not self._all_served(address, size):
            return region.device.read(address, size) & (1 << 8 * size) - 1
        return self._compose(self.data[address : address + size].tolist())

    def write(self, address: int, size: int, value: int) -> None:
        """Write 1, 2 or 4 bytes as the CPU does, devices included."""
        region = self.region_at(address)
        if region is None or address + size > region.end:
            if size > 1:
                for k, byte in enumerate(value.to_bytes(size, self.byte_order)):
                    self.write((address + k) % SIZE, 1, byte)
                return
            self.refused["write", address] += 1
            return
        self._note("write", address, size)
        if region.device is not None:
            region.device.write(address, size, value)
        elif region.kind == "rom":
            self.refused["write", address] += 1
        else:
            content = value.to_bytes(size, self.byte_order)
            self.data[address : address + size] = np.frombuffer(content, np.uint8)
            if self.access[address // PAGE] & CODE:
                self.on_change(address, address + size)

    def _compose(self, parts: list[int]) -> int:
        return int.from_bytes(bytes(parts), self.byte_order)

    def _all_served(self, address: int, size: int) -> bool:
        return bool((self.served[address : address + size] & READ).all())

    # Watching

    def watch(self, address: int, size: int = 1, kind: Literal["read", "write"] = "write") -> None:
        """Have accesses of one kind to some bytes noted in ``watch_hit``; the rest of their page stays quick."""
        mark = READ if kind == "read" else WRITE
        for watched in range(address, address + size):
            page = watched // PAGE
            if self.access[page] & mark:
                self.access[page] &= 0xFF ^ mark
                self.served[page * PAGE : (page + 1) * PAGE] |= mark
            self.served[watched] &= 0xFF ^ mark
            self._watched[watched] = kind

    def unwatch(self, address: int, size: int = 1, kind: Literal["read", "write"] = "write") -> None:
        """Undo :meth:`watch`; the bytes are as quick as the rest of their page again."""
        mark = READ if kind == "read" else WRITE
        for watched in range(address, address + size):
            if self._watched.pop(watched, None) is not None:
                self.served[watched] |= mark

    def _note(self, kind: str, address: int, size: int) -> None:
        if self._watched:
            for watched in range(address, address + size):
                if self._watched.get(watched) == kind:
                    self.watch_hit = kind, watched
