"""An image of the size of a sub program that has our own streams where a program has its own.

Addresses are written here as the sources give them, not taken from the code under test.
"""

from __future__ import annotations

import struct

from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.slots.plan import Stream
from luthier.kn5000.translator.rom import SubRom

BASE, SIZE = 0xEF00, 0x30000
#: Where our own memory goes: a stretch that nothing else here uses.
STREAMS = 0x15000
LOADS = (0x1E63C, 0x1E6BE, 0x1E996, 0x1EA12, 0x1E7C5, 0x1E8A7, 0x1E891, 0x1E947)


def own_rom() -> SubRom:
    """The image; effects have programs of their slot 0, or for 57 to 60, 79 and 88 to 91 of slot 2."""
    source = own_source()
    memory = bytearray(SIZE)

    def put(address: int, data: bytes) -> None:
        memory[address - BASE : address - BASE + len(data)] = data

    def pointer(address: int, stream: Stream, first: int) -> None:
        put(address, struct.pack("<I", STREAMS + source.stream(stream, first, 0)))

    def stream(address: int, which: Stream, first: int, size: int = 60) -> None:
        place = source.stream(which, first, 0)
        put(address, source.memory[place : place + size])

    put(STREAMS, source.memory)
    put(0x1ED6D, bytes([0, 0, 1, 1, 1]))
    put(0x1ED72, bytes([28, 24, 46, 20, 20]))
    put(0x122C4, bytes([99, 70, 50, 40, 20, 10, 5, 0]))
    put(0x122A6, bytes([14, 2, 4, 6, 7, 9, 11, 0, 1, 15, 12, 14, 2, 3, 5, 7, 8, 10, 0, 1, 15, 12]))
    put(0x12226, bytes(source.small_tables[-128:]))
    for slot in range(5):
        put(0x14777 + 12 * slot, source.descriptor(slot).encoded)
        pointer(0x1F3BC + 4 * slot, Stream.MUTE_SLOT, slot)
        pointer(0x1F3F0 + 4 * slot, Stream.DISCONNECT, slot)
        pointer(0x1F404 + 4 * slot, Stream.LINK, slot)
    pointer(0x1F3D0, Stream.MUTE_CHIP, 0)
    pointer(0x1F3E0, Stream.SOUND_CHIP, 0)
    values, descriptors = source.parameter_tables
    for effect in range(100):
        slot = 2 if effect in (57, 58, 59, 60, 79, 88, 89, 90, 91) else 0
        pointer(0x1ED7C + 4 * effect, Stream.PROGRAM, slot)
        pointer(0x1EF0C + 4 * effect, Stream.NUMBERS, slot)
        put(0x1F09C + 4 * effect, struct.pack("<I", STREAMS + values))
        put(0x1F22C + 4 * effect, struct.pack("<I", STREAMS + descriptors))
    put(0xF01E, source.preset())
    for place, address in enumerate(LOADS):
        stream(address, Stream.LOAD, place, 22 if place in (5, 6) else 60)
    stream(0x1E6BE, Stream.LOAD, 1, 92)
    stream(0x1E496, Stream.HEADER, 0)
    return SubRom(bytes(memory), BASE)
