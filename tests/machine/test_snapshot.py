"""What is restored runs on as it did; a file holds all of it, and a bad one is refused."""

from __future__ import annotations

import dataclasses
import io
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.machine.boards import EXECUTORS, flat, state

from luthier.errors import InputError, OutputExistsError, UsageError
from luthier.machine import FlatMachine
from luthier.machine.processor import Executor
from luthier.machine.snapshot import Snapshot

both = pytest.mark.parametrize("executor", EXECUTORS)

# A loop that writes itself: ld A,(XIX+); ld (100Dh),A; call 2000h; inc 1,HL; dec 1,DE; jr
PROGRAM = "C5 F0 21  F2 0D 10 00 41  1D 00 20 00  00 DB 61  68 EF"


def busy(executor: Executor) -> FlatMachine:
    machine = flat(executor, PROGRAM, XIX=0x3000, SR=0x8A00)
    machine.memory[0x3000:0x4000] = np.frombuffer(
        bytes(random.Random(1).choice(b"\x00\x0c\x0d\x10\x11\x12") for _ in range(0x1000)), np.uint8
    )
    machine.memory[0x2000] = 0x0E
    machine.load(0xFFFF28, (0x5000).to_bytes(4, "little"))
    machine.load(0x5000, b"\x07")
    cpu = machine.processor

    def tick() -> None:
        cpu.interrupts.request(0x28, 3)
        cpu.clock.after(97, "tick", tick)

    cpu.clock.after(50, "tick", tick)
    return machine


def whole(machine: FlatMachine) -> tuple[dict[str, Any], bytes, Any]:
    cpu = machine.processor
    return state(cpu), machine.memory.tobytes(), (cpu.clock.snapshot(), cpu.interrupts.snapshot())


@both
@pytest.mark.parametrize("by_file", [False, True])
def test_save_run_restore_run(executor: Executor, by_file: bool, tmp_path: Path) -> None:
    machine = busy(executor)
    machine.run(100)
    machine.processor.interrupts.request(0x2C, 1)
    taken = machine.snapshot()
    if by_file:
        taken.save(tmp_path / "a.npz")
        taken = Snapshot.load(tmp_path / "a.npz")
        assert taken == machine.snapshot()
    before = whole(machine)
    machine.run(1000)
    after = whole(machine)
    assert after != before
    machine.restore(taken)
    assert whole(machine) == before
    machine.run(1000)
    assert whole(machine) == after
    other = busy("plain" if executor == "compiled" else "compiled")
    other.restore(taken)
    other.run(1000)
    assert whole(other) == after


@both
def test_code_of_the_snapshot_is_executed(executor: Executor) -> None:
    machine = flat(executor, "C9 61 05")
    taken = machine.snapshot()
    machine.load(0x1000, b"\xc9\x62\x05")
    machine.run()
    machine.restore(taken)
    machine.run()
    assert machine.registers["A"] == 1


def test_files_are_not_overwritten_and_leave_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    taken = flat("plain", "").snapshot()
    taken.save(path)
    content = path.read_bytes()
    assert len(content) < 100_000
    with pytest.raises(OutputExistsError):
        taken.save(path)
    taken.save(path, force=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.npz"]


def _content(tmp_path: Path) -> bytes:
    busy("plain").snapshot().save(tmp_path / "good.npz")
    return (tmp_path / "good.npz").read_bytes()


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no snapshot that can be used") as caught:
        Snapshot.load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    good = _content(tmp_path)
    path = tmp_path / "bad.npz"
    choose = random.Random(2)
    refused(path, b"")
    refused(path, b"PK\x03\x04")
    refused(path, good[:-30])
    for _ in range(20):
        refused(path, good[: choose.randrange(len(good))])
    for _ in range(60):
        broken = bytearray(good)
        for _ in range(choose.randrange(1, 5)):
            broken[choose.randrange(len(broken))] = choose.randrange(256)
        path.write_bytes(broken)
        try:
            taken = Snapshot.load(path)
        except InputError as error:
            assert "\n" not in str(error)
        else:  # in a part of the archive that says nothing, such as a date
            assert taken == Snapshot.load(tmp_path / "good.npz")
    with pytest.raises(InputError, match="cannot be read"):
        Snapshot.load(tmp_path / "nothing.npz")


def _packed(arrays: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=True)
            archive.writestr(f"{name}.npy", member.getvalue())
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("format", "luthier snapshot 2"),
        ("format", 5),
        ("cpu", "z80"),
        ("cpu", ["tlcs900h2", "tlcs900h2"]),
        ("registers", np.zeros(100, np.uint8)),
        ("registers", np.zeros(0x200, np.int64)),
        ("memory", np.zeros(100, np.uint8)),
        ("memory", np.zeros((1 << 24) + 1, np.uint8)),
        ("memory", np.array([None, {}], object)),
        ("memory", np.zeros(1 << 21, np.float64)),
        ("state", np.zeros(3, np.int64)),
        ("state", np.array([1 << 24] + [0] * 12, np.int64)),  # PC
        ("state", np.array([-1] + [0] * 12, np.int64)),
        ("state", np.array([0] * 10 + [4, 0, 0], np.int64)),  # the bank: there are four
        ("state", np.array([0] * 7 + [256] + [0] * 5, np.int64)),  # flags
        ("due", np.zeros(0, np.int64)),
        ("due", np.array([-1, 5], np.int64)),
        ("due", np.array(["a", "b"])),
        ("events", np.zeros(2, np.int64)),
        ("events", np.array([""])),
        ("requests", np.zeros(3, np.int64)),
        ("requests", np.zeros((1, 3), np.int64)),
        ("requests", None),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, becomes: Any) -> None:
    with np.load(io.BytesIO(_content(tmp_path))) as good:
        arrays = dict(good)
    assert name in arrays
    refused(tmp_path / "bad.npz", _packed({**arrays, name: becomes}))
    del arrays[name]
    refused(tmp_path / "bad.npz", _packed(arrays))


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    """No memory is taken for it."""
    with np.load(io.BytesIO(_content(tmp_path))) as good:
        arrays = dict(good)
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "|u1", "fortran_order": False, "shape": (1 << 50,)}
    )
    packed = _packed({**arrays, "memory": np.zeros(1, np.uint8)})
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = stream.getvalue() if entry.filename == "memory.npy" else old.read(entry)
            new.writestr(entry.filename, content)
    refused(tmp_path / "bad.npz", target.getvalue())


def test_a_small_file_that_unpacks_to_much(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
        for _ in range(64):
            member.write(bytes(1 << 20))
    assert "more than a snapshot holds" in refused(tmp_path / "bad.npz", stream.getvalue())


def test_snapshots_of_another_cpu_or_board_are_refused() -> None:
    machine = flat("plain", "C9 61")
    taken = machine.snapshot()
    with pytest.raises(UsageError, match="h8s"):
        machine.restore(dataclasses.replace(taken, cpu="h8s2000"))
    machine.run(1)
    with pytest.raises(UsageError, match="'line'"):
        machine.restore(dataclasses.replace(taken, clock=[(0, ""), (5, "line")]))
    assert machine.registers["A"] == 1
