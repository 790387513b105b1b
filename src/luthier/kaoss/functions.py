"""The code of a firmware in functions, each as lines that stay the same when it is moved.

A function begins where a vector, a call, a table of functions or a note leads, and where code begins behind
data or behind what ended before; it ends where nothing goes on.  In its lines a place within it is ``L1``,
``L2`` ... by address, and an address elsewhere in the ROM is ``@``: where that is, is kept beside.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from luthier.cpu.exploration import CALLS
from luthier.kaoss.code import Code
from luthier.kaoss.registers import registers
from luthier.kaoss.system_file import VECTORS_END
from luthier.kaoss.vectors import VECTOR_SIZE

#: Instructions behind which nothing goes on.
_END = re.compile(r"(?:rts|rte|jmp|bra)\b")
_BRANCH = re.compile(r"b(?!ra|sr|set|clr|not|tst|ld|st|or|and|xor|i)[a-z]{2} (0x[0-9a-f]+)")
#: A number with the width of its address or distance: a moved function may need another.
_NUMBER = re.compile(r"\+?(0x[0-9a-f]+)(?::(?:8|16|24|32))?")
_CALL = re.compile(r"(?:bsr|jsr) @?@$")


@dataclass(frozen=True)
class Function:
    """Addresses ``start`` up to ``end``; ``links`` say of each ``@``: number of its line, address."""

    start: int
    end: int
    name: str
    lines: tuple[str, ...]
    links: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return self.end - self.start


def functions(code: Code) -> list[Function]:
    """All functions, by address."""
    starts = code.program.starts.tolist()
    lengths = [code.program.description.forms[form].length for form in code.program.forms.tolist()]
    ends = [start + length for start, length in zip(starts, lengths, strict=True)]
    cuts = _cuts(code, starts, ends)
    references: dict[int, list[int]] = {}
    for index, address, _kind, _operand in code.program.references.tolist():
        if address in code.image:
            references.setdefault(index, []).append(address)
    return [
        _function(code, starts, ends, range(first, last), references)
        for first, last in itertools.pairwise([*cuts, len(starts)])
    ]


def entries(code: Code) -> set[int]:
    """Where functions begin for sure."""
    program = code.program
    found = {address for address in code.notes.entries if address in code.image}
    found |= {address for _, address, kind, _ in program.references.tolist() if kind & CALLS}
    branches = {table for place, table in code.users.items() if _text_at(code, place).startswith("jmp")}
    tables = [(0, VECTORS_END // VECTOR_SIZE)]
    tables += [(table, count) for table, count in code.tables.items() if table not in branches]
    for table, count in tables:
        found |= set(_targets(code, table, count))
    return found


def _targets(code: Code, table: int, count: int) -> list[int]:
    data = code.image.bytes_at(table, VECTOR_SIZE * count)
    return [int.from_bytes(data[at + 1 : at + VECTOR_SIZE], "big") for at in range(0, len(data), VECTOR_SIZE)]


def _text_at(code: Code, address: int) -> str:
    index = int(code.program.starts.searchsorted(address))
    return code.texts[index] if index < len(code.texts) else ""


def _cuts(code: Code, starts: list[int], ends: list[int]) -> list[int]:
    """Numbers of the instructions that functions begin with."""
    known = entries(code)
    cuts = []
    reach = before = -1  # how far the function goes at least, and where the last instruction ended
    ended = True
    for number, start in enumerate(starts):
        if start != before or start in known or (ended and start > reach):
            cuts.append(number)
            reach = start
        text = code.texts[number]
        if branch := _BRANCH.match(text):
            reach = max(reach, int(branch[1], 16))
        ended = bool(_END.match(text))
        if (table := code.users.get(start)) in code.tables and text.startswith("jmp"):
            assert table is not None
            reach = max(reach, *_targets(code, table, code.tables[table]))
        before = ends[number]
    return cuts


def _with_registers(text: str) -> str:
    """An instruction with the names of on-chip registers."""
    if "0xff" not in text:
        return text
    for number in _NUMBER.finditer(text):
        if register := registers().get(int(number[1], 16)):
            return text.replace(number[1], register.name)
    return text


def _with_word(text: str, address: int, word: str) -> str:
    """An instruction with ``word`` in place of the number that is this address."""
    for number in _NUMBER.finditer(text):
        if int(number[1], 16) == address:
            return f"{text[: number.start()]}{word}{text[number.end() :]}"
    return text


def _function(
    code: Code, starts: list[int], ends: list[int], numbers: range, references: dict[int, list[int]]
) -> Function:
    first, last = starts[numbers[0]], ends[numbers[-1]]
    inside = {
        address for n in numbers for address in references.get(starts[n], ()) if first <= address < last
    }
    labels = {address: f"L{order}" for order, address in enumerate(sorted(inside), 1)}
    lines: list[str] = []
    links: list[tuple[int, int]] = []
    for number in numbers:
        text = code.texts[number]
        for address in references.get(starts[number], ()):
            word = labels.get(address, "@")
            new = _with_word(text, address, word)
            if new != text and word == "@":
                links.append((len(lines), address))
            text = new
        # Near and far calls are the same call.
        lines.append("call @" if _CALL.match(text) else _with_registers(text))
    name = code.program.names.get(first, f"code_{first:06X}")
    return Function(first, last, name, tuple(lines), tuple(links))
