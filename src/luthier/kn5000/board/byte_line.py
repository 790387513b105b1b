"""A serial line at MIDI's rate on one of a chip's channels: MIDI of the main CPU, TO HOST of the sub CPU.

What is fed in begins to arrive as soon as the line is free, a byte after the other; the chip takes its own
time for a byte.  What goes out is kept with its time.  The active sensing of the sub CPU's port is the
firmware's affair.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from luthier.machine.clock import Clock

BAUD: Final = 31_250
#: A byte has a start bit and a stop bit.
BYTE_BITS: Final = 10
#: Bytes that are kept of what went out: five minutes and a half of a busy line.
KEPT: Final = 1 << 20


class ByteLine:
    """A line in each direction; ``receive`` takes a byte for the chip, ``clock`` counts in ``frequency``."""

    def __init__(self, name: str, receive: Callable[[int], None], clock: Clock, frequency: int) -> None:
        self._event = f"{name} receives"
        self._receive = receive
        self._clock = clock
        self._frequency = frequency
        self._step = frequency * BYTE_BITS // BAUD
        self._arriving: deque[int] = deque()
        self._sent: deque[tuple[float, int]] = deque(maxlen=KEPT)
        self._begun = 0.0
        self._busy = False
        clock.know(self._event, self._arrive)

    def reset(self, seconds: float) -> None:
        """The chip is reset at this time, and perhaps its clock began anew; what was to come is lost."""
        self._arriving.clear()
        self._busy = False
        self._begun = seconds - self._clock.now / self._frequency

    def feed(self, data: bytes) -> None:
        """Bytes for the chip."""
        self._arriving.extend(data)
        if self._arriving and not self._busy:
            self._busy = True
            self._clock.after(0, self._event, self._arrive)

    def take(self, byte: int) -> None:
        """A byte has left the chip."""
        self._sent.append((self._begun + self._clock.now / self._frequency, byte))

    @property
    def sent(self) -> list[tuple[float, int]]:
        """What has left: the second at which its last bit did, and the byte."""
        return list(self._sent)

    def _arrive(self) -> None:
        """Hand a byte over; the line is free again when it has passed."""
        self._busy = bool(self._arriving)
        if self._busy:
            self._receive(self._arriving.popleft())
            self._clock.after(self._step, self._event, self._arrive)

    def snapshot(self) -> Any:
        """Everything but what is due on the clock."""
        return list(self._arriving), list(self._sent), self._begun, self._busy

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot; the clock is restored by its owner."""
        arriving, sent, self._begun, self._busy = taken
        self._arriving, self._sent = deque(arriving), deque(sent, KEPT)
