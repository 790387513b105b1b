"""A message for the MIDI ring in one step, while nothing else is under way.

Between the main CPU and what acts on a message stand command byte, interrupt, DMA, handler, ring and main
loop.  What they leave of a message that comes alone is known beforehand, so it can be left there at once:
songs are thousands of such messages.  With anything else under way they go the long way.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from luthier.kn5000.transport import dispatch, dsp_loop, midi_messages, sub_ram
from luthier.kn5000.transport.command_byte import CommandByte
from luthier.kn5000.transport.midi_messages import RingMessage
from luthier.kn5000.transport.receiver import Receiver
from luthier.kn5000.transport.ring import COUNT, DSP_RING, MIDI_RING
from luthier.kn5000.transport.sub_ram import RUNNING

#: Write pointer, read pointer and count of a ring.
_POINTERS: Final = Struct("<3H")
_WORD: Final = Struct("<H")
_TARGET: Final = RUNNING.payload.to_bytes(4, "little")
_COMMANDS: Final = {
    length: CommandByte(dispatch.MIDI, length).byte for length in midi_messages.LENGTHS.values()
}
# Looked up once: this happens for every message.
_RING, _DATA, _MASK = MIDI_RING.address, MIDI_RING.data_address, MIDI_RING.mask
_CAPACITY: Final = MIDI_RING.capacity
_DSP_COUNT: Final = DSP_RING.address + COUNT


def is_idle(receiver: Receiver) -> bool:
    """Whether no transfer, no ring and no request has anything that waits."""
    image = receiver.ram.image
    written, read, count = _POINTERS.unpack_from(image, _RING)
    return not (
        count
        or written != read
        or receiver.dma_armed
        or receiver.booting
        or receiver.latch.pending
        or image[_DSP_COUNT]
        or image[_DSP_COUNT + 1]
        or image[sub_ram.REQUEST_PENDING] & sub_ram.REQUEST_PENDING_BIT
    )


def deliver(receiver: Receiver, message: RingMessage) -> bool:
    """Leave what a packet with ``message`` and one round of the main loop leave.

    False, and nothing is done, while the receiver is not idle or where the ring begins anew amid the message.
    """
    ram, data = receiver.ram, message.encoded
    image, size = ram.image, len(data)
    pointer: int = _WORD.unpack_from(image, _RING)[0]
    place = pointer & _MASK
    if place + size > _CAPACITY or not is_idle(receiver):
        return False
    command, end = _COMMANDS[size], pointer + size & 0xFFFF
    # The interrupt and the DMA.
    latch = receiver.latch
    latch.value, latch.sending, latch.ready = command, True, True
    receiver.dma_target, receiver.dma_count = RUNNING.payload + size, 0
    image[RUNNING.command] = command
    image[RUNNING.processing_state] = sub_ram.IDLE
    image[RUNNING.target : RUNNING.target + 4] = _TARGET
    image[RUNNING.payload : RUNNING.payload + size] = data
    # The handler and the main loop.
    image[_DATA + place : _DATA + place + size] = data
    _POINTERS.pack_into(image, _RING, end, end, 0)
    _WORD.pack_into(image, midi_messages.COUNT_AT_START, size)
    _WORD.pack_into(image, dsp_loop.COUNT_AT_START, 0)
    _WORD.pack_into(image, sub_ram.STUCK_COUNT, 0)
    midi_messages.store(ram, message, receiver.levels)
    return True
