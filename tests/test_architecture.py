"""The house keeps its shape: imports go down, instruments stay apart, the command line starts quickly."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import luthier
from luthier.formats import INSTRUMENT_FORMATS

SOURCE = Path(luthier.__file__).parent

#: Top-level names of the package by floor; what is not named here is an instrument.
GROUND = {"errors", "files", "compiled"}
PARTS = {"cpu", "machine", "dsp", "audio", "midi", "formats", "identify", "demo"}
OUTSIDE = {"cli", "web", "batch", "library"}
#: Imports within one floor that are meant: errors are everybody's; "what is this?" is asked of the registry;
#: a machine runs a CPU; commands start the bench, and both call the library, which knows nothing of them.
SAME_FLOOR = {
    ("files", "errors"),
    ("identify", "formats"),
    ("machine", "cpu"),
    ("cli", "library"),
    ("cli", "web"),
    ("web", "library"),
}

BANNED_NAMES = {"util", "utils", "utilities", "helper", "helpers", "common", "misc", "manager", "managers"}
HEAVY = (
    "numpy",
    "numba",
    "scipy",
    "soundfile",
    "soxr",
    "mido",
    "msgspec",
    "rtmidi",
    "matplotlib",
    "rich.progress",
)


def module_name(path: Path) -> str:
    """``luthier.poly800.bank`` for its file."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}


def targets(node: ast.AST) -> Iterator[str]:
    """The modules of Luthier that an import statement names."""
    if isinstance(node, ast.Import):
        found = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        base = node.module or ""
        found = [name if (name := f"{base}.{alias.name}") in FILES else base for alias in node.names]
    else:
        return
    yield from (name for name in found if name.split(".")[0] == "luthier" and name != "luthier")


def imports(path: Path) -> Iterator[str]:
    """Every module of Luthier that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        yield from targets(node)


def floor(room: str) -> int:
    """0 for the ground, 1 for parts, 2 for instruments, 3 for what people and programs see."""
    return 0 if room in GROUND else 1 if room in PARTS else 3 if room in OUTSIDE else 2


@pytest.mark.parametrize("name", [name for name in FILES if name != "luthier"])
def test_imports_go_down_only(name: str) -> None:
    here = name.split(".")[1]
    for imported in imports(FILES[name]):
        there = imported.split(".")[1]
        allowed = there == here or floor(there) < floor(here) or (here, there) in SAME_FLOOR
        assert allowed, f"{name} (floor {floor(here)}) imports {imported} (floor {floor(there)})"


def test_every_instrument_is_registered_and_nothing_else() -> None:
    rooms = {path.name.removesuffix(".py") for path in SOURCE.iterdir() if path.name[0] not in "_."}
    instruments = {room for room in rooms if floor(room) == 2}
    assert instruments == {module.split(".")[1] for module in INSTRUMENT_FORMATS}


def test_no_module_has_a_name_that_says_nothing() -> None:
    named = {part for name in FILES for part in name.split(".")}
    assert not named & BANNED_NAMES


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph: dict[str, set[str]] = {}
    for name, path in FILES.items():
        body = ast.parse(path.read_text(encoding="utf-8")).body
        # Inside functions and under TYPE_CHECKING nothing is loaded; a package may load its own modules.
        found = {imported for node in body for imported in targets(node)}
        graph[name] = {imported for imported in found if not imported.startswith(f"{name}.")}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_command_line_starts_without_heavy_imports() -> None:
    code = f"import sys, luthier.cli; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_the_checks_can_fail() -> None:
    # The rules above, on statements that break them.
    (wrong,) = targets(ast.parse("from luthier.poly800 import bank").body[0])
    assert wrong == "luthier.poly800.bank"
    assert floor("poly800") > floor("audio") > floor("errors")
    assert floor("cli") > floor("poly800")
