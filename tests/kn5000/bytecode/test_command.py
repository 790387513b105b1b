"""``luthier kn5000 bytecode``, and ``trace`` of what it writes to ports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from luthier.cli import app
from luthier.errors import LuthierError

STREAM = bytes.fromhex("E00804FBDA3FA01A E00509003C F0")


def run(*arguments: object, given: bytes | str | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["kn5000", *map(str, arguments)], input=given)
    if isinstance(result.exception, LuthierError):
        assert code == 1
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stream.bin"
    path.write_bytes(STREAM)
    return path


def test_there_and_back(file: Path, tmp_path: Path) -> None:
    text = run("bytecode", "disasm", file)
    source = tmp_path / "stream.txt"
    source.write_text(text)
    again = tmp_path / "again.bin"
    run("bytecode", "asm", source, "-o", again)
    assert again.read_bytes() == STREAM
    assert "already exists" in run("bytecode", "asm", source, "-o", again, code=1)
    run("bytecode", "asm", source, "-o", again, "--force")


def test_disasm_as_json(file: Path) -> None:
    records = json.loads(run("bytecode", "disasm", file, "--json"))
    assert [record["name"] for record in records] == ["send", "send", "end"]
    assert "".join(record["bytes"] for record in records) == STREAM.hex()
    assert [record["address"] for record in records] == [0, 8, 13]


def test_a_stream_in_an_image(tmp_path: Path) -> None:
    image = tmp_path / "image.bin"
    image.write_bytes(bytes(256) + STREAM + bytes(256))
    where = ("--base", "0xEF00", "--start", "0xF000")
    assert run("bytecode", "disasm", image, *where).splitlines()[-1] == "F00D: end"
    assert len(run("bytecode", "run", image, *where).splitlines()) == 2
    for command in ("disasm", "run"):
        wrong = run("bytecode", command, image, "--base", "0xEF00", "--start", "0x100", code=1)
        assert "lies outside the image" in wrong


def test_run(file: Path) -> None:
    lines = [" ".join(line.split()) for line in run("bytecode", "run", file).splitlines()]
    assert lines == ["0 DSP1 04 FB DA 3F A0 1A configuration, muted", "6 DSP1 09 00 3C configuration"]
    records = json.loads(run("bytecode", "run", file, "--json"))
    assert [(record["command"], record["data"]) for record in records] == [(4, "fbda3fa01a"), (9, "003c")]


def test_what_is_added(tmp_path: Path) -> None:
    file = tmp_path / "cells.bin"
    file.write_bytes(bytes.fromhex("000F 01 0160 0000150000 0C00000015 F0"))
    assert "00 00 15 00 00 0C 00 00 00 .." in run("bytecode", "run", file)
    data = [record["data"] for record in json.loads(run("bytecode", "run", file, "--json"))]
    assert data == ["016000001500000c00000015"]
    options = ("--descriptor", "0000 8000 0000 0000 00000000", "--parameter", "-1", "--json")
    data = [record["data"] for record in json.loads(run("bytecode", "run", file, *options))]
    assert data == ["016000001d00000c7fffff95"]
    published = ("--parameter", "0x6", "--published", "--json")
    data = [record["data"] for record in json.loads(run("bytecode", "run", file, *published))]
    assert data == ["016000001500000c03000315"]


@pytest.mark.parametrize("chip", [1, 2])
def test_ports_come_back_through_trace(file: Path, chip: int) -> None:
    direct = json.loads(run("bytecode", "run", file, "--chip", chip, "--json"))
    ports = run("bytecode", "run", file, "--chip", chip, "--ports")
    traced = json.loads(run("trace", "-", "--json", given=ports))
    for record in (*direct, *traced):
        del record["offset"]
    assert traced == direct
    writes = json.loads(run("bytecode", "run", file, "--chip", chip, "--ports", "--json"))
    assert [f"{write['name']}={write['value']:02X}" for write in writes] == ports.split()


def test_trace_takes_ports_only_without_boot() -> None:
    assert "--boot is for captures of the latch" in run("trace", "-", "--boot", given="1C=FF", code=1)
    assert run("trace", "-", given="1C=FF 1D=00", code=1).startswith("-, line 1: 0x1D is no port")


def test_a_stream_without_an_end(tmp_path: Path) -> None:
    file = tmp_path / "cut.bin"
    file.write_bytes(STREAM[:-3])
    problem = run("bytecode", "run", file, code=1)
    assert problem == (
        f"{file}, 0x8: the stream ends inside an instruction; end it with F0, and check the lengths before"
    )
    assert "cut: the stream ends inside" in run("bytecode", "disasm", file)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--chip", "3"), "--chip 3 does not exist"),
        (("--descriptor", "00"), "is no descriptor"),
        (("--descriptor", "zz"), "is no descriptor"),
        (("--parameter", "much"), "is no number of 32 bits"),
        (("--parameter", "0x100000000"), "is no number of 32 bits"),
        (("--base", "here"), "is no address"),
    ],
)
def test_wrong_options(file: Path, options: tuple[str, ...], problem: str) -> None:
    assert problem in run("bytecode", "run", file, *options, code=1)


def test_wrong_text(tmp_path: Path) -> None:
    file = tmp_path / "wrong.txt"
    file.write_bytes(b"\xff\xfe\nend\nwrong")
    told = run("bytecode", "asm", file, "-o", tmp_path / "out", code=1).splitlines()
    assert [line.partition(" is no ")[0] for line in told] == [
        f"luthier: {file}, line 1: '\ufffd\ufffd'",
        f"luthier: {file}, line 3: 'wrong'",
    ]
    assert not (tmp_path / "out").exists()
