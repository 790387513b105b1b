"""The window in the memory map: four channels of DSP 1 with eight registers each, and a register beside them.

0x130000 takes the number of a register, 0x130002 its data.  A channel's registers begin at channel * 32 +
16 (audio-subsystem page, "DSP Channel Register Map").  The routine that sets one (listing, 0x01FD27)
takes eight bytes in BC, QBC, DE and QDE, each the low byte first.  QBC is no other register bank but the
upper half of XBC, so these are simply the bytes of XBC and XDE.

At the start all registers are filled with 5A, and 0x0101001F is stored as a long word to 0x130000, 0x20
more for each channel.  The lowest byte is copied into the second before, so the four bytes are 1F 1F 01
01: register 1F is 1, then 3F, 5F and 7F (listing, 0x01FC95).  That is what the pages tell in three
different ways.

Open questions
- What the registers do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from luthier.errors import InputError
from luthier.kn5000.dsp_ports.lines import PortWrite

ADDRESS, DATA = 0x130000, 0x130002
CHANNELS = 4
REGISTERS = 8
SPACING = 0x20
FIRST = 0x10
CONFIGURATION = 0x1F
TEST_PATTERN = 0x5A
#: As published; the registers it sets are made of its bytes.
CONFIGURATION_LONG = 0x0101001F


def register_of(channel: int, index: int = 0) -> int:
    """The number of a channel's register; raises InputError if there is none."""
    if not 0 <= channel < CHANNELS:
        raise InputError(f"channel {channel} does not exist", remedy="give 0 to 3")
    if not 0 <= index < REGISTERS:
        raise InputError(f"a channel has no register {index}", remedy="give 0 to 7")
    return channel * SPACING + FIRST + index


def write_register(register: int, value: int) -> list[PortWrite]:
    """The two writes that set a register."""
    return [PortWrite(ADDRESS, register), PortWrite(DATA, value)]


def write_channel(channel: int, values: Sequence[int]) -> list[PortWrite]:
    """The sixteen writes that set a channel's eight registers."""
    if len(values) != REGISTERS:
        raise InputError(f"a channel has 8 registers, not {len(values)}")
    return [
        write
        for index, value in enumerate(values)
        for write in write_register(register_of(channel, index), value)
    ]


def from_registers(bc: int, qbc: int, de: int, qde: int) -> bytes:
    """The eight bytes of four 16-bit registers in the order in which they are written."""
    return b"".join(value.to_bytes(2, "little") for value in (bc, qbc, de, qde))


def start() -> list[PortWrite]:
    """What the firmware writes at the start."""
    return [*_test_pattern(), *_configuration()]


def _test_pattern() -> Iterator[PortWrite]:
    for channel in range(CHANNELS):
        yield from write_channel(channel, [TEST_PATTERN] * REGISTERS)


def _configuration() -> Iterator[PortWrite]:
    for channel in range(CHANNELS):
        lowest = CONFIGURATION + channel * SPACING
        long = CONFIGURATION_LONG & 0xFFFF0000 | lowest << 8 | lowest
        # A long word crosses the 16-bit bus as two; each port takes the lower byte of its half.
        yield from write_register(long & 0xFF, long >> 16 & 0xFF)
