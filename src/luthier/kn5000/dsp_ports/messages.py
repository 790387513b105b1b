"""What a chip is told: a command byte and the data behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from luthier.kn5000.dsp_ports.events import Event, Kind

#: What ends a message besides the next command.
_ENDS = {Kind.IDLE, Kind.RESET}


@dataclass(frozen=True)
class Message:
    """``command`` is None for data without one; ``place`` is that of its first event."""

    chip: int
    command: int | None
    data: bytes
    place: int = 0

    @property
    def events(self) -> list[Event]:
        """The events that make it."""
        command = [] if self.command is None else [Event(Kind.COMMAND, self.chip, self.command)]
        return [*command, *(Event(Kind.DATA, self.chip, byte) for byte in self.data)]

    @property
    def encoded(self) -> bytes:
        """Command and data."""
        return (b"" if self.command is None else bytes([self.command])) + self.data


def messages(events: Iterable[Event]) -> list[Message]:
    """The messages of both chips, in the order in which they begin; other events are left out."""
    return [item for item in items(events) if isinstance(item, Message)]


def items(events: Iterable[Event]) -> list[Message | Event]:
    """Messages, and between them the events that belong to none, each where it begins."""
    found: list[Message | Event] = []
    open_at: dict[int, _Open] = {}
    for event in events:
        unfinished = open_at.get(event.chip)
        if event.kind is Kind.COMMAND or (event.kind is Kind.DATA and unfinished is None):
            _close(found, open_at, event.chip)
            is_command = event.kind is Kind.COMMAND
            data = bytearray() if is_command else bytearray([event.value])
            open_at[event.chip] = _Open(len(found), event, is_command, data)
            found.append(event)  # the message takes this place when it is whole
        elif event.kind is Kind.DATA and unfinished is not None:
            unfinished.data.append(event.value)
        else:
            if event.kind in _ENDS:
                _close(found, open_at, event.chip)
            found.append(event)
    for chip in list(open_at):
        _close(found, open_at, chip)
    return found


@dataclass
class _Open:
    index: int
    first: Event
    is_command: bool
    data: bytearray


def _close(found: list[Message | Event], open_at: dict[int, _Open], chip: int) -> None:
    message = open_at.pop(chip, None)
    if message is not None:
        command = message.first.value if message.is_command else None
        found[message.index] = Message(chip, command, bytes(message.data), message.first.place)


def events_of(found: Iterable[Message]) -> Iterator[Event]:
    """All events of messages."""
    for message in found:
        yield from message.events
