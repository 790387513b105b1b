"""What lies outside of the chip: a log of accesses, by named windows.

Open questions
- What is where in the Kaoss units: nobody published it.  The host port of their DSP is somewhere there.
- A window reads FF, or what was last written to the same address: modelled; no DSP answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from luthier.machine.memory import OPEN_BUS

#: Addresses outside of windows that are told apart.
_MOST_ELSEWHERE = 256


@dataclass(frozen=True)
class Window:
    """Addresses ``first`` to ``last``, both included, with a name."""

    name: str
    first: int
    last: int


class ExternalBus:
    """A device over all that is not on the chip; ``note`` is told window and access."""

    def __init__(
        self, windows: tuple[Window, ...], note: Callable[[str, str], None], where: Callable[[], int]
    ) -> None:
        self._windows = windows
        self._note = note
        self._where = where
        self._kept: dict[int, int] = {}
        self.elsewhere: Counter[tuple[str, int, int]] = Counter()  #: kind, address, first program counter
        self._first: dict[tuple[str, int], int] = {}

    def read(self, address: int, size: int) -> int:
        """One or two bytes."""
        window = self._window(address)
        if window is None:
            self._elsewhere("read", address)
            return OPEN_BUS * 0x101
        value = 0
        for offset in range(size):
            value = value << 8 | self._kept.get(address + offset, OPEN_BUS)
        self._note(window.name, f"read  {address - window.first:04X} {value:0{2 * size}X}")
        return value

    def write(self, address: int, size: int, value: int) -> None:
        """One or two bytes."""
        window = self._window(address)
        if window is None:
            self._elsewhere("write", address)
            return
        for offset, byte in enumerate(value.to_bytes(size, "big")):
            self._kept[address + offset] = byte
        self._note(window.name, f"write {address - window.first:04X} {value:0{2 * size}X}")

    def _window(self, address: int) -> Window | None:
        return next((window for window in self._windows if window.first <= address <= window.last), None)

    def _elsewhere(self, kind: str, address: int) -> None:
        key = kind, address
        if key not in self._first:
            if len(self._first) >= _MOST_ELSEWHERE:
                return
            self._first[key] = self._where()
        self.elsewhere[kind, address, self._first[key]] += 1
