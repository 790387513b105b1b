"""``luthier debug``: scripts, the keyboard, errors of one line, and whatever is typed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from luthier import cli
from luthier.cpu.assembler import assemble
from luthier.errors import UsageError
from luthier.machine import FlatMachine
from luthier.machine.debugger.debugger import Debugger
from luthier.machine.debugger.flat_target import FlatTarget
from luthier.machine.monitor import Monitor

BASE = 0x1000
SOURCES = {
    "tlcs900h2": """
        org 0x1000
start:  ld XSP, 0x8000
        ld B, 5
again:  calr twice
        ld (0x2000), A
        djnz B, again
        halt
twice:  ld A, B
        add A, B
        ret
""",
    "h8s2000": """
        org 0x1000
start:  mov.l #0x8000,sp
        mov.b #5,r1l
again:  bsr twice
        mov.b r0l,@0x2000
        dec.b r1l
        bne again
        sleep
twice:  mov.b r1l,r0l
        add.b r1l,r0l
        rts
""",
}
COUNTER = {"tlcs900h2": "B", "h8s2000": "R1L"}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for cpu, source in SOURCES.items():
        assembly = assemble(source, cpu=cpu)
        (tmp_path / f"{cpu}.bin").write_bytes(assembly.image)
        names = "".join(f"{name} = {address:#x}\n" for name, address in assembly.symbols.items())
        (tmp_path / f"{cpu}.symbols").write_text(names)
    return tmp_path


def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    commands: str,
    *,
    cpu: str = "tlcs900h2",
    script: bool = True,
) -> tuple[int, list[str], str]:
    arguments = ["--cpu", cpu, "--load", f"{cpu}.bin@{BASE:#x}", "--pc", hex(BASE)]
    arguments += ["--symbols", f"{cpu}.symbols", "--plain"]
    if script:
        Path("script.txt").write_text(commands)
        arguments += ["--script", "script.txt"]
    else:
        monkeypatch.setattr(sys, "stdin", io.StringIO(commands))
    return debug(monkeypatch, capsys, *arguments)


def debug(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[str], str]:
    monkeypatch.setattr(sys, "argv", ["luthier", "debug", *arguments])
    with pytest.raises(SystemExit) as left:
        cli.main()
    printed = capsys.readouterr()
    return int(left.value.code or 0), printed.out.splitlines(), printed.err


@pytest.mark.parametrize("cpu", SOURCES)
def test_a_session(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], cpu: str
) -> None:
    counter = COUNTER[cpu]
    script = f"""
        break twice if {counter} == 3    # a comment
        continue
        where
        out
        print [0x2000]
        watch 0x2000
        c
        p [0x2000]
        back to write 0x2000
        p {counter}
        delete 1
        delete 2
        continue
        back
        set {counter} = 7
        registers {counter}
        write 0x3000 1 0x2A
        memory 0x3000 2
        list start 2
        symbols tw
        breaks
        quit
        never reached
    """
    code, lines, errors = run(monkeypatch, capsys, script, cpu=cpu)
    assert (code, errors) == (0, "")
    answers = {}
    for line in lines:
        if "> " in line and line.startswith("cpu "):
            command = line.partition("> ")[2]
            answers[command] = list[str]()
        else:
            answers[command].append(line)
    assert answers["continue"][0].startswith("halt")  # the last one
    assert answers["where"][0].endswith("twice")
    assert answers["where"][1].startswith("from ")
    assert " in again: " in answers["where"][1]
    assert answers["print [0x2000]"] == ["8h = 8"]
    assert answers["c"][0] == "watchpoint: 2: write at 002000, 08 -> 06"
    assert answers["p [0x2000]"] == ["6h = 6"]
    assert answers[f"p {counter}"] == ["3h = 3"]
    assert answers[f"registers {counter}"] == [f"{counter} = 7h"]
    assert answers["memory 0x3000 2"][0].split()[:3] == ["003000", "01", "2A"]
    assert answers["list start 2"][0] == "start:"
    assert answers["symbols tw"][0].endswith("twice")
    assert answers["breaks"] == []
    assert "never reached" not in answers


def test_the_keyboard_survives_errors(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = "nonsense\nstep\n\nbreak nowhere\nhelp\nhelp back\nquit\n"
    code, lines, _ = run(monkeypatch, capsys, commands, script=False)
    assert code == 0
    assert lines[0].startswith("error: there is no command 'nonsense'")
    assert lines[1:3] == ["start+5h:", "> 001005  22 05                  ld B,0x05"]
    assert lines[3] == "again:"
    assert lines[5].startswith("error: 'nowhere'")
    assert any(line.startswith("watch ADDR") for line in lines)
    assert run(monkeypatch, capsys, "step", script=False)[0] == 0


def test_an_error_in_a_script_names_the_line(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, errors = run(monkeypatch, capsys, "step\n\nprint 1 / 0\nstep\n")
    assert code == 1
    assert lines[-1].endswith("print 1 / 0")
    assert errors == "luthier: script.txt, line 3: division by zero; check the expression\n"


@pytest.mark.parametrize(
    ("arguments", "says", "expected"),
    [
        ([], "nothing to debug", 2),
        (["--cpu", "tlcs900h2", "--board", "kn5000"], "nothing to debug", 2),
        (["--board", "dx7"], "no board 'dx7'", 2),
        (["--board", "kn5000", "--pc", "0"], "are for --cpu", 2),
        (["--cpu", "z80", "--load", "tlcs900h2.bin@0"], "z80", 2),
        (["--cpu", "tlcs900h2", "--load", "missing.bin@0"], "missing.bin", 1),
        (["--cpu", "tlcs900h2", "--load", "tlcs900h2.bin@0"], "--pc", 2),
        (
            ["--cpu", "tlcs900h2", "--load", "tlcs900h2.bin@0", "--pc", "0", "--script", "missing"],
            "missing",
            1,
        ),
        (
            ["--cpu", "tlcs900h2", "--load", "tlcs900h2.bin@0", "--pc", "0", "--symbols", "missing"],
            "missing",
            1,
        ),
    ],
)
def test_wrong_usage(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
    expected: int,
) -> None:
    code, _, errors = debug(monkeypatch, capsys, *arguments)
    assert code == expected
    assert says in errors
    assert errors.count("\n") == 1


def _monitor() -> Monitor:
    machine = FlatMachine("tlcs900h2", executor="plain")
    machine.load(BASE, assemble(SOURCES["tlcs900h2"], cpu="tlcs900h2").image)
    machine.reset()
    machine.pc = BASE
    return Monitor(Debugger(FlatTarget(machine)))


_MONITORS: list[Monitor] = []
_WORDS = (
    "step over out to continue back break watch rwatch awatch breaks delete registers set memory write list"
    " print where symbols time cpu help 0 1 5 0x1000 0x2000:2 0xFFFFFF 1<<70 -1 if B == 3 [XSP] w[ = XWA"
    " write of 10us 2ms sub cpu ( ) :"
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.one_of(st.text(max_size=20), st.lists(st.sampled_from(_WORDS.split()), max_size=5).map(" ".join)))
def test_whatever_is_typed(line: str) -> None:
    if not _MONITORS:
        _MONITORS.append(_monitor())
    monitor = _MONITORS[0]
    try:
        for answer in monitor.execute(line):
            assert "\n" not in answer
    except UsageError as error:
        assert "\n" not in str(error)


def test_the_whole_instrument(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both CPUs with the open firmware, stopped, looked at and taken back together."""
    Path("script.txt").write_text(
        "cpu\ncontinue 500 us\ntime\nstep 100\nback 100\ntime\ncpu sub\nstep\nback to write XSP\n"
    )
    code, lines, errors = debug(monkeypatch, capsys, "--board", "kn5000", "--script", "script.txt")
    assert any(line.startswith("> main: tlcs900h2") for line in lines)
    assert any(line.startswith("  sub: tlcs900h2") for line in lines)
    times = [line for line in lines if line.startswith("main: ") and " instructions, " in line]
    assert len(times) == 2
    assert times[0] == times[1]
    assert (code, errors.count("\n")) in ((0, 0), (1, 1))  # the stack may never have been written to


def test_roms_are_for_boards(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, errors = debug(monkeypatch, capsys, "--cpu", "tlcs900h2", "--roms", ".")
    assert code == 2
    assert "--roms is for --board" in errors
    code, _, errors = debug(monkeypatch, capsys, "--board", "kn5000", "--roms", str(files))
    assert code == 1
    assert "no program of the main CPU" in errors
