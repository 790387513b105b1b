"""What is told of system files: header and vectors, how two differ, and how they run in the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from luthier.cpu.notes import Notes
from luthier.kaoss import view
from luthier.kaoss.difference import view as difference_view
from luthier.kaoss.difference.comparison import compare
from luthier.kaoss.sandbox import comparison
from luthier.kaoss.sandbox import view as sandbox_view
from luthier.kaoss.sandbox.run import Limits, Press, Run, run_file
from luthier.kaoss.sandbox.wiring import wiring_of
from luthier.kaoss.vectors import decode
from luthier.kaoss.verify import verify
from luthier.web.jobs import Progress
from luthier.web.open_programs import system_file

Work = Callable[[Progress], dict[str, Any]]


class Named(NamedTuple):
    """An open file."""

    name: str
    path: Path


def system_record(name: str, path: Path) -> dict[str, Any]:
    """What ``luthier kaoss info``, ``verify`` and ``vectors`` tell of a file, and the keys of its unit."""
    file = system_file(path)
    return {
        "lines": list(view.info_lines(name, file)),
        "info": view.info_record(name, file),
        "findings": [view.finding_record(name, finding) for finding in verify(file)],
        "vectors": [view.vector_record(vector) for vector in decode(file)] if file.has_vectors else [],
        "keys": [key.name for key in wiring_of(file.header.device).keys],
    }


def comparing(before: Named, after: Named, notes: Notes) -> Work:
    """The work of ``luthier kaoss diff``."""

    def work(progress: Progress) -> dict[str, Any]:
        progress(0.0, "reading")
        old, new = system_file(before.path), system_file(after.path)
        progress(0.1, "comparing")
        found = compare(old, new, notes)
        progress(0.9, "")
        names = {"before": before.name, "after": after.name}
        return names | {"counts": difference_view.counts(found)} | difference_view.record(found)

    return work


def trying(files: Sequence[Named], seconds: float, presses: Sequence[Press]) -> Work:
    """The work of ``luthier kaoss sandbox``: of the first file, beside the second if there is one."""
    limits = Limits(seconds)

    def run(place: int, progress: Progress) -> Run:
        def further(part: float, now: str) -> None:
            progress((place + part) / len(files), now)

        further(0.0, files[place].name)
        loaded = system_file(files[place].path)
        wiring = wiring_of(loaded.header.device)
        return run_file(loaded, wiring, limits, presses=presses, progress=further)

    def work(progress: Progress) -> dict[str, Any]:
        runs = [run(place, progress) for place in range(len(files))]
        name = files[0].name
        found = {
            "sound": runs[0].is_sound,
            "lines": list(sandbox_view.lines(name, runs[0])),
            "report": sandbox_view.record(name, runs[0]),
        }
        if len(runs) > 1:
            differing = comparison.differences(runs[1], runs[0])
            found["differences"] = list(sandbox_view.difference_lines(differing, files[1].name))
            found["worse"] = comparison.got_less_far(runs[1], runs[0])
        return found

    return work
