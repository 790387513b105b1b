"""The A/D converter: inputs with fixed voltages, converted one by one.

Bits: the family's manuals; 266 states a conversion, or 134 with CKS: modelled after MAME's h8_adc.

Open questions
- Which inputs the H8S/2215 has: AN0 to AN3 and AN14, AN15 are told of, and only four results are modelled.
- Which input a slider, a knob or the pad is on.
"""

from __future__ import annotations

from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock

_ADF, _ADIE, _ADST, _SCAN, _CKS = 0x80, 0x40, 0x20, 0x10, 0x08
_VECTOR = 28
_EVENT = "A/D"
_RESULTS = "ADDRA", "ADDRB", "ADDRC", "ADDRD"
_MIDDLE = 512  #: of 10 bits


class Converter:
    """The converter; ``inputs`` are the 10-bit values of the four channels."""

    def __init__(self, registers: RegisterFile, clock: Clock, controller: InterruptController) -> None:
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self.inputs = [_MIDDLE] * 4
        self.reset()

    def reset(self) -> None:
        """As after the reset line."""
        self._clock.cancel(_EVENT)
        for name in _RESULTS:
            self._registers.unit(name, take=lambda _value: None)
        self._registers.unit("ADCSR", take=self._set)
        self._registers.unit("ADCR", 0x3F)

    def _set(self, value: int) -> None:
        before = self._registers.get("ADCSR")
        now = value & 0x7F | before & value & _ADF
        self._registers.put("ADCSR", now)
        if not now & _ADF or not now & _ADIE:
            self._controller.withdraw(_VECTOR)
        heard = before & _ADF and not now & _ADF and now & _SCAN
        if now & _ADST and (heard or not before & _ADST):
            self._clock.after(134 if value & _CKS else 266, _EVENT, self._convert)
        elif not now & _ADST:
            self._clock.cancel(_EVENT)

    def _convert(self) -> None:
        status = self._registers.get("ADCSR")
        last = status & 3
        for channel in range(0 if status & _SCAN else last, last + 1):
            self._registers.put(_RESULTS[channel], self.inputs[channel] << 6)
        if status & _SCAN:
            if status & _ADF:
                return  # who stopped reading is told nothing new, until the flag is cleared and set anew
            self._clock.after(266 * (last + 1), _EVENT, self._convert)
        else:
            status &= ~_ADST
        self._registers.put("ADCSR", status | _ADF)
        if status & _ADIE:
            self._controller.ask(_VECTOR, self._acknowledge)

    def _acknowledge(self) -> None:
        self._registers.put("ADCSR", self._registers.get("ADCSR") & ~_ADF)
