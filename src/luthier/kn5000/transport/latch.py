"""The latch of one direction, its four handshake lines, and how an end sends through it.

Each direction has a latch of one byte; writing it interrupts the other CPU (INT0, by level), reading it
ends the interrupt.  The sender (listing, `InterCPU_DMA_Send_Chunk`; the same steps on the main CPU in the
inter-CPU page, 0xEF3457):

1. waits until the receiver's *ready* line is high, or gives up: nothing is sent;
2. lowers its own *sending* line and writes the command byte;
3. waits until *ready* is low, or gives up, raising *sending* again: the command byte is lost;
4. raises *sending* and has its DMA write the rest, byte by byte.

=========  ===================  ==================  ========================================
Line       Main CPU             Sub CPU             Meaning
=========  ===================  ==================  ========================================
MSTAT0     port Z bit 0, out    port D bit 2, in    low: the main CPU has written a command
MSTAT1     port Z bit 1, out    port D bit 4, in    high: the main CPU is ready
SSTAT0     port Z bit 2, in     port D bit 0, out   low: the sub CPU has written a command
SSTAT1     port Z bit 3, in     port D bit 1, out   high: the sub CPU is ready
=========  ===================  ==================  ========================================

Port D of the sub CPU is at 0x34, which the memory-map page calls INTERCPU_STATUS.

Open questions
- How often the main CPU looks before it gives up: 60,000 is documented, and the sub CPU's code looks 60,002
  times. The model uses the latter for both.
- What paces the DMA that writes the data: a timer on the sub CPU's side, a loop on the main CPU's. The
  model has the receiver take each byte before the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

#: Documented by the inter-CPU page (0xEA60, about 300 ms).
TIMEOUT_ITERATIONS = 60_000
#: The counter is compared before it is incremented, and equality still tries again (listing,
#: `InterCPU_Wait_MSTAT1_Clear`).
LOOKS = TIMEOUT_ITERATIONS + 2


class Outcome(Enum):
    """How a sending ended."""

    SENT = "sent"
    NOT_READY = "the receiver was not ready: nothing was sent"
    NO_ANSWER = "the receiver did not take the command byte: it is lost"


@dataclass
class Latch:
    """One direction: ``receive`` is called when a byte is written, and reads it, or does not."""

    receive: Callable[[], None] = lambda: None
    value: int = 0
    pending: bool = False
    lost: int = 0
    """Bytes that were overwritten before they were read."""
    sending: bool = True
    """MSTAT0 or SSTAT0, of the sender: high at rest."""
    ready: bool = True
    """SSTAT1 or MSTAT1, of the receiver: high when it can take a command."""

    def write(self, byte: int) -> None:
        """Write as the sender."""
        self.lost += self.pending
        self.value, self.pending = byte, True
        self.receive()

    def read(self) -> int:
        """Read as the receiver; the interrupt ends."""
        self.pending = False
        return self.value

    def send(self, frame: bytes) -> Outcome:
        """Send a command byte with what follows it, as either CPU does."""
        if not self._wait_until(True):
            return Outcome.NOT_READY
        self.sending = False
        self.write(frame[0])
        taken = self._wait_until(False)
        self.sending = True
        if not taken:
            return Outcome.NO_ANSWER
        for byte in frame[1:]:
            self.write(byte)
        return Outcome.SENT

    def _wait_until(self, level: bool) -> bool:
        for _ in range(LOOKS):
            if self.ready is level:
                return True
            if self.pending:
                self.receive()  # the interrupt is by level: it comes again
        return False
