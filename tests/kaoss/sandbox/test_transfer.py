"""The DTC: its modes by their description, on records laid by hand."""

from __future__ import annotations

import pytest
from tests.kaoss.sandbox.boards import RESULT, board

from luthier.kaoss.sandbox.chip import Chip

VECTOR = 32  #: TGI0A, bit 5 of DTCERB
RECORD, SOURCE, TARGET = RESULT + 0x100, RESULT + 0x200, RESULT + 0x300
FIXED, UP, DOWN = 0, 2, 3
NORMAL, REPEAT, BLOCK = 0, 1, 2


def chip_with(*records: tuple[int, int, int, int], content: bytes = bytes(range(1, 65))) -> Chip:
    """Records as (mode A, mode B, count A, count B), one behind the other, from SOURCE to TARGET."""
    chip = board("stay: bra stay")
    for number, (mode_a, mode_b, count_a, count_b) in enumerate(records):
        laid = (
            (mode_a << 24 | SOURCE).to_bytes(4, "big")
            + (mode_b << 24 | TARGET + 64 * number).to_bytes(4, "big")
            + count_a.to_bytes(2, "big")
            + count_b.to_bytes(2, "big")
        )
        chip.memory.load(RECORD + 12 * number, laid)
    chip.memory.load(SOURCE, content)
    chip.memory.load(0x400 + 2 * VECTOR, (RECORD & 0xFFFF).to_bytes(2, "big"))
    chip.registers.put("DTCERB", 0x20)
    return chip


def mode(source: int, target: int, kind: int, *, words: bool = False, from_source: bool = False) -> int:
    return source << 6 | target << 4 | kind << 2 | from_source << 1 | words


def moved(chip: Chip, length: int, place: int = TARGET) -> bytes:
    return chip.memory.data[place : place + length].tobytes()


def is_enabled(chip: Chip) -> bool:
    return bool(chip.registers.get("DTCERB") & 0x20)


def test_what_is_not_enabled_is_left_to_the_cpu() -> None:
    chip = chip_with((mode(UP, UP, NORMAL), 0, 3, 0))
    chip.registers.put("DTCERB", 0xDF)
    assert not chip.transfer.serve(VECTOR)
    assert not chip.transfer.serve(36), "an overflow cannot start one"
    assert moved(chip, 1) == b"\0"


def test_normal_mode_counts_to_nothing() -> None:
    chip = chip_with((mode(UP, UP, NORMAL), 0, 3, 0))
    assert [chip.transfer.serve(VECTOR) for _ in range(3)] == [True, True, False]
    assert moved(chip, 4) == b"\1\2\3\0"
    assert not is_enabled(chip)
    assert not chip.transfer.serve(VECTOR)


def test_words_and_directions() -> None:
    chip = chip_with((mode(DOWN, FIXED, NORMAL, words=True), 0, 9, 0))
    chip.memory.load(RECORD + 1, (SOURCE + 4).to_bytes(3, "big"))
    found = []
    for _ in range(3):
        assert chip.transfer.serve(VECTOR)
        found.append(moved(chip, 2))
    assert found == [b"\5\6", b"\3\4", b"\1\2"]


@pytest.mark.parametrize("from_source", [True, False])
def test_repeat_mode_begins_anew(from_source: bool) -> None:
    """Count A holds length and what is left, 2 and 2; the side that repeats goes back after two."""
    chip = chip_with((mode(UP, UP, REPEAT, from_source=from_source), 0, 0x0202, 0))
    assert all([chip.transfer.serve(VECTOR) for _ in range(5)])  # noqa: C419
    assert moved(chip, 6) == (b"\1\2\1\2\1\0" if from_source else b"\5\4\0\0\0\0")
    assert is_enabled(chip), "it never ends"


def test_block_mode_moves_blocks() -> None:
    """Three bytes a block, two blocks; the source begins anew each time."""
    chip = chip_with((mode(UP, UP, BLOCK, from_source=True), 0, 0x0303, 2))
    assert chip.transfer.serve(VECTOR)
    assert moved(chip, 6) == b"\1\2\3\0\0\0"
    assert not chip.transfer.serve(VECTOR)
    assert moved(chip, 7) == b"\1\2\3\1\2\3\0"


def test_a_chain_makes_both_transfers() -> None:
    chip = chip_with((mode(UP, UP, NORMAL), 0x80, 5, 0), (mode(UP, UP, NORMAL), 0, 5, 0))
    assert chip.transfer.serve(VECTOR)
    assert moved(chip, 2) == b"\1\0"
    assert moved(chip, 2, TARGET + 64) == b"\1\0"


def test_the_cpu_can_be_told_every_time() -> None:
    chip = chip_with((mode(UP, UP, NORMAL), 0x40, 5, 0))
    assert not chip.transfer.serve(VECTOR)
    assert moved(chip, 2) == b"\1\0"


def test_a_chain_without_end_ends() -> None:
    chip = chip_with(*[(mode(UP, FIXED, BLOCK), 0x80, 0, 0)] * 40)
    chip.transfer.serve(VECTOR)
