"""What of a log is wanted: kinds, sources, a stretch of time, addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from luthier.errors import UsageError
from luthier.machine.logs.entry import Entry

_END = 1 << 62


@dataclass(frozen=True)
class Selection:
    """Everything, unless told otherwise; ``addresses`` are half-open ranges, empty for all."""

    kinds: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    first: int = 0  #: ticks
    last: int = _END
    addresses: tuple[tuple[int, int], ...] = ()

    def wants(self, kind: str, source: str) -> bool:
        """Whether anything of a kind from a source is wanted at all."""
        return (not self.kinds or kind in self.kinds) and (not self.sources or source in self.sources)

    def accepts(self, entry: Entry) -> bool:
        """Whether an entry is wanted.  What has no address is not, if addresses are given."""
        if not (self.first <= entry.time < self.last and self.wants(entry.kind, entry.source)):
            return False
        if not self.addresses:
            return True
        at = entry.address
        return at is not None and any(start <= at < end for start, end in self.addresses)


def selection(
    ticks_a_second: int,
    *,
    kinds: Sequence[str] = (),
    sources: Sequence[str] = (),
    first: float = 0,
    last: float | None = None,
    addresses: Sequence[str] = (),
) -> Selection:
    """A selection from words: times in seconds, addresses as ``A`` or ``A:B`` (B not included)."""
    end = _END if last is None else int(Fraction(last) * ticks_a_second)
    start = int(Fraction(first) * ticks_a_second)
    if not 0 <= start < end:
        raise UsageError(f"from {first} s to {last} s is no stretch of time", remedy="the end comes later")
    return Selection(
        frozenset(kinds), frozenset(sources), start, end, tuple(_range(text) for text in addresses)
    )


def _range(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    try:
        start = int(first, 0)
        end = int(last, 0) if colon else start + 1
    except ValueError:
        start = end = -1
    if not 0 <= start < end <= 1 << 24:
        raise UsageError(f"{text!r} is no address and no range", remedy="write 0x1000 or 0x1000:0x2000")
    return start, end
