"""The system exclusive bytes inside a Standard MIDI File, with their places in the file.

Songs are read and written with mido.  It is not used here because it tells no file offsets, and because one
damaged event makes it give up the whole file; a dump in front of the damage would be lost with it.

Source: Standard MIDI Files 1.0 (chunks, variable-length numbers, F0 and F7 events).
"""

from __future__ import annotations

from collections.abc import Iterator

HEADER = b"MThd"
_TRACK = b"MTrk"
_CHUNK_HEADER_LENGTH = 8
#: The largest number is 0FFFFFFF, four bytes.
_LONGEST_NUMBER = 4

_BEGIN = 0xF0
_CONTINUE = 0xF7
_META = 0xFF
#: Program change and channel pressure have one data byte, the other channel messages two.
_ONE_DATA_BYTE = (0xC0, 0xD0)


def system_exclusive_packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(file offset, MIDI bytes) of every F0 and F7 event in every track; takes any bytes.

    Joined, the packets of a track are what went over the cable, other events left out.
    """
    position = 0
    while position + _CHUNK_HEADER_LENGTH <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "big")
        body = position + _CHUNK_HEADER_LENGTH
        if data[position : position + 4] == _TRACK:
            yield from _track_packets(data, body, min(body + length, len(data)))
        position = body + length


def _track_packets(data: bytes, position: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The packets of one track, up to the first event that makes no sense."""
    running = 0
    while position < end:
        _, position = _number(data, position, end)
        if position >= end:
            return
        event = position
        status = data[position]
        if status >= 0x80:
            position += 1
        else:
            status = running
        if status in (_BEGIN, _CONTINUE):
            length, position = _number(data, position, end)
            payload = data[position : min(position + length, end)]
            # F7 goes on with a message begun before, or holds bytes that are sent as they are.
            yield event, bytes([_BEGIN]) + payload if status == _BEGIN else payload
            position += length
        elif status == _META:
            length, position = _number(data, position + 1, end)
            position += length
        elif 0x80 <= status < _BEGIN:
            running = status
            position += 1 if status & 0xF0 in _ONE_DATA_BYTE else 2
        else:
            return


def _number(data: bytes, position: int, end: int) -> tuple[int, int]:
    """The variable-length number at ``position`` and the position behind it."""
    value = 0
    for _ in range(_LONGEST_NUMBER):
        if position >= end:
            break
        byte = data[position]
        position += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, position
