"""Zip archives: dumps within them, and archives that mean harm."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kn5000.board.roms import synthetic

from luthier.kn5000.board.roms import dumps
from luthier.kn5000.board.roms.dumps import read_dumps
from luthier.kn5000.board.roms.reading import read_roms


def archive(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def test_dumps_within_archives(tmp_path: Path) -> None:
    archive(tmp_path / "kn5000.zip", boot=synthetic.sub_boot(), pay=synthetic.packed())
    for place in (tmp_path, tmp_path / "kn5000.zip"):
        found = read_roms(place)
        assert found.roms.sub_boot == synthetic.sub_boot()
        assert found.roms.payload == synthetic.payload()


def test_names_lead_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = ["../../etc/evil.bin", "/absolute.bin", "..\\..\\windows.bin", "new\nline\x1b[31m.bin", "a" * 300]
    with zipfile.ZipFile(folder / "a.zip", "w") as made:
        for name in names:
            made.writestr(name, b"x" * 10)
    before = set(tmp_path.rglob("*"))
    found, refused = read_dumps(folder)
    assert len(found) == 5
    assert not refused
    assert set(tmp_path.rglob("*")) == before
    assert all(dump.where.isprintable() and len(dump.where) < 400 for dump in found)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    archive(tmp_path / "bomb.zip", zeros=bytes(dumps.LARGEST + 1))
    found, refused = read_dumps(tmp_path)
    assert not found
    assert "more than any dump" in refused[0].why


def test_an_entry_that_lies_about_its_size(tmp_path: Path) -> None:
    whole = archive(tmp_path / "a.zip", zeros=bytes(dumps.LARGEST + 1)).read_bytes()
    size = (dumps.LARGEST + 1).to_bytes(4, "little")
    assert whole.count(size) == 2
    (tmp_path / "a.zip").write_bytes(whole.replace(size, (100).to_bytes(4, "little")))
    found, refused = read_dumps(tmp_path)
    assert all(len(dump.data) <= 100 for dump in found)
    assert len(found) + len(refused) == 1


def test_too_much_in_all_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_MOST_BYTES", 2500)
    archive(tmp_path / "a.zip", one=bytes(1000), two=bytes(1000), three=bytes(1000))
    found, refused = read_dumps(tmp_path)
    assert [len(dump.data) for dump in found] == [1000, 1000]
    assert "in all" in refused[0].why


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "_MOST_FILES", 3)
    for number in range(5):
        (tmp_path / str(number)).write_bytes(b"x")
    found, refused = read_dumps(tmp_path)
    assert len(found) == 3
    assert "only the first 3" in refused[0].why


def test_links_that_go_in_circles(tmp_path: Path) -> None:
    (tmp_path / "boot.bin").write_bytes(synthetic.sub_boot())
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    found, _ = read_dumps(tmp_path)
    assert [dump.name for dump in found] == ["boot.bin"]


def test_locked_and_damaged_entries(tmp_path: Path) -> None:
    whole = bytearray(archive(tmp_path / "a.zip", boot=synthetic.sub_boot()).read_bytes())
    locked = whole.copy()
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    damaged = whole.copy()
    damaged[5000] ^= 0xFF
    for data in (locked, damaged):
        (tmp_path / "a.zip").write_bytes(data)
        found, refused = read_dumps(tmp_path)
        assert not found
        assert "cannot be unpacked" in refused[0].why


@given(cut=st.integers(0, 400), at=st.integers(0, 399), value=st.integers(0, 255))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_told_not_raised(tmp_path: Path, cut: int, at: int, value: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("one.bin", bytes(range(100)))
        made.writestr("two.bin", b"to be or not to be" * 9)
    data = bytearray(stream.getvalue())
    data[at % len(data)] = value
    (tmp_path / "a.zip").write_bytes(data[: len(data) - cut] if cut < len(data) else data)
    found, refused = read_dumps(tmp_path)
    assert found or refused
