"""The events of the tracks of a Standard MIDI File, as one table in the order they sound.

One compiled loop takes all tracks apart at once and merges them, so that ten million events take a second
and 32 bytes each.  What is odd is not given up but read in the likeliest way and counted.

Source: Standard MIDI Files 1.0 (events, variable-length numbers, running status).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled, inlined

#: One event.  A channel message has its data in ``data1`` and ``data2``, a meta event its type in ``data1``.
#: ``offset`` and ``length`` tell where in the file the data of any event lies.
EVENT = np.dtype(
    [
        ("seconds", "f8"),
        ("tick", "i8"),
        ("offset", "u4"),
        ("length", "u4"),
        ("track", "u2"),
        ("status", "u1"),
        ("data1", "u1"),
        ("data2", "u1"),
    ],
    align=True,
)

META = 0xFF
SYSTEM_EXCLUSIVE = 0xF0
CONTINUATION = 0xF7
#: Types of meta events.
TEMPO = 0x51
END_OF_TRACK = 0x2F
#: Numbers have 28 bits: four bytes.
LARGEST_NUMBER = 0x0FFF_FFFF


#: What can be odd about events: the columns of the table of faults.
FAULTS = 6
LONG_NUMBER, STRAY_DATA, HIGH_DATA, SYSTEM_MESSAGE, CUT_OFF, BAD_TEMPO = range(FAULTS)
#: Rows of the table of faults: how many, and the file offset of the first.
COUNT, FIRST = 0, 1
#: Columns of the state of a track: where the next event begins, where the track ends, the tick of the next
#: event, running status, whether End of Track was met.
POSITION, END, TICK, _RUNNING, ENDED = range(5)
_STATES = 5

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]
Events = npt.NDArray[np.void]


def new_faults() -> Integers:
    """A table with no fault in it."""
    return np.zeros((2, FAULTS), np.int64)


def new_clock(division: float, tick: float = 0.0, seconds: float = 0.0) -> npt.NDArray[np.float64]:
    """The clock of a song from this tick and second on, at 120 quarter notes of ``division`` ticks a minute.

    Negative: so many ticks a second, whatever the tempo.
    """
    length = -1.0 / division if division < 0 else 0.5 / division
    return np.array([seconds, tick, length, max(division, 0.0)])


def new_tracks(places: list[tuple[int, int]]) -> Integers:
    """The state of tracks that begin and end at these file offsets."""
    tracks = np.zeros((len(places), _STATES), np.int64)
    tracks[:, [POSITION, END]] = np.array(places, np.int64).reshape(-1, 2)
    return tracks


@inlined
def _count(faults: Integers, fault: int, place: int) -> None:
    if faults[COUNT, fault] == 0:
        faults[FIRST, fault] = place
    faults[COUNT, fault] += 1


@inlined
def _byte(data: Bytes, position: int) -> int:
    return int(np.int64(data[position]))


@inlined
def _number(data: Bytes, position: int, end: int, faults: Integers) -> tuple[int, int]:
    """The variable-length number at ``position`` and the position behind it."""
    begin = position
    value = 0
    more = True
    while more and position < end:
        byte = _byte(data, position)
        value = value << 7 | byte & 0x7F
        if value > LARGEST_NUMBER:
            value = LARGEST_NUMBER
        more = byte > 0x7F
        position += 1
    if position - begin > 4:
        _count(faults, LONG_NUMBER, begin)
    return value, position


@inlined
def _before(tracks: Integers, one: int, other: int) -> bool:
    """Whether the next event of track ``one`` comes first: at one tick in the order of the tracks."""
    first, second = tracks[one, TICK], tracks[other, TICK]
    return first < second or (first == second and one < other)


@inlined
def _sink(heap: Integers, size: int, place: int, tracks: Integers) -> None:
    """Restore the order of the heap of tracks below ``place``."""
    moving = heap[place]
    below = 2 * place + 1
    while below < size:
        if below + 1 < size and _before(tracks, heap[below + 1], heap[below]):
            below += 1
        if _before(tracks, moving, heap[below]):
            break
        heap[place] = heap[below]
        place = below
        below = 2 * place + 1
    heap[place] = moving


@inlined
def _status(data: Bytes, position: int, end: int, running: int, faults: Integers) -> tuple[int, int]:
    """The status of the event at ``position`` (0: there is none any more) and where its data begins."""
    begin = position
    if running == 0:
        while position < end and data[position] < 0x80:
            position += 1
        if position > begin:
            _count(faults, STRAY_DATA, begin)
    status = running
    if position < end and data[position] >= 0x80:
        status = _byte(data, position)
        position += 1
    if position >= end:
        status = 0
    return status, position


@inlined
def _extent(data: Bytes, position: int, end: int, status: int, faults: Integers) -> tuple[int, int, int]:
    """Type of a meta event, where the data of an event begins, and how long it is."""
    kind = 0
    if status < 0xF0:
        length = 1 if status & 0xE0 == 0xC0 else 2
    elif status in (0xF0, 0xF7, 0xFF):
        if status == 0xFF:
            kind = _byte(data, position)
            position += 1
        length, position = _number(data, position, end, faults)
    else:
        _count(faults, SYSTEM_MESSAGE, position - 1)  # what belongs on a cable only
        length = 2 if status == 0xF2 else 1 if status in (0xF1, 0xF3) else 0
    return kind, position, length


@inlined
def _data_byte(data: Bytes, position: int, faults: Integers) -> int:
    value = _byte(data, position)
    if value > 0x7F:
        _count(faults, HIGH_DATA, position)
        value = 0x7F
    return value


@inlined
def _tempo(data: Bytes, position: int, length: int, faults: Integers) -> int:
    """Microseconds of a quarter note; 0 if there are none."""
    tempo = 0
    if length >= 3:
        for place in range(position, position + 3):
            tempo = tempo << 8 | _byte(data, place)
    if tempo == 0:
        _count(faults, BAD_TEMPO, position)
    return tempo


@compiled
def walk(
    data: Bytes,
    tracks: Integers,
    clock: npt.NDArray[np.float64],
    events: Events,
    at: int,
    numbered: int,
    faults: Integers,
) -> int:
    """Take ``tracks`` apart side by side, write their events to ``events[at:]``; how many there are.

    ``events`` may be empty: then they are only counted.  ``clock`` holds the seconds and the tick of the last
    change of tempo, the seconds of a tick, and the ticks of a quarter note (0: tempo means nothing).  Track 0
    of ``tracks`` is number ``numbered`` of the song.
    """
    store = len(events) > 0
    heap = np.empty(len(tracks), np.int64)
    size = 0
    for track in range(len(tracks)):
        if tracks[track, POSITION] < tracks[track, END]:
            delta, position = _number(data, tracks[track, POSITION], tracks[track, END], faults)
            tracks[track, TICK] += delta
            tracks[track, POSITION] = position
            heap[size] = track
            size += 1
    for place in range(size // 2 - 1, -1, -1):
        _sink(heap, size, place, tracks)
    found = 0
    while size > 0:
        track = heap[0]
        position, end, tick = tracks[track, POSITION], tracks[track, END], tracks[track, TICK]
        running = tracks[track, _RUNNING]
        status, begin = _status(data, position, end, running, faults)
        position, data1, data2, length = begin, 0, 0, 0
        if status > 0:
            data1, position, length = _extent(data, begin, end, status, faults)
        if status == 0 or position + length > end:
            _count(faults, CUT_OFF, tracks[track, POSITION])
            length = end - position
            if status not in (0xF0, 0xF7):
                status = 0  # of a system exclusive message the half is told and kept
        if 0 < status < 0xFF and status not in (0xF0, 0xF7):
            data1 = _data_byte(data, position, faults) if length > 0 else 0
            data2 = _data_byte(data, position + 1, faults) if length > 1 else 0
        if 0 < status < 0xF0:
            running = status  # other events in between do not end it: many files count on that
        seconds = clock[0] + (tick - clock[1]) * clock[2]
        if status == 0xFF and data1 == TEMPO and clock[3] > 0:
            tempo = _tempo(data, position, length, faults)
            if tempo > 0:
                clock[0], clock[1], clock[2] = seconds, tick, tempo * 1e-6 / clock[3]
        if status != 0:
            if store:
                event = events[at + found]
                event["seconds"] = seconds
                event["tick"] = tick
                event["offset"] = position
                event["length"] = length
                event["track"] = numbered + track
                event["status"] = status
                event["data1"] = data1
                event["data2"] = data2
            found += 1
        position += length
        over = position >= end
        if status == 0xFF and data1 == END_OF_TRACK:
            tracks[track, ENDED] = 1
            over = True
        if not over:
            delta, position = _number(data, position, end, faults)
            tracks[track, TICK] = tick + delta
        tracks[track, POSITION] = position
        tracks[track, _RUNNING] = running
        if over:
            size -= 1
            heap[0] = heap[size]
        if size > 0:
            _sink(heap, size, 0, tracks)
    return found
