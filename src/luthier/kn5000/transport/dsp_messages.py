"""The messages of the DSP ring: a header of eight bytes and up to 16,383 bytes behind it.

Source: audio-subsystem page (2D, its header and the slots), listing 0x035A7D (the rest).  Byte
0 is the command: 2B asks and sets the parameters of a voice, 2C those of all, 2D configures the effects.
Bytes 5 and 6 are the number of bytes that follow, seven bits each, byte 7 the mode of a configuration.

Open questions
- What the parameters of 2B and 2C mean; their bytes are kept.
- Bytes 3 and 4 of a configuration, always 0 where they were seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport import dispatch

VOICE, CHANNELS, EFFECTS = 0x2B, 0x2C, 0x2D
COMMANDS = (VOICE, CHANNELS, EFFECTS)
HEADER_SIZE = 8
PAYLOAD_LIMIT = 0x3FFF

#: Where the header goes before the program acts on it, and the payload of 2B and 2C behind it.
HEADER_BUFFER = 0x4368
PAYLOAD_BUFFER = 0x4370

#: The effect slots: 28 words each, the first the number of the effect.
SLOTS = 0x4496
SLOT_SIZE = 56
SLOT_COUNT = 5
FIRST_SLOT_SELECTOR = 0x0A
#: The image of all slots: eight bytes before them, two behind; 0x91 words. A preset replaces it.
IMAGE = 0x448E
IMAGE_HEADER_SIZE = 8
IMAGE_SIZE = 0x91 * 2
PRESET_SELECTOR = 0x09
PARTIAL, FULL = 0x00, 0xFF


def slot_address(slot: int) -> int:
    """Address of an effect slot, 0 to 4."""
    return SLOTS + slot * SLOT_SIZE


def total_size(header: bytes) -> int:
    """Header and payload of the message that begins with these bytes; at least seven are needed."""
    return HEADER_SIZE + (header[5] & 0x7F) * 128 + (header[6] & 0x7F)


@dataclass(frozen=True)
class DspMessage:
    """A message of the DSP ring, header first.  Raises InputError if its length is not the announced one."""

    encoded: bytes

    def __post_init__(self) -> None:
        fits = len(self.encoded) >= HEADER_SIZE and len(self.encoded) == total_size(self.encoded)
        if not fits or self.encoded[0] not in COMMANDS:
            raise InputError(
                f"no message of the DSP ring: {self.encoded[:HEADER_SIZE].hex(' ')} and"
                f" {max(0, len(self.encoded) - HEADER_SIZE)} bytes",
                remedy="begin with 2B, 2C or 2D and put the size of the rest into bytes 5 and 6",
            )

    @property
    def handler(self) -> int:
        """The handler that takes it."""
        return dispatch.DSP

    @property
    def command(self) -> int:
        """2B, 2C or 2D."""
        return self.encoded[0]

    @property
    def payload(self) -> bytes:
        """What follows the header."""
        return self.encoded[HEADER_SIZE:]

    @property
    def slot(self) -> int | None:
        """The effect slot a configuration is for, 0 to 4."""
        slot = self.encoded[2] - FIRST_SLOT_SELECTOR
        return slot if self.encoded[:2] == b"\x2d\0" and 0 <= slot < SLOT_COUNT else None

    @property
    def is_preset(self) -> bool:
        """Whether it replaces all slots."""
        return self.encoded[:3] == bytes([EFFECTS, 0, PRESET_SELECTOR])

    def __str__(self) -> str:
        size = f"{len(self.payload)} bytes"
        if self.slot is not None:
            mode = {PARTIAL: "partial", FULL: "full"}.get(self.encoded[7], f"mode {self.encoded[7]:02X}")
            number = f", effect {int.from_bytes(self.payload[:2], 'little')}" if len(self.payload) > 1 else ""
            return f"configure effect slot {self.slot}: {size}{number}, {mode}"
        if self.is_preset:
            dropped = "" if len(self.payload) == IMAGE_SIZE else f", dropped: not {IMAGE_SIZE} bytes"
            return f"effect preset for all slots: {size}{dropped}"
        name = {VOICE: "voice parameters", CHANNELS: "channel parameters", EFFECTS: "effects"}[self.command]
        return f"{name} (meaning unknown): {self.encoded[1:5].hex(' ').upper()}, {size}"


def _with_size(head: Sequence[int], size: int, mode: int) -> bytes:
    if size > PAYLOAD_LIMIT:
        raise InputError(f"{size} bytes do not fit a message", remedy=f"give at most {PAYLOAD_LIMIT}")
    return bytes([*head, size >> 7, size & 0x7F, mode])


def slot_configuration(slot: int, parameters: bytes, mode: int = PARTIAL) -> DspMessage:
    """2D for one slot: its 56 bytes; ``FULL`` loads the effect anew whether anything changed or not."""
    if not 0 <= slot < SLOT_COUNT:
        raise InputError(f"effect slot {slot} does not exist", remedy="give 0 to 4")
    if len(parameters) != SLOT_SIZE:
        raise InputError(f"a slot has 56 bytes, not {len(parameters)}")
    head = [EFFECTS, 0, FIRST_SLOT_SELECTOR + slot, 0, 0]
    return DspMessage(_with_size(head, SLOT_SIZE, mode) + parameters)


def preset(image: bytes) -> DspMessage:
    """2D for all slots: eight bytes, five slots, two bytes that the program drops."""
    if len(image) != IMAGE_SIZE:
        raise InputError(f"a preset has {IMAGE_SIZE} bytes, not {len(image)}")
    return DspMessage(_with_size([EFFECTS, 0, PRESET_SELECTOR, 0, 0], IMAGE_SIZE, 0) + image)
