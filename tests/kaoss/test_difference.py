"""Two firmwares side by side: what is told is what was changed in the text they are assembled from."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kaoss import compiled
from tests.kaoss.test_system_file import ELECTRIBE_2S

from luthier.cpu import describe
from luthier.cpu.assembler import assemble
from luthier.cpu.notes import parse
from luthier.kaoss.built_in import CPU, FOLDER, built_in, symbols
from luthier.kaoss.code import take_payload_apart
from luthier.kaoss.difference import view
from luthier.kaoss.difference.comparison import Comparison, FunctionChange, State, compare
from luthier.kaoss.difference.page import page
from luthier.kaoss.functions import functions
from luthier.kaoss.header import Version
from luthier.kaoss.system_file import SystemFile, read


def changed(folder: Path, *changes: tuple[str, str, str]) -> tuple[SystemFile, dict[str, int]]:
    """The example with other text: file, what stands there, what is to stand there; and its symbols."""
    shutil.copytree(FOLDER, folder / "firmware")
    for name, old, new in changes:
        path = folder / "firmware" / name
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    result = assemble(folder / "firmware" / "luthierpad.s", CPU)
    return SystemFile(built_in().header, result.image.ljust(0x40000, b"\xff")), result.symbols


def by_state(found: Comparison, state: State) -> list[FunctionChange]:
    return [change for change in found.functions if change.state is state]


def test_a_file_and_itself() -> None:
    found = compare(built_in(), built_in())
    assert found.is_same
    assert {change.state for change in found.functions} == {State.SAME}
    assert list(view.lines(found)) == ["nothing differs"]


def test_functions_are_those_of_the_text() -> None:
    # Every label that is called, or that a vector or the table of commands leads to, and main.
    names = symbols()
    expected = (
        *("reset", "unexpected", "tick", "main", "play", "record", "save", "send", "ignore"),
        *("set_up_pins", "scan_row", "set_up_timer", "set_up_serial", "print", "put", "write_dsp"),
        *("load_dsp", "read_eeprom", "write_eeprom", "alone", "command", "shift_out", "load_settings"),
        *("write_two_wire", "read_two_wire", "address_two_wire", "send_byte", "begin", "stop"),
    )
    found = {function.start: function for function in functions(take_payload_apart(built_in()))}
    assert found.keys() == {names[name].address for name in expected}
    assert found[names["put"].address].end == names["write_dsp"].address
    # Places within a function are counted, places elsewhere kept beside.
    lines = found[names["print"].address].lines
    assert lines == ("mov.b @ER0+,R1L", "beq L2", "call @", "bra L1", "rts")
    assert found[names["print"].address].links == ((2, names["put"].address),)


def test_what_was_changed_is_told(tmp_path: Path) -> None:
    # Code is longer from the start on: everything else moves.
    file, names = changed(
        tmp_path,
        ("start.s", "jsr @set_up_timer\n", "jsr @set_up_timer\n        jsr @blink\n"),
        (
            "drivers.s",
            "set_up_timer:\n",
            "blink:  mov.b #0x0F,r0l\n        mov.b r0l,@PADR\n        rts\n\nset_up_timer:\n",
        ),
        ("drivers.s", "mov.w #249,r0\n", "mov.w #124,r0\n"),
        ("tables.s", "settings saved", "saved"),
        ("tables.s", "dw 0x4C50, 0, 120,", "dw 0x4C50, 0, 121,"),
    )
    found = compare(built_in(), file)
    old = symbols()
    told = {change.before.start: change for change in by_state(found, State.CHANGED) if change.before}
    assert told.keys() == {old["reset"].address, old["set_up_timer"].address}
    timer = told[old["set_up_timer"].address]
    assert timer.after is not None
    assert timer.after.start == names["set_up_timer"]
    assert {"-mov.w #0x00f9,R0", "+mov.w #0x007c,R0"} <= set(timer.lines)
    assert [change.after.start for change in by_state(found, State.NEW) if change.after] == [names["blink"]]
    assert not by_state(found, State.GONE)
    # Nothing else was changed: what lies behind has moved (the last one back to where it was).
    counted = Counter(change.state for change in found.functions)
    assert counted == {State.SAME: 1, State.MOVED: 26, State.CHANGED: 2, State.NEW: 1}
    assert [(text.state, text.text) for text in found.texts] == [
        (State.GONE, "settings saved\r\n"),
        (State.NEW, "saved\r\n"),
    ]
    (data,) = found.data
    assert (data.old, data.new) == (b"\x78", b"\x79")  # 120 and 121
    assert (data.before, data.after) == (old["default_settings"].address + 5, names["default_settings"] + 5)
    assert not found.vectors


def test_a_call_that_leads_elsewhere(tmp_path: Path) -> None:
    file, _ = changed(
        tmp_path,
        (
            "start.s",
            "jsr @load_settings\n        jsr @load_dsp\n",
            "jsr @load_dsp\n        jsr @load_settings\n",
        ),
    )
    found = compare(built_in(), file)
    (change,) = by_state(found, State.CHANGED)
    names = symbols()
    assert change.calls == (
        f"{names['load_settings'].address:06X} before, now {names['load_dsp'].address:06X}",
        f"{names['load_dsp'].address:06X} before, now {names['load_settings'].address:06X}",
    )
    assert change.lines == ()


def test_vectors_and_tables(tmp_path: Path) -> None:
    file, names = changed(
        tmp_path,
        ("start.s", "dl reset, unexpected,", "dl reset, tick,"),
        ("tables.s", "dl ignore, play, record,", "dl ignore, record, play,"),
    )
    found = compare(built_in(), file)
    (vector,) = found.vectors
    assert (vector.name, vector.before, vector.after) == ("MANUAL_RESET", names["unexpected"], names["tick"])
    assert [(data.before, data.after) for data in found.data] == [
        (names["commands"] + place, names["commands"] + place) for place in (4, 8)
    ]


def test_the_header() -> None:
    found = compare(built_in(), built_in().with_version(Version(2, 1)))
    assert [(field.name, field.before, field.after) for field in found.header] == [
        ("version", "1.00", "2.01"),
        ("version in the payload", "1.00", "2.01"),
    ]
    assert not found.data  # the version block is told once


def test_payloads_without_code() -> None:
    file = SystemFile(read(ELECTRIBE_2S).header, bytes(0x1000))
    other = replace(file, payload=bytes(0x10) + b"\1\2" + bytes(0xFEE))
    found = compare(file, other)
    assert not found.has_code
    assert [(one.before, one.old, one.new) for one in found.data] == [(0x10, bytes(2), b"\1\2")]
    longer = compare(file, replace(file, payload=bytes(0x800) + b"\7" + bytes(0x800)))
    assert [(one.before, one.old, one.new) for one in longer.data] == [(0x800, b"", b"\7")]


@pytest.mark.skipif(not compiled.IS_THERE, reason="h8300-hms-gcc is not installed")
def test_compiled_c_in_two_ways(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, old = compiled.compiled_file(tmp_path / "a", "-O2")
    other, new = compiled.compiled_file(tmp_path / "b", "-O2", "-fomit-frame-pointer")
    pairs = {
        change.before.start: change.after.start
        for change in compare(one, other).functions
        if change.before and change.after
    }
    for name in ("start", "act"):
        assert pairs[old[name]] == new[name]


def test_names_come_from_notes() -> None:
    notes = parse("2BA main code", describe(CPU))
    (gone,) = [
        change
        for change in compare(built_in(), built_in("hang"), notes).functions
        if change.before and change.before.name == "main"
    ]
    assert gone.state is State.GONE


@given(st.lists(st.tuples(st.integers(0, 0x620), st.binary(min_size=1, max_size=4)), max_size=8))
@settings(max_examples=15, deadline=None)
def test_any_damage_is_told_and_breaks_nothing(damage: list[tuple[int, bytes]]) -> None:
    payload = bytearray(built_in().payload)
    for place, data in damage:
        payload[place : place + len(data)] = data
    other = replace(built_in(), payload=bytes(payload))
    found = compare(built_in(), other)
    assert found.is_same == (other == built_in())
    assert list(view.lines(found, everything=True))
    json.dumps(view.record(found))
    page(found, "a", "b")


class Reader(HTMLParser):
    """Collects tags and attributes, and checks that tags are closed in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else() -> None:
    reader = Reader()
    text = page(compare(built_in(), built_in("hang")), "<a>", 'b"')
    reader.feed(text)
    assert reader.open == []
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in reader.seen}
    attributes = {name for _, attrs in reader.seen for name in attrs}
    assert attributes <= {"lang", "charset", "http-equiv", "content", "name", "open"}
    assert "default-src &#x27;none&#x27;; style-src &#x27;sha256-" in text
    assert "<title>&lt;a&gt; and b&quot;</title>" in text
    assert "<del>-sleep</del>" in text


def test_a_payload_without_an_instruction() -> None:
    # No vector was ever written.
    file = replace(built_in(), payload=b"\xff" * 512 + built_in().payload[0x200:])
    assert functions(take_payload_apart(file)) == []
    found = compare(built_in(), file)
    assert {change.state for change in found.functions} == {State.GONE}
    assert len(found.vectors) == 128
