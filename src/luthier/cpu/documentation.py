"""The page about an instruction set, made from its rows: registers, addressing, maps, every instruction.

What only people can write (how the registers lie, what an interrupt does) comes from the CPU's ``manual``
module; what was tested comes in as :class:`Evidence`.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from luthier.cpu import describe
from luthier.cpu.chapters import Manual, OpcodeMap
from luthier.cpu.description import Description, Form, Operation
from luthier.cpu.rows import Row

_SIZE_NAMES = {"b": "byte", "w": "word", "l": "long"}
_NOTHING = "·"  #: an undefined slot of a map
_MOST_IN_A_CELL = 4  #: instructions; of more there are only the names
_LONGEST_EFFECT = 90  #: characters of an effect that stands in the table; longer ones follow below


@dataclass(frozen=True)
class Evidence:
    """What was tested, and what is not known."""

    compared: Mapping[int, int]  #: cases of another implementation compared, by operation number
    elsewhere: Mapping[str, str] = field(default_factory=dict)  #: operation name to the test that runs it
    left_out: Sequence[tuple[str, str]] = ()  #: what is not compared, and the test that shows what is done
    questions: Sequence[str] = ()


def page(cpu: str, evidence: Evidence) -> str:
    """The page of a CPU in Markdown."""
    description, manual = describe(cpu), manual_of(cpu)
    parts = [
        f"# {manual.title}",
        "<!-- Made from the rows by `python -m tests.documents`: change those, not this page. -->",
        manual.introduction.strip(),
        _counts(description, manual, evidence),
        "## How to read the tables",
        _notation(description, manual),
        "## Registers",
        manual.registers.strip(),
        "## Addressing",
        manual.addressing.strip(),
        _modes(description),
        "## Opcode maps",
        f"`{_NOTHING}` is undefined. `b`, `w`, `l` are sizes, where a map has not all of them.",
        *(_map(description, manual, chart) for chart in manual.maps),
        "## Instructions",
        *_instructions(description, evidence),
        _names(description),
        *(f"## {title}\n\n{text.strip()}" for title, text in manual.after),
        *_left_out(evidence),
        "## Open questions",
        "\n".join(f"- {text}" for text in evidence.questions) or "None.",
        "## Sources",
        "\n".join(f"- {text}" for text in manual.sources),
    ]
    return "\n\n".join(parts) + "\n"


def manual_of(cpu: str) -> Manual:
    """What a CPU's page says beside its rows; :class:`LookupError` if there is none."""
    if cpu == "tlcs900h2":
        from luthier.cpu.tlcs900.manual import MANUAL

        return MANUAL
    if cpu == "h8s2000":
        from luthier.cpu.h8s.manual import MANUAL as H8S_MANUAL

        return H8S_MANUAL
    raise LookupError(f"{cpu} has no manual")


# The text above the tables


def _counts(description: Description, manual: Manual, evidence: Evidence) -> str:
    compared = sum(evidence.compared.values())
    return (
        f"{len(description.mnemonics)} mnemonics, {len(description.rows.rows)} rows, "
        f"{len(description.operations)} operations (a row in one size), {len(description.forms)} forms (an "
        f"operation with one way of addressing). {compared:,} single instructions were compared with "
        f"{manual.compared_with}, on both executors, and agree in registers, flags and memory."
    )


def _notation(description: Description, manual: Manual) -> str:
    flags = description.architecture.flags
    first = "least" if description.architecture.byte_order == "little" else "most"
    letters = ""
    if any("v" in row.flags for row in description.rows.rows):
        letters = "`v` the overflow of a difference, `z` cleared unless the result is zero, "
    lines = [
        "**Bytes**: two hexadecimal digits, eight bits with operand letters in them, or an operand of whole "
        f"bytes, the {first} significant first. **States**: clock states for byte, word and long, "
        f"without those "
        "of the addressing.",
        "",
        f"**Flags** `{flags}`, a letter each: `-` kept, `0` and `1` set so, its own letter by the usual rule "
        f"(from `a`, `b` and `result` of the effect), {letters or '`P` parity, '}`*` as the effect says, "
        "`?` undefined.",
        "",
        "**Effect**: the statements the executors are made from; `pc` is already behind the instruction, "
        "`here` at its start, numbers wrap at the size of what they are stored in. Names with parentheses "
        "are [explained](#names-that-effects-use) behind the last instruction.",
        "",
        f"**Compared**: cases per size that were compared with {manual.compared_with}.",
        "",
        "| Letter | Operand |",
        "|---|---|",
        *(f"| `{letter}` | {text} |" for letter, text in manual.operands.items()),
    ]
    return "\n".join(lines)


def _names(description: Description) -> str:
    rows = description.rows
    lines = ["### Names that effects use", ""]
    lines += [
        "`BITS`, `BYTES`, `MASK`, `SIGN` and `LAST` (bit) are those of the operation's size, `DOUBLE_...` of "
        "twice that, `HALF` of half. `states` counts extra states, `held` puts interrupts off, and "
        "`deadline` at 0 ends the run of an executor so that interrupts are looked for.",
        "",
        "```python",
    ]
    lines += [f"{name}({', '.join(names)}) = {text}" for name, (names, text) in rows.expressions.items()]
    for name, (names, text) in rows.statements.items():
        lines += ["", f"{name}({', '.join(names)}):", *(f"    {line}" for line in text.splitlines())]
    return "\n".join([*lines, "```"])


def _modes(description: Description) -> str:
    lines = ["| Group | Code | Written | States | Address |", "|---|---|---|---|---|"]
    for mode in description.rows.modes:
        effect = "–" if mode.effect == "pass" else f"`{mode.effect}`"
        code = " ".join(mode.code)
        lines.append(f"| `{mode.group}` | `{code}` | `{mode.syntax}` | {mode.states} | {effect} |")
    return "\n".join(lines)


# Opcode maps


def _map(description: Description, manual: Manual, chart: OpcodeMap) -> str:
    cells: list[dict[str, set[str]]] = [{} for _ in range(256)]  #: by value: what is there, in which sizes
    for size, prefix in chart.prefixes.items():
        for form in description.forms:
            at = len(prefix)
            if form.length <= at or (size and form.operation.size != size):
                continue
            if not all(
                allowed is None or value in allowed
                for allowed, value in zip(form.bytes, prefix, strict=False)
            ):
                continue
            for value in form.bytes[at] or ():
                label, sizes = _label(manual, form, at)
                cells[value].setdefault(label, set()).update(sizes)
    for first in range(0, 256, 8):  # a register of three bits that is undefined in one size: one cell for all
        block = cells[first : first + 8]
        for label in set.intersection(*(set(cell) for cell in block)):
            sizes = set.union(*(cell[label] for cell in block))
            for cell in block:
                cell[label] = sizes
    every = {size for size in chart.prefixes if size}
    lines = [f"### {chart.title}", "", chart.text.strip(), "", "<table>"]
    lines.append("<tr><th></th>" + "".join(f"<th>{column:X}</th>" for column in range(16)) + "</tr>")
    for row in range(16):
        texts = [_cell(cells[16 * row + column], every) for column in range(16)]
        line = f"<tr><th>{row:X}0</th>"
        for text, run in groupby(texts):
            width = len(list(run))
            span = f' colspan="{width}"' if width > 1 else ""
            line += f"<td{span}>{text}</td>"
        lines.append(line + "</tr>")
    return "\n".join([*lines, "</table>"])


def _label(manual: Manual, form: Form, at: int) -> tuple[str, set[str]]:
    """What a form is in a map: its syntax, or how it goes on where the byte is a prefix."""
    size = form.operation.size
    row = form.operation.row
    if form.mode is not None and not row.code:  # all of its code is in the mode
        return row.syntax_of(size).replace("M", form.mode.syntax), set()
    if form.mode is not None and at < len(form.mode.code):
        name = manual.groups.get(row.group, "")
        kind = "" if row.group in {"dst", "rel"} else _SIZE_NAMES[size] + " "
        return (f"\0{kind}{name}" if name else ""), set()
    if "{s}" in row.syntax:  # it has its size in its name
        return row.syntax_of(size), set()
    return row.syntax.replace("{w}", ""), {size} - {""}


def _cell(found: dict[str, set[str]], every: set[str]) -> str:
    found = {label: sizes for label, sizes in found.items() if label}
    if not found:
        return _NOTHING
    prefixes = [html.escape(label[1:]) for label in found if label[0] == "\0"]
    if prefixes:
        return f"<i>{' / '.join(prefixes)}</i>"
    if len(found) > _MOST_IN_A_CELL:
        names = dict.fromkeys(label.split(" ")[0].partition(".")[0] for label in found)
        return " ".join(f"<code>{html.escape(name)}</code>" for name in names)
    texts = []
    for label, sizes in found.items():
        some = "".join(size for size in "bwl" if size in sizes)
        note = f" <sub>{some}</sub>" if sizes and sizes != every else ""
        texts.append(f"<code>{html.escape(label, quote=False)}</code>{note}")
    return " ".join(texts)


# Instructions


def _instructions(description: Description, evidence: Evidence) -> Iterator[str]:
    by_row: dict[int, list[Operation]] = {}
    for operation in description.operations:
        by_row.setdefault(operation.row.line, []).append(operation)
    flags = description.architecture.flags
    for heading, rows in groupby(description.rows.rows, key=lambda row: row.heading):
        listed = list(rows)
        below: list[Row] = []
        lines = [f"### {heading}", "", f"| Bytes | Written | States | `{flags}` | Effect | Compared |"]
        lines.append("|---|---|---|---|---|---|")
        for row in listed:
            if len(_effect(row)) > _LONGEST_EFFECT or "\n " in row.effect:
                below.append(row)
                effect = "below"
            else:
                effect = _code(_effect(row))
            flag_text = "–" if set(row.flags) == {"-"} else f"`{row.flags}`"
            code = " ".join((_group(row), *row.code)).strip()
            counted = _compared(by_row[row.line], evidence)
            states = " ".join(map(str, row.states))
            lines.append(f"| `{code}` | {_syntaxes(row)} | {states} | {flag_text} | {effect} | {counted} |")
        yield "\n".join(lines)
        for row in below:
            yield f"`{_plain_syntax(row)}`{_codes(row, below)}:\n\n```python\n{row.effect}\n```"


def _group(row: Row) -> str:
    sizes = f".{row.sizes}" if row.sizes else ""
    return "" if row.group == "op" else f"{row.group}{sizes}"


def _plain_syntax(row: Row) -> str:
    return row.syntax.replace("{w}", "").replace("{s}", "/".join(row.sizes))


def _codes(row: Row, below: list[Row]) -> str:
    """The bytes too, where another row is written alike."""
    alike = [other for other in below if _plain_syntax(other) == _plain_syntax(row)]
    return f" ({_group(row)} {' '.join(row.code)})" if len(alike) > 1 else ""


def _syntaxes(row: Row) -> str:
    written = dict.fromkeys(row.syntax_of(size) for size in row.sizes or ("",))
    return "<br>".join(_code(text) for text in written)


def _effect(row: Row) -> str:
    return "; ".join(row.effect.splitlines())


def _code(text: str) -> str:
    """Code inside a table, where a bar would end the cell."""
    return "`" + text.replace("|", "\\|") + "`"


def _compared(operations: Sequence[Operation], evidence: Evidence) -> str:
    counts = [evidence.compared.get(operation.number, 0) for operation in operations]
    elsewhere = [
        f"0: `{evidence.elsewhere[operation.name]}`"
        for operation, count in zip(operations, counts, strict=True)
        if not count and operation.name in evidence.elsewhere
    ]
    return "<br>".join(elsewhere) or " ".join(map(str, counts))


def _left_out(evidence: Evidence) -> Iterator[str]:
    if evidence.left_out:
        yield "## What is not compared"
        yield (
            "Where the other implementation is wrong, or the result is undefined. What Luthier does is shown "
            "by the test beside it; the reasons are in the [errata](../errata.md)."
        )
        lines = [
            "| What | Test |",
            "|---|---|",
            *(f"| {what} | `{test}` |" for what, test in evidence.left_out),
        ]
        yield "\n".join(lines)
