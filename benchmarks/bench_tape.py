"""Recordings in the bench, in a real browser: ten minutes of tape seen and moved, an hour of noise refused.

``python -m benchmarks.bench_tape``
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_browser import Server, browser, served
from benchmarks.results import Figure, print_table
from benchmarks.tape_speed import HOUR, HOUR_MEMORY

NAME = "bench tape"
RATE = 44_100
SECONDS = 600
#: Requirements: seen within two seconds; sixty pictures a second, that is no more than this between two.
SLOWEST = 2.0
PICTURE = 1 / 60
#: A screen may be late by this part of a picture.
_LATE = 1.2
_TIMES = 3
#: Clicks on + before each drag: ten minutes, some 40 s, some 2 s, some 40 ms.
_NEARER = (0, 4, 4, 6)
#: Ends every reading that is under way: it would take half of the machine.
_STOP = """async () => {
    for (const job of await (await fetch("/api/jobs/")).json())
        if (job.state === "running") await fetch(`/api/jobs/${job.id}`, {method: "DELETE"});
}"""
#: Drags by eight pixels for each picture, there and back, and says how long each took (milliseconds).
_DRAG = """async () => {
    const canvas = document.querySelector("canvas.wave");
    const box = canvas.getBoundingClientRect();
    canvas.setPointerCapture = () => {};
    const tell = (type, x) => canvas.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 0, buttons: 1, clientX: x, clientY: box.top + 50, bubbles: true }));
    const times = [];
    let x = box.left + 900;
    tell("pointerdown", x);
    let last = await new Promise(requestAnimationFrame);
    for (let number = 0; number < 180; number++) {
        x += number < 90 ? -8 : 8;
        tell("pointermove", x);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    tell("pointerup", x);
    return times;
}"""


def measure() -> Iterator[Figure]:
    """The pyramid alone, the view in a browser, and drags at four distances."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tape = _recording(folder)
        yield _pyramid(folder, tape)
        with browser("The view") as chromium:
            if chromium is None:
                return
            with served(folder) as server:
                page = chromium.new_page(viewport={"width": 1280, "height": 900})
                yield from _seen(page, server.address, tape)
                yield from _moved(page)
                page.close()
            # A server of its own: its memory is that of this file alone.
            with served(folder) as server:
                page = chromium.new_page(viewport={"width": 1280, "height": 900})
                yield _noise(page, server, folder)


def _recording(folder: Path) -> Path:
    """Ten minutes of soft noise with three whole dumps in it."""
    import soundfile

    from luthier.poly800 import tape
    from luthier.poly800.built_in import built_in_bank
    from luthier.poly800.tape import writing

    samples = np.random.default_rng(1).normal(0, 0.003, SECONDS * RATE)
    dump = tape.write(writing.image_for(built_in_bank())[0], RATE)
    for begin in (20, 290, 550):
        samples[begin * RATE : begin * RATE + dump.size] += dump
    path = folder / "ten minutes.wav"
    soundfile.write(path, samples, RATE)
    return path


def _pyramid(folder: Path, tape: Path) -> Figure:
    from luthier.audio import pyramid

    taken = []
    for number in range(_TIMES):
        begin = time.perf_counter()
        pyramid.made(tape, folder / f"shape {number}")
        taken.append(time.perf_counter() - begin)
    return Figure(
        NAME, "ten minutes made ready to be drawn", f"{min(taken):.2f} s", "", None, "", {"seconds": taken}
    )


def _seen(page: Any, address: str, tape: Path) -> Iterator[Figure]:
    """From the drop, and from opening the view of a file that was dropped, to the waveform."""
    dropped, opened = [], []
    for _ in range(_TIMES):
        page.goto(address)
        page.get_by_text("Drop files anywhere").wait_for()
        begin = time.perf_counter()
        page.set_input_files("#choose", str(tape))
        page.wait_for_url("**/#/tape/*")
        begin_view = time.perf_counter()
        page.locator("canvas.wave").wait_for()
        opened.append(time.perf_counter() - begin_view)
        dropped.append(time.perf_counter() - begin)
        page.evaluate(_STOP)
        page.get_by_role("button", name="Read it").wait_for(timeout=60_000)
    for row, taken in (("the view opened", opened), ("the file dropped", dropped)):
        yield Figure(
            NAME, f"ten minutes seen, {row}", f"{min(taken):.2f} s", f"{SLOWEST:g} s", min(taken) < SLOWEST,
            "", {"seconds": taken},
        )  # fmt: skip


def _moved(page: Any) -> Iterator[Figure]:
    """Pictures a second while the waveform is dragged, everything read and drawn beside it."""
    page.get_by_role("button", name="Read it").click()
    page.locator(".verdict h2").wait_for(timeout=300_000)
    page.wait_for_timeout(1500)
    for distance in _NEARER:
        for _ in range(distance):
            page.keyboard.press("+")
        page.wait_for_timeout(1000)
        shown = page.locator(".readout").inner_text().split("(")[1].rstrip(")")
        times = np.array(page.evaluate(_DRAG)) / 1000
        late = int(np.count_nonzero(times > _LATE * PICTURE))
        pictures = f"{1 / np.median(times):.0f} a second, {late} of {times.size} late"
        yield Figure(
            NAME, f"dragged, {shown} shown", pictures,
            "60 a second", bool(np.median(times) < _LATE * PICTURE), "", {"seconds": times.round(4).tolist()},
        )  # fmt: skip


def _noise(page: Any, server: Server, folder: Path) -> Figure:
    """An hour of noise: from the drop until it is seen, until it is said that nothing is in it; memory."""
    path = _hour_of_noise(folder)
    page.goto(server.address)
    page.get_by_text("Drop files anywhere").wait_for()
    server.forget_peak()
    begin = time.perf_counter()
    page.set_input_files("#choose", str(path))
    page.locator("canvas.wave").wait_for(timeout=300_000)
    seen = time.perf_counter() - begin
    page.get_by_role("heading", name="No sounds of a Poly-800 were found").wait_for(timeout=1_800_000)
    told = time.perf_counter() - begin
    page.locator("canvas.wave").wait_for()
    memory = server.peak()
    return Figure(
        NAME, "an hour of noise: seen, said to hold nothing, memory of the server",
        f"{seen:.1f} s, {told:.0f} s, {memory:.0f} MiB", f"{HOUR_MEMORY} MiB", memory < HOUR_MEMORY,
        "", {"seen": seen, "told": told, "mebibytes": memory},
    )  # fmt: skip


def _hour_of_noise(folder: Path) -> Path:
    import soundfile

    path = folder / "noise.wav"
    random = np.random.default_rng(2)
    with soundfile.SoundFile(path, "w", RATE, 1, "PCM_16") as file:
        for _ in range(HOUR // 10):
            file.write(random.normal(0, 0.1, 10 * RATE))
    return path


if __name__ == "__main__":
    print_table(list(measure()))
