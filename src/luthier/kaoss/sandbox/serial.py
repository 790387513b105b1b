"""The three serial channels: bytes out, bytes in, with the time a frame takes.

Bits: hardware manual of the H8S/2215 (section 13) and its sisters of the H8S/2238 and H8S/2322: a byte in
TDR leaves once TDRE is cleared, by the firmware or by the DTC that wrote it.  A bit lasts 32 × 4^n × (N +
1) states asynchronously and 4 × 4^n × (N + 1) clocked, for n in SMR and N in BRR.

Open questions
- Smart cards, multiprocessor bits, parity errors and external clocks are not modelled; an external clock is
  taken for one as fast as the internal would be.
- SEMRA_0 and SEMRB_0, the extended modes of channel 0, have no known address.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_CLOCKED, _SEVEN_BITS, _PARITY, _TWO_STOPS = 0x80, 0x40, 0x20, 0x08
_TIE, _RIE, _TE, _RE, _TEIE = 0x80, 0x40, 0x20, 0x10, 0x04
_TDRE, _RDRF, _ORER, _FER, _PER, _TEND = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04
_SSR_AFTER_RESET = _TDRE | _TEND
_ERI, _RXI, _TXI, _TEI = range(4)
_VECTOR = 80
#: What a clocked partner answers when there is none.
_IDLE = 0xFF


class SerialChannel:
    """One channel.  ``sent`` is told every byte; a clocked ``partner`` answers each with one."""

    def __init__(
        self,
        number: int,
        registers: RegisterFile,
        clock: Clock,
        controller: InterruptController,
        sent: Callable[[int], None],
    ) -> None:
        self._number = number
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self.sent = sent
        self.partner: Callable[[int], int] | None = None
        self._incoming: deque[int] = deque()
        self._shift: int | None = None
        self.reset()

    def reset(self) -> None:
        """As after the reset line; what is on its way is lost."""
        n, unit = self._number, self._registers.unit
        self._clock.cancel(f"SCI{n} out")
        self._clock.cancel(f"SCI{n} in")
        unit(f"SMR_{n}")
        unit(f"BRR_{n}", 0xFF)
        unit(f"SCR_{n}", take=self._set_control)
        unit(f"TDR_{n}", 0xFF)
        unit(f"SSR_{n}", _SSR_AFTER_RESET, take=self._clear_flags)
        unit(f"RDR_{n}", take=lambda _value: None)
        unit(f"SCMR_{n}", 0xF2)
        self._shift = None

    def receive(self, content: bytes) -> None:
        """Have bytes arrive, one frame after the other, as soon as the receiver is on."""
        self._incoming.extend(content)
        if len(self._incoming) == len(content):
            self._await_byte()

    @property
    def waiting(self) -> int:
        """Bytes that are still to arrive."""
        return len(self._incoming)

    @property
    def frame(self) -> int:
        """States that a frame takes."""
        mode, rate = self._value("SMR"), self._value("BRR") + 1
        scale = (1 << 2 * (mode & 3)) * rate
        if mode & _CLOCKED:
            return 8 * 4 * scale
        bits = 1 + (7 if mode & _SEVEN_BITS else 8) + bool(mode & _PARITY) + (2 if mode & _TWO_STOPS else 1)
        return bits * 32 * scale

    # Out

    def _send(self) -> None:
        """TDR holds a byte to send: whoever wrote it has cleared TDRE."""
        if self._value("SCR") & _TE:
            self._set_status(self._value("SSR") & ~(_TDRE | _TEND))
            if self._shift is None:
                self._load()

    def _load(self) -> None:
        """The byte goes into the shift register, and there is room for the next."""
        self._shift = self._value("TDR")
        self._clock.after(self.frame, f"SCI{self._number} out", self._finish)
        self._set_status(self._value("SSR") | _TDRE)

    def _finish(self) -> None:
        byte, self._shift = self._shift, None
        if byte is None:
            return
        self.sent(byte)
        if self._value("SMR") & _CLOCKED and self._value("SCR") & _RE:
            self._arrive(self.partner(byte) if self.partner else _IDLE)
        elif self.partner is not None:
            self.partner(byte)
        if self._shift is None:
            if self._value("SSR") & _TDRE:
                self._set_status(self._value("SSR") | _TEND)
            else:
                self._load()

    # In

    def _await_byte(self) -> None:
        if self._incoming and self._value("SCR") & _RE:
            self._clock.after(self.frame, f"SCI{self._number} in", self._next)

    def _next(self) -> None:
        if self._incoming and self._value("SCR") & _RE:
            self._arrive(self._incoming.popleft())
            self._await_byte()

    def _arrive(self, byte: int) -> None:
        status = self._value("SSR")
        if status & _RDRF:
            self._set_status(status | _ORER)
        else:
            self._put("RDR", byte)
            self._set_status(status | _RDRF)

    # Registers

    def _set_control(self, value: int) -> None:
        before = self._value("SCR")
        self._put("SCR", value)
        if not value & _TE:
            self._set_status(self._value("SSR") | _TDRE | _TEND, ask=False)
        self._ask(_ALL)
        if value & _RE and not before & _RE:
            self._await_byte()

    def _clear_flags(self, value: int) -> None:
        status = self._value("SSR")
        self._set_status(status & (value | ~(_RDRF | _ORER | _FER | _PER)))
        if status & _TDRE and not value & _TDRE:
            self._send()

    def _set_status(self, value: int, *, ask: bool = True) -> None:
        before = self._value("SSR")
        self._put("SSR", value)
        if ask:
            self._ask(before ^ value)

    def _ask(self, changed: int) -> None:
        """Ask for the CPU or the DTC, or no more, for flags that changed."""
        control = self._value("SCR")
        for which, flags, enable in _SOURCES:
            if not changed & flags:
                continue
            vector = _VECTOR + 4 * self._number + which
            if not (self._value("SSR") & flags and control & enable):
                self._controller.withdraw(vector)
            elif which == _RXI:
                self._controller.ask(vector, lambda: self._set_status(self._value("SSR") & ~_RDRF))
            elif which == _TXI:
                self._controller.ask(vector, self._send)
            else:
                self._controller.ask(vector)

    def _value(self, name: str) -> int:
        return self._registers.get(f"{name}_{self._number}")

    def _put(self, name: str, value: int) -> None:
        self._registers.put(f"{name}_{self._number}", value)


#: Every interrupt: its flags and what enables it.
_SOURCES = (
    (_ERI, _ORER | _FER | _PER, _RIE),
    (_RXI, _RDRF, _RIE),
    (_TXI, _TDRE, _TIE),
    (_TEI, _TEND, _TEIE),
)
_ALL = 0xFF
