"""The two executors of a CPU: made once from its rows, kept on disk, the same bodies in both.

``plain`` runs under Python, needs no compilation and can ask the bus for what is no plain memory.
``compiled`` runs under Numba and always leaves its loop there.  Each comes bare and traced (with a ring of
the last instructions).
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.cpu import describe
from luthier.cpu.decoding import Tables, make_tables
from luthier.cpu.executor_text import ARRAYS, executor_text
from luthier.cpu.lowering import intrinsic_of
from luthier.cpu.semantics import COMPILED, PLAIN, bodies

Run = Callable[..., None]


@cache
def decoding_tables(cpu: str) -> Tables:
    """The decoding tables of a CPU, with what its operations do to memory."""
    description = describe(cpu)
    return make_tables(
        description, {body.operation.number: body.access for body in bodies(description, PLAIN)}
    )


@cache
def flag_tables(cpu: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Parity of a byte (4 where even, the place of flag V) and conditions by ``code << 8 | flags``."""
    architecture = describe(cpu).architecture
    parity = np.array([0 if value.bit_count() & 1 else 4 for value in range(256)], np.uint8)
    holds = [architecture.condition(code, flags) for code in range(16) for flags in range(256)]
    return parity, np.array(holds, np.uint8)


@cache
def plain_run(cpu: str, traced: bool = False) -> Run:
    """The executor that runs under Python: arrays are memoryviews, functions for the bus may follow."""
    return _module(cpu, PLAIN, traced, executor_text(describe(cpu), PLAIN, traced)).run  # type: ignore[no-any-return]


@cache
def compiled_run(cpu: str, traced: bool = False) -> Run:
    """The executor that runs under Numba; compiles at its first call ever, then comes from the disk."""
    return compiled(_compiled_module(cpu, traced).run)


def executor_intrinsic(cpu: str, traced: bool) -> Any:
    """What the generated module of :func:`compiled_run` calls."""
    return intrinsic_of(executor_text(describe(cpu), COMPILED, traced))


def is_compiled(cpu: str, traced: bool = False) -> bool:
    """Whether :func:`compiled_run` finds machine code on the disk."""
    path = Path(str(_compiled_module(cpu, traced).__file__))
    folders = [path.parent / "__pycache__"]
    if os.environ.get("NUMBA_CACHE_DIR"):
        folders = list(Path(os.environ["NUMBA_CACHE_DIR"]).glob("*"))
    return any(any(folder.glob(f"{path.stem}.run-*.nbc")) for folder in folders)


def _compiled_module(cpu: str, traced: bool) -> ModuleType:
    text = executor_text(describe(cpu), COMPILED, traced)
    names = ARRAYS + (", ring" if traced else "")
    caller = (
        f'"""Calls the executor of digest {_digest(text)}, so that Numba has a file to cache beside."""\n'
        "from luthier.cpu.executor import executor_intrinsic\n"
        f"execute = executor_intrinsic({cpu!r}, {traced})\n"
        f"def run({names}):\n    execute({names})\n"
    )
    return _module(cpu, COMPILED, traced, caller)


def _digest(text: str) -> str:
    lowering = Path(__file__).with_name("lowering.py").read_bytes()
    return hashlib.sha256(text.encode() + lowering).hexdigest()[:16]


def _module(cpu: str, dialect: str, traced: bool, text: str) -> ModuleType:
    """Import generated text from the cache folder, where it is written first if it is new."""
    name = f"{cpu}_{dialect}{'_traced' if traced else ''}_{_digest(text)}"
    full_name = f"luthier.cpu.generated.{name}"
    if full_name in sys.modules:
        return sys.modules[full_name]
    path = _cache_folder() / f"{name}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as beside:
            beside.write(text)
        Path(beside.name).replace(path)
    specification = importlib.util.spec_from_file_location(full_name, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[full_name] = module
    specification.loader.exec_module(module)
    return module


@cache
def _cache_folder() -> Path:
    """The user's cache folder for executors; a temporary one if that cannot be written."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    folder = Path(base) / "luthier" / "executors"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="luthier-executors-"))
