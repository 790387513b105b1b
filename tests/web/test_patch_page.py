"""The patch editor in a browser: keys that sound, edits to and fro, two tabs, a server that is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.poly800.voice.tones import frequency
from tests.web.accessibility import faults_everywhere
from tests.web.browser import PATIENCE, Served, drop, serving, tab

from luthier.cli import app
from luthier.library.importing import add_files
from luthier.library.store import Library
from luthier.poly800 import edit
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.interchange import write_json
from luthier.poly800.library import load_bank
from luthier.poly800.voice import units

PLAYER = "async () => (await import('/static/audio/player.js')).player"


def luthier(*arguments: object) -> None:
    """Run a command of the command line."""
    app([str(one) for one in arguments], standalone_mode=False)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(write_json(built_in_bank()))
    return path


def opened(page: Any, path: Path, number: int = 11) -> str:
    """Drop a bank and open a program of it: the editor's address."""
    page.goto("/")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, path)
    page.wait_for_url("**/#/bank/*")
    address = f"/#/patch/{page.url.rpartition('/')[2]}/{number}"
    page.goto(address)
    page.locator(".patch-panel").wait_for()
    return address


def turn(page: Any, name: str, value: int) -> None:
    """Set a slider."""
    page.locator(f"#patch-{name}").fill(str(value))


def value(page: Any, name: str) -> int:
    return int(page.locator(f"#patch-{name}").input_value())


def downloaded(page: Any, synth: str, suffix: str) -> bytes:
    """The bank as the page saves it."""
    opener = page.get_by_role("button", name="Save as file")
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    page.locator(".patch-tray").get_by_label("For", exact=True).select_option(synth)
    page.locator(".patch-tray").get_by_label("as", exact=True).select_option(suffix)
    page.locator(".patch-losses .quiet", has_text=suffix).wait_for()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save file").click()
    return Path(caught.value.path()).read_bytes()


# --- Sound -------------------------------------------------------------------------------------------------


def heard(page: Any) -> tuple[np.ndarray, int]:
    """The last samples that the page played, and their rate."""
    found = page.evaluate(
        f"async () => {{ const player = await ({PLAYER})();"
        " return [[...player.samples()], player.context.sampleRate]; }"
    )
    return np.array(found[0]), int(found[1])


def until_silent(page: Any) -> None:
    """Wait until nothing is heard any more."""
    for _ in range(PATIENCE // 100):
        if np.abs(heard(page)[0]).max() < 1e-4:
            return
        page.wait_for_timeout(100)
    pytest.fail("it sounds on")


def pitch(page: Any, near: float) -> float:
    """The frequency that is played near one; of samples without a gap, which a busy machine may have."""
    for _ in range(PATIENCE // 400):
        before = page.evaluate(f"async () => (await ({PLAYER})()).missed")
        page.wait_for_timeout(400)
        samples, rate = heard(page)
        if page.evaluate(f"async () => (await ({PLAYER})()).missed") == before and samples.any():
            return frequency(samples, rate, near)
    raise AssertionError("the sound never goes on for 0.4 s")


def test_a_key_sounds_with_the_right_pitch_and_ends(page: Any) -> None:
    page.goto("/#/patch/new/poly800")
    page.locator(".patch-panel").wait_for()
    for feet in ("8'", "16'"):
        page.get_by_role("group", name="DCO1 footages").get_by_label(feet).click()
    page.locator(".patch-lamp.on").wait_for()
    # H is the A above middle C: 440 Hz at 8'.
    page.keyboard.down("h")
    assert pitch(page, 440) == pytest.approx(440, rel=1e-3)
    page.keyboard.down("k")
    assert pitch(page, 523) == pytest.approx(523.25, rel=1e-3)
    page.keyboard.up("h")
    page.keyboard.up("k")
    until_silent(page)
    # Not how fast this machine is, but that it is measured.
    latency = page.evaluate(f"async () => (await ({PLAYER})()).latency")
    assert latency["arrived"] > 0
    assert latency["waits"] >= 0
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    assert page.evaluate(f"async () => (await ({PLAYER})()).context") is None


def test_pointers_and_midi_keyboards_play(chromium: Any, served: Served) -> None:
    fake = """
        const input = {name: "Keys of a test", onmidimessage: null};
        window.strike = (...data) => input.onmidimessage({data: new Uint8Array(data)});
        navigator.requestMIDIAccess = async () => ({inputs: new Map([["1", input]])});
    """
    with tab(chromium, served) as page:
        page.add_init_script(fake)
        page.goto("/#/patch/new/mk2")
        page.locator(".patch-panel").wait_for()
        page.get_by_role("button", name="MIDI keyboard").click()
        page.get_by_text("Plays now: Keys of a test").wait_for()
        page.locator(".patch-lamp.on").wait_for()
        page.evaluate("strike(0x90, 69, 90)")
        assert pitch(page, 220) == pytest.approx(220, rel=1e-3)
        assert "down" in page.locator('.key[data-key="69"]').get_attribute("class")
        page.evaluate("strike(0x90, 69, 0)")
        page.locator('.key[data-key="57"]').hover(position={"x": 12, "y": 90})
        page.mouse.down()
        assert pitch(page, 110) == pytest.approx(110, rel=1e-3)
        page.mouse.up()


# --- Edits -------------------------------------------------------------------------------------------------


def test_edited_undone_written_and_saved_as_the_command_line_does(
    page: Any, bank: Path, tmp_path: Path
) -> None:
    opened(page, bank, 12)
    before = value(page, "cutoff")
    turn(page, "cutoff", 42)
    turn(page, "resonance", 13)
    page.get_by_role("radiogroup", name="VCF polarity").get_by_label("negative").click()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert value(page, "resonance") == built_in_bank().program(12)["resonance"]
    page.keyboard.press("Control+z")
    assert value(page, "cutoff") == before
    assert page.locator(".patch-state").inner_text() == "as stored"
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+s")
    page.get_by_text("Written: 12").wait_for()
    luthier("poly800", "set", bank, "12.cutoff=42", "12.resonance=13", "-o", tmp_path / "set.json")
    for synth, suffix in (("poly800", ".json"), ("mk2", ".syx"), ("ex800", ".syx"), ("poly800", ".wav")):
        luthier(
            "poly800", "convert", tmp_path / "set.json", "--to", synth, "-o", tmp_path / f"{synth}{suffix}"
        )
        assert downloaded(page, synth, suffix) == (tmp_path / f"{synth}{suffix}").read_bytes(), (
            synth,
            suffix,
        )
    # Undoing the writing brings the bank back as it was, and the edit is an edit again.
    page.keyboard.press("Control+z")
    page.locator(".patch-state", has_text="changed, not written").wait_for()
    assert value(page, "cutoff") == 42
    assert downloaded(page, "poly800", ".json") == bank.read_bytes()


def test_a_and_b_morph_random_and_compare(page: Any, bank: Path) -> None:
    opened(page, bank)
    programs = built_in_bank()
    turn(page, "cutoff", 99)
    page.get_by_role("button", name="A is heard; go to B").click()
    assert value(page, "cutoff") == programs.program(11)["cutoff"]
    page.keyboard.press("/")
    assert value(page, "cutoff") == 99
    page.get_by_role("button", name="Compare").click()
    row = page.locator(".patch-differences tbody tr")
    row.wait_for()
    assert row.inner_text().split("\t") == ["41 cutoff", str(programs.program(11)["cutoff"]), "99"]
    page.get_by_role("button", name="Back to the stored program").click()
    page.get_by_role("button", name="Morph").click()
    page.get_by_label("From this sound to").select_option("23")
    page.get_by_label("Way from the one to the other, per cent").fill("40")
    middle = edit.morph(programs.program(11), programs.program(23), 0.4)
    page.locator(f'#patch-cutoff[aria-valuetext^="{middle["cutoff"]},"]').wait_for()
    for name in ("dco1_level", "deg1_decay", "deg3_sustain", "resonance"):
        assert value(page, name) == middle[name]
    page.get_by_role("button", name="VCF at random").click()
    page.get_by_text("VCF at random, seed").wait_for(state="attached")
    assert value(page, "deg1_decay") == middle["deg1_decay"]


def test_programs_are_copied_swapped_and_undone(page: Any, bank: Path, tmp_path: Path) -> None:
    opened(page, bank)
    page.get_by_role("button", name="Bank", exact=True).click()
    page.get_by_label("Programs to copy to").fill("21-22")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_text("Program 11 is now at 21-22 too").wait_for()
    page.get_by_label("Swap it with").select_option("88")
    page.get_by_role("button", name="Swap", exact=True).click()
    page.get_by_text("Programs 11 and 88 are swapped").wait_for()
    luthier("poly800", "copy", bank, "11", "21-22", "-o", tmp_path / "copied.json")
    luthier("poly800", "swap", tmp_path / "copied.json", "11", "88", "-o", tmp_path / "swapped.json")
    assert downloaded(page, "poly800", ".json") == (tmp_path / "swapped.json").read_bytes()
    page.locator("h1").click()
    page.keyboard.press("Control+z")
    page.get_by_text("Undone: swap 11 and 88").wait_for(state="attached")
    page.keyboard.press("Control+z")
    page.get_by_text("Undone: copy 11 to 21-22").wait_for(state="attached")
    assert downloaded(page, "poly800", ".json") == bank.read_bytes()


def test_envelopes_are_drawn_in_seconds_and_moved(page: Any, bank: Path) -> None:
    opened(page, bank)
    values = built_in_bank().program(11).values()
    drawn = page.evaluate(
        """async (values) => {
            const {corners} = await import('/static/views/patch/envelope.js');
            const law = (await (await fetch('/api/patch/panel/poly800')).json()).envelope;
            return [1, 2, 3].map((number) => corners(law, values, number, 0.5));
        }""",
        values,
    )
    for number in (1, 2, 3):
        assert np.allclose(drawn[number - 1], units.envelope(values, number, 0.5))
    corner = page.get_by_role("slider", name="DEG1 decay and break point")
    corner.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert value(page, "deg1_decay") == values["deg1_decay"] + 2
    assert value(page, "deg1_break_point") == values["deg1_break_point"] - 6
    # To the left at the same height: faster, and the level stays.
    box = corner.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 12, y, steps=4)
    page.mouse.up()
    assert value(page, "deg1_decay") < values["deg1_decay"] + 2
    assert abs(value(page, "deg1_break_point") - (values["deg1_break_point"] - 6)) <= 1


def test_it_is_for_everyone(page: Any, bank: Path) -> None:
    opened(page, bank)
    turn(page, "cutoff", 1)
    for tray in ("Compare", "Morph", "Bank", "Save as file", "Name and keep"):
        page.get_by_role("button", name=tray, exact=True).click()
    assert faults_everywhere(page) == []
    page.get_by_role("button", name="Bank", exact=True).click()
    assert faults_everywhere(page) == []


# --- Two tabs, and a server that is gone -------------------------------------------------------------------


def test_two_tabs_edit_one_bank(chromium: Any, served: Served, bank: Path) -> None:
    with tab(chromium, served) as one, tab(chromium, served) as other:
        address = opened(one, bank)
        other.goto(address)
        other.locator(".patch-panel").wait_for()
        turn(other, "resonance", 15)
        turn(one, "cutoff", 7)
        one.keyboard.press("Control+s")
        one.get_by_text("Written: 11").wait_for()
        other.get_by_text("Program 11 was changed in another tab too").wait_for()
        other.keyboard.press("Control+s")
        other.get_by_text("Written: 11").wait_for()
        one.locator('#patch-resonance[aria-valuetext="15"]').wait_for()
        assert (value(one, "cutoff"), value(other, "cutoff")) == (7, 7)
        # The same parameter in both: the later one is asked.
        turn(one, "cutoff", 50)
        turn(other, "cutoff", 60)
        one.keyboard.press("Control+s")
        other.get_by_text("Program 11 was changed in another tab too").nth(1).wait_for()
        other.keyboard.press("Control+s")
        question = other.get_by_role("alertdialog")
        question.wait_for()
        assert "41 cutoff is 60 here and 50 there" in question.inner_text()
        question.get_by_role("button", name="Write mine over it").click()
        one.locator('#patch-cutoff[aria-valuetext^="60,"]').wait_for()


@contextmanager
def again(served: Served, folder: Path) -> Iterator[None]:
    """The same server started anew: same port, same library."""
    command = [sys.executable, "-c", "from luthier.cli import main; main()", "web", "--no-browser"]
    port = served.address.rpartition(":")[2]
    with subprocess.Popen(
        [*command, "--port", port, "--library", str(served.library)],
        stderr=subprocess.PIPE, text=True, cwd=folder,
    ) as process:  # fmt: skip
        try:
            assert process.stderr is not None
            assert port in process.stderr.readline()
            yield
        finally:
            process.terminate()


def test_a_killed_server_loses_nothing(chromium: Any, tmp_path: Path, bank: Path) -> None:
    with serving(tmp_path) as served:
        with Library(served.library) as library:
            add_files(library, [bank])
            (item,) = library.connection.execute("SELECT id FROM items WHERE kind = 'bank'").fetchone()
        context = chromium.new_context(base_url=served.address, accept_downloads=True)
        context.set_default_timeout(PATIENCE)
        page, kept, later = context.new_page(), context.new_page(), context.new_page()
        opened(later, bank)
        turn(later, "noise", 6)
        opened(page, bank)
        turn(page, "cutoff", 3)
        page.keyboard.press("Control+s")
        page.get_by_text("Written: 11").wait_for()
        turn(page, "resonance", 14)
        kept.goto(f"/#/patch/library/{item}/12")
        kept.locator(".patch-panel").wait_for()
        turn(kept, "cutoff", 5)
        kept.keyboard.press("Control+s")
        kept.get_by_text("Written: 12").wait_for()
        turn(kept, "resonance", 9)
        served.kill()
        turn(page, "deg1_attack", 8)
        later.goto("about:blank")
        with again(served, tmp_path):
            # One that was not even open meanwhile.
            later.go_back()
            later.locator('#patch-noise[aria-valuetext="6"]').wait_for()
            assert later.locator(".patch-state").inner_text() == "changed, not written"
            page.get_by_text("this page has brought the bank back").wait_for()
            page.locator('#patch-deg1_attack[aria-valuetext^="8,"]').wait_for()
            assert (value(page, "cutoff"), value(page, "resonance")) == (3, 14)
            page.keyboard.press("Control+s")
            page.get_by_text("Written: 11").wait_for()
            wanted = tmp_path / "wanted.json"
            luthier("poly800", "set", bank, "11.41=3", "11.42=14", "11.51=8", "-o", wanted)
            assert downloaded(page, "poly800", ".json") == wanted.read_bytes()
            # The one from the library was a step of its history, and the page still has the rest.
            kept.reload()
            kept.locator('#patch-resonance[aria-valuetext="9"]').wait_for()
            assert value(kept, "cutoff") == 5
            with Library(served.library) as library:
                luthier("poly800", "set", bank, "12.41=5", "-o", tmp_path / "kept.json")
                assert library.content(item) == load_bank(tmp_path / "kept.json").ram
        context.close()
