"""``/api/files``: open anything: files are taken, identified, and shown as bytes."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.web.bench import answer, bench_of

#: Bytes that a page gets at once.
_MOST_BYTES = 1 << 16


async def list_files(request: Request) -> Response:
    """All files that are open."""
    return answer(bench_of(request).files.list())


async def open_file(request: Request) -> Response:
    """Take a file: its bytes are the body, its name is in the header ``X-Name``."""
    name = unquote(request.headers.get("x-name", ""))
    if not name:
        raise InputError("the file has no name", remedy="drop it on the page again")
    return answer(await bench_of(request).files.receive(name, request.stream()), 201)


async def file(request: Request) -> Response:
    """What a file is."""
    return answer(bench_of(request).files.get(request.path_params["id"]))


async def close_file(request: Request) -> Response:
    """Close a file."""
    bench_of(request).files.forget(request.path_params["id"])
    return answer({})


async def bytes_of(request: Request) -> Response:
    """Some bytes of a file, from ``start`` on."""
    path = bench_of(request).files.path(request.path_params["id"])
    start, length = (_number(request, name, usual) for name, usual in (("start", 0), ("length", 4096)))
    with path.open("rb") as stream:
        stream.seek(start)
        return Response(stream.read(min(length, _MOST_BYTES)), media_type="application/octet-stream")


async def content(request: Request) -> Response:
    """The whole file, to be saved."""
    files, number = bench_of(request).files, request.path_params["id"]
    return FileResponse(files.path(number), filename=files.get(number).name)


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.isdecimal() or len(text) > 12:
        raise InputError(f"{name} is {text!r}", remedy="give a number")
    return int(text)


ROUTES = [
    Route("/", list_files, methods=["GET"]),
    Route("/", open_file, methods=["POST"]),
    Route("/{id}", file, methods=["GET"]),
    Route("/{id}", close_file, methods=["DELETE"]),
    Route("/{id}/bytes", bytes_of, methods=["GET"]),
    Route("/{id}/content", content, methods=["GET"]),
]
