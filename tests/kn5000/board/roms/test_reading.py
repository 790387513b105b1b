"""Folders of dumps: what is recognised, put right, left aside, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kn5000.board.roms import synthetic

from luthier.errors import InputError
from luthier.kn5000.board.roms import recognition
from luthier.kn5000.board.roms.dumps import Dump
from luthier.kn5000.board.roms.known import Known, by_checksum, by_name, known
from luthier.kn5000.board.roms.reading import Recognition, read_roms
from luthier.kn5000.board.roms.view import lines, record


def read(folder: Path, **files: bytes) -> Recognition:
    for name, data in files.items():
        (folder / f"{name}.bin").write_bytes(data)
    return read_roms(folder)


def told(found: Recognition, name: str) -> str:
    return next(line for line in lines(found) if line.startswith(str(found.folder / name)))


def test_a_whole_set(tmp_path: Path) -> None:
    synthetic.whole_set(tmp_path / "dumps")
    found = read_roms(tmp_path / "dumps")
    roms = found.roms
    assert roms.program == synthetic.program()
    assert roms.table == synthetic.table()
    assert roms.rhythm == synthetic.rhythm()
    assert roms.sub_boot == synthetic.sub_boot()
    assert roms.payload == synthetic.payload()
    assert roms.waves == {"IC307": synthetic.wave()}
    assert roms.custom is not None
    assert roms.custom[:0xE0000] == synthetic.custom()[:0xE0000]
    assert roms.custom[0xE0000:].startswith(synthetic.packed())
    assert [one.part for one in found.missing] == ["IC304", "IC305", "IC306"]
    assert roms.sources["table"].count("kn5000_table_data_rom") == 2


def test_content_tells_without_names(tmp_path: Path) -> None:
    even, odd = synthetic.chips(synthetic.table())
    found = read(
        tmp_path, a=odd, b=even, c=synthetic.custom(True), d=synthetic.sub_boot(), e=synthetic.wave(),
        f=synthetic.program(), g=synthetic.rhythm(), h=b"shopping list",
    )  # fmt: skip
    assert found.roms.table == synthetic.table()
    assert found.roms.payload == synthetic.payload()
    assert found.roms.custom == synthetic.custom(True)
    assert set(found.roms.missing) == {"IC304", "IC305", "IC306"}
    assert "not used: 13 bytes with no mark" in told(found, "h.bin")
    assert "taken for IC307" in told(found, "e.bin")


@pytest.mark.parametrize("part", ["program", "table", "custom", "rhythm", "wave", "sub_boot"])
def test_swapped_bytes_are_put_right(tmp_path: Path, part: str) -> None:
    image = getattr(synthetic, part)()
    found = read(tmp_path, dump=synthetic.swapped(image))
    images = [found.roms.waves.get("IC307") if part == "wave" else getattr(found.roms, part)]
    assert images == [image]
    assert "swapped in pairs" in told(found, "dump.bin")


def test_swapped_chips_make_the_same_table(tmp_path: Path) -> None:
    even, odd = (synthetic.swapped(chip) for chip in synthetic.chips(synthetic.table()))
    assert read(tmp_path, one=odd, two=even).roms.table == synthetic.table()


def test_a_table_joined_by_bytes_is_joined_by_words(tmp_path: Path) -> None:
    even, odd = synthetic.chips(synthetic.table())
    wrong = bytes(byte for pair in zip(even, odd, strict=True) for byte in pair)
    found = read(tmp_path, table=wrong)
    assert found.roms.table == synthetic.table()
    assert "joined by words" in told(found, "table.bin")


def test_a_chip_read_twice_over(tmp_path: Path) -> None:
    found = read(tmp_path, boot=synthetic.sub_boot() * 2)
    assert found.roms.sub_boot == synthetic.sub_boot()
    assert "twice over" in told(found, "boot.bin")


def test_half_a_table_is_not_used(tmp_path: Path) -> None:
    even, _ = synthetic.chips(synthetic.table())
    found = read(tmp_path, even=even)
    assert found.roms.table is None
    assert "half of the table data: IC1, the odd words, is missing" in told(found, "even.bin")
    assert any(line.startswith("missing: table data") for line in lines(found))


def test_a_program_of_two_chips(tmp_path: Path) -> None:
    even, odd = synthetic.chips(synthetic.program())
    found = read(tmp_path, ic4=odd, ic6=even)
    assert found.roms.program == synthetic.program()


def test_the_program_with_the_better_evidence_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the sub CPU's program that belongs to it: 1.41 to version 7 (MAME's list)."""
    older, newer = synthetic.program(7), synthetic.program(8)
    rows = {older: Known("program", (), len(older), version="7")}
    checksums = {Dump("", "", data).crc: row for data, row in rows.items()}
    monkeypatch.setattr(recognition, "by_checksum", lambda size, crc: checksums.get(crc))
    (tmp_path / "kn5000_subprogram_v142.rom").write_bytes(synthetic.payload(20))
    (tmp_path / "kn5000_subprogram_v141.rom").write_bytes(synthetic.payload(21))
    monkeypatch.setattr(recognition, "_is_payload", lambda data: False)
    marks = tuple(mark for mark in recognition._MARKS if mark[1] != "payload")
    monkeypatch.setattr(recognition, "_MARKS", marks)
    found = read(tmp_path, newer=newer, older=older)
    assert found.roms.program == older
    assert found.version == "7"
    assert found.roms.payload == synthetic.payload(21)
    assert "older.bin (version 7) is used" in told(found, "newer.bin")


def test_the_same_twice(tmp_path: Path) -> None:
    found = read(tmp_path, one=synthetic.sub_boot(), two=synthetic.sub_boot())
    assert f"the same as {tmp_path / 'one.bin'}" in told(found, "two.bin")


def test_a_plain_payload_is_packed_into_the_custom_flash(tmp_path: Path) -> None:
    found = read(tmp_path, payload=synthetic.payload())
    assert found.roms.payload == synthetic.payload()
    assert found.roms.custom is not None
    assert found.roms.custom[0xE0000:].startswith(b"SLIDE4K\0\x03\x00\x00")
    assert found.roms.custom[:0xE0000] == b"\xff" * 0xE0000


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.bin", b"", "empty"),
        ("x.bin", b"\xff" * 0x100000, "blank, all FF"),
        ("kn5000_v10_program.rom", bytes(0x200000), "blank, all 00"),
        ("kn5000_v10_program.rom", bytes(synthetic.noise(0x100000, 9)), "half of one"),
        ("kn5000_rhythm_data_rom.ic14", bytes(synthetic.noise(999, 9)), "999 bytes of 4,194,304"),
        ("x.bin", b"SLIDE4K\0\x03\x00\x00" + bytes(100), "does not unpack"),
        ("x.bin", bytes(synthetic.packed()[:200]), "does not unpack"),
        ("x.bin", b"Technics SX-KN7000 " * 9, "the KN7000 is named"),
        ("kn5000_v10_program.rom", b"KN3000".ljust(0x200000, b"\1"), "the KN3000 is named"),
        ("hd-ae5000_v2_06i.ic4", bytes(synthetic.noise(0x80000, 9)), "HD-AE5000 is not there"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, data: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(data)
    found = read_roms(tmp_path)
    assert not any(one.used for one in found.judged)
    assert says in told(found, name)
    assert not found.roms.sources


def test_what_is_missing_is_said_with_its_meaning(tmp_path: Path) -> None:
    found = read_roms(tmp_path)
    said = [line for line in lines(found) if line.startswith("missing:")]
    assert len(said) == 10
    assert any("cannot be started" in line for line in said)
    assert {one["name"] for one in record(found)["missing"]} == {one.part for one in found.missing}


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        read_roms(tmp_path / "nowhere")


def test_the_list_of_known_dumps() -> None:
    """Rows of MAME's list: the waves of IC307 and the newest program; names in any case."""
    found = by_checksum(4_194_304, 0x20FF4629)
    assert found is not None
    assert found.part == "IC307"
    newest = by_name("KN5000_V10_PROGRAM.ROM")
    assert newest is not None
    assert (newest.crc, newest.payload) == (0x00303406, "1.42")
    assert len({one.names for one in known()}) == len(known())
    sizes = {one.version: one.size for one in known() if one.part == "packed_payload"}
    assert sizes == {"1.40": 93_124, "1.41": 93_181, "1.42": 93_203}
