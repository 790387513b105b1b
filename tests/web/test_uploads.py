"""Files from hostile hands: odd names, wrong kinds, gigabytes, cut connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.browser import serving
from tests.web.requests import client

from luthier.errors import InputError
from luthier.web import opened
from luthier.web.bundles import unpack
from luthier.web.opened import OpenedFiles, plain_name, plain_path


def names_in(files: OpenedFiles) -> set[Path]:
    """All files below the folder of open files."""
    return {path for path in files.folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("mine.syx", "mine.syx"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/absolute/name.bin", "name.bin"),
        ("C:\\x.bin", "x.bin"),
        ("..", "file"),
        (".", "file"),
        ("a/..", "file"),
        (".hidden", "hidden"),
        ("line\nbreak\x00\x1b[31m.syx", "line_break_[31m.syx"),
        ("<script>.wav", "_script_.wav"),
        ("größe für später.wav", "größe für später.wav"),
        ("a" * 5000 + ".syx", "a" * 56 + ".syx"),
        ("." + "b" * 5000, "b" * 60),
        ("𠀀" * 500 + ".syx", "𠀀" * 56 + ".syx"),
        ("CON:stream", "CON_stream"),
        ("%2e%2e%2f", "_2e_2e_2f"),
        ("  spaces  ", "spaces"),
    ],
)
def test_names_lose_folders_and_odd_letters(tmp_path: Path, name: str, kept: str) -> None:
    plain = plain_name(name)
    assert len(plain.encode()) <= 255
    assert plain == kept
    with client(tmp_path) as (ask, bench):
        answer = ask.post("/api/files/", content=b"x", headers={"x-name": quote(name)})
        assert answer.status_code == 201
        assert answer.json()["name"] == plain
        (only,) = names_in(bench.files)
        assert only.name == plain
        assert bench.files.folder in only.resolve().parents


def test_folders_of_a_name_are_words_only() -> None:
    assert plain_path("banks/80s/mine.syx") == "banks/80s/mine.syx"
    assert plain_path("../../banks//./mine.syx") == "banks/mine.syx"
    assert plain_path("/") == "file"
    assert plain_path("a/" * 1000 + "b").count("/") == 11


@pytest.mark.parametrize(
    "kind", ["text/html", "multipart/form-data; boundary=x", "nonsense", "", "image/png; x=\xff"]
)
def test_the_content_type_means_nothing(tmp_path: Path, kind: str) -> None:
    with client(tmp_path) as (ask, _):
        page = b"<script>alert(1)</script>"
        answer = ask.post(
            "/api/files/", content=page, headers={"x-name": "a.html", "content-type": kind.encode("latin-1")}
        )
        assert answer.status_code == 201
        assert answer.json()["format"] is None
        back = ask.get(f"/api/files/{answer.json()['id']}/content")
        # Never shown as a page of ours: bytes, to be saved.
        assert back.content == page
        assert back.headers["content-type"] == "application/octet-stream"
        assert back.headers["content-disposition"].startswith("attachment")


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        assert ask.post("/api/files/", content=b"x").status_code == 400
        assert names_in(bench.files) == set()


def test_two_gigabytes_are_refused_before_they_come(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        answer = ask.post(
            "/api/files/", content=b"x", headers={"x-name": "big.wav", "content-length": str(2 << 30)}
        )
        assert answer.status_code == 400
        assert "longer than 1024 MiB" in answer.json()["error"]
        assert names_in(bench.files) == set()


def test_what_lies_about_its_length_is_refused_on_the_way_with_little_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opened, "LARGEST", 64 << 20)
    piece = bytes(1 << 16)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += len(piece)
            yield piece

    files = OpenedFiles()
    try:
        tracemalloc.start()
        with pytest.raises(InputError, match="longer than 64 MiB"):
            asyncio.run(files.receive("endless.bin", endless()))
        _, most = tracemalloc.get_traced_memory()
        assert most < 16 << 20
        assert sent <= (64 << 20) + (2 << 20)
        assert names_in(files) == set()
    finally:
        tracemalloc.stop()
        files.close()


def test_a_connection_that_is_cut_leaves_nothing(tmp_path: Path) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield bytes(3 << 20)
        raise ConnectionError("cut")

    files = OpenedFiles()
    try:
        with pytest.raises(OSError):
            asyncio.run(_cut(files, cut()))
        assert names_in(files) == set()
        assert files.list() == []
    finally:
        files.close()


async def _cut(files: OpenedFiles, chunks: AsyncIterator[bytes]) -> None:
    try:
        await files.receive("cut.bin", chunks)
    except Exception as error:
        raise ConnectionError from error


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "MOST", 3)
    with client(tmp_path) as (ask, bench):
        answers = [ask.post("/api/files/", content=b"x", headers={"x-name": "a"}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 400]
        assert answers[3].json() == {"error": "3 files are open; close some of them"}
        ask.delete(f"/api/files/{answers[0].json()['id']}")
        assert ask.post("/api/files/", content=b"x", headers={"x-name": "a"}).status_code == 201
        assert len(names_in(bench.files)) == 3


def test_too_much_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "LARGEST_TOGETHER", 1000)
    with client(tmp_path) as (ask, _):
        assert ask.post("/api/files/", content=bytes(600), headers={"x-name": "a"}).status_code == 201
        assert ask.post("/api/files/", content=bytes(600), headers={"x-name": "a"}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "start=-1",
        "start=x",
        "start=1e9",
        "length=99999999999999999999",
        "start=%00",
        "start=٣",
        "start=" + "9" * 5000,
    ],
)
def test_odd_numbers_are_refused(tmp_path: Path, query: str) -> None:
    with client(tmp_path) as (ask, _):
        file = ask.post("/api/files/", content=b"hello", headers={"x-name": "a"}).json()["id"]
        answer = ask.get(f"/api/files/{file}/bytes?{query}")
        assert answer.status_code == 400
        assert "error" in answer.json()


def test_bytes_of_a_file_and_places_in_it(tmp_path: Path) -> None:
    content = bytes(5 << 20) + b"needle" + bytes(3 << 20) + b"needle!"
    with client(tmp_path) as (ask, _):
        file = ask.post("/api/files/", content=content, headers={"x-name": "a"}).json()["id"]
        assert ask.get(f"/api/files/{file}/bytes?start={5 << 20}&length=6").content == b"needle"
        assert len(ask.get(f"/api/files/{file}/bytes?length=999999999999").content) == 1 << 16
        assert ask.get(f"/api/files/{file}/bytes?start=999999999999").content == b""
        first, second = content.index(b"needle"), content.rindex(b"needle")

        def place(query: str) -> Any:
            return ask.get(f"/api/files/{file}/place?{query}").json().get("place", "refused")

        assert place("text=needle") == first
        assert place(f"text=needle&start={first + 1}") == second
        assert place(f"bytes=6E+65+65&start={second}&back") == first
        assert place(f"text=needle&start={len(content)}&back") == second
        assert place("text=haystack") is None
        assert place("bytes=xyz") == place("bytes=") == place("text=" + "a" * 300) == "refused"


@pytest.mark.parametrize("number", ["none", "..", "%2e%2e", "%2e%2e%2f", "0" * 16, "%00", "a" * 3000])
def test_files_that_are_not_open(tmp_path: Path, number: str) -> None:
    with client(tmp_path) as (ask, _):
        for path in (f"/api/files/{number}/bytes", f"/api/files/{number}/content", f"/api/bank/{number}"):
            assert ask.get(path).status_code in (400, 404)


def test_over_the_wire(tmp_path: Path) -> None:
    """A real server: a body that ends early, gigabytes that are announced, and a server that goes on."""
    with serving(tmp_path) as server:
        host, port = server.address.removeprefix("http://").split(":")
        head = (
            f"POST /api/files/ HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.address}\r\n"
            "X-Name: a.bin\r\nContent-Length: {}\r\n\r\n"
        )
        with socket.create_connection((host, int(port))) as early:
            early.sendall(head.format(1_000_000).encode() + b"only a little")
        with socket.create_connection((host, int(port))) as big:
            big.sendall(head.format(2 << 30).encode())
            assert big.recv(1000).startswith(b"HTTP/1.1 400 ")
        ask = f"GET /api/files/ HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        deadline = time.monotonic() + 20
        while True:
            with socket.create_connection((host, int(port))) as after, after.makefile("rb") as stream:
                after.sendall(ask.encode())
                answer = stream.read()
            assert answer.startswith(b"HTTP/1.1 200 ")
            if answer.endswith(b"[]") or time.monotonic() > deadline:
                break
        assert answer.endswith(b"[]")
        server.process.terminate()
        server.process.wait(20)
        assert server.process.stderr is not None
        assert "Traceback" not in server.process.stderr.read()


def bundle(*files: tuple[bytes, bytes]) -> bytes:
    """Files as the page sends many of them at once: lengths, name, bytes."""
    return b"".join(
        len(name).to_bytes(4, "big") + len(data).to_bytes(8, "big") + name + data for name, data in files
    )


def test_many_files_in_one_request(tmp_path: Path) -> None:
    from tests.web.test_requests import BANK, finished

    with client(tmp_path) as (ask, bench):
        body = bundle((b"banks/80s/mine.syx", BANK), (b"../../etc/odd.bin", b"odd"), (b"empty", b""))
        report = finished(ask, ask.post("/api/library/bundle", content=body).json())["result"]
        assert (report["files"], report["added"], report["damaged"]) == (3, 65, [])
        assert [name for name, _ in report["unknown"]] == ["etc/odd.bin", "empty"]
        assert ask.get("/api/library/items/1").json()["item"]["file"] == "banks/80s/mine.syx"
        again = finished(ask, ask.post("/api/library/bundle", content=body).json())["result"]
        assert (again["known"], again["added"]) == (1, 0)
        assert names_in(bench.files) == set()


WHOLE = bundle((b"a.bin", b"12345"))


@pytest.mark.parametrize(
    "body",
    [WHOLE[:-1], WHOLE[:3], WHOLE + b"x", bundle((b"", b"x")), bundle((b"n" * 5000, b"x")), b"\xff" * 100,
     bundle(*[(b"a", b"")] * 1001)],
    ids=["cut", "cut in the lengths", "more", "no name", "long name", "no bundle", "too many"],
)  # fmt: skip
def test_bundles_that_are_none(tmp_path: Path, body: bytes) -> None:
    from tests.web.test_requests import finished

    with client(tmp_path) as (ask, bench):
        job = finished(ask, ask.post("/api/library/bundle", content=body).json())
        assert (job["state"], job["error"]) == (
            "failed",
            "not all files arrived; drop them on the page again",
        )
        assert ask.get("/api/library/overview").json()["count"] == 0
        assert names_in(bench.files) == set()


def test_a_bundle_of_gigabytes_is_refused_before_it_comes(tmp_path: Path) -> None:
    with client(tmp_path) as (ask, bench):
        answer = ask.post("/api/library/bundle", content=b"x", headers={"content-length": str(2 << 30)})
        assert answer.status_code == 400
        assert names_in(bench.files) == set()


_FILES = st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=40)))


@settings(max_examples=60)
@given(st.binary(max_size=200) | _FILES.map(lambda files: bundle(*files)))
def test_any_bundle_is_unpacked_inside_its_folder_or_refused(body: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        outside, inside = Path(name), Path(name) / "inside"
        inside.mkdir()
        (outside / "bundle").write_bytes(body)
        with contextlib.suppress(InputError):
            found = unpack(outside / "bundle", inside)
            assert sum(path.stat().st_size for path in found) <= len(body)
            assert all(inside.resolve() in path.resolve().parents for path in found)
            assert not any(part in ("..", "") for origin in found.values() for part in origin.split("/"))
        assert {path.name for path in outside.iterdir()} == {"bundle", "inside"}
