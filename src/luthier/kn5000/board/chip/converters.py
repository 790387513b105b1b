"""The A/D converter with its eight channels, and the D/A converter with two.

ADMOD1: bit 7 done, 6 busy, 5 repeats, 4 scans from the first channel of four on, 2 starts.  ADMOD2: bits 5
and 4 the speed (160, 320, 640, 1,280 states a conversion, MAME), 2 to 0 the channel.  Results have 10 bits;
channels 4 to 7 share registers with 0 to 3.  The end asks INTAD; reading a result clears "done".

Open questions
- What MAME lacks is the TMP95C061's: the end, repeating, scanning (modelled).
- Which bits of DADRV put a D/A channel out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.register_file import RegisterFile
from luthier.machine.clock import Clock

_DONE, _BUSY, _REPEATS, _SCANS, _STARTS = 0x80, 0x40, 0x20, 0x10, 0x04
RESULTS = ("ADREG04", "ADREG15", "ADREG26", "ADREG37")
STATES = (160, 320, 640, 1280)
_FULL = 0x3FF
_EVENT = "A/D converter"


class Converters:
    """Both converters; ``inputs`` are the levels of the eight channels from 0 to 1."""

    def __init__(self, registers: RegisterFile, clock: Clock, controller: InterruptController) -> None:
        self._registers = registers
        self._clock = clock
        self._controller = controller
        self.inputs = [0.0] * 8
        self.on_output: Callable[[int, int], None] = lambda _channel, _value: None
        self.outputs = [0, 0]  #: what was last written to the D/A channels
        self._scanned = 0
        registers.on_write("ADMOD1", self._set_mode)
        for channel in range(2):
            registers.on_write(f"DAREG{channel}", partial(self._put_out, channel))
        clock.know(_EVENT, self._finish)

    def reset(self) -> None:
        """As after a reset."""
        self._clock.cancel(_EVENT)
        self._scanned, self.outputs = 0, [0, 0]

    @property
    def states(self) -> int:
        """States that a conversion takes."""
        return STATES[self._registers.get("ADMOD2") >> 4 & 3]

    def _set_mode(self, value: int) -> None:
        held = self._registers.get("ADMOD1") & (_DONE | _BUSY)
        self._registers.put("ADMOD1", held | value & (_REPEATS | _SCANS))
        if value & _STARTS:
            self._registers.put("ADMOD1", (held | value & (_REPEATS | _SCANS) | _BUSY) & ~_DONE)
            self._scanned = 0
            self._clock.after(self.states, _EVENT, self._finish)

    def _finish(self) -> None:
        """A conversion is over."""
        mode, chosen = self._registers.get("ADMOD1"), self._registers.get("ADMOD2") & 7
        first = chosen & 4 if mode & _SCANS else chosen
        channel = first + self._scanned
        level = round(min(1.0, max(0.0, self.inputs[channel])) * _FULL)
        self._registers.put(RESULTS[channel & 3], level << 6 | 0x3F)
        if channel < chosen:
            self._scanned += 1
            self._clock.after(self.states, _EVENT, self._finish)
            return
        self._scanned = 0
        goes_on = mode & _REPEATS
        self._show_done(mode & ~_BUSY | _DONE | (_BUSY if goes_on else 0))
        self._controller.ask("INTAD")
        if goes_on:
            self._clock.after(self.states, _EVENT, self._finish)

    def _show_done(self, mode: int) -> None:
        self._registers.put("ADMOD1", mode)
        for name in RESULTS:
            self._registers.on_read(name, partial(self._read, name))

    def _read(self, name: str) -> int:
        for other in RESULTS:
            self._registers.on_read(other, None)
        self._registers.put("ADMOD1", self._registers.get("ADMOD1") & ~_DONE)
        return self._registers.get(name) & 0xFF

    def _put_out(self, channel: int, value: int) -> None:
        self.outputs[channel] = value
        self.on_output(channel, value)

    def snapshot(self) -> dict[str, Any]:
        """Inputs, outputs and how far a scan is."""
        return {"inputs": list(self.inputs), "outputs": list(self.outputs), "scanned": self._scanned}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.inputs, self.outputs = list(taken["inputs"]), list(taken["outputs"])
        self._scanned = taken["scanned"]
        if self._registers.get("ADMOD1") & _DONE:
            self._show_done(self._registers.get("ADMOD1"))
        else:
            for name in RESULTS:
                self._registers.on_read(name, None)
