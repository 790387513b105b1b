"""The on-chip flash memory while a program erases or writes it.

A program that may write sets SWE; then 128 bytes written to the memory are taken into a latch, PSU and P
for a while program them (bits can only become 0), ESU and E for a while erase the blocks named in EBR1
and EBR2. (Sources: the family's manuals; 128 bytes at a time and the bits of FLMCR1 are the same in the
sisters.)

Open questions
- Blocks of the H8S/2215: eight of 4 KB, one of 32 KB, three of 64 KB, as in its sister H8S/2633 with 256 KB.
- How long P and E must be set: any pulse of at least 10 µs and 1 ms does all here.  What a chip does to
  bytes that are programmed twice or too long is not modelled.
- FWE, the pin that permits it all, is taken as set.
"""

from __future__ import annotations

from collections.abc import Callable

from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.machine.clock import Clock
from luthier.machine.memory import Memory

PAGE = 128
KIB = 1024
BLOCKS = (*([4 * KIB] * 8), 32 * KIB, *([64 * KIB] * 3))
_FWE, _SWE, _ESU, _PSU, _EV, _PV, _E, _P = (0x80 >> bit for bit in range(8))
_SHORTEST_PROGRAM, _SHORTEST_ERASE = 10e-6, 1e-3


class Flash:
    """The flash memory's registers and latch; ``note`` is told what is done, in words."""

    def __init__(
        self,
        registers: RegisterFile,
        memory: Memory,
        clock: Clock,
        frequency: int,
        note: Callable[[str], None],
    ) -> None:
        self._registers = registers
        self._memory = memory
        self._clock = clock
        self._frequency = frequency
        self._note = note
        self.reset()

    def reset(self) -> None:
        """As after the reset line."""
        self._registers.unit("FLMCR1", _FWE, take=self._control)
        for name in ("FLMCR2", "EBR1", "EBR2"):
            self._registers.unit(name)
        self._latch: dict[int, int] = {}
        self._since = 0

    @property
    def takes_writes(self) -> bool:
        """Whether writes to the memory go into the latch."""
        return bool(self._registers.get("FLMCR1") & _SWE)

    def take(self, address: int, value: int) -> None:
        """A byte written to the memory while it takes writes."""
        if not self._registers.get("FLMCR1") & (_PV | _EV):  # a dummy write begins verifying
            self._latch[address] = value

    def _control(self, value: int) -> None:
        before = self._registers.get("FLMCR1")
        value = value | _FWE if value & _SWE else _FWE
        self._registers.put("FLMCR1", value)
        started, ended = value & ~before, before & ~value
        if started & (_P | _E):
            self._since = self._clock.now
        lasted = (self._clock.now - self._since) / self._frequency
        if ended & _P and before & _PSU:
            self._program(lasted)
        elif ended & _E and before & _ESU:
            self._erase(lasted)

    def _program(self, seconds: float) -> None:
        latch, self._latch = self._latch, {}
        pages = {address // PAGE for address in latch}
        if len(pages) != 1 or len(latch) != PAGE:
            self._note(f"programming {len(latch)} bytes in {len(pages)} pages: the chip takes 128 in one")
            return
        if seconds < _SHORTEST_PROGRAM:
            self._note(f"programming for only {seconds * 1e6:.0f} microseconds")
            return
        start = min(latch)
        old = self._memory.data[start : start + PAGE].tobytes()
        new = bytes(latch[start + offset] & byte for offset, byte in enumerate(old))
        if new != old:
            self._memory.load(start, new)
            self._note(f"program {start:05X}")

    def _erase(self, seconds: float) -> None:
        chosen = self._registers.get("EBR2") << 8 | self._registers.get("EBR1")
        if chosen.bit_count() != 1 or chosen.bit_length() > len(BLOCKS):
            self._note(f"erasing blocks {chosen:04X}: one at a time")
            return
        if seconds < _SHORTEST_ERASE:
            self._note(f"erasing for only {seconds * 1e3:.2f} milliseconds")
            return
        number = chosen.bit_length() - 1
        start = sum(BLOCKS[:number])
        self._memory.load(start, b"\xff" * BLOCKS[number])
        self._note(f"erase block {number}, {start:05X}")
