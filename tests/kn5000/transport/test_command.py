"""``luthier kn5000 trace``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from luthier.cli import app
from luthier.errors import LuthierError
from luthier.kn5000.transport import capture, sender
from luthier.kn5000.transport.midi_messages import note
from luthier.kn5000.transport.trace import trace

DATA = sender.encode([note(0, 60, 100), note(0, 60, 0)])


def run(*arguments: object, given: bytes | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["kn5000", "trace", *map(str, arguments)], input=given)
    if isinstance(result.exception, LuthierError):
        assert code == 1
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "capture.bin"
    path.write_bytes(DATA)
    return path


def test_text(file: Path) -> None:
    lines = run(file).splitlines()
    assert " ".join(lines[1].split()) == "1 90 00 3C 64 note on: note 60 (C4), velocity 100, channel 0"
    assert len(lines) == 4


def test_standard_input(file: Path) -> None:
    assert run("-", given=DATA) == run(file)
    assert run("-", given=DATA.hex().encode()) == run(file)


def test_json(file: Path) -> None:
    records = json.loads(run(file, "--json"))
    assert records == [record.record for record in trace(DATA)]
    assert records[1] == {
        "name": "midi-message",
        "offset": 1,
        "length": 4,
        "direction": "main-to-sub",
        "level": 1,
        "bytes": "90003c64",
        "text": "note on: note 60 (C4), velocity 100, channel 0",
        "status": 0x90,
        "channel": 0,
    }


def test_boot(file: Path) -> None:
    assert "boot ROM" in run(file, "--boot")


def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tmp_path / "missing"
    assert str(missing) in run(missing, code=1)
    empty = tmp_path / "empty"
    empty.touch()
    assert run(empty, code=1).startswith(f"{empty}: there are no bytes in it; ")
    monkeypatch.setattr(capture, "SIZE_LIMIT", 100)
    empty.write_bytes(bytes(101))
    assert "more than 100 bytes" in run(empty, code=1)
