"""The demo: every main job on built-in material, without downloads.

Each instrument shows what it can do in a module named in :data:`INSTRUMENT_DEMOS`, by a function
``run(folder, say)`` that leaves its files in ``folder`` and says what it does in plain lines.
"""

from __future__ import annotations

import importlib
import shlex
from collections.abc import Callable
from pathlib import Path

from luthier.errors import LuthierError, OutputExistsError

Say = Callable[[str], None]

#: Instrument (the name of its folder in the results) and the module that shows it.
INSTRUMENT_DEMOS = {
    "poly800": "luthier.poly800.demo",
    "cpu": "luthier.machine.demo",
    "kaoss": "luthier.kaoss.demo",
    "kn5000": "luthier.kn5000.demo",
}

#: A folder with this file in it is ours to replace.
_MARK = "made-by-luthier-demo.txt"


def run(folder: Path, say: Say, *, force: bool = False) -> None:
    """Run the demo of every instrument into ``folder``.

    A folder that an earlier demo made is used again; any other that is not empty only with ``force``.
    Raises OutputExistsError, and LuthierError if the folder cannot be written.
    """
    _prepare(folder, force)
    for name, module in INSTRUMENT_DEMOS.items():
        place = folder / name
        place.mkdir(exist_ok=True)
        importlib.import_module(module).run(place, say)
    say(f"All of it in a browser, to be seen, heard and changed:\n\n$ luthier web {shlex.quote(str(folder))}")


def _prepare(folder: Path, force: bool) -> None:
    try:
        used = folder.exists() and any(folder.iterdir())
        if used and not force and not (folder / _MARK).exists():
            raise OutputExistsError(
                f"{folder}: is not empty; give another folder, or --force to write into it"
            )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).write_text("`luthier demo` made the files in this folder and replaces them.\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LuthierError(f"{folder}: cannot be written ({reason})") from error
