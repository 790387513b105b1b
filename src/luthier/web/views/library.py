"""``/api/library``: search, look, change, undo; what the commands of ``luthier library`` do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.library import search as searching
from luthier.library.entry import Item
from luthier.library.exporting import exported
from luthier.library.importing import add_files
from luthier.library.shelves import families, shelf_of
from luthier.library.sounds import equal_groups, near_groups
from luthier.library.sounds import nearest as near
from luthier.library.store import Library
from luthier.web.bench import Bench, answer, asked, bench_of
from luthier.web.bundles import unpack
from luthier.web.jobs import Progress
from luthier.web.open_banks import SAVED
from luthier.web.opened import Opened, plain_name
from luthier.web.views.bank import banks_of, saved
from luthier.web.views.files import number, stated_length

_MOST = 200
#: Groups of duplicates that a page gets.
_MOST_GROUPS = 1000
#: Numbers of items and steps, as the page and SQLite both hold them.
Number = Annotated[int, Meta(ge=0, lt=1 << 53)]


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes of some items; every kind of change is a step.  What is not named stays."""

    items: list[Number]
    what: str = "edit"
    name: str | UnsetType = UNSET
    notes: str | UnsetType = UNSET
    rating: int | UnsetType | None = UNSET
    tag: str | None = None
    untag: str | None = None
    collect: str | None = None
    leave: str | None = None
    remove: bool = False


class Addition(msgspec.Struct, forbid_unknown_fields=True):
    """Files that are open, to be kept; with ``close`` they are closed then."""

    files: list[str]
    close: bool = False


class Export(msgspec.Struct, forbid_unknown_fields=True):
    """Items to be saved as one file."""

    items: list[Number]
    name: Annotated[str, Meta(min_length=1, max_length=200)]


class Likeness(msgspec.Struct, forbid_unknown_fields=True):
    """In how many parameters nearly equal sounds differ at most; 0 finds equal items only."""

    near: Annotated[int, Meta(ge=0, le=8)] = 0


class Undo(msgspec.Struct, forbid_unknown_fields=True):
    """A step; none is the last."""

    step: Number | None = None


async def search(request: Request) -> Response:
    """A page of what a query finds."""
    given, first = request.query_params, number(request, "first", 0)

    def find(library: Library) -> Any:
        order = given.get("order", "relevance")
        return searching.search(library, given.get("query", ""), order=order, first=first, most=_MOST)

    return answer(await _with_library(request, find))


async def item(request: Request) -> Response:
    """All about an item, with its text and its parameters."""
    wanted = _item_number(request)

    def look(library: Library) -> Any:
        found = library.item(wanted)
        shelf = shelf_of(found)
        content = library.content_if_kept(wanted)
        if shelf is None or content is None:
            return {"item": found, "text": "", "parameters": {}, "kept": False}
        return {
            "item": found,
            "text": shelf.show(found, content),
            "parameters": shelf.parameters(found, content),
            "kept": True,
        }

    return answer(await _with_library(request, look))


async def nearest(request: Request) -> Response:
    """The sounds nearest to an item."""

    def look(library: Library) -> Any:
        found = near(library, _item_number(request), 20)
        items = {one.id: one for one in library.items([close for close, _ in found])}
        return [{"item": items[close], "distance": distance} for close, distance in found]

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
            if (value := getattr(wanted, name)) is not UNSET
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
    bench, addition = bench_of(request), await asked(request, Addition)
    if not addition.files:
        raise InputError("no file was chosen", remedy="drop one on the page")
    origins = {
        path: bench.files.get(one).origin for one in addition.files for path in _as_they_are(bench, one)
    }

    def work(progress: Progress) -> Any:
        with bench.library() as library:
            report = add_files(library, list(origins), progress, origins=origins)
        if addition.close:
            for one in addition.files:
                bench.files.forget(one)
        return report

    return answer(bench.jobs.start("adding to the library", work, changes="library"), 202)


def _as_they_are(bench: Bench, file: str) -> list[Path]:
    """A file as it came, or the banks of it that were edited, as they are now."""
    path = bench.files.path(file)
    edited = sorted(path.parent.glob(f"* {SAVED}"))
    whole = not edited or len(edited) < len(banks_of(bench, file))
    return [*([path] if whole else []), *edited]


async def add_bundle(request: Request) -> Response:
    """Keep many files that come in one request (see :mod:`luthier.web.bundles`)."""
    bench = bench_of(request)
    try:
        bundle = await bench.files.receive_aside(request.stream(), stated_length(request))
    except ClientDisconnect:
        return answer({"error": "the connection was cut"}, 400)  # nobody reads it

    def work(progress: Progress) -> Any:
        try:
            origins = unpack(bundle, bundle.parent)
            with bench.library() as library:
                return add_files(library, list(origins), progress, origins=origins)
        finally:
            shutil.rmtree(bundle.parent, ignore_errors=True)

    return answer(bench.jobs.start("adding to the library", work, changes="library"), 202)


async def duplicates(request: Request) -> Response:
    """Groups of equal items, and of sounds that are nearly equal."""
    bench, likeness = bench_of(request), await asked(request, Likeness)

    def work(progress: Progress) -> Any:
        with bench.library() as library:
            equal = equal_groups(library)
            progress(0.3, "")
            close = [
                group
                for family in families().values()
                for group in (near_groups(library, family, likeness.near) if likeness.near else [])
            ]
            return {
                "equal": _groups(library, equal),
                "near": _groups(library, close),
                "spare": [one for group in equal for one in group[1:]],
                "total": [len(equal), len(close)],
            }

    return answer(bench.jobs.start("looking for duplicates", work), 202)


def _groups(library: Library, groups: list[list[int]]) -> list[list[Item]]:
    shown = groups[:_MOST_GROUPS]
    items = {one.id: one for one in library.items([one for group in shown for one in group])}
    return [[items[one] for one in group if one in items] for group in shown]


async def export(request: Request) -> Response:
    """Items as a file to be saved, in the format of its suffix."""
    wanted: Export = await asked(request, Export)
    path = Path(plain_name(wanted.name))
    data = await _with_library(request, lambda library: exported(library, wanted.items, path))
    return saved(path.name, data)


async def open_item(request: Request) -> Response:
    """Open an item as if its file had been dropped."""
    wanted, bench = _item_number(request), bench_of(request)

    def read(library: Library) -> Opened:
        found = library.item(wanted)
        # Banks and patches as a document that says which synth they are of; the rest as it came.
        suffix = ".json" if found.kind in ("bank", "patch") else Path(found.file).suffix
        path = Path(plain_name(f"{found.name}{suffix}"))
        return bench.files.put(path.name, exported(library, [wanted], path))

    return answer(await _with_library(request, read), 201)


async def undo(request: Request) -> Response:
    """Undo a step, or the last."""
    wanted: Undo = await asked(request, Undo)
    return await _changed(request, lambda library: library.undo(wanted.step))


async def redo(request: Request) -> Response:
    """Do again what was undone last."""
    return await _changed(request, lambda library: library.redo())


def _item_number(request: Request) -> int:
    found = int(request.path_params["id"])
    if found >= 1 << 53:
        raise InputError("there is no such item", remedy="search for it again")
    return found


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
    Route("/items/{id:int}/open", open_item, methods=["POST"]),
    Route("/change", change, methods=["POST"]),
    Route("/add", add, methods=["POST"]),
    Route("/duplicates", duplicates, methods=["POST"]),
    Route("/export", export, methods=["POST"]),
    Route("/bundle", add_bundle, methods=["POST"]),
    Route("/undo", undo, methods=["POST"]),
    Route("/redo", redo, methods=["POST"]),
]
