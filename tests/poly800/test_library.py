"""Banks come in from any kind of file and go out by suffix."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.errors import InputError
from luthier.poly800 import edit, interchange, library, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.memory import image_from_ram
from luthier.poly800.synth import Synth

MK2 = initial_bank(Synth.MK2)
EX800 = edit.assign(initial_bank(Synth.EX800), ["11.cutoff=1"])
POLY800 = Bank(Synth.POLY800, EX800.ram)

FILES = {
    "a.syx": (sysex.write_dump(MK2), MK2),
    "b.syx": (sysex.write_dump(EX800), EX800),
    "c.json": (interchange.write_json(POLY800).encode(), POLY800),
    "d.csv": (interchange.write_csv(POLY800).encode(), POLY800),
    "e.tape": (image_from_ram(POLY800.ram), POLY800),
    "f.ram": (POLY800.ram, POLY800),
    "g.ram": (MK2.ram, MK2),
    "no-suffix": (sysex.write_dump(MK2), MK2),
    "wrong.json": (sysex.write_dump(MK2), MK2),
}


@pytest.mark.parametrize("name", list(FILES))
def test_every_kind_of_file_loads_by_its_content(tmp_path: Path, name: str) -> None:
    data, expected = FILES[name]
    path = tmp_path / name
    path.write_bytes(data)
    assert library.load_bank(path) == expected


def test_several_banks_are_chosen_by_number(tmp_path: Path) -> None:
    path = tmp_path / "two.syx"
    path.write_bytes(sysex.write_dump(MK2) + sysex.write_dump(edit.assign(MK2, ["11.cutoff=2"])))
    assert len(library.load(path)) == 2
    assert library.load_bank(Path(f"{path}#2")).program(11)["cutoff"] == 2
    with pytest.raises(InputError, match="holds 2 banks; choose one"):
        library.load_bank(path)
    with pytest.raises(InputError, match="no bank #3"):
        library.load_bank(Path(f"{path}#3"))


def test_dumps_of_both_synths_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "mixed.syx"
    path.write_bytes(sysex.write_dump(MK2) + sysex.write_dump(EX800))
    assert {entry.bank for entry in library.load(path)} == {MK2, EX800}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.syx", b"", "holds nothing"),
        ("x.bin", b"", "an empty file"),
        ("x.bin", b"hello", "no known keyboard file"),
        ("x.syx", sysex.request(Synth.MK2), "holds no bank: .*dump request"),
        ("x.syx", bytes.fromhex("f0422106000102f7"), "HAWK-800"),
        ("x.json", b"{}", "not a bank as it should be"),
        ("x.csv", b"a,b\n1,2\n", "no parameter 'a'"),
        ("x.tape", bytes(1636), "starts with 00 00"),
    ],
)
def test_files_without_a_bank_are_clear_errors(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=message) as raised:
        library.load_bank(path)
    assert str(path) in str(raised.value)


def test_damage_needs_salvage(tmp_path: Path) -> None:
    path = tmp_path / "damaged.syx"
    path.write_bytes(sysex.write_dump(MK2)[:5000])
    with pytest.raises(InputError, match="--salvage"):
        library.load_bank(path)
    (entry,) = library.load(path, salvage=True)
    assert entry.bank.program(11) == MK2.program(11)
    assert any("5000" in problem for problem in entry.problems)


def test_the_suffix_chooses_the_format_that_fits() -> None:
    assert library.output_format(Path("a.syx"), None, MK2).name == "poly800-mk2-sysex"
    assert library.output_format(Path("a.SYX"), None, POLY800).name == "poly800-ex800-sysex"
    assert library.output_format(Path("a.ram"), None, MK2).name == "poly800-mk2-ram"
    assert library.output_format(Path("a.xyz"), "poly800-json", MK2).name == "poly800-json"
    for path, wanted in ((Path("a.xyz"), None), (Path("a.syx"), "dx7"), (Path("a.syx"), "poly800-messages")):
        with pytest.raises(InputError):
            library.output_format(path, wanted, MK2)


def test_one_bank_files_refuse_two_banks() -> None:
    for name in ("a.json", "a.csv", "a.tape"):
        kind = library.output_format(Path(name), None, POLY800)
        with pytest.raises(InputError, match="FILE#1"):
            kind.write([POLY800, POLY800])
    with pytest.raises(InputError, match="convert it to ex800 first"):
        library.output_format(Path("a.syx"), None, POLY800).write(MK2)
