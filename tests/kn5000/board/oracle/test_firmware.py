"""The open firmware boots in MAME and on our board: the same self test, memory and screen."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.board.oracle import mame
from tests.kn5000.board.oracle.firmware import RESULT, RESULT_END, SECONDS, Booted, boot

from luthier.kn5000.board.board import Board
from luthier.kn5000.firmware.build import ENTRY, ENTRY_SIZE, REST, SUB_PAYLOAD, built
from luthier.kn5000.firmware.tone_tables import tone_tables

GOOD = 0x600DB007
#: Rows of the screen that stay the same while the song plays: titles above the house, all below it.
STILL_ROWS = (slice(0, 16), slice(160, 240))
TONES = 0x050000  #: where the tone tables go (facts 2.4)


@pytest.fixture(scope="module")
def ours() -> Booted:
    board = Board(built().roms, effects=None)
    board.run(SECONDS)
    main, sub = (np.array(chip.memory.data[:0x100000]) for chip in (board.main, board.sub))
    return Booted(main, sub, board.screen.picture())


@pytest.fixture(scope="module")
def theirs() -> Booted:
    peer = mame.peer()
    if peer is None:
        pytest.skip(f"{mame.MAME} names no MAME")
    return boot(peer)


def result(booted: Booted) -> list[int]:
    return [int(word) for word in booted.main[RESULT:RESULT_END].view("<u4")]


def check_memory(booted: Booted) -> None:
    """What the main CPU sent through the latch is in the sub CPU's memory: tables and code."""
    tones = np.frombuffer(tone_tables().data, np.uint8)
    assert np.array_equal(booted.sub[TONES : TONES + len(tones)], tones)
    program = built().programs[SUB_PAYLOAD]
    code = np.frombuffer(program.image, np.uint8)
    assert np.array_equal(booted.sub[ENTRY : ENTRY + ENTRY_SIZE], code[:ENTRY_SIZE])
    assert np.array_equal(booted.sub[REST : program.base + len(code)], code[REST - program.base :])


def test_it_boots_on_our_board(ours: Booted) -> None:
    assert result(ours)[0] == GOOD
    check_memory(ours)


def test_it_boots_in_mame(theirs: Booted) -> None:
    assert result(theirs)[0] == GOOD
    check_memory(theirs)


def test_both_report_the_same(ours: Booted, theirs: Booted) -> None:
    assert result(ours) == result(theirs)


def test_both_show_the_same(ours: Booted, theirs: Booted) -> None:
    for rows in STILL_ROWS:
        assert np.array_equal(ours.picture[rows], theirs.picture[rows])
    same = (ours.picture == theirs.picture).all(axis=2)
    assert same.mean() > 0.9  # a window or two, and the place in the song
