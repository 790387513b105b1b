"""Runs streams: bytes in, events for the effect chips out.

A stream that has no end, or ends inside an instruction, gives the events up to there and says so in its
status; nothing hangs and nothing is raised unless :meth:`Run.check` is asked.  Streams are run where they
lie: the bytes around them may be a whole ROM.

The status the firmware returns is that of the last byte sent, and always 0 for chips 0 and 1: what DSP 1
does not take is dropped before (listing, 0x036A2E).  For any other chip it is 1, and nothing is sent.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from luthier.compiled import as_python
from luthier.errors import InputError
from luthier.kn5000.bytecode import execution
from luthier.kn5000.bytecode.descriptors import NOTHING, Descriptor
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import CHIPS
from luthier.kn5000.dsp_ports.messages import Message, messages

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

#: Op D acts on the serial bus, whatever the chip of the stream.
SERIAL_CHIP = 1
#: What the firmware returns.
GOOD, NO_SUCH_CHIP = 0, 1


class Arithmetic(Enum):
    """Whose sums; see ``execution``."""

    FIRMWARE = "firmware"
    PUBLISHED = "published"


class Status(Enum):
    """How a run ended."""

    ENDED = "ended"
    NO_END = "the stream ends without an F"
    CUT = "the stream ends inside an instruction"


_STATUSES = {
    execution.ENDED: Status.ENDED,
    execution.NO_END: Status.NO_END,
    execution.CUT: Status.CUT,
}


@dataclass(frozen=True)
class Run:
    """What came of a stream.

    ``place`` is that of the F, or of the instruction that is cut; ``skipped`` how many opcodes 6 to C were
    passed over; ``result`` what the firmware returns.
    """

    status: Status
    place: int
    events: tuple[Event, ...]
    skipped: int
    result: int = GOOD

    @property
    def messages(self) -> list[Message]:
        """The events as commands with their data."""
        return messages(self.events)

    def check(self, name: str = "", base: int = 0) -> Run:
        """The run itself; raises InputError unless it ended with an F.

        ``name`` of the file and ``base``, the address of its first byte, are for the error.
        """
        if self.status is not Status.ENDED:
            place = f"0x{base + self.place:X}"
            raise InputError(
                self.status.value,
                where=f"{name}, {place}" if name else place,
                remedy="end it with F0, and check the lengths before",
            )
        return self


def run(
    stream: bytes,
    *,
    start: int = 0,
    chip: int = 0,
    descriptor: Descriptor = NOTHING,
    parameter: int | None = None,
    arithmetic: Arithmetic = Arithmetic.FIRMWARE,
) -> Run:
    """Run the stream that begins at ``start``.

    ``parameter`` stands for that of the descriptor: what opcodes 0 and 5 add to numbers, signed, or 32 bits.
    Raises InputError only if there is no such ``start``.
    """
    if not 0 <= start <= len(stream):
        raise InputError(
            f"no stream begins at 0x{start:X}", remedy=f"there are 0x{len(stream):X} bytes, from 0 on"
        )
    events = array("H", bytes(2 * (len(stream) - start)))
    published = arithmetic is Arithmetic.PUBLISHED
    plain: Any = as_python(execution.interpret)
    status, place, count, skipped = plain(stream, start, _numbers(descriptor, parameter), published, events)
    known = chip in CHIPS
    found = tuple(_events(events[:count], chip)) if known else ()
    return Run(_STATUSES[status], place, found, skipped, GOOD if known else NO_SUCH_CHIP)


def _numbers(descriptor: Descriptor, parameter: int | None) -> list[int]:
    wanted = descriptor.parameter if parameter is None else parameter
    return [descriptor.pointers, descriptor.cells, descriptor.delays, descriptor.block, wanted]


def _events(words: Iterable[int], chip: int) -> Iterator[Event]:
    """Words of ``execution`` as events; their places count from 0."""
    for place, word in enumerate(words):
        kind = Kind(word >> 8)
        yield Event(kind, SERIAL_CHIP if kind in (Kind.IDLE, Kind.YIELD) else chip, word & 0xFF, place)


#: Events that are made at once.
_ROOM = 1 << 16


@dataclass(frozen=True)
class Batch:
    """What came of many streams.

    ``events`` uint16, kind << 8 | byte, one stream after the other; ``ends`` int64, the number of events
    after each; ``statuses`` uint8, 0 ended, 1 no end, 2 cut.
    """

    events: npt.NDArray[np.uint16]
    ends: npt.NDArray[np.int64]
    statuses: npt.NDArray[np.uint8]

    def of(self, index: int) -> npt.NDArray[np.uint16]:
        """The events of one stream."""
        first = int(self.ends[index - 1]) if index else 0
        return self.events[first : int(self.ends[index])]


def run_all(
    stream: bytes,
    starts: Sequence[int],
    descriptors: Sequence[Descriptor],
    *,
    arithmetic: Arithmetic = Arithmetic.FIRMWARE,
) -> Batch:
    """Run many streams that lie in ``stream``, each with its descriptor, by compiled code.

    Raises InputError for starts outside, or if there are not as many descriptors.
    """
    import numpy as np

    if len(starts) != len(descriptors):
        raise InputError(f"{len(starts)} streams and {len(descriptors)} descriptors")
    if not all(0 <= start <= len(stream) for start in starts):
        raise InputError("a stream begins outside", remedy=f"give 0 to 0x{len(stream):X}")
    memory = np.frombuffer(bytearray(stream), np.uint8)
    places = np.array(starts, np.int64)
    added = np.array([_numbers(descriptor, None) for descriptor in descriptors], np.int64)
    added = added.reshape(-1, execution.FIELDS)
    ends = np.zeros(len(places), np.int64)
    statuses = np.zeros(len(places), np.uint8)
    published = arithmetic is Arithmetic.PUBLISHED
    pieces = [np.empty(0, np.uint16)]
    room, first, before = _ROOM, 0, 0
    while first < len(places):
        events = np.empty(room, np.uint16)
        done = execution.interpret_all(
            memory, places[first:], added[first:], published, events, ends[first:], statuses[first:]
        )
        if not done:
            room *= 4  # one stream alone is longer
            continue
        count = int(ends[first + done - 1])
        pieces.append(events[:count])
        ends[first : first + done] += before
        first, before = first + done, before + count
    return Batch(np.concatenate(pieces), ends, statuses)
