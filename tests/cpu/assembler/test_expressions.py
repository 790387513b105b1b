"""Numbers, strings and arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.cpu.assembler import expressions
from luthier.cpu.assembler.tokens import tokens
from luthier.errors import InputError


def value(text: str, **symbols: int) -> int:
    return expressions.parse(tokens(text)).value(symbols.__getitem__, 0x100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("255", 255),
        ("0xFf", 255),
        ("0FFh", 255),
        ("1Fh", 31),
        ("0b101", 5),
        ("101b", 5),
        ("0b1h", 0xB1),
        ("'A'", 65),
        ("'\\n'", 10),
        ("'\\x7f'", 127),
        ("';'", 59),
        ("$", 0x100),
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("10-4-3", 3),
        ("1<<4+1", 32),
        ("1|6&3", 3),
        ("5^1|8", 12),
        ("-2*-3", 6),
        ("~0&0xFF", 255),
        ("- -3", 3),
        ("-7/2", -3),
        ("-7%2", -1),
        ("7/-2", -3),
        ("-1>>1", -1),
        ("low(0x1234)", 0x34),
        ("HIGH(0x1234)", 0x12),
        ("low(1+high(0x1234))", 0x13),
        ("a.b+$", 0x105),
        ("1<<200>>199", 2),
    ],
)
def test_values(text: str, expected: int) -> None:
    assert value(text, **{"a.b": 5}) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1/0", "column 2: division by zero"),
        ("1%0", "column 2: division by zero"),
        ("1<<-1", "no count of bits"),
        ("1<<1000000000", "no count of bits"),
        ("1<<200<<200", "more than 256 bits"),
        ("1+", "column 3: a value is missing"),
        ("(1", "column 1: this parenthesis is never closed"),
        ("1)", "column 2: '[)]' is not expected"),
        ("1 2", "column 3: '2' is not expected"),
        ("*1", "a value is expected here"),
        ("mid(1)", "no function 'mid'"),
        ("12a", "12a is no number"),
        ("0xg", "0xg is no number"),
        ("9" * 100, "is no number"),
        ("'ab'", "a character is written"),
        ("'\\q'", "is no character"),
        ('"abc', "has no end"),
        ("'ä'", "only ASCII"),
        ("`", "means nothing"),
        ("(" * 60 + "1" + ")" * 60, "more than 50 parentheses"),
        ('1+"a"', "a value is expected"),
    ],
)
def test_what_cannot_be_computed(text: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        value(text)


def test_long_expressions_take_no_stack() -> None:
    assert value("+".join(["1"] * 20_000)) == 20_000
    assert value("-" * 20_000 + "1") == 1


NUMBERS = st.integers(0, 1 << 40)


@given(
    st.recursive(
        NUMBERS.map(str),
        lambda inner: st.builds(
            lambda left, sign, right: f"({left}){sign}({right})",
            inner,
            st.sampled_from(["+", "-", "*", "&", "|", "^"]),
            inner,
        ),
        max_leaves=6,
    )
)
def test_arithmetic_is_that_of_integers(text: str) -> None:
    assert value(text) == eval(text)


@given(st.lists(NUMBERS, min_size=2, max_size=8), st.data())
def test_precedence_is_that_of_python_where_both_have_it(numbers: list[int], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from(["+", "-", "*", "&", "|", "^"])) for _ in numbers[1:]]
    text = str(numbers[0]) + "".join(
        f"{sign}{number}" for sign, number in zip(signs, numbers[1:], strict=True)
    )
    assert value(text) == eval(text)
