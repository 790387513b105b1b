"""The table of handlers, as the command-format page gives the bytes at 0x00F46C."""

from __future__ import annotations

from luthier.kn5000.transport import dispatch


def test_targets() -> None:
    addresses = [handler.address for handler in dispatch.HANDLERS]
    assert addresses == [0x034D5F, 0x01FC7C, 0x01FC7F, 0x035893, 0x01F890, 0x03CFEE, 0x020C12, 0x020C12]
    assert [handler.number for handler in dispatch.HANDLERS] == list(range(8))


def test_the_table_as_it_lies_in_the_rom() -> None:
    assert dispatch.TABLE_ADDRESS == 0x00F46C
    assert dispatch.table_image() == bytes.fromhex(
        "5F4D0300 7CFC0100 7FFC0100 93580300 90F80100 EECF0300 120C0200 120C0200"
    )


def test_ranges_of_commands() -> None:
    ranges = [(handler.first_command, handler.last_command) for handler in dispatch.HANDLERS]
    assert ranges[0] == (0x00, 0x1F)
    assert ranges[3] == (0x60, 0x7F)
    assert ranges[5] == (0xA0, 0xBF)
    assert [command for start, end in ranges for command in range(start, end + 1)] == list(range(256))
