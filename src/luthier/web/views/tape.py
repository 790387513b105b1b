"""``/api/tape``: recordings seen, heard and read, alone or as takes of one tape; what was read is saved."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError, LuthierError
from luthier.web.bench import Bench, answer, asked, bench_of
from luthier.web.jobs import Job, Progress
from luthier.web.views.bank import saved

if TYPE_CHECKING:
    from luthier.web.tape_readings import Kept

#: Where the shape of a recording is kept, beside it; no dropped file is called so.
_FOLDER = ".shape"
#: Seconds of sound sent at once.
_LONGEST_SOUND = 60.0
_MOST_POINTS = 20_000
#: Recordings that are read together.
_MOST_FILES = 32
#: Readings that are kept; an hour of data has some 50 MiB of half-waves.
_MOST_READINGS = 12


class Recordings(msgspec.Struct, forbid_unknown_fields=True):
    """Recordings to be read together."""

    files: list[str]


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """One of the memories of a reading, counted from 1; 0 is the best."""

    memory: int = 0


async def shape(request: Request) -> Response:
    """How long a recording is, if it can be drawn at once, else the job that makes it so."""
    bench, number = bench_of(request), request.path_params["id"]
    known = _pyramids(bench)
    if number in known:
        return answer({"shape": _shape_record(known[number])})
    path = bench.files.path(number)

    def work(progress: Progress) -> Any:
        from luthier.audio import pyramid

        try:
            made = pyramid.made(path, path.parent / _FOLDER, progress)
        except LuthierError as error:
            raise _named(error, path) from error
        known[number] = made
        return _shape_record(made)

    return answer({"job": bench.jobs.start(f"drawing {path.name}", work)}, 202)


def _shape_record(pyramid: Any) -> dict[str, Any]:
    return {
        "frames": pyramid.frames,
        "rate": pyramid.rate,
        "channels": pyramid.channels,
        "seconds": pyramid.duration,
        "kind": pyramid.kind,
        "truncated": pyramid.truncated,
        "loudest": float(abs(pyramid.levels[-1]).max(initial=0.0)),
    }


async def columns(request: Request) -> Response:
    """Least and greatest sample (32-bit floats) of ``width`` parts of the frames ``begin`` to ``end``."""
    pyramid = _pyramid(request)
    channel, begin = _whole(request, "channel", 0), _whole(request, "begin", 0)
    end, width = _whole(request, "end", pyramid.frames), _whole(request, "width", 1024)
    found = await run_in_threadpool(pyramid.columns, channel, begin, end, width)
    return _binary(found.astype("<f4").tobytes())


async def sound(request: Request) -> Response:
    """Samples of some seconds, 32-bit floats; ``stage`` is ``recording`` or ``decoder``: as that hears it."""
    pyramid = _pyramid(request)
    begin, end = _number(request, "begin", 0.0), _number(request, "end", pyramid.duration)
    end = min(end, begin + _LONGEST_SOUND)
    stage = request.query_params.get("stage", "recording")
    channel = min(_whole(request, "channel", 0), pyramid.channels - 1)
    front, scale = request.query_params.get("front", ""), _number(request, "scale", 1.0)
    if stage not in ("recording", "decoder") or not 0.25 <= scale <= 4.0:
        raise InputError("this sound is not to be had", remedy="reload the page")

    def get() -> tuple[bytes, float, str]:
        track = pyramid.samples(round(begin * pyramid.rate), round(end * pyramid.rate))[:, channel]
        if stage == "recording" or not track.size:
            return track.astype("<f4").tobytes(), pyramid.rate, ""
        from luthier.poly800.tape.heard import heard

        found = heard(track, pyramid.rate, front, scale)
        return found.samples.astype("<f4").tobytes(), found.rate, found.front

    data, rate, used = await run_in_threadpool(get)
    return _binary(data, {"x-rate": f"{rate:.6g}", "x-front": quote(used)})


async def read(request: Request) -> Response:
    """Read recordings as takes of one tape: a job, or ``key`` of the reading that is there already."""
    bench = bench_of(request)
    numbers = list(dict.fromkeys((await asked(request, Recordings)).files))
    if not 1 <= len(numbers) <= _MOST_FILES:
        raise InputError(f"{len(numbers)} recordings to read", remedy=f"choose 1 to {_MOST_FILES}")
    paths = [bench.files.path(number) for number in numbers]
    key, readings = ".".join(numbers), _readings(bench)
    if key in readings:
        return answer({"key": key})
    under_way = _under_way(bench)
    if key in under_way:
        return answer({"job": under_way[key]}, 202)

    def work(progress: Progress) -> Any:
        from luthier.web.tape_readings import read_together

        kept = read_together(paths, numbers, progress)
        while len(readings) >= _MOST_READINGS:
            readings.pop(next(iter(readings)), None)
        readings[key] = kept
        return {"key": key}

    title = f"reading {paths[0].name}" if len(paths) == 1 else f"reading {len(paths)} recordings together"
    under_way[key] = bench.jobs.start(title, work)
    return answer({"job": under_way[key]}, 202)


async def reading(request: Request) -> Response:
    """What was read, what is wrong, and what to do."""
    kept = _kept(request)
    return answer(await run_in_threadpool(kept.document))


async def half_waves(request: Request) -> Response:
    """Half-waves of some seconds of a recording, as :meth:`HalfWaves.packed` has them."""
    kept, number = _kept(request), _recording(request)
    begin, end, most = _number(request, "begin", 0.0), _number(request, "end", math.inf), _most(request)
    return _binary(kept.half_waves[number].between(begin, end, most).packed())


async def curves(request: Request) -> Response:
    """Level (dBFS) and speed (percent) over some seconds of a recording; null where nothing was seen."""
    kept, number = _kept(request), _recording(request)
    begin, end, most = _number(request, "begin", 0.0), _number(request, "end", math.inf), _most(request)
    return answer(await run_in_threadpool(kept.curves, number, begin, end, most))


async def export(request: Request) -> Response:
    """What was read as a file, its kind by ``suffix``, or the report (``html``, ``report.json``)."""
    kept, suffix = _kept(request), request.query_params.get("as", "")
    memory = _whole(request, "memory", 0)
    name, data = await run_in_threadpool(kept.file, suffix, memory)
    return saved(name, data)


async def open_bank(request: Request) -> Response:
    """Open what was read as a bank of its own, to be looked at, changed and played."""
    bench, kept = bench_of(request), _kept(request)
    memory = (await asked(request, Chosen)).memory
    return answer(await _beside(kept, "json", memory, bench.files.add), 201)


async def keep(request: Request) -> Response:
    """Put what was read into the library."""
    bench, kept = bench_of(request), _kept(request)
    memory = (await asked(request, Chosen)).memory

    origins = {file.id: file.origin for file in bench.files.list()}

    def work(progress: Progress) -> Any:
        with bench.library() as library:
            return kept.keep(library, memory, origins, progress)

    kept.chosen(memory)
    return answer(bench.jobs.start("adding to the library", work, changes="library"), 202)


async def _beside(kept: Kept, suffix: str, memory: int, use: Callable[[Path], Any]) -> Any:
    def run() -> Any:
        name, data = kept.file(suffix, memory)
        with tempfile.TemporaryDirectory() as folder:
            # Files that are saved from it later shall not be taken for the recording.
            path = Path(folder) / name
            path = path.with_stem(f"{path.stem} recovered")
            path.write_bytes(data)
            return use(path)

    return await run_in_threadpool(run)


def _binary(data: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(data, media_type="application/octet-stream", headers=headers)


def _pyramids(bench: Bench) -> dict[str, Any]:
    known: dict[str, Any] = bench.shared.setdefault("tape shapes", {})
    for number in [number for number in known if not known[number].path.exists()]:
        del known[number]
    return known


def _pyramid(request: Request) -> Any:
    number = request.path_params["id"]
    found = _pyramids(bench_of(request)).get(number)
    if found is None:
        bench_of(request).files.get(number)
        raise InputError("this recording is not drawn yet", remedy="reload the page")
    return found


def _readings(bench: Bench) -> dict[str, Kept]:
    readings: dict[str, Kept] = bench.shared.setdefault("tape readings", {})
    return readings


def _under_way(bench: Bench) -> dict[str, Job]:
    """Readings that are not done: a page that is opened again follows the one that it began."""
    known: dict[str, Job] = bench.shared.setdefault("tape jobs", {})
    for key in [key for key, job in known.items() if job.state != "running"]:
        del known[key]
    return known


def _kept(request: Request) -> Kept:
    found = _readings(bench_of(request)).get(request.path_params["key"])
    if found is None:
        raise InputError("this was not read yet, or too long ago", remedy="read it again")
    return found


def _recording(request: Request) -> int:
    return _kept(request).recording(_whole(request, "recording", 0))


def _most(request: Request) -> int:
    return min(max(_whole(request, "most", 2000), 1), _MOST_POINTS)


def _whole(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, str(usual))
    if not text.removeprefix("-").isdecimal() or len(text) > 14:
        raise InputError(f"{name} is {text[:20]!r}", remedy="give a whole number")
    return int(text)


def _number(request: Request, name: str, usual: float) -> float:
    if name not in request.query_params:
        return usual
    text = request.query_params[name]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1e6:
        raise InputError(f"{name} is {text[:20]!r}", remedy="give a number")
    return value


def _named(error: LuthierError, path: Path) -> LuthierError:
    """An error without the folder that only this server knows."""
    if isinstance(error, InputError):
        return InputError(error.what, where=path.name, remedy=error.remedy)
    return LuthierError(str(error).replace(str(path), path.name))


_READING = "/readings/{key}"
ROUTES = [
    Route("/read", read, methods=["POST"]),
    Route(_READING, reading, methods=["GET"]),
    Route(f"{_READING}/half-waves", half_waves, methods=["GET"]),
    Route(f"{_READING}/curves", curves, methods=["GET"]),
    Route(f"{_READING}/export", export, methods=["GET"]),
    Route(f"{_READING}/open", open_bank, methods=["POST"]),
    Route(f"{_READING}/keep", keep, methods=["POST"]),
    Route("/{id}/shape", shape, methods=["POST"]),
    Route("/{id}/columns", columns, methods=["GET"]),
    Route("/{id}/sound", sound, methods=["GET"]),
]
