"""The ledger of statements: complete in itself, and every test it names is there and can run."""

from __future__ import annotations

import ast
import functools
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
STATUSES = {"holds", "corrected", "needs-rom", "unknown"}
REQUIRED = {"id", "text", "source", "status"}
ALLOWED = REQUIRED | {"test", "note"}

STATEMENTS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("statements.toml").read_text(encoding="utf-8")
)["statement"]


@functools.cache
def collected_in(path: Path) -> dict[str, ast.FunctionDef]:
    """The test functions of a file that pytest collects, those of its classes as ``Class::test``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for group in tree.body:
        if isinstance(group, ast.ClassDef) and group.name.startswith("Test"):
            found |= {
                f"{group.name}::{node.name}": node for node in group.body if isinstance(node, ast.FunctionDef)
            }
    return {name: node for name, node in found.items() if node.name.startswith("test")}


def never_runs(node: ast.FunctionDef) -> bool:
    """Whether a test is skipped whatever happens, or asserts nothing."""
    marks = [ast.unparse(decorator) for decorator in node.decorator_list]
    if any(
        mark.startswith(("pytest.mark.skip(", "pytest.mark.xfail")) or mark == "pytest.mark.skip"
        for mark in marks
    ):
        return True
    checks = ("pytest.raises(", "pytest.fail(")
    return not any(
        isinstance(part, ast.Assert)
        or (isinstance(part, ast.withitem) and ast.unparse(part).startswith(checks))
        for part in ast.walk(node)
    )


def problem_of(test: str) -> str:
    """What is wrong with a pytest node that a statement names; nothing if it is there and can run."""
    name, _, rest = test.partition("::")
    path = ROOT / name
    if not (path.is_file() and path.name.startswith("test_")):
        return "no such file"
    if rest not in collected_in(path):
        return "no such test"
    return "it never runs or asserts nothing" if never_runs(collected_in(path)[rest]) else ""


def test_ids_are_unique() -> None:
    counted = Counter(statement["id"] for statement in STATEMENTS)
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement["id"])
def test_a_statement_is_whole_and_its_test_runs(statement: dict[str, Any]) -> None:
    assert set(statement) >= REQUIRED
    assert set(statement) <= ALLOWED
    assert all(isinstance(value, str) and value.strip() for value in statement.values())
    assert statement["status"] in STATUSES
    assert statement["text"].endswith(".")
    if statement["status"] in ("holds", "corrected"):
        assert "test" in statement, "what shows it?"
    if statement["status"] in ("corrected", "needs-rom"):
        assert "note" in statement, "what is true, or what would show it?"
    if "test" in statement:
        assert not problem_of(statement["test"])


def test_the_checks_can_fail() -> None:
    here = "tests/test_statements.py"
    assert problem_of("tests/no_such_file.py::test_x") == "no such file"
    assert problem_of(f"{here}::test_x") == "no such test"
    assert problem_of(f"{here}::test_ids_are_unique") == ""
    skipped = ast.parse("@pytest.mark.skip(reason='x')\ndef test_x() -> None:\n    assert x").body[0]
    empty = ast.parse("def test_x() -> None:\n    x()").body[0]
    assert isinstance(skipped, ast.FunctionDef)
    assert isinstance(empty, ast.FunctionDef)
    assert never_runs(skipped)
    assert never_runs(empty)
