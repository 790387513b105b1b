"""What is lowered to LLVM computes what Python computes from the same text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.cpu.lowering import intrinsic_of

Arrays = list[npt.NDArray[np.int64]]
_NAMES = ["a", "b", "c"]
#: Numbers that stay far from 64 bits whatever is done with them once.
_SIGNED = "(({0}) & 0xFFFFFFFF ^ 0x80000000) - 0x80000000"


def lowered(text: str) -> Callable[..., None]:
    """The ``run`` of ``text`` as machine code."""
    namespace: dict[str, Any] = {"execute": intrinsic_of(text)}
    exec("def run(numbers, bytes_, ints):\n    execute(numbers, bytes_, ints)", namespace)
    return numba.njit(namespace["run"])  # type: ignore[no-any-return]


def python(text: str) -> Callable[..., None]:
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    return namespace["run"]  # type: ignore[no-any-return]


def arrays(numbers: list[int]) -> Arrays:
    narrow: list[Any] = [np.arange(250, 258).astype(np.uint8), np.arange(-4, 4, dtype=np.int32)]
    return [
        np.array(numbers + [0] * (8 - len(numbers)), np.int64),
        *narrow,
    ]


def both(body: list[str], inputs: list[list[int]]) -> None:
    """Run a body over each of the inputs both ways and compare all arrays."""
    lines = [f"{name} = numbers[{index}]" for index, name in enumerate(_NAMES)]
    lines += [*body, *(f"numbers[{index}] = {name}" for index, name in enumerate(_NAMES))]
    text = "def run(numbers, bytes_, ints):\n" + "\n".join("    " + line for line in lines)
    fast, slow = lowered(text), python(text)
    for numbers in inputs:
        expected, found = arrays(numbers), arrays(numbers)
        fast(*found)
        # Memoryviews hold Python's integers, as they do for the plain executor.
        slow(*[memoryview(array.data) for array in expected])
        for there, here in zip(expected, found, strict=True):
            assert there.tolist() == here.tolist(), f"{numbers} in\n{text}"


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(st.sampled_from("+-*&|^"), pair).map(
            lambda x: _SIGNED.format(f"({x[1][0]}) {x[0]} ({x[1][1]})")
        ),
        pair.map(lambda x: f"({x[0]}) >> (({x[1]}) & 31)"),
        pair.map(lambda x: _SIGNED.format(f"(({x[0]}) & 0xFFFFFF) << (({x[1]}) & 31)")),
        pair.map(lambda x: f"(({x[0]}) & 0xFFFFFF) // ((({x[1]}) & 255) + 1)"),
        pair.map(lambda x: f"(({x[0]}) & 0xFFFFFF) % ((({x[1]}) & 255) + 1)"),
        st.tuples(st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), pair).map(
            lambda x: f"(({x[1][0]}) {x[0]} ({x[1][1]}))"
        ),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4)).map(
            lambda x: "(" + f" {x[0]} ".join(f"({part})" for part in x[1]) + ")"
        ),
        st.tuples(inner, inner, inner).map(lambda x: f"(({x[0]}) if ({x[1]}) else ({x[2]}))"),
        inner.map(lambda x: f"abs({x})"),
        inner.map(lambda x: f"(-({x}))"),
        inner.map(lambda x: f"(~({x}))"),
        inner.map(lambda x: f"(not ({x}))"),
        inner.map(lambda x: f"bytes_[({x}) & 7]"),
        inner.map(lambda x: f"ints[({x}) & 7]"),
        inner.map(lambda x: f"numbers[({x}) & 7]"),
    )


EXPRESSIONS = st.recursive(
    st.one_of(st.sampled_from(_NAMES), st.integers(-70000, 70000).map(str)), _deeper, max_leaves=8
)


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def statements(draw: st.DrawFn, depth: int = 0) -> list[str]:  # noqa: PLR0912
    """A few statements; loops end by their count."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(
            st.sampled_from(["name", "item", "add", "if", "chain", "for", "while"][: 3 if depth > 1 else 7])
        )
        value = draw(EXPRESSIONS)
        name = draw(st.sampled_from(_NAMES))
        if kind == "name":
            lines.append(f"{name} = {value}")
        elif kind == "item":
            array, most = draw(
                st.sampled_from([("bytes_", "255"), ("ints", "0x7FFFFFFF"), ("numbers", "-1")])
            )
            lines.append(f"{array}[{draw(EXPRESSIONS)} & 7] = ({value}) & {most}")
        elif kind == "add":
            target = draw(st.sampled_from([name, "numbers[3]"]))
            lines += [f"{target} += {value}", f"{target} = {_SIGNED.format(target)}"]
        elif kind == "if":
            lines += [f"if {value}:", *_indented(draw(statements(depth + 1)))]
            if draw(st.booleans()):
                lines += ["else:", *_indented(draw(statements(depth + 1)))]
        elif kind == "chain":
            lines.append(f"choice = ({value}) & 7")
            for number in range(draw(st.integers(2, 6))):
                lines += [f"{'el' * (number > 0)}if choice == {number % 5}:", f"    {name} = {number}"]
            lines += ["else:", *_indented(draw(statements(depth + 1)))]
        elif kind == "for":
            bound = draw(st.sampled_from(["4", f"({name}) & 7", f"-2, {name} & 3"]))
            lines += [f"k{depth} = 9", f"for k{depth} in range({bound}):"]
            inside = [*draw(statements(depth + 1)), f"{name} = {name} ^ k{depth}"]
            if draw(st.booleans()):
                inside += [f"if {draw(EXPRESSIONS)}:", "    break"]
            if draw(st.booleans()):
                inside.append(f"k{depth} = 0")
            if draw(st.booleans()):
                inside.append("break")
            lines += [*_indented(inside), f"{name} = {name} ^ k{depth}"]
        else:
            test = draw(st.sampled_from([f"left{depth}", f"left{depth} and {value}", "True"]))
            lines += [f"left{depth} = 5", f"while {test}:", f"    left{depth} -= 1"]
            lines += [*_indented(draw(statements(depth + 1))), f"    if left{depth} <= 0:", "        break"]
    return lines


INPUTS = st.lists(
    st.lists(st.integers(-(1 << 31), (1 << 31) - 1), min_size=3, max_size=3), min_size=4, max_size=4
)


@settings(max_examples=25)
@given(st.lists(EXPRESSIONS, min_size=5, max_size=5), INPUTS)
def test_expressions(texts: list[str], inputs: list[list[int]]) -> None:
    both([f"numbers[{3 + index}] = {text}" for index, text in enumerate(texts)], inputs)


@settings(max_examples=40)
@given(statements(), INPUTS)
def test_statements(body: list[str], inputs: list[list[int]]) -> None:
    both(body, inputs)


def test_the_right_side_is_not_looked_at_if_the_left_decides() -> None:
    """A division by zero would end the process."""
    both(["a = b and a // b", "c = b == 0 or a // b", "if not b or 7 % b: c += 2"], [[5, 0, 1], [7, 7, 0]])


@pytest.mark.parametrize(
    "statement",
    [
        "a = 1 < 2 < 3",
        "a = 1 in (1, 2)",
        "a = max(1, 2)",
        "a = 1.5",
        "print(1)",
        "return",
        "del a",
        "for k in range(3):\n        a = 1\n    else:\n        a = 2",
        "while a:\n        a = 0\n    else:\n        a = 2",
        "while a:\n        continue",
    ],
)
def test_what_cannot_be_lowered_is_refused(statement: str) -> None:
    text = f"def run(numbers, bytes_, ints):\n    a = 1\n    {statement}"
    ast.parse(text)
    with pytest.raises((NotImplementedError, numba.core.errors.NumbaError)):
        lowered(text)(*arrays([]))
