"""Malformed requests are refused in one line; jobs are followed and cancelled; pages hear what happens."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
from tests.web.requests import NEWS, client

from luthier.poly800.built_in import built_in_bank
from luthier.poly800.message_formats import SYSEX_MK2
from luthier.poly800.synth import Synth
from luthier.web.jobs import Progress

BANK = SYSEX_MK2.write(built_in_bank(Synth.MK2))


def finished(ask: Any, job: Any) -> Any:
    """A job when it is over."""
    deadline = time.monotonic() + 60
    while (now := ask.get(f"/api/jobs/{job['id']}").json())["state"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return now


def kept(ask: Any) -> None:
    """Put the built-in bank into the library."""
    file = ask.post("/api/files/", content=BANK, headers={"x-name": "banks%2Fmine.syx"}).json()["id"]
    job = ask.post("/api/library/add", json={"files": [file], "close": True}).json()
    assert finished(ask, job)["state"] == "done"


@pytest.mark.parametrize("path", ["change", "add", "undo", "export", "duplicates"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"items": "all"}', b'{"nothing": 1}', b'{"items": [-1]}',
     b'{"items": [99999999999999999999]}', b'{"items": [1.5]}', b'{"files": [1]}', b'{"step": -1}',
     b'{"near": 99}',
     b"[" * 100_000, b'{"items": [' + b"1," * 600_000 + b"1]}"],
)  # fmt: skip
def test_malformed_documents_are_refused(tmp_path: Path, path: str, body: bytes) -> None:
    with client(tmp_path) as (ask, _):
        answer = ask.post(f"/api/library/{path}", content=body)
        assert answer.status_code == 400
        assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    ["items/99", "items/99999999999999999999", "items/99/nearest", "?query=nothing<3", "?query=cutoff<x",
     "?order=odd", "?first=-1", "?query=" + "a" * 3000, "?query=kind:odd"],
)  # fmt: skip
def test_what_is_not_there_is_said(tmp_path: Path, path: str) -> None:
    with client(tmp_path) as (ask, _):
        kept(ask)
        answer = ask.get(f"/api/library/{path}")
        assert answer.status_code == 400
        assert answer.json()["error"]


@pytest.mark.parametrize(
    "query",
    ["cutoff<99999999999999999999", "rating>1e999", '"', "((", "a*", "NEAR(", "' OR 1=1 --", "\x00", "🎹"],
)
def test_odd_queries_find_nothing_or_something_and_break_nothing(tmp_path: Path, query: str) -> None:
    with client(tmp_path) as (ask, _):
        kept(ask)
        assert ask.get("/api/library/", params={"query": query}).status_code in (200, 400)
        assert ask.get("/api/library/overview").json()["count"] == 65


def test_unknown_jobs(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, _):
        assert ask.get("/api/jobs/5").status_code == 400
        assert ask.delete("/api/jobs/5").status_code == 400
        assert ask.get("/api/jobs/x").status_code == 404


def test_a_job_is_followed_and_cancelled(tmp_path: Path) -> None:
    began, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        progress(0.25, "first")
        began.set()
        assert go_on.wait(30)
        progress(0.5, "second")

    with client(tmp_path) as (ask, bench):
        job = ask.portal.call(lambda: _started(bench, work))
        assert began.wait(30)
        with ask.websocket_connect(NEWS, headers={"origin": "http://127.0.0.1:8800"}) as news:
            assert ask.get(f"/api/jobs/{job.id}").json()["part"] == 0.25
            ask.delete(f"/api/jobs/{job.id}")
            go_on.set()
            messages: list[Any] = []
            while not messages or messages[-1]["message"].get("state") == "running":
                messages.append(news.receive_json())
        assert messages[-1]["topic"] == "job"
        assert messages[-1]["message"]["state"] == "cancelled"


async def _started(bench: Any, work: Any) -> Any:
    return bench.jobs.start("work", work)


def test_two_pages_hear_of_a_change_of_one_and_of_another_program(tmp_path: Path) -> None:
    from luthier.library.store import Library

    with client(tmp_path) as (ask, bench):
        kept(ask)
        headers = {"origin": "http://127.0.0.1:8800"}
        with (
            ask.websocket_connect(NEWS, headers=headers) as one,
            ask.websocket_connect(NEWS, headers=headers) as two,
        ):
            ask.post("/api/library/change", json={"items": [2], "rating": 5})
            for page in (one, two):
                while page.receive_json()["topic"] != "library":
                    pass
            assert ask.get("/api/library/items/2").json()["item"]["rating"] == 5
        time.sleep(2.5)  # the look for other programs has seen what was there
        with ask.websocket_connect(NEWS, headers=headers) as page:
            with Library(bench.library_path) as library:
                library.label([3], "tags", "outside")
            while page.receive_json()["topic"] != "library":
                pass


def test_items_are_changed_undone_found_and_saved(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        kept(ask)
        item = ask.get("/api/library/items/2").json()
        assert item["item"]["file"] == "banks/mine.syx"
        assert item["parameters"]["cutoff"] == built_in_bank(Synth.MK2).program(11)["cutoff"]
        ask.post("/api/library/change", json={"items": [2, 3], "tag": "brass"})
        assert ask.get("/api/library/?query=tag:brass").json()["total"] == 2
        ask.post("/api/library/change", json={"items": [2], "rating": 4})
        ask.post("/api/library/change", json={"items": [2], "rating": None})
        assert ask.get("/api/library/items/2").json()["item"]["rating"] is None
        assert ask.post("/api/library/undo", json={}).status_code == 200
        assert ask.get("/api/library/items/2").json()["item"]["rating"] == 4
        (bank,) = ask.get("/api/library/?query=kind:bank").json()["items"]
        saved = ask.post("/api/library/export", json={"items": [bank["id"]], "name": "../../mine.syx"})
        assert saved.content == BANK
        assert "mine.syx" in saved.headers["content-disposition"]
        assert ".." not in saved.headers["content-disposition"]
        opened = ask.post(f"/api/library/items/{bank['id']}/open").json()
        assert opened["view"] == "bank"
        again = ask.get(f"/api/bank/{opened['id']}/export?suffix=.syx")
        assert again.content == BANK
        assert bench.files.get(opened["id"]).size == opened["size"]


def test_an_edited_bank_is_kept_as_it_is_now(tmp_path: Path) -> None:
    from luthier.web.open_banks import Written, open_banks

    with client(tmp_path) as (ask, bench):
        file = ask.post("/api/files/", content=BANK, headers={"x-name": "mine.syx"}).json()["id"]
        base = built_in_bank(Synth.MK2).program(11)
        changed = base.replacing({"cutoff": 1})
        open_banks(bench).write(file, [Written(11, base, changed)])
        job = ask.post("/api/library/add", json={"files": [file]}).json()
        assert finished(ask, job)["result"]["added"] == 65
        (found,) = ask.get("/api/library/", params={"query": "cutoff = 1, file:mine.syx, program 11"}).json()[
            "items"
        ]
        assert ask.get(f"/api/library/items/{found['id']}").json()["parameters"]["cutoff"] == 1
