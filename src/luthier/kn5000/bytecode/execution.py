"""The handlers, as one function of arrays: compiled for many streams, plain for one.

What is added is taken modulo 16 bits, the parameter's bits are those of two's complement, and what is
sent is the lower byte, as in the firmware.  With the header's length below what a handler needs, the
firmware's counters wrap: opcodes 0, 1, 2 and 5 then take some 13,000 or 22,000 groups, 3 and E some
65,530 bytes or, if the length is 4 or 2, go on for ever.  All of that ends here where the stream does.

Two things are as published if asked for: opcode 1 sets bit 0 where the firmware adds 8, opcode 5 adds
nothing there, and the first byte of a number takes bits 7 to 1 of the parameter where the firmware takes
23 to 17.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.kn5000.bytecode.operations import (
    BLOCK,
    CELL_MARK,
    CELLS,
    COMMAND,
    DELAYS,
    END,
    HEAD,
    HEADER,
    IDLE,
    NUMBER,
    NUMBER_MARK,
    NUMBERS,
    POINTER_MARK,
    POINTERS,
    SEND,
    WORD,
)

#: How a run ends.
ENDED, NO_END, CUT, FULL = range(4)
#: Events are kind << 8 | byte; the kinds of ``dsp_ports.events``.
DATA_EVENT, COMMAND_EVENT, IDLE_EVENT, YIELD_EVENT = 0, 1 << 8, 2 << 8, 3 << 8
#: Columns of a descriptor in an array.
FIELDS = 5
#: More than any stream has.
_FOR_EVER = 1 << 40
_WORD_MASK = 0xFFFF


@compiled
def interpret(  # noqa: PLR0911, PLR0912, PLR0915 - one loop, so that it compiles to one
    stream: npt.NDArray[np.uint8],
    place: int,
    added: npt.NDArray[np.int64],
    published: bool,
    events: npt.NDArray[np.uint16],
) -> tuple[int, int, int, int]:
    """Run a stream from ``place``: (how it ended, where, events written, opcodes skipped).

    ``added`` are the numbers of a descriptor in its order.  ``place`` at the end: that of the F, or of the
    instruction that is cut.  What is not whole of a group is not sent.  There are never more events than
    bytes, so that an array of that length is enough.
    """
    size = len(stream)
    room = len(events)
    count = 0
    skipped = 0
    while place < size:
        # "& 255" throughout: unsigned bytes beside signed numbers would be fractions to the compiler.
        first = stream[place] & 255
        opcode = first >> 4
        if opcode == END:
            return ENDED, place, count, skipped
        if place + HEADER > size:
            return CUT, place, count, skipped
        if count + HEADER > room:
            return FULL, place, count, skipped
        here = place
        length = ((first & 15) << 8 | (stream[place + 1] & 255)) - HEADER & _WORD_MASK
        place += HEADER
        if opcode == IDLE:
            events[count] = IDLE_EVENT
            events[count + 1] = YIELD_EVENT
            count += 2
            continue
        if opcode > DELAYS and opcode != SEND:
            skipped += 1
            continue
        head = 1 if opcode in (COMMAND, SEND) else HEAD
        if place + head > size:
            return CUT, here, count, skipped
        if count + head > room:
            return FULL, here, count, skipped
        events[count] = COMMAND_EVENT | (stream[place] & 255)
        count += 1
        if head == HEAD:
            pair = (stream[place + 1] & 255) << 8 | (stream[place + 2] & 255)
            if opcode == BLOCK:
                pair += added[3]
            events[count] = pair >> 8 & 255
            events[count + 1] = pair & 255
            count += 2
        place += head
        if opcode == COMMAND:
            continue
        rest = length - head & _WORD_MASK
        if opcode in (SEND, BLOCK):
            # A counter of 16 bits never passes FFFF.
            left = _FOR_EVER if rest == _WORD_MASK else rest
            while left > 0:
                if place >= size:
                    return CUT, here, count, skipped
                if count >= room:
                    return FULL, here, count, skipped
                events[count] = stream[place]
                count += 1
                place += 1
                left -= 1
            continue
        group = NUMBER if opcode == NUMBERS else WORD
        left = rest // group
        while left > 0:
            if place + group > size:
                return CUT, here, count, skipped
            if count + group > room:
                return FULL, here, count, skipped
            mark = stream[place] & 255
            if opcode == NUMBERS or (opcode == CELLS and mark == NUMBER_MARK):
                for index in range(group):
                    events[count + index] = stream[place + index]
            elif (
                opcode == POINTERS
                or (opcode == CELLS and mark == CELL_MARK)
                or (opcode == DELAYS and mark == POINTER_MARK)
            ):
                address = (stream[place + 2] & 255) << 4 | (stream[place + 3] & 255) >> 4
                if opcode == POINTERS:
                    address += added[0]
                elif opcode == CELLS:
                    address += added[1]
                else:
                    address = address + added[2] & 255
                low = address << 4 & 255
                if opcode == POINTERS:
                    low = low | 1 if published else low + 8
                elif opcode == DELAYS and not published:
                    low = low + 8
                events[count] = mark
                events[count + 1] = stream[place + 1]
                events[count + 2] = address >> 4 & 255
                events[count + 3] = low
                events[count + 4] = stream[place + 4]
            else:
                parameter = added[4]
                shift = 1 if published else 17
                events[count] = mark
                events[count + 1] = (stream[place + 1] & 255) + (parameter >> shift & 127) & 255
                events[count + 2] = (stream[place + 2] & 255) + (parameter >> 9 & 255) & 255
                events[count + 3] = (stream[place + 3] & 255) + (parameter >> 1 & 255) & 255
                events[count + 4] = (stream[place + 4] & 255) + (parameter << 7 & 128) & 255
            count += group
            place += group
            left -= 1
    return NO_END, place, count, skipped


@compiled
def interpret_all(
    stream: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    added: npt.NDArray[np.int64],
    published: bool,
    events: npt.NDArray[np.uint16],
    ends: npt.NDArray[np.int64],
    statuses: npt.NDArray[np.uint8],
) -> int:
    """Run streams that lie in one array, one after the other into ``events``; how many fitted.

    ``added`` (streams, 5); ``ends`` gets the number of events after each, ``statuses`` how each ended.
    """
    count = 0
    for index in range(len(places)):
        status, _, written, _ = interpret(stream, places[index], added[index], published, events[count:])
        if status == FULL:
            return index
        count += written
        ends[index] = count
        statuses[index] = status
    return len(places)
