"""``/api/log``: logs of a board: what ``luthier kn5000 trace show`` does."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.web.bench import answer, asked, bench_of
from luthier.web.views.files import number

#: Entries that a page gets at once.
_MOST_ROWS = 2000
_Words = Annotated[list[str], Meta(max_length=200)]
_Seconds = Annotated[float, Meta(ge=0, le=1e9)]


class Choice(msgspec.Struct, forbid_unknown_fields=True):
    """What of a log is wanted, all unless told otherwise; times in seconds, addresses ``A`` or ``A:B``."""

    kinds: _Words = []
    sources: _Words = []
    addresses: _Words = []
    first: _Seconds = 0.0
    last: _Seconds | None = None


async def choose(request: Request) -> Response:
    """Read what is chosen: a job; its result says how many entries there are and of what."""
    from luthier.web.open_logs import log_of

    bench, file = bench_of(request), request.path_params["id"]
    wanted: Choice = await asked(request, Choice)
    log = log_of(bench, file)
    work = log.choosing(wanted.kinds, wanted.sources, wanted.addresses, wanted.first, wanted.last)
    return answer(bench.jobs.start(f"Reading {bench.files.get(file).name}", work), 202)


async def entries(request: Request) -> Response:
    """Some entries of what was chosen, from ``start`` on."""
    from luthier.web.open_logs import log_of

    pages = log_of(bench_of(request), request.path_params["id"]).pages(request.path_params["number"])
    start, count = number(request, "start", 0), number(request, "count", 200)
    return answer(await run_in_threadpool(pages.page, start, min(count, _MOST_ROWS)))


ROUTES = [
    Route("/{id}", choose, methods=["POST"]),
    Route("/{id}/{number:int}", entries, methods=["GET"]),
]
