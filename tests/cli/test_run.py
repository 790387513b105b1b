"""``luthier run``: what ends a run, what it leaves, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from luthier import cli
from luthier.cpu.assembler import assemble

BASE = 0xE00000
MAGIC = 0x600DCAFE
PROGRAM = f"""
        org {BASE}
start:  ld XSP, 0x1000
        ld BC, 1000
        ld XHL, 0x2000
loop:   ld (XHL+), BC
        djnz BC, loop
        ld XWA, {MAGIC}
        ld (0x3000), XWA
        halt
"""


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "program.bin"
    path.write_bytes(assemble(PROGRAM, cpu="tlcs900h2").image)
    return path


class Ran:
    """What a command gave back."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def command(*words: object) -> Ran:
        monkeypatch.setattr(
            sys, "argv", ["luthier", "run", "--cpu", "tlcs900h2", "--plain", *map(str, words)]
        )
        try:
            cli.main()
        except SystemExit as left:
            code = left.code
        else:
            code = 0
        told = capsys.readouterr()
        assert "Traceback" not in told.err
        return Ran(int(code or 0), told.out, told.err)

    return command


def test_until_memory_and_dump(run, image: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    dump = tmp_path / "dump.bin"
    words = ["--load", f"{image}@{BASE:#x}", "--pc", BASE]
    ran = run(*words, "--until-memory", f"0x3000={MAGIC:#x}", "--dump", f"0x2000:0x2004={dump}", "--json")
    assert ran.code == 0
    stop = json.loads(ran.out)
    assert (stop["name"], stop["reason"], stop["instructions"]) == ("tlcs900h2", "watchpoint", 3 + 2000 + 2)
    assert dump.read_bytes() == bytes.fromhex("e803e703")  # 1000, 999
    again = run(*words, "--dump", f"0x2000:0x2004={dump}")
    assert again.code == 1
    assert "--force" in again.err


def test_a_rom_image_with_a_reset_vector(run, image: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """2 MB at E00000, until a magic word appears, and the first MiB of RAM dumped."""
    rom = bytearray(b"\xff" * 0x200000)
    rom[: len(image.read_bytes())] = image.read_bytes()
    rom[0x1FFF00:0x1FFF04] = BASE.to_bytes(4, "little")
    path, dump = tmp_path / "rom.bin", tmp_path / "ram.bin"
    path.write_bytes(rom)
    ran = run("--load", f"{path}@{BASE}", "--until-memory", f"0x3000={MAGIC}", "--dump", f"0:0x100000={dump}")
    assert ran.code == 0
    assert "the awaited word is there" in ran.out
    ram = dump.read_bytes()
    assert len(ram) == 0x100000
    assert ram[0x3000:0x3004] == MAGIC.to_bytes(4, "little")


def test_what_ends_a_run(run, image: Path) -> None:  # type: ignore[no-untyped-def]
    words = ["--load", f"{image}@{BASE}", "--pc", BASE]
    halted = run(*words)
    assert (halted.code, halted.out.split("\n")[0].split(": ")[1]) == (
        0,
        "HALT (nothing is due that could end it)",
    )
    assert "a breakpoint" in run(*words, "--break", BASE + 16).out
    limited = run(*words, "--limit", 10)
    assert limited.code == 0
    assert "10 instructions" in limited.out
    missed = run(*words, "--until-memory", "0x3000=1", "--limit", 100)
    assert missed.code == 1


def test_undefined_code(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "undefined.bin"
    path.write_bytes(b"\x00\x1f")
    ran = run("--load", f"{path}@0x1000", "--pc", 0x1000)
    assert ran.code == 1
    assert "stopped at 001001h: an undefined instruction (undefined instruction at 001001h: 1f" in ran.out


def test_trace(run, image: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    trace = tmp_path / "trace.txt"
    ran = run("--load", f"{image}@{BASE}", "--pc", BASE, "--limit", 5, "--trace", trace)
    assert ran.code == 0
    head, *lines = trace.read_text().splitlines()
    assert head.startswith(";")
    assert [line.split()[:3] for line in lines] == [
        ["0", "E00000", "ld"],
        ["1", "E00005", "ld"],
        ["2", "E00008", "ld"],
        ["3", "E0000D", "ld"],
        ["4", "E00010", "djnz"],
    ]
    assert lines[4].split()[-1] == "00001000"  # XSP, set by the first instruction
    assert lines[4].split()[-5] == "00002002"  # XHL, after its step


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--load", "program.bin"], 2, "no FILE@ADDR"),
        (["--load", "program.bin@0x1000000"], 2, "reach beyond"),
        (["--load", "program.bin@nowhere"], 2, "no address"),
        (["--load", "absent.bin@0"], 1, "cannot be read"),
        (["--load", "program.bin@0", "--load", "program.bin@8"], 2, "reaches over"),
        (["--load", "program.bin@0"], 2, "reset vector"),
        (["--load", "program.bin@0", "--pc", "0", "--dump", "0:1"], 2, "no A:B=FILE"),
        (["--load", "program.bin@0", "--pc", "0", "--dump", "2:1=x"], 2, "ends where it starts"),
        (["--load", "program.bin@0", "--pc", "0", "--until-memory", "1"], 2, "no ADDR=VALUE"),
        (["--load", "program.bin@0", "--pc", "0", "--until-memory", "0=0x100000000"], 2, "no 32-bit word"),
        (["--load", "program.bin@0", "--pc", "0", "--limit", "many"], 2, "no number"),
        (["--load", "empty.bin@0", "--pc", "0"], 1, "is empty"),
    ],
)
def test_refusals(  # type: ignore[no-untyped-def]
    run, image: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, said: str
) -> None:
    monkeypatch.chdir(image.parent)
    (image.parent / "empty.bin").write_bytes(b"")
    ran = run(*words)
    assert ran.code == code
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_an_unknown_cpu_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], image: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["luthier", "run", "--cpu", "z80", "--load", f"{image}@0", "--pc", "0"])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 2
    assert "there is no CPU 'z80'; choose one of tlcs900h2" in capsys.readouterr().err
