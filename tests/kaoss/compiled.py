"""C compiled by h8300-hms-gcc as the payload of a system file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from luthier.kaoss.built_in import built_in
from luthier.kaoss.system_file import SystemFile

PROGRAMS = Path(__file__).with_name("programs")
TEXT = 0x210
IS_THERE = shutil.which("h8300-hms-gcc") is not None


def compiled_file(folder: Path, *options: str, name: str = "panel") -> tuple[SystemFile, dict[str, int]]:
    """The program as a system file, reset leading to start, and its symbols as the linker tells them."""

    def done(*command: object) -> str:
        return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout

    linked, raw = folder / "linked", folder / "raw"
    done(
        "h8300-hms-gcc", "-ms", *options, "-fno-builtin", "-c", PROGRAMS / f"{name}.c", "-o", folder / "out.o"
    )
    done("h8300-hms-ld", "-m", "h8300s", "-Ttext", hex(TEXT), "-e", "_start", folder / "out.o", "-o", linked)
    done("h8300-hms-objcopy", "-O", "binary", "-j", ".text", "-j", ".rodata", linked, raw)
    symbols = {}
    for line in done("h8300-hms-nm", linked).splitlines():
        address, _, symbol = line.split()
        symbols[symbol.lstrip("_")] = int(address, 16)
    code = raw.read_bytes()
    vectors = symbols["start"].to_bytes(4, "big") + built_in().payload[4:TEXT]
    unexpected = (TEXT + len(code) + (len(code) & 1)).to_bytes(4, "big")
    vectors = vectors[:4] + unexpected * 127 + vectors[0x200:]
    payload = vectors + code + b"\0" * (len(code) & 1) + b"\x56\x70"  # rte
    file = built_in()
    return SystemFile(file.header, payload.ljust(0x40000, b"\xff")), symbols
