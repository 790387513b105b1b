"""How the changes of a patch stand, as lines for people and as records for ``--json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from luthier.kaoss.patch import State, Verdict


def verdict_record(verdict: Verdict) -> dict[str, Any]:
    """How a change stands."""
    change = verdict.change
    return {
        "name": f"0x{change.address:05X}",
        "address": change.address,
        "where": change.where,
        "reason": change.reason,
        "expected": change.expected.hex(" ").upper(),
        "new": change.new.hex(" ").upper(),
        "found": verdict.found.hex(" ").upper(),
        "state": verdict.state.value,
        "refusal": verdict.refusal,
    }


def verdict_lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line for every change, and one more where it is refused or finds something else."""
    for verdict in verdicts:
        change = verdict.change
        size = f"{len(change.expected):>3} byte{'s' * (len(change.expected) > 1)}"
        state = "refused" if verdict.refusal and verdict.state is State.FITS else verdict.state.value
        yield f"0x{change.address:05X}  {size}  {state:<16}  {change.where}: {change.reason}"
        if verdict.refusal:
            yield f"         {verdict.refusal}"
        if verdict.state is State.DIFFERS:
            yield f"         expected {change.expected.hex(' ').upper()}"
            yield f"         found    {verdict.found.hex(' ').upper()}"
