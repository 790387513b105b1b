"""Outputs are complete or not there at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.errors import InputError, OutputExistsError
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
