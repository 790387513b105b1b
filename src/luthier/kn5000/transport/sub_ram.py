"""The sub CPU's RAM as far as the protocol uses it: one image, and where in it everything lies.

The variables of the boot ROM come from the memory-map page, those of the running program from the listing.
They tile: payload 10F0-110F, own E1 header 1110-1115, E1 1116-111B, E2 111C-1125, flag 1126.

Open questions
- How far the RAM reaches. Code and data lie below 0x0A0000 and a buffer begins there; the image has 1 MiB
  (modelled), and what a block writes above is counted, not kept.
- Variables of the boot ROM between those the memory-map page names.
"""

from __future__ import annotations

from dataclasses import dataclass, field

RAM_SIZE = 0x100000  # modelled


@dataclass(frozen=True)
class Variables:
    """Where a program keeps what it knows of the transfer under way."""

    transfer_state: int
    """0 idle, 1 sending, 2 sending the header of a block."""
    processing_state: int
    """0 idle, 1 packet, 2 E1 header, 3 E2, 4 E1 data."""
    command: int
    target: int
    payload: int
    block_header: int
    request: int


#: Memory-map page, "Sub CPU State Variables".
BOOT = Variables(0x0516, 0x0518, 0x051A, 0x0512, 0x051E, 0x0544, 0x054A)
#: Listing, INT0 at 0x020E86 and the handler of DMA channel 0 at 0x020F1F.
RUNNING = Variables(0x10E8, 0x10EA, 0x10EC, 0x10E4, 0x10F0, 0x1116, 0x111C)

IDLE, PACKET, BLOCK_HEADER, REQUEST, BLOCK_DATA = range(5)

#: Bit 6: call the payload at 0x000400; bit 7: a block that was asked for has not come yet.
STATUS_FLAGS = 0x04FE
PAYLOAD_READY_BIT = 0x40
BLOCK_AWAITED_BIT = 0x80
PAYLOAD_ENTRY = 0x000400

#: Listing: set to FF when an E2 has arrived; bit 7 of the next says that it waits for the main loop.
REQUEST_ARRIVED = 0x10EE
REQUEST_PENDING = 0x1126
REQUEST_PENDING_BIT = 0x80
#: Listing, 0x020FD9: a transfer that stands still is given up.
ABORT_COUNT = 0xF018
STUCK_COUNT = 0xF01A
LAST_DMA_COUNT = 0xF01C

#: Tone generator mode and whether keys are relayed (command-format page; the audio-subsystem page's 0x4A48).
TONE_GENERATOR_MODE = 0x4A48
RELAY_ENABLED = 0x4A4A
MODE_AT_START = 6  # ToneGen_Init, 0x03D016


@dataclass
class SubRam:
    """The image; words and long words are little-endian."""

    image: bytearray = field(default_factory=lambda: bytearray(RAM_SIZE))
    outside: int = 0
    """How many bytes were written where there is no RAM."""

    def byte(self, address: int) -> int:
        """The byte at an address."""
        return self.image[address]

    def set_byte(self, address: int, value: int) -> None:
        """Write one byte; beyond the RAM it is only counted."""
        if address < len(self.image):
            self.image[address] = value & 0xFF
        else:
            self.outside += 1

    def word(self, address: int) -> int:
        """The 16-bit word at an address."""
        return int.from_bytes(self.image[address : address + 2], "little")

    def set_word(self, address: int, value: int) -> None:
        """Write a 16-bit word; higher bits are lost as in a register."""
        self.image[address : address + 2] = (value & 0xFFFF).to_bytes(2, "little")

    def long(self, address: int) -> int:
        """The 32-bit word at an address."""
        return int.from_bytes(self.image[address : address + 4], "little")

    def set_long(self, address: int, value: int) -> None:
        """Write a 32-bit word."""
        self.image[address : address + 4] = (value & 0xFFFFFFFF).to_bytes(4, "little")

    def bytes_at(self, address: int, count: int) -> bytes:
        """A copy of a stretch."""
        return bytes(self.image[address : address + count])

    def store(self, address: int, data: bytes) -> None:
        """Write a stretch; what lies beyond the RAM is only counted."""
        fits = max(0, min(len(data), len(self.image) - address))
        self.image[address : address + fits] = data[:fits]
        self.outside += len(data) - fits
