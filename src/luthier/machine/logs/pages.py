"""A log page by page: what is chosen of it is read once, in bounded memory, and any part is at hand then."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from luthier.machine.logs.entry import seconds
from luthier.machine.logs.reading import read_log
from luthier.machine.logs.selection import Selection

#: Entries between two places that are remembered, and between two reports of progress.
_STEP = 128
_REPORTED = 4096
#: Entries that are kept: some 250 bytes each.
MOST = 1_000_000


class Pages:
    """What :func:`gather` has found; ``sources`` and ``kinds`` say how often each occurs in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = array("q")
        self.count = 0
        self.sources: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.first = self.last = 0  #: ticks
        self.ticks_a_second = 1
        self.is_whole = True  #: else there is more than is kept

    def page(self, start: int, count: int) -> list[dict[str, Any]]:
        """Records of entries from number ``start`` on, with ``seconds`` as text; fewer at the end."""
        if not 0 <= start < self.count:
            return []
        step, skipped = divmod(start, _STEP)
        with self._path.open("rb") as stream:
            stream.seek(self._places[step])
            for _ in range(skipped):
                stream.readline()
            lines = (stream.readline() for _ in range(min(count, self.count - start)))
            return [json.loads(line) for line in lines]


def gather(
    path: Path,
    scratch: Path,
    selection: Selection | Callable[[int], Selection] | None = None,
    progress: Callable[[float, str], None] = lambda _part, _now: None,
    most: int = MOST,
) -> Pages:
    """Read a log once and keep what is chosen in the file ``scratch``; :class:`InputError` for a bad log.

    Of more than ``most`` entries the first are kept.
    """
    reading = read_log(path)
    wanted = (selection(reading.ticks_a_second) if callable(selection) else selection) or Selection()
    pages = Pages(scratch)
    pages.ticks_a_second = reading.ticks_a_second
    with scratch.open("wb") as stream:
        place = 0
        for looked_at, entry in enumerate(reading.entries):
            if looked_at % _REPORTED == 0:
                progress(pages.count / most, f"{looked_at:,} entries")
            if not wanted.accepts(entry):
                continue
            if pages.count == most:
                pages.is_whole = False
                break
            if pages.count % _STEP == 0:
                pages._places.append(place)
            record = entry.record() | {"seconds": seconds(entry.time, reading.ticks_a_second).strip()}
            place += stream.write(json.dumps(record).encode() + b"\n")
            if not pages.count:
                pages.first = entry.time
            pages.last = entry.time
            pages.count += 1
            pages.sources[entry.source] += 1
            pages.kinds[entry.kind] += 1
    return pages
