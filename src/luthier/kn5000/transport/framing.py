"""Cuts a stream of latch bytes into frames by its command bytes alone, as the receiver does.

Every byte belongs to a frame: joined, the frames are the stream again.  Nothing in a stream marks where a
frame begins; what to do when bytes are missing or strange is a matter of :mod:`resynchronisation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kn5000.transport import blocks
from luthier.kn5000.transport.blocks import Block, BlockRequest, PayloadReady
from luthier.kn5000.transport.command_byte import BLOCK, BLOCK_REQUEST, PAYLOAD_READY, CommandByte


@dataclass(frozen=True)
class Packet:
    """Up to 32 bytes for a handler.  Raises InputError for one that would be taken for E1, E2 or E3."""

    handler: int
    payload: bytes

    def __post_init__(self) -> None:
        if self.command.is_special:
            raise InputError(
                f"{len(self.payload)} bytes for handler 7 would be taken for {self.command.byte:X}",
                remedy="give another number of bytes than 2, 3 or 4",
            )

    @property
    def command(self) -> CommandByte:
        """Its command byte."""
        return CommandByte(self.handler, len(self.payload))

    @property
    def encoded(self) -> bytes:
        """Command byte and payload."""
        return bytes([self.command.byte]) + self.payload


@dataclass(frozen=True)
class Cut:
    """A frame whose end is missing: ``encoded`` is what is there, ``expected`` how long it should be.

    Of an E1 whose header is cut off, only the header is expected.
    """

    encoded: bytes
    expected: int


Frame = Packet | Block | BlockRequest | PayloadReady | Cut


def frame_at(data: bytes, offset: int) -> Frame:
    """The frame that begins at ``offset``, which must be in ``data``."""
    command = data[offset]
    expected = 1 + _body_size(data, offset)
    found = data[offset : offset + expected]
    if len(found) < expected:
        return Cut(bytes(found), expected)
    if command == PAYLOAD_READY:
        return PayloadReady()
    if command == BLOCK_REQUEST:
        return BlockRequest.of(found[1:])
    if command == BLOCK:
        start = 1 + blocks.HEADER_SIZE
        return Block(int.from_bytes(found[1:5], "little"), bytes(found[start:]))
    return Packet(CommandByte.of(command).handler, bytes(found[1:]))


def frames(data: bytes) -> Iterator[tuple[int, Frame]]:
    """All frames with their offsets; only the last can be a :class:`Cut`."""
    offset = 0
    while offset < len(data):
        frame = frame_at(data, offset)
        yield offset, frame
        offset += len(frame.encoded)


def _body_size(data: bytes, offset: int) -> int:
    command = data[offset]
    if command == PAYLOAD_READY:
        return 0
    if command == BLOCK_REQUEST:
        return blocks.REQUEST_SIZE
    if command == BLOCK:
        head = data[offset + 1 : offset + 1 + blocks.HEADER_SIZE]
        whole = len(head) == blocks.HEADER_SIZE
        return blocks.HEADER_SIZE + (blocks.header_size(head) if whole else 0)
    return CommandByte.of(command).length
