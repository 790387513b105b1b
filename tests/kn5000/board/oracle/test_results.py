"""The recorded results say what reckoning says, and MAME gives them again where there is one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.board.oracle import mame
from tests.kn5000.board.oracle.images import LOG, PAIRS, RESULTS
from tests.kn5000.board.oracle.vectors import differences, masks, results


def words(name: str, first: int, count: int, cpu: int = 0) -> list[int]:
    start = first - RESULTS
    found = results()[name][cpu][start : start + 2 * count].view("<u2")
    return [int(word) for word in found]


def log(name: str, cpu: int = 0) -> list[tuple[int, int, int]]:
    """Vector, mask and stage, A; until the first empty entry."""
    rows = results()[name][cpu][LOG - RESULTS :][:1023].reshape(-1, 3)
    return [(int(a), int(b), int(c)) for a, b, c in rows if a]


def test_every_program_has_a_result_and_masks_name_programs() -> None:
    assert set(results()) == set(PAIRS)
    assert set(masks()) <= set(PAIRS)


def test_periods_of_the_8_bit_timers_are_their_clocks() -> None:
    """256,000 states by 8, 32, 128 or 2048 for a count (tlcs900 facts 3), and TREG counts for a request."""
    states = (200 * 8, 50 * 32, 13 * 128, 200 * 8, 13 * 128, 2048)
    for found, period in zip(words("timers_8bit", RESULTS, 12), states * 2, strict=True):
        assert abs(found - 256_000 / period) <= 1
    assert abs(words("timers_8bit", RESULTS + 0x30, 1)[0] - 256_000 / (256 * 8)) <= 1


def test_mame_never_asks_for_the_upper_comparator() -> None:
    """Timers 4, 6, 8 and A: at 12 clocks the lower one asks, and the upper, at the same number, does not."""
    found = words("timers_16bit", RESULTS, 24)
    assert all(count > 150 for count in found[::2])
    assert set(found[1::2]) == {0}


def test_requests_come_by_level_then_by_vector() -> None:
    levels = {0x50: 3, 0x54: 5, 0x58: 3, 0x5C: 1, 0x60: 6, 0x70: 2}
    expected = sorted(levels, key=lambda vector: (-levels[vector], vector))
    assert [vector for vector, where, _ in log("interrupts") if where & 15 == 1] == expected


def test_a_request_is_taken_where_its_level_is_the_mask_or_above() -> None:
    found = results()["interrupts"][0][:24].reshape(3, 8).tolist()
    assert found == [[int(level >= n and n < 7) for n in range(8)] for level in (1, 3, 6)]


def test_messages_between_the_cpus_arrive_whole() -> None:
    answers = sum(byte ^ 0x5A for byte in range(256))
    assert words("latch_main", RESULTS, 1) == [answers & 0xFFFF]
    sub = results()["latch_main"][1]
    assert sub[0x10:0x30].tolist() == [7 * n & 0xFF for n in range(32)]
    assert sub[0x40:0x60].tolist() == [11 * n & 0xFF for n in range(32)]
    assert results()["latch_main"][0][0x10:0x20].tolist() == [13 * n & 0xFF for n in range(16)]


def test_a_difference_is_found() -> None:
    for name, recorded in results().items():
        assert differences(name, recorded) == []
        for cpu, address in ((0, 0), (1, 0x7FF)):
            changed = recorded.copy()
            changed[cpu, address] ^= 0x40
            assert len(differences(name, changed)) == 1


@pytest.mark.skipif(mame.peer() is None, reason=f"{mame.MAME} names no MAME")
@pytest.mark.parametrize("name", PAIRS)
def test_mame_gives_the_same_again(name: str) -> None:
    peer = mame.peer()
    assert peer is not None
    assert np.array_equal(mame.run(name, peer), results()[name])
