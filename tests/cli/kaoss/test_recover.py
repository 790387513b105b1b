"""``luthier kaoss recover``: the simulated way, and how a real chip is kept safe."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

import pytest

from luthier import cli


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", "recover", *map(str, words)])
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_simulated(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "built-in", "--simulate", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["simulated"]
    assert found["boot"]["sound"]
    assert found["pages"] == 13


def test_a_firmware_that_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "built-in:astray", "--simulate") == 1
    assert "does NOT reach its main loop" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "needs one of --simulate, --usb and --device"),
        (["--simulate", "--usb"], "needs one of"),
        (["--usb"], "nothing was touched"),
        (["--device", "/dev/null"], "nothing was touched"),
        (["--usb", "--touch-hardware"], "speaks through SCI2"),
    ],
)
def test_hardware_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run(monkeypatch, "built-in", *words) == 2
    assert message in capsys.readouterr().err


def test_a_device_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--device", tmp_path / "missing", "--touch-hardware", "--probe"]
    assert run(monkeypatch, "built-in", *words) == 1
    assert "cannot be opened" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal to play a device")
def test_a_probe_changes_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import tty

    ours, theirs = os.openpty()
    tty.setraw(theirs)
    heard = bytearray()

    def chip() -> None:
        for length in (1, 4):
            for _ in range(length):
                heard.extend(os.read(ours, 1))
            os.write(ours, b"\xaa")

    played = threading.Thread(target=chip, daemon=True)
    played.start()
    words = ["--device", os.ttyname(theirs), "--touch-hardware", "--probe"]
    assert run(monkeypatch, "built-in", *words) == 0
    played.join(5)
    assert bytes(heard) == b"\x55\x06\x40\x01\x01"
    assert "nothing was changed" in capsys.readouterr().out
    os.close(ours)
    os.close(theirs)
