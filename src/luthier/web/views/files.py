"""``/api/files``: open anything: files are taken, identified, and shown as bytes."""

from __future__ import annotations

from urllib.parse import unquote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.web.bench import answer, bench_of
from luthier.web.finding import find, find_before, wanted_bytes

#: Bytes that a page gets at once.
_MOST_BYTES = 1 << 16


async def list_files(request: Request) -> Response:
    """All files that are open; ``worked_on``: closing it loses what was written into it here."""
    files = bench_of(request).files
    return answer(
        [{**msgspec.structs.asdict(one), "worked_on": files.worked_on(one.id)} for one in files.list()]
    )


async def open_file(request: Request) -> Response:
    """Take a file: its bytes are the body, its name is in the header ``X-Name``."""
    name = unquote(request.headers.get("x-name", ""))
    if not name:
        raise InputError("the file has no name", remedy="drop it on the page again")
    files = bench_of(request).files
    try:
        opened = await files.receive(name, request.stream(), stated_length(request))
    except ClientDisconnect:
        return answer({"error": "the connection was cut"}, 400)  # nobody reads it
    bench_of(request).hub.tell("files", {})
    return answer(opened, 201)


async def file(request: Request) -> Response:
    """What a file is."""
    return answer(bench_of(request).files.get(request.path_params["id"]))


async def close_file(request: Request) -> Response:
    """Close a file."""
    bench_of(request).files.forget(request.path_params["id"])
    bench_of(request).hub.tell("files", {})
    return answer({})


async def bytes_of(request: Request) -> Response:
    """Some bytes of a file, from ``start`` on."""
    path = bench_of(request).files.path(request.path_params["id"])
    start, length = number(request, "start", 0), number(request, "length", 4096)

    def read() -> bytes:
        with path.open("rb") as stream:
            stream.seek(start)
            return stream.read(min(length, _MOST_BYTES))

    return Response(await run_in_threadpool(read), media_type="application/octet-stream")


async def place_of(request: Request) -> Response:
    """Where bytes are: ``bytes=F0 42`` or ``text=KORG``, from ``start`` on or, with ``back``, before it."""
    path = bench_of(request).files.path(request.path_params["id"])
    given = request.query_params
    is_text = "text" in given
    wanted = wanted_bytes(given["text"] if is_text else given.get("bytes", ""), is_text=is_text)
    search = find_before if "back" in given else find
    place = await run_in_threadpool(search, path, wanted, number(request, "start", 0))
    return answer({"place": place, "length": len(wanted)})


async def content(request: Request) -> Response:
    """The whole file, to be saved."""
    files, wanted = bench_of(request).files, request.path_params["id"]
    return FileResponse(
        files.path(wanted), filename=files.get(wanted).name, media_type="application/octet-stream"
    )


def stated_length(request: Request) -> int:
    """How long the body of a request says it is; 0 if it does not."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def number(request: Request, name: str, usual: int) -> int:
    """A number that was asked with; InputError for anything else."""
    text = request.query_params.get(name, str(usual))
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise InputError(f"{name} is {text[:40]!r}", remedy="give a number")
    return int(text)


ROUTES = [
    Route("/", list_files, methods=["GET"]),
    Route("/", open_file, methods=["POST"]),
    Route("/{id}", file, methods=["GET"]),
    Route("/{id}", close_file, methods=["DELETE"]),
    Route("/{id}/bytes", bytes_of, methods=["GET"]),
    Route("/{id}/place", place_of, methods=["GET"]),
    Route("/{id}/content", content, methods=["GET"]),
]
