"""Candidates for serial memories as lines for people and as records for ``--json``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from luthier.kaoss.wires.buses import Candidate
from luthier.kaoss.wires.pins import Pin

#: What is told with every result.
LIMITS = (
    "Found by the look of the code. Not looked for: code that nothing leads to, pins whose number is in a",
    "register, chips on the bus. Which chip is connected is not known.",
)


def lines(found: Sequence[Candidate]) -> Iterator[str]:
    """Every candidate with its evidence."""
    count = len(found)
    yield f"{count or 'no'} candidate{'s' * (count != 1)} for serial memories"
    for number, one in enumerate(found, 1):
        yield ""
        yield f"{number}  {one.kind}"
        yield f"   {', '.join(_roles(one)) or 'no port pins'}"
        if one.bits:
            yield f"   {', '.join(map(str, one.bits))} bits at once"
        yield from (f"   {evidence.address:06X}  {evidence.what}" for evidence in one.evidence)
        yield from (f"   but: {doubt}" for doubt in one.doubts)
    yield ""
    yield from LIMITS


def _roles(one: Candidate) -> Iterator[str]:
    if one.clock:
        yield f"clock {one.clock}"
    for role, pins in (("data out", one.out), ("data in", one.taken), ("select", one.select)):
        if pins:
            yield f"{role} {', '.join(map(str, pins))}"


def records(found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "name": one.kind,
            "clock": str(one.clock) if one.clock else None,
            "data_out": _texts(one.out),
            "data_in": _texts(one.taken),
            "select": _texts(one.select),
            "bits": list(one.bits),
            "evidence": [{"address": each.address, "what": each.what} for each in one.evidence],
            "doubts": one.doubts,
        }
        for one in found
    ]


def _texts(pins: tuple[Pin, ...]) -> list[str]:
    return [str(pin) for pin in pins]
