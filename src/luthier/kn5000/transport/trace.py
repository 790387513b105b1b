"""Turns a captured byte stream into records: frames, and below each the messages it completes.

The records of level 0 (frames, stretches of garbage, an end that is cut off) tile each direction: no byte
is left out or told twice.  Nothing in a stream ever raises an error here.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from luthier.kn5000.transport import capture, dispatch, dsp_messages, queries, sub_ram, system
from luthier.kn5000.transport.assembly import Assembler, RingContent, Stray
from luthier.kn5000.transport.blocks import BOOT_BLOCKS, Block, BlockRequest, PayloadReady
from luthier.kn5000.transport.capture import Direction, Stream
from luthier.kn5000.transport.dsp_messages import DspMessage
from luthier.kn5000.transport.framing import Cut, Frame, Packet, frame_at
from luthier.kn5000.transport.resynchronisation import Search, is_strange, is_unused

#: Bytes of a record that a line of text shows.
_SHOWN = 12
_FRAME_NAMES = {Block: "block", BlockRequest: "block-request", PayloadReady: "payload-ready"}


@dataclass(frozen=True)
class Record:
    """One line of a trace.

    ``offset`` is the place of the first byte in the capture, ``level`` 0 for what tiles the stream and 1 for
    messages in it, ``fields`` what a program may want to know of it.
    """

    name: str
    offset: int
    direction: Direction
    encoded: bytes
    text: str
    level: int = 0
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """For people."""
        shown = self.encoded[:_SHOWN].hex(" ").upper() + (" .." if len(self.encoded) > _SHOWN else "")
        mark = self.direction.arrow if self.level == 0 else " "
        return f"{self.offset:6d} {mark} {'  ' * self.level}{shown:<{42 - 2 * self.level}}{self.text}"

    @property
    def record(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "offset": self.offset,
            "length": len(self.encoded),
            "direction": self.direction.value,
            "level": self.level,
            "bytes": self.encoded.hex(),
            "text": self.text,
            **self.fields,
        }


def trace(data: bytes, *, boot: bool = False) -> Iterator[Record]:
    """The records of a capture file's bytes, raw or text; ``boot``: the sub CPU begins in its boot ROM.

    Raises InputError at once if there are no bytes in it or a text has words that are none.
    """
    streams = capture.read(data)
    return _merged(streams, boot)


def _merged(streams: Iterable[Stream], boot: bool) -> Iterator[Record]:
    groups = [_Reader(stream, boot).groups() for stream in streams]
    for group in heapq.merge(*groups, key=lambda group: group[0].offset):
        yield from group


class _Reader:
    """Reads one direction."""

    def __init__(self, stream: Stream, boot: bool) -> None:
        self._stream = stream
        self._data = stream.data
        self._to_sub = stream.direction is Direction.TO_SUB
        self._booting = boot and self._to_sub
        self._assembler = Assembler()
        self._search = Search(stream.data)

    def groups(self) -> Iterator[list[Record]]:
        """Each frame with its messages, in the order of the stream."""
        place = 0
        while place < len(self._data):
            frame = frame_at(self._data, place)
            end = place + len(frame.encoded)
            resumed = self._resumption(frame, place, end)
            if resumed is not None:
                yield self._garbage(place, resumed)
                place = resumed
                continue
            yield [self._frame_record(frame, place), *self._messages(frame, place)]
            self._follow_boot(frame)
            place = end
        left = self._dropped("the stream ends")
        if left:
            yield left

    def _resumption(self, frame: Frame, place: int, end: int) -> int | None:
        """Where frames begin again if there is none at ``place``; None if the frame is to be believed.

        A frame for an unused handler is only doubted if believable frames begin inside it, and no frame if
        they begin where it ends: then its content is strange, but its place is right.
        """
        if not self._to_sub:
            return None
        if is_unused(frame) or (self._booting and isinstance(frame, Packet)):
            return self._search.next_place(place + 1, end)
        if is_strange(frame, self._assembler):
            found = self._search.next_place(place + 1)
            return None if found == end else found
        return None

    def _garbage(self, place: int, resumed: int) -> list[Record]:
        data = self._data[place:resumed]
        size = _counted(len(data))
        text = f"garbage: {size} that fit no frame; resynchronised at {self._stream.places[resumed]}"
        return [self._record("garbage", place, data, text), *self._dropped("garbage follows")]

    def _dropped(self, why: str) -> list[Record]:
        """What is not whole in the rings, forgotten."""
        return [
            self._record("incomplete", place, data, f"message not completed, {why}", level=1, handler=handler)
            for handler, place, data in self._assembler.drop()
        ]

    def _follow_boot(self, frame: Frame) -> None:
        if not self._booting:
            return
        if isinstance(frame, PayloadReady):
            self._booting = False
        elif isinstance(frame, Block):
            place = sub_ram.STATUS_FLAGS - frame.address
            started = 0 <= place < len(frame.data) and frame.data[place] & sub_ram.PAYLOAD_READY_BIT
            self._booting = not started

    def _record(
        self, name: str, place: int, data: bytes, text: str, *, level: int = 0, **fields: Any
    ) -> Record:
        stream = self._stream
        return Record(name, stream.places[place], stream.direction, bytes(data), text, level, fields)

    # --- Frames ----------------------------------------------------------------------------------------

    def _frame_record(self, frame: Frame, place: int) -> Record:
        if isinstance(frame, Packet):
            return self._record(
                "packet", place, frame.encoded, self._packet_text(frame), handler=frame.handler
            )
        if isinstance(frame, Cut):
            text = f"cut off: {len(frame.encoded)} of {_counted(frame.expected)}"
            return self._record("cut-off", place, frame.encoded, text, expected=frame.expected)
        text, fields = _special_text(frame)
        return self._record(_FRAME_NAMES[type(frame)], place, frame.encoded, text, **fields)

    def _packet_text(self, frame: Packet) -> str:
        size = _counted(len(frame.payload))
        if self._booting:
            return f"handler {frame.handler} of the boot ROM, {size}, ignored"
        if not self._to_sub:
            return f"from the sub CPU, {size} for handler {frame.handler}"
        handler = dispatch.HANDLERS[frame.handler]
        text = f"{handler.name}, {size}"
        if frame.handler == dispatch.SYSTEM:
            return f"{text}: {system.meaning(frame.payload) or 'ignored'}"
        return text if handler.used else f"{text}, ignored (handler {frame.handler})"

    # --- Messages --------------------------------------------------------------------------------------

    def _messages(self, frame: Frame, place: int) -> Iterator[Record]:
        if not isinstance(frame, Packet) or self._booting:
            return
        if not self._to_sub:
            yield from self._reply(frame, place + 1)
            return
        for start, content in self._assembler.add(frame.handler, frame.payload, place + 1):
            yield self._message_record(frame.handler, start, content)

    def _message_record(self, handler: int, start: int, content: RingContent) -> Record:
        data = content.encoded
        if isinstance(content, Stray):
            text = f"no message begins with {data[0]:02X}: the sub CPU empties the ring"
            return self._record("stray", start, data, text, level=1, handler=handler)
        if isinstance(content, DspMessage):
            query = queries.SoundNameQuery.of(data)
            if query is not None:
                return self._record(
                    "sound-name-query", start, data, str(query), level=1, part=query.part, index=query.index
                )
            name = "dsp-message"
            if content.command == dsp_messages.EFFECTS and content.slot is not None:
                return self._record(
                    "slot-configuration", start, data, str(content), level=1, slot=content.slot
                )
            return self._record(name, start, data, str(content), level=1, command=content.command)
        return self._record(
            "midi-message", start, data, str(content), level=1, status=data[0], channel=content.channel
        )

    def _reply(self, frame: Packet, place: int) -> Iterator[Record]:
        reply = queries.SoundNameReply.of(frame.payload)
        key = queries.relayed_key(frame.payload)
        if frame.handler == dispatch.REPLY_TO_MAIN and reply is not None:
            sound = reply.name.decode("ascii", "backslashreplace").rstrip()
            yield self._record(
                "sound-name-reply", place, frame.payload, str(reply), level=1, part=reply.echo[7], sound=sound
            )
        elif frame.handler == dispatch.RELAY_TO_MAIN and key is not None:
            note, velocity = key
            text = f"key {note}, velocity {velocity}" if velocity else f"key {note} released"
            yield self._record("key", place, frame.payload, text, level=1, note=note, velocity=velocity)


def _special_text(frame: Block | BlockRequest | PayloadReady) -> tuple[str, dict[str, Any]]:
    if isinstance(frame, PayloadReady):
        return "E3: payload ready", {}
    if isinstance(frame, BlockRequest):
        size = _counted(frame.count or 0x10000)
        text = f"E2: asks for {size} from 0x{frame.source:06X}, to be sent to 0x{frame.destination:06X}"
        return text, {"source": frame.source, "destination": frame.destination, "count": frame.count}
    known = [
        number
        for number, part in enumerate(BOOT_BLOCKS, start=1)
        if (part.address, part.size) == (frame.address, len(frame.data))
    ]
    which = f", block {known[0]} of {len(BOOT_BLOCKS)} of the boot" if known else ""
    beyond = "" if frame.address + len(frame.data) <= sub_ram.RAM_SIZE else ", outside the RAM"
    text = f"E1: {_counted(len(frame.data))} to 0x{frame.address:06X}{which}{beyond}"
    return text, {"address": frame.address}


def _counted(count: int) -> str:
    return "1 byte" if count == 1 else f"{count:,} bytes"
