"""Blocks, requests and the nine blocks of a boot."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.kn5000.transport.strategies import BLOCKS, REQUESTS

from luthier.errors import InputError
from luthier.kn5000.transport import blocks
from luthier.kn5000.transport.blocks import BOOT_BLOCKS, Block, BlockRequest, PayloadReady, boot_blocks
from luthier.kn5000.transport.framing import frames


def test_a_block_is_a_header_of_six_bytes_and_its_data() -> None:
    assert Block(0x012345, b"abc").encoded == bytes.fromhex("E1 45 23 01 00 03 00") + b"abc"


def test_64_kilobytes_are_counted_as_0() -> None:
    whole = Block(0x050000, bytes(0x10000)).encoded
    assert whole[:7] == bytes.fromhex("E1 00 00 05 00 00 00")
    assert len(whole) == 7 + 0x10000
    assert blocks.header_size(whole[1:7]) == 0x10000


def test_a_request_has_ten_bytes_and_a_payload_signal_none() -> None:
    request = BlockRequest(source=0x007800, destination=0x1E0000, count=0x72AA)
    assert request.encoded == bytes.fromhex("E2 00 78 00 00 00 00 1E 00 AA 72")
    assert PayloadReady().encoded == b"\xe3"


@given(BLOCKS, REQUESTS)
def test_blocks_and_requests_come_back(block: Block, request: BlockRequest) -> None:
    assert [frame for _, frame in frames(block.encoded + request.encoded)] == [block, request]


def test_what_cannot_be_sent_is_refused() -> None:
    for wrong in (b"", bytes(0x10001)):
        with pytest.raises(InputError):
            Block(0, wrong)
    with pytest.raises(InputError):
        Block(1 << 32, b"a")
    with pytest.raises(InputError):
        BlockRequest(0, 0, 0x10000)


def test_the_nine_blocks_of_a_boot() -> None:
    # Addresses and sizes from the payload-loading page.
    assert [(part.source, part.address, part.size) for part in BOOT_BLOCKS] == [
        (0x830000, 0x050000, 0x10000),
        (0x840000, 0x060000, 0x10000),
        (0x850000, 0x070000, 0x10000),
        (0x860000, 0x080000, 0x10000),
        (0x870000, 0x090000, 0x10000),
        (0x050100, 0x00F000, 0x10000),
        (0x060100, 0x01F000, 0x10000),
        (0x070100, 0x02F000, 0xFF00),
        (0x050000, 0x000400, 0x100),
    ]


def test_bytes_of_a_boot() -> None:
    # 7 x 65,536 + 65,280 + 256. The 524,358 that a trace is said to hold is none of these sums.
    asked = []

    def memory(address: int, size: int) -> bytes:
        asked.append(address)
        return bytes(size)

    sent = list(boot_blocks(memory))
    assert asked == [part.source for part in BOOT_BLOCKS]
    assert sum(len(block.data) for block in sent) == 524_288
    assert sum(len(block.encoded) - 1 for block in sent) == 524_342
    assert sum(len(block.encoded) for block in sent) == 524_351


def test_the_program_lies_without_gaps_in_its_image() -> None:
    # The image is 196,608 bytes long: 256 of the entry, and the three blocks behind it.
    parts = sorted((part.source, part.size) for part in BOOT_BLOCKS if part.source < 0x100000)
    end = 0x050000
    for source, size in parts:
        assert source == end
        end += size
    assert end == 0x050000 + 196_608
