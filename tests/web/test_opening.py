"""Files dropped on the page: identified, shown, closed; any bytes in the hex view."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.web.browser import Served, drop

from luthier.cli import app


def luthier(*arguments: object) -> None:
    """Run a command of the command line."""
    app([str(one) for one in arguments], standalone_mode=False)


@pytest.fixture(scope="module")
def sysex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "mine.syx"
    luthier("poly800", "convert", "built-in-mk2", "-o", path)
    return path


def test_a_dropped_bank_opens_with_its_programs_and_is_saved_as_the_command_line_does(
    page: Any, sysex: Path, tmp_path: Path
) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, sysex)
    page.wait_for_url("**/#/bank/*")
    rows = page.locator(".bank-table tbody tr")
    rows.first.wait_for()
    assert rows.count() == 64
    assert "Town Hall Brass" in rows.first.inner_text()
    for suffix in (".syx", ".json", ".csv", ".wav"):
        page.get_by_label("Save as").select_option(suffix)
        with page.expect_download() as caught:
            page.get_by_role("button", name="Save").click()
        assert caught.value.suggested_filename == f"mine{suffix}"
        luthier("poly800", "convert", sysex, "-o", tmp_path / f"expected{suffix}")
        assert Path(caught.value.path()).read_bytes() == (tmp_path / f"expected{suffix}").read_bytes()


def test_what_a_synth_cannot_hold_is_said(page: Any, sysex: Path, tmp_path: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, sysex)
    page.get_by_label("Save as").select_option(".syx")
    page.get_by_label("for", exact=True).select_option("ex800")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save").click()
    page.get_by_text("Not carried: ").first.wait_for()
    luthier("poly800", "convert", sysex, "--to", "ex800", "-o", tmp_path / "expected.syx")
    assert Path(caught.value.path()).read_bytes() == (tmp_path / "expected.syx").read_bytes()


def test_several_files_are_listed_with_what_they_are_and_closed(
    page: Any, sysex: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd ü <b>.bin"
    odd.write_bytes(b"not a keyboard")
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, sysex, odd)
    entry = page.locator("li.file", has_text="odd ü")
    entry.wait_for()
    # The first eight bytes of "not a keyboard".
    assert "Not recognised: 14 bytes that start with 6e 6f 74 20 61 20 6b 65" in entry.inner_text()
    assert "MkII system exclusive dump" in page.locator("li.file", has_text="mine.syx").first.inner_text()
    entry.get_by_role("button", name="Close").click()
    entry.wait_for(state="detached")
    page.reload()
    page.locator("li.file", has_text="mine.syx").first.wait_for()
    assert page.locator("li.file", has_text="odd").count() == 0


def test_what_was_changed_here_is_not_closed_with_one_click(page: Any, sysex: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, sysex)
    page.get_by_text("Play and edit").first.click()
    page.get_by_role("button", name="Random", exact=True).click()
    page.get_by_role("button", name="Write", exact=True).click()
    page.get_by_text("written, not saved or kept yet").wait_for()
    page.goto("/#/open")
    entry = page.locator("li.file", has_text="mine.syx").first
    entry.get_by_role("button", name="Close mine.syx").click()
    entry.get_by_text("You changed it here.").wait_for()
    entry.get_by_role("button", name="Leave it open").click()
    entry.get_by_role("button", name="Close mine.syx").click()
    before = page.locator("li.file").count()
    entry.get_by_role("button", name="Close it all the same").click()
    page.locator("li.file").nth(before - 1).wait_for(state="detached")


def test_the_hex_view_goes_finds_selects(page: Any, tmp_path: Path) -> None:
    strange = tmp_path / "strange.bin"
    content = bytearray(i * 7 % 251 for i in range(1_000_000))
    content[700_000:700_006] = b"needle"
    strange.write_bytes(content)
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, strange)
    page.wait_for_url("**/#/hex/*")
    said = page.locator("#hex-said")
    page.get_by_text("Why it was not recognised").wait_for()
    page.get_by_label("What to look for").select_option("text")
    page.get_by_label("Find", exact=True).fill("needle")
    page.keyboard.press("Enter")
    page.get_by_text("6 bytes at 0x0AAE60 (700000)").wait_for()
    assert page.locator("mark").all_inner_texts() == ["6E 65 65 64 6C 65", "needle"]
    # "need" as 32 bits, low byte first: 0x6465656E.
    assert page.get_by_role("row", name="32 bits").locator("td").first.inner_text() == str(0x6465656E)
    page.get_by_label("Go to").fill("0x10")
    page.keyboard.press("Enter")
    page.get_by_text("Byte at 0x000010 (16)").wait_for()
    page.locator(".rows").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.get_by_text("17 bytes at 0x000010").wait_for()
    page.wait_for_function("() => document.querySelectorAll('mark').length === 4")
    selected = page.locator(".hex-row", has_text="000010")
    assert selected.locator(".hex-bytes").inner_text() == content[16:32].hex(" ").upper()
    assert selected.locator("mark").first.inner_text() == content[16:32].hex(" ").upper()
    page.keyboard.press("Control+End")
    page.get_by_text("Byte at 0x0F423F (999999)").wait_for()
    assert said.inner_text() == "Byte at 0x0F423F (999999)"
    last = page.locator(".hex-row").last
    page.wait_for_function("() => !document.querySelector('.hex-row:last-child').innerText.includes('..')")
    assert last.locator(".hex-bytes").inner_text() == content[999_984:].hex(" ").upper()


def test_a_file_that_is_gone_is_said(page: Any, served: Served) -> None:
    page.goto("/#/hex/0123456789abcdef")
    page.get_by_role("alert").filter(has_text="not open any more").wait_for()
    page.goto("/#/nothing/of/the/kind")
    page.get_by_text("Drop files anywhere").wait_for()


def test_keys_and_colours(page: Any) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.wait_for_url("**/#/library")


def test_the_page_knows_how_long_a_file_may_be(page: Any) -> None:
    from luthier.web.opened import LARGEST

    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    said = page.evaluate(
        """async () => {
            const opening = await import("/static/opening.js");
            const long = new File([], "long.wav");
            Object.defineProperty(long, "size", { value: opening.LARGEST + 1 });
            await opening.open([{ file: long, named: "long.wav" }], null);
            return opening.LARGEST;
        }"""
    )
    assert said == LARGEST
    page.get_by_role("alert").filter(has_text="long.wav: longer than 1024 MiB").wait_for()
    assert page.locator("li.file", has_text="long.wav").count() == 0
