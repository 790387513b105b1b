"""``/api/firmware``: system files and raw images: what ``luthier kaoss`` and ``luthier disasm`` do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.cpu import CPUS
from luthier.errors import InputError
from luthier.web.bench import Bench, answer, asked, bench_of
from luthier.web.jobs import Progress
from luthier.web.views.bank import saved
from luthier.web.views.files import number

if TYPE_CHECKING:
    from luthier.web.open_programs import OpenProgram

#: Rows that a page gets at once, and letters that are looked for.
_MOST_ROWS = 4096
_LONGEST_SEARCH = 200
#: Keys that are pressed in one run.
_MOST_PRESSES = 100

Address = Annotated[int, Meta(ge=0, le=0xFFFFFF)]


class Listing(msgspec.Struct, forbid_unknown_fields=True):
    """What to list a raw image as; a system file needs nothing."""

    cpu: Literal["tlcs900h2", "h8s2000"] | None = None
    base: Address = 0
    entries: Annotated[list[Address], Meta(max_length=1000)] = []


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a reader says of an address."""

    address: Address
    name: Annotated[str, Meta(max_length=200)] = ""
    kind: Literal["", "code", "data", "table"] = ""
    count: Annotated[int, Meta(ge=0, le=4096)] = 0
    comment: Annotated[str, Meta(max_length=4000)] = ""


class Symbols(msgspec.Struct, forbid_unknown_fields=True):
    """A symbol file."""

    text: str


class Other(msgspec.Struct, forbid_unknown_fields=True):
    """The file to compare with."""

    other: str


class Pressed(msgspec.Struct, forbid_unknown_fields=True):
    """A key and when it is pressed, in seconds."""

    key: str
    at: Annotated[float, Meta(ge=0, le=3600)]


class Trial(msgspec.Struct, forbid_unknown_fields=True):
    """A run of the sandbox."""

    seconds: Annotated[float, Meta(gt=0, le=3600)] = 1.0
    press: Annotated[list[Pressed], Meta(max_length=_MOST_PRESSES)] = []
    against: str | None = None


async def about(request: Request) -> Response:
    """What a file is: a system file with its header, what is wrong with it and its vectors, or not."""
    from luthier.web.firmware_trials import system_record

    bench, file = bench_of(request), request.path_params["id"]
    opened = bench.files.get(file)
    found: dict[str, Any] = {"file": opened, "cpus": CPUS, "system": None}
    if opened.format == "korg-system-file":
        path = bench.files.path(file)
        found["system"] = await run_in_threadpool(system_record, opened.name, path)
    return answer(found)


async def start_listing(request: Request) -> Response:
    """Begin to list a file; the job's result is how long the listing is."""
    from luthier.web.open_programs import Chosen, program_of

    bench, file = bench_of(request), request.path_params["id"]
    wanted: Listing = await asked(request, Listing)
    chosen = Chosen(wanted.cpu, wanted.base, tuple(wanted.entries)) if wanted.cpu else None
    program = program_of(bench, file, chosen)
    return _listing(bench, file, program)


def _listing(bench: Bench, file: str, program: OpenProgram) -> Response:
    return _started(bench, f"Listing {bench.files.get(file).name}", lambda go: program.list(go).record())


def _started(bench: Bench, title: str, work: Callable[[Progress], Any]) -> Response:
    return answer(bench.jobs.start(title, work), 202)


async def rows(request: Request) -> Response:
    """Some rows of a listing, from ``start`` on."""
    from luthier.web.open_programs import program_of, row_record

    listed = program_of(bench_of(request), request.path_params["id"]).all_listed()
    start, count = number(request, "start", 0), number(request, "count", 200)
    some = listed.rows[start : start + min(count, _MOST_ROWS)]
    return answer([row_record(row) for row in some])


async def place(request: Request) -> Response:
    """What is known of an address."""
    from luthier.web.open_programs import program_of

    program = program_of(bench_of(request), request.path_params["id"])
    return answer(await run_in_threadpool(program.about, number(request, "address", 0)))


async def find(request: Request) -> Response:
    """The next row from ``start`` on, or with ``back`` before it, with ``text`` or an ``instruction``."""
    from luthier.cpu.listing_rows import found_rows
    from luthier.web.open_programs import program_of

    listed = program_of(bench_of(request), request.path_params["id"]).all_listed()
    given, start = request.query_params, number(request, "start", 0)
    wanted = given.get("instruction") or given.get("text", "")
    if not wanted.strip() or len(wanted) > _LONGEST_SEARCH:
        raise InputError("there is nothing to look for", remedy=f"write at most {_LONGEST_SEARCH} letters")

    def search() -> dict[str, Any]:
        found = list(found_rows(listed.rows, wanted, instructions="instruction" in given))
        if "back" in given:
            row = next((one for one in reversed(found) if one < start), found[-1] if found else None)
        else:
            row = next((one for one in found if one >= start), found[0] if found else None)
        which = None if row is None else found.index(row) + 1
        address = None if row is None else listed.rows[row].address
        return {"row": row, "address": address, "which": which, "count": len(found)}

    return answer(await run_in_threadpool(search))


async def say(request: Request) -> Response:
    """Keep a name and a comment for an address, and list anew: a job."""
    from luthier.cpu.notes import Note
    from luthier.web.open_programs import program_of

    bench, file = bench_of(request), request.path_params["id"]
    said: Said = await asked(request, Said)
    program = program_of(bench, file)
    program.note(Note(said.address, said.name.strip(), said.kind, said.count, said.comment))
    return _listing(bench, file, program)


async def take_symbols(request: Request) -> Response:
    """Names and comments of a symbol file instead of all there are, and list anew: a job."""
    from luthier.web.open_programs import program_of

    bench, file = bench_of(request), request.path_params["id"]
    wanted: Symbols = await asked(request, Symbols)
    program = program_of(bench, file)
    program.take_symbols(wanted.text)
    return _listing(bench, file, program)


async def symbols(request: Request) -> Response:
    """All names and comments as a symbol file, as ``--write-symbols`` writes them."""
    from luthier.cpu.notes import write
    from luthier.web.open_programs import program_of

    bench, file = bench_of(request), request.path_params["id"]
    listed = program_of(bench, file).all_listed()
    text = await run_in_threadpool(write, listed.symbols, listed.notes, listed.tables)
    return saved(f"{Path(bench.files.get(file).name).stem}.symbols", text.encode())


async def source(request: Request) -> Response:
    """The listing as source text."""
    from luthier.web.open_programs import program_of

    bench, file = bench_of(request), request.path_params["id"]
    listed = program_of(bench, file).all_listed()
    text = await run_in_threadpool(lambda: "".join(f"{row.line}\n" for row in listed.rows))
    return saved(f"{Path(bench.files.get(file).name).stem}.asm", text.encode())


async def diff(request: Request) -> Response:
    """Compare with another open file: a job, its result what ``luthier kaoss diff --json`` says."""
    from luthier.web.firmware_trials import Named, comparing
    from luthier.web.open_programs import program_of

    files, file = bench_of(request).files, request.path_params["id"]
    other = (await asked(request, Other)).other
    before, after = (Named(files.get(one).name, files.path(one)) for one in (file, other))
    work = comparing(before, after, program_of(bench_of(request), file).notes)
    return _started(bench_of(request), f"Comparing {before.name} and {after.name}", work)


async def sandbox(request: Request) -> Response:
    """Run a firmware on a simulated chip: a job; ``against`` is the unchanged one, which is run too."""
    from luthier.kaoss.sandbox.run import Press
    from luthier.web.firmware_trials import Named, trying

    files, file = bench_of(request).files, request.path_params["id"]
    wanted: Trial = await asked(request, Trial)
    tried = [Named(files.get(one).name, files.path(one)) for one in (file, wanted.against) if one is not None]
    presses = [Press(one.key, one.at) for one in wanted.press]
    return _started(bench_of(request), f"Trying {tried[0].name}", trying(tried, wanted.seconds, presses))


ROUTES = [
    Route("/{id}", about, methods=["GET"]),
    Route("/{id}/listing", start_listing, methods=["POST"]),
    Route("/{id}/rows", rows, methods=["GET"]),
    Route("/{id}/at", place, methods=["GET"]),
    Route("/{id}/find", find, methods=["GET"]),
    Route("/{id}/note", say, methods=["POST"]),
    Route("/{id}/symbols", take_symbols, methods=["POST"]),
    Route("/{id}/symbols", symbols, methods=["GET"]),
    Route("/{id}/source", source, methods=["GET"]),
    Route("/{id}/diff", diff, methods=["POST"]),
    Route("/{id}/sandbox", sandbox, methods=["POST"]),
]
