"""Logs hold what happened, in every form the same, and only what was chosen."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.machine.boards import START, cost, processor

from luthier.compiled import as_python
from luthier.cpu.executor_text import NO_OPERAND
from luthier.errors import InputError, UsageError
from luthier.machine.logs import compact
from luthier.machine.logs.comparison import compare
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.reading import read_log
from luthier.machine.logs.selection import Selection, selection
from luthier.machine.logs.taps import Taps
from luthier.machine.logs.writing import open_log
from luthier.machine.member import Member
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor
from luthier.machine.schedule import Schedule

TICKS = 80_000_000
#: inc 1,A; ld (1800h),A; jr back
PROGRAM = "C9 61 F2 00 18 00 41 68 F7"
ENTRIES = [
    Entry(5, "main", "write", 0x1000, 0x12, 1, "port"),
    Entry(7, "sub", "interrupt", text="INT0"),
    Entry(7, "main", "write", 0x2000, 0x1234, 2),
    Entry(TICKS * 3, "main", "message", None, 0xE1),
]


def schedule(executor: Executor = "plain", program: str = PROGRAM) -> Schedule:
    members = []
    for name, frequency in (("main", 16_000_000), ("sub", 20_000_000)):
        memory = Memory()
        memory.add_ram(0, 0x2000)
        memory.add_ram(0x7F00, 0x200)
        members.append(Member(name, processor(executor, memory, program), frequency))
    return Schedule(members, skew=Fraction(1, 10_000))


def written(path: Path, chosen: Selection | None = None) -> Path:
    with open_log(path, TICKS, chosen) as log:
        for entry in ENTRIES:
            log.note(entry)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.trace", "a.jsonl.gz", "a.trace.xz", "a.trace.gz"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str) -> None:
    reading = read_log(written(tmp_path / name))
    assert reading.ticks_a_second == TICKS
    assert list(reading.entries) == ENTRIES


def test_text_is_for_people(tmp_path: Path) -> None:
    lines = written(tmp_path / "a.log.gz").read_bytes()
    first, *_, last = gzip.decompress(lines).decode().splitlines()
    assert first == "   0.000000062  main     write       001000 12       port"
    assert last.split() == ["3.000000000", "main", "message", "E1"]


def test_json_lines_are_json(tmp_path: Path) -> None:
    head, first, *_ = (json.loads(line) for line in written(tmp_path / "a.jsonl").read_text().splitlines())
    assert head["ticks_a_second"] == TICKS
    assert first == {
        "name": "write",
        "time": 5,
        "source": "main",
        "address": 0x1000,
        "value": 0x12,
        "size": 1,
        "text": "port",
    }


def test_entries_of_a_stretch_are_put_in_order(tmp_path: Path) -> None:
    with open_log(tmp_path / "a.jsonl", TICKS) as log:
        for time in (30, 10, 20):
            log.note(Entry(time, "main", "x"))
        log.note(Entry(50, "main", "x"))
        log.flush(40)
        log.note(Entry(40, "main", "x"))
    assert [entry.time for entry in read_log(tmp_path / "a.jsonl").entries] == [10, 20, 30, 40, 50]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (Selection(kinds=frozenset({"write"})), [0, 2]),
        (Selection(sources=frozenset({"sub"})), [1]),
        (Selection(first=6, last=8), [1, 2]),
        (Selection(addresses=((0x1800, 0x2001),)), [2]),
        (selection(TICKS, first=2.5), [3]),
        (selection(TICKS, addresses=["0x1000", "0x3000:0x4000"]), [0]),
    ],
)
def test_choosing_while_writing_and_while_reading(tmp_path: Path, chosen: Selection, left: list[int]) -> None:
    expected = [ENTRIES[number] for number in left]
    assert list(read_log(written(tmp_path / "a.trace", chosen)).entries) == expected
    assert list(read_log(written(tmp_path / "b.trace"), chosen).entries) == expected


@pytest.mark.parametrize("addresses", ["x", "5:5", "0x1000000", "7:3", "1:2:3"])
def test_selections_that_make_no_sense(addresses: str) -> None:
    with pytest.raises(UsageError):
        selection(TICKS, addresses=[addresses])
    with pytest.raises(UsageError):
        selection(TICKS, first=2, last=1)


def logged(path: Path, executor: Executor = "plain", program: str = PROGRAM, **taps: object) -> Path:
    board = schedule(executor, program)
    with open_log(path, board.ticks_a_second) as log:
        everything = Taps(log, board, symbols={"main": {START: "again"}, "sub": {}}, **taps)  # type: ignore[arg-type]
        board.run(Fraction(1, 5000) if executor == "plain" else Fraction(1, 100))
        everything.close()
        assert log.count
    return path


@pytest.mark.parametrize("executor", ["plain", "compiled"])
def test_every_instruction_of_both_processors(tmp_path: Path, executor: Executor) -> None:
    compactly, plainly = logged(tmp_path / "a.trace", executor), logged(tmp_path / "a.jsonl", executor)
    entries = list(read_log(compactly).entries)
    assert entries == list(read_log(plainly).entries)
    main = [entry for entry in entries if entry.source == "main"]
    steps = [cost("C9 61"), cost("F2 00 18 00 41")]
    assert [entry.time for entry in main[:3]] == [0, 5 * steps[0], 5 * sum(steps)]
    assert [entry.text for entry in main[:3]] == ["again: inc 1,A", "ld (0x001800),A", "jr T,0x001000"]
    assert main[1].registers["operand"] == 0x1800
    assert main[3].registers["XWA"] == 1
    assert sum(entry.source == "sub" for entry in entries) > 500
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)


@pytest.mark.parametrize("executor", ["plain", "compiled"])
def test_stores_to_a_range(tmp_path: Path, executor: Executor) -> None:
    path = logged(tmp_path / "a.trace", executor, stores=[("main", 0x1800, 0x1801), ("sub", 0x1000, 0x1800)])
    entries = [entry for entry in read_log(path).entries if entry.kind == "store"]
    assert {(entry.source, entry.address, entry.size) for entry in entries} == {("main", 0x1800, 1)}
    assert [entry.value for entry in entries[:3]] == [1, 2, 3]
    assert entries[0].time == 5 * cost("C9 61")


def test_observing_ends(tmp_path: Path) -> None:
    memory, seen = Memory(), list[object]()
    memory.add_ram(0, 0x1000)
    before = memory.access.copy(), memory.served.copy()
    memory.observe(0x123, 300, seen.append)
    memory.write(0x200, 2, 0x1234)
    memory.unobserve(0x123, 300, seen.append)
    memory.write(0x200, 2, 0x1234)
    assert len(seen) == 1
    assert (memory.access == before[0]).all()
    with pytest.raises(UsageError):
        memory.observe(0xFFFFFF, 2, seen.append)


def test_compact_rows_of_all_kinds() -> None:
    """Both directions agree with each other and, for one row, with the layout that is written down."""
    random = np.random.default_rng(1)
    table = random.integers(0, 1 << 32, (500, 12), np.uint32)
    table[:, 0] = random.choice([0x1000, 0x1001, 0x10FF, 0xFFFFFF], 500)
    table[:, 1] &= 0xFFFF
    table[random.random(500) < 0.5, 10] = NO_OPERAND
    table[100:200] = table[100]
    for pack, unpack in (
        (compact.pack, compact.unpack),
        (as_python(compact.pack), as_python(compact.unpack)),
    ):
        out, fresh = np.zeros(500 * compact.LONGEST_ROW, np.uint8), np.zeros(500, np.int32)
        known = np.zeros(1 << 24, np.uint8)
        size, found = pack(table[:200], compact.first_row(), known, out, fresh)
        assert sorted(fresh[:found].tolist()) == sorted({int(address) for address in table[:200, 0]})
        again = np.zeros((200, 12), np.uint32)
        assert unpack(out[:size], again, compact.first_row()) == size
        assert (again == table[:200]).all()
        assert unpack(out[: size - 1], again, compact.first_row()) == -1
    row = np.array([[0x10, 0, 0, 0xABCD, 0, 0, 0, 0, 0, 0, NO_OPERAND, 3]], np.uint32)
    size, _ = compact.pack(row, compact.first_row(), known, out, fresh)
    assert out[:size].tobytes().hex() == "02001003cdab0000"


def test_comparison_finds_the_first_difference_of_each_source() -> None:
    changed = [*ENTRIES[:2], Entry(9, "main", "write", 0x2000, 0x1235, 2), *ENTRIES[3:]]
    result = compare(iter(ENTRIES), iter(changed))
    (difference,) = result.differences
    assert (difference.source, difference.number, result.same["sub"]) == ("main", 2, 1)
    assert (difference.first, difference.second) == (ENTRIES[2], changed[2])
    assert "main: entry 2 differs, 1 before it agree" in list(result.lines(TICKS))
    assert not result.is_same


def test_comparison_of_other_turns_times_and_lengths() -> None:
    turned = [ENTRIES[1], ENTRIES[0], *ENTRIES[2:]]
    assert compare(ENTRIES, turned).is_same
    later = [Entry(one.time + 1, *one.what[:-1]) for one in ENTRIES]  # type: ignore[arg-type]
    assert compare(ENTRIES, later).is_same
    assert not compare(ENTRIES, later, times=True).is_same
    shorter = compare(ENTRIES, ENTRIES[:3])
    assert shorter.differences[0].second is None
    assert shorter.counts["main", "message"] == (1, 0)
    assert "+ the log ends" in list(shorter.lines(TICKS))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no log"),
        (b"{}\n", "no log"),
        (b"   0.1 main write\n", "no log"),
        (b'{"format": "luthier log 1", "ticks_a_second": 0}\n', "no log"),
        (b'{"format": "luthier log 1", "ticks_a_second": 5}\n{"name": 5}\n', "line 2"),
        (b'{"format": "luthier log 1", "ticks_a_second": 5}\n{"name": "a", "sou\n', "line 2"),
        (b'{"format": "luthier log 1", "ticks_a_second": 5}\nC\xff\xff\xff\xff', "larger"),
        (b'{"format": "luthier log 1", "ticks_a_second": 5}\nI\x00\x00\x00\x00', "frame 1"),
        (b'{"format": "luthier log 1", "ticks_a_second": 5}\nI\x00', "middle of a frame"),
        (b"\x1f\x8b\x08\x00broken", "unpacked"),
    ],
)
def test_what_is_no_log(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "a.trace"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        list(read_log(path).entries)
    assert str(path) in str(caught.value)


@given(st.binary(max_size=40), st.integers(0, 4000), st.integers(0, 3000))
def test_damaged_logs_never_surprise(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int, cut: int
) -> None:
    whole = _example(tmp_path_factory)
    damaged = whole[: at % len(whole)] + noise + whole[at % len(whole) + cut :]
    path = tmp_path_factory.mktemp("damaged") / "a.trace"
    path.write_bytes(damaged)
    try:
        for entry in read_log(path).entries:
            assert entry.time >= 0
    except InputError:
        pass


_EXAMPLES: list[bytes] = []


def _example(factory: pytest.TempPathFactory) -> bytes:
    if not _EXAMPLES:
        _EXAMPLES.append(logged(factory.mktemp("whole") / "a.trace").read_bytes())
    return _EXAMPLES[0]


def test_nothing_is_left_of_a_log_that_failed(tmp_path: Path) -> None:
    def fail(action: Callable[[], None]) -> None:
        with open_log(tmp_path / "a.trace", TICKS) as log:
            log.note(ENTRIES[0])
            action()

    def break_off() -> None:
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError):
        fail(break_off)
    assert list(tmp_path.iterdir()) == []
    written(tmp_path / "a.trace")
    with pytest.raises(Exception, match="--force"):
        written(tmp_path / "a.trace")
