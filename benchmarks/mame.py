"""MAME as a peer: our own program in its ``kn5000`` driver, and how many rounds of it a second does.

``LUTHIER_PEER_MAME`` names the program (0.289; older ones lack this CPU).  The ROM images are our own: the
right sizes, the wrong checksums, of which MAME only warns.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tests.cpu.tlcs900.vectors.harness import ROM, ROM_SIZE, VECTORS, start, write_roms

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


def _program(image: bytes, base: int) -> bytes:
    """The main CPU's ROM with our program in it, and the reset vector."""
    program = bytearray(b"\xff" * ROM_SIZE)
    program[base - ROM : base - ROM + len(image)] = image
    program[VECTORS - ROM : VECTORS - ROM + 4] = base.to_bytes(4, "little")
    return bytes(program)
