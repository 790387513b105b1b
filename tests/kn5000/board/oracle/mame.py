"""The programs of this folder in MAME's ``kn5000``: the RAM of both CPUs when the program is done.

``LUTHIER_PEER_MAME`` names MAME 0.289 (or a script that starts it).  The ROM images are our own.
"""

from __future__ import annotations

import os
import struct
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.cpu.tlcs900.vectors.harness import FILES, start
from tests.kn5000.board.oracle.images import DONE, READY, RESULTS, RESULTS_END, images

MAME = "LUTHIER_PEER_MAME"
SECONDS = 60  #: of emulated time, at most

_SCRIPT = """
local main = manager.machine.devices[":maincpu"].spaces["program"]
local sub = manager.machine.devices[":subcpu"].spaces["program"]
local function look()
    local done = main:read_u32(READY) == DONE
    if done or manager.machine.time.seconds >= SECONDS then
        local file = io.open("OUTPUT", "wb")
        file:write(string.pack("<I4", done and 1 or 0))
        file:write(main:read_range(FIRST, LAST, 8))
        file:write(sub:read_range(FIRST, LAST, 8))
        file:close()
        manager.machine:exit()
    end
end
subscription = emu.add_machine_frame_notifier(look)
"""


class NotDoneError(Exception):
    """The program did not come to its end in MAME."""


def peer() -> str | None:
    """The program to start, if the environment names one."""
    return os.environ.get(MAME)


def run(name: str, mame: str) -> NDArray[np.uint8]:
    """RESULTS to RESULTS_END of the main CPU (row 0) and the sub CPU (row 1) behind a program."""
    built = images(name)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_roms(
            folder,
            {"kn5000_v10_program.rom": built.program, "kn5000_subcpu_boot.ic30": built.sub_boot},
        )
        output = folder / "results.bin"
        names = {"READY": READY, "DONE": DONE, "SECONDS": SECONDS, "OUTPUT": output}
        names |= {"FIRST": RESULTS, "LAST": RESULTS_END - 1}
        script = _SCRIPT
        for word, value in names.items():
            script = script.replace(word, str(value))
        (folder / "look.lua").write_text(script)
        ended = start(mame, folder, folder / "look.lua", SECONDS + 5)
        if not output.exists():
            raise NotDoneError(ended.stdout + ended.stderr)
        data = output.read_bytes()
    if struct.unpack_from("<I", data)[0] != 1:
        raise NotDoneError(f"{name} did not end in {SECONDS} seconds")
    return np.frombuffer(data[4:], np.uint8).reshape(2, RESULTS_END - RESULTS)


def write_roms(folder: Path, contents: Mapping[str, bytes]) -> None:
    """ROM images of the sizes the driver wants; 0xFF where ``contents`` has nothing."""
    roms = folder / "roms" / "kn5000"
    roms.mkdir(parents=True, exist_ok=True)
    for name, size in FILES.items():
        data = contents.get(name, b"")
        assert len(data) <= size, name
        (roms / name).write_bytes(data.ljust(size, b"\xff"))
