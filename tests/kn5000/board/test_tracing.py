"""Traces of the board: what they say is what the programs counted themselves, and what was asked for."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from tests.kn5000.board.oracle.images import images

from luthier.errors import UsageError
from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.kn5000.board.session import pressed, run
from luthier.kn5000.board.trace_request import TraceRequest, requested
from luthier.kn5000.board.tracing import KINDS, USUAL
from luthier.machine.logs.entry import Entry
from luthier.machine.logs.reading import read_log

LENGTH = Fraction(1, 20)  #: the programs need 0.031 s


def traced(path: Path, request: TraceRequest) -> tuple[Board, list[Entry]]:
    built = images("latch_main")
    board = Board(RomSet(program=built.program, sub_boot=built.sub_boot), effects=None)
    with request.written(board, path, None, True) as noted:
        run(board, LENGTH, pressed("DEMO", Fraction(1, 100)), noted=noted)
    return board, list(read_log(path).entries)


def test_what_is_told_is_what_happened(tmp_path: Path) -> None:
    kinds = ["latch,lines,interrupt,transfer,register,hand"]
    board, entries = traced(tmp_path / "log.jsonl", requested(kinds, None, None, ["main:0x10010:0x10020"]))
    counts = Counter((entry.source, entry.kind) for entry in entries)
    assert counts["main", "latch"] == board.latches.to_sub.bytes
    assert counts["sub", "latch"] == board.latches.to_main.bytes
    interrupts = Counter((entry.source, entry.text) for entry in entries if entry.kind == "interrupt")
    assert interrupts == {("main", "INT0"): 16, ("sub", "INT0"): 32, ("sub", "INTTC0"): 1}
    assert counts["sub", "transfer"] == 32
    stored = [entry.value for entry in entries if entry.kind == "store" and (entry.address or 0) >= 0x10010]
    assert stored[-16:] == [13 * n & 0xFF for n in range(16)]
    assert [entry.text for entry in entries if entry.kind == "hand"] == ["press DEMO"]
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)
    first = next(entry for entry in entries if entry.kind == "register" and entry.source == "main")
    assert (first.address, first.value, first.text) == (0x110, 0, "WDMOD")


def test_messages_in_their_order(tmp_path: Path) -> None:
    _, entries = traced(tmp_path / "log.jsonl", requested(["latch"], None, None, None))
    asked = [entry.value for entry in entries if entry.source == "main"][:256]
    answered = [entry.value for entry in entries if entry.source == "sub"][:257]
    assert asked == list(range(256))
    assert answered == [0x55, *(n ^ 0x5A for n in range(256))]


def test_instructions_have_names(tmp_path: Path) -> None:
    board, entries = traced(tmp_path / "log.trace", requested(["instruction"], "0:0.001", None, None))
    mains = [entry for entry in entries if entry.source == "main"]
    assert mains[0].address == 0xFF8000
    assert mains[0].text.startswith("ld XSP")
    assert max(entry.time for entry in entries) < board.schedule.ticks_of(Fraction(1, 1000))


def test_only_what_is_asked_for(tmp_path: Path) -> None:
    _, entries = traced(tmp_path / "log.jsonl", requested(["register"], None, ["0x68"], None))
    assert {entry.address for entry in entries} == {0x68}
    assert {entry.kind for entry in entries} == {"register"}


def test_the_board_is_as_it_was_afterwards(tmp_path: Path) -> None:
    board, _ = traced(tmp_path / "log.jsonl", requested(["all"], "0:0.0001", None, None))
    for accesses in (board.main_board.accesses, board.sub_board.accesses):
        assert accesses.observe is None
    assert board.main.observe is None
    assert board.sub.observe is not None  # the effect chips' lines
    assert board.latches.to_sub.observe is None
    assert board.latches.to_main.observe is None
    assert board.main.interrupts.observe is None
    assert board.sub.dma.observe is None


def test_kinds() -> None:
    assert requested(None, None, None, None).kinds == USUAL
    assert requested(["all"], None, None, None).kinds == tuple(KINDS)
    assert requested(["dsp"], "1:", None, ["sub:1:2"]) == TraceRequest(
        ("dsp", "store"), 1.0, None, (), (("sub", 1, 2),)
    )


@pytest.mark.parametrize(
    ("kinds", "between", "at", "stores", "says"),
    [
        (["dps"], None, None, None, "there is instruction"),
        (None, "1", None, None, "stretch of time"),
        (None, "2:1", None, None, "stretch of time"),
        (None, "a:b", None, None, "stretch of time"),
        (None, "nan:", None, None, "stretch of time"),
        (None, None, ["x"], None, "no address"),
        (None, None, None, ["main"], "no range of a CPU"),
        (None, None, None, ["third:0:1"], "no range of a CPU"),
        (None, None, None, ["main:5:5"], "no range of a CPU"),
    ],
)
def test_what_means_nothing(
    kinds: list[str] | None,
    between: str | None,
    at: list[str] | None,
    stores: list[str] | None,
    says: str,
) -> None:
    with pytest.raises(UsageError, match=says):
        requested(kinds, between, at, stores)
