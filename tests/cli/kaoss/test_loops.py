"""``luthier kaoss loops``: shows, writes and plays sequences."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import mido
import pytest

from luthier import cli
from luthier.midi import ports
from luthier.midi.ports import MemoryPort, memory_pair


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["luthier", "kaoss", "loops", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def test_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, "A*3 B C*3 D", "--bars", "A=4", "--count-in", "1") == 0
    assert capsys.readouterr().out == (
        "A  bar 1 to 12\nB  bar 13\nC  bar 14 to 16\nD  bar 17\n17 bars at 120, 0:36 with a count-in of 1\n"
    )
    assert run(monkeypatch, "A>B / C>D", "--json", "--notes", "B=50") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["bar"], row["bars"], row["note"]) for row in rows] == [
        ("A", 1, 1, 36),
        ("C", 1, 1, 38),
        ("B", 2, 1, 50),
        ("D", 2, 1, 39),
    ]


def test_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    song, text = tmp_path / "song.mid", tmp_path / "loops.txt"
    text.write_text("tempo 90\nplay A B\npad 1.1 1,2\n")
    assert run(monkeypatch, "--from", text, "-o", song, "--channel", "5", "--controllers", "x=20") == 0
    track = mido.MidiFile(song).tracks[0]
    assert {message.channel for message in track if not message.is_meta} == {4}
    assert {message.control for message in track if message.type == "control_change"} == {20, 13, 92}
    assert run(monkeypatch, "A", "-o", song) == 1
    capsysbinary.readouterr()
    assert run(monkeypatch, "A", "-o", "-", "--hold", "--beats", "3", "--repeat", "2", "--tempo", "60") == 0
    file = mido.MidiFile(file=io.BytesIO(capsysbinary.readouterr().out))
    assert file.length == 6
    assert run(monkeypatch, "A", "-o", song, "--clock", "--force") == 0
    assert b"\xf7\x01\xf8" in song.read_bytes()


def test_played(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    mine, unit = memory_pair()

    @contextlib.contextmanager
    def opened(name: str) -> Iterator[MemoryPort]:
        assert name == "kaoss"
        yield mine

    monkeypatch.setattr(ports, "opened", opened)
    # One beat at the quickest tempo: a fifth of a second.
    assert run(monkeypatch, "A", "--port", "kaoss", "--tempo", "300", "--beats", "1") == 0
    heard = b"".join(iter(lambda: unit.receive(0), b""))
    assert heard.count(0xF8) == 24
    assert heard.startswith(b"\xfa\xf8\x90\x24\x64")
    told = capsys.readouterr()
    assert "all banks must be stopped" in told.err
    assert "29 messages" not in told.out
    assert run(monkeypatch, "A", "--port", "kaoss", "--tempo", "300", "--beats", "1", "--no-clock") == 0
    assert b"".join(iter(lambda: unit.receive(0), b"")) == bytes.fromhex("902464 802440") * 2


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "what is to be played?"),
        (("A", "--from", "x"), 2, "what is to be played?"),
        (("A", "-o", "a", "--port", "b"), 2, "exclude each other"),
        (("A", "-o", "-", "--json"), 2, "either the file or JSON"),
        (("A", "--tempo", "5"), 2, "--tempo: '5' is no tempo"),
        (("A", "--bars", "0"), 2, "--bars: '0'"),
        (("A", "--repeat", "x"), 2, "--repeat: 'x'"),
        (("A E",), 1, "sequence, line 1, column 3: 'E' means nothing"),
        (("A / A",), 1, "sequence, line 1, column 5: bank A plays already"),
        (("--from", "absent.txt"), 1, "absent.txt: cannot be read"),
    ],
)
def test_errors(
    words: tuple[str, ...],
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, *words) == code
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""
