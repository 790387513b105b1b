"""What goes on inside while a song plays: messages on the latch, tone generator registers, effects.

The last few thousand entries are kept, each with the frame at which it happened.  Messages and registers are
those of the engine.  What the effect chips are told is modelled: the engine's rack is set in physical units,
so for every change of it the message is written that the main CPU would send for the panel's nearest numbers,
and the sub CPU's part of the effects takes it, with streams of our own.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from luthier.errors import InputError
from luthier.kn5000.effects import Rack
from luthier.kn5000.effects.configuration import record_of
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.rack import SLOTS
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.tone_generator.device import RegisterLog
from luthier.kn5000.tone_generator.registers import Register, parts_of, registers
from luthier.kn5000.transport import dispatch, dsp_messages
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage

KINDS: Final = ("latch", "tone generator", "dsp")
#: Entries that are kept.
KEPT: Final = 4000
_LONGEST: Final = 240  #: characters of a line
_NAMES: Final = {int(number): row.name for number, row in registers().items()}


class Entry(msgspec.Struct, frozen=True):
    """A line: its number, the frame, one of :data:`KINDS`, and what happened."""

    number: int
    frame: int
    kind: str
    text: str
    bytes: str = ""


class Diary:
    """The entries of one engine, from now on."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.count = 0
        """Entries written so far, those that are gone too."""
        self._control = EffectControl(own_source())
        self._control.start()
        self._control.log.clear()
        self._records: list[bytes] = [b""] * SLOTS

    def write(self, frame: int, kind: str, text: str, data: str = "") -> None:
        """One more entry."""
        if len(text) > _LONGEST:
            text = text[:_LONGEST] + " …"
        self._entries.append(Entry(self.count, frame, kind, text, data))
        self.count += 1

    def message(self, frame: int, message: RingMessage) -> None:
        """A message for the MIDI ring."""
        packet = Packet(dispatch.MIDI, message.encoded).encoded
        self.write(frame, "latch", str(message), packet.hex(" ").upper())

    def effects(self, frame: int, rack: Rack) -> None:
        """Write what has changed in the slots since the last look."""
        for slot in range(SLOTS):
            there = rack.slots[slot].effect
            assert isinstance(there, Chain)
            record = record_of(slot, there)
            if record == self._records[slot]:
                continue
            self._records[slot] = record
            message = dsp_messages.slot_configuration(slot, record)
            self.write(frame, "latch", f"{message} (modelled)", message.encoded.hex(" ").upper())
            self._control.receive(message.encoded)
            for line in self._control.log:
                self.write(frame, "dsp", str(line))
            self._control.log.clear()

    def after(
        self, number: int, kinds: set[str] | None = None, text: str = "", most: int = 500
    ) -> list[Entry]:
        """The newest entries from ``number`` on, of some kinds, that contain a text in any case."""
        unknown = (kinds or set()) - set(KINDS)
        if unknown:
            raise InputError(f"{min(unknown)!r} is no kind of entry", remedy=f"there are {', '.join(KINDS)}")
        newest = itertools.islice(self._wanted(number, kinds, text.lower()), most)
        return list(newest)[::-1]

    def _wanted(self, number: int, kinds: set[str] | None, text: str) -> Iterator[Entry]:
        for entry in reversed(self._entries):
            if entry.number < number:
                break
            if (kinds is None or entry.kind in kinds) and (
                text in entry.text.lower() or text in entry.bytes.lower()
            ):
                yield entry


class RegisterDiary(RegisterLog):
    """A tone generator's log that writes a diary and keeps nothing."""

    def __init__(self, diary: Diary) -> None:
        super().__init__()
        self._diary = diary

    def add(self, frame: int, latch: int, data: int) -> None:
        """One more write."""
        register, voice = parts_of(latch)
        name = _NAMES.get(register)
        where = f"voice {voice}, {name}" if name and register <= max(Register) else f"register {register:02X}"
        self._diary.write(frame, "tone generator", f"{where} = {data:04X}", f"{latch:04X} {data:04X}")
