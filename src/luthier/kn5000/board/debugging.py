"""The board for ``luthier debug``: with a user's dumps or the open firmware, and names for its addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from luthier.errors import InputError
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.reading import read_roms
from luthier.kn5000.firmware.build import MAIN, SUB_BOOT, SUB_PAYLOAD, built
from luthier.kn5000.memory_map import symbols
from luthier.machine.processor import Executor

Names = dict[str, dict[str, int]]


def board_and_names(roms: Path | None, executor: Executor = "compiled") -> tuple[Board, Names]:
    """The machine at power on, and names by processor: those published for the maker's programs, or ours.

    :class:`InputError` if there is no program of the main CPU among the dumps.
    """
    if roms is None:
        firmware = built()
        ours: Mapping[str, Mapping[str, int]] = {
            name: program.symbols for name, program in firmware.programs.items()
        }
        names = {"main": dict(ours[MAIN]), "sub": {**ours[SUB_BOOT], **ours[SUB_PAYLOAD]}}
        return Board(firmware.roms, executor=executor, effects=None, symbols=names), names
    found = read_roms(roms).roms
    if found.program is None:
        raise InputError(
            "there is no program of the main CPU among the dumps",
            where=str(roms),
            remedy="add it, or leave --roms away for the open firmware",
        )
    if found.sub_boot is None:
        found = replace(found, sub_boot=built().roms.sub_boot)
    published = {
        cpu: {name: symbol.address for name, symbol in symbols(cpu).items()} for cpu in ("main", "sub")
    }
    return Board(found, executor=executor, effects=None), published
