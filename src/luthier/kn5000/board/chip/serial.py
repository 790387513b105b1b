"""The serial channels: bytes out and in, with the time they take, errors and interrupts.

A byte written goes into the shift register, or into the buffer before it while one is leaving.  When its
last bit has left, ``on_send`` is told and INTTX asks.  A byte received asks INTRX; one that finds the last
unread is lost, and OERR says so.  Reading SCnCR clears the errors.

SCnCR: bit 7 the ninth bit received, 6 and 5 parity, 4 to 2 overrun, parity, framing error, 1 and 0 clock
pin. SCnMOD: bit 7 the ninth bit to send, 6 waits for CTS, 5 receives, 4 wakes up at a ninth bit.

Open questions
- The buffer before the shift register: MAME's driver needs it, the TMP95C061 has none (modelled).
- When INTTX asks: at the end of the byte, as MAME has it (modelled).
- CTS, parity errors and framing errors, and which pins are the lines: not modelled.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from luthier.kn5000.board.chip.baud_rate import INTERFACE, NINE, SEVEN, bit_states, frame_bits
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.machine.clock import Clock

_NINTH, _OVERRUN, _ERRORS = 0x80, 0x10, 0x1C
_RECEIVES, _WAKES = 0x20, 0x10
#: What comes in while the chip clocks and nobody answers.
_IDLE = 0xFF


class Serial:
    """A channel."""

    def __init__(
        self,
        number: int,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        timer_period: Callable[[], int],
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self._timer_period = timer_period
        self.on_send: Callable[[int], None] = lambda _byte: None  #: told each byte as its last bit leaves
        self._buffer, self._control, self._mode, self._rate = (
            f"SC{number}BUF",
            f"SC{number}CR",
            f"SC{number}MOD",
            f"BR{number}CR",
        )
        self._out = f"SC{number} out"
        self._shift: int | None = None
        self._next: int | None = None
        self._incoming: deque[int] = deque()
        self._unread = False
        registers.on_write(self._buffer, self._send)
        registers.on_write(self._control, self._set_control)
        registers.on_write(self._mode, self._set_mode)
        clock.know(self._out, self._sent)

    def reset(self) -> None:
        """As after a reset; what is on its way is lost."""
        self._clock.cancel(self._out)
        self._shift = self._next = None
        self._incoming.clear()
        self._set_unread(False)
        self._registers.on_read(self._control, None)

    # For the board

    @property
    def busy(self) -> bool:
        """Whether a byte is leaving."""
        return self._shift is not None

    @property
    def frame(self) -> int:
        """States that a byte takes; 0 where the clock comes from outside."""
        mode, control = self._registers.get(self._mode), self._registers.get(self._control)
        bit = bit_states(mode, control, self._registers.get(self._rate), self._timer_period())
        return bit * frame_bits(mode, control)

    def receive(self, byte: int) -> None:
        """A byte has arrived, its last bit now; with nine bits it has them.

        Where the chip gives the clock of an I/O interface, it waits for the next byte that is sent.  Where a
        partner does, a byte that waits to be sent has left.
        """
        if self._is_clocking():
            self._incoming.append(byte)
            return
        self._arrive(byte)
        if self._shift is not None and not self.frame:
            self._sent()

    # Out

    def _send(self, byte: int) -> None:
        if self._kind == NINE:
            byte |= (self._registers.get(self._mode) & _NINTH) << 1
        elif self._kind == SEVEN:
            byte &= 0x7F
        if self._shift is None:
            self._load(byte)
        else:
            self._next = byte

    def _load(self, byte: int) -> None:
        self._shift = byte
        if self.frame:
            self._clock.after(self.frame, self._out, self._sent)

    def _sent(self) -> None:
        byte, self._shift = self._shift, None
        if byte is None:
            return
        self.on_send(byte)
        if self._is_clocking():
            self._arrive(self._incoming.popleft() if self._incoming else _IDLE)
        if self._next is not None:
            byte, self._next = self._next, None
            self._load(byte)
        self._controller.ask(f"INTTX{self._number}")

    # In

    def _arrive(self, byte: int) -> None:
        if self._registers.get(self._mode) & _RECEIVES and self._is_meant(byte):
            self._take_in(byte)

    def _take_in(self, byte: int) -> None:
        if self._unread:
            self._registers.put(self._control, self._registers.get(self._control) | _OVERRUN)
            self._registers.on_read(self._control, self._read_control)
        else:
            if self._kind == NINE:
                ninth = _NINTH if byte & 0x100 else 0
                self._registers.put(self._control, self._registers.get(self._control) & ~_NINTH | ninth)
            self._registers.put(self._buffer, byte & 0xFF)
            self._set_unread(True)
        self._controller.ask(f"INTRX{self._number}")

    def _is_meant(self, byte: int) -> bool:
        """Whether a channel that sleeps wakes up for it."""
        sleeps = self._kind == NINE and self._registers.get(self._mode) & _WAKES
        return not sleeps or bool(byte & 0x100)

    @property
    def _kind(self) -> int:
        return self._registers.get(self._mode) >> 2 & 3

    def _is_clocking(self) -> bool:
        """Whether the chip gives the clock of an I/O interface."""
        return self._kind == INTERFACE and self.frame > 0

    # Registers

    def _set_unread(self, unread: bool) -> None:
        self._unread = unread
        self._registers.on_read(self._buffer, self._read_buffer if unread else None)

    def _read_buffer(self) -> int:
        self._set_unread(False)
        return self._registers.get(self._buffer)

    def _read_control(self) -> int:
        value = self._registers.get(self._control)
        self._registers.on_read(self._control, None)
        self._registers.put(self._control, value & ~_ERRORS)
        return value

    def _set_control(self, value: int) -> None:
        held = self._registers.get(self._control) & (_ERRORS | _NINTH)
        self._registers.put(self._control, value & ~(_ERRORS | _NINTH) | held)

    def _set_mode(self, value: int) -> None:
        self._registers.put(self._mode, value)

    # Snapshots

    def snapshot(self) -> dict[str, Any]:
        """What is on its way."""
        return {
            "shift": self._shift,
            "next": self._next,
            "incoming": list(self._incoming),
            "unread": self._unread,
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self._shift, self._next = taken["shift"], taken["next"]
        self._incoming = deque(taken["incoming"])
        self._set_unread(taken["unread"])
        errors = self._registers.get(self._control) & _ERRORS
        self._registers.on_read(self._control, self._read_control if errors else None)
