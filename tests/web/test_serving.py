"""The server starts, says where, and ends without a trace."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.web.browser import serving
from tests.web.requests import ADDRESS, OWN, PORT, TestClient

from luthier.errors import LuthierError
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.message_formats import SYSEX_EX800
from luthier.poly800.synth import Synth
from luthier.web.bench import Bench
from luthier.web.server import HOST, application, free_socket

PROGRAM = [sys.executable, "-c", "from luthier.cli import main; main()", "web", "--no-browser"]


def test_it_listens_on_this_machine_only() -> None:
    with free_socket(None) as listener:
        assert listener.getsockname()[0] == "127.0.0.1" == HOST


def test_a_port_that_is_taken_is_said_and_another_is_found_unless_one_was_asked_for() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LuthierError, match=rf"port {port}: .*; choose another with --port"):
            free_socket(port)
    first, second = free_socket(None), free_socket(None)
    with first, second:
        assert first.getsockname() != second.getsockname()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_and_removes_what_was_open(tmp_path: Path, ending: signal.Signals) -> None:
    with serving(tmp_path, temporary=tmp_path) as server:
        host, port = server.address.removeprefix("http://").split(":")
        request = (
            f"POST /api/files/ HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.address}\r\n"
            "X-Name: a.bin\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
        )
        with socket.create_connection((host, int(port))) as connection, connection.makefile("rb") as stream:
            connection.sendall(request.encode())
            assert stream.readline().startswith(b"HTTP/1.1 201 ")
            stream.read()
        assert list(tmp_path.rglob("a.bin"))
        time.sleep(0.2)
        server.process.send_signal(ending)
        server.process.wait(20)
        assert server.process.stderr is not None
        assert "Traceback" not in server.process.stderr.read()
        assert not list(tmp_path.rglob("a.bin"))


def test_wrong_ports_are_wrong_usage() -> None:
    for port in ("0", "65536", "x"):
        run = subprocess.run([*PROGRAM, "--port", port], capture_output=True, text=True, check=False)
        assert run.returncode == 2
        assert "Traceback" not in run.stderr


def test_a_library_that_is_none_does_not_stop_the_rest(tmp_path: Path) -> None:
    from tests.web.requests import client

    (tmp_path / "bench.luthier").write_bytes(b"no library at all")
    with client(tmp_path) as (ask, _):
        assert ask.get("/api/library/").json()["error"].endswith("name another file with --library")
        assert ask.get("/api/files/").json() == []
        time.sleep(1.5)  # the look for other programs meets it too
        assert ask.get("/api/files/").json() == []
    assert (tmp_path / "bench.luthier").read_bytes() == b"no library at all"


def test_files_and_what_a_folder_has_of_use_are_open_from_the_beginning(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "bank.syx").write_bytes(SYSEX_EX800.write(built_in_bank(Synth.EX800)))
    (folder / "a letter.txt").write_text("lies about")
    (tmp_path / "asked.txt").write_text("was asked for")
    bench = Bench(tmp_path / "bench.luthier", PORT, (tmp_path / "asked.txt", folder, tmp_path / "gone"))
    with TestClient(application(bench), base_url=ADDRESS, headers=OWN) as ask:
        for _ in range(200):
            names = [file["name"] for file in ask.get("/api/files/").json()]
            if "bank.syx" in names:  # the last of them
                break
            time.sleep(0.02)
        assert names == ["bank.syx", "asked.txt"]
    assert (folder / "bank.syx").exists() and (tmp_path / "asked.txt").exists()
