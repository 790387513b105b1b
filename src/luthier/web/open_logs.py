"""Logs that the page has asked for: what was chosen of them lies beside the open file, any part at hand."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from luthier.errors import InputError
from luthier.machine.logs.entry import seconds
from luthier.machine.logs.pages import Pages, gather
from luthier.machine.logs.selection import selection
from luthier.web.bench import Bench
from luthier.web.jobs import Progress

#: Choices of one log that are kept: pages that look at older ones have to choose again.
_KEPT: Final = 4
#: Sources and kinds that are told, the most frequent.
_TOLD: Final = 200


@dataclass
class OpenLog:
    """An open file as a log."""

    path: Path
    _pages: dict[int, tuple[Pages, Path]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choosing(
        self,
        kinds: Sequence[str],
        sources: Sequence[str],
        addresses: Sequence[str],
        first: float,
        last: float | None,
    ) -> Callable[[Progress], dict[str, Any]]:
        """The work that reads what is chosen; UsageError at once if that cannot be."""

        def chosen(ticks: int) -> Any:
            return selection(ticks, kinds=kinds, sources=sources, addresses=addresses, first=first, last=last)

        chosen(1_000_000)

        def work(progress: Progress) -> dict[str, Any]:
            progress(0.0, "reading")
            number = next(self._numbers)
            scratch = self.path.with_name(f"chosen-{number}.lines")
            try:
                pages = gather(self.path, scratch, chosen, progress)
            except BaseException:
                scratch.unlink(missing_ok=True)
                raise
            with self._lock:
                self._pages[number] = pages, scratch
                while len(self._pages) > _KEPT:
                    _, old = self._pages.pop(min(self._pages))
                    with contextlib.suppress(OSError):
                        old.unlink()
            return _record(number, pages)

        return work

    def pages(self, number: int) -> Pages:
        """What was chosen; InputError if it is not kept any more."""
        if number not in self._pages:
            raise InputError("this part of the log is not at hand any more", remedy="choose it again")
        return self._pages[number][0]


def _record(number: int, pages: Pages) -> dict[str, Any]:
    return {
        "number": number,
        "count": pages.count,
        "whole": pages.is_whole,
        "first": seconds(pages.first, pages.ticks_a_second).strip(),
        "last": seconds(pages.last, pages.ticks_a_second).strip(),
        "sources": pages.sources.most_common(_TOLD),
        "kinds": pages.kinds.most_common(_TOLD),
    }


def log_of(bench: Bench, file: str) -> OpenLog:
    """An open file as a log, kept."""
    kept: dict[str, OpenLog] = bench.shared.setdefault("logs", {})
    path = bench.files.path(file)
    for closed in kept.keys() - {one.id for one in bench.files.list()}:
        del kept[closed]
    return kept.setdefault(file, OpenLog(path))
