"""The open firmware in MAME: what its self test found, the sub CPU's memory, the screen.

``python -m tests.kn5000.board.oracle.firmware MAME SCREEN.png`` runs it for two seconds of the machine's
time and writes the screen.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.cpu.tlcs900.vectors.harness import start
from tests.kn5000.board.oracle.mame import NotDoneError, write_roms

from luthier.kn5000.board.picture_files import write_png
from luthier.kn5000.board.screen import HEIGHT, WIDTH
from luthier.kn5000.firmware.build import images

RESULT, RESULT_END = 0xC00, 0xC20  #: where the firmware's self test leaves what it found
RAM = 0x100000  #: of each CPU
SECONDS = 2.0  #: booting takes 1.4; then the song plays

_SCRIPT = """
local main = manager.machine.devices[":maincpu"].spaces["program"]
local sub = manager.machine.devices[":subcpu"].spaces["program"]
local function look()
    if manager.machine.time:as_double() >= SECONDS then
        local file = io.open("OUTPUT", "wb")
        file:write(main:read_range(0, RAM - 1, 8))
        file:write(sub:read_range(0, RAM - 1, 8))
        file:write((manager.machine.screens[":screen"]:pixels()))
        file:close()
        manager.machine:exit()
    end
end
subscription = emu.add_machine_frame_notifier(look)
"""


@dataclass(frozen=True)
class Booted:
    """What is there after some seconds."""

    main: NDArray[np.uint8]
    sub: NDArray[np.uint8]
    picture: NDArray[np.uint8]
    """uint8 (240, 320, 3)."""


def boot(mame: str) -> Booted:
    """Run the firmware in MAME."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_roms(folder, images())
        output = folder / "memory.bin"
        script = _SCRIPT
        for word, value in {"SECONDS": SECONDS, "OUTPUT": output, "RAM": RAM}.items():
            script = script.replace(word, str(value))
        (folder / "look.lua").write_text(script)
        ended = start(mame, folder, folder / "look.lua", int(SECONDS) + 5)
        if not output.exists():
            raise NotDoneError(ended.stdout + ended.stderr)
        data = np.frombuffer(output.read_bytes(), np.uint8)
    points = data[2 * RAM :].reshape(HEIGHT, WIDTH, 4)  # blue, green, red, nothing
    return Booted(data[:RAM], data[RAM : 2 * RAM], np.ascontiguousarray(points[:, :, 2::-1]))


if __name__ == "__main__":
    write_png(Path(sys.argv[2]), boot(sys.argv[1]).picture, force=True)
