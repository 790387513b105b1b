"""The SX-KN5000 played live in the bench, in a real browser: how soon keys are heard, and whether it stops.

``python -m benchmarks.bench_kn5000 [SECONDS]``; without SECONDS five minutes of keys, 50 ms ahead, and five
of the built-in song over and over, 200 ms ahead: as the page has it.  Meanwhile the page is used as somebody
would: tabs are changed, so that meters, voices, the log and curves of effects are drawn, and it is scrolled.
What counts as a gap is told by the worklet that feeds the sound card: a block that had not arrived when it
was due, one for each interruption however long.  After a gap the page keeps 10 ms more ready, as it does for
everybody; the first gap breaks the requirement.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_browser import browser, served
from benchmarks.bench_voice import AHEAD, SECONDS
from benchmarks.metronome import Metronome, metronome
from benchmarks.results import Figure, print_table

NAME = "bench kn5000"
#: Seconds for the page to settle: its loops are compiled, its scripts optimised.
_SETTLE = 12
_TABS = ("mixer", "effects", "voices", "log", "map", "files")
#: Seconds that the page has ready of a song (``AHEAD`` of ``views/kn5000.js``).
_SONG_AHEAD = 0.200
_NOTES = (48, 52, 55, 60, 64, 67, 72, 76)
#: Gaps so far, seconds that the sound card has played, milliseconds to the last key, loudest sample of now.
_STATE = """async () => {
    const { player } = await import("/static/audio/player.js");
    const loudest = player.samples().reduce((most, one) => Math.max(most, Math.abs(one)), 0);
    return [player.missed, player.context.currentTime, player.latency?.total ?? null, loudest];
}"""


def measure(seconds: float = SECONDS) -> Iterator[Figure]:
    """Keys, then the song, each in a page of its own."""
    with tempfile.TemporaryDirectory() as name, browser("Live playing") as chromium:
        if chromium is None:
            return
        with served(Path(name)) as server:
            for play_song in (False, True):
                page = chromium.new_page(viewport={"width": 1280, "height": 900})
                page.goto(f"{server.address}/#/kn5000")
                page.locator(".kn-clock", has_text="2:06").wait_for(timeout=120_000)
                page.wait_for_timeout(1000 * _SETTLE)
                with metronome() as idle:
                    used = _use(page, seconds, play_song=play_song)
                yield from _figures(used, seconds, idle, play_song=play_song)
                page.close()


@dataclass
class _Used:
    """What came of it: gaps are the moments at which they were seen, keys seconds to their sound."""

    gaps: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    played: float = 0.0
    turns: int = 0
    heard: int = 0


def _use(page: Any, seconds: float, *, play_song: bool) -> _Used:
    used = _Used()
    generator = random.Random(3)
    button = page.locator(".kn-play")
    missed, begin, _, _ = page.evaluate(_STATE)
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        used.turns += 1
        if not play_song:
            _strike(page, generator.choice(_NOTES))
        elif button.inner_text() == "Play":
            button.click()
        page.wait_for_timeout(200)
        before = missed
        missed, now, latency, loudest = page.evaluate(_STATE)
        used.gaps += [time.monotonic()] * (missed - before)
        used.played = now - begin
        used.heard += loudest > 0
        if latency is not None:
            used.keys.append(latency / 1000)
        if used.turns % 8 == 0:
            page.locator(f"#kn-tab-{_TABS[used.turns // 8 % len(_TABS)]}").click()
        elif used.turns % 8 == 4:
            page.mouse.wheel(0, generator.choice((400, -400)))
    return used


def _figures(used: _Used, seconds: float, idle: Metronome, *, play_song: bool) -> Iterator[Figure]:
    what, ahead = ("a song", _SONG_AHEAD) if play_song else ("keys", AHEAD)
    yield Figure(
        NAME, f"{what}, gaps in {seconds:.0f} s with {ahead * 1000:.0f} ms ahead, the page in use",
        str(len(used.gaps)), "0", not used.gaps, idle.about,
        {
            "seconds": used.played, "turns": used.turns, "turns with sound": used.heard,
            "gaps at": [round(when - idle.begun, 3) for when in used.gaps], "idle process late": idle.late,
        },
    )  # fmt: skip
    if used.keys:
        middle, slow = np.quantile(used.keys, (0.5, 0.95))
        yield Figure(
            NAME, "from a key to the sound card",
            f"{middle * 1000:.0f} ms, 95 of 100 within {slow * 1000:.0f} ms",
            "", None, "", {"seconds": [round(key, 4) for key in used.keys]},
        )  # fmt: skip


def _strike(page: Any, note: int) -> None:
    page.locator(f".kn-keys [data-note='{note}']").hover()
    page.mouse.down()
    page.wait_for_timeout(150)
    page.mouse.up()


if __name__ == "__main__":
    print_table(list(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)))
