"""Blocks past the handlers: E1 writes memory of the other CPU, E2 asks for some of it, E3 starts the payload.

E1 is followed by a header (where to, how many bytes) and the bytes; a count of 0 stands for 65,536, which
is how blocks of 64 KB go through a 16-bit count (inter-CPU page: XBC = 10000, and BC is stored). Whoever
receives an E2 answers with an E1 (listing, 0x020FBC: source, destination and count of the E2 are handed to
the sender of blocks, `InterCPU_E1_DMA_Transfer`; the other direction stores them in the same order).

Open questions
- What an E2 to the boot ROM does: the memory-map page gives its 10 bytes and nothing more.
- The trace of a boot is said to hold 524,358 bytes by DMA. The nine blocks make 524,288, with headers
  524,342, with command bytes 524,351: 16 or 7 bytes are unexplained.
- Whether the main CPU ever sends E3. The payload is started by its last block, which covers the flag at
  0x04FE; the payload-loading page waits for an E3 instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport import command_byte

BLOCK_LIMIT = 0x10000
HEADER_SIZE = 6
REQUEST_SIZE = 10
_ADDRESS_LIMIT = 1 << 32


@dataclass(frozen=True)
class Block:
    """E1: ``data``, 1 to 65,536 bytes, for the memory of the other CPU from ``address`` on."""

    address: int
    data: bytes

    def __post_init__(self) -> None:
        if not 1 <= len(self.data) <= BLOCK_LIMIT:
            raise InputError(
                f"a block of {len(self.data)} bytes cannot be sent", remedy="give 1 to 65536 bytes"
            )
        _check_address(self.address)

    @property
    def encoded(self) -> bytes:
        """Command byte, header and data."""
        return bytes([command_byte.BLOCK]) + header(self.address, len(self.data)) + self.data


@dataclass(frozen=True)
class BlockRequest:
    """E2: send ``count`` bytes from ``source`` in the receiver's memory to ``destination`` in the asker's."""

    source: int
    destination: int
    count: int

    def __post_init__(self) -> None:
        _check_address(self.source)
        _check_address(self.destination)
        if not 0 <= self.count <= 0xFFFF:
            raise InputError(f"a request for {self.count} bytes cannot be sent", remedy="give 0 to 65535")

    @classmethod
    def of(cls, data: bytes) -> BlockRequest:
        """From its ten bytes."""
        long = [int.from_bytes(data[at : at + 4], "little") for at in (0, 4)]
        return cls(long[0], long[1], int.from_bytes(data[8:10], "little"))

    @property
    def encoded(self) -> bytes:
        """Command byte and ten bytes."""
        body = self.source.to_bytes(4, "little") + self.destination.to_bytes(4, "little")
        return bytes([command_byte.BLOCK_REQUEST]) + body + self.count.to_bytes(2, "little")


@dataclass(frozen=True)
class PayloadReady:
    """E3: nothing follows."""

    @property
    def encoded(self) -> bytes:
        """The command byte."""
        return bytes([command_byte.PAYLOAD_READY])


def header(address: int, size: int) -> bytes:
    """The six bytes behind E1; 65,536 bytes are written as 0."""
    return address.to_bytes(4, "little") + (size & 0xFFFF).to_bytes(2, "little")


def header_size(data: bytes) -> int:
    """How many bytes a header announces."""
    return int.from_bytes(data[4:6], "little") or BLOCK_LIMIT


def _check_address(address: int) -> None:
    if not 0 <= address < _ADDRESS_LIMIT:
        raise InputError(f"address {address:#x} has no place in 32 bits", remedy="give 0 to 0xffffffff")


@dataclass(frozen=True)
class BootBlock:
    """One block of the boot: ``source`` in the main CPU's memory, ``address`` in the sub CPU's."""

    source: int
    address: int
    size: int


#: Where the main CPU unpacks the sub program to (payload-loading page).
IMAGE = 0x050000

#: In the order they are sent: the tone database from the table data ROM, the program, and last its entry,
#: which covers the flag at 0x04FE.  Source: payload-loading page (SubCPU_Send_Payload, 0xEF068A).
BOOT_BLOCKS = (
    *(BootBlock(0x830000 + 0x10000 * k, 0x050000 + 0x10000 * k, 0x10000) for k in range(5)),
    BootBlock(IMAGE + 0x00100, 0x00F000, 0x10000),
    BootBlock(IMAGE + 0x10100, 0x01F000, 0x10000),
    BootBlock(IMAGE + 0x20100, 0x02F000, 0xFF00),
    BootBlock(IMAGE, 0x000400, 0x100),
)


def boot_blocks(memory: Callable[[int, int], bytes]) -> Iterator[Block]:
    """The nine blocks of a boot; ``memory(address, size)`` reads the main CPU's memory."""
    for part in BOOT_BLOCKS:
        yield Block(part.address, memory(part.source, part.size))
