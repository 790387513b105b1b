"""The commands of the library as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from luthier.poly800.built_in import built_in_bank
from luthier.poly800.text_formats import JSON


def luthier(folder: Path, *arguments: str) -> tuple[int, str, str]:
    program = str(Path(sys.executable).with_name("luthier"))
    command = [program, "library", *arguments, "--library", "mine.luthier"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout, run.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_bytes(JSON.write(built_in_bank()))
    (tmp_path / "bad.syx").write_bytes(b"\xf0\x42\x30")
    return tmp_path


def test_a_day_with_the_library(folder: Path) -> None:
    status, printed, said = luthier(folder, "add", "a.json", "bad.syx", "missing.syx")
    assert status == 0
    assert "65 items added; 3 files" in printed
    assert "bad.syx: " in said and "missing.syx: cannot be read" in said
    status, printed, _ = luthier(folder, "search", "kind:patch", "cutoff < 30", "--json", "-n", "999")
    found = json.loads(printed)
    below = [program for program in built_in_bank().programs if program["cutoff"] < 30]
    assert (status, len(found)) == (0, len(below))
    assert all(item["name"] for item in found)
    number = str(found[0]["id"])
    assert luthier(folder, "tag", number, "--tag", "x")[0] == 0
    assert "#x" in luthier(folder, "search", "tag:x")[1]
    assert "cutoff" in luthier(folder, "show", number)[1]
    assert luthier(folder, "export", number, "-o", "one.json")[0] == 0
    status, _, said = luthier(folder, "export", number, "-o", "one.json")
    assert (status, "already exists" in said) == (1, True)
    assert luthier(folder, "undo")[1] == "undone: tag x: 1 items\n"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("search", "cutof < 3"), 1, "did you mean cutoff"),
        (("show", "99999"), 1, "there is no item 99999"),
        (("show", "three"), 2, "no number of an item"),
        (("show", "9-3"), 2, "no row of items"),
        (("edit", "1"), 2, "nothing to change"),
        (("undo", "77"), 1, "there is no step 77"),
        (("redo",), 1, "done again"),
        (("nearest", "1"), 1, "choose a patch"),
        (("export", "1", "2", "-o", "x.syx"), 1, "do not go into one file"),
    ],
)
def test_mistakes_are_one_line(folder: Path, arguments: tuple[str, ...], status: int, said: str) -> None:
    luthier(folder, "add", "a.json")
    got, _, text = luthier(folder, *arguments)
    assert got == status
    assert said in text and text.count("\n") == 1


def test_without_a_library_nothing_is_made(folder: Path) -> None:
    status, _, said = luthier(folder, "search")
    assert status == 1 and "no library is there" in said
    assert not (folder / "mine.luthier").exists()
