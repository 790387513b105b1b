"""Every name that the pages give with an address is in the map: there, or with what is true."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from luthier.kn5000.memory_map import Entry, all_entries, at
from luthier.kn5000.memory_map.models import MISREADING

PUBLISHED: dict[str, list[tuple[int, str]]] = tomllib.loads(
    Path(__file__).with_name("published.toml").read_text("utf-8")
)


def entries_called(name: str, address: int) -> list[Entry]:
    return [
        entry
        for entry in all_entries()
        if entry.is_in_memory
        and entry.start == address
        and name.lower() in {known.partition("@")[0].lower() for known in entry.names}
    ]


@pytest.mark.parametrize("page", PUBLISHED)
def test_published_names_have_their_addresses_or_a_reason(page: str) -> None:
    assert len(PUBLISHED[page]) > 60
    for address, name in PUBLISHED[page]:
        found = entries_called(name, address)
        assert found, f"{name} at {address:#x}"
        for entry in found:
            if entry.kind == MISREADING:
                assert entry.note
            else:
                answer = at(address, entry.cpu)
                assert answer.offset == 0


def test_what_is_published_wrongly_is_somewhere_else() -> None:
    wrong = {
        entry.name.partition("@")[0]: entry.start
        for page in PUBLISHED.values()
        for address, name in page
        for entry in entries_called(name, address)
        if entry.kind == MISREADING
    }
    assert {"DSP_DispatchCommand", "Voice_Allocate", "INTE67", "T8RUN", "P0FC", "SC1CR"} <= set(wrong)
    for name, address in wrong.items():
        true = [entry for entry in all_entries() if name in entry.names and entry.kind != MISREADING]
        assert address not in [entry.address for entry in true]


def test_the_check_can_fail() -> None:
    assert entries_called("Voice_NoteOn", 0x02CF97)
    assert not entries_called("Voice_NoteOn", 0x02CF98)


@pytest.mark.parametrize(
    ("cpu", "first", "last", "region"),
    [
        # The memory-map page's tables of address ranges, chips by the service manual's numbers.
        ("main", 0x110000, 0x110000, "fdc"),
        ("main", 0x160000, 0x160006, "hdae_ppi"),
        ("main", 0x1703B0, 0x1703DF, "vga"),
        ("main", 0x1A0000, 0x1DFFFF, "video_ram"),
        ("main", 0x280000, 0x280000 + 512 * 1024 - 1, "hdae_rom"),
        ("main", 0x300000, 0x3FFFFF, "custom_data"),
        ("main", 0x400000, 0x400000, "rhythm_rom"),
        ("main", 0x800000, 0x9FFFFF, "table_rom"),
        ("main", 0xE00000, 0xFFFFFF, "program_rom"),
        ("sub", 0x0000, 0x00FF, "sub_sfr"),
        ("sub", 0x0100, 0x01FF, "sub_extended_sfr"),
        ("sub", 0x0500, 0x05A1, "boot_ram"),
        ("sub", 0xFE0000, 0xFFFFFF, "boot_rom"),
        ("sub", 0x120000, 0x120000, "sub_latch"),
    ],
)
def test_published_regions(cpu: str, first: int, last: int, region: str) -> None:
    for address in (first, (first + last) // 2, last):
        assert region in at(address, cpu).regions
