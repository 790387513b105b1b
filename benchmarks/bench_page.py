"""How soon the bench's first page stands, in a real browser; server start left out and counted in.

``python -m benchmarks.bench_page``
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.bench_browser import browser, served
from benchmarks.results import Figure, print_table

NAME = "bench"
#: Requirement: the first page within half a second.
SLOWEST_PAGE = 0.5
TIMES = 7
_READY = "Drop files anywhere"


def measure() -> Iterator[Figure]:
    """First page with the server running and an empty cache, and from the command to the page."""
    with tempfile.TemporaryDirectory() as name, browser("The page") as chromium:
        if chromium is None:
            return
        whole = []
        for _ in range(3):
            begin = time.perf_counter()
            with served(Path(name)) as server:
                opened = time.perf_counter() - begin
                whole.append(opened + _visit(chromium, server.address))
                pages = [_visit(chromium, server.address) for _ in range(TIMES)]
    taken = median(pages)
    yield Figure(
        NAME, "first page, the server runs", f"{taken * 1000:.0f} ms", f"{SLOWEST_PAGE * 1000:.0f} ms",
        taken < SLOWEST_PAGE, "", {"seconds": pages},
    )  # fmt: skip
    yield Figure(
        NAME,
        "first page, from the command on",
        f"{min(whole) * 1000:.0f} ms",
        "",
        None,
        "",
        {"seconds": whole},
    )


def _visit(chromium: Any, address: str) -> float:
    # A context of its own has nothing in its cache.
    context = chromium.new_context()
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.get_by_text(_READY).wait_for()
    taken = time.perf_counter() - begin
    context.close()
    return taken


if __name__ == "__main__":
    print_table(list(measure()))
