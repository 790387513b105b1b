"""What the firmware tells the effect chips, as scripts: the streams of our own, already interpreted.

The events are those of :class:`luthier.kn5000.slots.control.EffectControl` with
:func:`luthier.kn5000.slots.own_source.own_source`; ``sub_effects.asm`` plays them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from luthier.kn5000.bytecode.interpreter import run
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import RESETS
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import What
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.plan import Stream
from luthier.kn5000.slots.sources import chip_of
from luthier.kn5000.transport.dsp_messages import SLOT_COUNT

START_SCRIPT: Final = "START_SCRIPT"
#: The scripts of a slot, numbered as in ``sub_effects.asm``.
SLOT_STREAMS: Final = (
    Stream.MUTE_SLOT,
    Stream.DISCONNECT,
    Stream.PROGRAM,
    Stream.NUMBERS,
    Stream.LINK,
)
#: Codes of ``sub_effects.asm``.
_END, _COMMANDS, _DATA, _IDLE, _RESET, _RELEASE, _DELAY = 0, (1, 3), (2, 4), 5, 6, 7, 8
_MOST_DATA = 0xFF


def script(events: Iterable[Event]) -> bytes:
    """Events as pairs of a code and a byte, and data behind those that have them."""
    return b"".join(_parts(events)) + bytes([_END, 0])


def _parts(events: Iterable[Event]) -> Iterator[bytes]:
    data, chip = bytearray(), 0
    for event in events:
        if data and (event.kind is not Kind.DATA or len(data) == _MOST_DATA):
            yield bytes([_DATA[chip], len(data)]) + data
            data = bytearray()
        if event.kind is Kind.DATA:
            chip = event.chip
            data.append(event.value)
        elif event.kind is Kind.COMMAND:
            yield bytes([_COMMANDS[event.chip], event.value])
        elif event.kind is Kind.IDLE:
            yield bytes([_IDLE, 0])
        elif event.kind in (Kind.RESET, Kind.RELEASE):
            code = _RESET if event.kind is Kind.RESET else _RELEASE
            yield bytes([code, RESETS[event.chip].mask])
    if data:
        yield bytes([_DATA[chip], len(data)]) + data


def start_script() -> bytes:
    """All that the chips are told at the start."""
    control = EffectControl(own_source())
    control.start()
    parts = []
    for entry in control.log:
        if entry.what is What.DELAY:
            parts.append(bytes([_DELAY, int(entry.detail)]))
        parts += _parts(entry.events)
    return b"".join(parts) + bytes([_END, 0])


def slot_scripts() -> list[list[bytes]]:
    """The scripts of each slot, in the order of :data:`SLOT_STREAMS`."""
    return [[_stream(stream, slot) for stream in SLOT_STREAMS] for slot in range(SLOT_COUNT)]


def _stream(stream: Stream, slot: int) -> bytes:
    source = own_source()
    done = run(
        source.memory,
        start=source.stream(stream, slot, 0),
        chip=chip_of(stream, slot),
        descriptor=source.descriptor(slot),
    )
    return script(done.events)
