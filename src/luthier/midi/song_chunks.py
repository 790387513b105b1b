"""Where the tracks of a Standard MIDI File begin and end, also where its chunks do not tell the truth.

A length is believed if the file ends there or another chunk begins there, and if no track begins right
behind the End of Track before it.  Otherwise the track goes on to its End of Track or the next ``MTrk``.

Sources: Standard MIDI Files 1.0 (chunks); RP-029 (RMID: the file inside a RIFF chunk); MacBinary puts 128
bytes before a file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from luthier.errors import InputError
from luthier.midi.song_events import ENDED, EVENT, POSITION, Integers, new_clock, new_tracks, walk

_HEADER = b"MThd"
_TRACK = b"MTrk"
_CHUNK_HEADER = 8
#: Type, number of tracks and division, two bytes each.
_HEADER_LENGTH = 6
#: Something else may stand before the header, so far.
SEARCHED = 65_536
#: The header counts tracks in 16 bits.
MOST_TRACKS = 0xFFFF
#: The last type: 0 one track, 1 tracks that sound together, 2 tracks that sound one after the other.
_LAST_KIND = 2
_REMEDY = "export the song again, or give another file"


@dataclass(frozen=True)
class Track:
    """A track: where in the file its events begin and end, and how many there are."""

    begin: int
    end: int
    events: int


@dataclass(frozen=True)
class Chunks:
    """What the chunks of a file tell."""

    kind: int
    """0: one track; 1: tracks that sound together; 2: tracks one after the other."""
    division: int
    """The two bytes of the header as they are."""
    division_place: int
    """Where they stand."""
    tracks: tuple[Track, ...]


def find_chunks(data: bytes, warnings: list[str], faults: Integers) -> Chunks:
    """Header and tracks of ``data``; what is odd is added to ``warnings`` and ``faults``.

    Raises InputError if there is no header in the first 64 KiB, or no track.
    """
    start, end = _song_bytes(data, warnings)
    if start + _CHUNK_HEADER + _HEADER_LENGTH > end:
        raise InputError("the header is cut off", where=f"byte {end}", remedy=_REMEDY)
    kind, stated, division = (
        int.from_bytes(data[place : place + 2], "big")
        for place in range(start + _CHUNK_HEADER, start + _CHUNK_HEADER + _HEADER_LENGTH, 2)
    )
    if kind > _LAST_KIND:
        warnings.append(f"byte {start + 8}: type {kind} is unknown; played as type 1")
        kind = 1
    length = int.from_bytes(data[start + 4 : start + 8], "big")
    body = start + _CHUNK_HEADER + length
    if length < _HEADER_LENGTH or body > end or (data[body : body + 4] != _TRACK and stated):
        body = _next_track(data, start + _CHUNK_HEADER + _HEADER_LENGTH, end)
    tracks = _tracks(data, body, end, warnings, faults)
    if not tracks and stated:
        raise InputError("there is no track in it", where=f"byte {start + 14}", remedy=_REMEDY)
    if len(tracks) != stated:
        warnings.append(f"byte {start + 10}: the header says {stated} tracks, there are {len(tracks)}")
    if kind == 0 and len(tracks) > 1:
        kind = 1
    return Chunks(kind, division, start + _CHUNK_HEADER + 4, tuple(tracks))


def _song_bytes(data: bytes, warnings: list[str]) -> tuple[int, int]:
    """Where the header chunk begins and the song ends."""
    start = data.find(_HEADER, 0, SEARCHED)
    if start < 0:
        raise InputError(
            "not a Standard MIDI File", where="byte 0", remedy="there is no MThd in its first 64 KiB"
        )
    if data[:4] == b"RIFF" and data[start - 8 : start - 4] == b"data":
        length = int.from_bytes(data[start - 4 : start], "little")
        return start, min(start + length, len(data)) if length else len(data)
    if start:
        warnings.append(f"byte 0: {start} bytes before the song are left out")
    return start, len(data)


def _tracks(data: bytes, position: int, end: int, warnings: list[str], faults: Integers) -> list[Track]:
    tracks: list[Track] = []
    while position < end and len(tracks) < MOST_TRACKS:
        if not _chunk_begins(data, position, end):
            stop = _next_track(data, position + 1, end)
            if data[position:stop].strip(b"\0\x1a"):  # padding is no loss
                warnings.append(f"byte {position}: {stop - position} bytes that are no chunk are left out")
            position = stop
            continue
        length = int.from_bytes(data[position + 4 : position + _CHUNK_HEADER], "big")
        body = position + _CHUNK_HEADER
        if data[position : position + 4] == _TRACK:
            name = f"track {len(tracks) + 1}"
            track, position = _track(data, name, body, body + length, end, warnings, faults)
            tracks.append(track)
        else:
            position = body + length
    return tracks


def _track(
    data: bytes, name: str, body: int, stated: int, end: int, warnings: list[str], faults: Integers
) -> tuple[Track, int]:
    """The track whose events begin at ``body`` and where the next chunk begins."""
    believed = stated == end or (stated < end and _chunk_begins(data, stated, end))
    limit = stated if believed else _next_track(data, body, end)
    state = new_tracks([(body, limit)])
    count = walk(np.frombuffer(data, np.uint8), state, new_clock(1), np.empty(0, EVENT), 0, 0, faults)
    stopped, ended = int(state[0, POSITION]), bool(state[0, ENDED])
    behind = stopped if ended and (not believed or data[stopped : stopped + 4] == _TRACK) else limit
    if not ended:
        warnings.append(f"byte {limit}: {name} has no End of Track")
    if stated > end and behind == end:
        warnings.append(f"byte {body - 4}: the file ends {stated - end} bytes before the end of {name}")
    elif behind != stated:
        warnings.append(f"byte {body - 4}: the length of {name} is wrong")
    elif data[stopped:behind].strip(b"\0"):
        warnings.append(f"byte {stopped}: {behind - stopped} bytes behind the End of Track are left out")
    return Track(body, stopped, count), behind


def _next_track(data: bytes, position: int, end: int) -> int:
    """Where ``MTrk`` stands next, or the end."""
    found = data.find(_TRACK, position, end)
    return end if found < 0 else found


def _chunk_begins(data: bytes, position: int, end: int) -> bool:
    """Whether a chunk with letters for a name begins here; a track even if it is cut off."""
    name = data[position : min(position + 4, end)]
    if name == _TRACK:
        return position + _CHUNK_HEADER <= end
    length = int.from_bytes(data[position + 4 : position + _CHUNK_HEADER], "big")
    whole = position + _CHUNK_HEADER + length <= end
    return len(name) == 4 and name.isascii() and name.isalnum() and whole
