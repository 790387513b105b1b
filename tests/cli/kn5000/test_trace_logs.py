"""``luthier kn5000 trace show`` and ``diff``: logs chosen, printed, compared."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.writing import open_log


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "trace", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    """The second has another value at 2 s, and everything a tick later."""
    paths = tmp_path / "a.trace", tmp_path / "b.jsonl.gz"
    for number, path in enumerate(paths):
        with open_log(path, 1000) as log:
            log.note(Entry(500 + number, "sub", "interrupt", text="INT0"))
            log.note(Entry(1000 + number, "main", "write", 0x140000, 0xE1))
            log.note(Entry(2000 + number, "main", "write", 0x140002, 0xE2 + number))
    return paths


def test_show(
    logs: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "show", logs[0]) == 0
    assert [line.split()[:3] for line in capsys.readouterr().out.splitlines()] == [
        ["0.500000000", "sub", "interrupt"],
        ["1.000000000", "main", "write"],
        ["2.000000000", "main", "write"],
    ]
    assert run(monkeypatch, "show", logs[1], "--address", "0x140000:0x140002", "--json") == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["name"], record["value"]) == ("write", 0xE1)
    run(monkeypatch, "show", logs[0], "--from", "1.5", "--source", "main", "--kind", "write")
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_diff(
    logs: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "diff", *logs) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "main: entry 2 differs, 1 before it agree"
    assert lines[1].startswith("- ")
    assert lines[1].endswith("140002 E2")
    assert lines[2].endswith("140002 E3")
    assert lines[3] == "sub: 1 entry, all the same"
    assert run(monkeypatch, "diff", *logs, "--source", "sub") == 0
    assert run(monkeypatch, "diff", *logs, "--source", "sub", "--times") == 1
    capsys.readouterr()
    assert run(monkeypatch, "diff", *logs, "--json") == 1
    record = json.loads(capsys.readouterr().out)
    assert record["differences"][0]["second"]["value"] == 0xE3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show"], "give one of them"),
        (["diff", "a"], "give one of them"),
        (["a", "b"], "give one of them"),
        (["show", "a", "--times"], "for comparing only"),
        (["show", "a", "--boot"], "for captures"),
        (["a", "--kind", "write"], "for logs only"),
    ],
)
def test_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(monkeypatch, *arguments) == 2
    assert says in capsys.readouterr().err


def test_what_is_no_log(
    tmp_path: Path,
    logs: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "text.log"
    path.write_text("hello\n")
    assert run(monkeypatch, "show", path) == 1
    assert run(monkeypatch, "diff", logs[0], tmp_path / "missing.trace") == 1
    with open_log(tmp_path / "other.trace", 999) as log:
        log.note(Entry(1, "main", "x"))
    assert run(monkeypatch, "diff", logs[0], tmp_path / "other.trace") == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3
    assert "ticks a second" in errors[2]
    assert run(monkeypatch, "show", logs[0], "--address", "zzz") == 2
