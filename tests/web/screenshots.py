"""Pictures of every view and its states, light and dark, from a phone to a wide screen, to be looked at.

``python -m tests.web.screenshots [--whole] FOLDER [VIEW ...]``: ``tape`` means all states that begin so.
``--whole`` takes whole pages, not only what is seen of them at once.
``python -m tests.web.screenshots --manual`` makes those of the manual anew, in ``docs/pictures``.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from tests.web.browser import CHROMIUM, Served, drop, serving, tab
from tests.web.test_tape import RATE, recorded

from luthier.cli import app
from luthier.kaoss.built_in import built_in
from luthier.kn5000.songs import built_in_song
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log
from luthier.poly800.tape import damage

WIDTHS = (390, 1280, 1920)
HEIGHT = 900
_SETTLED = 800  #: milliseconds until curves are drawn
_FILES = (
    "mine.syx", "second.syx", "cut.syx", "whole.wav", "take-1.wav", "take-2.wav", "other.wav", "room.wav",
    "unknown.bin", "empty.wav", "song.mid", "pad.vsb", "hang.vsb", "code.bin", "run.jsonl",
)  # fmt: skip


def material(folder: Path) -> dict[str, Path]:
    """Files of our own making, one of each kind."""
    files = {name: folder / name for name in _FILES}
    for command in (
        ["poly800", "convert", "built-in", "-o", files["mine.syx"]],
        ["poly800", "convert", "built-in-mk2", "-o", files["second.syx"]],
        ["poly800", "write", "built-in", "-o", files["whole.wav"]],
        ["poly800", "set", files["mine.syx"], "11-88.cutoff=7", "-o", folder / "other.json"],
        ["poly800", "write", folder / "other.json", "-o", files["other.wav"]],
    ):
        app([str(word) for word in command], standalone_mode=False)
    files["cut.syx"].write_bytes(files["second.syx"].read_bytes()[:3000])
    recorded(files["take-1.wav"], damage.hole(0.15, 200), damage.hole(0.55, 200), damage.white_noise(12))
    recorded(files["take-2.wav"], damage.speed(1.04), damage.hole(0.35, 200), damage.hole(0.8, 200), seed=2)
    noise = np.random.default_rng(1)
    soundfile.write(files["room.wav"], noise.normal(0, 0.1, 4 * RATE), RATE)
    files["unknown.bin"].write_bytes(bytes(number * number % 256 for number in range(100_000)))
    files["empty.wav"].write_bytes(b"")
    files["song.mid"].write_bytes(built_in_song())
    files["pad.vsb"].write_bytes(built_in().write())
    files["hang.vsb"].write_bytes(built_in("hang").write())
    files["code.bin"].write_bytes(bytes.fromhex("5E001008 0180 40FC 5470 1234") * 2000)
    chance = random.Random(1)
    with open_log(files["run.jsonl"], 1_000_000) as log:
        for n in range(3000):
            source, kind = chance.choice(["main", "sub"]), chance.choice(["read", "write"])
            log.note(Entry(1000 * n, source, kind, n, n % 256))
    return files


def start(page: Any, *files: Path) -> None:
    """The first page, and files dropped on it."""
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    if files:
        drop(page, *files)


def show_open(page: Any, _files: dict[str, Path]) -> None:
    """The first page as it is first seen."""
    start(page)


def show_open_files(page: Any, files: dict[str, Path]) -> None:
    """Several files of different kinds."""
    names = ("mine.syx", "take-1.wav", "take-2.wav", "song.mid", "pad.vsb", "unknown.bin")
    start(page, *(files[name] for name in names))
    page.locator("li.file").nth(len(names) - 1).wait_for()


def show_open_refused(page: Any, files: dict[str, Path]) -> None:
    """A file that is empty."""
    start(page, files["empty.wav"])
    page.wait_for_timeout(2 * _SETTLED)


def show_open_gone(page: Any, files: dict[str, Path]) -> None:
    """Before the server ends while the page is open."""
    show_open_files(page, files)


def show_keys(page: Any, _files: dict[str, Path]) -> None:
    """The dialog with the keys."""
    start(page)
    page.get_by_role("button", name="Show the keys").click()


def show_bank(page: Any, files: dict[str, Path]) -> None:
    """The programs of a bank."""
    start(page, files["mine.syx"])
    page.locator(".bank-table").wait_for()


def show_bank_cut(page: Any, files: dict[str, Path]) -> None:
    """A dump that ends too early."""
    start(page, files["cut.syx"])
    page.locator(".bank-table").wait_for()


def show_hex(page: Any, files: dict[str, Path]) -> None:
    """Bytes, some of them selected."""
    start(page, files["unknown.bin"])
    page.locator(".hex-row").first.wait_for()
    page.locator(".rows").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")


def show_library(page: Any, files: dict[str, Path]) -> None:
    """A search, and an item with its neighbours."""
    kept(page, files["mine.syx"])
    page.get_by_label("Search", exact=True).fill("cutoff < 40, resonance > 2")
    page.wait_for_timeout(_SETTLED)
    page.locator(".library-row").nth(1).click()
    page.get_by_text("Nearest sounds").click()


def kept(page: Any, *files: Path) -> None:
    """The library with banks in it."""
    page.goto("/#/library")
    page.get_by_role("heading", name="Library").wait_for()
    drop(page, *files)
    page.locator("#library-count", has_text=f"{65 * len(files)} items").wait_for()


def show_library_empty(page: Any, _files: dict[str, Path]) -> None:
    """Before anything is kept."""
    page.goto("/#/library")
    page.get_by_text("Nothing is here yet").wait_for()


def show_library_history(page: Any, files: dict[str, Path]) -> None:
    """Tags, stars, collections, and what was done."""
    kept(page, files["mine.syx"])
    rows = page.locator(".library-row")
    rows.nth(2).click()
    page.get_by_role("button", name="4 stars").click()
    for number in (3, 4, 5):
        rows.nth(number).get_by_role("checkbox").check()
    page.get_by_label("Tag for 3 items").fill("bass")
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Collection for 3 items").fill("set list")
    page.get_by_role("button", name="Collect", exact=True).click()
    page.wait_for_timeout(_SETTLED)
    page.locator("summary", has_text="History").click()
    page.locator("summary", has_text="Filter by parameter").click()


def show_library_duplicates(page: Any, files: dict[str, Path]) -> None:
    """Sounds that are nearly equal."""
    kept(page, files["mine.syx"], files["second.syx"])
    page.get_by_role("button", name="Duplicates").click()
    page.locator("#near").select_option("4")
    page.get_by_role("button", name="Look", exact=True).click()
    page.get_by_text("groups of").or_(page.get_by_text("group of")).first.wait_for()


def show_patch(page: Any, files: dict[str, Path]) -> None:
    """The panel of a program that was changed and is played."""
    show_bank(page, files)
    page.goto(page.url.replace("#/bank/", "#/patch/") + "/11")
    page.locator(".view.patch .patch-row").first.wait_for()
    page.locator("#patch-cutoff").focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.down("a")
    page.keyboard.down("g")
    page.wait_for_timeout(4 * _SETTLED)


def show_patch_save(page: Any, files: dict[str, Path]) -> None:
    """The way out of the editor."""
    show_patch(page, files)
    page.keyboard.up("a")
    page.keyboard.up("g")
    page.get_by_role("button", name="Save as file").click()
    page.wait_for_timeout(_SETTLED)


def show_patch_bank(page: Any, files: dict[str, Path]) -> None:
    """Copying, swapping, and what is set for the whole bank."""
    show_patch(page, files)
    page.get_by_role("button", name="Bank", exact=True).click()
    page.wait_for_timeout(_SETTLED)


def show_patch_sequence(page: Any, files: dict[str, Path]) -> None:
    """The sequence and the chord of a bank."""
    show_patch(page, files)
    page.keyboard.up("a")
    page.keyboard.up("g")
    page.get_by_role("button", name="Sequence", exact=True).click()
    page.wait_for_timeout(2 * _SETTLED)


def show_patch_keep(page: Any, files: dict[str, Path]) -> None:
    """Into the library, under a name."""
    show_patch(page, files)
    page.get_by_role("button", name="Name and keep").click()
    page.wait_for_timeout(_SETTLED)


def show_patch_mk2(page: Any, _files: dict[str, Path]) -> None:
    """The panel of the MkII, with delay and equaliser."""
    page.goto("/#/patch/new/mk2")
    page.locator(".view.patch .patch-row").first.wait_for()


def show_tape(page: Any, files: dict[str, Path]) -> None:
    """A recording with two holes, read."""
    start(page, files["take-2.wav"])
    page.get_by_role("heading", name="of 64 programs").wait_for()
    page.wait_for_timeout(2 * _SETTLED)


def show_tape_near(page: Any, files: dict[str, Path]) -> None:
    """A bad place, then as near as one half-wave."""
    show_tape(page, files)
    page.keyboard.press("n")
    page.wait_for_timeout(_SETTLED)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("1")
    page.wait_for_timeout(2 * _SETTLED)


def show_tape_whole(page: Any, files: dict[str, Path]) -> None:
    """A recording without a fault."""
    start(page, files["whole.wav"])
    page.get_by_role("heading", name="All 64 programs").wait_for()
    page.wait_for_timeout(2 * _SETTLED)


def show_tape_together(page: Any, files: dict[str, Path]) -> None:
    """Two bad recordings that fill each other's holes."""
    start(page, files["take-1.wav"], files["take-2.wav"])
    page.get_by_role("heading", name="All 64 programs").wait_for()
    page.wait_for_timeout(2 * _SETTLED)


def show_tape_memories(page: Any, files: dict[str, Path]) -> None:
    """Recordings of different tapes."""
    start(page, files["take-1.wav"], files["other.wav"])
    page.get_by_text("Different memories").wait_for()
    page.wait_for_timeout(2 * _SETTLED)


def show_tape_none(page: Any, files: dict[str, Path]) -> None:
    """A recording in which there is no tape."""
    start(page, files["room.wav"])
    page.get_by_role("heading", name="No sounds").wait_for()
    page.wait_for_timeout(_SETTLED)


def kn5000(page: Any, tab_: str = "", *, play: bool = True) -> None:
    """The SX-KN5000 with its own song."""
    page.goto("/#/kn5000")
    page.locator(".kn-clock", has_text="of 2:06").wait_for()
    if play:
        page.get_by_role("button", name="Play", exact=True).click()
        page.locator(".kn-clock", has_text="0:03").wait_for()
    if tab_:
        page.get_by_role("tab", name=tab_).click()
        page.wait_for_timeout(4 * _SETTLED)


def show_kn5000(page: Any, _files: dict[str, Path]) -> None:
    """Before anything is played."""
    kn5000(page, play=False)


def show_kn5000_playing(page: Any, _files: dict[str, Path]) -> None:
    """A song plays, one part is muted."""
    kn5000(page)
    page.get_by_role("button", name="Mute: part 2", exact=True).click()


def show_kn5000_effects(page: Any, _files: dict[str, Path]) -> None:
    """The five slots."""
    kn5000(page, "Effects")


def show_kn5000_voices(page: Any, _files: dict[str, Path]) -> None:
    """Who has which voice."""
    kn5000(page, "Voices")


def show_kn5000_log(page: Any, _files: dict[str, Path]) -> None:
    """What goes between the processors and chips."""
    kn5000(page, "Log")


def show_kn5000_map(page: Any, _files: dict[str, Path]) -> None:
    """The memory map."""
    kn5000(page, "Memory map", play=False)


def show_kn5000_save(page: Any, _files: dict[str, Path]) -> None:
    """A song as a sound file."""
    kn5000(page, "Save as sound", play=False)


def firmware(page: Any, files: dict[str, Path], tab_: str = "") -> None:
    """A system file."""
    start(page, files["pad.vsb"])
    page.locator(".listing-rows .listing-row:not(.quiet)").first.wait_for()
    page.get_by_label("Go to", exact=True).fill("210")
    page.get_by_role("button", name="Go", exact=True).click()
    page.locator(".listing-title", has_text="000210").wait_for()
    if tab_:
        page.get_by_role("tab", name=tab_).click()


def show_firmware(page: Any, files: dict[str, Path]) -> None:
    """The listing."""
    firmware(page, files)


def show_firmware_bytes(page: Any, files: dict[str, Path]) -> None:
    """The listing with the bytes beside it."""
    firmware(page, files)
    page.get_by_role("button", name="Bytes", exact=True).click()
    page.locator(".listing-bytes mark").first.wait_for()


def show_firmware_header(page: Any, files: dict[str, Path]) -> None:
    """The header, field by field."""
    firmware(page, files, "Header")


def show_firmware_vectors(page: Any, files: dict[str, Path]) -> None:
    """Where the vectors lead."""
    firmware(page, files, "Vectors")


def show_firmware_difference(page: Any, files: dict[str, Path]) -> None:
    """Two system files."""
    firmware(page, files, "Difference")
    drop(page, files["hang.vsb"])
    page.locator(".change").first.wait_for()
    page.wait_for_timeout(_SETTLED)


def show_firmware_sandbox(page: Any, files: dict[str, Path]) -> None:
    """A trial run."""
    firmware(page, files, "Sandbox")
    page.get_by_label("Seconds of the chip's time").fill("0.1")
    page.locator("#sandbox-at").fill("0.05")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Run").click()
    page.locator(".sandbox-report").wait_for()


def show_firmware_raw(page: Any, files: dict[str, Path]) -> None:
    """Machine code that says nothing of itself."""
    start(page, files["code.bin"])
    page.get_by_role("link", name="As machine code").click()
    page.get_by_label("Runs on").wait_for()


def show_firmware_log(page: Any, files: dict[str, Path]) -> None:
    """A log of a run."""
    start(page, files["run.jsonl"])
    page.get_by_text("3,000 entries").wait_for()
    page.locator(".trace-row.here").wait_for()


#: Pictures of the manual: which state, colours, width; the upper part of it as high as said.
MANUAL = {
    "open": ("open", "light", 1280, 800),
    "bank": ("bank", "light", 1280, 800),
    "hex": ("hex", "light", 1280, 800),
    "library": ("library", "light", 1280, 900),
    "library-dark": ("library-history", "dark", 1280, 900),
    "patch": ("patch", "light", 1280, 900),
    "patch-phone": ("patch", "dark", 390, 900),
    "tape": ("tape", "light", 1280, 900),
    "tape-together": ("tape-together", "dark", 1280, 560),
    "tape-phone": ("tape", "dark", 390, 1400),
    "kn5000": ("kn5000-playing", "light", 1280, 900),
    "effects": ("kn5000-effects", "light", 1280, 1180),
    "voices": ("kn5000-voices", "dark", 1280, 900),
    "kn5000-log": ("kn5000-log", "light", 1280, 1180),
    "firmware": ("firmware", "light", 1280, 900),
    "firmware-bytes": ("firmware-bytes", "dark", 1920, 900),
    "log": ("firmware-log", "light", 1280, 900),
}
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
#: States that come about when the server is ended.
KILLED = {"open-gone"}
PREFIX = "show_"
VIEWS: dict[str, Callable[[Any, dict[str, Path]], None]] = {
    name.removeprefix(PREFIX).replace("_", "-"): show
    for name, show in list(globals().items())
    if name.startswith(PREFIX)
}


def chosen(names: list[str]) -> list[str]:
    """The states of views that are meant, all if none is named."""
    return [
        one for one in VIEWS if not names or any(one == name or one.startswith(f"{name}-") for name in names)
    ]


def picture(
    chromium: Any, served: Served, files: dict[str, Path], name: str, folder: Path, *, whole: bool = False
) -> None:
    """All pictures of a view: the same page in other colours and widths."""
    with tab(chromium, served, to_be_killed=True) as page:
        page.set_viewport_size({"width": 1280, "height": HEIGHT})
        VIEWS[name](page, files)
        if name in KILLED:
            served.kill()
            page.get_by_role("button", name="Close mine.syx").click()
        page.evaluate("() => { for (const one of document.querySelectorAll('.toast.done')) one.remove(); }")
        page.evaluate("() => window.scrollTo(0, 0)")
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours, reduced_motion="reduce")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                page.evaluate("() => window.dispatchEvent(new CustomEvent('theme'))")
                page.wait_for_timeout(_SETTLED)
                page.screenshot(path=folder / f"bench-{name}-{colours}-{width}.png", full_page=whole)


def main(folder: Path, names: list[str], *, whole: bool = False, exact: bool = False) -> None:
    """Take the pictures of some views, or of all; ``exact``: of no others whose names begin so."""
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        files = material(Path(scratch))
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=arguments)
        for name in names if exact else chosen(names):
            # A server each: what one view opened does not stand in another's picture.
            place = Path(scratch) / name
            place.mkdir()
            try:
                with serving(place) as served:
                    picture(chromium, served, files, name, folder, whole=whole)
            except Exception as error:
                print(f"{name}: {error}", file=sys.stderr)
        chromium.close()


def manual() -> None:
    """The pictures of the manual, few colours each so that the files stay small."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as scratch:
        for whole in (False, True):
            states = {state for state, _, _, height in MANUAL.values() if (height > HEIGHT) == whole}
            main(Path(scratch) / str(whole), sorted(states), whole=whole, exact=True)
        for name, (state, colours, width, height) in MANUAL.items():
            place = Path(scratch) / str(height > HEIGHT) / f"bench-{state}-{colours}-{width}.png"
            taken = Image.open(place).convert("RGB")
            part = taken.crop((0, 0, width, min(height, taken.height)))
            # The most frequent colours as they are: a page has few, and the rest are edges of letters.
            counted = Counter(zip(*[iter(part.tobytes())] * 3, strict=True))
            palette = Image.new("P", (1, 1))
            palette.putpalette([value for colour, _ in counted.most_common(256) for value in colour])
            few = part.quantize(palette=palette, dither=Image.Dither.NONE)
            few.save(PICTURES / f"bench-{name}.png", optimize=True)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    if "--manual" in sys.argv:
        manual()
    else:
        main(Path(words[0]), words[1:], whole="--whole" in sys.argv)
