"""Every form assembled here and by h8300-hms-as: the same bytes from the same text."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from luthier.cpu import describe
from luthier.cpu.assembler import assemble
from luthier.cpu.disassembler import disassembler
from luthier.errors import InputError

CPU, BASE = "h8s2000", 0x1000
ASSEMBLER = shutil.which("h8300-hms-as")
#: Lists with ER7, which the GNU assembler refuses to write.
_REFUSED = re.compile(r"ldm\.l .*ER7\)|stm\.l .*ER7\)")
#: A bit in the third byte of stores with a displacement of 32 bits, by the prefix: what the GNU tools write.
_STORES = {0x00: 0x80, 0x40: 0, 0x41: 0}


def is_written(code: bytes, text: str) -> bool:
    """Whether the GNU assembler writes this code for its text."""
    if _REFUSED.match(text):
        return False
    if code[0] == 1 and code[2:3] == b"\x78" and text.startswith(("mov.l ER", "stc")):
        return code[3] & 0x80 == _STORES[code[1]]
    return True


def instructions(seed: int) -> list[tuple[bytes, str]]:
    """Each form twice from BASE on, operands at random: code and text."""
    choose, tool = random.Random(seed), disassembler(CPU)
    found: list[tuple[bytes, str]] = []
    at = BASE
    for form in describe(CPU).forms * 2:
        code = bytearray(
            choose.randrange(256) if values is None else choose.choice(sorted(values))
            for values in form.bytes
        )
        for place in form.places:
            if place.operand.letter in "$" or (place.operand.letter == "m" and place.bits == 24):
                code[place.offset + place.bits // 8 - 1] &= 0xFE  # targets are even
        text = tool.instruction(bytes(code), at).text
        if is_written(bytes(code), text):
            found.append((bytes(code), text))
            at += len(code)
    return found


def gnu_text(text: str, at: int) -> str:
    """Branches have distances in the GNU assembler."""
    branch = re.fullmatch(r"(b\w+) 0x(\w+):(8|16)", text)
    if branch is None:
        return text
    distance = (int(branch[2], 16) - at + (1 << 23)) % (1 << 24) - (1 << 23)
    return f"{branch[1]} .{distance:+}:{branch[3]}"


@pytest.mark.skipif(ASSEMBLER is None, reason="h8300-hms-as is not installed")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_form(seed: int, tmp_path: Path) -> None:
    known = instructions(seed)
    lines, at = [" .h8300s", " .text"], BASE
    for code, text in known:
        lines.append(f" {gnu_text(text, at).lower()}")
        at += len(code)
    source, target, linked, image = (tmp_path / f"code.{suffix}" for suffix in ("s", "o", "x", "bin"))
    source.write_text("\n".join(lines) + "\n")
    for command in (
        ["h8300-hms-as", str(source), "-o", str(target)],
        [
            "h8300-hms-ld",
            "-m",
            "h8300s",
            "-Ttext",
            hex(BASE),
            "-e",
            hex(BASE),
            str(target),
            "-o",
            str(linked),
        ],
        ["h8300-hms-objcopy", "-O", "binary", "-j", ".text", str(linked), str(image)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert not done.returncode and not done.stderr, done.stderr
    theirs = image.read_bytes()
    ours = assemble(f" org {BASE}\n" + "".join(f" {text}\n" for _, text in known), cpu=CPU).image
    at, wrong = 0, []
    for code, text in known:
        if not code == ours[at : at + len(code)] == theirs[at : at + len(code)]:
            wrong.append(
                (text, code.hex(), ours[at : at + len(code)].hex(), theirs[at : at + len(code)].hex())
            )
        at += len(code)
    assert not wrong, wrong[:10]
    assert len(ours) == len(theirs) == at


@pytest.mark.skipif(ASSEMBLER is None, reason="h8300-hms-as is not installed")
@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("movmd.b", False),
        ("rts/l er1", False),
        ("jmp @@vec:7", False),
        ("shll.b #4,r0l", True),
        ("mac @er1+,@er2+", True),
        ("clrmac", True),
    ],
)
def test_the_gnu_assembler_is_strict_about_the_h8sx(text: str, taken: bool, tmp_path: Path) -> None:
    """But not about everything: shifts by 4 are the H8SX's too."""
    source = tmp_path / "one.s"
    source.write_text(f" .h8300s\n {text}\n")
    command = ["h8300-hms-as", str(source), "-o", str(tmp_path / "one.o")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode == 0 and not done.stderr) == taken, done.stderr
    with pytest.raises(InputError):  # neither is an instruction of the H8S/2000
        assemble(f" {text}", cpu=CPU)


#: Text and bytes as h8300-hms-as 2.16.1 writes them, for machines without it.
KNOWN = {
    "mov.b @0xfffff8:8,r0l": "28 f8",
    "mov.l er1,@(0x12345678:32,er2)": "01 00 78 a0 6b a1 12 34 56 78",
    "mov.l @(0x12345678:32,er2),er1": "01 00 78 20 6b 21 12 34 56 78",
    "mov.w r1,@(0x12345678:32,er2)": "78 20 6b a1 12 34 56 78",
    "stc.w exr,@(0x12345678:32,er2)": "01 41 78 20 6b a0 12 34 56 78",
    "stc.w ccr,@-er2": "01 40 6d a0",
    "push.l er3": "01 00 6d f3",
    "pop.w e2": "6d 7a",
    "bhs 0x1004": "44 02",
    "blo 0x1004:16": "58 50 00 00",
    "shar.l #2,er5": "11 f5",
    "adds.l #4,sp": "0b 97",
    "subx.b #1,r0h": "b0 01",
    "eepmov.w": "7b d4 59 8f",
    "jmp @@0x20:8": "5b 20",
}


@pytest.mark.parametrize("text", KNOWN)
def test_known_bytes(text: str) -> None:
    assert assemble(f" org {BASE}\n {text}", cpu=CPU).image.hex(" ") == KNOWN[text]


def test_the_shortest_way_is_taken() -> None:
    """Where the GNU assembler takes 32 bits for an address without a width."""
    codes = {
        "0xfffff8": "28 f8",
        "0xff8000": "6a 08 80 00",
        "0x7fff": "6a 08 7f ff",
        "0x8000": "6a 28 00 00 80 00",
    }
    for address, code in codes.items():
        assert assemble(f" mov.b @{address},r0l", cpu=CPU).image.hex(" ") == code


def test_instructions_begin_at_even_addresses() -> None:
    with pytest.raises(InputError, match="begins at an even address, not at 0x1001; put align 2"):
        assemble(f" org {BASE}\n db 1\n nop", cpu=CPU)
    assert assemble(f" org {BASE}\n db 1\n align 2\n nop", cpu=CPU).image.hex() == "01ff0000"


WRONG = {
    "mov.b @0x123456:16,r0l": "16 bits reaches 0 to 0x7fff and 0xff8000 to 0xffffff, not 0x123456",
    "mov.b @0x1234:8,r0l": "an address of 8 bits reaches 0xffff00 to 0xffffff, not 0x1234",
    "bset #8,r0l": "8 is not one of 0 to 7",
    "bra 0x2000:8": r"beyond -128 to 127",
    "mov.w #0x10000,r0": "does not fit into 16 bits",
    "tas @er2": "tas has no such operands",
    "mac @er1+,@er2+": "there is no instruction mac",
    "movfpe @0x1234,r0l": "there is no instruction movfpe",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_written_is_told(text: str) -> None:
    with pytest.raises(InputError, match=WRONG[text]):
        assemble(f" org {BASE}\n {text}", cpu=CPU)
