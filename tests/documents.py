"""Keeps the documents in step with the program: ``python -m tests.documents`` writes anew what is generated.

In README.md and docs every block ```` ```console ```` is a session: lines with ``$`` are commands, the lines
below what they print; a line ``...`` stands for any lines, and at the end of a line for its rest.  The blocks
of a page run one after the other in one empty folder.  Blocks ```` ```pycon ```` are Python sessions
(doctest).  Other blocks, such as ```` ```sh ````, are not run: use them for what needs a synth.

Made from elsewhere: ``docs/formats.md`` from the registry of formats;
``docs/manual/kn5000-effect-reference.md`` and its pictures from the effects; ``docs/cpu`` from the rows of
each CPU and the cases it was compared with; the last section of
``docs/accuracy.md`` from the blocks "Open questions" in the code; tables between
``<!-- figures: BENCHMARK -->`` and ``<!-- end of figures -->`` from ``benchmarks/results.json``.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from luthier.cpu import CPUS

ROOT = Path(__file__).parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FORMATS_PAGE = ROOT / "docs" / "formats.md"
ACCURACY_PAGE = ROOT / "docs" / "accuracy.md"
CPU_PAGES = {name: ROOT / "docs" / "cpu" / f"{name}.md" for name in CPUS}
EFFECTS_PAGE = ROOT / "docs" / "manual" / "kn5000-effect-reference.md"
EFFECT_PICTURES = ROOT / "docs" / "pictures" / "effects"
RESULTS = ROOT / "benchmarks" / "results.json"
SOURCE = ROOT / "src" / "luthier"

_BLOCK = re.compile(r"^```(console|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ "
_ANYTHING = "..."
#: What only a shell can do.
_SHELL = set("|<>*?;&$`")


@dataclass(frozen=True)
class Command:
    """A command of a session and the lines the page shows below it."""

    text: str
    shown: tuple[str, ...]

    def agrees(self, printed: list[str]) -> bool:
        """Whether the page shows what was printed; ``...`` stands for any lines, or the rest of one."""
        pattern = "".join(
            r"(?:.*\n)*?"
            if line == _ANYTHING
            else re.escape(line.removesuffix(_ANYTHING)) + (".*\n" if line.endswith(_ANYTHING) else "\n")
            for line in self.shown
        )
        return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def commands(block: str) -> Iterator[Command]:
    """The commands of a session; a line that ends in a backslash goes on in the next."""
    for part in re.split(rf"^{re.escape(_PROMPT)}", block, flags=re.MULTILINE)[1:]:
        first, *shown = part.replace("\\\n", "\\\0").splitlines()
        yield Command(first.replace("\\\0", "\\\n"), tuple(shown))


def blocks(page: Path) -> list[tuple[str, str]]:
    """(language, text) of every block of a page that is run."""
    return [(found[1], found[2]) for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))]


@contextlib.contextmanager
def empty_folder() -> Iterator[None]:
    """A new working directory, where a terminal is a hundred characters wide and nothing is coloured."""
    setting = {"COLUMNS": "100", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    setting["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(os.environ, setting),
        contextlib.chdir(folder),
    ):
        yield


def printed_by(command: str) -> list[str]:
    """Run a command in the working directory; the lines of both its outputs, without blanks at the ends."""
    text = _in_this_process(command) if not _SHELL & set(command) else _in_a_shell(command)
    return [line.rstrip() for line in text.splitlines()]


def _in_a_shell(command: str) -> str:
    run = subprocess.run(
        ["/bin/sh", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return run.stdout.decode()


def _in_this_process(command: str) -> str:
    """``luthier`` without the second that a new Python takes."""
    words = shlex.split(command)
    if words[0] != "luthier":
        return _in_a_shell(command)
    from luthier import cli

    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, write_through=True)
    with (
        mock.patch.object(sys, "argv", words),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        contextlib.suppress(SystemExit),
    ):
        cli.main()
    return raw.getvalue().decode()


def disagreements(page: Path) -> list[str]:
    """Run every block of a page; what is not as the page shows it."""
    found: list[str] = []
    names: dict[str, object] = {}
    with empty_folder():
        for language, text in blocks(page):
            if language == "pycon":
                found += _failed_examples(text, names)
                continue
            for command in commands(text):
                printed = printed_by(command.text)
                if not command.agrees(printed):
                    found.append("\n".join([f"$ {command.text}", *printed]))
    return found


def _failed_examples(text: str, names: dict[str, object]) -> list[str]:
    said: list[str] = []
    test = doctest.DocTestParser().get_doctest(text, names, "page", None, None)
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    return ["".join(said)] if said else []


def updated(page: Path) -> str:
    """The page with the output of every command that is not as shown written anew."""

    names: dict[str, object] = {}

    def rewritten(found: re.Match[str]) -> str:
        if found[1] != "console":
            _failed_examples(found[2], names)  # for the files it makes
            return found[0]
        lines = []
        for command in commands(found[2]):
            printed = printed_by(command.text)
            shown = command.shown if command.agrees(printed) else printed
            # A printed line that looks like a command would be taken for one.
            shown_safely = [_ANYTHING if line.startswith(_PROMPT) else line for line in shown]
            lines += [_PROMPT + command.text, *shown_safely]
        return "\n".join(["```console", *lines, "```"])

    with empty_folder():
        return _BLOCK.sub(rewritten, page.read_text(encoding="utf-8"))


def formats_page() -> str:
    """The page about all formats, from their own words."""
    from luthier.formats import registered

    lines = [
        "# Formats",
        "",
        "<!-- Made from the registry by `python -m tests.documents`: change the format, not this page. -->",
        "",
        "`luthier identify FILE` names the kind of a file by its content. Names are for `--to` and `--json`.",
        "",
        "| Name | Kind of file | Suffixes |",
        "|---|---|---|",
        *(f"| [`{e.name}`](#{e.name}) | {e.title} | {' '.join(e.suffixes)} |" for e in registered()),
    ]
    for entry in registered():
        lines += ["", f"## {entry.name}", "", f"{entry.title}.", "", "What it cannot do:", ""]
        lines += [f"- {text}" for text in entry.limitations]
        lines += ["", "Sources:", "", *(f"- {text}" for text in entry.sources)]
    return "\n".join(lines) + "\n"


def cpu_page(name: str) -> str:
    """The page of a CPU, from its rows and the cases that were compared."""
    from tests.cpu.h8s.evidence import evidence as h8s
    from tests.cpu.tlcs900.evidence import evidence as tlcs900

    from luthier.cpu import architecture
    from luthier.cpu.documentation import page

    folder = architecture(name).rows.parent
    files = sorted([*folder.rglob("*.py"), *folder.rglob("*.rows")])
    questions = [text for path in files for text in open_questions(path.read_text(encoding="utf-8"))]
    return page(name, {"tlcs900h2": tlcs900, "h8s2000": h8s}[name](questions))


def effects_page() -> str:
    """The reference of the SX-KN5000's effects."""
    from luthier.kn5000.effects.reference import markdown

    return markdown.page()


def effect_pictures() -> dict[Path, str]:
    """The pictures of that page: what is measured may differ in its last digit from machine to machine."""
    from luthier.kn5000.effects.reference import markdown

    return {EFFECT_PICTURES / name: picture for name, picture in markdown.drawn().items()}


_OPEN = re.compile(r"^[#; ]*Open questions?:?[ ]*(.*?)(?=^\"\"\"|^\[|\Z)", re.MULTILINE | re.DOTALL)
_TEXTS = ("py", "toml", "rows")  #: files that may hold open questions
_UNKNOWN = "## Unknown: the open questions of the code\n"


def open_questions(text: str) -> list[str]:
    """The items of the block "Open questions" at the top of a file, each in one line."""
    found = _OPEN.search(text)
    if found is None:
        return []
    lines = [re.sub(r"^[#;]\s*", "", line).strip() for line in found[1].splitlines()]
    items: list[str] = []
    for line in lines:
        if line.startswith(("- ", "* ")) or (line and not items):
            items.append(line.removeprefix("- ").removeprefix("* "))
        elif line and set(line) != {"-"}:
            items[-1] += f" {line}"
    return [re.sub(r"\s+", " ", item) for item in items if set(item) != {"-"}]


def accuracy_page(page: str) -> str:
    """The page with its last section written anew."""
    kept = page.partition(_UNKNOWN)[0]
    lines = [_UNKNOWN]
    lines += [
        "<!-- Made from the code by `python -m tests.documents`: change the code, not this section. -->",
        "",
    ]
    for path in sorted(path for kind in _TEXTS for path in SOURCE.rglob(f"*.{kind}")):
        questions = open_questions(path.read_text(encoding="utf-8"))
        if questions:
            lines += [f"`{path.relative_to(ROOT / 'src')}`", "", *(f"- {text}" for text in questions), ""]
    return kept + "\n".join(lines).rstrip() + "\n"


_FIGURES = re.compile(r"(<!-- figures: ([^\n]*) -->\n).*?(<!-- end of figures -->)", re.DOTALL)


def with_figures(page: str) -> str:
    """The page with the figures of the benchmarks it asks for (by name) as in ``benchmarks/results.json``."""
    results: dict[str, Any] = {"figures": [], "machine": {}}
    if RESULTS.exists():
        results = json.loads(RESULTS.read_text(encoding="utf-8"))

    def table(found: re.Match[str]) -> str:
        rows = [row for row in results["figures"] if row["benchmark"] == found[2]]
        lines = [] if rows else ["No figures yet: run `make bench`."]
        if rows:
            lines += ["| | Luthier | Must hold | Public decoder |", "|---|---|---|---|"]
            lines += [
                f"| {row['row']} | {row['ours']}{'' if row['holds'] in (True, None) else ' **missed**'} "
                f"| {row['required']} | {row['peer'] or '–'} |"
                for row in rows
            ]
            lines += [
                "",
                "Measured on: " + ", ".join(f"{k} {v}" for k, v in results["machine"].items()) + ".",
            ]
        return found[1] + "\n" + "\n".join(lines) + "\n\n" + found[3]

    return _FIGURES.sub(table, page)


def main() -> None:
    """Write anew every page that is not up to date."""
    fresh = {page: with_figures(updated(page)) for page in PAGES}
    fresh |= {FORMATS_PAGE: formats_page(), ACCURACY_PAGE: accuracy_page(fresh[ACCURACY_PAGE])}
    fresh |= {path: cpu_page(name) for name, path in CPU_PAGES.items()}
    fresh |= {EFFECTS_PAGE: effects_page(), **effect_pictures()}
    for page, text in fresh.items():
        page.parent.mkdir(parents=True, exist_ok=True)
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            print(f"updated {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
