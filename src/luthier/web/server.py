"""The server: all views under ``/api``, the page and its scripts, and one WebSocket for news."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from luthier.errors import LuthierError
from luthier.library.importing import files_in
from luthier.web.bench import Bench, answer, bench_of
from luthier.web.guard import Application, Guard
from luthier.web.page import Page
from luthier.web.scratch import sweep

#: Modules with ``ROUTES``, one a view.
VIEWS: Final = (
    "files", "jobs", "library", "bank", "patch", "sequence", "cable", "tape", "kn5000", "firmware", "log",
)  # fmt: skip
HOST: Final = "127.0.0.1"
USUAL_PORT: Final = 8800
#: Seconds that a thread may run before another has its turn.
_TURN: Final = 0.0001
#: Seconds between two looks whether another program changed the library.
_LOOK: Final = 1.0


def application(bench: Bench) -> Application:
    """The bench as an ASGI application, with its guard before it."""
    routes: list[BaseRoute] = [WebSocketRoute("/ws", _news)]
    for name in VIEWS:
        module = import_module(f"luthier.web.views.{name}")
        routes.append(Mount(f"/api/{name}", routes=module.ROUTES))
    page = Page()
    routes += [Route("/", page.index), Route("/static/{path:path}", page.file)]

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        work = (_watch_library(bench), _open_files(bench), run_in_threadpool(sweep))
        under_way = [asyncio.ensure_future(one) for one in work]
        yield
        for task in under_way:
            task.cancel()
        bench.files.close()

    app = Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={LuthierError: _said, HTTPException: _refused, Exception: _broken},
    )
    app.state.bench = bench
    return Guard(app, bench.port)


async def _open_files(bench: Bench) -> None:
    """Open what is to be open from the beginning; the pages see one after the other come."""
    for path in files_in(bench.opening):
        try:
            opened = await run_in_threadpool(bench.files.add, path)
            if opened.format is None and path not in bench.opening:
                bench.files.forget(opened.id)  # what lies about in a folder
        except (LuthierError, OSError) as error:
            print(f"luthier: {path}: {error}", file=sys.stderr)
        bench.hub.tell("files", {})


async def _watch_library(bench: Bench) -> None:
    """Tell the pages when another program changed the library."""
    state = None
    with contextlib.ExitStack() as open_library:
        library = None
        while True:
            await asyncio.sleep(_LOOK)
            try:
                if library is None and bench.library_path.exists():
                    library = open_library.enter_context(bench.library())
                if library is not None and state != (state := library.state):
                    bench.hub.tell("library", {})
            except (LuthierError, sqlite3.Error):
                continue  # whoever asks for the library is told


async def _said(_request: Request, error: Exception) -> Response:
    return answer({"error": str(error)}, 400)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return answer({"error": str(error.detail)}, error.status_code)


async def _broken(_request: Request, error: Exception) -> Response:
    return answer({"error": f"this should not have happened: {error!r}"}, 500)


async def _news(socket_: WebSocket) -> None:
    """Everything that the hub tells; what the page says is not listened to."""
    hub = bench_of(socket_).hub
    await socket_.accept()
    queue = hub.listen()

    async def deaf() -> None:
        while True:
            await socket_.receive_bytes()

    listening = asyncio.ensure_future(deaf())
    try:
        while not listening.done():
            waiting = asyncio.ensure_future(queue.get())
            await asyncio.wait({waiting, listening}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await socket_.send_text(waiting.result().decode())
            else:
                waiting.cancel()
    except WebSocketDisconnect:
        pass
    finally:
        listening.cancel()
        hub.leave(queue)


def free_socket(port: int | None) -> socket.socket:
    """A socket on this machine's own address: on ``port``, or on the usual one or any that is free."""
    for wanted in (port,) if port is not None else (USUAL_PORT, 0):
        # asyncio sends at once only on sockets that say they are TCP; others may hold sound back for 40 ms.
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((HOST, wanted))
            made.listen()  # a browser may be quicker than the server's start
        except OSError as error:
            made.close()
            if wanted == port:
                raise LuthierError(
                    f"port {port}: {(error.strerror or str(error)).lower()}; choose another with --port"
                ) from error
        else:
            return made
    raise LuthierError("no port is free on this machine; close some programs")


def serve(library: Path, port: int | None, ready: Callable[[str], None], files: Iterable[Path] = ()) -> None:
    """Serve until interrupted; ``ready`` is told the address when the page can be opened.

    Copies of ``files``, and of all files in those that are folders, are open from the beginning.
    """
    import uvicorn

    # Work in threads would hold up live sound for Python's usual 5 ms at each of its many small turns.
    sys.setswitchinterval(_TURN)
    listener = free_socket(port)
    number = int(listener.getsockname()[1])
    bench = Bench(library, number, tuple(files))
    config = uvicorn.Config(
        application(bench), log_level="warning", access_log=False, server_header=False,
        ws="websockets-sansio", ws_max_size=1 << 20, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    ready(f"http://{HOST}:{number}/")
    server.run(sockets=[listener])
