"""Puts messages together from packets, as the rings do, with the place of every byte in the stream.

Here a message that is not whole yet is waited for.  The program has no such patience: what it meets in the
MIDI ring half-written it throws away, and whether it meets it is a matter of time, which a stream does not
tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from luthier.kn5000.transport import dispatch, dsp_messages, midi_messages
from luthier.kn5000.transport.dsp_messages import DspMessage
from luthier.kn5000.transport.midi_messages import RingMessage


@dataclass(frozen=True)
class Stray:
    """Bytes with which no message begins; the program would empty the ring."""

    encoded: bytes


RingContent = RingMessage | DspMessage | Stray


@dataclass
class _Pending:
    data: bytearray = field(default_factory=bytearray)
    places: list[int] = field(default_factory=list)

    def take(self, count: int) -> tuple[int, bytes]:
        place, data = self.places[0], bytes(self.data[:count])
        del self.data[:count], self.places[:count]
        return place, data


class Assembler:
    """The two rings of one direction."""

    def __init__(self) -> None:
        self._pending = {dispatch.MIDI: _Pending(), dispatch.DSP: _Pending()}

    def add(self, handler: int, payload: bytes, place: int) -> Iterator[tuple[int, RingContent]]:
        """What a packet completes, with the place of the first byte; ``place`` is that of the payload."""
        pending = self._pending.get(handler)
        if pending is None:
            return
        pending.data += payload
        pending.places += range(place, place + len(payload))
        while pending.data:
            size = _size(handler, pending.data)
            if size == 0:
                start, data = pending.take(len(pending.data))
                yield start, Stray(data)
            elif size > len(pending.data):
                return
            else:
                start, data = pending.take(size)
                yield start, RingMessage(data) if handler == dispatch.MIDI else DspMessage(data)

    def preview(self, handler: int, payload: bytes) -> list[RingContent]:
        """What a packet would complete, without adding it."""
        pending = self._pending.get(handler)
        if pending is None:
            return []
        data = pending.data[: dsp_messages.HEADER_SIZE] + payload
        if handler == dispatch.DSP and _size(handler, data) >= len(pending.data) + len(payload):
            return []  # nothing, or exactly one message, which is known: a long one need not be copied
        trial = Assembler()
        return [content for _, content in trial.add(handler, bytes(pending.data) + payload, 0)]

    def drop(self) -> list[tuple[int, int, bytes]]:
        """Forget what is not whole: handler, place and bytes of each."""
        dropped = [
            (handler, *pending.take(len(pending.data)))
            for handler, pending in self._pending.items()
            if pending.data
        ]
        return sorted(dropped, key=lambda part: part[1])


def _size(handler: int, data: bytearray) -> int:
    """The length of the message that begins with ``data``; 0: none; more than there is: not yet known."""
    if handler == dispatch.MIDI:
        return midi_messages.length_of(data[0])
    if data[0] not in dsp_messages.COMMANDS:
        return 0
    if len(data) < dsp_messages.HEADER_SIZE:
        return dsp_messages.HEADER_SIZE
    return dsp_messages.total_size(bytes(data[: dsp_messages.HEADER_SIZE]))
