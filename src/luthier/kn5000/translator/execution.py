"""The translator as one function of arrays: compiled for many parameters, plain for one.

For DSP 1 the numbers of each value record stand between command 01 with 01 60 and command 03; if anything
goes wrong, the closing 03 is missing.  For DSP 2 a number is a command 30 with a register and the upper 16 of
24 bits; after each instruction the bus rests and other tasks run.

Source: listing, 0x03C9E6 (ParameterWriteEngine), 0x03CAAE (the translator), 0x03CF53 and 0x03CFA5 (searches),
0x038439 to 0x038922 (writers).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.kn5000.bytecode.execution import COMMAND_EVENT, IDLE_EVENT, YIELD_EVENT
from luthier.kn5000.translator.evaluation import DONE, band, chosen_blend, compression, scalar, shelf

#: What the firmware knows: all is well, no such parameter, no descriptor of this opcode, none of this cell,
#: no such opcode.
GOOD, NO_PARAMETER, NO_DESCRIPTOR, NO_CELL, UNKNOWN_OPCODE = 0, 2, 3, 4, 5
#: What it does not: it would read beyond the memory, go on for ever, read beyond a table or the slot, or send
#: what nobody knows; and no room for events.
CUT, ENDLESS, BEYOND, UNDEFINED, FULL = range(16, 21)
#: What one instruction sends at most: nine rows of a waveform.
ROOM = 270
#: Columns of what is added: cells, registers, delays, and to the number of a delay (or of opcode 6C).
ADDED = 4
_WINDOW_HIGH, _WINDOW_LOW, _WRITE, _CLOSE, _REGISTER = 0x01, 0x60, 0x01, 0x03, 0x30
_CELL_TAG, _REGISTER_TAG, _DELAY_TAG = 0x26, 0x15, 0x4C
#: Where the waveforms begin, and what one takes.
_FIRST_WAVEFORM, _WAVEFORM_SIZE = 528, 37
_WAVEFORMS_36, _SHORT_SIZE = 3, 33


@compiled
def open_window(events: npt.NDArray[np.uint16], count: int) -> int:
    """Command 01 with the address of the window of host pokes."""
    events[count] = COMMAND_EVENT | _WRITE
    events[count + 1] = _WINDOW_HIGH
    events[count + 2] = _WINDOW_LOW
    return count + 3


@compiled
def put_number(events: npt.NDArray[np.uint16], count: int, number: int, tag: int) -> int:
    """A number as the host pokes it, five bytes."""
    events[count] = 0x0A
    events[count + 1] = number >> 17 & 0x7F
    events[count + 2] = number >> 9 & 0xFF
    events[count + 3] = number >> 1 & 0xFF
    events[count + 4] = (number << 7 & 0x80) + tag
    return count + 5


@compiled
def put_word(events: npt.NDArray[np.uint16], count: int, number: int) -> int:
    """The upper 16 of 24 bits."""
    events[count] = number >> 16 & 0xFF
    events[count + 1] = number >> 8 & 0xFF
    return count + 2


@compiled
def put(
    events: npt.NDArray[np.uint16], count: int, chip: int, cell: int, base: int, number: int, tag: int
) -> int:
    """An address and a number; delays (tag 4C) go to DSP 2 as to DSP 1."""
    if chip == 1 and tag != _DELAY_TAG:
        events[count] = COMMAND_EVENT | _REGISTER
        events[count + 1] = 0
        events[count + 2] = cell
        return put_word(events, count + 3, number)
    address = cell + base
    high, low = address >> 4 & 0x0F, address << 4 & 0xF0
    if tag == _REGISTER_TAG:
        events[count] = 0x00
        events[count + 1] = 0x00
        events[count + 2] = high + 0x10
        events[count + 3] = low
        events[count + 4] = 0x00
    else:
        events[count] = 0x08
        events[count + 1] = 0x01
        events[count + 2] = high
        events[count + 3] = low + 8
        events[count + 4] = 0x21 if tag == _CELL_TAG else 0x25
    return put_number(events, count + 5, number, tag)


@compiled
def put_waveform(
    events: npt.NDArray[np.uint16],
    count: int,
    chip: int,
    base: int,
    short: bool,
    which: int,
    numbers: npt.NDArray[np.int64],
) -> int:
    """Opcode 74: a table in rows of four numbers, each with an address, closed and opened again between."""
    size = _SHORT_SIZE if short else _WAVEFORM_SIZE
    start = _FIRST_WAVEFORM + which * size + (_WAVEFORMS_36 * _WAVEFORM_SIZE if short else 0)
    register = numbers[start]
    for row in range((size - 1) // 4):
        if row:
            count = open_window(events, count)
        place = start + 1 + 4 * row
        count = put(events, count, chip, register + 4 * row, base, numbers[place], _REGISTER_TAG)
        for step in range(1, 4):
            count = put_number(events, count, numbers[place + step], _REGISTER_TAG)
        events[count] = COMMAND_EVENT | _CLOSE
        count += 1
    return count


@compiled
def find_cell(memory: npt.NDArray[np.uint8], place: int, opcode: int, number: int) -> tuple[int, int]:
    """(status, cell) of a table of descriptor records."""
    size = len(memory)
    while True:
        if place < size and memory[place] & 255 == 0xF0:
            return NO_DESCRIPTOR, 0
        if place + 3 > size:
            return CUT, 0
        length = (memory[place] & 255) << 8 | (memory[place + 1] & 255)
        if memory[place + 2] & 255 == opcode:
            field = place + 3 + number
            if field >= place + length:
                return NO_CELL, 0
            return (GOOD, memory[field] & 255) if field < size else (CUT, 0)
        if length == 0:
            return ENDLESS, 0
        place += length


@compiled
def operands_of(opcode: int, first: int) -> int:  # noqa: PLR0911 - a table, compiled
    """Bytes of operands; -1 for an opcode that does not exist.  ``first`` is the first of them."""
    if opcode in (0x21, 0x66, 0x6B, 0x6C, 0x6E, 0x73, 0x77):
        return 6
    if opcode in (0x64, 0x67, 0x68, 0x75):
        return 3
    if opcode in (0x63, 0x65, 0x70, 0x72, 0x74, 0x78, 0x79):
        return 1
    if opcode == 0x76:
        return 2 if first & 0x0F == 2 else 1
    if opcode == 0x24:
        return 19
    if opcode in (0x40, 0x61, 0x62, 0x69, 0x6A, 0x6D, 0x6F, 0x71):
        return 0
    return -1


@compiled
def translate(  # noqa: PLR0911, PLR0912, PLR0915 - one loop, so that it compiles to one
    memory: npt.NDArray[np.uint8],
    values: int,
    descriptors: int,
    parameter: int,
    words: npt.NDArray[np.int64],
    chip: int,
    added: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    figures: npt.NDArray[np.float64],
    found: npt.NDArray[np.int64],
    events: npt.NDArray[np.uint16],
) -> tuple[int, int, int]:
    """Write one parameter: (status, where, events written).

    ``values`` and ``descriptors`` are places of tables in ``memory``; ``words`` the slot's values, signed;
    ``added`` what a descriptor of the slot adds; ``found`` has room for five numbers.
    """
    size, room = len(memory), len(events)
    place, count = values, 0
    left = parameter
    while True:
        if place < size and memory[place] & 255 == 0xF0:
            return NO_PARAMETER, place, count
        if place + 2 > size:
            return CUT, place, count
        length = (memory[place] & 255) << 8 | (memory[place + 1] & 255)
        if left == 0:
            break
        place += length
        left -= 1
    end = place + length
    place += 2
    if not 0 <= parameter < len(words):
        return BEYOND, place, count
    value = words[parameter]
    while place < end:
        if count + ROOM > room:
            return FULL, place, count
        if chip == 0:
            count = open_window(events, count)
        while True:
            if place >= size:
                return CUT, place, count
            opcode = memory[place] & 255
            if opcode == 0x7A:
                place += 1
                break
            if place + 2 > size:
                return CUT, place, count
            status, cell = find_cell(memory, descriptors, opcode, memory[place + 1] & 255)
            if status != GOOD:
                return status, place, count
            at = place + 2
            operands = operands_of(opcode, memory[at] & 255 if at < size else 0)
            if operands < 0:
                return UNKNOWN_OPCODE, place, count
            if at + operands > size:
                return CUT, place, count
            if count + ROOM > room:
                return FULL, place, count
            if opcode == 0x74:
                which = value if value in (1, 2) else 0
                count = put_waveform(events, count, chip, added[1], memory[at] & 255 == 1, which, numbers)
            elif opcode in (0x70, 0x72, 0x76):
                if opcode == 0x70:
                    ended, amount = band(memory, at, words, parameter, figures, found)
                    as_words = memory[at] & 0x0F == 2
                elif opcode == 0x76:
                    ended, amount = shelf(memory, at, words, parameter, figures, found)
                    as_words = memory[at] & 0x0F != 2
                else:
                    ended, amount = compression(memory, at, words, parameter, found), 5
                    as_words = False
                if ended != DONE:
                    return BEYOND, place, count
                for index in range(amount):
                    if index == 0:
                        count = put(events, count, chip, cell, added[0], found[0], _CELL_TAG)
                    elif as_words:
                        count = put_word(events, count, found[index])
                    else:
                        count = put_number(events, count, found[index], _CELL_TAG)
            else:
                if opcode == 0x24:
                    ended, number = chosen_blend(memory, at, words, parameter)
                else:
                    ended, number = scalar(opcode, memory, at, value, added[3], numbers)
                if ended != DONE:
                    return BEYOND + ended - 1, place, count
                if opcode == 0x67:
                    count = put(events, count, chip, cell, added[2], number + added[3], _DELAY_TAG)
                elif opcode in (0x63, 0x64, 0x68, 0x6A, 0x6B, 0x6C):
                    count = put(events, count, chip, cell, added[1], number, _REGISTER_TAG)
                else:
                    count = put(events, count, chip, cell, added[0], number, _CELL_TAG)
            place = at + operands
            if chip == 1:
                events[count] = IDLE_EVENT
                events[count + 1] = YIELD_EVENT
                count += 2
        if chip == 0:
            events[count] = COMMAND_EVENT | _CLOSE
            count += 1
    return GOOD, place, count


@compiled
def translate_all(
    memory: npt.NDArray[np.uint8],
    tables: npt.NDArray[np.int64],
    slots: npt.NDArray[np.int64],
    added: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    figures: npt.NDArray[np.float64],
    events: npt.NDArray[np.uint16],
    ends: npt.NDArray[np.int64],
    statuses: npt.NDArray[np.uint8],
) -> int:
    """Write many parameters, one after the other into ``events``; how many fitted.

    ``tables`` (n, 4): places of values and descriptors, parameter, chip; ``slots`` (n, words); ``added``
    (n, 4); ``ends`` gets the number of events after each, ``statuses`` how each ended.
    """
    count = 0
    found = np.zeros(5, np.int64)
    for index in range(len(tables)):
        values, descriptors, parameter, chip = tables[index]
        status, _, written = translate(
            memory,
            values,
            descriptors,
            parameter,
            slots[index],
            chip,
            added[index],
            numbers,
            figures,
            found,
            events[count:],
        )
        if status == FULL:
            return index
        count += written
        ends[index] = count
        statuses[index] = status
    return len(tables)
