"""``h8300-hms-objdump`` as another disassembler: its lines, and its text in our spelling.

``python -m tests.cpu.h8s.objdump`` writes ``vectors/objdump.txt.xz`` anew: bytes and text of every line.
"""

from __future__ import annotations

import lzma
import random
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from luthier.cpu.disassembler import Image, disassembler

OBJDUMP = shutil.which("h8300-hms-objdump")
_LINE = re.compile(r"\s*([0-9a-f]+):\t((?:[0-9a-f]{2} )+)\s*(?:\t(.*))?")


class Line(NamedTuple):
    """An instruction as objdump has it."""

    address: int
    code: bytes
    text: str


def lines(data: bytes) -> list[Line]:
    """The linear disassembly of ``data`` from address 0 on."""
    assert OBJDUMP is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "code.bin"
        path.write_bytes(data)
        command = [OBJDUMP, "-D", "-z", "-b", "binary", "-m", "h8300s", str(path)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return parsed(printed)


def parsed(printed: str) -> list[Line]:
    """The lines of objdump; an instruction of many bytes takes more than one."""
    found: list[Line] = []
    for text in printed.splitlines():
        match = _LINE.fullmatch(text)
        if match is None:
            continue
        code = bytes.fromhex(match[2])
        if match[3] is None:
            found[-1] = found[-1]._replace(code=found[-1].code + code)
        else:
            found.append(Line(int(match[1], 16), code, re.sub(r"\s+", " ", match[3]).strip()))
    return found


# --- Spelling: objdump's text to ours -----------------------------------------------------------------------

_REGISTER = re.compile(r"\b(er?[0-7]|r[0-7][hl]?|ccr|exr|sp)\b")
#: Digits of an immediate, by the size in the mnemonic.
_DIGITS = {"b": 2, "w": 4, "l": 8}


def spelled(line: Line) -> str:
    """objdump's text as it would be spelled here."""
    mnemonic, _, operands = line.text.partition(" ")
    if mnemonic == ".word":
        return "db"
    if mnemonic in {"inc", "dec"}:
        mnemonic += ".b"
    if mnemonic in {"ldc", "stc"} and "@" in operands:
        mnemonic += ".w"
    operands = _REGISTER.sub(lambda match: match[0].upper(), operands)
    operands = re.sub(r"(ER\d-ER\d)", r"(\1)", operands)
    if target := re.fullmatch(r"\.[+-]?\d+ \(0x([0-9a-f]+)\)", operands):
        width = 8 * (len(line.code) // 2)
        return f"{mnemonic} 0x{int(target[1], 16) & 0xFFFFFF:06x}:{width}"
    operands = re.sub(r"@@\d+ \(0x([0-9a-f]+)\)", lambda match: f"@@0x{int(match[1], 16):02x}:8", operands)
    operands = re.sub(r"@\(0x([0-9a-f]+):(\d+),", _displacement, operands)
    operands = re.sub(r"(?<!@)@0x([0-9a-f]+):(\d+)", _address, operands)
    if mnemonic.startswith(("b", "trapa")):
        operands = re.sub(r"#0x([0-7])\b", r"#\1", operands)
    else:
        digits = _DIGITS.get(mnemonic.partition(".")[2], 2)
        operands = re.sub(r"#0x([0-9a-f]+)", lambda match: f"#0x{int(match[1], 16):0{digits}x}", operands)
    return f"{mnemonic} {operands}".strip()


def _displacement(match: re.Match[str]) -> str:
    value, bits = int(match[1], 16), int(match[2])
    sign = "-" if value >> bits - 1 else ""
    return f"@({sign}0x{(1 << bits) - value if sign else value:0{bits // 4}x}:{bits},"


def _address(match: re.Match[str]) -> str:
    value, bits = int(match[1], 16), int(match[2])
    if bits == 8:
        value |= 0xFFFF00
    elif bits == 16 and value >> 15:
        value |= 0xFF0000
    return f"@0x{value:0{max(6, bits // 4)}x}:{bits}"


def texts_here(data: bytes, addresses: list[int]) -> list[tuple[int, str]]:
    """Length and text that Luthier gives to what begins at each address; 0 where it is none."""
    tool = disassembler("h8s2000")
    image = Image.of(data)
    starts = np.array(addresses, np.int32)
    forms = np.array([_form(image, address) for address in addresses], np.int32)
    texts = tool.render(image, starts, forms, columns=False).decode("ascii").split("\n")
    lengths = [tool.description.forms[form].length if form >= 0 else 0 for form in forms.tolist()]
    return list(zip(lengths, texts, strict=False))


def _form(image: Image, address: int) -> int:
    from luthier.cpu.decoding import find_form

    return int(find_form(image.memory, address, image.memory.size, disassembler("h8s2000").tables))


# --- Vectors ------------------------------------------------------------------------------------------------

VECTORS = Path(__file__).with_name("vectors") / "objdump.txt.xz"
RANDOM_BYTES, FORMS_SEEDS = 96 << 10, 8


def specimen() -> bytes:
    """What the vectors were made from: every form some times, its operands at random, and random bytes."""
    from tests.cpu.test_disassembler import code_of_every_form

    tool = disassembler("h8s2000")
    forms = b"".join(code_of_every_form(tool, seed) for seed in range(FORMS_SEEDS))
    return forms + random.Random(FORMS_SEEDS).randbytes(RANDOM_BYTES)


def main() -> None:
    """Write the vectors anew."""
    VECTORS.parent.mkdir(exist_ok=True)
    with lzma.open(VECTORS, "wt", encoding="ascii") as stream:
        stream.writelines(f"{line.code.hex()}\t{line.text}\n" for line in lines(specimen()))


if __name__ == "__main__":
    main()
