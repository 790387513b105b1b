"""``/api/kn5000``: the SX-KN5000 played, its memory map, and songs rendered to files."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from luthier.errors import InputError, LuthierError
from luthier.kn5000 import memory_map
from luthier.midi.song import Song, read_song
from luthier.web.bench import Bench, answer, asked, bench_of
from luthier.web.jobs import Progress
from luthier.web.opened import plain_name
from luthier.web.playing import heard, refuse, tell
from luthier.web.set_aside import set_aside

if TYPE_CHECKING:
    from luthier.kn5000.playing.desk import Setting
    from luthier.web.live_engine import Asked, LiveEngine

#: The song that needs no file.
BUILT_IN: Final = "built-in"
#: Pages that can play at once.
_MOST_ENGINES: Final = 8
#: Blocks that are made in one go, usually in less than a millisecond.
_AT_ONCE: Final = 4
#: Letters of the name of sounds.
_LONGEST_NAME: Final = 200
#: Programs of General MIDI.
_PROGRAMS: Final = 128
Words = Annotated[str, Meta(max_length=200)]


class Rendering(msgspec.Struct, forbid_unknown_fields=True):
    """A song to be rendered, with the options of ``luthier kn5000 render``; ``desk`` is what a desk holds."""

    song: Words
    suffix: Literal[".wav", ".flac"] = ".wav"
    rate: Annotated[int, Meta(ge=8_000, le=192_000)] = 44_100
    bits: Literal[16, 24, 32] | None = None
    gain: Annotated[float, Meta(ge=-96, le=96)] | None = None
    normalise: Words | None = None
    loop: Annotated[int, Meta(ge=1, le=1_000)] = 1
    tail: Annotated[float, Meta(ge=0, le=600)] | None = None
    effect: Words | None = None
    reverb: Words | None = None
    illusion: Words | None = None
    room: Words | None = None
    eq: Words | None = None
    set: Annotated[list[Words], Meta(max_length=200)] = []
    desk: Annotated[list[dict[str, Any]], Meta(max_length=26)] = []
    sounds: Words = BUILT_IN


class Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """Sounds to be opened."""

    sounds: Words


# --- What the page has to know -----------------------------------------------------------------------------


async def panel(request: Request) -> Response:
    """Sounds by category, drum kits, slots with their effects, knobs; for the sounds called ``sounds``."""
    from luthier.web.chosen_sounds import names_of, open_sounds

    bench, name = bench_of(request), _sounds_asked(request)

    def tell() -> dict[str, Any]:
        return _panel() | names_of(open_sounds(bench, name).sounds)

    return answer(await run_in_threadpool(tell if name != BUILT_IN else _panel))


def _sounds_asked(connection: HTTPConnection) -> str:
    return connection.query_params.get("sounds", BUILT_IN)[:_LONGEST_NAME]


async def list_sounds(request: Request) -> Response:
    """Which sounds there are: built-in, installed SoundFonts, SoundFonts and wave ROMs that are open."""
    from luthier.web.chosen_sounds import choices

    return answer(await run_in_threadpool(choices, bench_of(request)))


async def prepare(request: Request) -> Response:
    """Open sounds in a job, and play a key on them unheard; its result says what is odd about them."""
    from luthier.web.chosen_sounds import open_sounds, paths_of

    bench, name = bench_of(request), (await asked(request, Wanted)).sounds
    await run_in_threadpool(paths_of, bench, name)

    def work(progress: Progress) -> dict[str, Any]:
        chosen = open_sounds(bench, name, progress)
        progress(0.9, "compiling for the first time, if need be")
        _engine(bench, name)
        return {"title": chosen.sounds.title, "notes": chosen.notes}

    return answer(bench.jobs.start("opening sounds", work), 202)


@functools.cache
def _panel() -> dict[str, Any]:
    from luthier.kn5000.effects.rack import SLOTS, WORDS, names_for
    from luthier.kn5000.playing.desk import KNOBS
    from luthier.kn5000.playing.diary import KINDS
    from luthier.kn5000.playing.place import FASTEST, SLOWEST
    from luthier.kn5000.slots import presets
    from luthier.kn5000.songs import sections, title
    from luthier.kn5000.waves import tones

    programs = [tones.tone(number) for number in range(_PROGRAMS)]
    return {
        "categories": tones.categories(),
        "programs": [{"number": one.number, "name": one.name, "category": one.category} for one in programs],
        "kits": [{"number": one.number, "name": one.name} for one in tones.kits()],
        "slots": [
            {"word": WORDS[slot], "page": presets.page_name(slot), "effects": names_for(slot)}
            for slot in range(SLOTS)
        ],
        "knobs": list(KNOBS),
        "kinds": KINDS,
        "speeds": [SLOWEST, FASTEST],
        "built_in": {
            "title": title(),
            "sections": [
                {"title": one.title, "start": one.start, "shows": one.program_name} for one in sections()
            ],
        },
    }


async def look(request: Request) -> Response:
    """What the memory map knows of an address, a name, a region; the regions for nothing."""
    given = request.query_params
    found = await run_in_threadpool(memory_map.ask, given.get("what", "")[:200], given.get("cpu") or None)
    return answer({"found": found, "tables": memory_map.tables(given.get("cpu") or None)})


def song_of(bench: Bench, name: str) -> Song:
    """The built-in song, or that of an open file."""
    if name == BUILT_IN:
        from luthier.kn5000.songs import built_in_song

        return read_song(built_in_song())
    return read_song(bench.files.path(name))


# --- Files -------------------------------------------------------------------------------------------------


async def render(request: Request) -> Response:
    """Render a song in a job; its result says which open file it is and what came of it."""
    bench, wanted = bench_of(request), await asked(request, Rendering)
    name = BUILT_IN if wanted.song == BUILT_IN else Path(bench.files.get(wanted.song).name).stem
    make = _rendering(bench, wanted)
    title = f"rendering {name}{wanted.suffix}"
    return answer(bench.jobs.start(title, lambda progress: make(name, progress)), 202)


def _rendering(bench: Bench, wanted: Rendering) -> Callable[[str, Progress], dict[str, Any]]:
    """What the job does; InputError at once for options that cannot be."""
    from luthier.errors import UsageError
    from luthier.kn5000.effects import Rack
    from luthier.kn5000.effects.choices import Choices
    from luthier.kn5000.playing.desk import DeskEngine
    from luthier.kn5000.playing.desk import Setting as DeskSetting
    from luthier.kn5000.rendering import report
    from luthier.kn5000.rendering.level import Target
    from luthier.kn5000.rendering.render import Settings
    from luthier.kn5000.rendering.render import render as render_song
    from luthier.web.chosen_sounds import open_sounds, paths_of

    if wanted.gain is not None and wanted.normalise is not None:
        raise UsageError("either a gain or a level", remedy="leave one out")
    target = None if wanted.normalise is None else Target.named(wanted.normalise)
    chosen = Choices(wanted.effect, wanted.reverb, wanted.illusion, wanted.room, wanted.eq, tuple(wanted.set))
    chosen.apply(Rack())
    paths_of(bench, wanted.sounds)
    try:
        desk: list[Setting] = msgspec.convert(wanted.desk, list[DeskSetting])
    except msgspec.ValidationError as error:
        raise InputError(f"this is no desk ({error})", remedy="reload the page") from None
    settings = Settings(wanted.rate, wanted.bits, wanted.gain or 0.0, target, wanted.loop, wanted.tail)

    def work(name: str, progress: Progress) -> dict[str, Any]:
        sounds = open_sounds(bench, wanted.sounds, progress).sounds

        def instrument() -> DeskEngine:
            engine = DeskEngine(sounds)
            chosen.apply(engine.effects)
            for setting in desk:
                engine.set(setting)
            return engine

        with tempfile.TemporaryDirectory(prefix="luthier-song-", dir=bench.files.folder) as folder:
            path = Path(folder) / plain_name(f"{name}{wanted.suffix}")
            done = render_song(song_of(bench, wanted.song), path, instrument, settings, progress)
            lines = [line.replace(str(path), path.name) for line in report.lines(done)]
            opened = bench.files.add(path)
        return {"id": opened.id, "name": opened.name, "size": opened.size, "lines": lines}

    return work


# --- Sound -------------------------------------------------------------------------------------------------


async def play(socket: WebSocket) -> None:
    """An instrument for a page: MIDI as bytes and ``Asked`` as text come in; sound and news go out.

    It plays the sounds called ``sounds``.
    """
    await socket.accept()
    engines: set[WebSocket] = bench_of(socket).shared.setdefault("kn5000 engines", set())
    if len(engines) >= _MOST_ENGINES:
        await refuse(socket, f"{_MOST_ENGINES} pages play already; close some of them")
        return
    engines.add(socket)
    try:
        live = await run_in_threadpool(_engine, bench_of(socket), _sounds_asked(socket))
        with set_aside():
            await tell(socket, {"ready": live.session.rate})
            await _serve(socket, live)
    except InputError as error:
        await refuse(socket, str(error))
    except (WebSocketDisconnect, RuntimeError):
        pass  # the page is gone, perhaps while something was sent
    finally:
        engines.discard(socket)


def _engine(bench: Bench, name: str = BUILT_IN) -> LiveEngine:
    """An instrument whose sounds have been heard once: the first time, its loops are compiled."""
    from luthier.web.chosen_sounds import open_sounds
    from luthier.web.live_engine import Asked, LiveEngine

    sounds = open_sounds(bench, name).sounds
    heard_before: set[str] = bench.shared.setdefault("kn5000 sounds heard", set())
    if name not in heard_before:
        trial = LiveEngine(lambda song: song_of(bench, song), sounds)
        trial.midi(bytes((0x90, 60, 100)))
        list(trial.take(Asked(want=1)))
        list(trial.blocks())
        heard_before.add(name)
    return LiveEngine(lambda song: song_of(bench, song), sounds)


async def _serve(socket: WebSocket, live: LiveEngine) -> None:
    from luthier.web.live_engine import Asked

    drawing: set[asyncio.Task[None]] = set()
    try:
        while (wanted := await heard(socket, Asked)) is not None:
            if isinstance(wanted, bytes):
                live.midi(wanted[:4096])
                continue
            try:
                if not wanted.only_wants:
                    for told in await run_in_threadpool(_taken, live, wanted):
                        await tell(socket, told)
                else:
                    live.want(wanted.want)
                if wanted.curves is not None and not drawing:
                    task = asyncio.create_task(_draw(socket, wanted.curves, *live.settings_of(wanted.curves)))
                    drawing.add(task)
                    task.add_done_callback(drawing.discard)
            except LuthierError as error:
                await tell(socket, {"error": str(error)})
            await _play(socket, live)
    finally:
        for task in drawing:
            task.cancel()


def _taken(live: LiveEngine, wanted: Asked) -> list[dict[str, Any]]:
    return list(live.take(wanted))


async def _play(socket: WebSocket, live: LiveEngine) -> None:
    """Send the sound that is wanted, some blocks at a time: other pages have their turn between.

    Another thread would have to be waited for, longer than it takes to make a block.
    """
    blocks: Iterator[Any] = live.blocks()
    while True:
        generator = live.session.engine.generator
        if not generator.ready:
            await run_in_threadpool(generator.make_ready)
        if not (pieces := list(itertools.islice(blocks, _AT_ONCE))):
            return
        for sounds, group in itertools.groupby(pieces, lambda piece: isinstance(piece, bytes)):
            if sounds:
                await socket.send_bytes(b"".join(group))
                continue
            for told in group:
                await tell(socket, told)
        await asyncio.sleep(0)


async def _draw(socket: WebSocket, slot: str, name: str, settings: dict[str, float]) -> None:
    def draw() -> list[dict[str, Any]]:
        from luthier.kn5000.effects.named import effect
        from luthier.kn5000.playing.sheet import curves

        chain = effect(name)
        for parameter, value in settings.items():
            chain.set(parameter, value)
        return curves(chain)

    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await tell(
            socket, {"curves": {"slot": slot, "effect": name, "pictures": await run_in_threadpool(draw)}}
        )


ROUTES = [
    Route("/panel", panel, methods=["GET"]),
    Route("/sounds", list_sounds, methods=["GET"]),
    Route("/sounds", prepare, methods=["POST"]),
    Route("/map", look, methods=["GET"]),
    Route("/render", render, methods=["POST"]),
    WebSocketRoute("/play", play),
]
