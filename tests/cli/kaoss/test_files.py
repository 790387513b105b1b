"""``luthier kaoss info|verify|unpack|pack|vectors|inventory``: what they print, write and refuse."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from luthier import cli
from luthier.kaoss.built_in import built_in, symbols
from luthier.kaoss.system_file import read


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_info(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "info", "built-in") == 0
    out = capsys.readouterr().out
    assert "0x34  source length       0x40000, 262,144 bytes" in out
    assert "version block       1.00" in out
    assert run(monkeypatch, "info", "built-in", "built-in", "--json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == second
    assert (first["name"], first["version"], first["reset"]) == ("built-in", "1.00", 0x210)
    assert (first["source_length"], first["payload"], first["block_version"]) == (0x40000, 0x40000, "1.00")


def test_verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "verify", "built-in") == 0
    assert capsys.readouterr().out == "built-in: nothing wrong, nothing odd\n"
    short = tmp_path / "short.vsb"
    short.write_bytes(built_in().write()[:-1])
    assert run(monkeypatch, "verify", short, "built-in") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        f"{short}: error: byte 0x400FF: cut off: 262,143 of 262,144 bytes of payload; "
    )
    assert lines[1:] == [f"{short}: 1 error", "built-in: nothing wrong, nothing odd"]
    assert run(monkeypatch, "verify", short, "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["name"], finding["severity"], finding["offset"]) == (str(short), "error", 0x400FF)
    assert run(monkeypatch, "verify", "built-in", "--device", "KaossPad3") == 1
    assert "not 'KaossPad3'" in capsys.readouterr().out
    assert run(monkeypatch, "verify", "built-in", "--device", "KaossPad4") == 2


def test_a_warning_alone_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.vsb"
    odd.write_bytes(built_in().write()[:0x80] + b"x" + built_in().write()[0x81:])
    assert run(monkeypatch, "verify", odd) == 0
    assert capsys.readouterr().out.endswith(": 1 warning\n")


def test_in_parts_and_together_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts, made = tmp_path / "parts", tmp_path / "made.vsb"
    assert run(monkeypatch, "unpack", "built-in", "-o", parts) == 0
    assert (parts / "payload.bin").read_bytes() == built_in().payload
    assert run(monkeypatch, "pack", parts, "-o", made) == 0
    assert made.read_bytes() == built_in().write()
    assert run(monkeypatch, "unpack", "built-in", "-o", parts) == 1
    assert run(monkeypatch, "pack", parts, "-o", made) == 1
    assert capsys.readouterr().err.count("already exists; give --force") == 2
    assert run(monkeypatch, "unpack", "built-in", "-o", parts, "--force") == 0
    assert run(monkeypatch, "pack", parts, "-o", made, "--force", "--bump-version") == 0
    assert str(read(made.read_bytes()).header.version) == "1.01"
    assert read(made.read_bytes()).payload[0x200:0x206] == b"KORG\x01\x01"


def test_a_new_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    payload, made = tmp_path / "payload.bin", tmp_path / "made.vsb"
    payload.write_bytes(built_in().payload.rstrip(b"\xff"))
    new = ("pack", payload, "-o", made, "--device", "KaossilatorPro")
    assert run(monkeypatch, *new, "--set-version", "1.03") == 1
    assert "fill it up with --fill" in capsys.readouterr().err
    assert not made.exists()
    assert run(monkeypatch, *new, "--set-version", "1.03", "--fill") == 0
    file = read(made.read_bytes())
    assert (file.header.device, str(file.header.version)) == ("KaossilatorPro", "1.03")
    assert file.payload[0x200:0x206] == b"KORG\x01\x03"
    assert (
        run(monkeypatch, "pack", payload, "-o", tmp_path / "c.vsb", "--like", made, "--fill", "--force") == 0
    )
    assert run(monkeypatch, *new) == 1
    for wrong in (
        ("pack", payload, "-o", tmp_path / "b.vsb"),
        ("pack", payload, "-o", tmp_path / "b.vsb", "--device", "KaossPad3"),
        ("pack", payload, "-o", tmp_path / "b.vsb", "--device", "KaossPad3", "--like", made),
        ("pack", payload, "-o", tmp_path / "b.vsb", "--like", made, "--set-version", "x"),
        ("pack", payload, "-o", tmp_path / "b.vsb", "--like", made, "--set-version", "1.0", "--bump-version"),
    ):
        assert run(monkeypatch, *wrong) == 2
    assert not (tmp_path / "b.vsb").exists()


def test_what_would_be_wrong_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    payload, made = tmp_path / "payload.bin", tmp_path / "made.vsb"
    payload.write_bytes(b"\xff" * 0x40000)
    words = ("pack", payload, "-o", made, "--like", "built-in")
    assert run(monkeypatch, *words) == 1
    assert "byte 0x00100: the result would be wrong: nothing but FF" in capsys.readouterr().err
    assert not made.exists()
    assert run(monkeypatch, *words, "--despite-errors") == 0
    assert made.stat().st_size == 262_400


def test_header_texts_with_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = tmp_path / "parts"
    assert run(monkeypatch, "unpack", "built-in", "-o", parts) == 0
    text = parts / "header.toml"
    text.write_text(text.read_text().replace("0x40000", "0x40001"))
    assert run(monkeypatch, "pack", parts, "-o", tmp_path / "a.vsb") == 1
    assert "the header says 262,145" in capsys.readouterr().err
    text.write_bytes(b"\xff\xfe")
    assert run(monkeypatch, "pack", parts, "-o", tmp_path / "a.vsb") == 1
    assert "no UTF-8" in capsys.readouterr().err
    text.write_text("device = 5\n")
    assert run(monkeypatch, "pack", parts, "-o", tmp_path / "a.vsb") == 1
    assert f"{text}: no field" in capsys.readouterr().err


def test_streams(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(built_in().write())))
    assert run(monkeypatch, "unpack", "-", "-o", "-") == 0
    assert capsysbinary.readouterr().out == built_in().payload
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(built_in().payload)))
    assert run(monkeypatch, "pack", "-", "-o", "-", "--like", "built-in") == 0
    assert capsysbinary.readouterr().out == built_in().write()


@pytest.mark.parametrize("command", ["info", "verify", "vectors", "unpack"])
def test_files_that_are_none(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.vsb"
    for content in (b"", b"KORG", b"KORG SYSTEM FILE", b"x" * 400):
        path.write_bytes(content)
        more = ("-o", tmp_path / "parts") if command == "unpack" else ()
        assert run(monkeypatch, command, path, *more) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith(f"luthier: {path}, byte 0x")
        assert told.err.count("\n") == 1
        assert not (tmp_path / "parts").exists()


def test_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "vectors", "built-in") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 128
    assert lines[0] == "  0  0x000  0x000210  RESET             CPU: power-on reset"
    assert run(monkeypatch, "vectors", "built-in", "--handlers") == 0
    assert capsys.readouterr().out.startswith("0x000210  RESET\n")
    assert run(monkeypatch, "vectors", "built-in", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["number"] for row in rows] == list(range(128))
    assert (rows[7]["name"], rows[7]["address"], rows[7]["target"]) == (
        "NMI",
        0x1C,
        symbols()["unexpected"].address,
    )
    odd = tmp_path / "odd.vsb"
    data = bytearray(built_in().write())
    data[0x100 + 4 * 20 : 0x104 + 4 * 20] = b"\0\0\2\x11"
    odd.write_bytes(data)
    assert run(monkeypatch, "vectors", odd, "--handlers") == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("error: IRQ4 at 0x050: it leads to the odd address 0x000211")


def test_inventory(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "inventory") == 0
    assert "HD64F2215CTE24V" in capsys.readouterr().out
    assert run(monkeypatch, "inventory", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == ["cpu", "dsp", "dac", "adc", "sdram", "eeprom", "jtag"]
    assert rows[0]["chips"][0]["chip"] == "HD64F2215UTE16V"
