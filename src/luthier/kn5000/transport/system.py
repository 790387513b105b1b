"""Packets of handler 5 (A0 to BF): tone generator control.

``00 01`` has the sub CPU relay the keys to the main CPU (0x4A4A = 1), ``01 m`` sets mode m, 0 to 9, at
0x4A48. Everything else is ignored (listing, 0x03CFEE).  The handler looks at two bytes of the payload
buffer whatever the length: of a packet with one byte the second is what an earlier packet left there.

Open questions
- How the relay is switched off again: no value does it.
"""

from __future__ import annotations

from luthier.errors import InputError
from luthier.kn5000.transport import sub_ram
from luthier.kn5000.transport.sub_ram import SubRam

ENABLE_RELAY = bytes([0x00, 0x01])
LAST_MODE = 9


def set_mode(mode: int) -> bytes:
    """The payload that sets a mode of the tone generator."""
    if not 0 <= mode <= LAST_MODE:
        raise InputError(f"tone generator mode {mode} does not exist", remedy="give 0 to 9")
    return bytes([0x01, mode])


def meaning(payload: bytes) -> str:
    """What a payload does; empty if it is ignored."""
    if payload[:2] == ENABLE_RELAY:
        return "relay keys to the main CPU"
    if len(payload) > 1 and payload[0] == 1 and payload[1] <= LAST_MODE:
        return f"tone generator mode {payload[1]}"
    return ""


def handle(ram: SubRam, buffer: int) -> None:
    """What the handler does with the payload buffer at ``buffer``."""
    first, second = ram.byte(buffer), ram.byte(buffer + 1)
    if (first, second) == (0, 1):
        ram.set_byte(sub_ram.RELAY_ENABLED, 1)
    elif first == 1 and second <= LAST_MODE:
        ram.set_byte(sub_ram.TONE_GENERATOR_MODE, second)
