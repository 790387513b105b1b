"""Searches read words and parameters without their items: those of removed items must not be there."""

from __future__ import annotations

import contextlib
import functools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.library.entry import Entry, Source
from luthier.library.families import ABSENT, Column, Family
from luthier.library.importing import add_files
from luthier.library.poly800_shelf import FAMILY
from luthier.library.search import ORDERS, search
from luthier.library.store import Library
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.message_formats import SYSEX_EX800
from luthier.poly800.synth import Synth

QUERIES = (
    "",
    "trumpet",
    "cutoff >= 0",
    "program 11",
    "tag:loud",
    "rating >= 1",
    "trumpet, cutoff >= 0",
    "kind:patch",
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    path = tmp_path / "bank.syx"
    path.write_bytes(SYSEX_EX800.write(built_in_bank(Synth.EX800)))
    library = Library(tmp_path / "mine.luthier")
    add_files(library, [path])
    return library


@pytest.mark.parametrize("order", ORDERS)
def test_removed_items_are_found_by_nothing_until_they_are_back(library: Library, order: str) -> None:
    with library:
        trumpet, *_ = (item.id for item in search(library, "trumpet").items)
        first = search(library, "kind:patch program 11").items[0].id
        library.label([trumpet, first], "tags", "loud")
        library.edit([trumpet, first], "rate", rating=3)
        before = {query: _found(library, query, order) for query in QUERIES}
        assert all(trumpet in numbers or first in numbers for numbers in before.values())
        library.remove([trumpet, first])
        for query, numbers in before.items():
            assert _found(library, query, order) == [one for one in numbers if one not in (trumpet, first)]
        library.undo()
        for query, numbers in before.items():
            assert _found(library, query, order) == numbers


def _found(library: Library, query: str, order: str) -> list[int]:
    found = search(library, query, order=order, most=1000)
    assert found.total == len(found.items)
    numbers = [item.id for item in found.items]
    # Pages together are the whole.
    pages = [
        search(library, query, order=order, first=first, most=7).items for first in range(0, found.total, 7)
    ]
    assert [item.id for page in pages for item in page] == numbers
    return numbers


def test_thousands_of_hits_are_all_found_though_not_ranked(tmp_path: Path) -> None:
    with Library(tmp_path / "mine.luthier") as library:
        source = Source("many.bin", "test", 1, b"0" * 32)
        entries = [Entry("song", "midi", f"song {number}", bytes([number % 256])) for number in range(5100)]
        with library.step("add") as step:
            numbers = library.add(step, entries, source)
        assert numbers == list(range(1, 5101))
        found = search(library, "song", first=5000, most=1000)
        assert found.total == 5100
        assert [item.id for item in found.items] == numbers[5000:]
        # Few enough to be ranked: the number stands alone in one name.
        assert search(library, "song 77").items[0].name == "song 77"


def test_a_vector_counts_from_the_minimum_and_never_says_absent_for_a_value() -> None:
    columns = tuple(
        Column(name, least, 1000, {}) for name, least in (("a", 0), ("b", 1), ("c", -5), ("d", 0))
    )
    family = Family("test", columns)
    assert family.vector({"a": 7, "b": 1, "c": -5}) == bytes([7, 0, 0, ABSENT])
    assert family.vector({"a": 254, "b": 256, "c": -9, "d": 900}) == bytes([254, 254, 0, 254])


def test_patches_have_the_columns_of_their_synth() -> None:
    program = built_in_bank(Synth.EX800).program(11)
    vector = FAMILY.vector(program.values())
    for place, column in enumerate(FAMILY.columns):
        value = program.values().get(column.name)
        assert vector[place] == (ABSENT if value is None else value - column.minimum)


_SIGNS = "<>=!\"':,() *-^%_;.\\\0é🎹b"
_ALPHABET = st.sampled_from([*_SIGNS, "cutoff", "tag", "kind:", "rating", "on", "NEAR", "9" * 30])


@settings(max_examples=150)
@given(st.lists(_ALPHABET, max_size=12).map("".join) | st.text(max_size=40))
def test_any_query_is_answered_or_refused(text: str) -> None:
    library = _shared()
    for order in ORDERS:
        with contextlib.suppress(InputError):
            found = search(library, text, order=order, most=3)
            assert found.total >= len(found.items)


@functools.cache
def _shared() -> Library:
    library = Library(Path(":memory:"))
    with library.step("add") as step:
        entry = Entry("patch", "ex800", "brass", b"x" * 21, parameters={"cutoff": 3})
        library.add(step, [entry, Entry("song", "midi", "bell", b"y")])
    return library
