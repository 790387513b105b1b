"""The page of the SX-KN5000: it plays, what is turned is heard, files are those of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.web.browser import PATIENCE, drop
from tests.web.test_kn5000 import song

from luthier.cli import app

#: What the page sends to the sound card now, as root mean square.
_LEVEL = """async () => {
    const { player } = await import("/static/audio/player.js");
    if (!player.analyser) return 0;
    const samples = player.samples();
    return Math.sqrt(samples.reduce((sum, one) => sum + one * one, 0) / samples.length);
}"""
_LOUD, _SILENT = 3e-3, 5e-4


def until(page: Any, right: Callable[[], bool]) -> None:
    """Wait for something; machines may be busy."""
    for _ in range(PATIENCE // 100):
        if right():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not happen")


def level(page: Any) -> float:
    return float(page.evaluate(_LEVEL))


def ready(page: Any, address: str = "/#/kn5000", length: str = "2:06.3") -> None:
    """Open the view and wait for its instrument and song."""
    page.goto(address)
    page.locator(".kn-clock", has_text=f"of {length}").wait_for()


def place(page: Any) -> float:
    """Where the song is by the page's clock, seconds."""
    minutes, seconds = page.locator(".kn-clock").inner_text().split()[0].split(":")
    return 60 * int(minutes) + float(seconds)


def show(page: Any, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()


def test_a_song_plays_is_muted_and_goes_anywhere(page: Any) -> None:
    ready(page)
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, lambda: level(page) > _LOUD)
    until(page, lambda: 1 <= place(page) < 59)
    page.get_by_label("Go to").select_option(label="a section")
    page.get_by_label("Place in the song").fill("60")
    until(page, lambda: place(page) > 61)
    # Part 26 does not play; 16 is that of the birds, at the beginning only.
    page.get_by_role("button", name="Solo: part 16").click()
    until(page, lambda: level(page) < _SILENT)
    page.get_by_role("button", name="Solo: part 16").click()
    until(page, lambda: level(page) > _LOUD)
    page.get_by_role("button", name="Pause").click()
    until(page, lambda: level(page) < _SILENT)


def test_keys_play_with_the_sound_and_volume_that_are_set(page: Any) -> None:
    ready(page)
    page.get_by_label("Sound of part 1", exact=True).select_option(label="20 Church Organ")
    page.get_by_role("button", name="Let the song set part 1 again", exact=True).wait_for()
    key = page.locator(".kn-keys [data-note='60']")
    key.hover()
    page.mouse.down()
    until(page, lambda: level(page) > _LOUD)
    page.get_by_text("1 of 64 voices").or_(page.get_by_text("2 of 64 voices")).first.wait_for()
    page.evaluate("document.querySelector('[aria-label=\"Volume of part 1\"]').focus()")
    page.keyboard.press("Home")
    until(page, lambda: level(page) < _SILENT)
    page.keyboard.press("End")
    until(page, lambda: level(page) > _LOUD)
    page.mouse.up()
    until(page, lambda: level(page) < _SILENT)
    page.get_by_role("button", name="Computer keys").click()
    page.keyboard.down("a")
    until(page, lambda: level(page) > _LOUD)
    page.keyboard.up("a")
    until(page, lambda: level(page) < _SILENT)


def test_an_effect_is_chosen_set_and_drawn(page: Any) -> None:
    ready(page)
    show(page, "Effects")
    slot = page.locator("[data-slot=eq]")
    slot.get_by_label("Effect in EQUALIZER").select_option("GEQ")
    slot.get_by_text("yours", exact=True).wait_for()
    slot.locator("figure svg").first.wait_for()
    before = slot.locator("figcaption").first.inner_text()
    knob = slot.locator(".kn-parameter", has_text="EMPHASIS G").first
    knob.locator("input").focus()
    page.keyboard.press("End")
    until(page, lambda: slot.locator("figcaption").first.inner_text() != before)
    assert "12" in knob.locator("output").inner_text()  # dB, the most there is
    slot.get_by_role("button", name="Let the song choose").click()
    slot.get_by_text("the song's", exact=True).wait_for()


def test_the_log_shows_what_is_asked_for_while_it_plays(page: Any) -> None:
    ready(page)
    page.get_by_role("button", name="Play", exact=True).click()
    show(page, "Log")
    for kind in ("latch", "tone generator", "dsp"):
        page.locator(f".kn-log tr[data-kind='{kind}']").first.wait_for(state="attached")
    page.get_by_label("Tone generator").uncheck()
    page.get_by_label("Effect chips").uncheck()
    page.get_by_label("Only with").fill("note")
    # Looked at in one go: the rows change while it plays.
    page.wait_for_function(
        """() => {
            const rows = [...document.querySelectorAll(".kn-log tbody tr")];
            return rows.length > 0 && rows.every(
                (row) => row.dataset.kind === "latch" && row.textContent.includes("note"));
        }"""
    )


def test_the_map_is_searched(page: Any) -> None:
    ready(page)
    show(page, "Memory map")
    page.get_by_label("Address, name or region").fill("0x100002")
    page.get_by_role("cell", name="0x100002", exact=True).first.wait_for()
    page.get_by_label("Address, name or region").fill("parts[1].volume")
    page.get_by_text("1 found").wait_for()
    page.get_by_label("Address, name or region").fill("nothing of the kind")
    page.get_by_text("nothing is called").wait_for()


def test_a_dropped_song_is_rendered_as_the_command_line_does_and_another_is_stopped(
    page: Any, tmp_path: Path
) -> None:
    source, output = tmp_path / "duo.mid", tmp_path / "duo.flac"
    source.write_bytes(song())
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, source)
    page.wait_for_url("**/#/song/*")
    page.locator(".kn-clock", has_text="of 0:02.0").wait_for()
    show(page, "Effects")
    page.get_by_label("Effect in DIGITAL REVERB").select_option("PLATE REVERB 1")
    page.locator("[data-slot=reverb]").get_by_text("yours", exact=True).wait_for()
    show(page, "Save as sound")
    page.get_by_label("Times the loop").fill("900")
    page.get_by_role("button", name="Render").click()
    page.get_by_role("button", name="Stop: rendering").click()
    page.get_by_text("nothing is left of it").wait_for()
    page.get_by_label("Times the loop").fill("1")
    page.get_by_label("Format").select_option(".flac")
    command = page.locator(".kn-command").inner_text()
    assert command.startswith('luthier kn5000 render duo.mid -o duo.flac --reverb "PLATE REVERB 1" --set')
    page.get_by_role("button", name="Render").click()
    with page.expect_download() as caught:
        page.get_by_role("link", name="Save duo.flac").click()
    settings = [part.strip().strip('"') for part in command.split("--set")[1:]]
    arguments = [word for setting in settings for word in ("--set", setting)]
    app(
        ["kn5000", "render", str(source), "-o", str(output), "--reverb", "PLATE REVERB 1", *arguments],
        standalone_mode=False,
    )
    assert Path(caught.value.path()).read_bytes() == output.read_bytes()
