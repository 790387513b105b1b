"""Sequence and chord of a bank in the editor: as the command line has them, played, replaced; refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from tests.midi.songs import END, midi_file, note
from tests.web.browser import drop
from tests.web.requests import ADDRESS, OWN, client

from luthier.cli import app
from luthier.errors import InputError
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.interchange import read_json, write_json
from luthier.poly800.synth import Synth
from luthier.web.live_voice import LiveVoice
from luthier.web.sounds import Asked, Sound

RATE = 44_100


def with_chord() -> Bank:
    """The built-in bank with a chord of three."""
    bank = built_in_bank()
    return bank.with_chord(bytes((4, 8, 11, 0)) + bank.chord[4:])


def song() -> bytes:
    """Three notes of a quarter each, one of them off the keyboard."""
    return midi_file(note(0, 100, 60) + note(0, 100, 64) + note(0, 100, 20) + END, division=100)


def opened(ask: Any, data: bytes, name: str) -> str:
    return str(ask.post("/api/files/", content=data, headers={"x-name": name}).json()["id"])


@pytest.fixture
def bank_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(write_json(with_chord()))
    return path


@pytest.mark.parametrize("base", ["auto", "24"])
def test_it_is_told_and_saved_as_on_the_command_line(
    tmp_path: Path, bank_file: Path, capsys: pytest.CaptureFixture[str], base: str
) -> None:
    with client(tmp_path) as (ask, _):
        key = opened(ask, bank_file.read_bytes(), "mine.json")
        found = ask.get(f"/api/sequence/{key}", params={"base": base}).json()
        app(["poly800", "sequence", str(bank_file), "--note-base", base, "--json"], standalone_mode=False)
        said = json.loads(capsys.readouterr().out)
        assert {name: found[name] for name in said} == said
        assert found["chord"]["codes"] == [4, 8, 11]
        output = tmp_path / "song.mid"
        options = ["--tempo", "96", "--step", "1/8", "--note-base", base]
        app(["poly800", "sequence", str(bank_file), "-o", str(output), *options], standalone_mode=False)
        given = {"tempo": "96", "step": "1/8", "base": base}
        file = ask.get(f"/api/sequence/{key}/midi", params=given)
        assert file.content == output.read_bytes()
        assert "mine%20sequence.mid" in file.headers["content-disposition"]
        assert isinstance(json.loads(unquote(file.headers["x-lost"])), list)


def test_a_song_becomes_the_sequence_and_goes_again(tmp_path: Path, bank_file: Path) -> None:
    source, output = tmp_path / "song.mid", tmp_path / "out.json"
    source.write_bytes(song())
    arguments = ["poly800", "sequence", str(bank_file), "--from", str(source), "-o", str(output)]
    app([*arguments, "--step", "1/4", "--drop"], standalone_mode=False)
    with client(tmp_path) as (ask, _):
        key = opened(ask, bank_file.read_bytes(), "mine.json")
        wanted = {"file": opened(ask, song(), "song.mid"), "step": "1/4", "drop": True}
        taken = ask.post(f"/api/sequence/{key}/song", json=wanted).json()
        assert taken["before"] == with_chord().sequence.hex() != taken["after"]
        assert any("notes dropped: 1" in loss for loss in taken["losses"])
        right = read_json(output.read_text())
        kept = ask.get(f"/api/patch/banks/{key}").json()
        assert bytes.fromhex(kept["ram"]) == right.ram
        answered = ask.post(f"/api/sequence/{key}", json={"content": taken["before"]}).json()
        assert answered["changes"] == [] and answered["revision"] > kept["revision"]
        assert bytes.fromhex(ask.get(f"/api/patch/banks/{key}").json()["ram"]) == with_chord().ram


def test_what_cannot_be_is_refused(tmp_path: Path, bank_file: Path) -> None:
    with client(tmp_path) as (ask, _):
        key = opened(ask, bank_file.read_bytes(), "mine.json")
        midi = opened(ask, song(), "song.mid")
        for path, word in (
            (f"{key}?base=nine", "note base"), (f"{key}?base=99", "note base 99"), ("nothing", "not open"),
            (f"{key}/midi?tempo=1e99", "tempo"), (f"{key}/midi?tempo=2", "tempo"),
            (f"{key}/midi?step=1/99999999999", "step"), (f"{key}/midi?step=1/7", "step"),
        ):  # fmt: skip
            refused = ask.get(f"/api/sequence/{path}")
            assert refused.status_code == 400 and word in refused.json()["error"], path
        for document, word in (
            ({"file": "nothing"}, "not open"), ({"file": key}, "mine.json"), ({}, "file"),
            ({"file": midi, "channel": 17}, "channel"), ({"file": midi, "channel": 9}, "channel 9"),
            ({"file": midi, "step": "0"}, "step"),
        ):  # fmt: skip
            refused = ask.post(f"/api/sequence/{key}/song", json=document)
            assert refused.status_code == 400 and word in refused.json()["error"], document
        for content in ("zz", "00", "00" * 1000):
            assert ask.post(f"/api/sequence/{key}", json={"content": content}).status_code == 400
        # A single sound of the library has no sequence to keep.
        kept = {"name": "one", "sound": {"packed": with_chord().program(11).packed.hex()}}
        item = ask.post(f"/api/patch/banks/{key}/keep", json=kept).json()["item"]
        refused = ask.post(f"/api/sequence/library-{item}/song", json={"file": midi})
        assert refused.status_code == 400 and "one sound" in refused.json()["error"]
        assert ask.get(f"/api/patch/banks/{key}").json()["ram"] == with_chord().ram.hex()


def voice() -> LiveVoice:
    made = LiveVoice(RATE, lambda _key: with_chord())
    packed = with_chord().program(11).packed.hex()
    made.take(Asked(synth=Synth.POLY800, sound=Sound(packed), bank="any"))
    return made


def test_the_sequence_plays_at_its_tempo_and_stops() -> None:
    live = voice()
    assert live.step == 0
    # A sixteenth of 150 quarter notes a minute is a tenth of a second.
    live.take(Asked(sequence=True, tempo=150.0, want=RATE // 20))
    blocks = list(live.blocks())
    assert live.step == 1
    assert any(isinstance(block, bytes) and np.frombuffer(block, "<f4").any() for block in blocks)
    for tenth in range(1, 20):
        live.take(Asked(want=RATE // 20 + tenth * RATE // 10))
        list(live.blocks())
        assert live.step == 1 + tenth
    live.take(Asked(sequence=False))
    assert live.step == 0
    live.take(Asked(sequence=True, tempo=150.0, want=live.sent + RATE // 20))
    list(live.blocks())
    live.take(Asked(quiet=True))
    assert live.step == 0


def test_a_key_plays_the_chord_while_the_key_is_on() -> None:
    live = voice()
    sounding = []
    for on in (False, True, False):
        live.take(Asked(chord=on))
        live.midi(bytes((0x90, 60, 100)))
        live.take(Asked(want=live.sent + RATE // 10))
        list(live.blocks())
        sounding.append(live.sounding)
        live.take(Asked(quiet=True))
        for _ in range(20):
            live.take(Asked(want=live.sent + RATE // 2))
            list(live.blocks())
        assert live.sounding == 0
    # Three voices, each of one or two oscillators' worth.
    assert sounding[1] == 3 * sounding[0] and sounding[2] == sounding[0]


def test_empty_memories_and_wrong_tempi_are_told(tmp_path: Path, bank_file: Path) -> None:
    live = LiveVoice(RATE)
    for asked in (Asked(chord=True), Asked(sequence=True)):
        with pytest.raises(InputError, match="is empty"):
            live.take(asked)
    with pytest.raises(InputError, match="tempo"):
        voice().take(Asked(sequence=True, tempo=float("nan")))
    with client(tmp_path) as (ask, _):
        key = opened(ask, bank_file.read_bytes(), "mine.json")
        address = f"{ADDRESS.replace('http', 'ws')}/api/patch/play?rate={RATE}"
        with ask.websocket_connect(address, headers=OWN) as page:
            assert "ready" in json.loads(page.receive_text())
            page.send_text(json.dumps({"bank": "nothing", "sequence": True}))
            assert "not open" in json.loads(page.receive_text())["error"]
            page.send_text(json.dumps({"bank": key, "sequence": True, "want": 256}))
            while (message := page.receive()).get("text") is None or "step" not in message["text"]:
                pass
            assert json.loads(message["text"]) == {"step": 1}


def test_it_is_seen_played_and_replaced_in_the_page(page: Any, bank_file: Path, tmp_path: Path) -> None:
    (tmp_path / "song.mid").write_bytes(song())
    page.goto("/#/open")
    page.get_by_text("Drop files anywhere").wait_for()
    drop(page, bank_file)
    page.wait_for_url("**/#/bank/*")
    page.goto(f"/#/patch/{page.url.rpartition('/')[2]}/11")
    page.get_by_role("button", name="Sequence", exact=True).click()
    steps = page.locator(".patch-steps li")
    steps.first.wait_for()
    assert steps.count() == 64
    assert steps.nth(3).inner_text() == "A3 C4 E4"
    page.get_by_text("Chord memory: 4 8 11").wait_for()
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".patch-steps li.now").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator(".patch-steps li.now").wait_for(state="detached")
    page.get_by_role("button", name="Chord", exact=True).click()
    page.locator("button[aria-pressed=true]", has_text="Chord").wait_for()
    page.get_by_label("A step is").select_option("1/4")
    page.set_input_files("#patch-sequence-file", str(tmp_path / "song.mid"))
    page.get_by_text("song.mid: 3 steps in 3 bytes").wait_for()
    page.locator(".patch-steps li:nth-child(3):last-child").wait_for()
    page.get_by_role("toolbar").get_by_role("button", name="Undo", exact=True).click()
    page.locator(".patch-steps li:nth-child(64)").wait_for()
