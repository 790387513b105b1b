"""Runs the translator: the value of a parameter in, events for the effect chip out.

What goes wrong is told by a status and never raised or waited for; what was sent before stays.  The firmware
drops the status (listing, 0x03CFED is a bare return).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from luthier.compiled import as_python
from luthier.errors import InputError
from luthier.kn5000.bytecode.descriptors import NOTHING, Descriptor
from luthier.kn5000.bytecode.interpreter import SERIAL_CHIP, Batch
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.messages import Message, messages
from luthier.kn5000.translator import execution
from luthier.kn5000.translator.tables import Tables

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Words of a slot from its first parameter to its end: 56 bytes less four.
SLOT_WORDS = 26
_WORD_LOW, _WORD_HIGH = -32_768, 65_535
_FIRST_ROOM = 1 << 16
_COLUMNS = 4


class Status(Enum):
    """How a parameter was written; the numbers up to 5 are the firmware's."""

    GOOD = execution.GOOD
    NO_PARAMETER = execution.NO_PARAMETER
    NO_DESCRIPTOR = execution.NO_DESCRIPTOR
    NO_CELL = execution.NO_CELL
    UNKNOWN_OPCODE = execution.UNKNOWN_OPCODE
    CUT = execution.CUT
    ENDLESS = execution.ENDLESS
    BEYOND = execution.BEYOND
    UNDEFINED = execution.UNDEFINED

    @property
    def text(self) -> str:
        """In words."""
        return _TEXTS[self]


_TEXTS = {
    Status.GOOD: "written",
    Status.NO_PARAMETER: "the effect has no such parameter",
    Status.NO_DESCRIPTOR: "no descriptor record has this opcode",
    Status.NO_CELL: "the descriptor record has no such cell",
    Status.UNKNOWN_OPCODE: "no such opcode",
    Status.CUT: "the tables end inside a record",
    Status.ENDLESS: "a descriptor record has no length, so that the search never ends",
    Status.BEYOND: "the value lies beyond a table or the slot",
    Status.UNDEFINED: "the opcode has no such kind: what is sent is not known",
}


@dataclass(frozen=True)
class Written:
    """What came of a parameter: how it ended, where in the memory, and what was sent."""

    status: Status
    place: int
    events: tuple[Event, ...]

    @property
    def messages(self) -> list[Message]:
        """The events as commands with their data."""
        return messages(self.events)


@cache
def modelled_tables() -> Tables:
    """The tables without a ROM."""
    return Tables.modelled()


def write_parameter(
    memory: bytes,
    values: int,
    descriptors: int,
    parameter: int,
    words: Sequence[int],
    *,
    chip: int = 0,
    added: Descriptor = NOTHING,
    tables: Tables | None = None,
) -> Written:
    """Write parameter ``parameter`` of an effect to a chip, 0 or 1.

    ``values`` and ``descriptors`` are the places of its tables in ``memory``, ``words`` all values of the
    slot.  Raises InputError only for places outside, words beyond 16 bits, or another chip.
    """
    _check(memory, values, descriptors, parameter, chip)
    given = tables or modelled_tables()
    room = execution.ROOM * (len(memory) + 2)
    plain: Any = as_python(execution.translate)
    size = min(room, _FIRST_ROOM)
    while True:
        events = array("H", bytes(2 * size))
        status, place, count = plain(
            memory,
            values,
            descriptors,
            parameter,
            _signed(words),
            chip,
            _numbers(added),
            given.numbers,
            given.figures,
            [0] * 5,
            events,
        )
        if status != execution.FULL:
            return Written(Status(status), place, tuple(_events(events[:count], chip)))
        size *= 4


def write_all(
    memory: bytes,
    parameters: npt.ArrayLike,
    slots: npt.ArrayLike,
    *,
    added: Descriptor = NOTHING,
    tables: Tables | None = None,
) -> Batch:
    """Write many parameters, by compiled code: (n, 4) places of values and descriptors, parameter, chip.

    ``slots`` (n, words) are the values of each one's slot.  The statuses are the numbers of :class:`Status`.
    Raises InputError as :func:`write_parameter`, and for other shapes.
    """
    import numpy as np

    rows, words = np.asarray(parameters, np.int64), np.asarray(slots, np.int64)
    if rows.ndim != 2 or rows.shape[1] != _COLUMNS or words.ndim != 2 or len(words) != len(rows):
        raise InputError("parameters are rows of four, and each has a slot of words")
    lowest, highest = rows.min(axis=0, initial=0), rows.max(axis=0, initial=0)
    for corner in (lowest, highest):
        _check(memory, *(int(number) for number in corner))
    if words.size and not _WORD_LOW <= words.min() <= words.max() <= _WORD_HIGH:
        raise InputError("a word has more than 16 bits", remedy="give -32768 to 65535")
    words = (words & 0xFFFF ^ 0x8000) - 0x8000
    given = tables or modelled_tables()
    image = np.frombuffer(bytearray(memory), np.uint8)
    adding = np.tile(np.array(_numbers(added), np.int64), (len(rows), 1))
    numbers, figures = np.array(given.numbers, np.int64), np.array(given.figures, np.float64)
    ends, statuses = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.uint8)

    def translate(first: int, events: npt.NDArray[np.uint16]) -> int:
        return execution.translate_all(
            image,
            rows[first:],
            words[first:],
            adding[first:],
            numbers,
            figures,
            events,
            ends[first:],
            statuses[first:],
        )

    return _in_rounds(translate, ends, statuses)


def _in_rounds(
    translate: Callable[[int, npt.NDArray[np.uint16]], int],
    ends: npt.NDArray[np.int64],
    statuses: npt.NDArray[np.uint8],
) -> Batch:
    """A buffer at a time, larger if one parameter alone fills it."""
    import numpy as np

    pieces = [np.empty(0, np.uint16)]
    room, first, before = _FIRST_ROOM, 0, 0
    while first < len(ends):
        events = np.empty(room, np.uint16)
        done = translate(first, events)
        if not done:
            room *= 4
            continue
        count = int(ends[first + done - 1])
        pieces.append(events[:count])
        ends[first : first + done] += before
        first, before = first + done, before + count
    return Batch(np.concatenate(pieces), ends, statuses)


def _events(words: Iterable[int], chip: int) -> Iterator[Event]:
    """Words of the loop as events; their places count from 0."""
    for place, word in enumerate(words):
        kind = Kind(word >> 8)
        yield Event(kind, SERIAL_CHIP if kind in (Kind.IDLE, Kind.YIELD) else chip, word & 0xFF, place)


def _check(memory: bytes, values: int, descriptors: int, parameter: int, chip: int) -> None:
    for name, place in (("values", values), ("descriptors", descriptors)):
        if not 0 <= place <= len(memory):
            raise InputError(f"the table of {name} begins outside, at 0x{place:X}")
    if not 0 <= parameter <= 0xFFFF:
        raise InputError(f"there is no parameter {parameter}", remedy="count from 0")
    if chip not in (0, 1):
        raise InputError(f"there is no chip {chip}", remedy="give 0 for DSP 1, 1 for DSP 2")


def _signed(words: Sequence[int]) -> list[int]:
    for word in words:
        if not _WORD_LOW <= word <= _WORD_HIGH:
            raise InputError(f"{word} has more than 16 bits", remedy="give -32768 to 65535")
    return [(word ^ 0x8000) - 0x8000 if word >= 0 else word for word in words]


def _numbers(added: Descriptor) -> list[int]:
    return [added.pointers, added.cells, added.delays, added.parameter]
