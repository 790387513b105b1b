"""The DMA controller as far as it is documented: memory copied to memory at a program's word.

Full address mode, normal, with an automatic request: from MARA to MARB, ETCRA bytes or words (0 is
65,536), each address up, down or fixed.  It begins when DTE and DTME of the channel are set and ends with
DTE clear and, if DTIE is set, with the interrupt of the channel's A.  (Source: MAME's h8_dma.cpp for
modes and bits.)  It takes no time here: modelled.

Open questions
- Short address mode, block mode and requests by pins, USB or other units: they are told, and nothing is
  moved.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.memory import Memory

_VECTORS = 72, 74
_FULL = 0x40, 0x80  #: FAE of each channel in DMABCRH
#: In DMABCRL: DTE, DTME and DTIE of channel 0's A; those of channel 1 are two bits higher.
_DTE, _DTME, _DTIE = 0x10, 0x20, 0x01
_WORDS, _SOURCE_DOWN, _SOURCE_MOVES, _BLOCKS = 0x80, 0x40, 0x20, 0x08  #: of DMACRA
_TARGET_DOWN, _TARGET_MOVES, _REQUEST = 0x40, 0x20, 0x0F  #: of DMACRB
_AUTOMATIC = 6, 7


class DirectAccess:
    """Both channels; ``note`` is told in words what is moved, and what is not modelled."""

    def __init__(
        self,
        registers: RegisterFile,
        memory: Memory,
        controller: InterruptController,
        note: Callable[[str], None],
    ) -> None:
        self._registers = registers
        self._memory = memory
        self._controller = controller
        self._note = note
        self.reset()

    def reset(self) -> None:
        """As after the reset line: nothing is enabled."""
        for channel in range(2):
            for half in "AB":
                for name in ("MAR{}{}H", "MAR{}{}L", "IOAR{}{}", "ETCR{}{}", "DMACR{}{}"):
                    self._registers.unit(name.format(channel, half))
        for name in ("DMAWER", "DMATCR"):
            self._registers.unit(name)
        for name in ("DMABCRH", "DMABCRL"):
            self._registers.unit(name, take=partial(self._set, name))

    def _set(self, name: str, value: int) -> None:
        self._registers.put(name, value)
        enabled = self._registers.get("DMABCRL")
        for channel in range(2):
            if not enabled & _DTIE << 2 * channel:
                self._controller.withdraw(_VECTORS[channel])
            if self._registers.get("DMABCRH") & _FULL[channel]:
                both = (_DTE | _DTME) << 2 * channel
                if enabled & both == both:
                    self._start(channel)
            elif enabled & (_DTE | _DTME) << 2 * channel:
                self._note(f"channel {channel}: short address mode is not modelled")

    def _start(self, channel: int) -> None:
        first, second = (self._registers.get(f"DMACR{channel}{half}") for half in "AB")
        if first & _BLOCKS or second & _REQUEST not in _AUTOMATIC:
            self._note(f"channel {channel}: mode {first:02X}{second:02X} is not modelled")
            return
        size = 2 if first & _WORDS else 1
        source, target = self._address(channel, "A"), self._address(channel, "B")
        source_step = _step(size, bool(first & _SOURCE_MOVES), bool(first & _SOURCE_DOWN))
        target_step = _step(size, bool(second & _TARGET_MOVES), bool(second & _TARGET_DOWN))
        count = self._registers.get(f"ETCR{channel}A") or 0x10000
        self._note(f"channel {channel}: {count} × {size} bytes from {source:06X} to {target:06X}")
        for _ in range(count):
            self._memory.write(target, size, self._memory.read(source, size))
            source, target = source + source_step & 0xFFFFFF, target + target_step & 0xFFFFFF
        self._put_address(channel, "A", source)
        self._put_address(channel, "B", target)
        self._registers.put(f"ETCR{channel}A", 0)
        left = self._registers.get("DMABCRL") & ~(_DTE << 2 * channel)
        self._registers.put("DMABCRL", left)
        if left & _DTIE << 2 * channel:
            self._controller.ask(_VECTORS[channel])

    def _address(self, channel: int, half: str) -> int:
        high, low = (self._registers.get(f"MAR{channel}{half}{part}") for part in "HL")
        return high << 16 & 0xFF0000 | low

    def _put_address(self, channel: int, half: str, address: int) -> None:
        self._registers.put(f"MAR{channel}{half}H", address >> 16)
        self._registers.put(f"MAR{channel}{half}L", address & 0xFFFF)


def _step(size: int, moves: bool, down: bool) -> int:
    return (-size if down else size) if moves else 0
