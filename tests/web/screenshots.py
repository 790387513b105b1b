"""Pictures of every view, light and dark, from a phone to a wide screen, to be looked at.

``python -m tests.web.screenshots FOLDER [VIEW ...]``
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.web.browser import CHROMIUM, Served, drop, serving, tab

from luthier.cli import app

WIDTHS = (390, 1280, 1920)
HEIGHT = 900
_SETTLED = 800  #: milliseconds until curves are drawn


def material(folder: Path) -> dict[str, Path]:
    """Files of our own making, one of each kind."""
    files = {name: folder / name for name in ("mine.syx", "first.wav", "unknown.bin")}
    for command in (
        ["poly800", "convert", "built-in-mk2", "-o", files["mine.syx"]],
        ["poly800", "write", "built-in", "-o", files["first.wav"]],
    ):
        app([str(word) for word in command], standalone_mode=False)
    files["unknown.bin"].write_bytes(bytes(number * number % 256 for number in range(100_000)))
    return files


def opened(page: Any, file: Path) -> None:
    """Drop a file on the first page."""
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, file)


def show_open(page: Any, files: dict[str, Path]) -> None:
    """Several files of different kinds."""
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, *files.values())
    page.locator("li.file").nth(2).wait_for()


def show_bank(page: Any, files: dict[str, Path]) -> None:
    """The programs of a bank."""
    opened(page, files["mine.syx"])
    page.locator(".bank-table").wait_for()


def show_hex(page: Any, files: dict[str, Path]) -> None:
    """Bytes, some of them selected."""
    opened(page, files["unknown.bin"])
    page.locator(".hex-row").first.wait_for()
    page.locator(".rows").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")


def show_library(page: Any, files: dict[str, Path]) -> None:
    """A search, and an item with its neighbours."""
    page.goto("/#/library")
    page.get_by_role("heading", name="Library").wait_for()
    drop(page, files["mine.syx"])
    page.locator("#library-count", has_text="65 items").wait_for()
    page.get_by_label("Search", exact=True).fill("cutoff < 40, resonance > 2")
    page.wait_for_timeout(_SETTLED)
    page.locator(".library-row").nth(1).click()
    page.get_by_text("Nearest sounds").click()


def show_patch(page: Any, files: dict[str, Path]) -> None:
    """The panel of a program."""
    opened(page, files["mine.syx"])
    page.locator(".bank-table a").first.click()
    page.locator(".view.patch").wait_for()


def show_tape(page: Any, files: dict[str, Path]) -> None:
    """A recording, read."""
    opened(page, files["first.wav"])
    page.locator(".view.tape").wait_for()
    page.wait_for_timeout(6 * _SETTLED)


def show_kn5000(page: Any, _files: dict[str, Path]) -> None:
    """The SX-KN5000 without a song."""
    page.goto("/#/kn5000")
    page.locator(".view.kn5000").wait_for()


VIEWS: dict[str, Callable[[Any, dict[str, Path]], None]] = {
    "open": show_open,
    "bank": show_bank,
    "hex": show_hex,
    "library": show_library,
    "patch": show_patch,
    "tape": show_tape,
    "kn5000": show_kn5000,
}


def picture(chromium: Any, served: Served, files: dict[str, Path], name: str, folder: Path) -> None:
    """All pictures of a view: the same page in other colours and widths."""
    with tab(chromium, served) as page:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        VIEWS[name](page, files)
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                page.evaluate("() => window.dispatchEvent(new CustomEvent('theme'))")
                page.wait_for_timeout(_SETTLED)
                page.screenshot(path=folder / f"bench-{name}-{colours}-{width}.png")


def main(folder: Path, names: list[str]) -> None:
    """Take the pictures of some views, or of all."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        files = material(Path(scratch))
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in names or VIEWS:
            # A server each: what one view opened does not stand in another's picture.
            place = Path(scratch) / name
            place.mkdir()
            with serving(place) as served:
                picture(chromium, served, files, name, folder)
        chromium.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
