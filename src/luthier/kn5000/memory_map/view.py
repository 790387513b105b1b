"""The memory map as lines of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

from luthier.kn5000.memory_map.lookup import Answer
from luthier.kn5000.memory_map.models import Entry

_WIDTH = 100
_MARGIN = 14
#: Names longer than this push the description aside.
_NAME_WIDTH = 34


def answer_lines(answer: Answer) -> Iterator[str]:
    """What is at an address: a line, and details below it."""
    yield f"{answer.address:#08x} {answer.cpu:<4}  {_place(answer)}"
    if answer.is_inside or answer.size == 0:
        yield from _detail("what", answer.description)
        yield from _detail("kind", answer.kind + _bytes(answer.size))
        yield from _detail("certainty", _certainty(answer.certainty.value, answer.note))
        yield from _detail("source", answer.source)
    yield from _detail("inside", ", ".join(answer.regions))
    for entry in answer.misreadings:
        yield from _detail("beware", f"{entry.description} Not so: {entry.note} ({entry.source}).")


def _place(answer: Answer) -> str:
    if answer.kind == "unmapped":
        return answer.title
    name = answer.name if answer.title == answer.name else f"{answer.title}, {answer.name}"
    if answer.offset == 0:
        return name
    if answer.is_inside:
        return f"{name}, byte {answer.offset:,} of {answer.size:,}"
    if answer.size == 0:
        return f"{name} + {answer.offset:,} (nearest before; its length is unknown)"
    return f"nothing known; {answer.offset - answer.size:,} bytes behind the end of {name}"


def _bytes(size: int) -> str:
    return f", {size:,} byte{'' if size == 1 else 's'}" if size else ""


def _certainty(certainty: str, note: str) -> str:
    return f"{certainty}: {note}" if note else certainty


def _detail(label: str, text: str) -> Iterator[str]:
    if text:
        indent = " " * _MARGIN
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=f"  {label:<{_MARGIN - 2}}",
            subsequent_indent=indent,
            break_on_hyphens=False,
        )


def entry_lines(entry: Entry) -> Iterator[str]:
    """All that is known of an entry."""
    yield f"{_address(entry)} {entry.cpu:<4}  {', '.join(entry.names)}"
    yield from _detail("what", entry.description)
    many = f", {entry.count} records" if entry.count > 1 else ""
    yield from _detail("kind", entry.kind + (_bytes(entry.size) + many if entry.space == "memory" else ""))
    yield from _detail("table", entry.table)
    yield from _detail("certainty", _certainty(entry.certainty.value, entry.note))
    yield from _detail("source", entry.source)


def list_lines(entries: list[Entry]) -> Iterator[str]:
    """One line an entry."""
    width = min(max((len(entry.name) for entry in entries), default=0), _NAME_WIDTH)
    for entry in entries:
        mark = "" if entry.certainty == "known" else f" [{entry.certainty.value}]"
        many = f" ({entry.note.partition(';')[0]})" if entry.note.startswith("one of ") else ""
        yield f"{_address(entry)} {entry.cpu:<4}  {entry.name:<{width}}  {entry.description}{mark}{many}"


def _address(entry: Entry) -> str:
    if entry.address is None:
        return f"{'?':<8}"
    return f"{entry.address:#08x}" if entry.space == "memory" else f"{f'{entry.address:#04x}':<8}"


def region_lines(regions: list[Entry], tables: Mapping[str, int]) -> Iterator[str]:
    """The regions with their ends, nested ones indented, and the tables beside the memory."""
    outer: list[Entry] = []
    for entry in regions:
        while outer and (outer[-1].cpu != entry.cpu or outer[-1].end <= entry.start):
            outer.pop()
        name = "  " * len(outer) + entry.name
        yield f"{entry.cpu:<4}  {entry.start:#08x}-{entry.end - 1:#08x}  {name:<24}  {entry.description}"
        outer.append(entry)
    yield ""
    yield "Tables beside the memory:"
    for name, count in tables.items():
        yield f"  {name}: {count} entries"
