"""The two rings between interrupt and main loop: 4 KB for MIDI at 0x2B0D, 2 KB for the DSPs at 0x3B60.

Both are laid out alike: +0 where to write, +2 where to read, +4 how many bytes wait, +6 the bytes.  Source:
listing (write 0x034D5F and 0x035893, read and empty beside them).  The rules, exactly:

- The pointers are 16-bit counters that run on; only their low 12 or 11 bits choose the place.
- Writing never asks whether there is room.  Into a full ring it overwrites the oldest bytes, and the count
  goes on beyond the capacity; the reader then meets the newest bytes twice, first in place of the oldest.
- Reading goes by the count alone: 0 gives FFFF, anything else the byte at the read pointer.
- "Skip" reads until FFFF, then sets the write pointer to the read pointer: it empties the whole ring, not
  only the rest of a message.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.kn5000.transport.sub_ram import SubRam

EMPTY = 0xFFFF
_WRITE, _READ, COUNT, _DATA = 0, 2, 4, 6


@dataclass(frozen=True)
class RingLayout:
    """Where a ring lies and how many bytes it has, a power of two."""

    address: int
    capacity: int

    @property
    def mask(self) -> int:
        """What is left of a pointer."""
        return self.capacity - 1

    @property
    def data_address(self) -> int:
        """Address of its first byte."""
        return self.address + _DATA


MIDI_RING = RingLayout(0x2B0D, 4096)
DSP_RING = RingLayout(0x3B60, 2048)


class Ring:
    """A ring in an image of the RAM: every operation leaves there what the program leaves."""

    def __init__(self, ram: SubRam, layout: RingLayout) -> None:
        self.ram = ram
        self.layout = layout

    def clear(self) -> None:
        """Pointers and count to zero, as at the start (0x034C45 and `DSP2_Init`); the bytes stay."""
        for field in (_WRITE, _READ, COUNT):
            self.ram.set_word(self.layout.address + field, 0)

    @property
    def write_pointer(self) -> int:
        """The running counter, 0 to 65535."""
        return self.ram.word(self.layout.address + _WRITE)

    @property
    def read_pointer(self) -> int:
        """The running counter, 0 to 65535."""
        return self.ram.word(self.layout.address + _READ)

    @property
    def count(self) -> int:
        """Bytes that wait, by the program's own count."""
        return self.ram.word(self.layout.address + COUNT)

    @property
    def overrun(self) -> bool:
        """Whether more was written than fits, so that bytes are lost."""
        return self.count > self.layout.capacity

    def write(self, data: bytes) -> None:
        """Write bytes, whether there is room or not."""
        layout, ram, pointer = self.layout, self.ram, self.write_pointer
        for byte in data:
            ram.image[layout.data_address + (pointer & layout.mask)] = byte
            pointer += 1
        ram.set_word(layout.address + _WRITE, pointer)
        ram.set_word(layout.address + COUNT, self.count + len(data))

    def read(self) -> int:
        """The next byte, or FFFF if none waits."""
        if self.count == 0:
            return EMPTY
        pointer = self.read_pointer
        byte = self.ram.byte(self.layout.data_address + (pointer & self.layout.mask))
        self.ram.set_word(self.layout.address + _READ, pointer + 1)
        self.ram.set_word(self.layout.address + COUNT, self.count - 1)
        return byte

    def take(self, count: int) -> bytes:
        """The next bytes, as so many reads give them; ``count`` of them wait."""
        layout, pointer = self.layout, self.read_pointer
        place = pointer & layout.mask
        data = self.ram.bytes_at(layout.data_address + place, min(count, layout.capacity - place))
        if len(data) < count:
            data += self.ram.bytes_at(layout.data_address, count - len(data))
        self.ram.set_word(layout.address + _READ, pointer + count)
        self.ram.set_word(layout.address + COUNT, self.count - count)
        return data

    def peek(self, ahead: int) -> int:
        """The byte ``ahead`` places behind the next one, whether it is there yet or not."""
        return self.ram.byte(self.layout.data_address + (self.read_pointer + ahead & self.layout.mask))

    def unread(self) -> None:
        """Give the last byte back."""
        self.ram.set_word(self.layout.address + _READ, self.read_pointer - 1)
        self.ram.set_word(self.layout.address + COUNT, self.count + 1)

    def skip(self) -> bytes:
        """Empty the ring; what was in it (the program drops it)."""
        dropped = bytearray()
        while (byte := self.read()) != EMPTY:
            dropped.append(byte)
        self.ram.set_word(self.layout.address + _WRITE, self.read_pointer)
        return bytes(dropped)
