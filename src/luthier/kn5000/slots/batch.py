"""Many configurations of slots at once, by compiled code: the same events as :mod:`control`, far sooner.

Between messages there is a round of the main loop each.  All streams are run beforehand, so that what is left
is the dispatcher and the translator.  Delays leave no event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.errors import InputError
from luthier.kn5000.bytecode.descriptors import NOTHING
from luthier.kn5000.bytecode.interpreter import run_all
from luthier.kn5000.dsp_ports.events import Kind
from luthier.kn5000.slots import layout, plan
from luthier.kn5000.slots.changes import FLAG_COUNT, LAST_EFFECT, ROCK_ROTARY, ROTARY
from luthier.kn5000.slots.layout import (
    EFFECT,
    HEADER_WORDS,
    IN_FULL,
    LINKED,
    RECORD_WORDS,
    ROTOR,
)
from luthier.kn5000.slots.plan import (
    CHIPS,
    COLUMNS,
    PARAMETER,
    RELEASE,
    RESET,
    SET,
    STREAM,
    VOLUME,
    Stream,
)
from luthier.kn5000.slots.sources import OF_SLOTS, ProgramSource, chip_of
from luthier.kn5000.translator import execution
from luthier.kn5000.translator.translation import SLOT_WORDS
from luthier.kn5000.transport.dsp_messages import FIRST_SLOT_SELECTOR, FULL, HEADER_SIZE, SLOT_SIZE

if TYPE_CHECKING:
    from luthier.kn5000.slots.control import EffectControl

#: Bytes of a configuration.
MESSAGE_SIZE = HEADER_SIZE + SLOT_SIZE
#: An event is chip << 12 | kind << 8 | byte.
CHIP_SHIFT = 12
_CHIP_1 = 1 << CHIP_SHIFT
_RESET, _RELEASE = int(Kind.RESET) << 8, int(Kind.RELEASE) << 8
_EFFECTS = LAST_EFFECT + 1
#: (what comes first, what second) of each stream.
_RANGES = {
    Stream.MUTE_SLOT: (5, 1),
    Stream.MUTE_CHIP: (1, 1),
    Stream.SOUND_CHIP: (1, 1),
    Stream.LOAD: (plan.LOADS, 1),
    Stream.HEADER: (2, 1),
    Stream.DISCONNECT: (5, 2),
    Stream.LINK: (5, 2),
    Stream.PROGRAM: (5, _EFFECTS),
    Stream.NUMBERS: (5, _EFFECTS),
}
#: Slot 3 has a word that the program overrides.
_ROOM, _OVERRIDDEN = 3, 6
#: Streams of a dispatch that loads everything, and events that are left for its parameters.
_MOST_STREAMS, _FOR_PARAMETERS = 64, 1 << 16


@dataclass(frozen=True)
class Prepared:
    """All streams of a source as events, and where its tables are; the same for every batch."""

    firsts: npt.NDArray[np.int64]
    """Per kind of stream: its first row, and how many rows one step of the first number is."""
    spans: npt.NDArray[np.int64]
    """Where the events of a row begin and end."""
    events: npt.NDArray[np.uint16]
    memory: npt.NDArray[np.uint8]
    places: npt.NDArray[np.int64]
    """(slots, effects, 2): values and descriptors, -1 where there are none."""
    added: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.int64]
    figures: npt.NDArray[np.float64]
    small: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Configured:
    """``events`` uint16, chip << 12 | kind << 8 | byte; ``ends`` int64, how many after each message."""

    events: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.int64]

    def of(self, index: int) -> npt.NDArray[np.uint16]:
        """The events of one message."""
        return self.events[int(self.ends[index - 1]) if index else 0 : int(self.ends[index])]


def prepare(source: ProgramSource) -> Prepared:
    """Run every stream of a source; one without an end gives what comes before, one outside nothing."""
    firsts, starts, descriptors, chips = [], list[int](), [], list[int]()
    for stream, (count, each) in _RANGES.items():
        firsts.append((len(starts), each))
        for first in range(count):
            for second in range(each):
                starts.append(_place(source, stream, first, second))
                descriptors.append(source.descriptor(first) if stream in OF_SLOTS else NOTHING)
                chips.append(chip_of(stream, first))
    done = run_all(source.memory, starts, descriptors)
    spans = np.stack([np.concatenate([[0], done.ends[:-1]]), done.ends], axis=1)
    events = done.events.copy()
    for (begin, end), chip in zip(spans, chips, strict=True):
        kinds = events[begin:end] >> 8
        is_bus = (kinds == int(Kind.IDLE)) | (kinds == int(Kind.YIELD))
        events[begin:end] |= np.where(is_bus | bool(chip), _CHIP_1, 0).astype(np.uint16)
    places = np.full((layout.SLOTS, _EFFECTS, 2), -1, np.int64)
    for slot in range(layout.SLOTS):
        for effect in range(_EFFECTS):
            found = source.places(effect, slot)
            if found is not None:
                places[slot, effect] = found
    added = [source.descriptor(slot) for slot in range(layout.SLOTS)]
    return Prepared(
        np.array(firsts, np.int64),
        spans.astype(np.int64),
        events,
        np.frombuffer(bytearray(source.memory), np.uint8),
        places,
        np.array([[one.pointers, one.cells, one.delays, one.parameter] for one in added], np.int64),
        np.array(source.tables.numbers, np.int64),
        np.array(source.tables.figures, np.float64),
        np.array(source.small_tables, np.int64),
    )


def _place(source: ProgramSource, stream: Stream, first: int, second: int) -> int:
    try:
        return source.stream(stream, first, second)
    except InputError:
        return len(source.memory)


def configure_all(
    control: EffectControl, messages: npt.ArrayLike, prepared: Prepared | None = None
) -> Configured:
    """Apply configurations, (n, 64) bytes, from where ``control`` stands, which stays as it is.

    Raises InputError for another shape, or for messages that are no configuration of a slot.
    """
    given = np.ascontiguousarray(messages, np.uint8)
    if given.ndim != 2 or given.shape[1] != MESSAGE_SIZE:
        raise InputError("configurations are rows of 64 bytes")
    slots = given[:, 2].astype(np.int64) - FIRST_SLOT_SELECTOR
    wrong = (given[:, 0] != 0x2D) | (given[:, 1] != 0) | (given[:, 5] != 0) | (given[:, 6] != SLOT_SIZE)
    wrong |= (slots < 0) | (slots >= layout.SLOTS)
    if wrong.any():
        at = int(wrong.argmax())
        raise InputError(f"no configuration of a slot: {given[at, :8].tobytes().hex(' ')}", where=f"row {at}")
    ready = prepared or prepare(control.source)
    words = np.ascontiguousarray(given[:, HEADER_SIZE:]).view("<u2").astype(np.int64)
    live, applied, active, classes, beside = control.state()
    fully = (given[:, 7] == FULL).astype(np.int64)
    ends = np.zeros(len(given), np.int64)
    pieces = [np.empty(0, np.uint16)]
    longest = int((ready.spans[:, 1] - ready.spans[:, 0]).max())
    most = _MOST_STREAMS * longest + _FOR_PARAMETERS
    events = np.empty(4 * most, np.uint16)
    first, before = 0, 0
    while first < len(given):
        done = _configure(
            slots[first:],
            words[first:],
            fully[first:],
            live,
            applied,
            active,
            classes,
            beside,
            ready.firsts,
            ready.spans,
            ready.events,
            ready.memory,
            ready.places,
            ready.added,
            ready.numbers,
            ready.figures,
            ready.small,
            most,
            events,
            ends[first:],
        )
        if done < 0:
            raise InputError("a parameter sends without end", where=f"row {first - 1 - done}")
        count = int(ends[first + done - 1])
        pieces.append(events[:count].copy())
        ends[first : first + done] += before
        first, before = first + done, before + count
    return Configured(np.concatenate(pieces), ends)


@compiled
def _configure(  # noqa: PLR0912 - one loop, so that it compiles to one
    slots: npt.NDArray[np.int64],
    words: npt.NDArray[np.int64],
    fully: npt.NDArray[np.int64],
    live: npt.NDArray[np.int64],
    applied: npt.NDArray[np.int64],
    active: npt.NDArray[np.int64],
    classes: npt.NDArray[np.int64],
    beside: npt.NDArray[np.int64],
    firsts: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
    streams: npt.NDArray[np.uint16],
    memory: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    added: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    figures: npt.NDArray[np.float64],
    small: npt.NDArray[np.int64],
    most: int,
    events: npt.NDArray[np.uint16],
    ends: npt.NDArray[np.int64],
) -> int:
    """How many messages fitted, -1 - index if one sends more than ``most``; the state is that behind them."""
    image, flags = np.empty_like(live), np.zeros(FLAG_COUNT * 5, np.int64)
    rows, found = np.zeros(COLUMNS * plan.ROOM, np.int64), np.zeros(5, np.int64)
    values = np.zeros(SLOT_WORDS, np.int64)
    count = 0
    for index in range(len(slots)):
        if count + most > len(events):
            return index
        slot = slots[index]
        base = HEADER_WORDS + RECORD_WORDS * slot
        for word in range(RECORD_WORDS):
            live[base + word] = words[index, word]
        live[IN_FULL] = fully[index]
        if slot == _ROOM:
            live[base + _OVERRIDDEN] = beside[0]
        effect = live[base + EFFECT]
        if slot == 0 and effect in (ROCK_ROTARY, ROTARY):
            live[base + ROTOR] = beside[1]
        for word in range(len(live)):
            image[word] = live[word]
        number = plan.plan(image, applied, flags, active, classes, small, rows)
        for word in range(len(live)):
            image[word] = live[word]
        for place in range(0, COLUMNS * number, COLUMNS):
            operation, first, second, third = rows[place : place + COLUMNS]
            if operation == STREAM:
                row = firsts[first, 0] + firsts[first, 1] * second + third
                for at in range(spans[row, 0], spans[row, 1]):
                    events[count] = streams[at]
                    count += 1
            elif operation in (PARAMETER, VOLUME):
                count = _parameter(
                    image,
                    first,
                    second,
                    third,
                    operation == VOLUME,
                    memory,
                    places,
                    added,
                    numbers,
                    figures,
                    values,
                    found,
                    events,
                    count,
                )
                if count < 0:
                    return -1 - index
            elif operation == SET:
                image[first] = second
            elif operation == RESET:
                for event in (_RELEASE, _CHIP_1 | _RELEASE, _RESET, _CHIP_1 | _RESET, _RELEASE):
                    events[count] = event
                    count += 1
            elif operation == RELEASE:
                events[count] = _CHIP_1 | _RELEASE
                count += 1
        ends[index] = count
    return len(slots)


@compiled
def _parameter(
    image: npt.NDArray[np.int64],
    slot: int,
    effect: int,
    number: int,
    is_volume: bool,
    memory: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    added: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int64],
    figures: npt.NDArray[np.float64],
    values: npt.NDArray[np.int64],
    found: npt.NDArray[np.int64],
    events: npt.NDArray[np.uint16],
    count: int,
) -> int:
    if places[slot, effect, 0] < 0:
        return count
    base = HEADER_WORDS + RECORD_WORDS * slot
    for word in range(SLOT_WORDS):
        values[word] = (image[base + layout.FIRST_PARAMETER + word] ^ 0x8000) - 0x8000
    if is_volume and image[base + LINKED] == 0:
        values[number] = 0
    chip = CHIPS[slot]
    status, _, written = execution.translate(
        memory,
        places[slot, effect, 0],
        places[slot, effect, 1],
        number,
        values,
        chip,
        added[slot],
        numbers,
        figures,
        found,
        events[count:],
    )
    if status == execution.FULL:
        return -1
    if chip == 1:
        for at in range(count, count + written):
            events[at] |= _CHIP_1
    return count + written
