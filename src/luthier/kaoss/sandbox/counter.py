"""A counter that steps every so many states; its value is reckoned when somebody asks for it."""

from __future__ import annotations

from luthier.machine.clock import Clock


class Counter:
    """A counter of ``width`` bits: up by one each ``step`` states, stopped while that is 0.

    It goes to 0 behind ``clear_at``, or behind its largest value if that is None.
    """

    def __init__(self, clock: Clock, width: int) -> None:
        self._clock = clock
        self.top = (1 << width) - 1
        self.step = 0
        self.clear_at: int | None = None
        self._start = 0
        self._since = 0

    @property
    def value(self) -> int:
        """What it holds now."""
        return self._after((self._clock.now - self._since) // self.step) if self.step else self._start

    def set(self, value: int) -> None:
        """Put a value there, which it holds for a whole step."""
        self._start, self._since = value & self.top, self._clock.now

    def configure(self, step: int, clear_at: int | None) -> None:
        """Change the step or where it clears; the value stays, and so does the phase within an equal step."""
        if (step, clear_at) == (self.step, self.clear_at):
            return
        value, phase = self.value, self._phase if step == self.step else 0
        self.step, self.clear_at = step, clear_at
        self._start, self._since = value, self._clock.now - phase

    def until(self, match: int) -> int | None:
        """In how many states it leaves the value ``match`` next; None if it never does."""
        if not self.step:
            return None
        now, limit = self.value, self.top if self.clear_at is None else self.clear_at
        if now <= limit:
            if match > limit:
                return None
            steps = (match - now) % (limit + 1) + 1
        elif match >= now:
            steps = match - now + 1
        elif match <= limit:
            steps = self.top - now + 1 + match + 1
        else:
            return None
        return steps * self.step - self._phase

    @property
    def _phase(self) -> int:
        return (self._clock.now - self._since) % self.step if self.step else 0

    def _after(self, steps: int) -> int:
        limit = self.top if self.clear_at is None else self.clear_at
        if self._start <= limit:
            return (self._start + steps) % (limit + 1)
        room = self.top - self._start + 1
        return self._start + steps if steps < room else (steps - room) % (limit + 1)
