"""From messages of the DSP ring to what the effect chips are told, with a log.

The main loop stores configurations and hands the whole image to a task.  If the image before it still waits
it is overwritten (listing, 0x038E31), so that of the messages of one round only what they come to is applied;
so it is done here.  All variables are where the firmware has them in its RAM.

Nothing is raised for what a source has wrong: a stream that lies outside or has no end, or a parameter that
cannot be translated, says so in its line.

Source: listing, DSP_Reset (0x0360A7), DSP_ApplyConfig (0x03616A), DSP_State_ApplyBuf, DSP_State_ApplyAll
(0x036E3D), DSP_WriteEFFConfig (0x03C161), DSP_WriteParameter (0x03C190).

Open questions
- How far the task comes between two rounds of the main loop; here it ends.
- What the tone generator's program does with the announcement of a new effect in slot 0.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from luthier.compiled import as_python
from luthier.errors import InputError
from luthier.kn5000.bytecode.descriptors import NOTHING
from luthier.kn5000.bytecode.interpreter import Run, Status, run
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.register_file import register_write
from luthier.kn5000.slots import layout, plan, settings
from luthier.kn5000.slots.changes import FLAG_COUNT
from luthier.kn5000.slots.log import Entry, What, events_of
from luthier.kn5000.slots.plan import Operation, Stream
from luthier.kn5000.slots.settings import Then
from luthier.kn5000.slots.sources import OF_SLOTS, ProgramSource, chip_of
from luthier.kn5000.translator.translation import SLOT_WORDS, write_parameter
from luthier.kn5000.transport import dsp_loop, dsp_messages, dsp_stream
from luthier.kn5000.transport.command_byte import PACKET_LIMIT
from luthier.kn5000.transport.dsp_loop import Processed
from luthier.kn5000.transport.sub_ram import SubRam

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

STEPS = (
    "reset chips",
    "mute slots",
    "mute chips",
    "change algorithm",
    "write header",
    "disconnect slots",
    "sound chips",
    "change slots",
    "link slots",
    "set volumes",
    "unlink slots",
    "remember classes",
)
#: Lines as DSP_Reset_WithDebug moves them: DSP 2 stays in reset.
_RESET = (
    Event(Kind.RELEASE, 0),
    Event(Kind.RELEASE, 1),
    Event(Kind.RESET, 0),
    Event(Kind.RESET, 1),
    Event(Kind.RELEASE, 0),
)
_RELEASE = (Event(Kind.RELEASE, 1),)
_REST = (Event(Kind.IDLE, 1), Event(Kind.YIELD, 1))
_GAIN_REGISTERS = (0xD0, 0xD3)
#: By what is kept of slot 0: 1 muted for another effect, else class + 1.
_ANNOUNCEMENTS = {state: bytes([0xF0, 0x50, 0xB0, told]) for state, told in ((1, 1), (2, 5), (3, 6))}

_IMAGE: Final = struct.Struct(f"<{layout.IMAGE_WORDS}H")
_FLAGS: Final = struct.Struct(f"<{FLAG_COUNT * layout.SLOTS}H")
_ACTIVE: Final = struct.Struct("<7H")
_CLASSES: Final = struct.Struct("<5H")
#: Where the second of the seven begins: slots and chips are side by side.
assert layout.ACTIVE_CHIPS == layout.ACTIVE_SLOTS + 2 * layout.SLOTS


@dataclass
class EffectControl:
    """The sub CPU's part of the effects, with the streams of ``source``."""

    source: ProgramSource
    ram: SubRam = field(default_factory=SubRam)
    log: list[Entry] = field(default_factory=list)
    _streams: dict[tuple[int, int, int], Run] = field(default_factory=dict)
    _tables: array[int] = field(init=False)

    def __post_init__(self) -> None:
        self._tables = array("q", self.source.small_tables)

    @property
    def events(self) -> list[Event]:
        """All that the chips were told."""
        return list(events_of(self.log))

    def start(self) -> None:
        """What the program does at its start: silence, the image of the start, everything loaded."""
        self._note(What.START)
        settings.start(self.ram)
        self._mix()
        self.ram.store(layout.LIVE, self.source.preset())
        self.apply()
        self.ram.set_word(layout.LIVE + 2 * layout.MODE, 0)
        if settings.give_speed(self.ram):
            self.apply()
        self._mix()

    def receive(self, encoded: bytes) -> list[Processed]:
        """Take a message as its packets bring it, and apply what came of it."""
        self._note(What.MESSAGE, encoded.hex(" ").upper())
        for place in range(0, len(encoded), PACKET_LIMIT):
            dsp_stream.accept(self.ram, encoded[place : place + PACKET_LIMIT])
        return self.round()

    def round(self) -> list[Processed]:
        """One round of the main loop: every message in the ring, then the image if any changed it."""
        taken = dsp_loop.take_all(self.ram)
        waits = False
        for message in taken:
            waits = self._take(message) or waits
        if waits:
            self.apply()
        return taken

    def apply(self) -> None:
        """Apply the image: the dispatcher, and everything that it wants sent."""
        ram = self.ram
        words = ram.bytes_at(layout.LIVE, dsp_messages.IMAGE_SIZE)
        image = array("q", _IMAGE.unpack(words))
        before = list(image)
        applied = array("q", _IMAGE.unpack_from(ram.image, layout.APPLIED))
        flags = array("q", bytes(8 * FLAG_COUNT * layout.SLOTS))
        active = array("q", _ACTIVE.unpack_from(ram.image, layout.ACTIVE_SLOTS))
        classes = array("q", _CLASSES.unpack_from(ram.image, layout.CLASSES))
        rows = array("q", bytes(8 * plan.COLUMNS * plan.ROOM))
        planned: Any = as_python(plan.plan)
        count = planned(image, applied, flags, active, classes, self._tables, rows)
        ram.set_word(layout.LOAD_ALL, active[layout.SLOTS])
        _FLAGS.pack_into(ram.image, layout.FLAGS, *flags)
        _ACTIVE.pack_into(ram.image, layout.ACTIVE_SLOTS, *active)
        _CLASSES.pack_into(ram.image, layout.CLASSES, *classes)
        _IMAGE.pack_into(ram.image, layout.APPLIED, *applied)
        _IMAGE.pack_into(ram.image, layout.BUFFERS[0], *image)
        for place in range(0, plan.COLUMNS * count, plan.COLUMNS):
            operation, first, second, third = rows[place : place + plan.COLUMNS]
            self._do(Operation(operation), first, second, third, before)

    def announcement(self) -> bytes:
        """What the audio tick puts into the MIDI ring of a new effect in slot 0, once; else nothing.

        Source: listing, DSP_SlotState_DisplayRestore.
        """
        state = self.ram.word(layout.CLASSES)
        self.ram.set_word(layout.CLASSES, 0)
        return _ANNOUNCEMENTS.get(state, b"")

    def state(self) -> list[npt.NDArray[np.int64]]:
        """Copies of the image, of what was applied, active slots and chips, and classes, as words.

        And what is beside them: the word that overrides one of slot 3, the speed of the rotary speakers.
        """
        import numpy as np

        memory = self.ram.image
        wanted = self.ram.word(dsp_loop.OVERRIDE_WANTED) != 0
        overriding = self.ram.word(dsp_loop.OVERRIDE_VALUE) if wanted else 0
        parts = (
            _IMAGE.unpack_from(memory, layout.LIVE),
            _IMAGE.unpack_from(memory, layout.APPLIED),
            _ACTIVE.unpack_from(memory, layout.ACTIVE_SLOTS),
            _CLASSES.unpack_from(memory, layout.CLASSES),
            (overriding, self.ram.word(settings.ROTOR_SPEED)),
        )
        return [np.array(part, np.int64) for part in parts]

    def _take(self, message: Processed) -> bool:
        """Log what a message did; whether the image has to be applied."""
        if message.applied:
            slot = message.header[2] - dsp_messages.FIRST_SLOT_SELECTOR
            name = f"slot {slot}, {message.differing} bytes" if slot >= 0 else "all slots"
            self._note(What.CHANGE, f"{name}, {message.applied}")
            if slot <= 0:
                settings.give_speed(self.ram)
            return True
        if message.header[0] == dsp_messages.CHANNELS:
            detail, then = settings.take(self.ram, message.header, message.payload)
            if detail:
                self._note(What.SETTING, detail)
            if then is Then.MIX:
                self._mix()
            return then is Then.APPLY
        self._note(What.DROPPED, f"{message.header.hex(' ').upper()}, {len(message.dropped)} bytes with it")
        return False

    # --- rows of the plan ------------------------------------------------------------------------------

    def _do(self, operation: Operation, first: int, second: int, third: int, image: list[int]) -> None:
        if operation is Operation.STEP:
            self._note(What.STEP, f"{first} {STEPS[first]}")
        elif operation is Operation.STREAM:
            self._stream(Stream(first), second, third)
        elif operation is Operation.DELAY:
            self._note(What.DELAY, str(first))
        elif operation is Operation.RESET:
            self._note(What.LINES, "reset", _RESET)
        elif operation is Operation.RELEASE:
            self._note(What.LINES, "release DSP 2", _RELEASE)
        elif operation is Operation.SET:
            image[first] = second
            self._note(What.LEVEL, f"word {first} = {second}")
        elif operation is Operation.CLASS:
            self._note(What.CLASS, f"slot {first} = {second}")
        else:
            self._parameter(operation, first, second, third, image)

    def _stream(self, stream: Stream, first: int, second: int) -> None:
        name = f"{stream.name.lower().replace('_', ' ')} {first}"
        if stream in (Stream.PROGRAM, Stream.NUMBERS):
            name += f", effect {second}"
        try:
            place = self.source.stream(stream, first, second)
        except InputError as error:
            self._note(What.STREAM, f"{name}: {error.what}")
            return
        own = first if stream in OF_SLOTS else -1
        key = place, chip_of(stream, first), own
        if key not in self._streams:
            descriptor = NOTHING if own < 0 else self.source.descriptor(own)
            self._streams[key] = run(self.source.memory, start=place, chip=key[1], descriptor=descriptor)
        done = self._streams[key]
        detail = f"{name}, 0x{self.source.base + place:06X}"
        if done.status is not Status.ENDED:
            detail += f": {done.status.value}"
        self._note(What.STREAM, detail, done.events)

    def _parameter(self, operation: Operation, slot: int, effect: int, number: int, image: list[int]) -> None:
        first = layout.record(slot) + layout.FIRST_PARAMETER
        words = image[first : first + SLOT_WORDS]
        what = What.PARAMETER
        if operation is Operation.VOLUME:
            what = What.VOLUME
            if image[layout.record(slot) + layout.LINKED] == 0:
                words[number] = 0
        detail = f"slot {slot}, effect {effect}, parameter {number} = {words[number]}"
        tables = self.source.places(effect, slot)
        if tables is None:
            self._note(what, f"{detail}: the effect has no tables")
            return
        written = write_parameter(
            self.source.memory,
            *tables,
            number,
            words,
            chip=plan.CHIPS[slot],
            added=self.source.descriptor(slot),
            tables=self.source.tables,
        )
        if written.status.value:
            detail += f": {written.status.text}"
        self._note(what, detail, written.events)

    def _mix(self) -> None:
        """Send the gains of the output to DSP 2."""
        numbers = [
            self.ram.word(address) for address in (settings.FIRST_GAIN, settings.CURVE, settings.SECOND_GAIN)
        ]
        events: list[Event] = []
        for register, value in zip(_GAIN_REGISTERS, self.source.mix(*numbers), strict=True):
            events += [*register_write(register, value & 0xFFFF).events, *_REST]
        self._note(What.MIX, ", ".join(map(str, numbers)), tuple(events))

    def _note(self, what: What, detail: str = "", events: tuple[Event, ...] = ()) -> None:
        self.log.append(Entry(what, detail, events))
