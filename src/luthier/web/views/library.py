"""``/api/library``: search, look, change, undo; what the commands of ``luthier library`` do."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.library import search as searching
from luthier.library.importing import add_files
from luthier.library.shelves import families, shelf_of
from luthier.library.sounds import nearest as near
from luthier.library.store import Library
from luthier.web.bench import Bench, answer, asked, bench_of

_MOST = 200


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """Fields of some items, all in one step; what is not named stays."""

    items: list[int]
    what: str = "edit"
    name: str | None = None
    notes: str | None = None
    rating: int | None = None
    tag: str | None = None
    untag: str | None = None
    collect: str | None = None
    leave: str | None = None
    remove: bool = False


class Addition(msgspec.Struct, forbid_unknown_fields=True):
    """Files that are open, to be kept."""

    files: list[str]


async def search(request: Request) -> Response:
    """A page of what a query finds."""
    given = request.query_params
    first = int(given.get("first", "0")) if given.get("first", "0").isdecimal() else 0

    def find(library: Library) -> Any:
        order = given.get("order", "relevance")
        return searching.search(library, given.get("query", ""), order=order, first=first, most=_MOST)

    return answer(await _with_library(request, find))


async def item(request: Request) -> Response:
    """All about an item, with its text and its parameters."""
    number = request.path_params["id"]

    def look(library: Library) -> Any:
        found = library.item(number)
        shelf = shelf_of(found)
        kept = found.kind != "tape" and shelf is not None
        content = library.content(number) if kept else b""
        return {
            "item": found,
            "text": shelf.show(found, content) if shelf is not None and kept else "",
            "parameters": shelf.parameters(found, content) if shelf is not None and kept else {},
        }

    return answer(await _with_library(request, look))


async def nearest(request: Request) -> Response:
    """The sounds nearest to an item."""

    def look(library: Library) -> Any:
        found = near(library, request.path_params["id"], 20)
        items = {one.id: one for one in library.items([number for number, _ in found])}
        return [{"item": items[number], "distance": distance} for number, distance in found]

    return answer(await _with_library(request, look))


async def overview(request: Request) -> Response:
    """How much there is: tags, collections, the last steps, the parameters that can be asked for."""

    def look(library: Library) -> Any:
        return {
            "count": library.count,
            "tags": library.labels("tags"),
            "collections": library.labels("collections"),
            "history": library.history(30),
            "parameters": {
                name: [
                    {"name": one.name, "minimum": one.minimum, "maximum": one.maximum,
                     "choices": {str(value): text for value, text in one.choices.items()}}
                    for one in family.columns
                ]
                for name, family in families().items()
            },
        }  # fmt: skip

    return answer(await _with_library(request, look))


async def change(request: Request) -> Response:
    """Change items in one step."""
    wanted: Change = await asked(request, Change)

    def act(library: Library) -> Any:
        fields = {
            name: value
            for name in ("name", "notes", "rating")
            if (value := getattr(wanted, name)) is not None
        }
        if wanted.remove:
            library.remove(wanted.items)
        if fields:
            library.edit(wanted.items, wanted.what[:200], **fields)
        for kind, label, on in (
            ("tags", wanted.tag, True), ("tags", wanted.untag, False),
            ("collections", wanted.collect, True), ("collections", wanted.leave, False),
        ):  # fmt: skip
            if label is not None:
                library.label(wanted.items, kind, label, on=on)
        return library.items(wanted.items)

    return await _changed(request, act)


async def add(request: Request) -> Response:
    """Keep open files."""
    bench = bench_of(request)
    paths = [bench.files.path(number) for number in (await asked(request, Addition)).files]
    if not paths:
        raise InputError("no file was chosen", remedy="drop one on the page")
    job = bench.jobs.start("adding to the library", lambda progress: _add(bench, paths, progress))
    return answer(job, 202)


def _add(bench: Bench, paths: Any, progress: Any) -> Any:
    with bench.library() as library:
        return add_files(library, paths, progress)


async def undo(request: Request) -> Response:
    """Undo the last step."""
    return await _changed(request, lambda library: library.undo())


async def redo(request: Request) -> Response:
    """Do again what was undone last."""
    return await _changed(request, lambda library: library.redo())


async def _changed(request: Request, act: Any) -> Response:
    result = await _with_library(request, act)
    bench_of(request).hub.tell("library", {})
    return answer(result)


async def _with_library(request: Request, look: Any) -> Any:
    def run() -> Any:
        with bench_of(request).library() as library:
            return look(library)

    return await run_in_threadpool(run)


ROUTES = [
    Route("/", search, methods=["GET"]),
    Route("/overview", overview, methods=["GET"]),
    Route("/items/{id:int}", item, methods=["GET"]),
    Route("/items/{id:int}/nearest", nearest, methods=["GET"]),
    Route("/change", change, methods=["POST"]),
    Route("/add", add, methods=["POST"]),
    Route("/undo", undo, methods=["POST"]),
    Route("/redo", redo, methods=["POST"]),
]
