"""Write ``unidasm.txt.xz``: what MAME's unidasm says of every opcode slot (see README.md).

Line n was disassembled at address ``BASE + STRIDE * n`` and reads: bytes in hex, TAB, length, TAB, text.
A slot unidasm does not know has the text ``db``... as unidasm prints it.
"""

from __future__ import annotations

import argparse
import lzma
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

BASE = 0xE00000
STRIDE = 32  #: the entry, then NOPs, so that the disassembler is in step again at the next entry
HERE = Path(__file__).resolve().parent
LOW_TAIL = bytes.fromhex("1234567812345678")
HIGH_TAIL = bytes.fromhex("F0E1D2C3F0E1D2C3")
LINE = re.compile(r"^([0-9a-f]+): ((?:[0-9a-f]{2} )+) *(.*)$")

REGISTER_CODES = (
    0xE0,
    0xE1,
    0xE4,
    0xE8,
    0xEC,
    0xF0,
    0xF4,
    0xF8,
    0xFC,
    0x00,
    0x10,
    0x24,
    0x3C,
    0xD0,
    0xDC,
    0x80,
)
STEP_CODES = (0xE0, 0xE1, 0xE2, 0xE4, 0xF1, 0xFC, 0x14, 0xD6)
EXTENSIONS = (
    "E0",
    "F4",
    "10",
    "E1 10 32",
    "FD 34 92",
    "03 E4 E1",
    "03 F0 14",
    "07 E8 E0",
    "07 FC F8",
    "13 56 34",
)


def prefixes() -> Iterator[bytes]:
    """Every prefix the table walks through, without the byte that follows it."""
    for first in range(0x80, 0xC0):
        yield bytes([first]) if first & 8 == 0 else bytes([first, 0x7E if first & 1 else 0x81])
    for size in range(0xC0, 0x100, 0x10):
        yield bytes([size, 0x9A])
        yield bytes([size + 1, 0xBC, 0x9A])
        yield bytes([size + 2, 0xDE, 0xBC, 0x9A])
        for extension in EXTENSIONS:
            yield bytes([size + 3]) + bytes.fromhex(extension)
        for step in (4, 5):
            for code in STEP_CODES:
                yield bytes([size + step, code])
        if size < 0xF0:
            for code in REGISTER_CODES:
                yield bytes([size + 7, code])
            for register in range(8):
                yield bytes([size + 8 + register])


def entries() -> Iterator[bytes]:
    """Every line of the table: an opcode and a tail."""
    for first in range(256):
        for tail in (LOW_TAIL, HIGH_TAIL):
            yield bytes([first]) + tail
    for prefix in prefixes():
        for second in range(256):
            yield prefix + bytes([second]) + LOW_TAIL
    seen: set[int] = set()
    for prefix in prefixes():
        group = prefix[0] & (0xF8 if prefix[0] < 0xC0 or prefix[0] & 8 else 0xFF)
        if group not in seen:
            seen.add(group)
            for second in range(256):
                yield prefix + bytes([second]) + HIGH_TAIL


def prefix_length(entry: bytes) -> int:
    """How many bytes stand before the second byte of the table; 0 for the lines of first bytes."""
    first = entry[0]
    if len(entry) == 1 + len(LOW_TAIL):
        return 0
    return len(entry) - 1 - len(LOW_TAIL) if first >= 0x80 else 0


def read(path: Path = HERE / "unidasm.txt.xz") -> list[tuple[bytes, int, str]]:
    """The table: bytes, length and text of every line."""
    rows = (line.split("\t") for line in lzma.decompress(path.read_bytes()).decode("ascii").splitlines())
    return [(bytes.fromhex(code), int(length), text) for code, length, text in rows]


def disassemble(unidasm: str, listing: list[bytes]) -> Iterator[str]:
    """Run unidasm over ``listing`` and yield the lines of the table."""
    with tempfile.NamedTemporaryFile() as image:
        image.write(b"".join(entry.ljust(STRIDE, b"\0") for entry in listing))
        image.flush()
        command = [unidasm, image.name, "-arch", "tlcs900", "-basepc", f"0x{BASE:x}"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[int, tuple[int, str]] = {}
    for line in output.splitlines():
        match = LINE.match(line)
        if match is None:
            raise SystemExit(f"unidasm says something else than expected: {line!r}")
        found[int(match[1], 16)] = len(match[2].split()), match[3].strip()
    for number, entry in enumerate(listing):
        length, text = found[BASE + STRIDE * number]
        yield f"{entry[:length].hex()}\t{length}\t{text}"


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("unidasm", help="the unidasm program of MAME 0.289")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "unidasm.txt.xz")
    arguments = parser.parse_args()
    text = "".join(line + "\n" for line in disassemble(arguments.unidasm, list(entries())))
    arguments.output.write_bytes(lzma.compress(text.encode("ascii"), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main()
