"""MAME as a peer: our own programs in its ``kn5000`` driver, and how many rounds of them a second does.

``LUTHIER_PEER_MAME`` names the program (0.289; older ones lack this CPU).  The ROM images are our own: the
right sizes, the wrong checksums, of which MAME only warns.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cpu.tlcs900.vectors.harness import FILES, ROM, ROM_SIZE, VECTORS, start, write_roms

MAME = "LUTHIER_PEER_MAME"

_SCRIPT = """
local space = manager.machine.devices[":maincpu"].spaces["program"]
local began, first = nil, nil
local function look()
    local now = os.clock()
    if began == nil and now > WARM_UP then
        began, first = now, space:read_u32(ROUNDS)
    elseif began ~= nil and now - began > SECONDS then
        local file = io.open("OUTPUT", "w")
        file:write((space:read_u32(ROUNDS) - first) / (now - began))
        file:close()
        manager.machine:exit()
    end
end
subscription = emu.add_machine_frame_notifier(look)
"""


_BOTH = """
local spaces = {}
for number, tag in ipairs({":maincpu", ":subcpu"}) do
    spaces[number] = manager.machine.devices[tag].spaces["program"]
end
local function rounds(number)
    return ROUNDS == 0 and 0 or spaces[number]:read_u32(ROUNDS)
end
local began, first, emulated = nil, nil, nil
local function look()
    local now, time = os.clock(), manager.machine.time:as_double()
    if began == nil and now > WARM_UP and time > AFTER then
        began, first, emulated = now, {rounds(1), rounds(2)}, time
    elseif began ~= nil and now - began > SECONDS then
        local file = io.open("OUTPUT", "w")
        for number = 1, 2 do
            file:write((rounds(number) - first[number]) / (now - began), " ")
        end
        file:write((time - emulated) / (now - began))
        file:close()
        manager.machine:exit()
    end
end
subscription = emu.add_machine_frame_notifier(look)
"""


@dataclass(frozen=True)
class BoardSpeed:
    """What MAME does in a second of processor time: rounds of each CPU, and seconds of the machine."""

    main: float
    sub: float
    emulated: float


def rounds_a_second(image: bytes, base: int, rounds_at: int, seconds: float = 5.0) -> float | None:
    """Rounds a second of processor time that the program counts at ``rounds_at``; None without MAME."""
    mame = os.environ.get(MAME)
    if not mame:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_roms(folder, _program(image, base))
        output = folder / "rounds.txt"
        script = _SCRIPT.replace("WARM_UP", "3").replace("SECONDS", str(seconds))
        script = script.replace("ROUNDS", str(rounds_at)).replace("OUTPUT", str(output))
        (folder / "look.lua").write_text(script)
        start(mame, folder, folder / "look.lua", 600)
        return float(output.read_text()) if output.exists() else None


def board_speed(
    images: Mapping[str, bytes], rounds_at: int = 0, *, seconds: float = 5.0, after: float = 0.0
) -> BoardSpeed | None:
    """Both CPUs on ROM images by the names of MAME's list; None without MAME.

    Rounds are counted by the programs at ``rounds_at`` in the RAM of each CPU (0: they don't).  Measuring
    begins ``after`` so many seconds of the machine's time, and behind three of warming up.
    """
    mame = os.environ.get(MAME)
    if not mame:
        return None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roms = folder / "roms" / "kn5000"
        roms.mkdir(parents=True)
        for file, size in FILES.items():
            (roms / file).write_bytes(images.get(file, b"").ljust(size, b"\xff"))
        output = folder / "speed.txt"
        words = {"WARM_UP": 3, "AFTER": after, "SECONDS": seconds, "ROUNDS": rounds_at, "OUTPUT": output}
        script = _BOTH
        for word, value in words.items():
            script = script.replace(word, str(value))
        (folder / "look.lua").write_text(script)
        start(mame, folder, folder / "look.lua", 600)
        if not output.exists():
            return None
        return BoardSpeed(*map(float, output.read_text().split()))


def _program(image: bytes, base: int) -> bytes:
    """The main CPU's ROM with our program in it, and the reset vector."""
    program = bytearray(b"\xff" * ROM_SIZE)
    program[base - ROM : base - ROM + len(image)] = image
    program[VECTORS - ROM : VECTORS - ROM + 4] = base.to_bytes(4, "little")
    return bytes(program)
