"""The screen: 320 by 240 points of 256 colours, out of the video RAM and the palette of the LCD controller.

The MN89304 (IC206) has the registers of a VGA, the byte of port n at 0x170000 + n.  What firmware sets of
them is kept and read back; the picture follows the palette, its mask and the start address (display page of
the documentation).  A palette entry has four bits a channel.

Open questions
- What the sequencer, graphics and attribute registers and this chip's extra ones do: kept, without effect.
- What unit the start address counts in: the firmware is only known to set 0.  Here it counts bytes.
- How long a line is for other settings of the CRT controller than the firmware's (register 13 is 14, bit 6 of
  17 is set: 320 bytes); here as in MAME, and 320 before anything is set.
- What of input status 1 (3DA) can be read: it reads 0 here, never in a retrace.
- How the upper half of the video RAM chip is reached.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from luthier.machine.memory import Memory

BASE: Final = 0x170000
VIDEO_RAM, VIDEO_RAM_SIZE = 0x1A0000, 0x40000
WIDTH, HEIGHT, STRIDE = 320, 240, 320
COLOURS, CHANNELS = 256, 3
#: A channel of four bits, 0 to 15, as eight: 15 becomes 255.
_TO_BYTE: Final = 0x11
_CHANNEL_MASK: Final = 0x0F

_ATTRIBUTE, _ATTRIBUTE_READ = 0x3C0, 0x3C1
_MISCELLANEOUS, _MISCELLANEOUS_READ = 0x3C2, 0x3CC
_MASK, _READ_INDEX, _WRITE_INDEX, _DATA = 0x3C6, 0x3C7, 0x3C8, 0x3C9
_STATUS = 0x3DA
#: Pairs of an index and the data behind it: sequencer, graphics controller, CRT controller.
_INDEXED: Final = {0x3C4: "sequencer", 0x3CE: "graphics", 0x3D4: "crtc"}
START_HIGH, START_LOW = 0x0C, 0x0D
#: Registers of the CRT controller that say how long a line is; this chip counts in eights (display page).
_OFFSET, _MODE, _BYTES, _OFFSET_SHIFT = 0x13, 0x17, 0x40, 3

Picture = npt.NDArray[np.uint8]


class Screen:
    """The controller's registers, a device on the main CPU's ``memory``, and the picture they make of it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.reset()

    def reset(self) -> None:
        """As after the reset line: everything 0, and the mask open."""
        self.palette = np.zeros((COLOURS, CHANNELS), np.uint8)
        """Four bits a channel: red, green, blue."""
        self.mask = 0xFF
        self.registers: dict[str, bytearray] = {
            name: bytearray(0x100) for name in ("sequencer", "graphics", "crtc", "attribute")
        }
        self._index = dict.fromkeys((*_INDEXED, _ATTRIBUTE), 0)
        self._awaits_index = True  # the attribute controller's port takes index and data in turn
        self._miscellaneous = 0
        self._read_at = self._write_at = 0  # in channels: three an entry

    # As a device

    def read(self, address: int, size: int) -> int:
        """One port, or a neighbour too."""
        return sum(self._read_port(address + k - BASE) << 8 * k for k in range(size))

    def write(self, address: int, size: int, value: int) -> None:
        """One port, or a neighbour too: index and data can be written as one word."""
        for k in range(size):
            self._write_port(address + k - BASE, value >> 8 * k & 0xFF)

    def _read_port(self, port: int) -> int:
        if port in self._index:
            return self._index[port]
        if port - 1 in _INDEXED:
            return self.registers[_INDEXED[port - 1]][self._index[port - 1]]
        if port == _DATA:
            entry, channel = divmod(self._read_at, CHANNELS)
            self._read_at = (self._read_at + 1) % (COLOURS * CHANNELS)
            return int(self.palette[entry, channel])
        if port == _STATUS:
            self._awaits_index = True
            return 0
        plain = {
            _MASK: self.mask,
            _WRITE_INDEX: self._write_at // CHANNELS,
            _MISCELLANEOUS_READ: self._miscellaneous,
            _ATTRIBUTE_READ: self.registers["attribute"][self._index[_ATTRIBUTE]],
        }
        return plain.get(port, 0)

    def _write_port(self, port: int, value: int) -> None:
        if port in _INDEXED:
            self._index[port] = value
        elif port - 1 in _INDEXED:
            self.registers[_INDEXED[port - 1]][self._index[port - 1]] = value
        elif port == _DATA:
            entry, channel = divmod(self._write_at, CHANNELS)
            self.palette[entry, channel] = value & _CHANNEL_MASK
            self._write_at = (self._write_at + 1) % (COLOURS * CHANNELS)
        elif port == _WRITE_INDEX:
            self._write_at = CHANNELS * value
        elif port == _READ_INDEX:
            self._read_at = CHANNELS * value
        elif port == _MASK:
            self.mask = value
        elif port == _ATTRIBUTE:
            self._write_attribute(value)
        elif port == _MISCELLANEOUS:
            self._miscellaneous = value

    def _write_attribute(self, value: int) -> None:
        if self._awaits_index:
            self._index[_ATTRIBUTE] = value
        else:
            self.registers["attribute"][self._index[_ATTRIBUTE]] = value
        self._awaits_index = not self._awaits_index

    # The picture

    @property
    def start(self) -> int:
        """Which byte of the video RAM is the point at the top left."""
        crtc = self.registers["crtc"]
        return crtc[START_HIGH] << 8 | crtc[START_LOW]

    @property
    def stride(self) -> int:
        """Bytes from one line to the next."""
        crtc = self.registers["crtc"]
        unit = 1 if crtc[_MODE] & _BYTES else 2
        return crtc[_OFFSET] << unit << _OFFSET_SHIFT or STRIDE

    def indices(self) -> Picture:
        """The numbers of the colours, uint8 (240, 320)."""
        lines = self.start + self.stride * np.arange(HEIGHT)
        places = (lines[:, None] + np.arange(WIDTH)) % VIDEO_RAM_SIZE
        held: Picture = self._memory.data[VIDEO_RAM + places]
        return held

    def picture(self) -> Picture:
        """The picture, uint8 (240, 320, 3), red, green, blue."""
        colours: Picture = self.palette * np.uint8(_TO_BYTE)
        picture: Picture = colours[self.indices() & self.mask]
        return picture

    # State

    def snapshot(self) -> dict[str, Any]:
        """Everything but the video RAM."""
        return {
            "palette": self.palette.copy(),
            "mask": self.mask,
            "registers": {name: bytes(content) for name, content in self.registers.items()},
            "index": dict(self._index),
            "rest": (self._awaits_index, self._miscellaneous, self._read_at, self._write_at),
        }

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        self.palette = taken["palette"].copy()
        self.mask = taken["mask"]
        self.registers = {name: bytearray(content) for name, content in taken["registers"].items()}
        self._index = dict(taken["index"])
        self._awaits_index, self._miscellaneous, self._read_at, self._write_at = taken["rest"]
