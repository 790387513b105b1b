"""A firmware in the browser: listed to its end, named, compared, tried; a log of a run, and raw bytes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.web.browser import drop

from luthier.cli import app
from luthier.kaoss.built_in import built_in
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log


def luthier(*arguments: object) -> None:
    """Run a command of the command line."""
    app([str(one) for one in arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's firmware, one that hangs, a log, and bytes that say nothing of themselves."""
    path = tmp_path_factory.mktemp("firmware")
    (path / "pad.vsb").write_bytes(built_in().write())
    (path / "hang.vsb").write_bytes(built_in("hang").write())
    (path / "code.bin").write_bytes(bytes.fromhex("5E001008 0180 40FC 5470 1234") * 2000)
    generator = random.Random(1)
    with open_log(path / "run.jsonl", 1_000_000) as log:
        for n in range(3000):
            source, kind = generator.choice(["main", "sub"]), generator.choice(["read", "write"])
            log.note(Entry(1000 * n, source, kind, n, n % 256))
    return path


def opened(page: Any, file: Path) -> None:
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, file)
    page.wait_for_url("**/#/firmware/*")


def listed(page: Any, file: Path) -> Any:
    """The rows in view."""
    opened(page, file)
    rows = page.locator(".listing-rows .listing-row:not(.quiet)")
    rows.first.wait_for()
    return rows


def saved(page: Any, button: str) -> bytes:
    with page.expect_download() as caught:
        page.get_by_role("button", name=button).click()
    return Path(caught.value.path()).read_bytes()


def go_to(page: Any, address: str) -> None:
    page.get_by_label("Go to", exact=True).fill(address)
    page.get_by_role("button", name="Go", exact=True).click()
    page.locator(".listing-title", has_text=address.rjust(6, "0").upper()).wait_for()


def test_the_listing_is_scrolled_to_its_end_and_searched(page: Any, folder: Path) -> None:
    rows = listed(page, folder / "pad.vsb")
    assert "LuthierPad 1.00" in rows.first.inner_text()
    page.locator(".listing-rows").evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    page.get_by_text("ds 260604,0xff").wait_for()
    page.get_by_label("What to look for").select_option("instruction")
    page.get_by_label("Find").fill("SLEEP")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("1 of ").wait_for()
    assert "sleep" in page.locator(".listing-row.here").inner_text()
    # By keys: back to the beginning, and a reference followed.
    page.locator(".listing-rows").focus()
    page.keyboard.press("Home")
    page.locator(".listing-row.heading.here").wait_for()
    go_to(page, "0")
    page.get_by_role("tab", name="Vectors").click()
    page.get_by_role("button", name="Show 000210 in the listing").click()
    page.locator(".listing-title", has_text="on_RESET").wait_for()
    page.get_by_role("button", name="000000").click()
    page.locator(".listing-title", has_text="000000").wait_for()
    page.locator(".listing-rows").focus()
    page.keyboard.press("b")
    page.locator(".listing-title", has_text="on_RESET").wait_for()


def test_a_name_is_kept_and_exported_as_the_command_line_does(
    page: Any, folder: Path, tmp_path: Path
) -> None:
    listed(page, folder / "pad.vsb")
    go_to(page, "210")
    page.get_by_label("Name").fill("first_thing")
    page.get_by_label("Comment").fill("here it <b>begins</b>")
    page.get_by_role("button", name="Keep").click()
    page.locator(".listing-row.label", has_text="first_thing:").wait_for()
    page.locator(".listing-row.remark", has_text="; here it <b>begins</b>").wait_for()
    notes = tmp_path / "notes.symbols"
    notes.write_text("000210 first_thing ; here it <b>begins</b>\n")
    luthier(
        "kaoss", "list", folder / "pad.vsb", "--symbols", notes, "-o", tmp_path / "pad.asm",
        "--write-symbols", tmp_path / "pad.symbols",
    )  # fmt: skip
    symbols = saved(page, "Save symbols")
    assert symbols == (tmp_path / "pad.symbols").read_bytes()
    assert saved(page, "Save listing") == (tmp_path / "pad.asm").read_bytes()
    # Another tab and a later look see it; undone, it is gone; dropped as a symbol file, it is there again.
    page.reload()
    page.locator(".listing-row.heading").first.wait_for()
    go_to(page, "210")
    assert page.get_by_label("Name").input_value() == "first_thing"
    page.get_by_label("Name").fill("other")
    page.get_by_role("button", name="Keep").click()
    page.locator(".listing-row.label", has_text="other:").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.locator(".listing-row.label", has_text="first_thing:").wait_for()
    page.get_by_label("Name").fill("two words")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("alert").get_by_text("is no name").wait_for()
    given = tmp_path / "given.symbols"
    given.write_bytes(symbols.replace(b"first_thing", b"given_name"))
    drop(page, given)
    page.locator(".listing-row.label", has_text="given_name:").wait_for()


def test_bytes_stand_beside_the_listing(page: Any, folder: Path) -> None:
    listed(page, folder / "pad.vsb")
    go_to(page, "210")
    page.get_by_role("button", name="Bytes", exact=True).click()
    # The bytes come a moment after the row that shows them.
    wanted = built_in().payload[0x210:0x220].hex(" ").upper()
    page.locator(".listing-bytes mark", has_text=wanted[:17]).wait_for()
    line = page.locator(".listing-bytes .hex-row", has=page.locator("mark")).locator(".hex-bytes")
    assert line.inner_text() == wanted


def test_two_are_compared_and_one_is_tried(page: Any, folder: Path) -> None:
    listed(page, folder / "pad.vsb")
    page.get_by_role("tab", name="Difference").click()
    drop(page, folder / "hang.vsb")
    page.get_by_text("pad.vsb and hang.vsb: functions").wait_for()
    assert page.locator(".change").count() > 5
    page.get_by_role("tab", name="Sandbox").click()
    page.get_by_label("Seconds of the chip's time").fill("0.1")
    page.get_by_label("Key", exact=True).select_option("SAVE")
    page.locator("#sandbox-at").fill("0.05")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("SAVE at 0.05 s").wait_for()
    page.get_by_role("button", name="Run").click()
    report = page.locator(".sandbox-report")
    report.wait_for()
    assert "0.100 s of the chip's" in report.inner_text()
    # A run of an hour, stopped.
    page.get_by_label("Seconds of the chip's time").fill("3600")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Stop: Trying pad.vsb").click()
    page.get_by_text("The run was stopped.").wait_for()
    assert page.get_by_role("button", name="Run").is_enabled()


def test_raw_bytes_are_listed_for_a_chosen_cpu(page: Any, folder: Path, tmp_path: Path) -> None:
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, folder / "code.bin")
    page.wait_for_url("**/#/hex/*")
    page.get_by_role("link", name="As machine code").click()
    page.get_by_label("Runs on").select_option("h8s2000")
    page.get_by_label("first byte at").fill("1000")
    page.get_by_label("begins at").fill("1000")
    page.get_by_role("button", name="List it").click()
    page.wait_for_url("**/h8s2000/1000/1000")
    page.locator(".listing-row.label").first.wait_for()
    chosen = ("--cpu", "h8s2000", "--base", "0x1000", "--start", "0x1000")
    luthier("disasm", folder / "code.bin", *chosen, "-o", tmp_path / "code.asm")
    assert saved(page, "Save listing") == (tmp_path / "code.asm").read_bytes()


def test_a_log_is_opened_scrolled_and_chosen_from(page: Any, folder: Path) -> None:
    opened(page, folder / "run.jsonl")
    page.get_by_text("3,000 entries from 0.000000000 s to 2.999000000 s").wait_for()
    page.locator(".trace-row.here").wait_for()
    page.locator(".trace-rows").evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    page.locator(".trace-row", has_text="2.999000000").wait_for()
    page.get_by_label("main", exact=False).check()
    page.get_by_label("write", exact=False).check()
    page.get_by_label("Addresses").fill("0x100:0x200")
    page.get_by_label("From second").fill("0.3")
    page.get_by_role("button", name="Show these").click()
    generator = random.Random(1)
    drawn = [(generator.choice(["main", "sub"]), generator.choice(["read", "write"])) for _ in range(3000)]
    wanted = [n for n in range(300, 512) if drawn[n] == ("main", "write")]
    page.get_by_text(f"{len(wanted)} entries from {wanted[0] / 1000:.9f} s").wait_for()
    page.locator(".trace-row", has_text=f"{wanted[0] / 1000:.9f}").wait_for()
    page.locator(".trace-rows").focus()
    page.keyboard.press("End")
    page.get_by_text(f"{wanted[-1] / 1000:.9f} s · main · write").wait_for()
    page.get_by_role("button", name="Everything").click()
    page.get_by_text("3,000 entries").wait_for()
