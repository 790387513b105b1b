"""Our board and MAME: the same images, the same RAM, the same order of events."""

from __future__ import annotations

import pytest
from tests.kn5000.board.oracle import ours
from tests.kn5000.board.oracle.images import PAIRS
from tests.kn5000.board.oracle.vectors import differences


@pytest.mark.parametrize("name", PAIRS)
def test_the_board_leaves_the_same(name: str) -> None:
    assert differences(name, ours.run(name)) == []


@pytest.mark.parametrize("name", ["interrupts", "micro_dma", "latch_main", "start_main", "ports"])
def test_so_it_does_without_compiled_code(name: str) -> None:
    assert differences(name, ours.run(name, executor="plain")) == []
