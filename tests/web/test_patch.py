"""The patch editor's server: sounds, revisions, what other pages do, files equal to the command line's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.browser import PATIENCE, Served
from websockets.sync.client import connect
from websockets.typing import Origin

from luthier.cli import app
from luthier.library.importing import add_files
from luthier.library.store import Library
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.interchange import read_json, write_json
from luthier.poly800.library import load_bank
from luthier.poly800.synth import Synth
from luthier.poly800.voice import units
from luthier.web.bench import Bench
from luthier.web.open_banks import Written, open_banks


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=served.address, headers={"origin": served.address}, timeout=PATIENCE / 1000
    ) as one:
        yield one


@pytest.fixture
def library(served: Served) -> Iterator[Library]:
    with Library(served.library) as one:
        yield one


@pytest.fixture
def bank_file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(write_json(built_in_bank()))
    return path


@pytest.fixture
def key(client: httpx.Client, bank_file: Path) -> str:
    opened = client.post("/api/files/", content=bank_file.read_bytes(), headers={"x-name": "mine.json"})
    return str(opened.json()["id"])


def command(*arguments: str | Path) -> None:
    app([str(one) for one in arguments], standalone_mode=False)


def program(client: httpx.Client, key: str, number: int = 11) -> dict[str, Any]:
    found = client.get(f"/api/patch/banks/{key}").json()
    return next(one for one in found["programs"] if one["number"] == number)


def write(client: httpx.Client, key: str, number: int, base: str, **values: int) -> Any:
    sound = {"number": number, "base": base, "packed": base, "values": values}
    return client.post(f"/api/patch/banks/{key}/write", json={"programs": [sound], "page": "one"})


def exported(client: httpx.Client, key: str, suffix: str, synth: str) -> bytes:
    answer = client.get(f"/api/patch/banks/{key}/export", params={"suffix": suffix, "synth": synth})
    assert answer.status_code == 200, answer.text
    return answer.content


# --- The panel ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("synth", "count", "globals_"), [("poly800", 47, 1), ("ex800", 47, 1), ("mk2", 54, 4)]
)
def test_the_panel_has_every_parameter(client: httpx.Client, synth: str, count: int, globals_: int) -> None:
    # parameters.toml: 47 of the older synths, 54 of the MkII; the globals whose place is known.
    panel = client.get(f"/api/patch/panel/{synth}").json()
    assert len(panel["parameters"]) == count
    cutoff = next(one for one in panel["parameters"] if one["name"] == "cutoff")
    assert (cutoff["number"], cutoff["minimum"], cutoff["maximum"]) == (41, 0, 99)
    assert len(cutoff["units"]) == 100
    assert cutoff["units"][99] == "25 kHz"
    assert panel["envelope"]["seconds"] == list(units.SECONDS_PER_STEP)
    assert len(panel["settings"]) == globals_


def test_no_such_synth(client: httpx.Client) -> None:
    answer = client.get("/api/patch/panel/dx7")
    assert answer.status_code == 400
    assert "no synth is called" in answer.json()["error"]


# --- Sounds ------------------------------------------------------------------------------------------------


def test_what_is_set_is_what_the_command_line_sets(
    client: httpx.Client, key: str, bank_file: Path, tmp_path: Path
) -> None:
    before = program(client, key)
    assert write(client, key, 11, before["packed"], cutoff=42, deg1_attack=9).status_code == 200
    command("poly800", "set", bank_file, "11.cutoff=42", "11.deg1_attack=9", "-o", tmp_path / "set.json")
    for suffix, synth in ((".json", "poly800"), (".csv", "poly800"),
                          (".syx", "ex800"), (".syx", "mk2"), (".tape", "poly800")):  # fmt: skip
        wanted = tmp_path / f"wanted-{synth}{suffix}"
        command("poly800", "convert", tmp_path / "set.json", "--to", synth, "-o", wanted)
        assert exported(client, key, suffix, synth) == wanted.read_bytes(), (suffix, synth)


def test_losses_are_named(client: httpx.Client, key: str) -> None:
    params = {"suffix": ".syx", "synth": "mk2"}
    about = client.get(f"/api/patch/banks/{key}/losses", params=params).json()
    assert (about["name"], about["synth"]) == ("mine.syx", "mk2")
    assert any("chorus" in loss for loss in about["losses"])
    params = {"suffix": ".json", "synth": "ex800"}
    assert client.get(f"/api/patch/banks/{key}/losses", params=params).json()["losses"] == []


def test_a_morph_is_the_command_lines(
    client: httpx.Client, key: str, bank_file: Path, tmp_path: Path
) -> None:
    one, other = ({"packed": program(client, key, number)["packed"]} for number in (11, 23))
    middle = client.post("/api/patch/morph", json={"one": one, "other": other, "position": 0.3}).json()
    command(
        "poly800", "morph", bank_file, "11", "23", "--into", "11", "--at", "0.3", "-o", tmp_path / "m.json"
    )
    assert bytes.fromhex(middle["packed"]) == load_bank(tmp_path / "m.json").program(11).packed


def test_a_random_sound_is_the_command_lines(
    client: httpx.Client, key: str, bank_file: Path, tmp_path: Path
) -> None:
    sound = {"packed": program(client, key)["packed"]}
    panel = client.get("/api/patch/panel/poly800").json()
    groups = sorted({one["group"] for one in panel["parameters"]})
    found = client.post("/api/patch/randomise", json={"sound": sound, "groups": groups, "seed": 5}).json()
    command("poly800", "randomise", bank_file, "11", "--seed", "5", "-o", tmp_path / "r.json")
    assert bytes.fromhex(found["packed"]) == load_bank(tmp_path / "r.json").program(11).packed
    drawn = client.post("/api/patch/randomise", json={"sound": sound, "groups": ["VCF"]}).json()
    again = {"sound": sound, "groups": ["VCF"], "seed": drawn["seed"]}
    assert client.post("/api/patch/randomise", json=again).json()["packed"] == drawn["packed"]


def test_comparing(client: httpx.Client, key: str) -> None:
    packed = program(client, key)["packed"]
    changed = {"packed": packed, "values": {"resonance": 15}}
    found = client.post("/api/patch/compare", json={"one": {"packed": packed}, "other": changed}).json()
    assert [(one["what"], one["second"]) for one in found] == [("42 resonance", "15")]


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        ({"packed": "zz"}, "no bytes"),
        ({"packed": "00"}, "1 bytes"),
        ({"packed": "00" * 21, "values": {"cutoff": 100}}, "out of range"),
        ({"packed": "00" * 21, "values": {"nonsense": 1}}, "no parameter"),
        ({"packed": "00" * 21, "values": {"midi_channel": 1}}, "whole bank"),
        ({"packed": "00" * 21, "values": {"cutoff": "loud"}}, "not what it should be"),
        ({"packed": 5}, "not what it should be"),
        ({"packed": "00" * 21, "more": 1}, "not what it should be"),
    ],
)
def test_sounds_that_are_none(client: httpx.Client, sound: Any, said: str) -> None:
    answer = client.post("/api/patch/sound", json=sound)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_no_request_breaks_it(client: httpx.Client, body: bytes) -> None:
    for path in ("sound", "morph", "randomise", "compare", "banks", "banks/x/write", "banks/x/change"):
        assert client.post(f"/api/patch/{path}", content=body).status_code == 400


# --- Two pages, one bank -----------------------------------------------------------------------------------


def test_edits_of_two_pages_merge_by_parameter(client: httpx.Client, key: str) -> None:
    base = program(client, key)["packed"]
    first = write(client, key, 11, base, cutoff=42).json()
    second = write(client, key, 11, base, resonance=13).json()
    assert second["revision"] == first["revision"] + 1
    values = program(client, key)["values"]
    assert (values["cutoff"], values["resonance"]) == (42, 13)


def test_a_later_change_of_the_same_parameter_is_refused(client: httpx.Client, key: str) -> None:
    base = program(client, key)["packed"]
    write(client, key, 11, base, cutoff=42)
    refused = write(client, key, 11, base, cutoff=77, resonance=1)
    assert refused.status_code == 409
    assert "program 11: 41 cutoff is 77 here and 42 there" in refused.json()["error"]
    assert program(client, key)["values"]["cutoff"] == 42
    sound = {"number": 11, "base": base, "packed": base, "values": {"cutoff": 77}}
    over = client.post(f"/api/patch/banks/{key}/write", json={"programs": [sound], "over": True})
    assert over.status_code == 200
    assert program(client, key)["values"]["cutoff"] == 77


def test_the_other_page_is_told(client: httpx.Client, served: Served, key: str) -> None:
    base = program(client, key)["packed"]
    address = served.address.replace("http", "ws")
    with connect(f"{address}/ws", origin=Origin(served.address), proxy=None) as news:
        revision = write(client, key, 11, base, cutoff=42).json()["revision"]
        said = json.loads(news.recv(timeout=PATIENCE / 1000))
        while said["topic"] != "bank":
            said = json.loads(news.recv(timeout=PATIENCE / 1000))
    assert said["message"] == {"key": key, "revision": revision, "numbers": [11], "page": "one"}


def test_the_same_again_is_no_change(client: httpx.Client, key: str) -> None:
    base = program(client, key)["packed"]
    first = client.get(f"/api/patch/banks/{key}").json()
    wanted = {"revision": first["revision"], "changes": [], "settings": first["settings"]}
    assert write(client, key, 11, base).json() == wanted


# --- Whole banks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "arguments"),
    [
        ({"what": "copy", "source": 11, "programs": "21-23"}, ("copy", "BANK", "11", "21-23")),
        ({"what": "swap", "source": 11, "programs": "88"}, ("swap", "BANK", "11", "88")),
        ({"what": "init", "programs": "12,14"}, ("init", "BANK", "12,14")),
        ({"what": "settings", "values": {"midi_channel": 7}}, ("set", "BANK", "87=7")),
    ],
)
def test_edits_of_a_bank_are_the_command_lines(
    client: httpx.Client, key: str, bank_file: Path, tmp_path: Path, edit: Any, arguments: tuple[str, ...]
) -> None:
    answer = client.post(f"/api/patch/banks/{key}/change", json=edit)
    assert answer.status_code == 200, answer.text
    named = [str(bank_file) if one == "BANK" else one for one in arguments]
    command("poly800", *named, "-o", tmp_path / "after.json")
    assert exported(client, key, ".json", "poly800") == (tmp_path / "after.json").read_bytes()
    # And back, as a page undoes it.
    back = [
        {"number": one["number"], "base": one["after"]["packed"], "packed": one["before"]}
        for one in answer.json()["changes"]
    ]
    if back:
        client.post(f"/api/patch/banks/{key}/write", json={"programs": back})
        assert exported(client, key, ".json", "poly800") == bank_file.read_bytes()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"what": "explode"}, "nothing is called"),
        ({"what": "copy", "source": 19, "programs": "11"}, "no program 19"),
        ({"what": "copy", "source": 11, "programs": "all of them"}, "no programs are called"),
        ({"what": "swap", "source": 11, "programs": "12,13"}, "one other"),
        ({"what": "settings", "values": {"midi_channel": 17}}, "out of range"),
    ],
)
def test_edits_that_are_none(client: httpx.Client, key: str, edit: Any, said: str) -> None:
    answer = client.post(f"/api/patch/banks/{key}/change", json=edit)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_page_brings_back_what_the_server_forgot(client: httpx.Client, key: str) -> None:
    before = client.get(f"/api/patch/banks/{key}").json()
    client.delete(f"/api/files/{key}")
    assert client.get(f"/api/patch/banks/{key}").status_code == 400
    sounds = [{"number": 12, "packed": before["programs"][1]["packed"], "values": {"cutoff": 1}}]
    given = {"synth": "poly800", "name": "mine.syx", "ram": before["ram"], "programs": sounds}
    opened = client.post("/api/patch/banks", json=given).json()
    assert (opened["name"], opened["view"]) == ("mine.json", "bank")
    bank = built_in_bank()
    wanted = bank.with_program(12, bank.program(12).replacing({"cutoff": 1}))
    assert read_json(exported(client, opened["id"], ".json", "poly800")) == wanted


def test_an_edit_is_saved_beside_a_dropped_file(tmp_path: Path) -> None:
    bench = Bench(tmp_path / "library.luthier", 8800)
    key = bench.files.put("mine.json", write_json(built_in_bank()).encode()).id
    base = built_in_bank().program(11)
    open_banks(bench).write(key, [Written(11, base, base.replacing({"cutoff": 3}))])
    saved = bench.files.path(key).parent / "1 edited.json"
    assert read_json(saved.read_bytes()).program(11)["cutoff"] == 3
    bench.files.close()


def test_a_new_bank(client: httpx.Client) -> None:
    opened = client.post("/api/patch/banks", json={"synth": "mk2"}).json()
    bank = client.get(f"/api/patch/banks/{opened['id']}").json()
    assert (bank["synth"], len(bank["programs"])) == ("mk2", 64)


# --- The library -------------------------------------------------------------------------------------------


def items(library: Library, kind: str) -> list[int]:
    rows = library.connection.execute("SELECT id FROM items WHERE kind = ? ORDER BY id", (kind,))
    return [number for (number,) in rows]


@pytest.mark.parametrize("kind", ["bank", "patch"])
def test_an_edit_of_the_library_is_a_step(
    client: httpx.Client, library: Library, bank_file: Path, kind: str
) -> None:
    add_files(library, [bank_file])
    number = items(library, kind)[0]
    before, key = library.content(number), f"library-{number}"
    assert len(client.get(f"/api/patch/banks/{key}").json()["programs"]) == (64 if kind == "bank" else 1)
    base = program(client, key)["packed"]
    assert write(client, key, 11, base, cutoff=7).status_code == 200
    edited = built_in_bank().program(11).replacing({"cutoff": 7})
    wanted = edited.packed if kind == "patch" else built_in_bank().with_program(11, edited).ram
    assert library.content(number) == wanted
    assert library.history(1)[0].what == "edit program 11"
    library.undo()
    assert library.content(number) == before
    assert program(client, key)["packed"] == base


def test_a_single_sound_has_one_program(client: httpx.Client, library: Library, bank_file: Path) -> None:
    add_files(library, [bank_file])
    key = f"library-{items(library, 'patch')[0]}"
    answer = client.post(f"/api/patch/banks/{key}/change", json={"what": "init", "programs": "12"})
    # Program 12 of the bank around it is initial already: nothing changes.
    assert answer.json()["changes"] == []
    answer = client.post(
        f"/api/patch/banks/{key}/change", json={"what": "copy", "source": 11, "programs": "12"}
    )
    assert "there is no program 12" in answer.json()["error"]


def test_keeping_a_sound_and_a_bank(client: httpx.Client, library: Library, key: str) -> None:
    sound = {"packed": program(client, key)["packed"], "values": {"cutoff": 5}}
    kept = client.post(f"/api/patch/banks/{key}/keep", json={"name": "Dull", "sound": sound}).json()["item"]
    whole = client.post(f"/api/patch/banks/{key}/keep", json={"name": "All"}).json()["item"]
    assert (library.item(kept).name, library.item(kept).kind) == ("Dull", "patch")
    assert library.content(whole) == built_in_bank().ram
    assert client.post(f"/api/patch/banks/{key}/keep", json={"name": " "}).status_code == 400


@pytest.mark.parametrize("key", ["library-", "library-x", "library-99999", "nothing", "...", "a~b", "~"])
def test_banks_that_are_none(client: httpx.Client, key: str) -> None:
    answer = client.get(f"/api/patch/banks/{key}")
    assert answer.status_code in (400, 404), answer.text


def test_another_synths_program_does_not_fit(client: httpx.Client, key: str) -> None:
    mk2 = built_in_bank(Synth.MK2).program(11).packed.hex()
    sound = {"number": 11, "base": mk2, "packed": mk2}
    answer = client.post(f"/api/patch/banks/{key}/write", json={"programs": [sound]})
    assert answer.status_code == 400
    assert "MkII" in answer.json()["error"]
