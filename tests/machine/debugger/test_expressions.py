"""Expressions: as arithmetic has them; whatever else is typed gives one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import UsageError
from luthier.machine.debugger.expressions import evaluate, parse


class Fixed:
    """Two registers, a name, and memory that holds its own addresses."""

    def register(self, name: str) -> int | None:
        return {"A": 5, "XWA": 0x1234}.get(name.upper())

    def address(self, name: str) -> int | None:
        return {"table": 0x2000}.get(name)

    def peek(self, address: int, size: int) -> int:
        return address & (1 << 8 * size) - 1


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("0x1F", 31),
        ("1Fh", 31),
        ("0E1h", 0xE1),
        ("E00014h", 0xE00014),
        ("bh + [table]", 0x0B),
        ("0b101", 5),
        ("1_000", 1000),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 - 2 - 3", 5),
        ("7 / 2 % 2", 1),
        ("1 << 4 | 1", 17),
        ("6 & 3 ^ 1", 3),
        ("-5 + 2", -3),
        ("~0 & 0xFF", 255),
        ("!3", 0),
        ("!!3", 1),
        ("A == 5 && xwa > 0x1000", 1),
        ("A == 4 || 0", 0),
        ("1 < 2 == 1", 1),
        ("[table]", 0),
        ("[table + 5]", 5),
        ("w[table]", 0x2000),
        ("L[table + 1]", 0x2001),
        ("[w[table] + 7]", 7),
        ("1 || 1 / 0", 1),
        ("1 >> 100000", 0),
    ],
)
def test_values(text: str, value: int) -> None:
    assert evaluate(text, Fixed()) == value


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "(1", "[1", "1)", "1 2", "zz", "0x", "12z", "5 = 5", "1 / 0", "w", "@", "'a'", "f('os')",
     "(" * 60 + "1" + ")" * 60, "1" * 600, "1 << 64 << 64 << 64", "9**9", "A.b()", "-" * 200 + "1"],
)  # fmt: skip
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(UsageError):
        evaluate(text, Fixed())


_ATOMS = st.integers(0, 1000).map(str)
_SIGNS = st.sampled_from(["+", "-", "*", "&", "|", "^", "==", "!=", "<", "<=", ">", ">="])


@given(
    st.recursive(
        _ATOMS, lambda inner: st.tuples(inner, _SIGNS, inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    )
)
def test_python_agrees_where_both_have_the_same_signs(text: str) -> None:
    """Python is the other program here; its comparisons give True and False."""
    expected = int(eval(text))
    try:
        assert evaluate(text, Fixed()) == expected
    except UsageError:
        assert expected.bit_length() > 50 or len(text) > 400 or text.count("(") > 20


@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    try:
        parse(text).value(Fixed())
    except UsageError as error:
        assert "\n" not in str(error)
