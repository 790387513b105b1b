"""What the demo shows of the SX-KN5000 as a machine: the open firmware boots, plays, and draws its screen.

Sound and picture are made by code of both CPUs, run on the boards around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from luthier.audio.stream import writing
from luthier.kn5000.board import session
from luthier.kn5000.board.audio import RATE, Samples
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.picture_files import write_png
from luthier.kn5000.board.report import Heard, Report
from luthier.kn5000.firmware.build import built
from luthier.kn5000.firmware.verdict import PLACE, SIZE, verdict

SOUND, PICTURE = "board.wav", "board.png"
#: Of the machine's time.
SECONDS = 12
#: A button that changes the effect, and when it is pressed.
_BUTTON, _MOMENT = "DSP EFFECT", 6


def run(folder: Path) -> tuple[str, Iterator[str]]:
    """Leave sound and picture in ``folder``; the command that does the same, and what it says."""
    board, heard = Board(built().roms), Heard()
    with writing(folder / SOUND, RATE, force=True) as writer:

        def both(samples: Samples) -> None:
            heard.add(samples)
            writer.write(samples)

        moves = session.pressed(_BUTTON, Fraction(_MOMENT))
        ending = session.run(board, Fraction(SECONDS), moves, sound=both)
    write_png(folder / PICTURE, board.screen.picture(), force=True)
    self_test = verdict(board.main.memory.data[PLACE : PLACE + SIZE].tobytes())
    outputs = f"-o {folder / SOUND} --screenshot {folder / PICTURE}"
    command = f'kn5000 boot --seconds {SECONDS} --press "{_BUTTON}@{_MOMENT}" {outputs}'
    return command, Report("open firmware", board, ending, heard, self_test).lines()
