"""The keyboard behind the tone generator: the chip scans the keys, the sub CPU reads events at 0x110000.

Open questions
- Bit 1 of the status word is a mode flag; what it tells is unknown, and it reads 0.
- How many events the chip keeps. The model keeps all.
- From which travel time a velocity byte is made: larger is slower (the firmware's curve falls).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from luthier.errors import InputError

KEYS = 61
#: The lowest key, C2 (keybed page: raw key = note - 36).
LOWEST_NOTE = 36
#: Slots of the sub CPU's table of keys that are down, at 0x4A4C: FF taken, 00 empty.
SLOTS = 16
#: Bit 7 of the low byte tells a key that went down.
_DOWN = 0x80
_RELEASED = 0xFF
READY = 1  #: bit 0 of the status word


@dataclass(frozen=True)
class KeyEvent:
    """A key that went down or up."""

    key: int
    """0 to 60."""
    down: bool
    velocity: int = _RELEASED
    """The chip's byte, large for slow; FF when a key goes up."""

    def __post_init__(self) -> None:
        if not 0 <= self.key < KEYS:
            raise InputError(f"key {self.key} of the keyboard", remedy="Keys are 0 to 60.")

    @property
    def note(self) -> int:
        """The MIDI note, 36 to 96."""
        return self.key + LOWEST_NOTE

    @property
    def word(self) -> int:
        """What the sub CPU reads: velocity above, key below, bit 7 for down (keybed page)."""
        if not self.down:
            return _RELEASED << 8 | self.key
        return (self.velocity & 0xFF) << 8 | self.key | _DOWN


def read_event(word: int) -> KeyEvent:
    """The event in a word of the data port."""
    low, high = word & 0xFF, word >> 8 & 0xFF
    if low & _DOWN:
        return KeyEvent(low & ~_DOWN, True, high)
    return KeyEvent(low, False)


def relay(event: KeyEvent, velocity: int) -> bytes:
    """What the sub CPU tells the main CPU of it: 90, note, velocity, 0 for up (keybed page)."""
    return bytes((0x90, event.note, velocity & 0x7F if event.down else 0))


@dataclass
class Keybed:
    """The queue between the keys and the sub CPU."""

    _events: deque[KeyEvent] = field(default_factory=deque)

    def press(self, note: int, velocity: int) -> None:
        """A key goes down; ``velocity`` is the chip's byte."""
        self._events.append(KeyEvent(note - LOWEST_NOTE, True, velocity))

    def release(self, note: int) -> None:
        """A key goes up."""
        self._events.append(KeyEvent(note - LOWEST_NOTE, False))

    def read_status(self) -> int:
        """The word at 0x110002: bit 0 while an event waits."""
        return READY if self._events else 0

    def read_data(self) -> int:
        """The word at 0x110000: the next event; 0 when none waits."""
        return self._events.popleft().word if self._events else 0

    def snapshot(self) -> tuple[KeyEvent, ...]:
        """The events that wait."""
        return tuple(self._events)

    def restore(self, taken: tuple[KeyEvent, ...]) -> None:
        """Go back to a snapshot."""
        self._events = deque(taken)
