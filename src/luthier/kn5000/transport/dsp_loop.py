"""The main loop's part of the DSP ring: takes its messages and stores what they carry (listing, 0x035A7D).

A configuration goes straight into its slot.  While it is copied, differing bytes are counted: with fewer
than two the mode is taken for 0; but it is applied in any case, and fully only if the mode is FF.  What the
effects then do is not part of the transport.

Open questions
- 2D with 30 to 3F or 40 in byte 1 compares its payload with the memory at the address that the last payload's
  first byte gives, special registers; the model takes the bytes from the ring and leaves memory alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.kn5000.transport import dsp_messages, dsp_stream
from luthier.kn5000.transport.dsp_messages import HEADER_BUFFER, HEADER_SIZE, PAYLOAD_BUFFER
from luthier.kn5000.transport.ring import DSP_RING, EMPTY, Ring
from luthier.kn5000.transport.sub_ram import SubRam

#: The ring's count as the main loop last met it.
COUNT_AT_START = 0x4366
#: First word of the image: 1 if a configuration must be applied in full.
APPLY_FULLY = dsp_messages.IMAGE
#: A word of slot 3 that the program overrides: 0, or the word at 0x45B8 if that at 0x45BA is not 0.
OVERRIDDEN = 0x454A
OVERRIDE_VALUE = 0x45B8
OVERRIDE_WANTED = 0x45BA

#: Byte 3 of a 2B with 7F in byte 2, and of a 2C: what the program knows; anything else empties the ring.
_KNOWN_VOICE = {0x00, 0x03, *range(0x10, 0x18), 0x20, 0x22, 0x24, 0x27, 0x30}
_KNOWN_GLOBAL = {*range(9), *range(0x20, 0x26)}
_KNOWN_CHANNEL = {0x03, 0x04, 0x06, 0x08, *range(0x10, 0x18)}


@dataclass(frozen=True)
class Processed:
    """One message the main loop took; ``dropped`` is what it threw away with it, the rest of the ring."""

    header: bytes
    payload: bytes
    dropped: bytes = b""
    applied: str = ""
    """``full`` or ``partial`` if a configuration was stored."""
    differing: int = 0
    """How many bytes of the slot a configuration changed."""


def take_all(ram: SubRam) -> list[Processed]:
    """One round of the main loop: every message in the ring, unless one is still under way."""
    ring = Ring(ram, DSP_RING)
    ram.set_word(COUNT_AT_START, ring.count)
    if dsp_stream.is_waiting(ram):
        return []
    taken = []
    while (command := ring.read()) != EMPTY:
        if ring.peek(5) > ring.count:
            ring.unread()
            ram.set_word(dsp_stream.PACKETS, 1)
            break
        taken.append(_take(ram, ring, command))
    return taken


def _take(ram: SubRam, ring: Ring, command: int) -> Processed:
    rest = [ring.read() & 0xFF for _ in range(HEADER_SIZE - 1)]
    header = bytes([command & 0xFF, *rest])
    ram.store(HEADER_BUFFER, header)
    if command == dsp_messages.EFFECTS:
        return _effects(ram, ring, header)
    if command not in dsp_messages.COMMANDS:
        return Processed(header, b"", ring.skip())
    payload, _ = _read_into(ram, ring, header, PAYLOAD_BUFFER)
    known = _voice_is_known if command == dsp_messages.VOICE else _channel_is_known
    return Processed(header, payload, b"" if known(header) else ring.skip())


def _voice_is_known(header: bytes) -> bool:
    if not 0x30 <= header[1] <= 0x3F:
        return False
    return header[2] != 0x7F or header[3] in _KNOWN_VOICE


def _channel_is_known(header: bytes) -> bool:
    if header[1] == 0:
        return header[2] != 8 or header[3] in _KNOWN_GLOBAL
    return 0x30 <= header[1] <= 0x3F and (header[2] != 0x7F or header[3] in _KNOWN_CHANNEL)


def _effects(ram: SubRam, ring: Ring, header: bytes) -> Processed:
    selector, slot = header[2], header[2] - dsp_messages.FIRST_SLOT_SELECTOR
    if header[1] == 0 and selector == dsp_messages.PRESET_SELECTOR:
        return _preset(ram, ring, header)
    if header[1] == 0 and 0 <= slot < dsp_messages.SLOT_COUNT and header[6] <= ring.count:
        payload, differing = _read_into(ram, ring, header, dsp_messages.slot_address(slot))
        full = header[7] == dsp_messages.FULL
        ram.set_word(APPLY_FULLY, int(full))
        if slot == 3:
            wanted = ram.word(OVERRIDE_WANTED) != 0
            ram.set_word(OVERRIDDEN, ram.word(OVERRIDE_VALUE) if wanted else 0)
        return Processed(header, payload, applied="full" if full else "partial", differing=differing)
    if 0x30 <= header[1] <= 0x40:
        payload = bytes(ring.read() & 0xFF for _ in range(header[6]))
        skips = header[2] == 0x7F or header[1] == 0x40
        return Processed(header, payload, ring.skip() if skips else b"")
    return Processed(header, b"", ring.skip())


def _preset(ram: SubRam, ring: Ring, header: bytes) -> Processed:
    if (header[5] << 7) + header[6] != dsp_messages.IMAGE_SIZE:
        return Processed(header, b"", ring.skip())
    payload = bytes(ring.read() & 0xFF for _ in range(dsp_messages.IMAGE_SIZE))
    kept = dsp_messages.IMAGE_HEADER_SIZE + dsp_messages.SLOT_COUNT * dsp_messages.SLOT_SIZE
    ram.store(dsp_messages.IMAGE, payload[:kept])
    return Processed(header, payload, applied="full" if ram.word(APPLY_FULLY) == 1 else "partial")


def _read_into(ram: SubRam, ring: Ring, header: bytes, address: int) -> tuple[bytes, int]:
    """Read as many bytes as byte 6 says to ``address``; the bytes, and how many were different there."""
    read = bytearray()
    differing = 0
    for place in range(header[6]):
        byte = ring.read() & 0xFF
        differing += ram.byte(address + place) != byte
        ram.set_byte(address + place, byte)
        read.append(byte)
    return bytes(read), differing
