"""The views of the bench for everyone: contrast, names, widths, and the keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.web.accessibility import faults, faults_everywhere
from tests.web.browser import drop

from luthier.poly800.built_in import built_in_bank
from luthier.poly800.message_formats import SYSEX_MK2
from luthier.poly800.synth import Synth


@pytest.fixture(scope="module")
def sysex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "mine.syx"
    path.write_bytes(SYSEX_MK2.write(built_in_bank(Synth.MK2)))
    return path


def opened(page: Any, file: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, file)


def test_open_and_its_messages(page: Any, sysex: Path) -> None:
    opened(page, sysex)
    page.locator(".bank-table").wait_for()
    page.goto("/#/open")
    page.locator("li.file").first.wait_for()
    page.evaluate(
        """async () => {
            const { say } = await import("/static/app.js");
            say("It is done", {undo: () => {}});
            say("It went wrong", {kind: "error"});
        }"""
    )
    assert faults_everywhere(page) == []


def test_bank(page: Any, sysex: Path) -> None:
    opened(page, sysex)
    page.locator(".bank-table").wait_for()
    assert faults_everywhere(page) == []


def test_bytes(page: Any, tmp_path: Path) -> None:
    odd = tmp_path / "odd.bin"
    odd.write_bytes(bytes(range(256)) * 100)
    opened(page, odd)
    page.locator(".hex-row").first.wait_for()
    page.get_by_role("cell").first.wait_for()
    assert faults_everywhere(page) == []


def test_library(page: Any, sysex: Path) -> None:
    page.goto("/#/library")
    page.get_by_role("heading", name="Library").wait_for()
    drop(page, sysex)
    page.locator("#library-count", has_text="65 items").wait_for()
    page.locator(".library-row").nth(2).click()
    page.get_by_text("Filter by parameter").click()
    page.get_by_text("History").click()
    page.get_by_text("Nearest sounds").click()
    page.locator(".nearest li").first.wait_for()
    assert faults_everywhere(page) == []


def test_the_keyboard_alone_is_enough(page: Any, sysex: Path) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Skip to the page"
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.textContent || document.activeElement.id"))
    assert [one for one in seen if one in ("Luthier", "Open", "Library", "KN5000")]
    assert "choose" in seen
    page.keyboard.press("l")
    page.get_by_role("heading", name="Library").wait_for()
    if page.locator("#library-count", has_text="65 items").count() == 0:
        drop(page, sysex)
        page.locator("#library-count", has_text="65 items").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("trumpet")
    page.locator("#library-count", has_text="1 item").wait_for()
    page.locator(".rows").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Name", exact=True).wait_for()
    page.keyboard.press("2")
    page.locator(".library-stars", has_text="★★").wait_for()


def test_the_checks_can_fail(page: Any) -> None:
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    assert faults(page) == []
    page.evaluate(
        """() => {
            const pale = document.createElement("p");
            pale.textContent = "pale";
            pale.style.cssText = "color: #999; background: #fff; width: 4000px";
            document.getElementById("main").append(pale, document.createElement("button"));
        }"""
    )
    kinds = {fault.split(",")[0] for fault in faults(page)}
    assert {"pale", "without a name"} <= kinds
    assert any(fault.startswith("scrolls sideways") for fault in faults(page))
