"""The command byte, as the pages give it."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.kn5000.transport.command_byte import CommandByte, chunks


def test_example_of_the_memory_map_page() -> None:
    assert CommandByte.of(0x45) == CommandByte(handler=2, length=6)


def test_header_of_a_configuration() -> None:
    assert CommandByte.of(0x7F) == CommandByte(handler=3, length=32)
    assert CommandByte(3, 32).byte == 0x7F


def test_every_byte_is_a_handler_and_a_length() -> None:
    for byte in range(256):
        command = CommandByte.of(byte)
        assert (command.handler, command.length) == (byte >> 5, (byte & 31) + 1)
        assert 1 <= command.length <= 32
        assert command.byte == byte
        assert command.is_special == (byte in (0xE1, 0xE2, 0xE3))


@pytest.mark.parametrize(("handler", "length"), [(-1, 1), (8, 1), (0, 0), (0, 33)])
def test_impossible_command_bytes_are_refused(handler: int, length: int) -> None:
    with pytest.raises(InputError):
        CommandByte(handler, length)


def test_sends_are_cut_into_pieces_of_32_bytes() -> None:
    assert [len(piece) for piece in chunks(bytes(70))] == [32, 32, 6]
    assert [len(piece) for piece in chunks(bytes(64))] == [32, 32]
    assert list(chunks(b"")) == []
