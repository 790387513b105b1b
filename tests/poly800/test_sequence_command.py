"""The sequence command: shows, exports and imports, and refuses in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from luthier.cli import app
from luthier.errors import LuthierError
from luthier.poly800.initial import initial_bank
from luthier.poly800.library import load_bank, output_format, save
from luthier.poly800.synth import Synth

from .test_sequence import MANUAL_EXAMPLE


@pytest.fixture(params=list(Synth), ids=lambda synth: synth.value)
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    content = initial_bank(request.param)
    content = content.with_sequence(MANUAL_EXAMPLE + b"\x55" * (len(content.sequence) - len(MANUAL_EXAMPLE)))
    path = tmp_path / "bank.json"
    save([content], path, output_format(path, None, content))
    return path


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["poly800", "sequence", *map(str, arguments)])
    if isinstance(result.exception, LuthierError):
        assert code == 1
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def test_shows_steps(bank: Path) -> None:
    text = run(bank)
    assert "16 steps in 18 of" in text
    assert "E3+G3+C4" in text
    record = json.loads(run(bank, "--json"))
    assert [step["name"] for step in record["steps"][:5]] == ["E3", "tie", "F3", "tie", "rest"]
    assert record["steps"][9]["byte"] == 11


def test_to_a_song_and_back(bank: Path, tmp_path: Path) -> None:
    song, after = tmp_path / "song.mid", tmp_path / "after.json"
    assert "stale bytes" in run(bank, "-o", song, "--tempo", 100)
    assert "tempo" in run(bank, "--from", song, "-o", after)
    assert load_bank(after).ram == load_bank(bank).ram
    assert '"steps": 16' in run(bank, "-o", tmp_path / "again.mid", "--json")
    assert "already exists" in run(bank, "--from", song, "-o", after, code=1)


def test_a_song_is_identified(bank: Path, tmp_path: Path) -> None:
    song = tmp_path / "song.mid"
    run(bank, "-o", song)
    result = CliRunner().invoke(app, ["identify", str(song)])
    assert result.exit_code == 0
    assert result.output == (
        f"{song}: Standard MIDI File: 1 track; `luthier kn5000 render` plays it,"
        " `luthier poly800 sequence BANK --from` takes its notes\n"
    )
    with pytest.raises(LuthierError, match="holds no bank: Standard MIDI File"):
        load_bank(song)


def test_wrong_use_and_wrong_files(bank: Path, tmp_path: Path) -> None:
    run(bank, "-o", tmp_path / "bank.syx", code=2)
    run(bank, "--from", bank, code=2)
    run(bank, "--step", "fast", code=2)
    run(bank, "--note-base", "middle", code=2)
    assert "MThd" in run(bank, "--from", bank, "-o", tmp_path / "out.json", code=1)
    assert list(tmp_path.iterdir()) == [bank]
