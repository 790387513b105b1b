"""The library in the browser: dropped, searched, tagged, undone, saved; two tabs; nothing lost at a kill."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.web.browser import Served, drop, serving, tab

from luthier.library.store import Library
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.message_formats import SYSEX_MK2
from luthier.poly800.synth import Synth

BANK = built_in_bank(Synth.MK2)


def luthier(*arguments: object) -> str:
    """What a command of the command line prints."""
    command = [sys.executable, "-c", "from luthier.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def sysex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "mine.syx"
    path.write_bytes(SYSEX_MK2.write(BANK))
    return path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server with an empty library for each test."""
    with serving(tmp_path) as server:
        yield server


def count(page: Any, text: str) -> None:
    """Wait until the page says how many items there are."""
    page.locator("#library-count", has_text=text).wait_for()


def test_a_dropped_bank_is_searched_tagged_undone_and_saved(
    page: Any, served: Served, sysex: Path, tmp_path: Path
) -> None:
    page.goto("/#/library")
    page.get_by_text("Nothing is here yet").wait_for()
    drop(page, sysex)
    count(page, "65 items")  # the bank and its 64 programs
    query = page.get_by_label("Search", exact=True)
    query.fill("cutoff < 30, trumpet")
    expected = [
        number for number, program in BANK.numbered_programs() if number == 12 and program["cutoff"] < 30
    ]
    count(page, f"{len(expected)} item")
    # The builder writes what the command line reads.
    query.fill("")
    count(page, "65 items")
    page.get_by_text("Filter by parameter").click()
    page.get_by_label("Parameter", exact=True).select_option("resonance")
    page.get_by_label("Comparison").select_option(">=")
    page.get_by_label("Value, 0 to 15").fill("9")
    page.get_by_role("button", name="Add to the search").click()
    assert query.input_value() == "resonance >= 9"
    loud = [number for number, program in BANK.numbered_programs() if program["resonance"] >= 9]
    assert loud
    count(page, f"{len(loud)} item")
    found = json.loads(luthier("library", "search", "resonance >= 9", "--json", "--library", served.library))
    assert [one["place"] for one in found] == [f"program {number}" for number in loud]
    # Tag, rate, undo.
    row = page.locator(".library-row").first
    row.click()
    page.get_by_label("Another of tags").fill("loud")
    page.keyboard.press("Enter")
    page.locator(".library-tags", has_text="#loud").wait_for()
    page.get_by_role("button", name="4 stars").click()
    page.locator(".library-stars", has_text="★★★★").wait_for()
    page.locator(".rows").focus()
    page.keyboard.press("Control+z")
    page.get_by_role("status").get_by_text("Undone: 4 stars").wait_for()
    page.wait_for_function("() => !document.querySelector('.library-stars').textContent")
    with Library(served.library) as library:
        item = library.item(found[0]["id"])
        assert (item.tags, item.rating) == (("loud",), None)
    page.keyboard.press("Control+Shift+z")
    page.locator(".library-stars", has_text="★★★★").wait_for()
    # Save what was found: the same bytes as the command line writes.
    page.keyboard.press("Control+a")
    page.get_by_label("Save as").select_option(".syx")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save", exact=True).click()
    numbers = [one["id"] for one in found]
    luthier("library", "export", *numbers, "-o", tmp_path / "expected.syx", "--library", served.library)
    assert Path(caught.value.path()).read_bytes() == (tmp_path / "expected.syx").read_bytes()
    # And on to the editor of the very item.
    page.get_by_role("link", name="Play and edit", exact=True).click()
    page.wait_for_url(f"**/#/patch/library/{found[0]['id']}*")
    page.locator(".view.patch").wait_for()


def test_what_is_seen_can_be_chosen_while_a_search_is_under_way(page: Any, sysex: Path) -> None:
    held: list[Any] = []
    page.goto("/#/library")
    page.get_by_text("Nothing is here yet").wait_for()
    drop(page, sysex)
    count(page, "65 items")
    wanted = page.locator(".library-row").nth(3)
    name = wanted.locator(".library-name").inner_text()
    page.route("**/api/library/?query=brass*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
    with page.expect_request("**/api/library/?query=brass*"):
        page.get_by_label("Search", exact=True).fill("brass")
    wanted.click()
    side = page.get_by_label("The chosen item")
    side.get_by_role("link", name="Play and edit").wait_for()
    assert side.get_by_label("Name", exact=True).input_value() == name
    for route in held:
        route.continue_()
    page.wait_for_function("() => !document.querySelector('#library-count').textContent.startsWith('65')")
    # What is shown has its mark where it is found again, or none: never another one.
    marked = page.locator(".library-row.here .library-name").all_inner_texts()
    assert marked in ([], [name])


def test_nearest_sounds_and_duplicates(page: Any, served: Served, sysex: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.syx"
    copy.write_bytes(sysex.read_bytes())
    page.goto("/#/library")
    page.get_by_role("heading", name="Library").wait_for()
    drop(page, sysex)
    count(page, "65 items")  # the bank and its 64 programs
    drop(page, copy)
    count(page, "130 items")
    page.get_by_label("Search", exact=True).fill("program 11 kind:patch")
    count(page, "2 items")
    page.locator(".library-row").first.click()
    page.get_by_text("Nearest sounds").click()
    page.locator(".nearest li").first.wait_for()
    near = json.loads(luthier("library", "nearest", "2", "-n", "20", "--json", "--library", served.library))
    shown = page.locator(".nearest li button").all_inner_texts()
    assert shown == [one["name"] for one in near]
    page.get_by_role("button", name="Duplicates").click()
    page.get_by_role("button", name="Look").click()
    page.get_by_text("65 groups of equal items").wait_for()
    page.get_by_role("button", name="Remove 65 copies").click()
    page.get_by_text("0 groups of equal items").wait_for()
    page.get_by_role("button", name="Close", exact=True).click()
    with Library(served.library) as library:
        assert library.count == 65
        library.undo()
        assert library.count == 130
        library.redo()


def test_two_tabs_stay_in_step(chromium: Any, served: Served, sysex: Path) -> None:
    luthier("library", "add", sysex, "--library", served.library)
    with tab(chromium, served) as one, tab(chromium, served) as two:
        for page in (one, two):
            page.goto("/#/library")
            page.get_by_label("Search", exact=True).fill("kind:patch program 21")
            count(page, "1 item")
            page.locator(".library-row").first.click()
        one.get_by_label("Name").fill("Renamed here")
        one.get_by_label("Notes").click()
        two.locator(".library-name", has_text="Renamed here").wait_for()
        two.locator(".rows").focus()
        two.keyboard.press("3")
        one.locator(".library-stars", has_text="★★★").wait_for()
        two.get_by_role("button", name="Undo", exact=True).click()
        two.get_by_role("button", name="Undo", exact=True).click()
        one.locator(".library-name", has_text="Chamber Strings").wait_for()


def whole(path: Path) -> None:
    """The library's file is sound, and what searches go by says what the items say."""
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("words", '"parameters_poly800"'):
            key = "rowid" if table == "words" else "item"
            kind = "" if table == "words" else " AND kind = 'patch'"
            missing = f"id NOT IN (SELECT {key} FROM {table})"
            query = f"SELECT count(*) FROM items WHERE removed = 0{kind} AND {missing}"
            assert raw.execute(query).fetchone() == (0,)
        steps = "SELECT count(*) FROM items WHERE step NOT IN (SELECT id FROM steps)"
        assert raw.execute(steps).fetchone() == (0,)


def test_a_server_that_is_killed_while_it_imports_and_edits_loses_nothing(
    chromium: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(40):
        program = BANK.program(11).replacing({"cutoff": number})
        (folder / f"{number:02}.syx").write_bytes(SYSEX_MK2.write(BANK.with_program(11, program)))
    with serving(tmp_path) as server, tab(chromium, server, to_be_killed=True) as page:
        page.goto("/#/library")
        page.get_by_text("Nothing is here yet").wait_for()
        drop(page, folder / "00.syx")
        count(page, "65 items")
        page.locator(".library-row").nth(3).click()
        page.get_by_role("button", name="5 stars").click()
        page.locator(".library-stars", has_text="★★★★★").wait_for()
        drop(page, *sorted(folder.iterdir()))
        page.locator(".job").first.wait_for()
        # The edits of an impatient user meanwhile: each that was confirmed has to be there afterwards.
        confirmed = []
        for number in range(5, 25):
            answer = page.request.post(
                "/api/library/change",
                data={"items": [number], "notes": f"note {number}"},
                headers={"origin": server.address},
            )
            if answer.ok:
                confirmed.append(number)
        server.kill()
        page.wait_for_timeout(200)
    whole(tmp_path / "bench.luthier")
    with Library(tmp_path / "bench.luthier") as library:
        # Whole files or nothing of them.
        assert library.count >= 65
        assert library.count % 65 == 0
        assert confirmed
        for number in confirmed:
            assert library.item(number).notes == f"note {number}"
        assert library.item(4).rating == 5
        before = library.count
    # The same again: what is there is passed over, the rest comes.
    luthier("library", "add", folder, "--library", tmp_path / "bench.luthier")
    with Library(tmp_path / "bench.luthier") as library:
        assert library.count >= before
        assert len({item.file for item in library.items(list(range(1, 8000))) if item.kind == "bank"}) >= 40
    whole(tmp_path / "bench.luthier")
