"""By what is seen alone: a sound off a bad tape, heard, changed, named, kept, and a tape for the synth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.web.accessibility import faults_everywhere
from tests.web.browser import drop, serving, tab
from tests.web.test_tape import recorded

from luthier.kn5000.songs import built_in_song
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.library import load
from luthier.poly800.tape import damage


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two recordings of one tape, each with holes."""
    folder = tmp_path_factory.mktemp("takes")
    one = recorded(folder / "kitchen.wav", damage.hole(0.3, 200))
    return one, recorded(folder / "again.wav", damage.hole(0.7, 200), damage.speed(1.04), seed=2)


def first_page(page: Any, *files: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    if files:
        page.get_by_label("choose files").set_input_files([str(file) for file in files])


def button(page: Any, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def test_from_a_bad_tape_into_the_synth(chromium: Any, takes: tuple[Path, Path], tmp_path: Path) -> None:
    with serving(tmp_path) as served, tab(chromium, served) as page:
        first_page(page, takes[0])
        page.get_by_role("heading", name="of 64 programs are recovered").wait_for()
        page.get_by_text("Nothing is kept yet").wait_for()
        button(page, "Add another recording of this tape").click()
        button(page, "Read together").click()
        page.get_by_text("Choose a recording first.").wait_for()
        page.get_by_label("From a file").set_input_files(str(takes[1]))
        button(page, "Read together").click()
        page.get_by_role("heading", name="All 64 programs are recovered").wait_for()
        # Heard and changed.
        button(page, "See and play the sounds").click()
        page.get_by_text("Play and edit").nth(2).click()
        page.get_by_text("Lone").or_(page.get_by_text("Low Trombones")).first.wait_for()
        page.locator(".patch-keys .key").nth(24).click()
        page.locator(".patch-lamp.on").wait_for()
        page.get_by_label("VCF cutoff").focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        button(page, "Write").click()
        page.get_by_text("written, not saved or kept yet").wait_for()
        # For the synth: the very bank, with what was changed.
        button(page, "Save as file").click()
        page.get_by_text("Nothing is lost.").wait_for()
        with page.expect_download() as caught:
            button(page, "Save file").click()
        assert caught.value.suggested_filename == "kitchen recovered.wav"
        page.get_by_text("FROM TAPE").wait_for()
        page.locator(".patch-state", has_text="as stored").wait_for()
        wanted = built_in_bank()
        low = wanted.program(13)
        changed = wanted.with_program(13, low.replacing({"cutoff": low["cutoff"] + 5}))
        saved = tmp_path / "for-the-synth.wav"
        caught.value.save_as(saved)
        assert load(saved)[0].bank.ram == changed.ram
        # For tomorrow, under a name.
        button(page, "Name and keep").click()
        page.get_by_label("Name of this sound").fill("Evening in the kitchen")
        button(page, "Keep this sound").click()
        page.get_by_role("link", name="Show it").click()
        page.locator(".library-row", has_text="Evening in the kitchen").wait_for()
    with serving(tmp_path) as served, tab(chromium, served) as page:
        first_page(page)
        page.get_by_role("link", name="Library", exact=True).click()
        page.get_by_label("Search", exact=True).fill("kitchen")
        page.locator(".library-row", has_text="Evening in the kitchen").click()
        page.get_by_role("link", name="Play and edit").click()
        page.get_by_role("heading", name="Evening in the kitchen").wait_for()
        cutoff = page.get_by_label("VCF cutoff")
        cutoff.wait_for()
        assert int(cutoff.input_value()) == low["cutoff"] + 5


def test_files_that_are_no_use_are_told(page: Any, tmp_path: Path) -> None:
    for name, content, told in (
        ("take.wav", b"", "This file is empty"),
        ("memo.wma", bytes(range(256)), "save it as WAV"),
        ("sounds.zip", b"PK\x03\x04" + bytes(99), "unpack it"),
        ("run.txt", b"0.000000 main read\n" * 9, "A text"),
    ):
        (tmp_path / name).write_bytes(content)
        first_page(page, tmp_path / name)
        page.get_by_text(told).first.wait_for()


def test_the_64_programs_are_one_stop_of_the_tab_key(page: Any, takes: tuple[Path, Path]) -> None:
    first_page(page, takes[0])
    page.get_by_role("heading", name="of 64 programs are recovered").wait_for()
    field = page.get_by_role("group", name="The 64 programs")
    assert field.locator("[tabindex='0']").count() == 1
    field.locator("[tabindex='0']").focus()
    before = int(page.evaluate("document.activeElement.innerText.slice(0, 2)"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.get_by_role("heading", name=f"Program {before - 20}").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_a_long_log_scrolls_in_its_list(page: Any, tmp_path: Path) -> None:
    with open_log(tmp_path / "run.jsonl", 1_000_000) as log:
        for n in range(3000):
            log.note(Entry(1000 * n, "main", "read", n, n % 256))
    first_page(page)
    drop(page, tmp_path / "run.jsonl")
    page.get_by_text("3,000 entries").wait_for()
    page.locator(".trace-row.here").wait_for()
    assert page.evaluate("document.documentElement.scrollHeight <= 2 * innerHeight")
    assert page.locator(".trace-row").count() < 100
    assert faults_everywhere(page) == []


def test_a_dialog_goes_with_its_view(page: Any) -> None:
    first_page(page)
    button(page, "Show the keys").click()
    page.get_by_role("dialog", name="Keys").wait_for()
    page.goto("/#/library")
    page.get_by_role("heading", name="Library").wait_for()
    page.get_by_role("dialog", name="Keys").wait_for(state="detached")


def test_what_nobody_heard_is_not_late(page: Any, tmp_path: Path) -> None:
    (tmp_path / "song.mid").write_bytes(built_in_song())
    first_page(page, tmp_path / "song.mid")
    page.locator(".kn-clock", has_text="of 2:06").wait_for()
    page.evaluate(
        """async () => {
            const { player } = await import("/static/audio/player.js");
            player.dispatchEvent(new CustomEvent("told", { detail: { missed: 3 } }));
        }"""
    )
    assert not page.get_by_text("came too late").is_visible()


def test_a_bench_that_ended_is_told(chromium: Any, tmp_path: Path) -> None:
    with serving(tmp_path) as served, tab(chromium, served, to_be_killed=True) as page:
        first_page(page)
        page.wait_for_function("() => document.querySelector('.gone')")
        served.kill()
        page.get_by_text("The bench has ended.").wait_for()
