"""Firmwares over the wire: listed, named, searched, compared, tried; what is no question is refused."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.web.requests import client

from luthier.cli import app
from luthier.kaoss.built_in import built_in
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log

WAIT = 120  #: seconds for a job, the first of which compiles


def luthier(*arguments: object) -> None:
    app([str(one) for one in arguments], standalone_mode=False)


def opened(ask: Any, data: bytes, name: str = "pad.vsb") -> str:
    return str(ask.post("/api/files/", content=data, headers={"x-name": name}).json()["id"])


def done(ask: Any, path: str, **document: Any) -> Any:
    """What comes of a job."""
    started = ask.post(f"/api/{path}", json=document)
    assert started.status_code == 202, started.text
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        job = ask.get(f"/api/jobs/{started.json()['id']}").json()
        if job["state"] != "running":
            assert job["state"] == "done", job
            return job["result"]
        time.sleep(0.02)
    raise AssertionError(job)


def all_rows(ask: Any, file: str, count: int) -> list[Any]:
    found: list[Any] = []
    while len(found) < count:
        found += ask.get(f"/api/firmware/{file}/rows?start={len(found)}&count=500").json()
    return found


def test_a_system_file_is_told_listed_and_named_as_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "pad.vsb"
    path.write_bytes(built_in().write())
    with client(tmp_path) as (ask, bench):
        file = opened(ask, path.read_bytes())
        system = ask.get(f"/api/firmware/{file}").json()["system"]
        assert (system["info"]["device"], system["info"]["reset"]) == ("LuthierPad", 0x210)
        assert len(system["vectors"]) == 128
        assert [one for one in system["findings"] if one["severity"] == "error"] == []
        assert "SAVE" in system["keys"]
        length = done(ask, f"firmware/{file}/listing")
        rows = all_rows(ask, file, length["rows"])
        assert len(rows) == length["rows"]
        assert sum(row[0] == "code" for row in rows) == length["instructions"]

        about = ask.get(f"/api/firmware/{file}/at?address={0x210}").json()
        assert about["offset"] == 0x310
        assert {"vector RESET"} & {one["how"] for one in about["from"]} or about["from"]
        assert rows[about["row"]][1] == 0x210
        said = {"address": 0x210, "name": "my_entry", "comment": "where all begins"}
        done(ask, f"firmware/{file}/note", **said)
        (mine,) = bench.files.path(file).parent.glob("*.symbols")
        assert "000210 my_entry ; where all begins\n" in mine.read_text()

        symbols, source = tmp_path / "mine.symbols", tmp_path / "mine.asm"
        symbols.write_bytes(ask.get(f"/api/firmware/{file}/symbols").content)
        source.write_bytes(ask.get(f"/api/firmware/{file}/source").content)
        luthier(
            "kaoss", "list", path, "--symbols", mine, "-o", tmp_path / "a.asm",
            "--write-symbols", tmp_path / "a.symbols",
        )  # fmt: skip
        assert source.read_bytes() == (tmp_path / "a.asm").read_bytes()
        assert symbols.read_bytes() == (tmp_path / "a.symbols").read_bytes()
        assert b"my_entry:" in source.read_bytes()
        # Taken away again, and given as a file.
        done(ask, f"firmware/{file}/note", address=0x210)
        assert "my_entry" not in mine.read_text()
        done(ask, f"firmware/{file}/symbols", text=symbols.read_text())
        assert "my_entry" in mine.read_text()


def test_a_raw_image_is_listed_as_disasm_does(tmp_path: Path) -> None:
    code = bytes.fromhex("5E001008 0180 40FC 5470 1234")
    path = tmp_path / "code.bin"
    path.write_bytes(code)
    with client(tmp_path) as (ask, bench):
        file = opened(ask, code, "code.bin")
        assert ask.get(f"/api/firmware/{file}").json()["system"] is None
        refused = ask.post(f"/api/firmware/{file}/listing", json={})
        assert (refused.status_code, "choose a CPU" in refused.text) == (400, True)
        chosen = {"cpu": "h8s2000", "base": 0x1000}
        linear = done(ask, f"firmware/{file}/listing", **chosen)
        assert linear == {"rows": 5, "instructions": 5, "followed": False, "notes": 0}
        followed = done(ask, f"firmware/{file}/listing", **chosen, entries=[0x1000])
        assert (followed["followed"], followed["instructions"]) == (True, 4)
        done(ask, f"firmware/{file}/note", address=0x1008, name="back", kind="code", comment="home")
        (mine,) = bench.files.path(file).parent.glob("*.symbols")
        luthier(
            "disasm", path, "--cpu", "h8s2000", "--base", "0x1000", "--entry", "0x1000",
            "--symbols", mine, "-o", tmp_path / "a.asm",
        )  # fmt: skip
        source = ask.get(f"/api/firmware/{file}/source").content
        assert source == (tmp_path / "a.asm").read_bytes()
        assert b"; home" in source
        # Another reading of the same bytes has names of its own.
        done(ask, f"firmware/{file}/listing", cpu="tlcs900h2")
        assert ask.get(f"/api/firmware/{file}/at?address=4104").json()["name"] == ""


def test_words_instructions_and_places_are_found(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, _):
        file = opened(ask, built_in().write())
        rows = done(ask, f"firmware/{file}/listing")["rows"]
        find = f"/api/firmware/{file}/find"
        first = ask.get(find, params={"instruction": "SLEEP"}).json()
        assert ask.get(f"/api/firmware/{file}/rows?start={first['row']}&count=1").json()[0][2] == "sleep"
        again = ask.get(find, params={"instruction": "sleep", "start": rows}).json()
        assert (again["row"], again["which"]) == (first["row"], 1)
        back = ask.get(find, params={"instruction": "sleep", "back": "", "start": first["row"]}).json()
        assert back["which"] == back["count"]
        assert ask.get(find, params={"text": "no such words"}).json()["row"] is None
        assert ask.get(f"/api/firmware/{file}/at?address=16777215").json()["row"] is None


def test_two_are_compared_and_tried(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, _):
        file, other = opened(ask, built_in().write()), opened(ask, built_in("hang").write(), "hang.vsb")
        found = done(ask, f"firmware/{file}/diff", other=other)
        assert (found["same"], found["code_compared"], found["after"]) == (False, True, "hang.vsb")
        assert {one["state"] for one in found["functions"]} >= {"new", "gone", "same"}
        assert done(ask, f"firmware/{file}/diff", other=file)["same"]
        press = [{"key": "SAVE", "at": 0.02}]
        tried = done(ask, f"firmware/{other}/sandbox", seconds=0.4, press=press, against=file)
        assert tried["sound"] is False
        assert tried["worse"] is True
        assert "NOT SOUND" in tried["lines"][0]


def test_a_run_is_cancelled(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, _):
        file = opened(ask, built_in().write())
        job = ask.post(f"/api/firmware/{file}/sandbox", json={"seconds": 3600}).json()
        ask.delete(f"/api/jobs/{job['id']}")
        end = time.monotonic() + WAIT
        while (state := ask.get(f"/api/jobs/{job['id']}").json()["state"]) == "running":
            assert time.monotonic() < end
            time.sleep(0.02)
        assert state == "cancelled"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "rows", None), ("GET", "at?address=-1", None), ("GET", "at?address=0x10", None),
        ("GET", "find?text=", None), ("GET", "find?text=x&start=1e3", None), ("GET", "symbols", None),
        ("GET", "source", None),
        ("POST", "listing", b"{"), ("POST", "listing", b"[]"), ("POST", "listing", b'{"cpu": "z80"}'),
        ("POST", "listing", b'{"cpu": "h8s2000", "base": 16777216}'),
        ("POST", "listing", b'{"cpu": "h8s2000", "base": -1}'),
        ("POST", "listing", b'{"path": "/etc/passwd"}'),
        ("POST", "note", b'{"address": 16777216}'), ("POST", "note", b'{"address": "0"}'),
        ("POST", "note", b'{"address": 528, "name": "two words"}'),
        ("POST", "note", b'{"address": 528, "name": "mov"}'),
        ("POST", "note", b'{"address": 528, "name": "a; b"}'),
        ("POST", "note", b'{"address": 528, "name": "x", "kind": "table", "count": 5000}'),
        ("POST", "note", b'{"address": 528, "name": "x", "kind": "table"}'),
        ("POST", "symbols", b'{"text": "hello"}'), ("POST", "symbols", b'{"text": 5}'),
        ("POST", "diff", b'{"other": "nothing"}'), ("POST", "diff", b'{"other": "../.."}'),
        ("POST", "sandbox", b'{"seconds": 0}'), ("POST", "sandbox", b'{"seconds": 1e400}'),
        ("POST", "sandbox", b'{"seconds": NaN}'), ("POST", "sandbox", b'{"press": [{"key": "SAVE"}]}'),
        ("POST", "sandbox", b'{"against": "nothing"}'),
    ],
)  # fmt: skip
def test_what_is_no_question_is_refused(method: str, path: str, body: bytes | None, tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        file = opened(ask, built_in().write())
        answer = ask.request(method, f"/api/firmware/{file}/{path}", content=body)
        assert answer.status_code == 400, answer.text
        assert answer.json()["error"]
        assert bench.jobs.list() == []
        assert ask.request(method, f"/api/firmware/gone/{path}", content=body).status_code == 400


def test_a_comment_of_many_lines_is_one(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        file = opened(ask, built_in().write())
        done(ask, f"firmware/{file}/note", address=0x210, comment="one\n000214 two\r\n# three ; four")
        (mine,) = bench.files.path(file).parent.glob("*.symbols")
        assert mine.read_text().splitlines()[1:] == ["000210 - ; one 000214 two # three ; four"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("log") / "run.trace"
    with open_log(path, 1000) as writing:
        for n in range(5000):
            writing.note(Entry(n, "main" if n % 5 else "sub", "write" if n % 2 else "read", n % 0x100, 7))
    return path.read_bytes()


def test_a_log_is_known_and_any_part_of_it_shown(tmp_path: Path, log: bytes) -> None:
    with client(tmp_path) as (ask, bench):
        told = ask.post("/api/files/", content=log, headers={"x-name": "run.trace"}).json()
        assert (told["format"], told["view"]) == ("board-log", "firmware")
        file = told["id"]
        whole = done(ask, f"log/{file}")
        assert (whole["count"], whole["whole"], whole["last"]) == (5000, True, "4.999000000")
        assert dict(whole["sources"]) == {"main": 4000, "sub": 1000}
        rows = ask.get(f"/api/log/{file}/{whole['number']}?start=4998&count=10").json()
        assert [row["time"] for row in rows] == [4998, 4999]
        some = done(
            ask, f"log/{file}", kinds=["write"], sources=["sub"], addresses=["0x10:0x20"], first=1, last=2
        )
        rows = ask.get(f"/api/log/{file}/{some['number']}").json()
        wanted = [n for n in range(1000, 2000) if n % 5 == 0 and n % 2 and 0x10 <= n % 256 < 0x20]
        assert [row["time"] for row in rows] == wanted
        for _ in range(4):
            done(ask, f"log/{file}", kinds=["none"])
        assert ask.get(f"/api/log/{file}/{whole['number']}").status_code == 400
        assert len(list(bench.files.path(file).parent.glob("*.lines"))) == 4


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"kinds": "write"}', b'{"first": -1}', b'{"first": 2, "last": 1}', b'{"last": 0}',
        b'{"addresses": ["x"]}', b'{"addresses": ["5:4"]}', b'{"path": "/etc"}', b'{"first": 1e308}',
    ],
)  # fmt: skip
def test_what_is_no_choice_is_refused(body: bytes, tmp_path: Path, log: bytes) -> None:
    with client(tmp_path) as (ask, bench):
        file = opened(ask, log, "run.trace")
        assert ask.post(f"/api/log/{file}", content=body).status_code == 400
        assert ask.get(f"/api/log/{file}/1").status_code == 400
        assert ask.get(f"/api/log/{file}/x").status_code == 404
        assert bench.jobs.list() == []
