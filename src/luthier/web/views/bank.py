"""``/api/bank``: the programs of the Poly-800 family in a file; what ``luthier poly800 show|convert`` do."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.poly800 import library
from luthier.poly800.built_in import names
from luthier.poly800.library import Loaded
from luthier.poly800.panel import program_line
from luthier.poly800.synth import Synth
from luthier.web.bench import Bench, answer, bench_of
from luthier.web.views.files import number

#: Kinds of file that banks are saved as, by suffix.
SUFFIXES = (".wav", ".syx", ".json", ".csv", ".tape", ".ram")


def banks_of(bench: Bench, file: str) -> list[Loaded]:
    """The banks in an open file, damaged ones with their problems; kept, for tapes take long."""
    kept: dict[str, list[Loaded]] = bench.shared.setdefault("banks", {})
    path = bench.files.path(file)
    if file not in kept:
        for closed in kept.keys() - {one.id for one in bench.files.list()}:
            del kept[closed]
        kept[file] = library.load(path, salvage=True)
    return kept[file]


async def banks(request: Request) -> Response:
    """Every bank of a file with its programs."""
    bench, file = bench_of(request), request.path_params["id"]
    found = await run_in_threadpool(banks_of, bench, file)
    return answer({"file": bench.files.get(file), "banks": [_bank(one) for one in found]})


def _bank(loaded: Loaded) -> dict[str, Any]:
    bank, known = loaded.bank, names(loaded.bank)
    return {
        "synth": bank.synth.value,
        "title": bank.synth.title,
        "format": loaded.format.title,
        "problems": loaded.problems,
        "notes": loaded.notes,
        "settings": bank.globals,
        "programs": [
            {
                "number": place,
                "name": known.get(place, ""),
                "line": program_line(program),
                "problems": program.problems(),
                "missing": place in loaded.missing,
            }
            for place, program in bank.numbered_programs()
        ],
    }


async def export(request: Request) -> Response:
    """A bank as a file to be saved; the header ``X-Lost`` says what that kind of file cannot carry."""
    bench, file = bench_of(request), request.path_params["id"]
    suffix, synth = wanted_file(request)
    place = number(request, "bank", 1)

    def write() -> tuple[str, bytes, list[str]]:
        found = banks_of(bench, file)
        if not 1 <= place <= len(found):
            raise InputError(f"there is no bank {place}", remedy=f"the file holds {len(found)}")
        path = Path(bench.files.get(file).name).with_suffix(suffix)
        data, _, _, losses = library.as_file(found[place - 1].bank, suffix, synth)
        return path.name, data, [str(loss) for loss in losses]

    name, data, lost = await run_in_threadpool(write)
    return saved(name, data, {"x-lost": quote(msgspec.json.encode(lost).decode())})


def wanted_file(request: Request) -> tuple[str, Synth | None]:
    """Suffix of the file that a bank is to become, and for which synth if that was said; InputError."""
    given = request.query_params
    suffix = given.get("suffix", "")
    if suffix not in SUFFIXES:
        raise InputError(f"banks are not saved as {suffix[:20]!r}", remedy=f"use {' '.join(SUFFIXES)}")
    return suffix, Synth.named(given["synth"][:20]) if "synth" in given else None


def saved(name: str, data: bytes, headers: dict[str, str] | None = None) -> Response:
    """Bytes that the browser saves under a name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(
        data,
        headers={"content-disposition": disposition, **(headers or {})},
        media_type="application/octet-stream",
    )


ROUTES = [
    Route("/{id}", banks, methods=["GET"]),
    Route("/{id}/export", export, methods=["GET"]),
]
