"""A listing of 256 KiB in the bench, scrolled in a real browser: does it ever pause, is anything ever blank?

``python -m benchmarks.bench_listing``.  The image is code up to its last bytes, as in
:mod:`benchmarks.kaoss`: no other 256 KiB make a longer listing.

"Without a pause" means: while the listing is moved, in every one of its ways, no two frames are more than
50 ms apart (three frames of a screen with 60 Hz), and no line in view is blank for longer than 100 ms, where
a wait begins to be felt.  A line is blank while its text has not come yet, or if it is missing at an edge of
the view; the page is looked at in every frame.  Each way begins in a fresh page as soon as the first lines
are there: nothing was fetched before.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.bench_browser import browser, served
from benchmarks.kaoss import full_firmware
from benchmarks.results import Figure, print_table

NAME = "bench listing"
#: Requirements, in seconds: between two frames, and for lines that are blank.
LONGEST_GAP = 0.050
LONGEST_BLANK = 0.100
#: Moments of frames are told to a tenth of a millisecond, and frames come a little early or late.
_ROUNDING = 0.001
_SECONDS = 6
#: Places in the listing (0 to 1), for each way: by the time (0 to 1), the frame, the height in pixels.
_WAYS = {
    "from its beginning to its end": "part => part",
    "by the wheel, 120 pixels a frame": "(part, frame, way) => (0.3 + frame * 120 / way) % 1",
    "by the bar, to and fro in two seconds": "part => 0.5 - 0.5 * Math.cos(part * 6 * Math.PI)",
    "by the bar, ten leaps a second": "(part, frame) => (Math.floor(frame / 6) * 0.381966) % 1",
}
#: Moves the listing to ``PLACE`` for some seconds; when each frame was, and whether lines in it were blank.
_MOVE = """async (seconds) => {
    const pane = document.querySelector(".listing-rows");
    const way = pane.scrollHeight - pane.clientHeight;
    const place = PLACE;
    const frames = [];
    const begin = await new Promise(requestAnimationFrame);
    for (let number = 0, now = begin; now - begin < 1000 * seconds; number++) {
        pane.scrollTop = Math.round(way * Math.min(1, place((now - begin) / 1000 / seconds, number, way)));
        // Lines are drawn at the beginning of the next frame; they are looked at behind its end.
        now = await new Promise(requestAnimationFrame);
        await new Promise((done) => setTimeout(done));
        const lines = [...pane.querySelectorAll(".listing-row")];
        const view = pane.getBoundingClientRect();
        const missing = lines.length === 0 || lines[0].getBoundingClientRect().top > view.top + 1
            || lines.at(-1).getBoundingClientRect().bottom < view.bottom - 1;
        frames.push([now - begin, missing || lines.some((line) => line.classList.contains("quiet"))]);
    }
    return frames;
}"""
#: The same of a page in which nothing moves: what gaps the machine itself makes.
_STAND = """async (seconds) => {
    const frames = [];
    const begin = await new Promise(requestAnimationFrame);
    for (let now = begin; now - begin < 1000 * seconds; frames.push([now - begin, false]))
        now = await new Promise(requestAnimationFrame);
    return frames;
}"""
_SHOWN = ".listing-row:not(.quiet)"


def measure() -> Iterator[Figure]:
    """From the drop to the first lines, and every way of moving."""
    with tempfile.TemporaryDirectory() as name, browser("The listing") as chromium:
        if chromium is None:
            return
        path = Path(name) / "full.vsb"
        path.write_bytes(full_firmware().write())
        with served(Path(name)) as server:
            page = chromium.new_page(viewport={"width": 1280, "height": 800})
            still = _gaps(page.evaluate(_STAND, _SECONDS)).max()
            yield _listed(page, server.address, path)
            for way, where in _WAYS.items():
                page.reload()
                page.locator(_SHOWN).first.wait_for()
                yield _moved(page, way, where, still)


def _listed(page: Any, address: str, path: Path) -> Figure:
    page.goto(address)
    page.get_by_text("Drop files anywhere").wait_for()
    begin = time.perf_counter()
    page.set_input_files("#choose", str(path))
    page.locator(_SHOWN).first.wait_for()
    taken = time.perf_counter() - begin
    lines = page.locator("#listing-state").inner_text()
    return Figure(NAME, "256 KiB listed, the file dropped", f"{taken:.2f} s", "", None, "", {"of": lines})


def _moved(page: Any, way: str, where: str, still: float) -> Figure:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _work(session)
    frames = page.evaluate(_MOVE.replace("PLACE", where), _SECONDS)
    work = (_work(session) - before) / len(frames)
    gaps = _gaps(frames)
    blank = longest_blank(frames)
    return Figure(
        NAME,
        f"256 KiB moved {way}",
        f"{1 / gaps.mean():.0f} frames a second, {gaps.max() * 1000:.0f} ms between two, "
        f"blank for {blank * 1000:.0f} ms",
        f"{LONGEST_GAP * 1000:.0f} ms between two, blank for {LONGEST_BLANK * 1000:.0f} ms",
        bool(gaps.max() <= LONGEST_GAP + _ROUNDING and blank <= LONGEST_BLANK + _ROUNDING),
        "",
        {
            "frames": len(frames),
            "late": int((gaps > 1.5 / 60).sum()),
            "seconds of work a frame": round(work, 5),
            "longest gap of an empty page": round(float(still), 4),
        },
    )


def _work(session: Any) -> float:
    """Seconds that the page's own thread has worked so far, whatever else the machine does."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def _gaps(frames: list[list[Any]]) -> npt.NDArray[np.float64]:
    """Seconds between frames, by the milliseconds of each."""
    return np.diff([moment / 1000 for moment, _ in frames], prepend=0.0)


def longest_blank(frames: list[list[Any]]) -> float:
    """Seconds from the first frame with blank lines to the first without, the longest of all."""
    longest, since = 0.0, None
    for moment, is_blank in frames:
        if is_blank and since is None:
            since = moment
        if since is not None:
            longest = max(longest, moment - since)
        if not is_blank:
            since = None
    return longest / 1000


if __name__ == "__main__":
    print_table(list(measure()))
