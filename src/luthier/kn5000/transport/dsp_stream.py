"""Handler 3 (60 to 7F): collects packets into the DSP ring; the main loop waits until a message is whole.

Three words (listing, 0x035893; audio-subsystem page): 0x4488 how long the message is, 0x448A how much of it
has come, 0x448C how many packets; the main loop leaves the ring alone while the last is not 0.

- At rest, a packet of 32 bytes is taken for the first of a message: bytes 5 and 6 give its length.  Any other
  length is a message by itself.
- Under way, a packet that completes the length ends it; any other is counted.

Two things follow from the code that its authors may not have meant; no capture shows them.  A message of
exactly 32 bytes is not processed before the next packet, which is taken for its rest.  And byte 6 is added
without its top bit being masked, as byte 5 is not either, being a byte.
"""

from __future__ import annotations

from luthier.kn5000.transport.command_byte import PACKET_LIMIT
from luthier.kn5000.transport.ring import DSP_RING, Ring
from luthier.kn5000.transport.sub_ram import SubRam

EXPECTED = 0x4488
RECEIVED = 0x448A
PACKETS = 0x448C


def announced_size(payload: bytes) -> int:
    """The length that the first packet of 32 bytes gives: header of 8 and what bytes 5 and 6 say."""
    return ((payload[5] & 0x7FF) << 7) + payload[6] + 8


def accept(ram: SubRam, payload: bytes) -> None:
    """What the handler does with a packet."""
    _count(ram, payload)
    Ring(ram, DSP_RING).write(payload)


def _count(ram: SubRam, payload: bytes) -> None:
    if ram.word(PACKETS) == 0 and len(payload) == PACKET_LIMIT:
        ram.set_word(EXPECTED, announced_size(payload))
        ram.set_word(RECEIVED, ram.word(RECEIVED) + PACKET_LIMIT)
        ram.set_word(PACKETS, 1)
        return
    received = ram.word(RECEIVED) + len(payload) & 0xFFFF
    if ram.word(PACKETS) and received < ram.word(EXPECTED):
        ram.set_word(RECEIVED, received)
        ram.set_word(PACKETS, ram.word(PACKETS) + 1)
    else:
        ram.set_word(RECEIVED, 0)
        ram.set_word(PACKETS, 0)


def is_waiting(ram: SubRam) -> bool:
    """Whether a message is under way, so that the main loop leaves the ring alone."""
    return ram.word(PACKETS) != 0
