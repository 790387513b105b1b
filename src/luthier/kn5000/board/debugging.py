"""The board for ``luthier debug``: with a user's dumps or the open firmware, and names for its addresses."""

from __future__ import annotations

from pathlib import Path

from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.reading import read_roms
from luthier.kn5000.firmware.build import built
from luthier.kn5000.memory_map import symbols
from luthier.machine.processor import Executor

Names = dict[str, dict[str, int]]


def board_and_names(roms: Path | None, executor: Executor = "compiled") -> tuple[Board, Names]:
    """The machine at power on, and names by processor: those published for the maker's programs, or ours.

    :class:`InputError` if there is no program of the main CPU among the dumps.
    """
    if roms is None:
        firmware = built()
        names = firmware.symbols
        return Board(firmware.roms, executor=executor, effects=None, symbols=names), names
    found = read_roms(roms).bootable(lambda: built().roms)
    published = {
        cpu: {name: symbol.address for name, symbol in symbols(cpu).items()} for cpu in ("main", "sub")
    }
    return Board(found, executor=executor, effects=None), published
