"""Symbol files are read and written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.cpu import describe
from luthier.cpu.symbols import Symbol, load_symbols, read_symbols, reserved_names, write_symbols
from luthier.errors import InputError

TLCS900 = describe("tlcs900h2")


def test_a_file_by_hand() -> None:
    text = (
        "; names\n\nmain = 0xE00000\n  table=0xe01000 ; data: sines\nport = 18;the panel\nsub.loop = 0x10\n"
    )
    assert read_symbols(text, TLCS900) == {
        "main": Symbol(0xE00000),
        "table": Symbol(0xE01000, is_data=True),
        "port": Symbol(18),
        "sub.loop": Symbol(0x10),
    }


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("main", "is no symbol"),
        ("main = ", "is no symbol"),
        ("main = E00000", "is no symbol"),
        ("main = 0x1000000", "is no symbol"),
        ("main = -1", "is no symbol"),
        ("9 = 1", "is no symbol"),
        ("main = 1 2", "is no symbol"),
        (".local = 1", "is no symbol"),
        ("XWA = 1", "a word of the instruction set"),
        ("rwa = 1", "a word of the instruction set"),
        ("Ld = 1", "a word of the instruction set"),
        ("nz = 1", "a word of the instruction set"),
        ("old = 2", "old is already 0x000001"),
    ],
)
def test_wrong_lines_are_named(line: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"^line 3: .*{reason}"):
        read_symbols(f"old = 1\n; a comment\n{line}\n", TLCS900)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.sym"
    path.write_text("main 5")
    with pytest.raises(InputError, match=r"a\.sym, line 1: "):
        load_symbols(path, TLCS900)
    path.write_bytes(b"main = 5 ; \xff")
    with pytest.raises(InputError, match=r"a\.sym: byte 11 is no UTF-8"):
        load_symbols(path, TLCS900)
    with pytest.raises(InputError, match=r"absent: cannot be read"):
        load_symbols(tmp_path / "absent", TLCS900)


names = st.from_regex(r"[a-z_][a-z0-9_]{7,12}", fullmatch=True)
symbols = st.builds(Symbol, st.integers(0, 0xFFFFFF), st.booleans())


@given(st.dictionaries(names, symbols))
def test_written_symbols_are_read_back(found: dict[str, Symbol]) -> None:
    text = write_symbols(found)
    assert read_symbols(text, TLCS900) == found
    addresses = [int(line.split()[2], 0) for line in text.splitlines()]
    assert addresses == sorted(addresses)


def test_reserved_names() -> None:
    # RWA is the beginning of RWA-1, which would else be a symbol and a number.
    assert {"A", "XSP", "QWA", "RA0", "RWA", "LD", "LDIRW", "NZ", "SR", "INTNEST"} <= reserved_names(TLCS900)
    assert not {"MAIN", "SINE", "PORT", "DATA_E00000"} & reserved_names(TLCS900)
