"""The tone generator (IC303) on the sub CPU's bus: registers at 0x100000, keys at 0x110000.

========  ======  ==========================================================
Address   Access  Meaning
========  ======  ==========================================================
100000    write   chooses a register
100002    write   the data of the chosen register
100000    read    status: voices that sound, or an envelope's level
100004    read    0 as a sign of life
110002    read    bit 0: a key waits
110000    read    the next key
========  ======  ==========================================================

The firmware lowers bit 7 of port 6 before it chooses a register or reads a key, and raises it before it
writes data or reads the keys' status: the pin is A23 (audio-subsystem page, "Tone Generator").  Which address
lines the chip looks at nobody knows; here the address decides, and an access whose pin is at the other level
is obeyed and counted in ``odd``.

A write takes effect at its sample, whenever it is rendered.  Status is served, so that polling costs nothing:
it is brought up to date whenever it is chosen, and with every stretch of sound.

Open questions
- What the chip makes of bytes written alone: not obeyed here, and counted.
- What 0x100002 reads: 0 here, and counted.
- Where else in the address space the chip answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from luthier.kn5000.board.audio import Audio
from luthier.kn5000.tone_generator.registers import BITMAPS, LEVELS, VOICES
from luthier.machine.memory import Kind, Memory

ADDRESS, SIZE = 0x100000, 6
KEYBED: Final = 0x110000
_CHOOSE, _DATA, _ALIVE = 0, 2, 4
_KEY, _KEY_STATUS = 0, 2
_A23: Final = 0x80
_WORD: Final = 2

#: Told of an access that nothing answers: place, kind, address.
Unanswered = Callable[[str, Kind, int], None]


class TonePort:
    """The ports, on the ``memory`` of the sub CPU; ``p6`` gives what its port 6 puts out."""

    def __init__(self, audio: Audio, memory: Memory, p6: Callable[[], int], unanswered: Unanswered) -> None:
        self._audio = audio
        self._memory = memory
        self._p6 = p6
        self._unanswered = unanswered
        self.odd = 0
        """Accesses with the other level at A23."""
        self._chosen = 0
        self.observe: Callable[[int, int], None] | None = None
        """Told latch and data of every register written."""
        audio.on_rendered = self._serve
        audio.is_watched = self._is_watched

    def map(self) -> None:
        """Serve what can be read; the region is mapped by the board."""
        for offset in (0, 1):
            self._memory.serve(ADDRESS + _ALIVE + offset, 0)
        self._serve()

    def read(self, address: int, size: int) -> int:
        """What is not served: the register's own data."""
        if address == ADDRESS:
            return self._status() & (1 << 8 * size) - 1
        if address < ADDRESS + _ALIVE:
            self._unanswered("tone generator", "read", address)
        return 0

    def write(self, address: int, size: int, value: int) -> None:
        """A word for one of the two ports, or a long word for both."""
        for offset in range(0, size - 1, _WORD):
            self._write(address + offset, value >> 8 * offset & 0xFFFF)
        if size < _WORD:
            self._unanswered("tone generator, a byte alone", "write", address)

    def _write(self, address: int, value: int) -> None:
        port = address - ADDRESS
        if port not in (_CHOOSE, _DATA):
            self._unanswered("tone generator", "write", address)
            return
        high = bool(self._p6() & _A23)
        self.odd += high is not (port == _DATA)
        if port == _CHOOSE:
            self._chosen = value
            if self._is_status(value):
                self._audio.settle()
            self._serve()
            return
        self._audio.write(self._chosen, value)
        if self.observe is not None:
            self.observe(self._chosen, value)

    @staticmethod
    def _is_status(latch: int) -> bool:
        return latch < BITMAPS or LEVELS <= latch < LEVELS + VOICES

    def _is_watched(self) -> bool:
        return self._is_status(self._chosen)

    def _status(self) -> int:
        return self._audio.status(self._chosen) if self._is_status(self._chosen) else 0

    def _serve(self) -> None:
        status = self._status()
        self._memory.serve(ADDRESS, status & 0xFF)
        self._memory.serve(ADDRESS + 1, status >> 8)

    def snapshot(self) -> Any:
        """What is chosen."""
        return self._chosen, self.odd

    def restore(self, taken: Any) -> None:
        """Go back to a snapshot."""
        self._chosen, self.odd = taken


class KeybedPort:
    """The keys, on the ``memory`` of the sub CPU."""

    def __init__(self, audio: Audio, memory: Memory) -> None:
        self._keybed = audio.generator.keybed
        self._memory = memory

    def map(self) -> None:
        """Serve the status; the region is mapped by the board."""
        self._serve()

    def press(self, note: int, velocity: int) -> None:
        """A key 36 to 96 goes down; ``velocity`` is the chip's byte, 1 to 254, large for slow."""
        self._keybed.press(note, velocity)
        self._serve()

    def release(self, note: int) -> None:
        """A key goes up."""
        self._keybed.release(note)
        self._serve()

    def read(self, address: int, size: int) -> int:
        """The next key, which is then gone; only its first byte takes it."""
        if address != KEYBED + _KEY:
            return self._keybed.read_status() if address == KEYBED + _KEY_STATUS else 0
        word = self._keybed.read_data()
        self._serve()
        return word & (1 << 8 * size) - 1

    def write(self, address: int, size: int, value: int) -> None:
        """Nothing takes it."""

    def _serve(self) -> None:
        status = self._keybed.read_status()
        self._memory.serve(KEYBED + _KEY_STATUS, status & 0xFF)
        self._memory.serve(KEYBED + _KEY_STATUS + 1, status >> 8)
