"""Outputs are complete or not there at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from luthier.errors import InputError, LuthierError, OutputExistsError
from luthier.files import read_bytes, write_bytes, written_beside


def test_existing_output_is_kept_without_force(tmp_path: Path) -> None:
    target = tmp_path / "bank.syx"
    target.write_bytes(b"old")
    with pytest.raises(OutputExistsError, match="--force"):
        write_bytes(target, b"new")
    assert target.read_bytes() == b"old"
    write_bytes(target, b"new", force=True)
    assert target.read_bytes() == b"new"


def test_failed_write_leaves_old_file_and_no_scratch(tmp_path: Path) -> None:
    target = tmp_path / "bank.syx"
    target.write_bytes(b"old")
    with pytest.raises(RuntimeError), written_beside(target, force=True) as scratch:
        scratch.write_bytes(b"half")
        raise RuntimeError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_too_large_or_missing_input_is_a_clear_error(tmp_path: Path) -> None:
    source = tmp_path / "big"
    source.write_bytes(bytes(11))
    with pytest.raises(InputError, match="more than 10 bytes"):
        read_bytes(source, 10)
    with pytest.raises(InputError, match="cannot be read"):
        read_bytes(tmp_path / "absent", 10)


def test_only_ordinary_files_are_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(LuthierError, match="no ordinary file"):
        write_bytes(pipe, b"new", force=True)
    assert pipe.is_fifo()
    with pytest.raises(LuthierError, match="is a folder"):
        write_bytes(tmp_path, b"new", force=True)


def test_names_as_long_as_the_system_takes(tmp_path: Path) -> None:
    longest = tmp_path / ("a" * 251 + ".syx")
    write_bytes(longest, b"new")
    assert longest.read_bytes() == b"new"
    with pytest.raises(LuthierError, match="cannot be written"):
        write_bytes(tmp_path / ("a" * 300 + ".syx"), b"new")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "command", [["show", "built-in"], ["convert", "built-in", "--to", "ex800", "-o", "-"]]
)
def test_standard_output_that_is_full_is_one_clear_line(command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        program = "from luthier.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", program, "poly800", *command],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("luthier: standard output cannot be written")
    assert done.stderr.count(b"\n") == 1
