"""The tape view as its user has it: from ten minutes down to one half-wave, bad places, takes, saving."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.web.browser import PATIENCE, drop
from tests.web.test_tape import IMAGE, RATE, recorded

from luthier.cli import app
from luthier.poly800 import tape
from luthier.poly800.tape import damage
from luthier.poly800.tape.damage import Take

#: Milliseconds in which ten minutes are read also on a machine that has more to do.
_READING = 2 * PATIENCE
#: Where the dump of the long tape begins, and its hole, seconds.
AT, HOLE = 300.0, 5.0
#: What is shown, from the line that says so.
SHOWN = """() => {
    const [from, to] = document.querySelector(".readout").textContent.split("(")[0].split("–").map((text) => {
        const [minutes, seconds] = text.trim().split(":");
        return 60 * Number(minutes) + Number(seconds);
    });
    return [from, to];
}"""
#: How many columns of the waveform have something in its colour above the middle, and how many there are.
DRAWN = """() => {
    const canvas = document.querySelector("canvas.wave");
    const {width, height} = canvas;
    const data = canvas.getContext("2d").getImageData(0, 0, width, Math.round(height * 0.4)).data;
    const style = getComputedStyle(document.documentElement).getPropertyValue("--wave").trim();
    const wanted = [1, 3, 5].map((place) => parseInt(style.slice(place, place + 2), 16));
    let columns = 0;
    for (let x = 0; x < width; x++)
        for (let y = 0; y < Math.round(height * 0.4); y++) {
            const at = 4 * (y * width + x);
            if (wanted.every((value, index) => Math.abs(data[at + index] - value) < 8)) { columns++; break; }
        }
    return columns / width;
}"""


def until(page: Any, script: str, holds: Callable[[Any], bool]) -> Any:
    """What a script says as soon as it is right; the page's own policy lets no browser wait for it."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not holds(found := page.evaluate(script)):
        assert time.monotonic() < deadline, found
        page.wait_for_timeout(30)
    return found


def span(page: Any, holds: Callable[[float], bool]) -> Any:
    """The seconds from and to which the tape is shown, as soon as so many are."""
    return until(page, SHOWN, lambda shown: holds(shown[1] - shown[0]))


@pytest.fixture(scope="module")
def long_tape(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes with one dump in the middle, and a hole in it."""
    samples = np.zeros(600 * RATE, np.float32)
    part = tape.write(IMAGE, RATE, leader=1.0, trailer=0.5)
    place = damage.hole((HOLE - 1.01) / 9.6, 200)
    part = damage.damaged(Take.of(part, RATE, (1.01, 10.61)), [place], 1).samples.astype(np.float32)
    samples[int(AT * RATE) : int(AT * RATE) + part.size] = part
    path = tmp_path_factory.mktemp("long") / "long.wav"
    soundfile.write(path, samples, RATE)
    return path


def test_ten_minutes_down_to_one_half_wave(page: Any, long_tape: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, long_tape)
    page.wait_for_url("**/#/tape/*")
    page.locator("canvas.wave").wait_for()
    span(page, lambda seconds: seconds == 600)
    # A dump of eleven seconds in 600.
    until(page, DRAWN, lambda part: abs(part - 11 / 600) < 0.008)
    page.get_by_role("heading", name="of 64 programs are recovered").wait_for(timeout=_READING)
    # The bad place is where the hole was made.
    page.keyboard.press("n")
    begin, end = span(page, lambda seconds: seconds < 1)
    assert begin < AT + HOLE < end
    until(
        page, DRAWN, lambda part: 0.4 < part < 0.8
    )  # until the finer ones are there: coarse columns, no hole
    # To the left of it, as near as one half-wave.
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("1")
    begin, end = span(page, lambda seconds: seconds < 0.002)
    assert end - begin == pytest.approx(2 / 1400, rel=0.1)
    assert AT < begin < AT + HOLE
    page.keyboard.press("0")
    span(page, lambda seconds: seconds == 600)


def test_bad_places_are_jumped_to_and_heard(page: Any, long_tape: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, long_tape)
    place = page.locator(".places .place").first
    place.wait_for(timeout=_READING)
    assert "program" in place.inner_text()
    place.get_by_role("button", name="Show").click()
    span(page, lambda seconds: seconds < 1)
    page.get_by_label("What is heard").select_option("decoder")
    with page.expect_response("**/sound?**stage=decoder**") as caught:
        place.get_by_role("button", name="Hear").click()
    sound = np.frombuffer(caught.value.body(), "<f4")
    assert 0.5 < sound.size / float(caught.value.headers["x-rate"]) < 1.5
    assert np.abs(sound).max() > 0.3
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    doubtful = page.locator(".program.doubtful").first
    doubtful.click()
    page.locator(".told").get_by_text("What it may change").wait_for(state="attached")
    # A drag moves what is shown by as much.
    before = page.evaluate(SHOWN)
    page.locator("canvas.wave").scroll_into_view_if_needed()
    box = page.locator("canvas.wave").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40, steps=4)
    page.mouse.up()
    after = until(page, SHOWN, lambda shown: shown[0] > before[0])
    assert after[0] - before[0] == pytest.approx((before[1] - before[0]) / 2, rel=0.05)


def test_two_takes_dropped_together_are_one_whole_tape(page: Any, tmp_path: Path) -> None:
    one = recorded(tmp_path / "one.wav", damage.hole(0.3, 200))
    two = recorded(tmp_path / "two.wav", damage.hole(0.7, 200), damage.speed(1.05))
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, one, two)
    page.wait_for_url("**/#/tape/*/*")
    page.get_by_role("heading", name="All 64 programs are recovered").wait_for()
    assert page.locator(".program.right").count() == 64
    with page.expect_download() as caught:
        page.get_by_role("button", name="Sysex").click()
    assert caught.value.suggested_filename == "one.syx"
    expected = tmp_path / "expected.syx"
    app(["poly800", "read", str(one), str(two), "-o", str(expected)], standalone_mode=False)
    assert Path(caught.value.path()).read_bytes() == expected.read_bytes()
    page.get_by_role("button", name="two.wav").click()
    page.locator(".place .when").get_by_text("0:07.").wait_for()
    page.get_by_role("button", name="See and play the sounds").click()
    page.wait_for_url("**/#/bank/*")


def test_takes_are_chosen_among_open_recordings(page: Any, tmp_path: Path) -> None:
    one = recorded(tmp_path / "first.wav", damage.hole(0.2, 200))
    two = recorded(tmp_path / "second.wav", damage.hole(0.6, 200), seed=2)
    page.goto("/")
    for path in (one, two):
        page.get_by_text("Drop files anywhere").wait_for()
        drop(page, path)
        page.wait_for_url("**/#/tape/*")
        page.get_by_role("heading", name="of 64 programs are recovered").wait_for()
        if path is one:
            page.goto("/#/open")
    page.get_by_role("button", name="Add another recording").click()
    page.get_by_label("first.wav").check()
    page.get_by_role("button", name="Read together").click()
    page.get_by_role("heading", name="All 64 programs are recovered").wait_for()


def test_what_is_no_tape_is_said_in_plain_words(page: Any, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "video.wav", np.random.default_rng(1).normal(0, 0.1, 3 * RATE), RATE)
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, tmp_path / "video.wav")
    page.wait_for_url("**/#/tape/*")
    page.get_by_role("heading", name="No sounds of a Poly-800 were found").wait_for()
    page.locator("canvas.wave").wait_for()
    assert page.get_by_role("button", name="Sysex").count() == 0
    assert page.get_by_role("button", name="Report").is_visible()
