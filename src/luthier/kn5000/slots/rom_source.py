"""Streams and tables of a program of the sub CPU, version 1.42.

Sources: listing, DSP_AlgorithmChange (0x03800D), EFF_WriteHeader to EFF_DataChange_WithDebug,
DSP_WriteParameter (0x03C190), DSP_MixerCoeff_Compute (0x03C067).

Open questions
- With algorithm 1 the pointers of disconnect and link are taken three places on instead of five, which looks
  like an error of its authors; no message that chooses it was seen.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from luthier.errors import InputError
from luthier.kn5000.bytecode import descriptors
from luthier.kn5000.bytecode.descriptors import Descriptor
from luthier.kn5000.slots.plan import CLASS_COUNT, ORDER_SIZE, REDUCTION_COUNT, Stream
from luthier.kn5000.translator import rom
from luthier.kn5000.translator.rom import SubRom
from luthier.kn5000.translator.tables import Tables
from luthier.kn5000.transport.dsp_messages import IMAGE_SIZE

#: Pointers to streams, by slot, chip or effect.
_POINTERS = {
    Stream.MUTE_SLOT: 0x01F3BC,
    Stream.MUTE_CHIP: 0x01F3D0,
    Stream.SOUND_CHIP: 0x01F3E0,
    Stream.DISCONNECT: 0x01F3F0,
    Stream.LINK: 0x01F404,
    Stream.PROGRAM: 0x01ED7C,
    Stream.NUMBERS: 0x01EF0C,
}
_ALGORITHM_STRIDE = 3
HEADER = 0x01E496
#: The eight streams of a change of algorithm.
LOADS = (0x01E63C, 0x01E6BE, 0x01E996, 0x01EA12, 0x01E7C5, 0x01E8A7, 0x01E891, 0x01E947)
#: SINGLE DELAY and MULTI TAP DELAY in slot 1: program and numbers.
SLOT_1 = {9: (0x01DFA5, 0x01E0B9), 10: (0x01E1DE, 0x01E342)}

SETTLING_TIMES, REDUCTIONS, ORDERS, CLASSES = 0x01ED72, 0x0122C4, 0x0122A6, 0x012226
PRESET = 0x00F01E
GAINS, OUTPUT_GAINS = 0x00F140, 0x0131CF
_GAIN_COUNT = 128


@dataclass(frozen=True)
class RomSource:
    """A source in a program of the sub CPU; raises InputError where a pointer leads outside."""

    rom: SubRom
    name: str = "sub program"

    @property
    def memory(self) -> bytes:
        """The program."""
        return self.rom.memory

    @property
    def base(self) -> int:
        """Address of its first byte."""
        return self.rom.base

    @property
    def tables(self) -> Tables:
        """Its ladders, waveforms and figures."""
        return self.rom.tables

    @cached_property
    def small_tables(self) -> list[int]:
        """As in :mod:`sources`."""
        return [
            *self._bytes(SETTLING_TIMES, 5),
            *self._bytes(REDUCTIONS, REDUCTION_COUNT),
            *self._bytes(ORDERS, 2 * ORDER_SIZE),
            *self._bytes(CLASSES, CLASS_COUNT),
        ]

    def stream(self, stream: Stream, first: int, second: int) -> int:
        """Where a stream begins."""
        if stream is Stream.HEADER:
            return self._place(HEADER)
        if stream is Stream.LOAD:
            return self._place(LOADS[first])
        index = first
        if stream in (Stream.PROGRAM, Stream.NUMBERS):
            if first == 1 and second in SLOT_1:
                return self._place(SLOT_1[second][stream is Stream.NUMBERS])
            index = second
        elif stream in (Stream.DISCONNECT, Stream.LINK):
            index = first + _ALGORITHM_STRIDE * second
        return self._place(self._long(_POINTERS[stream] + 4 * index))

    def descriptor(self, slot: int) -> Descriptor:
        """The row of a slot."""
        address = descriptors.row_address(descriptors.SLOT_TABLE, slot)
        return Descriptor.of(self._bytes(address, descriptors.SIZE))

    def places(self, effect: int, slot: int) -> tuple[int, int] | None:
        """Tables of values and descriptors."""
        return self.rom.places(effect, slot)

    def preset(self) -> bytes:
        """The image of the start."""
        return self._bytes(PRESET, IMAGE_SIZE)

    def mix(self, first: int, curve: int, second: int) -> tuple[int, int]:
        """A product of three gains, and the first alone."""
        for number in (first, curve, second):
            if not 0 <= number < _GAIN_COUNT:
                raise InputError(f"the output has no gain {number}", remedy="give 0 to 127")
        gain = self._long(OUTPUT_GAINS + 4 * curve) >> 15
        gain = (gain * (self._long(GAINS + 4 * first) >> 16) & 0xFFFFFFFF) >> 16
        gain = gain * (self._long(GAINS + 4 * second) >> 15) & 0xFFFFFFFF
        return gain >> 16, self._long(GAINS + 4 * first) >> 17

    def _bytes(self, address: int, size: int) -> bytes:
        place = self._place(address)
        return self.memory[place : place + size]

    def _long(self, address: int) -> int:
        return int(struct.unpack("<I", self._bytes(address, 4))[0])

    def _place(self, address: int) -> int:
        place = address - self.base
        if not 0 <= place < len(self.memory) - 4:
            raise InputError(
                f"a stream or table would lie outside the ROM, at 0x{address:06X}",
                remedy="give the sub CPU's program 1.42",
            )
        return place


def open_source(path: Path) -> RomSource:
    """The source in a file; raises InputError if it is no program of the sub CPU."""
    return RomSource(rom.open_rom(path), path.name)
