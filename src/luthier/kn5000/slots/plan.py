"""The dispatcher: what is to be sent, in which order, as rows of four numbers.

====  ======================================================================================
step  what it does
====  ======================================================================================
0     resets the chips, if the mode is 1
1     mutes the slots that change, if it is not; then 20 units of time
2     mutes DSP 1, if everything is loaded
3     loads the algorithm, if everything is loaded: eight streams, 1 unit of time after four
4     sends the header, if the mode is 1 or the algorithm has changed
5     disconnects slots 4, 1 and 0, under the same condition
6     lets DSP 1 sound, if it was muted
7     slots 4 to 0: header, new effect, parameters; then the longest time a slot needs
8     links slots 4 to 0
9     sends volumes of slots 0 to 4
10    slots 4 to 0 that are unlinked: 20 units, disconnects, the longest time again
11    slots 4 to 0: remembers of what class the effects are
====  ======================================================================================

A unit is half a tick of the timer.  Source: listing, 0x037760 (EFF_MuteLoop) to 0x037D6E (the dispatcher).

The audio-subsystem page has "always" where a step looks at flags, and iterates 4 to 0 throughout (errata).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.kn5000.slots.changes import (
    FLAG_COUNT,
    NEW_EFFECT,
    NEW_LINK,
    NEW_PARAMETER,
    ROCK_ROTARY,
    ROTARY,
    STRING,
    clamp,
    compare,
    complete,
    find_active,
    must_load_all,
)
from luthier.kn5000.slots.layout import (
    ALGORITHM,
    ALGORITHM_CHANGED,
    COUNT,
    EFFECT,
    FIRST_PARAMETER,
    HEADER_WORDS,
    IMAGE_WORDS,
    IN_FULL,
    LINKED,
    MODE,
    PARAMETERS,
    RECORD_WORDS,
    RESET_MODE,
    ROTOR,
    SLOTS,
    VOLUME_PARAMETER,
)


class Operation(IntEnum):
    """What a row is; the three numbers behind it."""

    STEP = 0
    """Number of the step."""
    STREAM = 1
    """Which (:class:`Stream`), slot or chip or place, effect or algorithm."""
    PARAMETER = 2
    """Slot, effect, parameter."""
    VOLUME = 3
    """Slot, effect, parameter; sent as 0 if the slot is not linked."""
    DELAY = 4
    """Units of time."""
    RESET = 5
    """The lines of both chips."""
    RELEASE = 6
    """The line of DSP 2."""
    SET = 7
    """Word of the image, its new value."""
    CLASS = 8
    """Slot, class + 1 or 0."""


class Stream(IntEnum):
    """Which stream."""

    MUTE_SLOT = 0
    MUTE_CHIP = 1
    SOUND_CHIP = 2
    LOAD = 3
    """One of the eight of a change of algorithm."""
    HEADER = 4
    DISCONNECT = 5
    LINK = 6
    PROGRAM = 7
    NUMBERS = 8


# As plain numbers for compiled code.
STEP, STREAM, PARAMETER, VOLUME, DELAY, RESET, RELEASE, SET, CLASS = range(9)
MUTE_SLOT, MUTE_CHIP, SOUND_CHIP, LOAD, HEADER, DISCONNECT, LINK, PROGRAM, NUMBERS = range(9)
COLUMNS = 4
#: More rows than a plan can have.
ROOM = 256

MUTED, LOADED = 20, 1
LOADS, LOADS_BEFORE_DELAY, RELEASE_AFTER = 8, 4, 1
#: Slots that are told apart from the others.
ILLUSION, ROOM_SLOT = 2, 3
CHIPS = (0, 0, 1, 1, 1)
#: Places of what a source gives as one array: time for each slot, levels that STRING takes off, orders of the
#: parameters of rotary speakers by their speed, classes of effects.
SETTLING, REDUCTIONS, ORDERS, EFFECT_CLASSES = 0, 5, 13, 35
REDUCTION_COUNT, ORDER_SIZE, CLASS_COUNT = 8, 11, 128
TABLE_SIZE = EFFECT_CLASSES + CLASS_COUNT
ORDER_END = 12


@compiled
def _put(rows: npt.NDArray[np.int64], count: int, operation: int, first: int, second: int, third: int) -> int:
    place = COLUMNS * count
    rows[place] = operation
    rows[place + 1] = first
    rows[place + 2] = second
    rows[place + 3] = third
    return count + 1


@compiled
def plan(
    image: npt.NDArray[np.int64],
    applied: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    active: npt.NDArray[np.int64],
    classes: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> int:
    """Bring ``applied`` to ``image``: the number of rows.

    ``image`` and ``applied`` 145 words each, both changed; ``flags`` 5 x 25, ``active`` 7 (slots, chips) and
    ``classes`` 5 are the firmware's variables; ``tables`` as a source gives them; ``rows`` flat, for
    ``ROOM`` rows.
    """
    clamp(image)
    load_all = must_load_all(image, applied)
    compare(image, applied, flags)
    find_active(image, load_all, flags, active)
    active[SLOTS] = 1 if load_all else 0
    active[SLOTS + 1] = 0
    complete(image, load_all, flags)
    anew = image[MODE] == RESET_MODE
    if anew:
        count = _put(rows, 0, STEP, 0, 0, 0)
        count = _put(rows, count, RESET, 0, 0, 0)
        count = _put(rows, count, RESET, 0, 0, 0)
    else:
        count = _mute_slots(applied, flags, active, classes, tables, rows)
    if load_all:
        count = _put(rows, count, STEP, 2, 0, 0)
        count = _put(rows, count, STREAM, MUTE_CHIP, 0, 0)
        count = _load(anew, rows, count)
    if anew or image[ALGORITHM_CHANGED] == 1:
        count = _put(rows, count, STEP, 4, 0, 0)
        count = _put(rows, count, STREAM, HEADER, 0, 0)
        count = _put(rows, count, STEP, 5, 0, 0)
        for slot in (4, 1, 0):
            count = _put(rows, count, STREAM, DISCONNECT, slot, image[ALGORITHM])
    if load_all:
        count = _put(rows, count, STEP, 6, 0, 0)
        count = _put(rows, count, STREAM, SOUND_CHIP, 0, 0)
    count = _change_slots(image, flags, tables, rows, count)
    count = _link(image, flags, rows, count)
    count = _volumes(image, flags, tables, rows, count)
    count = _unlink(image, flags, tables, rows, count)
    count = _put(rows, count, STEP, 11, 0, 0)
    for slot in range(SLOTS - 1, -1, -1):
        if flags[FLAG_COUNT * slot + NEW_EFFECT] == 1:
            of_effect = tables[EFFECT_CLASSES + image[HEADER_WORDS + RECORD_WORDS * slot + EFFECT]]
            classes[slot] = of_effect + 1 if of_effect else 0
            count = _put(rows, count, CLASS, slot, classes[slot], 0)
    for word in range(IMAGE_WORDS):
        applied[word] = image[word]
    return count


@compiled
def _mute_slots(
    applied: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    active: npt.NDArray[np.int64],
    classes: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> int:
    """Step 1; what counts is the effect that sounds."""
    count = _put(rows, 0, STEP, 1, 0, 0)
    muted = False
    for slot in range(SLOTS):
        if active[slot] != 1:
            continue
        effect = applied[HEADER_WORDS + RECORD_WORDS * slot + EFFECT] & 127
        if flags[FLAG_COUNT * slot + NEW_EFFECT] == 1 and tables[EFFECT_CLASSES + effect]:
            classes[slot] = 1
        count = _put(rows, count, STREAM, MUTE_SLOT, slot, 0)
        muted = True
    return _put(rows, count, DELAY, MUTED, 0, 0) if muted else count


@compiled
def _load(anew: bool, rows: npt.NDArray[np.int64], count: int) -> int:
    """Step 3."""
    count = _put(rows, count, STEP, 3, 0, 0)
    for place in range(LOADS):
        if place == RELEASE_AFTER and anew:
            count = _put(rows, count, RELEASE, 0, 0, 0)
        if place == LOADS_BEFORE_DELAY:
            count = _put(rows, count, DELAY, LOADED, 0, 0)
        count = _put(rows, count, STREAM, LOAD, place, 0)
    return count


@compiled
def _change_slots(
    image: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    count: int,
) -> int:
    """Step 7."""
    count = _put(rows, count, STEP, 7, 0, 0)
    longest = 0
    for slot in range(SLOTS - 1, -1, -1):
        base = HEADER_WORDS + RECORD_WORDS * slot
        new = flags[FLAG_COUNT * slot + NEW_EFFECT] == 1
        if (image[ALGORITHM_CHANGED] == 1 or image[MODE] == RESET_MODE) and slot < ILLUSION:
            count = _put(rows, count, STREAM, HEADER, slot, 0)
        if new or image[IN_FULL] == 1:
            longest = max(longest, tables[SETTLING + slot])
        if new:
            if slot != ILLUSION or image[MODE] == RESET_MODE:
                count = _put(rows, count, STREAM, DISCONNECT, slot, image[ALGORITHM])
            if slot < ILLUSION or image[MODE] == RESET_MODE:
                count = _put(rows, count, STREAM, PROGRAM, slot, image[base + EFFECT])
            count = _put(rows, count, STREAM, NUMBERS, slot, image[base + EFFECT])
        count = _parameters(image, flags, tables, slot, rows, count)
    return _put(rows, count, DELAY, longest, 0, 0) if longest else count


@compiled
def _parameters(
    image: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    slot: int,
    rows: npt.NDArray[np.int64],
    count: int,
) -> int:
    """All that differ but the volume; those of rotary speakers in an order of their own."""
    base, first = HEADER_WORDS + RECORD_WORDS * slot, FLAG_COUNT * slot + NEW_PARAMETER
    effect = image[base + EFFECT]
    if effect in (ROCK_ROTARY, ROTARY):
        order = ORDERS + ORDER_SIZE * (image[base + ROTOR] & 1)
        for place in range(order, order + ORDER_SIZE):
            parameter = tables[place]
            if parameter == ORDER_END:
                break
            if flags[first + parameter] == 1:
                count = _put(rows, count, PARAMETER, slot, effect, parameter)
        return count
    for parameter in range(min(image[base + COUNT], PARAMETERS)):
        if flags[first + parameter] == 1 and parameter != image[base + VOLUME_PARAMETER]:
            count = _put(rows, count, PARAMETER, slot, effect, parameter)
    return count


@compiled
def _link(
    image: npt.NDArray[np.int64], flags: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], count: int
) -> int:
    """Step 8."""
    count = _put(rows, count, STEP, 8, 0, 0)
    for slot in range(SLOTS - 1, -1, -1):
        linked = image[HEADER_WORDS + RECORD_WORDS * slot + LINKED]
        if flags[FLAG_COUNT * slot + NEW_LINK] == 1 and linked == 1:
            count = _put(rows, count, STREAM, LINK, slot, image[ALGORITHM])
    return count


@compiled
def _volumes(
    image: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    count: int,
) -> int:
    """Step 9; the level of STRING loses what its second parameter says, and stays so."""
    count = _put(rows, count, STEP, 9, 0, 0)
    for slot in range(SLOTS):
        base, first = HEADER_WORDS + RECORD_WORDS * slot, FLAG_COUNT * slot + NEW_PARAMETER
        volume = image[base + VOLUME_PARAMETER]
        if not 0 <= volume < PARAMETERS or flags[first + volume] != 1:
            continue
        if image[base + EFFECT] == STRING:
            place = base + FIRST_PARAMETER
            which = image[place + 1]
            lost = tables[REDUCTIONS + which] if which < REDUCTION_COUNT else 0
            level = image[place] - lost
            image[place] = 0 if level < 0 or level > 0x7FFF else level
            count = _put(rows, count, SET, place, image[place], 0)
        count = _put(rows, count, VOLUME, slot, image[base + EFFECT], volume)
    return count


@compiled
def _unlink(
    image: npt.NDArray[np.int64],
    flags: npt.NDArray[np.int64],
    tables: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
    count: int,
) -> int:
    """Step 10; slots 2 and 3 only wait."""
    count = _put(rows, count, STEP, 10, 0, 0)
    longest = 0
    for slot in range(SLOTS - 1, -1, -1):
        linked = image[HEADER_WORDS + RECORD_WORDS * slot + LINKED]
        if flags[FLAG_COUNT * slot + NEW_LINK] != 1 or linked != 0:
            continue
        if longest == 0:
            count = _put(rows, count, DELAY, MUTED, 0, 0)
        longest = max(longest, tables[SETTLING + slot])
        if slot not in (ILLUSION, ROOM_SLOT):
            count = _put(rows, count, STREAM, DISCONNECT, slot, image[ALGORITHM])
    return _put(rows, count, DELAY, longest, 0, 0) if longest else count
