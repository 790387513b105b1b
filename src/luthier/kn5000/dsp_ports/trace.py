"""A capture of port writes as records: messages with what they mean, resets, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from luthier.kn5000.dsp_ports import capture
from luthier.kn5000.dsp_ports.decoder import decode
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.meaning import meaning
from luthier.kn5000.dsp_ports.messages import Message, items

#: Bytes of a message that a line of text shows.
_SHOWN = 12
_TEXTS = {
    Kind.IDLE: ("idle", "the serial bus rests"),
    Kind.YIELD: ("yield", "other tasks run"),
    Kind.RESET: ("reset", "held in reset"),
    Kind.RELEASE: ("release", "released from reset"),
    Kind.TIMEOUT: ("timeout", "looked at 8,001 times and never ready: a byte was not sent"),
    Kind.REFUSED: ("refused", "strobe without a byte: no longer ready, a byte was not sent"),
}


@dataclass(frozen=True)
class Record:
    """One line of a trace; ``offset`` is the place of the write that completes its first byte."""

    name: str
    offset: int
    chip: int
    encoded: bytes
    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """For people."""
        shown = self.encoded[:_SHOWN].hex(" ").upper() + (" .." if len(self.encoded) > _SHOWN else "")
        return f"{self.offset:6d} DSP{self.chip + 1} {shown:<39} {self.text}".rstrip()

    @property
    def record(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "offset": self.offset,
            "chip": self.chip + 1,
            "bytes": self.encoded.hex(),
            "text": self.text,
            **self.fields,
        }


def trace(data: bytes) -> Iterator[Record]:
    """The records of a capture of port writes; raises InputError for a text that is none."""
    return records(decode(capture.read(data)))


def records(events: Iterable[Event]) -> Iterator[Record]:
    """The records of events, of a decoder or an interpreter."""
    for item in items(events):
        yield _message(item) if isinstance(item, Message) else _event(item)


def _message(message: Message) -> Record:
    name = "data" if message.command is None else "message"
    fields = {"command": message.command, "data": message.data.hex()}
    return Record(name, message.place, message.chip, message.encoded, meaning(message), fields)


def _event(event: Event) -> Record:
    if event.kind is Kind.CHANNEL:
        register, value = event.value >> 8, event.value & 0xFF
        text = f"channel register 0x{register:02X} = 0x{value:02X}"
        fields = {"register": register, "value": value}
        return Record("channel-register", event.place, event.chip, bytes([register, value]), text, fields)
    if event.kind is Kind.DAMAGED:
        text = f"{event.value} pulses of the clock where a byte has nine"
        return Record("damaged", event.place, event.chip, b"", text, {"pulses": event.value})
    name, text = _TEXTS[event.kind]
    return Record(name, event.place, event.chip, b"", text)
