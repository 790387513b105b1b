"""Every opcode slot against MAME's unidasm: length and text, but for the differences that are named here.

See vectors/README.md for how the file was made.
"""

from __future__ import annotations

import lzma
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from luthier.cpu.disassembler import Disassembler, disassembler

ENTRIES = Path(__file__).parent / "vectors" / "unidasm.txt.xz"
BASE, STRIDE = 0xE00000, 32  #: entry n was disassembled at BASE + STRIDE * n


@pytest.fixture(scope="module")
def tlcs900() -> Disassembler:
    return disassembler("tlcs900h2")


def entries() -> Iterator[tuple[bytes, int, int, str]]:
    """Bytes, address, length and text of each entry."""
    with lzma.open(ENTRIES, "rt", encoding="ascii") as lines:
        for number, line in enumerate(lines):
            code, length, text = line.rstrip("\n").split("\t")
            yield bytes.fromhex(code), BASE + STRIDE * number, int(length), text


# --- Spelling: unidasm's text to ours -----------------------------------------------------------------------


def conditions(text: str) -> str:
    """Conditions with two names have one here."""
    return re.sub(r"\b(PE/OV|PO/NOV|M/MI|P/PL)\b", lambda match: match[0].split("/")[1], text)


def displacements(text: str) -> str:
    """Displacements are signed; unidasm shows their bits."""

    def signed(match: re.Match[str]) -> str:
        digits = len(match[2])
        value = int(match[2], 16)
        if value < 8 << 4 * (digits - 1):
            return match[0]
        return f"{match[1]}-0x{(1 << 4 * digits) - value:0{digits}x}"

    text = re.sub(r"(X[A-Z]+(?:\d|-1)?)\+0x(..(?:..)?)(?=\)|$)", signed, text)
    return re.sub(r"^(retd |link \S+,)0x(....)$", signed, text)


def counts(text: str) -> str:
    """Steps of 8 are coded as 0."""
    return re.sub(r"^((?:inc|dec)w? )0,", r"\g<1>8,", text)


def small_numbers(text: str) -> str:
    """EI 7 has a name of its own; levels and banks are small numbers."""
    return re.sub(r"^(ei|ldf) 0x0([0-7])$", r"\1 \2", "di" if text == "ei 0x07" else text)


def words(text: str) -> str:
    """A word that goes from an immediate to memory or the stack is a ``w`` in the mnemonic."""
    text = re.sub(r"^push (0x....)$", r"pushw \1", text)
    return re.sub(r"^(ld|add|adc|sub|sbc|and|xor|or|cp) (\(.*\),0x....)$", r"\1w \2", text)


WORD_OF = {"A": "WA", "C": "BC", "E": "DE", "L": "HL", "IXL": "IX", "IYL": "IY", "IZL": "IZ", "SPL": "SP"}


def doubled_registers(text: str) -> str:
    """Products, and what is divided, are twice as wide as their factors: MUL WA,n where unidasm has A."""

    def doubled(match: re.Match[str]) -> str:
        mnemonic, upper, name, bank = match.groups()
        if name in WORD_OF:
            bank_mark = "R" if bank and upper != "Q" else ""
            return f"{mnemonic}{upper}{bank_mark}{WORD_OF[name]}{bank}"
        return match[0] if name in "WBDH" else f"{mnemonic}X{name}{bank}"

    return re.sub(r"^((?:mul|div)s? |mula )(Q?)R?([A-Z]+)(\d|-1|)(?=,0x|$)", doubled, text)


SPELLINGS = (conditions, displacements, counts, small_numbers, words, doubled_registers)


def spelled(code: bytes, text: str) -> str:
    """unidasm's text of ``code`` as it would be spelled here."""
    for spelling in SPELLINGS:
        text = spelling(text)
    if code[:2] == b"\xf3\x13":
        text = text.replace("lda ", "ldar ")  # Toshiba's name of LDA with a relative address
    if text in {f"{name}{kind}{size}" for name in ("ld", "cp") for kind in BLOCKS for size in ("", "w")}:
        text = block_instruction(code, text)
    return text


BLOCKS = ("i", "ir", "d", "dr")


def block_instruction(code: bytes, mnemonic: str) -> str:
    """Block instructions have their operands written out."""
    sign = "+" if "i" in mnemonic else "-"
    source = ("XWA", "XBC", "XDE", "XHL", "XIX", "XIY", "XIZ", "XSP")[code[0] & 7]
    if mnemonic.startswith("ld"):
        return f"{mnemonic} ({ {'XHL': 'XDE', 'XIY': 'XIX'}.get(source, '?') }{sign}),({source}{sign})"
    return f"{mnemonic} {'WA' if mnemonic.endswith('w') else 'A'},({source}{sign})"


# --- What unidasm knows and this CPU does not have ----------------------------------------------------------

#: Reason -> a test of the code and of the text in our spelling.
UNDEFINED_HERE = {
    "no NORMAL, MAX and LDX on the 900/H2": r"(normal|max|ldx)$",
    "register codes 40 to CF name nothing": r".*\br(4|5|6|7|8|9|A|B|C).[BWL]\b",
    "odd codes name no word": r".*\br[0-3DEF][0-9A-F]W\b",
    "byte products and quotients need the code of A, C, E or L": r".*\?\?|(mul|div)s? [WBDH],",
    "no compare of a long register with a small number": r"cp X[A-Z]+(\d|-1)?,\d$",
    "no control register of that number": r"ldc .*unknown",
    "no such addressing": r".*unknown",
    "block transfers take XHL to XDE and XIY to XIX only": r"ld(i|ir|d|dr)w? \(\?",
    "levels 0 to 7 and banks 0 to 3 only": r"(ei|ldf) 0x",
}


def undefined_here(code: bytes, text: str) -> str:
    """Why an instruction of unidasm is none here; empty if there is no reason."""
    if code[0] & 0xCF == 0xC3 and code[1] == 0x13 and not text.startswith("ldar"):
        return "only LDAR is relative"
    if 0xB1 <= code[0] <= 0xB7 and code[1] >= 0xF0:
        return "RET with a condition is B0 alone"
    if code[0] == 0xE7 and code[1] & 3:
        return "long registers have codes that are multiples of four"
    return next((reason for reason, what in UNDEFINED_HERE.items() if re.match(what, text)), "")


def test_every_slot_has_the_same_length_and_text(tlcs900: Disassembler) -> None:
    wrong = []
    met: Counter[str] = Counter()
    for code, address, length, text in entries():
        ours = tlcs900.instruction(code, address)
        theirs = spelled(code, text)
        if theirs == "db":
            if ours.form is not None:
                wrong.append((code.hex(), theirs, ours.text))
        elif ours.form is None:
            reason = undefined_here(code, theirs)
            met[reason] += 1
            if not reason:
                wrong.append((code.hex(), theirs, ours.text))
        elif (len(ours.code), ours.text) != (length, theirs):
            wrong.append((code.hex(), theirs, ours.text))
    assert not wrong, (len(wrong), wrong[:: max(1, len(wrong) // 20)])
    # Nothing is excused that does not occur.
    assert set(UNDEFINED_HERE) <= set(met)
    assert sum(met.values()) < 4_200


def test_the_comparison_can_fail(tlcs900: Disassembler) -> None:
    assert spelled(bytes.fromhex("888138"), "add (XWA+0x81),0x12") == "add (XWA-0x7f),0x12"
    assert spelled(bytes.fromhex("8311"), "ldir") == "ldir (XDE+),(XHL+)"
    assert not undefined_here(bytes.fromhex("c881"), "add A,W")
    assert tlcs900.instruction(bytes.fromhex("c881")).text == "add A,W"
