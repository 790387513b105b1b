"""``/api/jobs``: work under way; news of it come over the WebSocket."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.web.bench import answer, bench_of


async def jobs(request: Request) -> Response:
    """All jobs that are remembered."""
    return answer(bench_of(request).jobs.list())


async def job(request: Request) -> Response:
    """How far a job is."""
    return answer(bench_of(request).jobs.get(request.path_params["id"]))


async def cancel(request: Request) -> Response:
    """Ask a job to end."""
    return answer(bench_of(request).jobs.cancel(request.path_params["id"]))


ROUTES = [
    Route("/", jobs, methods=["GET"]),
    Route("/{id:int}", job, methods=["GET"]),
    Route("/{id:int}", cancel, methods=["DELETE"]),
]
