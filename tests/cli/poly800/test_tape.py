"""``read`` and ``write``: results, exit codes, one line for what is wrong, and nothing lost."""

from __future__ import annotations

import io
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from luthier import cli
from luthier.poly800 import edit, library, tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.synth import Synth
from luthier.poly800.tape import damage, modulation, writing
from luthier.poly800.tape.damage import Damage, Take

Run = Callable[..., tuple[int, str, str]]

RATE = 22_050
BANK = built_in_bank()
IMAGE = writing.image_for(BANK)[0]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["luthier", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return code, out.decode("latin-1"), err.decode()

    return call


def samples(image: bytes, *damages: Damage) -> damage.FloatArray:
    take = Take.of(tape.write(image, RATE, leader=1.0, trailer=0.5), RATE, (1.01, 10.6))
    return damage.damaged(take, damages, 1).samples


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.wav"
    soundfile.write(path, samples(IMAGE), RATE)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.wav"
    soundfile.write(path, samples(IMAGE, damage.hole(0.5, 100)), RATE)
    return path


# --- read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "synth"),
    [
        ("out.syx", (), Synth.EX800),
        ("out.json", (), Synth.POLY800),
        ("out.bin", (), Synth.POLY800),
        ("out.wav", (), Synth.POLY800),
        ("out.syx", ("--to", "mk2"), Synth.MK2),
        ("out.json", ("--to", "ex800"), Synth.EX800),
        ("out.anything", ("--to", "json"), Synth.POLY800),
    ],
)
def test_read_writes_what_the_suffix_says(
    run: Run, good: Path, tmp_path: Path, name: str, options: tuple[str, ...], synth: Synth
) -> None:
    code, out, err = run("poly800", "read", good, "-o", tmp_path / name, *options)
    assert code == 0
    assert out.startswith("complete; MIDI channel 1, ")
    bank = library.load_bank(tmp_path / name)
    assert bank.synth is synth
    if synth is Synth.MK2:
        assert "not carried: programs: the chorus is on" in err
    else:
        assert bank.ram == BANK.ram
        assert err == ""


def test_read_writes_the_very_bytes_of_the_tape(run: Run, good: Path, tmp_path: Path) -> None:
    assert run("poly800", "read", good, "-o", tmp_path / "out.bin")[0] == 0
    assert (tmp_path / "out.bin").read_bytes() == IMAGE
    code, out, _ = run("poly800", "read", good, "-o", "-", "--to", "image")
    assert code == 0
    assert out.encode("latin-1") == IMAGE
    assert run("poly800", "read", good, "-o", tmp_path / "out.csv")[0] == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").count("\n") == 65


@pytest.mark.parametrize(
    ("synth", "begin", "length"),
    [("poly800", "b3 bf", 1636), ("ex800", "f0 42 21 01", 3273), ("mk2", "f0 42 21 0c", 5383)],
)
def test_a_pipe_gets_the_bytes_the_synth_takes(
    run: Run, good: Path, synth: str, begin: str, length: int
) -> None:
    """Lengths and first bytes: the mailing-list thread, the EX-800 document, the MkII's service manual."""
    for command in (("convert", "built-in"), ("read", good)):
        code, out, _ = run("poly800", *command, "--to", synth, "-o", "-")
        data = out.encode("latin-1")
        assert code == 0
        assert data.startswith(bytes.fromhex(begin))
        assert len(data) == length


def test_read_from_standard_input(
    run: Run, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(good.read_bytes())))
    code, out, _ = run("poly800", "read", "-", "-o", tmp_path / "out.bin")
    assert code == 0
    assert out.startswith("complete")
    assert (tmp_path / "out.bin").read_bytes() == IMAGE
    code, _, err = run("poly800", "read", "-", "-", "-o", tmp_path / "two.bin")
    assert code == 1
    assert "given twice" in err


def test_an_incomplete_dump_is_saved_and_told(run: Run, bad: Path, tmp_path: Path) -> None:
    code, out, err = run("poly800", "read", bad, "-o", tmp_path / "out.bin")
    assert code == 1
    assert err.count("\n") == 1
    assert "of 64 programs are right; doubtful: " in err
    assert "all that was read is in" in err
    assert "dropout" in err
    told = {line.split()[1].rstrip(":") for line in out.splitlines() if line.startswith("program ")}
    assert told
    saved = (tmp_path / "out.bin").read_bytes()
    assert len(saved) == len(IMAGE)
    wrong = {
        f"{11 + index // 8 * 10 + index % 8}"
        for index in range(64)
        if saved[290 + 21 * index : 311 + 21 * index] != IMAGE[290 + 21 * index : 311 + 21 * index]
    }
    assert wrong
    assert wrong <= told
    # A few words for every program, however many of its bytes are weak.
    assert max(map(len, out.splitlines()[1:-1])) < 250
    assert "of its 21 bytes, the first at byte " in out
    assert run("poly800", "read", bad, "-o", tmp_path / "out.syx", "--salvage")[0] == 0
    # A tape image keeps its wrong checksum: nobody takes it for whole.
    assert run("poly800", "verify", tmp_path / "out.bin")[0] == 1


def test_takes_are_merged(run: Run, bad: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.flac"
    soundfile.write(other, samples(IMAGE, damage.hole(0.8, 100)), RATE)
    code, out, _ = run("poly800", "read", bad, other, "-o", tmp_path / "out.bin")
    assert code == 0
    assert "2 takes merged" in out
    assert (tmp_path / "out.bin").read_bytes() == IMAGE


def test_different_memories_are_not_merged(run: Run, tmp_path: Path) -> None:
    second = writing.image_for(edit.assign(BANK, ["34.cutoff=12", "34.noise=11", "34.resonance=9"]))[0]
    both = tmp_path / "both.wav"
    soundfile.write(both, np.concatenate([samples(IMAGE), np.zeros(RATE), samples(second)]), RATE)
    code, out, _ = run("poly800", "read", both, "-o", tmp_path / "one.bin")
    assert code == 0
    assert "#1 is written; --dump 2 for the other" in out
    assert (tmp_path / "one.bin").read_bytes() == IMAGE
    assert run("poly800", "read", both, "-o", tmp_path / "two.bin", "--dump", 2)[0] == 0
    assert (tmp_path / "two.bin").read_bytes() == second
    code, _, err = run("poly800", "read", both, "-o", tmp_path / "three.bin", "--dump", 3)
    assert code == 1
    assert "no dump #3" in err
    assert library.load(both)[1].bank.ram == second[2:-1]


def test_json(run: Run, bad: Path, tmp_path: Path) -> None:
    code, out, err = run("poly800", "read", bad, "-o", tmp_path / "out.syx", "--json")
    assert code == 1
    assert "incomplete" in err
    document: dict[str, Any] = json.loads(out)
    (recording,) = document["recordings"]
    assert recording["name"] == str(bad)
    assert recording["dumps"][0]["begin"] == pytest.approx(1.01, abs=0.02)
    assert recording["dumps"][0]["end"] == pytest.approx(10.6, abs=0.02)
    assert recording["measures"]["peak"] < 0
    (memory,) = document["memories"]
    assert memory["complete"] is False
    assert memory["midi_channel"] == 1
    assert len(memory["programs"]) == 64
    assert memory["programs"][0] == {"name": "11", "state": "right", "reasons": [], "weak_bytes": []}
    weak = [program for program in memory["programs"] if len(program["weak_bytes"]) > 1]
    assert weak
    for program in weak:
        count, first = len(program["weak_bytes"]), program["weak_bytes"][0]
        expected = f"weak signal at {count} of its 21 bytes, the first at byte {first}"
        assert expected in program["reasons"]
    assert document["output"]["format"] == "poly800-ex800-sysex"
    assert document["chosen"] == "1"


def test_a_report_is_written_beside(run: Run, bad: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    code, _, err = run("poly800", "read", bad, "-o", tmp_path / "out.syx", "--report", folder)
    assert code == 1
    assert f"report: {folder / 'report.html'}" in err
    assert {path.name for path in folder.iterdir()} == {"report.html", "report.json"}
    before = (tmp_path / "out.syx").read_bytes()
    code, _, err = run("poly800", "read", bad, "-o", tmp_path / "new.syx", "--report", folder)
    assert code == 1
    assert "already exists" in err
    assert not (tmp_path / "new.syx").exists()
    assert (tmp_path / "out.syx").read_bytes() == before


# --- Bad input ---------------------------------------------------------------------------------------------


def hiss() -> damage.FloatArray:
    return np.random.default_rng(1).normal(0, 0.1, 3 * RATE)


def other_synth() -> damage.FloatArray:
    foreign = np.random.default_rng(2).integers(0, 256, 2691, dtype=np.uint8).tobytes()
    return modulation.write(foreign, RATE, leader=1.0).astype(np.float64)


@pytest.mark.parametrize(
    ("sound", "expected"),
    [
        (np.zeros(2 * RATE), "silent"),
        (np.zeros(1), "silent"),
        (hiss(), "no dump of a Poly-800"),
        (other_synth(), "MkII"),
    ],
    ids=["silence", "one sample", "hiss", "another synth"],
)
def test_recordings_without_a_dump(run: Run, tmp_path: Path, sound: damage.FloatArray, expected: str) -> None:
    path, out = tmp_path / "in.wav", tmp_path / "out.syx"
    soundfile.write(path, sound, RATE)
    code, text, err = run("poly800", "read", path, "-o", out)
    assert code == 1
    assert text == ""
    assert err.startswith(f"luthier: {path}: ")
    assert err.count("\n") == 1
    assert expected in err
    assert not out.exists()
    code, text, _ = run("poly800", "read", path, "-o", out, "--json")
    assert code == 1
    assert json.loads(text)["output"] is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"this is no sound\n" * 100, "is not an audio file"),
        (b"RIFF\xff\xff\xff\xffWAVE", "is not an audio file"),
        (None, "cannot be read"),
    ],
    ids=["empty", "text", "header only", "missing"],
)
def test_files_that_are_no_audio(run: Run, tmp_path: Path, content: bytes | None, expected: str) -> None:
    path = tmp_path / "in.wav"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run("poly800", "read", path, "-o", tmp_path / "out.syx")
    assert (code, out) == (1, "")
    assert err.startswith(f"luthier: {path}: {expected}")
    assert err.count("\n") == 1
    assert not (tmp_path / "out.syx").exists()


def test_a_truncated_file_gives_what_it_has(run: Run, good: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.wav"
    cut.write_bytes(good.read_bytes()[: int(2 * RATE * 8)])
    code, _, err = run("poly800", "read", cut, "-o", tmp_path / "out.bin")
    assert code == 1
    assert "the file is cut off: it ends at 8.0 s" in err
    saved = (tmp_path / "out.bin").read_bytes()
    assert saved[:1000] == IMAGE[:1000]


def test_nothing_is_overwritten(run: Run, good: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.syx"
    out.write_bytes(b"mine")
    code, _, err = run("poly800", "read", good, "-o", out)
    assert code == 1
    assert "--force" in err
    assert out.read_bytes() == b"mine"
    assert run("poly800", "read", good, "-o", out, "--force")[0] == 0
    assert len(out.read_bytes()) == 3273
    before = good.read_bytes()
    code, _, err = run("poly800", "read", good, "-o", good, "--force")
    assert code == 1
    assert "is the recording itself" in err
    assert good.read_bytes() == before


def test_missing_folders_are_made_and_bad_names_refused(run: Run, good: Path, tmp_path: Path) -> None:
    assert run("poly800", "read", good, "-o", tmp_path / "a" / "b" / "out.syx")[0] == 0
    assert (tmp_path / "a" / "b" / "out.syx").exists()
    code, _, err = run("poly800", "read", good, "-o", tmp_path / "out.unknown")
    assert code == 2
    assert ".syx" in err
    code, _, err = run("poly800", "read", good, "--to", "ex800", "-o", tmp_path / "out")
    assert code == 2
    assert "--to" not in err
    assert run("poly800", "read", good, "-o", good / "out.syx")[0] == 1
    assert run("poly800", "read", good)[0] == 2
    assert run("poly800", "read", good, "-o", "-", "--json")[0] == 2


# --- write -------------------------------------------------------------------------------------------------


def test_write_and_read_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tape.wav"
    options = ("--rate", 16_000, "--leader", 1, "--trailer", 0.5, "--level", -12, "--passes", 2, "--gap", 1)
    code, _, err = run("poly800", "write", "built-in", "-o", path, *options)
    assert code == 0
    assert "every byte is the same" in err
    sound, rate = soundfile.read(path)
    assert rate == 16_000
    assert np.max(np.abs(sound)) == pytest.approx(10 ** (-12 / 20), abs=1e-3)
    assert run("poly800", "read", path, "-o", tmp_path / "out.bin")[0] == 0
    assert (tmp_path / "out.bin").read_bytes() == IMAGE
    assert run("poly800", "write", "built-in", "-o", path)[0] == 1
    code, out, _ = run("identify", path)
    assert code == 0
    assert "Poly-800 tape recording" in out
    code, out, _ = run("poly800", "diff", path, "built-in")
    assert (code, out) == (0, "no difference\n")


def test_write_tells_what_a_mk2_loses(run: Run, tmp_path: Path) -> None:
    code, out, err = run("poly800", "write", "built-in-mk2", "-o", tmp_path / "tape.flac", "--json")
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert record["checksum"] == bytes.fromhex(record["image"])[-1]
    assert any("delay" in loss["what"] for loss in record["losses"])


def test_write_to_standard_output(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("poly800", "write", "built-in", "-o", "-", "--rate", 11_025)
    assert code == 0
    (tmp_path / "tape.wav").write_bytes(out.encode("latin-1"))
    assert tape.read_file(tmp_path / "tape.wav").dumps[0].image == IMAGE


@pytest.mark.parametrize(
    "options",
    [("--rate", 4000), ("--level", 3), ("--passes", 0), ("--leader", -1), ("--shape", "round")],
    ids=lambda options: options[0],
)
def test_write_refuses_what_is_out_of_range(run: Run, tmp_path: Path, options: tuple[object, ...]) -> None:
    code, _, err = run("poly800", "write", "built-in", "-o", tmp_path / "tape.wav", *options)
    assert code == 2
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


# --- Every command -----------------------------------------------------------------------------------------

READERS: tuple[tuple[str, ...], ...] = (
    ("identify", "FILE"),
    ("identify", "FILE", "--json"),
    ("poly800", "show", "FILE"),
    ("poly800", "show", "FILE", "11", "--salvage"),
    ("poly800", "convert", "FILE", "-o", "OUT.json"),
    ("poly800", "verify", "FILE", "--json"),
    ("poly800", "diff", "FILE", "built-in"),
    ("poly800", "set", "FILE", "11.cutoff=5", "-o", "OUT.syx"),
    ("poly800", "read", "FILE", "-o", "OUT.syx"),
    ("poly800", "write", "FILE", "-o", "OUT.wav"),
    ("poly800", "sequence", "FILE", "-o", "OUT.mid"),
)


@pytest.mark.parametrize("command", READERS, ids=" ".join)
@pytest.mark.parametrize("suffix", [".wav", ".syx", ".mp3", ""])
def test_random_bytes_never_end_in_a_traceback(
    run: Run, tmp_path: Path, command: tuple[str, ...], suffix: str
) -> None:
    generator = random.Random(f"{command} {suffix}")
    starts = (b"", b"RIFF\x24\x10\x00\x00WAVEfmt ", b"\xf0\x42\x21\x0c", b"ID3\x04", b"{", b"MThd", b"fLaC")
    for start in starts:
        path = tmp_path / f"file{suffix}"
        path.write_bytes(start + generator.randbytes(generator.randrange(4000)))
        arguments = [str(path) if word == "FILE" else word for word in command]
        code, _, err = run(*(str(tmp_path / word) if word.startswith("OUT") else word for word in arguments))
        assert code in (0, 1, 2)
        if code == 1 and command[0] != "identify" and "verify" not in command:
            assert err.startswith("luthier: ") or "luthier: " in err
        for output in tmp_path.glob("OUT*"):
            assert code == 0
            output.unlink()
