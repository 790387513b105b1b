"""What of a run is to be traced, from words, and the file it goes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from luthier.errors import UsageError
from luthier.machine.logs.selection import selection
from luthier.machine.logs.writing import open_log

if TYPE_CHECKING:
    from luthier.kn5000.board.board import Board
    from luthier.kn5000.board.session import Move

_CPUS = ("main", "sub")


@dataclass(frozen=True)
class TraceRequest:
    """Kinds, seconds, addresses as words, and ranges of memory of which stores are wanted."""

    kinds: tuple[str, ...]
    first: float
    last: float | None
    addresses: tuple[str, ...]
    stores: tuple[tuple[str, int, int], ...]

    @contextmanager
    def written(
        self, board: Board, path: Path, symbols: Mapping[str, Mapping[str, int]] | None, force: bool
    ) -> Iterator[Callable[[Move], None]]:
        """Trace a board to a file while the block lasts; what is yielded notes moves.

        ``symbols`` are addresses by CPU and name; those published for the maker's programs without.
        """
        from luthier.kn5000.board.tracing import note_move, traced

        ticks = board.schedule.ticks_of(1)
        chosen = selection(
            ticks, kinds=self.kinds, first=self.first, last=self.last, addresses=self.addresses
        )
        names = {cpu: _names(cpu, symbols) for cpu in _CPUS}
        with (
            open_log(path, ticks, chosen, force=force) as log,
            traced(board, log, symbols=names, stores=self.stores),
        ):
            yield lambda move: note_move(board, log, move)


def requested(
    kinds: Sequence[str] | None,
    between: str | None,
    addresses: Sequence[str] | None,
    stores: Sequence[str] | None,
) -> TraceRequest:
    """A request from the words of a command line; UsageError where they mean nothing."""
    chosen = _kinds(kinds or [], bool(stores))
    selection(1, addresses=addresses or [])  # refuses what is no address before anything runs
    first, last = (0.0, None) if between is None else _between(between)
    return TraceRequest(chosen, first, last, tuple(addresses or []), tuple(map(_stores, stores or [])))


def _kinds(words: Sequence[str], with_stores: bool) -> tuple[str, ...]:
    from luthier.kn5000.board.tracing import KINDS, STORE, USUAL

    kinds = [kind.strip() for text in words for kind in text.split(",")] or list(USUAL)
    if "all" in kinds:
        kinds = list(KINDS)
    for kind in kinds:
        if kind not in KINDS:
            remedy = f"there is {', '.join(KINDS)}; or all"
            raise UsageError(f"{kind!r} is no kind", where="--log", remedy=remedy)
    return tuple(dict.fromkeys([*kinds, STORE] if with_stores else kinds))


def _between(text: str) -> tuple[float, float | None]:
    first, separator, last = text.partition(":")
    try:
        begin, end = float(first or 0), float(last) if last else None
    except ValueError:
        begin, end = -1.0, None
    if not separator or not 0 <= begin <= 1e6 or (end is not None and not begin < end <= 1e6):
        raise UsageError(f"{text!r} is no stretch of time", where="--between", remedy="write 1.5:2")
    return begin, end


def _stores(text: str) -> tuple[str, int, int]:
    cpu, _, rest = text.partition(":")
    first, _, last = rest.partition(":")
    try:
        start, end = int(first, 0), int(last, 0)
    except ValueError:
        start = end = 0
    if cpu not in _CPUS or not 0 <= start < end <= 1 << 24:
        remedy = "write main:0x8000:0x9000"
        raise UsageError(f"{text!r} is no range of a CPU", where="--stores", remedy=remedy)
    return cpu, start, end


def _names(cpu: str, symbols: Mapping[str, Mapping[str, int]] | None) -> dict[int, str]:
    if symbols is not None:
        return {address: name for name, address in symbols.get(cpu, {}).items()}
    from luthier.kn5000.memory_map.symbols import symbols as published

    return {one.address: name for name, one in published(cpu).items()}
