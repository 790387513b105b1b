"""C compiled by h8300-hms-gcc and run here, against the same C compiled and run by the host's compiler."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from tests.cpu.h8s.boards import CPU, EXECUTORS, bytes_at

from luthier.machine import FlatMachine

PROGRAMS = Path(__file__).with_name("programs")
NAMES = ("sorting", "checksums", "strings", "maths")
TEXT, DATA, RESULTS, SIZE = 0x400, 0x20000, 0x30000, 256

pytestmark = [
    pytest.mark.skipif(shutil.which("h8300-hms-gcc") is None, reason="h8300-hms-gcc is not installed"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not installed"),
]


def done(*command: object) -> str:
    return subprocess.run([*map(str, command)], check=True, capture_output=True, text=True).stdout


@cache
def on_the_host(name: str, folder: Path) -> bytes:
    program = folder / f"{name}-host"
    done("gcc", "-O1", "-fwrapv", PROGRAMS / f"{name}.c", PROGRAMS / "host.c", "-o", program)
    return bytes.fromhex(done(program))


def load(machine: FlatMachine, name: str, options: tuple[str, ...], folder: Path) -> None:
    """Compile a program, link it with our own run-time library, and put it where it begins."""
    objects = []
    for source in (f"{name}.c", "runtime.c"):
        target = folder / f"{source}.o"
        done("h8300-hms-gcc", "-ms", *options, "-fno-builtin", "-c", PROGRAMS / source, "-o", target)
        objects.append(target)
    start, linked, records = folder / "start.o", folder / "linked", folder / "records"
    done("h8300-hms-as", PROGRAMS / "start.s", "-o", start)
    places = ("-Ttext", hex(TEXT), "-Tdata", hex(DATA), "-e", "_start")
    done("h8300-hms-ld", "-m", "h8300s", *places, start, *objects, "-o", linked)
    done("h8300-hms-objcopy", "-O", "srec", linked, records)
    for line in records.read_text().split():
        digits = 2 * int({"1": "2", "2": "3", "3": "4", "7": "4", "8": "3", "9": "2"}.get(line[1], "0"))
        address = int(line[4 : 4 + digits] or "0", 16)
        if line[1] in "123":
            machine.load(address, bytes.fromhex(line[4 + digits : -2]))
        elif line[1] in "789":
            machine.reset()
            machine.pc = address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("c")


#: Optimisation and the width of int: 16 bits, or 32.
OPTIONS = [("-O2",), ("-O0",), ("-Os", "-mint32"), ("-O2", "-mint32")]


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("name", NAMES)
def test_results_are_those_of_the_host(name: str, options: tuple[str, ...], folder: Path) -> None:
    wanted = on_the_host(name, folder)
    assert any(wanted)
    quick = (name, options) == ("strings", ("-O2",))
    for executor in EXECUTORS if quick else EXECUTORS[1:]:
        machine = FlatMachine(CPU, executor=executor)
        load(machine, name, options, folder)
        stop = machine.run(20_000_000)
        assert stop.reason == "halt", stop
        assert bytes_at(machine, RESULTS, SIZE).hex() == wanted.hex()
