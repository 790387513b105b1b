"""What the timers of the chip share: a counter that sets flags, and flags that interrupt.

Counters are reckoned, not stepped: an event is set only for a flag that is still clear.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from luthier.kaoss.sandbox.counter import Counter
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock


class FlaggedTimer(ABC):
    """A timer with a register of flags and one of enables, a flag and its enable at the same bit.

    ``bits`` are those of the matches and, last, of the overflow.
    """

    def __init__(
        self,
        number: int,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        counter: Counter,
        *,
        event: str,
        flags: str,
        enables: str,
        bits: tuple[int, ...],
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._counter = counter
        self._event, self._flags, self._enables = event, flags, enables
        self._bits = bits
        self._awaited: list[int] = []

    @abstractmethod
    def update(self) -> None:
        """Look at the settings anew, and set the event that comes next."""

    @abstractmethod
    def _vector(self, bit: int) -> int:
        """The interrupt of a flag."""

    def _expect(self, matches: dict[int, int], steps: int, clear_at: int | None) -> None:
        """Count every so many states (0: stand still), and await the next of the clear flags."""
        self._counter.configure(steps, clear_at)
        status, overflow = self._value(self._flags), self._bits[-1]
        times = {bit: self._counter.until(value) for bit, value in matches.items() if not status >> bit & 1}
        if not status >> overflow & 1 and clear_at != self._counter.top:
            times[overflow] = self._counter.until(self._counter.top)
        due = min((time for time in times.values() if time is not None), default=None)
        if due is None:
            self._clock.cancel(self._event)
            return
        self._awaited = [bit for bit, time in times.items() if time == due]
        self._clock.after(due, self._event, self._happen)

    def _happen(self) -> None:
        for bit in self._awaited:
            self._put(self._flags, self._value(self._flags) | 1 << bit)
            self._ask(bit)
        self.update()

    def _ask(self, bit: int) -> None:
        if self._value(self._flags) & self._value(self._enables) & 1 << bit:
            self._controller.ask(self._vector(bit), lambda: self._clear(bit))

    def _ask_anew(self) -> None:
        """The enables have changed."""
        for bit in self._bits:
            self._controller.withdraw(self._vector(bit))
            self._ask(bit)

    def _clear(self, bit: int) -> None:
        self._put(self._flags, self._value(self._flags) & ~(1 << bit))
        self._controller.withdraw(self._vector(bit))

    def _clear_zeros(self, value: int) -> None:
        """Clear the flags that are written as 0."""
        for bit in self._bits:
            if not value >> bit & 1:
                self._clear(bit)

    def _set_counter(self, value: int) -> None:
        self._counter.set(value)
        self.update()

    def _set(self, name: str, value: int) -> None:
        self._registers.put(name, value)
        self.update()

    def _value(self, name: str) -> int:
        return self._registers.get(f"{name}_{self._number}")

    def _put(self, name: str, value: int) -> None:
        self._registers.put(f"{name}_{self._number}", value)
