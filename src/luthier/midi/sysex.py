"""Takes a stream of MIDI bytes apart into messages, as files of system exclusive data and ports hold them.

Of a Standard MIDI File the system exclusive events are taken, in the order of the file.

Source: MIDI 1.0 specification (status and data bytes, running status, real-time messages).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from luthier.midi import standard_file

SYSEX_START = 0xF0
SYSEX_END = 0xF7
#: From here on a status byte is a real-time message, which may stand inside any other message.
FIRST_REAL_TIME = 0xF8

#: Number of data bytes after a status byte; of channel messages by its high half.
_CHANNEL_DATA = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_SYSTEM_DATA = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_STATUS = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Message:
    """One message, or a stretch of bytes that is none.

    ``offset`` is the place of its first byte in the stream.  ``data`` are its bytes, status first, without
    real-time messages that stood inside.  ``complete`` is false for a message that was cut off and for
    stray data bytes.
    """

    offset: int
    data: bytes
    complete: bool

    @property
    def is_sysex(self) -> bool:
        """Whether it is system exclusive, complete or not."""
        return self.data[:1] == bytes([SYSEX_START])


def split(data: bytes) -> list[Message]:
    """All messages of the stream ``data``, ordered by their first byte; no byte is left out.

    If ``data`` is a Standard MIDI File: its system exclusive messages, ``offset`` being the place of the
    event in the file.  Takes any bytes and time in proportion to their number.
    """
    return list(messages(data))


def messages(data: bytes) -> Iterator[Message]:
    """The messages that :func:`split` gives, one by one: a million need not be made to see the first."""
    stream, place_of = _stream(data)
    for found in _split_stream(stream):
        yield replace(found, offset=place_of(found.offset)) if stream is not data else found


def beginning_with(data: bytes, head: bytes) -> Iterator[Message]:
    """Those messages of :func:`split` that begin with ``head`` (system exclusive: F0 and what follows).

    The others are not looked at: F0 begins a message wherever it stands.
    """
    stream, place_of = _stream(data)
    inside = b"[%c-\xff]*" % FIRST_REAL_TIME
    pattern = re.compile(inside.join(re.escape(bytes([byte])) for byte in head), re.DOTALL)
    for match in pattern.finditer(stream):
        found, _, _ = _message(stream, match.start(), SYSEX_START)
        yield replace(found, offset=place_of(found.offset))


def _stream(data: bytes) -> tuple[bytes, Callable[[int], int]]:
    """The bytes that messages are made of, and where in ``data`` the event with one of them stands."""
    if not data.startswith(standard_file.HEADER):
        return data, int
    stream = bytearray()
    starts: list[int] = []
    places: list[int] = []
    for place, packet in standard_file.system_exclusive_packets(data):
        starts.append(len(stream))
        places.append(place)
        stream += packet
    return bytes(stream), lambda offset: places[bisect.bisect_right(starts, offset) - 1]


def _split_stream(data: bytes) -> Iterator[Message]:
    position = 0
    running = 0
    while position < len(data):
        status = data[position]
        if status >= FIRST_REAL_TIME:
            yield Message(position, data[position : position + 1], complete=True)
            position += 1
            continue
        if status >= 0x80:
            running = status if status < SYSEX_START else 0
            found, inside, position = _message(data, position, status)
        elif running:
            found, inside, position = _channel_body(data, position, running)
        else:
            found, inside, position = _stray(data, position)
        yield found
        yield from inside


def _message(data: bytes, start: int, status: int) -> tuple[Message, list[Message], int]:
    """The message whose status byte stands at ``start``, the real-time ones inside it, and where it ends."""
    if status == SYSEX_START:
        body, inside, end = _collect(data, start + 1, len(data))
        ended = end < len(data) and data[end] == SYSEX_END
        if ended:
            body += bytes([SYSEX_END])
            end += 1
        return Message(start, bytes([status]) + body, ended), inside, end
    wanted = _SYSTEM_DATA.get(status, 0) if status >= SYSEX_START else _CHANNEL_DATA[status & 0xF0]
    body, inside, end = _collect(data, start + 1, wanted)
    # A lone F7 ends nothing.
    whole = len(body) == wanted and status != SYSEX_END
    return Message(start, bytes([status]) + body, whole), inside, end


def _channel_body(data: bytes, start: int, running: int) -> tuple[Message, list[Message], int]:
    """A channel message without its own status byte; the running one is put in front."""
    wanted = _CHANNEL_DATA[running & 0xF0]
    body, inside, end = _collect(data, start, wanted)
    return Message(start, bytes([running]) + body, len(body) == wanted), inside, end


def _stray(data: bytes, start: int) -> tuple[Message, list[Message], int]:
    body, inside, end = _collect(data, start, len(data))
    return Message(start, body, complete=False), inside, end


def _collect(data: bytes, start: int, wanted: int) -> tuple[bytes, list[Message], int]:
    """Up to ``wanted`` data bytes from ``start``, with real-time messages taken out, and where it stopped."""
    body = bytearray()
    inside: list[Message] = []
    position = start
    while position < len(data) and len(body) < wanted:
        byte = data[position]
        if byte >= FIRST_REAL_TIME:
            inside.append(Message(position, bytes([byte]), complete=True))
            position += 1
        elif byte >= 0x80:
            break
        else:
            most = min(position + wanted - len(body), len(data))
            ended = _STATUS.search(data, position, most)
            end = ended.start() if ended else most
            body += data[position:end]
            position = end
    return bytes(body), inside, position
