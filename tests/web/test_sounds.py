"""Whose sounds the SX-KN5000 of a page plays: chosen, opened, rendered as on the command line; refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.kn5000.soundfont import writer
from tests.kn5000.waves.test_bank import dump
from tests.web.browser import drop
from tests.web.requests import ADDRESS, OWN, client
from tests.web.test_kn5000 import ended, song

from luthier.cli import app
from luthier.web import chosen_sounds


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SoundFont that is installed."""
    path = tmp_path / "fonts" / "Small GM.sf2"
    path.parent.mkdir()
    path.write_bytes(writer.small())
    monkeypatch.setenv("SF2_DIR", str(path.parent))
    return path


def prepared(one: Any, name: str) -> dict[str, Any]:
    answered = one.post("/api/kn5000/sounds", json={"sounds": name})
    assert answered.status_code == 202, answered.text
    return ended(one, answered.json())


def test_what_there_is_to_choose_from(tmp_path: Path, installed: Path) -> None:
    with client(tmp_path) as (one, bench):
        first = one.get("/api/kn5000/sounds").json()
        assert first[0] == {"name": "built-in", "title": "built-in", "kind": "built-in", "options": []}
        assert {
            "name": "installed Small GM.sf2", "title": "Small GM", "kind": "installed",
            "options": ["--soundfont", str(installed)],
        } in first  # fmt: skip
        font = bench.files.put("mine.sf2", writer.small(1))
        image = dump(tmp_path / "ic307.bin").read_bytes()
        roms = [bench.files.put(f"{name}.bin", image) for name in ("ic305", "ic304")]
        assert {one.view for one in (font, *roms)} == {"sounds"}
        found = [entry for entry in one.get("/api/kn5000/sounds").json() if entry["kind"] == "open"]
        assert [(entry["title"], entry["options"]) for entry in found] == [
            ("mine.sf2", ["--soundfont", "mine.sf2"]),
            ("ic304.bin", ["--waves", "ic304.bin"]),
            ("ic305.bin", ["--waves", "ic305.bin"]),
            ("ic304.bin + ic305.bin", ["--waves", "ic304.bin", "--waves", "ic305.bin"]),
        ]
        assert found[-1]["name"] == f"{roms[1].id}+{roms[0].id}"


def test_sounds_are_opened_and_named(tmp_path: Path, installed: Path) -> None:
    name = f"installed {installed.name}"
    with client(tmp_path) as (one, _):
        job = prepared(one, name)
        assert job["state"] == "done", job
        assert job["result"]["title"] == "Small 0 (SoundFont)"
        assert any(note.startswith("not played: ") for note in job["result"]["notes"])
        panel = one.get("/api/kn5000/panel", params={"sounds": name}).json()
        usual = one.get("/api/kn5000/panel").json()
        presets = {preset["name"] for preset in panel["programs"]}
        assert presets and not presets & {preset["name"] for preset in usual["programs"]}
        assert panel["slots"] == usual["slots"]
        address = f"{ADDRESS.replace('http', 'ws')}/api/kn5000/play?sounds={quote(name)}"
        with one.websocket_connect(address, headers=OWN) as page:
            assert json.loads(page.receive_text()) == {"ready": 44_100}


@pytest.mark.parametrize("kind", ["soundfont", "waves"])
def test_a_song_on_other_sounds_has_the_bytes_of_the_command_line(tmp_path: Path, kind: str) -> None:
    source, output = tmp_path / "duo.mid", tmp_path / "duo.wav"
    source.write_bytes(song())
    file = tmp_path / "mine.sf2"
    if kind == "waves":
        file = dump(tmp_path / "ic307.bin")
    else:
        file.write_bytes(writer.small())
    arguments = ["kn5000", "render", str(source), "-o", str(output), f"--{kind}", str(file)]
    app([*arguments, "--tail", "0.5"], standalone_mode=False)
    with client(tmp_path) as (one, bench):
        sounds = bench.files.put(file.name, file.read_bytes())
        asked = {"song": bench.files.put("duo.mid", song()).id, "sounds": sounds.id, "tail": 0.5}
        job = ended(one, one.post("/api/kn5000/render", json=asked).json())
        assert job["state"] == "done", job
        assert one.get(f"/api/files/{job['result']['id']}/content").content == output.read_bytes()
        # Other sounds, other bytes.
        job = ended(one, one.post("/api/kn5000/render", json=asked | {"sounds": "built-in"}).json())
        assert one.get(f"/api/files/{job['result']['id']}/content").content != output.read_bytes()


def test_sounds_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with client(tmp_path) as (one, bench):
        opened = bench.files.put("duo.mid", song())
        image = dump(tmp_path / "ic307.bin").read_bytes()
        roms = [bench.files.put(f"rom{number}.bin", image) for number in range(5)]
        fonts = [bench.files.put(f"{number}.sf2", writer.small(number)) for number in range(2)]
        for name, word in (
            ("", "not open"),
            ("nothing", "not open"),
            ("installed ../../etc/passwd", "not installed"),
            (opened.id, "no sounds"),
            ("+".join(font.id for font in fonts), "no sounds"),
            (f"{fonts[0].id}+{roms[0].id}", "no sounds"),
        ):
            for path in ("sounds", "render"):
                body = {"sounds": name} | ({"song": "built-in"} if path == "render" else {})
                refused = one.post(f"/api/kn5000/{path}", json=body)
                assert refused.status_code == 400 and word in refused.json()["error"], name
            assert one.get("/api/kn5000/panel", params={"sounds": name}).status_code == 400
            address = f"{ADDRESS.replace('http', 'ws')}/api/kn5000/play?sounds={quote(name)}"
            with one.websocket_connect(address, headers=OWN) as page:
                assert word in json.loads(page.receive_text())["error"]
        # Five images for four chips; the folder of the copies is nobody's business.
        job = prepared(one, "+".join(rom.id for rom in roms))
        assert job["state"] == "failed" and "5 images" in job["error"]
        # A file that is spoilt after it was opened.
        copy = bench.files.path(fonts[0].id)
        copy.write_bytes(copy.read_bytes()[:1000])
        job = prepared(one, fonts[0].id)
        assert job["state"] == "failed"
        assert "0.sf2" in job["error"] and str(copy.parent) not in job["error"]
        bench.files.forget(fonts[1].id)
        assert one.post("/api/kn5000/sounds", json={"sounds": fonts[1].id}).status_code == 400


def test_few_sets_are_kept_and_each_is_opened_once(tmp_path: Path) -> None:
    with client(tmp_path) as (_, bench):
        fonts = [bench.files.put(f"{number}.sf2", writer.small(number)).id for number in range(6)]
        built_in = chosen_sounds.open_sounds(bench, "built-in")
        found = [chosen_sounds.open_sounds(bench, font) for font in fonts]
        assert chosen_sounds.open_sounds(bench, fonts[-1]) is found[-1]
        assert chosen_sounds.open_sounds(bench, "built-in") is built_in
        assert list(bench.shared["kn5000 sounds"]) == ["built-in", *fonts[2:]]


def test_a_dropped_font_plays_and_a_spoilt_one_is_told(page: Any, tmp_path: Path) -> None:
    font, spoilt = tmp_path / "mine.sf2", tmp_path / "spoilt.sf2"
    font.write_bytes(writer.small())
    spoilt.write_bytes(writer.small()[:2000])
    page.goto("/#/kn5000")
    page.locator(".kn-clock", has_text="of 2:06.3").wait_for()
    drop(page, font)
    page.wait_for_url("**/#/sounds/*")
    page.locator(".kn-sounds details").wait_for()
    page.locator(".kn-clock", has_text="of 2:06.3").wait_for()
    assert page.locator("#kn-sounds option:checked").inner_text() == "mine.sf2"
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator("#kn-voices", has_text=re.compile(r"[1-9]\d* of 64")).wait_for()
    page.get_by_role("tab", name="Save as sound").click()
    page.locator(".kn-command", has_text="--soundfont mine.sf2").wait_for()
    page.set_input_files("#kn-sounds-file", str(spoilt))
    page.get_by_role("alert").filter(has_text="spoilt.sf2 is no SoundFont").wait_for()
    # The choice is in the address: a page opened again has it, and says so if the file is gone.
    page.locator("#kn-sounds").select_option("built-in")
    page.wait_for_url("**/#/kn5000")
    page.goto("/#/sounds/nothing")
    page.get_by_role("alert").filter(has_text="The built-in sounds play instead.").wait_for()
