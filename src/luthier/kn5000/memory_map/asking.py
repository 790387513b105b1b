"""What somebody asks of the map: nothing, an address, a name, a region."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from luthier.errors import UsageError
from luthier.kn5000.memory_map.lookup import Answer, at, check_cpu
from luthier.kn5000.memory_map.models import CPUS, Entry
from luthier.kn5000.memory_map.search import regions, search

_NUMBER: Final = re.compile(r"0[xX][0-9A-Fa-f_]+|\d[\d_]*", re.ASCII)


def is_address(text: str) -> bool:
    """Whether a text is a number."""
    return _NUMBER.fullmatch(text) is not None


def ask(text: str, cpu: str | None = None) -> Sequence[Entry | Answer]:
    """The regions for nothing; what is at an address, first where more is known; else what a word means.

    Raises InputError for what is nothing, UsageError for no address of the bus and for an unknown processor.
    """
    if cpu is not None:
        check_cpu(cpu)
    if not text.strip():
        return regions(cpu)
    if not is_address(text):
        return search(text, cpu)
    try:
        address = int(text, 0)
    except ValueError:
        raise UsageError(f"address {text[:40]!r} is no number", remedy="write 1234 or 0x4D2") from None
    answers = [at(address, name) for name in ([cpu] if cpu else CPUS)]
    return sorted(answers, key=lambda answer: not answer.is_inside)
