"""The documents tell the truth: their sessions print what they show, their links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
from tests import documents
from tests.documents import (
    ACCURACY_PAGE,
    EFFECT_PICTURES,
    EFFECTS_PAGE,
    FORMATS_PAGE,
    PAGES,
    ROOT,
    Command,
    blocks,
    commands,
)

from luthier.cli import app

MANUAL = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.parent.name == "manual")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_sessions_print_what_the_page_shows(page: Path) -> None:
    found = documents.disagreements(page)
    assert not found, "\n\n".join(["run python -m tests.documents, look at what changed:", *found])


def test_the_page_of_formats_is_up_to_date() -> None:
    assert FORMATS_PAGE.read_text(encoding="utf-8") == documents.formats_page()


def test_the_reference_of_effects_is_up_to_date() -> None:
    assert EFFECTS_PAGE.read_text(encoding="utf-8") == documents.effects_page()
    # The link test asks for every picture that the page shows; here none that it does not.
    shown = set(re.findall(r"effects/([\w-]+\.svg)", documents.effects_page()))
    assert {path.name for path in EFFECT_PICTURES.iterdir()} == shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_figures_are_those_of_the_benchmark(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == documents.with_figures(text)


def test_the_open_questions_of_the_code_are_in_the_page_of_accuracy() -> None:
    page = ACCURACY_PAGE.read_text(encoding="utf-8")
    assert page == documents.accuracy_page(page)
    assert "`luthier/poly800/memory.py`" in page


def test_open_questions_are_found() -> None:
    text = '"""Top.\n\nOpen questions\n- One\n  more.\n- Two.\n"""\ncode\n'
    assert documents.open_questions(text) == ["One more.", "Two."]
    assert documents.open_questions("# Open questions\n#   - A.\n\n[[x]]\n") == ["A."]
    assert documents.open_questions('"""Top.\n\nOpen questions: a,\nb.\n"""\n') == ["a, b."]
    assert documents.open_questions('"""Top.\n\nOpen questions\n-----\n* A.\n"""\n') == ["A."]


def commands_of_the_program() -> list[tuple[str, list[list[str]]]]:
    """Every command with its options, each with all its spellings."""
    found = []
    waiting: list[tuple[str, Any]] = [("luthier", typer.main.get_command(app))]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{name} {word}", entry) for word, entry in inner.items()]
        if not inner:
            options = [parameter.opts for parameter in command.params if parameter.opts[0].startswith("-")]
            found.append((name, options))
    return sorted(found)


@pytest.mark.parametrize(
    ("command", "options"), [pytest.param(*entry, id=entry[0]) for entry in commands_of_the_program()]
)
def test_the_manual_has_every_command_and_option(command: str, options: list[list[str]]) -> None:
    assert re.search(rf"^(\$ )?{command}( |$)", MANUAL, re.MULTILINE), f"no example of {command}"
    missing = [spellings for spellings in options if not any(one in MANUAL for one in spellings)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_page_of_architecture_has_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [
        "poly800",
        "poly800/tape",
        "cpu",
        "cpu/assembler",
        "cpu/tlcs900",
        "machine",
        "kaoss",
        "kaoss/loops",
    ]
    folders = [documents.SOURCE / room for room in rooms]
    modules = [path.stem for folder in folders for path in folder.glob("*.py") if path.stem != "__init__"]
    assert [name for name in modules if f"`{name}`" not in page] == []


def test_the_comparison_can_fail() -> None:
    (first, second) = commands("$ one\na\n...\nd\n$ two \\\n  more\n")
    assert first == Command("one", ("a", "...", "d"))
    assert second == Command("two \\\n  more", ())
    assert first.agrees(["a", "b", "c", "d"])
    assert first.agrees(["a", "d"])
    assert not first.agrees(["a", "b", "c"])
    assert not second.agrees(["something"])
    (third,) = commands("$ one\nat byte ...\n")
    assert third.agrees(["at byte 1, 2"])
    assert not third.agrees(["at bit 1", "at byte 1"])


def test_a_session_is_run(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ luthier --version\nluthier 0\n```\n\n```pycon\n>>> 1 + 1\n3\n```\n")
    wrong = documents.disagreements(page)
    assert len(wrong) == 2
    assert wrong[0].startswith("$ luthier --version\nluthier ")
    page.write_text("```console\n$ echo $((1 + 1))\n2\n```\n\n```pycon\n>>> 1 + 1\n2\n```\n")
    assert documents.disagreements(page) == []
