"""A score laid out in time: which bank sounds from which bar to which, and when the pad moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from luthier.errors import InputError
from luthier.kaoss.loops.language import Lanes, Node, PadMove, Place, Repeated, Score, Sounding
from luthier.kaoss.loops.settings import Settings

#: Bars and items of the longest arrangement: eleven hours at 120.
BAR_LIMIT = 20_000
_ITEM_LIMIT = 100_000


@dataclass(frozen=True)
class Passage:
    """A bank that sounds from the bar ``start`` on, counted from 0, for ``bars`` bars."""

    bank: str
    start: int
    bars: int
    place: Place

    @property
    def end(self) -> int:
        """The bar at whose beginning it stops."""
        return self.start + self.bars


@dataclass(frozen=True)
class Arrangement:
    """Passages by their start, moves of the pad by their time, both without the count-in."""

    settings: Settings
    passages: tuple[Passage, ...]
    pads: tuple[PadMove, ...]
    bars: int
    rounds: int

    @property
    def seconds(self) -> float:
        """How long it takes, with its count-in."""
        quarters = (self.bars + self.settings.count_in) * self.settings.beats
        return quarters * 60 / self.settings.tempo


def arrange(score: Score) -> Arrangement:
    """Lay a score out; raises InputError where a bank would play twice at once, or for endless work."""
    settings = score.settings
    parts = list(score.plays)
    bars = sum(_bars(part, settings) for part in parts)
    items = sum(_items(part) for part in parts)
    rounds = settings.repeat or max(1, BAR_LIMIT // bars)
    if bars * rounds > BAR_LIMIT or items > _ITEM_LIMIT:
        raise InputError(
            f"{bars * rounds:,} bars and {items:,} items", remedy=f"give at most {BAR_LIMIT:,} bars"
        )
    once: list[Passage] = []
    start = 0
    for part in parts:
        once += _passages(part, start, settings)
        start += _bars(part, settings)
    passages = [
        replace(passage, start=passage.start + number * bars) for number in range(rounds) for passage in once
    ]
    pads = _pads(score, bars)
    moved = (replace(move, bar=move.bar + number * bars) for number in range(rounds) for move in pads)
    return Arrangement(settings, _joined(passages), tuple(moved), bars * rounds, rounds)


def _bars(node: Node, settings: Settings) -> int:
    """How many bars a node takes."""
    if isinstance(node, Repeated):
        return node.times * _bars(node.what, settings)
    if isinstance(node, Lanes):
        return max(sum(_bars(item, settings) for item in lane) for lane in node.lanes)
    return node.bars or max((settings.bars[bank] for bank in node.banks), default=1)


def _items(node: Node) -> int:
    """How many items a node becomes when its repetitions are written out."""
    if isinstance(node, Repeated):
        return node.times * _items(node.what)
    if isinstance(node, Lanes):
        return sum(_items(item) for lane in node.lanes for item in lane)
    return 1


def _passages(node: Node, start: int, settings: Settings) -> Iterator[Passage]:
    if isinstance(node, Sounding):
        bars = _bars(node, settings)
        yield from (Passage(bank, start, bars, node.place) for bank in node.banks)
    elif isinstance(node, Repeated):
        bars = _bars(node.what, settings)
        for number in range(node.times):
            yield from _passages(node.what, start + number * bars, settings)
    else:
        for lane in node.lanes:
            place = start
            for item in lane:
                yield from _passages(item, place, settings)
                place += _bars(item, settings)


def _joined(passages: list[Passage]) -> tuple[Passage, ...]:
    """The passages by time; those of a bank that follow each other become one: its loop goes on by itself."""
    playing: dict[str, Passage] = {}
    found: list[Passage] = []
    for passage in sorted(passages, key=lambda passage: (passage.start, passage.bank)):
        before = playing.get(passage.bank)
        if before is not None and before.end > passage.start:
            raise InputError(
                f"bank {passage.bank} plays already, from bar {before.start + 1} to {before.end}"
                f" ({before.place})",
                where=str(passage.place),
                remedy="a bank can be in one lane at a time",
            )
        if before is not None and before.end == passage.start:
            playing[passage.bank] = replace(before, bars=before.bars + passage.bars)
            continue
        if before is not None:
            found.append(before)
        playing[passage.bank] = passage
    found += playing.values()
    return tuple(sorted(found, key=lambda passage: (passage.start, passage.bank)))


def _pads(score: Score, bars: int) -> list[PadMove]:
    """The moves of one round in order of time; one behind the end or beside the bar is refused."""
    for move in score.pads:
        if move.bar >= bars or move.beat >= score.settings.beats:
            what = f"there is no bar {move.bar + 1}, beat {move.beat + 1}"
            raise InputError(
                what, where=str(move.place), remedy=f"it has {bars} bars of {score.settings.beats} beats"
            )
    return sorted(score.pads, key=lambda move: (move.bar, move.beat))
