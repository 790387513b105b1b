"""The chunks of a Standard MIDI File, and the system exclusive bytes inside it with their places in the file.

The events of songs are read and written with mido.  It is not used here because it tells no file offsets,
and because one damaged event makes it give up the whole file; a dump in front of the damage would be lost
with it.

Source: Standard MIDI Files 1.0 (chunks, variable-length numbers, F0 and F7 events).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.errors import InputError

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

#: Type, number of tracks and division, two bytes each.
_HEADER_LENGTH = 6


@dataclass(frozen=True)
class Song:
    """A Standard MIDI File as its chunks; the events in the tracks are not judged."""

    kind: int
    """0: one track; 1: tracks that sound together; 2: tracks one after the other."""
    division: int
    """Ticks of a quarter note, or of a second from 8000 (hexadecimal) on, as it stands in the file."""
    tracks: tuple[bytes, ...]


def read_song(data: bytes) -> Song:
    """The tracks of a file; chunks of other kinds are left out.

    Raises InputError, with the place, if ``data`` is no such file, is cut off or holds another number of
    tracks than it says.
    """
    if not data.startswith(HEADER):
        raise InputError("not a Standard MIDI File", where="byte 0", remedy="it must begin with MThd")
    chunks = list(_chunks(data))
    header = chunks[0][1] if chunks else b""
    if len(header) < _HEADER_LENGTH:
        raise InputError("the header is cut off", where=f"byte {len(data)}", remedy="export the song again")
    kind, stated, division = (int.from_bytes(header[place : place + 2], "big") for place in (0, 2, 4))
    tracks = tuple(body for name, body in chunks if name == _TRACK)
    if len(tracks) != stated:
        raise InputError(f"{len(tracks)} tracks, but the header says {stated}", where="byte 10")
    return Song(kind, division, tracks)


def write_song(song: Song) -> bytes:
    """The file that holds ``song``."""
    header = b"".join(value.to_bytes(2, "big") for value in (song.kind, len(song.tracks), song.division))
    chunks = ((HEADER, header), *((_TRACK, track) for track in song.tracks))
    return b"".join(name + len(body).to_bytes(4, "big") + body for name, body in chunks)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of every chunk; raises InputError where one is cut off."""
    position = 0
    while position + _CHUNK_HEADER_LENGTH <= len(data):
        body = position + _CHUNK_HEADER_LENGTH
        end = body + int.from_bytes(data[position + 4 : body], "big")
        if end > len(data):
            raise InputError(
                "the file ends inside this chunk", where=f"byte {position}", remedy="export the song again"
            )
        yield data[position : position + 4], data[body:end]
        position = end


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
