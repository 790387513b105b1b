"""The notation in which an instruction set is written down: one row an instruction.

A row reads ``code | syntax | states | flags | effect``::

    mem.bwl 10000RRR | add R,M | 3 3 4 | SZHV0C | a = R; b = M; result = a + b; R = result

- **code**: a prefix group with its sizes (``mem.bwl``: any way of addressing memory, as byte, word
  or long; ``op`` is no prefix), then the bytes: two hexadecimal digits, eight bits with operand letters in
  them, or an operand that takes whole bytes (``#``: an immediate of its size, ``#8``, ``d16`` ...).
- **syntax**: what the assembler reads and the disassembler writes; ``{w}`` is a ``w`` in the word form,
  ``{s}`` the letter of the size.
- **states**: clock states, one number or one for each size.
- **flags**: a letter for each flag: ``-`` kept, ``0`` ``1`` set so, ``S Z H V C`` by the usual rule from
  ``a``, ``b`` and ``result``, ``P`` parity, ``*`` as the effect says, ``?`` undefined (kept).  Where no flag
  tells sums from differences, ``v`` is the overflow of a difference; ``z`` is cleared by a result that is
  not zero and kept by one that is.
- **effect**: Python statements over operand letters, registers and flags; indented lines go on below.

Sections: ``[expressions]`` and ``[statements]`` name what effects use often, ``[modes]`` are the prefix
groups (``load.b``: those of one size), ``[instructions]`` the rows under ``#`` headings.  A line starting
with ``;`` is a comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

SIZES = {"b": 1, "w": 2, "l": 4}


class RowError(ValueError):
    """A description that cannot be: the file, the line and what is wrong with it."""


@dataclass(frozen=True)
class Mode:
    """One way of coding a prefix group: its bytes, what it looks like, what it adds to the states."""

    group: str
    code: tuple[str, ...]
    syntax: str
    states: int
    effect: str
    line: int


@dataclass(frozen=True)
class Row:
    """One instruction in all its sizes."""

    group: str
    sizes: str  #: letters of ``b w l``; empty where an operation has no size
    code: tuple[str, ...]
    syntax: str
    states: tuple[int, ...]  #: one for each size (or one)
    flags: str
    effect: str
    heading: str
    line: int

    def states_of(self, size: str) -> int:
        """States of the form of one size, without those of its addressing."""
        return self.states[self.sizes.index(size)] if len(self.states) > 1 else self.states[0]

    def syntax_of(self, size: str) -> str:
        """The syntax of one size: ``{w}`` and ``{s}`` resolved."""
        return self.syntax.replace("{w}", "w" if size == "w" else "").replace("{s}", size)


@dataclass
class Rows:
    """Everything a description file says."""

    title: str = ""
    questions: list[str] = field(default_factory=list)
    expressions: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    statements: dict[str, tuple[list[str], str]] = field(default_factory=dict)
    modes: list[Mode] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


_DEFINITION = re.compile(r"(\w+)\(([\w, ]*)\)\s*(=|:)\s*(.*)")


def read(path: Path) -> Rows:
    """Parse a description file; raises :class:`RowError` naming the line."""
    found = Rows()
    section = heading = ""
    lines = path.read_text(encoding="utf-8").split("\n")
    found.title, found.questions = _preamble(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if not line.strip() or line.startswith(";"):
            continue
        body_start = number
        while number < len(lines) and lines[number].startswith("    "):
            number += 1
        body = "\n".join(text[4:] for text in lines[body_start:number])
        try:
            if body and (line.startswith(("[", "# ")) or section in {"expressions", "modes"}):
                raise RowError("indented lines belong below a row or a definition of statements")
            if line.startswith("["):
                section = line.strip("[] ")
            elif line.startswith("# "):
                heading = line[2:].strip()
            elif section in {"expressions", "statements"}:
                _definition(found, line, body)
            elif section == "modes":
                found.modes.append(_mode(line, body_start))
            elif section == "instructions":
                found.rows.append(_row(line, body, heading, body_start))
            else:
                raise RowError("a line outside every section")
        except (ValueError, KeyError) as error:
            raise RowError(f"{path.name}, line {body_start}: {error}") from None
    return found


def _preamble(lines: list[str]) -> tuple[str, list[str]]:
    """The title and the open questions, which the generated documentation repeats."""
    comment: list[str] = []
    for line in lines:
        if not line.startswith(";"):
            break
        comment.append(line[1:].strip())
    questions: list[str] = []
    if "Open questions" in comment:
        for text in comment[comment.index("Open questions") + 1 :]:
            if text.startswith("- "):
                questions.append(text[2:])
            elif questions:
                questions[-1] += " " + text
    return comment[0] if comment else "", questions


def _definition(found: Rows, line: str, body: str) -> None:
    match = _DEFINITION.fullmatch(line.strip())
    if match is None:
        raise RowError("a definition reads 'name(parameters) = expression' or 'name(parameters):'")
    name, parameters, kind, expression = match.groups()
    names = [part.strip() for part in parameters.split(",") if part.strip()]
    if name in found.expressions or name in found.statements:
        raise RowError(f"{name} is defined twice")
    if kind == "=":
        found.expressions[name] = names, expression
    else:
        found.statements[name] = names, body


def _columns(line: str, count: int) -> list[str]:
    columns = [column.strip() for column in line.split("|", count - 1)]
    if len(columns) != count:
        raise RowError(f"{count} columns are expected, {len(columns)} stand here")
    return columns


def _mode(line: str, number: int) -> Mode:
    code, syntax, states, effect = _columns(line, 4)
    group, *rest = code.split()
    return Mode(group, tuple(rest), syntax, int(states), effect, number)


def _row(line: str, body: str, heading: str, number: int) -> Row:
    code, syntax, states, flags, effect = _columns(f"{line} |" if line.count("|") == 3 else line, 5)
    if not code:
        raise RowError("the code is missing")
    prefix, *rest = code.split()
    group, _, sizes = prefix.partition(".")
    counts = tuple(int(count) for count in states.split())
    if not counts or len(counts) not in {1, len(sizes)}:
        raise RowError(f"{len(counts)} counts of states for {len(sizes)} sizes")
    if any(size not in SIZES for size in sizes):
        raise RowError(f"sizes are letters of b, w and l, not {sizes!r}")
    if effect and body.strip():
        raise RowError("an effect stands in its column or below, not both")
    text = effect.replace("; ", "\n") if effect else body
    if not text.strip():
        raise RowError("the effect is missing")
    return Row(group, sizes, tuple(rest), syntax, counts, flags, text, heading, number)
