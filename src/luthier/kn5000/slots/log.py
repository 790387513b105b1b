"""The log of the pipeline: messages, what they changed, steps, streams with their events, as lines of text.

::

    start
    message     2D 00 0A 00 00 00 38 00 ...
    change      slot 0, 3 bytes, partial
    step        1 mute slots
    stream      mute slot 0, 0x01EAB4 | 0C01 0D01 0D60
    parameter   slot 0, effect 1, parameter 0 = 30 | 0C01 ...
    delay       20

Behind ``|`` is what the chips are told: chip, kind (C command, D data, I idle, Y yield, R reset, L released)
and byte.  A log is read back from its text; :func:`replay` sends its messages again and tells the first
difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.events import Event, Kind

if TYPE_CHECKING:
    from luthier.kn5000.slots.sources import ProgramSource


class What(StrEnum):
    """What a line is."""

    START = "start"
    MESSAGE = "message"
    CHANGE = "change"
    DROPPED = "dropped"
    SETTING = "setting"
    MIX = "mix"
    STEP = "step"
    STREAM = "stream"
    PARAMETER = "parameter"
    VOLUME = "volume"
    LINES = "lines"
    DELAY = "delay"
    LEVEL = "level"
    CLASS = "class"


class Entry(NamedTuple):
    """One line."""

    what: What
    detail: str = ""
    events: tuple[Event, ...] = ()

    def __str__(self) -> str:
        line = f"{self.what:<11} {self.detail}"
        if self.events:
            line += " | " + " ".join(map(_written, self.events))
        return line.rstrip()


_LETTERS = {
    Kind.COMMAND: "C",
    Kind.DATA: "D",
    Kind.IDLE: "I",
    Kind.YIELD: "Y",
    Kind.RESET: "R",
    Kind.RELEASE: "L",
}
_KINDS = {letter: kind for kind, letter in _LETTERS.items()}
_WITH_BYTE = (Kind.COMMAND, Kind.DATA)


def _written(event: Event) -> str:
    byte = f"{event.value:02X}" if event.kind in _WITH_BYTE else ""
    return f"{event.chip}{_LETTERS[event.kind]}{byte}"


def _read(word: str, place: int) -> Event:
    try:
        kind = _KINDS[word[1]]
        return Event(kind, int(word[0]), int(word[2:], 16) if kind in _WITH_BYTE else 0, place)
    except (IndexError, KeyError, ValueError) as error:
        raise InputError(
            f"{word[:10]!r} is no event", remedy="chip, one of C D I Y R L, and a byte"
        ) from error


def read_log(text: str) -> list[Entry]:
    """The entries of a text; raises InputError for what is no line of a log, with its number."""
    entries = []
    for number, line in enumerate(text.splitlines(), start=1):
        head, _, told = line.partition(" | ")
        name, _, detail = head.partition(" ")
        if not name:
            continue
        try:
            events = tuple(_read(word, place) for place, word in enumerate(told.split()))
            entries.append(Entry(What(name), detail.strip(), events))
        except ValueError as error:
            raise InputError(f"{name[:20]!r} is no line of a log", where=f"line {number}") from error
        except InputError as error:
            raise error.at(f"line {number}") from error
    return entries


def events_of(entries: Iterable[Entry]) -> Iterator[Event]:
    """All that the chips are told, places counted from 0."""
    place = 0
    for entry in entries:
        for event in entry.events:
            yield event._replace(place=place)
            place += 1


def replay(entries: Iterable[Entry], source: ProgramSource) -> str:
    """Start and send the messages of a log again; the first difference in words, or nothing.

    Raises InputError if a message of the log is none.
    """
    from luthier.kn5000.slots.control import EffectControl

    given = list(entries)
    control = EffectControl(source)
    for entry in given:
        if entry.what is What.START:
            control.start()
        elif entry.what is What.MESSAGE:
            control.receive(_bytes(entry.detail))
    for number, (was, now) in enumerate(zip(given, control.log, strict=False), start=1):
        if str(was) != str(now):
            return f"line {number}: {was} became {now}"
    if len(given) != len(control.log):
        return f"{len(given)} lines became {len(control.log)}"
    return ""


def _bytes(detail: str) -> bytes:
    try:
        return bytes.fromhex(detail)
    except ValueError as error:
        raise InputError(f"{detail[:20]!r} is no message", remedy="write hexadecimal bytes") from error
