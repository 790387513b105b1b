"""MAME as a peer: our own program in its ``kn5000`` driver, and how many rounds of it a second does.

``LUTHIER_PEER_MAME`` names the program (0.289; older ones lack this CPU).  The ROM images are our own: the
right sizes, the wrong checksums, of which MAME only warns.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

MAME = "LUTHIER_PEER_MAME"

#: Name and size of every file the driver asks for.
_FILES = {
    "kn5000_v10_program.rom": 0x200000,
    "kn5000_subcpu_boot.ic30": 0x20000,
    "kn5000_table_data_rom_even.ic3": 0x100000,
    "kn5000_table_data_rom_odd.ic1": 0x100000,
    "kn5000_custom_data_rom.ic19": 0x100000,
    "kn5000_subprogram_v142_compressed.rom": 93203,
    "kn5000_rhythm_data_rom.ic14": 0x400000,
    "kn5000_waveform_rom.ic307": 0x400000,
}
_HALT = bytes.fromhex("060705 68fe")  # di; halt; jr to itself: the sub CPU stays out of the way

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
        _write_images(folder, image, base)
        output = folder / "rounds.txt"
        script = _SCRIPT.replace("WARM_UP", "3").replace("SECONDS", str(seconds))
        script = script.replace("ROUNDS", str(rounds_at)).replace("OUTPUT", str(output))
        (folder / "look.lua").write_text(script)
        command = [mame, "kn5000", "-rompath", str(folder / "roms"), "-bios", "v10", "-video", "none"]
        command += ["-sound", "none", "-nothrottle", "-skip_gameinfo", "-seconds_to_run", "600"]
        command += ["-autoboot_delay", "0", "-autoboot_script", str(folder / "look.lua")]
        command += ["-cfg_directory", str(folder), "-nvram_directory", str(folder)]
        environment = os.environ | {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy"}
        subprocess.run(command, check=False, capture_output=True, env=environment, cwd=folder)
        return float(output.read_text()) if output.exists() else None


def _write_images(folder: Path, image: bytes, base: int) -> None:
    roms = folder / "roms" / "kn5000"
    roms.mkdir(parents=True)
    program = bytearray(b"\xff" * _FILES["kn5000_v10_program.rom"])
    program[base - 0xE00000 : base - 0xE00000 + len(image)] = image
    program[0x1FFF00:0x1FFF04] = base.to_bytes(4, "little")
    sub = bytearray(b"\xff" * _FILES["kn5000_subcpu_boot.ic30"])
    sub[0x1F000 : 0x1F000 + len(_HALT)] = _HALT
    sub[0x1FF00:0x20000] = (0xFFF000).to_bytes(4, "little") * 64
    contents = {"kn5000_v10_program.rom": bytes(program), "kn5000_subcpu_boot.ic30": bytes(sub)}
    for name, size in _FILES.items():
        (roms / name).write_bytes(contents.get(name, b"").ljust(size, b"\xff"))
