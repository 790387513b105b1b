"""Finds the frames again after bytes that are none.

Every byte can be a command byte, so that nothing proves where a frame begins.  A place is taken for one if
two *sound* frames follow each other from there, or one that ends the stream or is followed by one that its
end cuts off: frames whose content is what their handler is known to take.  This is a judgement (modelled),
and the trace says each time that it was made.
"""

from __future__ import annotations

from luthier.kn5000.transport import dispatch, dsp_messages, midi_messages, sub_ram, system
from luthier.kn5000.transport.assembly import Assembler, Stray
from luthier.kn5000.transport.blocks import HEADER_SIZE, Block, BlockRequest, header_size
from luthier.kn5000.transport.command_byte import BLOCK, PACKET_LIMIT
from luthier.kn5000.transport.framing import Cut, Frame, Packet, frame_at
from luthier.kn5000.transport.midi_messages import NOTE, RingMessage

#: Sound frames in a row that make a place believable.
_ENOUGH = 2
_BUS_SIZE = 1 << 24


def is_sound(frame: Frame) -> bool:
    """Whether a frame is what its handler is known to take, seen by itself."""
    if isinstance(frame, Packet):
        if frame.handler == dispatch.SYSTEM:
            return bool(system.meaning(frame.payload)) and len(frame.payload) == 2
        if frame.handler == dispatch.MIDI:
            return _is_sound_midi(frame.payload)
        return frame.handler == dispatch.DSP and _is_sound_dsp(frame.payload)
    if isinstance(frame, Block):
        return frame.address + len(frame.data) <= sub_ram.RAM_SIZE
    return (
        isinstance(frame, BlockRequest) and frame.source < sub_ram.RAM_SIZE and frame.destination < _BUS_SIZE
    )


def is_strange(frame: Frame, assembler: Assembler) -> bool:
    """Whether a frame is not what its handler takes, in the light of what came before."""
    if isinstance(frame, Packet):
        if frame.handler == dispatch.SYSTEM:
            return not system.meaning(frame.payload)
        if frame.handler in (dispatch.MIDI, dispatch.DSP):
            return any(map(_is_strange_content, assembler.preview(frame.handler, frame.payload)))
        return False
    if isinstance(frame, Block):
        return frame.address + len(frame.data) > sub_ram.RAM_SIZE
    if isinstance(frame, BlockRequest):
        return not is_sound(frame)
    return isinstance(frame, Cut)


def is_unused(frame: Frame) -> bool:
    """Whether a frame is for a handler that does nothing."""
    return isinstance(frame, Packet) and not dispatch.HANDLERS[frame.handler].used


def _is_strange_content(content: object) -> bool:
    return isinstance(content, Stray) or (isinstance(content, RingMessage) and not content.accepted)


def _is_sound_midi(payload: bytes) -> bool:
    found = [content for _, content in Assembler().add(dispatch.MIDI, payload, 0)]
    whole = sum(len(content.encoded) for content in found) == len(payload)
    return (
        bool(found)
        and (whole or len(payload) == PACKET_LIMIT)
        and not any(_is_strange_content(content) for content in found)
        and all(max(content.encoded[2:4]) < 0x80 for content in found if content.encoded[0] & 0xF0 == NOTE)
    )


def _is_sound_dsp(payload: bytes) -> bool:
    if len(payload) < dsp_messages.HEADER_SIZE or payload[0] not in dsp_messages.COMMANDS:
        return False
    return len(payload) == min(dsp_messages.total_size(payload), PACKET_LIMIT)


class Search:
    """Looks for believable places in one stream; remembers where there are none, so that it stays quick."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._next: int | None = None
        self._searched = 0

    def next_place(self, start: int, stop: int | None = None) -> int | None:
        """The first believable place from ``start`` on, before ``stop``; None if there is none."""
        if self._next is None or self._next < start:
            place = max(start, self._searched)
            while place < len(self._data) and not self._is_believable(place):
                place += 1
            self._next, self._searched = place, place
        found = self._next
        return found if found < (len(self._data) if stop is None else stop) else None

    def _is_believable(self, place: int) -> bool:
        for number in range(_ENOUGH):
            if place == len(self._data):
                return number > 0
            length = _sound_length(self._data, place)
            if length == 0:
                return number > 0 and _is_cut_sound(frame_at(self._data, place))
            place += length
        return True


def _is_cut_sound(frame: Frame) -> bool:
    """Whether the end of the stream cuts a frame off that begins like a sound one."""
    if not isinstance(frame, Cut) or not dispatch.HANDLERS[frame.encoded[0] >> 5].used:
        return False
    beginnings = {dispatch.MIDI: midi_messages.is_status, dispatch.DSP: dsp_messages.COMMANDS.__contains__}
    begins = beginnings.get(frame.encoded[0] >> 5)
    return len(frame.encoded) < 2 or begins is None or begins(frame.encoded[1])


def _sound_length(data: bytes, place: int) -> int:
    """The length of the sound frame at a place, 0 if there is none.  Blocks are not copied, to stay quick."""
    if data[place] != BLOCK:
        frame = frame_at(data, place)
        return len(frame.encoded) if is_sound(frame) else 0
    head = data[place + 1 : place + 1 + HEADER_SIZE]
    if len(head) < HEADER_SIZE:
        return 0
    size = header_size(head)
    length = 1 + HEADER_SIZE + size
    fits = int.from_bytes(head[:4], "little") + size <= sub_ram.RAM_SIZE and place + length <= len(data)
    return length if fits else 0
