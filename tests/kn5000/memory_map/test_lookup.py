"""What is at an address, where something is, and symbol files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.cpu import describe
from luthier.cpu.symbols import read_symbols, write_symbols
from luthier.errors import InputError, UsageError
from luthier.kn5000.memory_map import (
    CPUS,
    all_entries,
    at,
    find,
    region,
    regions,
    resolve,
    search,
    symbols,
    tables,
)
from luthier.kn5000.memory_map.models import MISREADING, REGION
from luthier.kn5000.memory_map.view import answer_lines, entry_lines, list_lines, region_lines

cpus = st.sampled_from(CPUS)
starts = st.sampled_from(sorted({entry.start for entry in all_entries() if entry.is_in_memory}))
near = st.builds(lambda start, away: min(max(start + away, 0), 0xFFFFFF), starts, st.integers(-300, 300))


def test_the_volume_of_part_1() -> None:
    answer = at(0x041493, "sub")
    assert 0x041368 + 287 + 0x0C == 0x041493
    assert answer.title == "volume of part 1"
    assert answer.name == "parts[1].volume"
    assert (answer.offset, answer.size) == (0, 2)
    assert answer.regions == ("sub_dram",)
    assert at(0x041494, "sub").offset == 1
    assert not at(0x041493, "main").is_inside


def test_nested_records() -> None:
    answer = at(0x041368 + 3 * 287 + 0x6E + 2 * 37 + 9, "sub")
    assert (answer.name, answer.offset) == ("parts[3].slots[2].set_pointers", 1)
    assert answer.title == "set pointers of slot 2 of part 3"


def test_a_byte_of_a_record_without_a_field() -> None:
    answer = at(0x04308E + 5 * 71 + 0x2B, "sub")
    assert (answer.name, answer.offset, answer.size) == ("voices[5]", 0x2B, 71)
    assert answer.certainty == "unknown"


def test_nearest_symbols() -> None:
    assert (at(0x02CF97 + 5, "sub").name, at(0x02CF97 + 5, "sub").offset) == ("Voice_NoteOn", 5)
    assert not at(0x02CF97 + 5, "sub").is_inside  # its size is unknown
    behind = at(0x4A4C + 97, "sub")
    assert (behind.name, behind.offset, behind.is_inside) == ("keybed_slots", 97, False)
    # A label inside a table with a size is nearer than the table.
    assert at(0x03C9E7, "sub").name == "DSP_ParameterWriteEngine"
    assert at(0x03C32E, "sub").name == "Bytecode_Handler_0"
    assert at(0x1C0000, "main").name == "video_ram"
    assert at(0x1C0000, "main").offset == 0x20000
    assert at(0xA00000, "main").kind == "unmapped"


@given(st.one_of(st.integers(0, 0xFFFFFF), near), cpus)
def test_every_address_has_an_answer(address: int, cpu: str) -> None:
    answer = at(address, cpu)
    assert (answer.address, answer.cpu) == (address, cpu)
    assert answer.name
    assert 0 <= answer.offset <= address
    assert list(answer_lines(answer))
    holding = [
        entry
        for entry in all_entries()
        if entry.cpu == cpu and entry.is_in_memory and entry.kind != MISREADING and entry.holds(address)
    ]
    assert set(answer.regions) == {entry.name for entry in holding if entry.kind == REGION}
    if any(entry.kind != REGION for entry in holding):
        # What is named begins inside everything that holds the byte.
        begin = address - answer.offset
        assert all(entry.start <= begin for entry in holding)


@given(starts, cpus)
def test_paths_lead_back(address: int, cpu: str) -> None:
    answer = at(address, cpu)
    if answer.kind in ("field", "record") and "[" in answer.name:
        (found,) = resolve(answer.name, cpu)
        assert found.start == address - answer.offset
        assert found.size == answer.size


@pytest.mark.parametrize("address", [-1, 0x1000000])
def test_addresses_beyond_the_bus(address: int) -> None:
    with pytest.raises(UsageError, match="is no address"):
        at(address, "sub")


def test_a_processor_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="use main or sub"):
        at(0, "third")
    with pytest.raises(UsageError, match="use main or sub"):
        symbols("third")


def test_finding_by_part_of_a_name() -> None:
    assert find("Voice_NoteOn")[0].start == 0x02CF97
    assert "Voice_NoteOn" in {entry.name for entry in find("noteon", "sub")}
    assert find("noteon", "main") == []
    volume = {entry.name: entry.start for entry in find("volume", "sub") if entry.kind == "field"}
    assert volume == {"parts[0].volume": 0x041374}
    # Other names count too; the exact one comes first.
    assert find("T8RUN", "sub")[0].start == 0x80
    assert find("SUB_8437")[0].name == "TONE_GEN_CHANNEL_INIT"


def test_paths() -> None:
    (found,) = resolve("parts[1].volume")
    assert (found.start, found.size, found.cpu) == (0x041493, 2, "sub")
    (found,) = resolve("parts[25]")
    assert (found.start, found.size, found.kind) == (0x04308E - 287, 287, "record")
    (found,) = resolve("effect_state.slots[4]")
    assert (found.start, found.size) == (0x4576, 56)
    (found,) = resolve("effect_state.slots")
    assert (found.start, found.size) == (0x4496, 5 * 56)
    assert resolve("volume") == []
    assert resolve("no_such[3]") == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("parts[26].volume", "count from 0 to 25"),
        ("parts[1].loudness", "it has flags, present"),
        ("parts[1].volume.left", "has no fields"),
        ("parts[1].slots[4]", "count from 0 to 3"),
        ("parts[1].[", "there is no"),
    ],
)
def test_paths_that_lead_nowhere(path: str, said: str) -> None:
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        resolve(path)


def test_regions_and_tables() -> None:
    assert {entry.cpu for entry in region("DRAM")} == {"main", "sub"}
    sub = region("dram", "sub")
    assert sub[0].name == "sub_dram"
    assert "parts" in {entry.name for entry in sub}
    assert "main_dram" in {entry.name for entry in regions("main")}
    assert tables()["pport"] == 15
    assert "pport" not in tables("sub")
    assert region("no such region") == []
    for place in regions():
        assert place in region(place.name, place.cpu)
    for name in tables():
        assert region(name)


def test_search_prefers_regions_then_paths_then_names() -> None:
    assert search("DRAM")[0].kind == REGION
    assert search("parts[1].volume")[0].start == 0x041493
    assert search("Voice_NoteOn")[0].name == "Voice_NoteOn"
    with pytest.raises(InputError, match="did you mean Voice_NoteOn"):
        search("Voice_NotOn")
    with pytest.raises(InputError, match="map without an argument"):
        search("\u00fcberhaupt nichts davon")
    with pytest.raises(UsageError):
        search("DRAM", "third")


@given(st.text(max_size=200))
def test_searching_for_anything(text: str) -> None:
    try:
        found = search(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert found
        assert all(list_lines(found[:3]))


@pytest.mark.parametrize("cpu", CPUS)
def test_symbols_round_trip(cpu: str) -> None:
    exported = symbols(cpu)
    assert read_symbols(write_symbols(exported), describe("tlcs900h2")) == exported
    assert len(exported) > 250
    assert not any("@" in name for name in exported)


def test_symbols_tell_code_from_data() -> None:
    sub = symbols("sub")
    assert sub["Voice_NoteOn"].address == 0x02CF97
    assert not sub["Voice_NoteOn"].is_data
    assert sub["CMD_DISPATCH_TABLE"] == (0x00F46C, True)
    assert not sub["TRAMPOLINE_INT0"].is_data
    assert "sub_dram" not in sub


def test_everything_can_be_shown() -> None:
    for entry in all_entries():
        first, *details = entry_lines(entry)
        assert entry.name in first
        assert details
        assert all(len(line) <= 100 for line in details)
    assert len(list(list_lines(list(all_entries())))) == len(all_entries())
    shown = list(region_lines(regions(), tables()))
    assert any("sub_program" in line for line in shown)
