"""``luthier identify`` answers for every file it is given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from luthier import cli


def test_a_file_that_cannot_be_read_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    song = tmp_path / "notes.txt"
    song.write_text("no dump")
    names = [tmp_path, song, tmp_path / "absent.syx"]
    monkeypatch.setattr(sys, "argv", ["luthier", "identify", *map(str, names)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 1
    told = capsys.readouterr()
    assert told.out.startswith(f"{song}: ")
    assert told.out.count("\n") == 1
    errors = told.err.splitlines()
    assert [line.split(": ")[1] for line in errors] == [str(tmp_path), str(tmp_path / "absent.syx")]
