"""MIDI bytes as they come through a cable, piece by piece, made into whole messages.

Source: MIDI 1.0 specification (running status; real-time messages may stand inside others).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from luthier.midi.sysex import FIRST_REAL_TIME, SYSEX_END, SYSEX_START

#: Number of data bytes by the high half of the status, and of the system messages that have any.
_CHANNEL_DATA = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1}
#: Bytes of a system exclusive message that are kept: nothing that is played is longer.
LONGEST_EXCLUSIVE = 65_536


class MessageStream:
    """What came so far and is no whole message yet."""

    def __init__(self) -> None:
        self._running = 0
        self._wanted = 0
        self._begun = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take more bytes; every message that is whole now, status first, in order.

        Stray data, and what a new status byte cuts off, is left out.
        """
        for byte in data:
            if byte >= FIRST_REAL_TIME:
                yield bytes([byte])
            elif byte == SYSEX_END:
                if self._begun[:1] == b"\xf0" and len(self._begun) < LONGEST_EXCLUSIVE:
                    yield bytes(self._begun) + b"\xf7"
                self._begun.clear()
            elif byte >= 0x80:
                self._begin(byte)
            elif self._begun or self._running:
                if not self._begun:
                    self._begin(self._running)
                if len(self._begun) < LONGEST_EXCLUSIVE:
                    self._begun.append(byte)
            if self._begun and len(self._begun) > self._wanted and self._begun[0] != SYSEX_START:
                yield bytes(self._begun)
                self._begun.clear()

    def _begin(self, status: int) -> None:
        self._begun = bytearray([status])
        self._running = status if status < SYSEX_START else 0
        self._wanted = _CHANNEL_DATA.get(status & 0xF0, 0) or _SYSTEM_DATA.get(status, 0)


class Listening(Protocol):
    """A port that can be asked what came."""

    def receive(self, timeout: float) -> bytes:
        """The bytes that have come."""


class PortMessages:
    """Whole messages from a port."""

    def __init__(self, port: Listening) -> None:
        self._port = port
        self._stream = MessageStream()

    def arrived(self) -> Iterator[bytes]:
        """What came since it was asked last."""
        while data := self._port.receive(0.0):
            yield from self._stream.feed(data)
