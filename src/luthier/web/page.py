"""The page itself: its scripts and sheets, those that were there at the start and nothing else.

A name either is one of them or there is no such thing: no path is ever made of what somebody asks for.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

#: Kinds of file a page has.  Said here: some systems call scripts plain text, which browsers refuse to run.
_KINDS: Final = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
INDEX: Final = "index.html"


class Page:
    """The files of ``luthier/web/static``; they are short, and read where they are asked for."""

    def __init__(self) -> None:
        folder = Path(str(resources.files("luthier.web").joinpath("static")))
        self._files = {
            path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.suffix in _KINDS and path.is_file()
        }

    async def index(self, request: Request) -> Response:
        """The page."""
        return self._answer(request, INDEX)

    async def file(self, request: Request) -> Response:
        """What it loads."""
        return self._answer(request, request.path_params["path"])

    def _answer(self, request: Request, name: str) -> Response:
        path = self._files.get(name)
        if path is None:
            raise HTTPException(404)
        status = path.stat()
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"etag": tag})
        # Without a thread: that would take longer than the reading.
        return Response(path.read_bytes(), headers={"etag": tag}, media_type=_KINDS[path.suffix])
