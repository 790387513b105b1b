"""``luthier kn5000 waves`` lists, exports and writes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.kn5000.waves.test_bank import dump

from luthier import cli

pytestmark = pytest.mark.xdist_group("whole wave bank")


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kn5000", "waves", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_an_image_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dump(tmp_path / "ic307.bin")
    assert run(monkeypatch, path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split()[:3] == ["12288", "001A30", "8000"]
    assert "~A4+4" in lines[1]
    assert lines[-1].startswith("~ root")
    assert run(monkeypatch, path, "--json") == 0
    (first, *_) = json.loads(capsys.readouterr().out)
    assert first["name"] == "entry 0"
    assert first["offset"] == 0x1A30
    assert first["estimated"] is True


def test_a_recording_is_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dump(tmp_path / "ic307.bin")
    output = tmp_path / "wave.wav"
    assert run(monkeypatch, path, "--entry", "entry 0", "-o", output) == 0
    samples, rate = soundfile.read(output, dtype="int16")
    assert rate == 44_100
    assert np.array_equal(samples, np.frombuffer(path.read_bytes(), "<i2")[0x1A30 // 2 :][:8_000])
    assert run(monkeypatch, path, "--entry", "0x3000", "-o", output) == 1
    assert "already exists" in capsys.readouterr().err
    assert run(monkeypatch, path, "--entry", "0x3000", "-o", output, "--force") == 0
    assert run(monkeypatch, path, "--entry", "5", "-o", tmp_path / "b.wav") == 1
    assert run(monkeypatch, path, "--entry", "5") == 2


def test_the_bank_is_written_as_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--write", tmp_path / "bank.bin") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"bank-{number}.{kind}" for number in range(4) for kind in ("bin", "json")
    ]
    assert run(monkeypatch, "--write", tmp_path / "bank.bin") == 1
    assert "already exists" in capsys.readouterr().err
    assert run(monkeypatch, tmp_path / "bank-0.bin", "--json") == 0
    assert json.loads(capsys.readouterr().out)[1]["name"] == "piano@24"
    assert run(monkeypatch, tmp_path / "bank-0.bin", "--write", tmp_path / "x.bin") == 2
