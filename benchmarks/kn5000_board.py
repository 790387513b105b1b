"""How fast the SX-KN5000's board runs with both CPUs busy and everything on, beside MAME on the same images.

``python -m benchmarks.kn5000_board``.  The peer needs ``LUTHIER_PEER_MAME``, see mame.py.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import mame
from benchmarks.board_images import ROUNDS, images
from benchmarks.results import Figure, print_table
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.kn5000.board.tracing import traced
from luthier.kn5000.firmware.build import built
from luthier.machine.logs.writing import open_log

NAME = "KN5000 board"
#: Requirements: times real time on two cores, MAME's instruction rate on the same images, real time with all
#: instructions and devices logged; MiB for ten seconds of the machine.
TIMES, RATIO, TRACED, MEBIBYTES = 4, 4, 0.5, 1024
VOICES = 32
_SECONDS, _REPEATS = 2.0, 3
_FILES = ("kn5000_v10_program.rom", "kn5000_subcpu_boot.ic30")


def _busy() -> Board:
    program, sub_boot = images(VOICES)
    board = Board(RomSet(program=program, sub_boot=sub_boot))
    board.run(0.5)
    assert len(board.audio()) and board.sound.generator.sounding == VOICES
    return board


def _state(board: Board) -> tuple[list[int], list[int]]:
    """Instructions and rounds of both CPUs."""
    rounds = [
        int.from_bytes(bytes(chip.memory.data[ROUNDS : ROUNDS + 4]), "little")
        for chip in (board.main, board.sub)
    ]
    return [member.processor.instructions for member in board.members], rounds


def _differences(before: list[int], after: list[int]) -> list[int]:
    return [there - here for here, there in zip(before, after, strict=True)]


def busy() -> Iterator[Figure]:
    """Mixed code on both CPUs, 32 voices with reverb and chorus, on the clock on the wall: two cores."""
    board, best = _busy(), 1e9
    for _ in range(_REPEATS):
        before, begin = _state(board), time.perf_counter()
        board.run(_SECONDS)
        board.audio()
        took = time.perf_counter() - begin
        if took < best:
            best, after = took, _state(board)
            instructions, rounds = map(_differences, before, after)
    speed, rate = _SECONDS / best, sum(instructions) / best / 1e6
    row = f"both CPUs on mixed code, {VOICES} voices, effects"
    yield Figure(NAME, row, f"{speed:.1f}×", f"≥ {TIMES}×", speed >= TIMES, "", {"times_real_time": speed})
    found = mame.board_speed(dict(zip(_FILES, images(VOICES), strict=True)), ROUNDS)
    details, peer, required, holds = {"million_instructions_a_second": rate}, "", "", None
    text = f"{rate:.0f} MIPS"
    if found is not None:
        a_round = [count / turns for count, turns in zip(instructions, rounds, strict=True)]
        theirs = (found.main * a_round[0] + found.sub * a_round[1]) / 1e6
        details |= {"peer_million_instructions_a_second": theirs, "ratio": rate / theirs}
        peer, required, holds = f"{theirs:.1f} MIPS", f"≥ {RATIO}× peer", rate / theirs >= RATIO
        text += f", {rate / theirs:.1f} × peer"
    yield Figure(
        NAME, "instructions of both CPUs a second, the same images", text, required, holds, peer, details
    )


def logged() -> Iterator[Figure]:
    """The same with every instruction, interrupt, latch byte and device register in a compact log."""
    board = _busy()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.trace"
        begin = time.perf_counter()
        with open_log(path, board.schedule.ticks_a_second) as log, traced(board, log):
            board.run(1.0)
        speed = 1.0 / (time.perf_counter() - begin)
        size = path.stat().st_size / 2**20
    row = f"the same, everything logged ({size:.0f} MiB a second)"
    yield Figure(NAME, row, f"{speed:.2f}×", f"≥ {TRACED}×", speed >= TRACED, "", {"times_real_time": speed})


def firmware() -> Iterator[Figure]:
    """The open firmware from power on, playing its song."""
    board = Board(built().roms)
    board.run(2.0)
    begin = time.perf_counter()
    board.run(4.0)
    heard = board.audio()
    speed = 4.0 / (time.perf_counter() - begin)
    assert abs(heard).max() > 0.01
    row = "open firmware playing its song"
    yield Figure(NAME, row, f"{speed:.1f}×", f"≥ {TIMES}×", speed >= TIMES, "", {"times_real_time": speed})


_TEN_SECONDS = """
from benchmarks.kn5000_board import _busy
board = _busy()
board.run(10.0)
board.audio()
"""


def memory() -> Iterator[Figure]:
    """The most memory of a process that runs ten seconds of the machine."""
    subprocess.run([sys.executable, "-c", _TEN_SECONDS], check=True)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    row = "memory for ten seconds of it"
    yield Figure(
        NAME, row, f"{most:.0f} MiB", f"< {MEBIBYTES} MiB", most < MEBIBYTES, "", {"mebibytes": most}
    )


def measure() -> Iterator[Figure]:
    """All of it."""
    yield from memory()
    yield from busy()
    yield from logged()
    yield from firmware()


if __name__ == "__main__":
    print_table(list(measure()))
