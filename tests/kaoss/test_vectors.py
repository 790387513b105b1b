"""The table of exception vectors: names as the manual's sample program has them, targets, groups."""

from __future__ import annotations

import pytest
from tests.kaoss.test_system_file import ELECTRIBE_2S
from tests.kaoss.test_verify import changed

from luthier.errors import InputError
from luthier.kaoss.built_in import built_in
from luthier.kaoss.system_file import SystemFile, read
from luthier.kaoss.vectors import decode, handlers, meanings


def test_there_are_128_of_four_bytes() -> None:
    assert [meaning.number for meaning in meanings()] == list(range(128))
    assert 128 * 4 == 0x200
    assert len({meaning.name for meaning in meanings()}) == 128
    assert all(meaning.source for meaning in meanings())


@pytest.mark.parametrize(
    ("number", "name", "unit"),
    [
        (0, "RESET", "CPU"),
        (1, "MANUAL_RESET", "CPU"),
        (5, "TRACE", "CPU"),
        (7, "NMI", "CPU"),
        (8, "TRAP0", "CPU"),
        (11, "TRAP3", "CPU"),
        (16, "IRQ0", "external"),
        (23, "IRQ7", "external"),
        (24, "SWDTEND", "DTC"),
        (25, "WOVI", "watchdog"),
        (28, "ADI", "A/D"),
        (32, "TGI0A", "TPU0"),
        (36, "TCI0V", "TPU0"),
        (40, "TGI1A", "TPU1"),
        (47, "TCI2U", "TPU2"),
        (64, "CMIA0", "TMR0"),
        (70, "OVI1", "TMR1"),
        (72, "DEND0A", "DMAC"),
        (80, "ERI0", "SCI0"),
        (81, "RXI0", "SCI0"),
        (86, "TXI1", "SCI1"),
        (91, "TEI2", "SCI2"),
        (104, "EXIRQ0", "USB"),
        (105, "EXIRQ1", "USB"),
    ],
)
def test_names(number: int, name: str, unit: str) -> None:
    meaning = meanings()[number]
    assert (meaning.name, meaning.unit, meaning.is_reserved) == (name, unit, False)


def test_reserved_ones() -> None:
    # The sample program's list.
    reserved = {2, 3, 4, 12, 13, 14, 15, 26, 27, 29, 30, 31, 37, 38, 39, 67, 71, 76, 77, 78, 79}
    reserved |= {*range(48, 64), *range(92, 104), *range(106, 128)}
    assert {meaning.number for meaning in meanings() if meaning.is_reserved} == reserved
    assert 128 - len(reserved) == 57


def test_targets() -> None:
    vectors = decode(built_in())
    assert vectors[0].target == 0x210
    assert (vectors[7].address, vectors[7].file_offset) == (0x1C, 0x11C)
    assert all(not vector.oddities for vector in vectors)
    assert decode(changed(0x100, b"\x12\x00\x02\x10"))[0].target == 0x210
    assert decode(changed(0x104, b"\xff\xff\xff\xff"))[1].target is None


def test_handlers() -> None:
    found = handlers(decode(built_in()))
    assert [len(handler.vectors) for handler in found] == [1, 126, 1]
    assert sum(len(handler.vectors) for handler in found) == 128
    assert [handler.is_shared for handler in found] == [False, True, False]
    # The timer's compare match A.
    assert [vector.meaning.name for vector in found[2].vectors] == ["TGI0A"]


def test_payloads_without_a_table() -> None:
    with pytest.raises(InputError, match="it runs on an ARM"):
        decode(SystemFile(read(ELECTRIBE_2S).header, bytes(0x200000)))
    with pytest.raises(InputError, match="cut off: 511 of 512"):
        decode(read(built_in().write()[: 0x100 + 511]))
