"""What all views have at hand: open files, jobs, events, the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from luthier.errors import InputError
from luthier.library.store import Library
from luthier.web.events import Hub
from luthier.web.jobs import Jobs
from luthier.web.opened import OpenedFiles

#: Bytes of a request that is no file.
LONGEST_REQUEST = 1 << 20


@dataclass
class Bench:
    """One server."""

    library_path: Path
    port: int
    opening: tuple[Path, ...] = ()
    """Files and folders of which copies are open from the beginning."""
    files: OpenedFiles = field(default_factory=OpenedFiles)
    hub: Hub = field(default_factory=Hub)
    shared: dict[str, Any] = field(default_factory=dict)
    """What a view keeps between requests, by its name."""
    jobs: Jobs = field(init=False)

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.hub)

    def library(self) -> Library:
        """The library, opened anew: for use in one thread."""
        return Library(self.library_path)


def bench_of(connection: HTTPConnection) -> Bench:
    """The bench that a request is for."""
    bench: Bench = connection.app.state.bench
    return bench


async def asked(request: Request, kind: type[Any]) -> Any:
    """The JSON body of a request as a ``msgspec.Struct``; InputError for anything else."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_REQUEST:
            raise InputError("the request is too long", remedy="send less at once")
    try:
        return msgspec.json.decode(bytes(body), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            f"the request is not what it should be ({error})", remedy="reload the page"
        ) from None


def answer(document: Any, status: int = 200) -> Response:
    """Anything as JSON."""
    return Response(msgspec.json.encode(document), status, media_type="application/json")
