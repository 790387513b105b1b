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
_LONG: Final = Struct("<I")
_LENGTHS: Final = frozenset(midi_messages.LENGTHS.values())
_COMMANDS: Final = {length: CommandByte(dispatch.MIDI, length).byte for length in _LENGTHS}


def is_idle(receiver: Receiver) -> bool:
    """Whether no transfer, no ring and no request has anything that waits."""
    image = receiver.ram.image
    written, read, count = _POINTERS.unpack_from(image, MIDI_RING.address)
    return not (
        receiver.booting
        or receiver.dma_armed
        or receiver.latch.pending
        or count
        or written != read
        or _WORD.unpack_from(image, DSP_RING.address + COUNT)[0]
        or image[sub_ram.REQUEST_PENDING] & sub_ram.REQUEST_PENDING_BIT
    )


def deliver(receiver: Receiver, message: RingMessage) -> bool:
    """Leave what a packet with ``message`` and one round of the main loop leave.

    False, and nothing is done, while the receiver is not idle or where the ring begins anew amid the message.
    """
    image, data = receiver.ram.image, message.encoded
    size = len(data)
    pointer = _WORD.unpack_from(image, MIDI_RING.address)[0]
    place = pointer & MIDI_RING.mask
    if place + size > MIDI_RING.capacity or not is_idle(receiver):
        return False
    command, end = _COMMANDS[size], pointer + size & 0xFFFF
    # The interrupt and the DMA.
    latch = receiver.latch
    latch.value, latch.sending, latch.ready = command, True, True
    receiver.dma_target, receiver.dma_count = RUNNING.payload + size, 0
    image[RUNNING.command] = command
    image[RUNNING.processing_state] = sub_ram.IDLE
    _LONG.pack_into(image, RUNNING.target, RUNNING.payload)
    image[RUNNING.payload : RUNNING.payload + size] = data
    # The handler and the main loop.
    image[MIDI_RING.data_address + place : MIDI_RING.data_address + place + size] = data
    _POINTERS.pack_into(image, MIDI_RING.address, end, end, 0)
    _WORD.pack_into(image, midi_messages.COUNT_AT_START, size)
    _WORD.pack_into(image, dsp_loop.COUNT_AT_START, 0)
    _WORD.pack_into(image, sub_ram.STUCK_COUNT, 0)
    midi_messages.store(receiver.ram, message, receiver.levels)
    return True
