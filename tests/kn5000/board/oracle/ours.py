"""The programs of this folder on our board: the RAM of both CPUs when the program is done."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tests.kn5000.board.oracle.images import DONE, READY, RESULTS, RESULTS_END, images

from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.machine.processor import Executor

SECONDS = 2.0  #: of the machine's time, at most; the longest program takes one


class NotDoneError(Exception):
    """The program did not come to its end."""


def run(name: str, executor: Executor = "compiled") -> NDArray[np.uint8]:
    """RESULTS to RESULTS_END of the main CPU (row 0) and the sub CPU (row 1) behind a program."""
    built = images(name)
    roms = RomSet(program=built.program, sub_boot=built.sub_boot)
    board = Board(roms, executor=executor, effects=None)
    main, sub = board.main.memory.data, board.sub.memory.data
    while bytes(main[READY : READY + 4]) != DONE.to_bytes(4, "little"):
        ending = board.run(0.02)
        if board.seconds > SECONDS:
            raise NotDoneError(f"{name}: {ending}")
    return np.stack([memory[RESULTS:RESULTS_END] for memory in (main, sub)])
