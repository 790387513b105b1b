"""A comparison as lines for people and as a record for ``--json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from luthier.kaoss.difference.comparison import Comparison, DataChange, FunctionChange, State

#: Bytes of data that are shown.
_SHOWN = 16
#: Sorts that are only counted.
_QUIET = {State.SAME, State.MOVED}


def counts(comparison: Comparison) -> str:
    """How many functions of each state."""
    counted = Counter(change.state for change in comparison.functions)
    return ", ".join(f"{counted[state]:,} {state}" for state in State if counted[state])


def lines(comparison: Comparison, *, everything: bool = False) -> Iterator[str]:
    """What differs; with ``everything`` also each function that has only moved."""
    if comparison.is_same:
        yield "nothing differs"
        return
    for field in comparison.header:
        yield f"header: {field.name.replace('_', ' ')}: {field.before} -> {field.after}"
    for vector in comparison.vectors:
        yield f"vector {vector.name} at {vector.address:06X}: {vector.before:06X} -> {vector.after:06X}"
    if comparison.has_code:
        yield f"functions: {counts(comparison)}"
    for change in comparison.functions:
        if everything or change.state not in _QUIET:
            yield f"  {function_title(change)}"
            yield from (f"           {call}" for call in change.calls)
            yield from (f"           {line}" for line in change.lines if not line.startswith("@@"))
    for data in comparison.data:
        yield f"data: {data_title(data)}"
        if data.old:
            yield f"           - {_bytes(data.old)}"
        if data.new:
            yield f"           + {_bytes(data.new)}"
    for text in comparison.texts:
        yield f"text {text.state:<5}  {_place(text.before, text.after)}  {text.text!r}"


def function_title(change: FunctionChange) -> str:
    """State, places, name and size in bytes."""
    before, after = change.before, change.after
    place = _place(before.start if before else None, after.start if after else None)
    one = before or after
    assert one is not None
    sizes = [side.size for side in (before, after) if side]
    return f"{change.state:<7}  {place}  {one.name}, {_sizes(sizes)}"


def data_title(data: DataChange) -> str:
    """State, places and sizes in bytes."""
    sizes = [len(side) for side in (data.old, data.new) if side]
    return f"{data.state:<7}  {_place(data.before, data.after)}  {_sizes(sizes)}"


def _sizes(sizes: list[int]) -> str:
    different = list(dict.fromkeys(sizes))
    return f"{' -> '.join(map(str, different))} byte{'s' * (different != [1])}"


def _place(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return f"{'' if before is None else f'{before:06X}':6} -> {'' if after is None else f'{after:06X}':6}"
    return f"{before:06X} -> {after:06X}"


def _bytes(data: bytes) -> str:
    return data[:_SHOWN].hex(" ").upper() + (" ..." if len(data) > _SHOWN else "")


def record(comparison: Comparison) -> dict[str, Any]:
    """All of it; bytes are hexadecimal."""
    return {
        "same": comparison.is_same,
        "code_compared": comparison.has_code,
        "header": [
            {"name": field.name, "before": field.before, "after": field.after} for field in comparison.header
        ],
        "vectors": [
            {"name": one.name, "address": one.address, "before": one.before, "after": one.after}
            for one in comparison.vectors
        ],
        "functions": [_function_record(change) for change in comparison.functions],
        "data": [
            {
                "state": str(data.state),
                "before": data.before,
                "after": data.after,
                "old": data.old.hex(),
                "new": data.new.hex(),
            }
            for data in comparison.data
        ],
        "texts": [
            {"state": str(text.state), "before": text.before, "after": text.after, "text": text.text}
            for text in comparison.texts
        ],
    }


def _function_record(change: FunctionChange) -> dict[str, Any]:
    before, after = change.before, change.after
    one = before or after
    assert one is not None
    return {
        "name": one.name,
        "state": str(change.state),
        "before": before.start if before else None,
        "after": after.start if after else None,
        "size_before": before.size if before else None,
        "size_after": after.size if after else None,
        "lines": list(change.lines),
        "calls": list(change.calls),
    }
