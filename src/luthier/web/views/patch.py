"""``/api/patch``: the editor of the Poly-800 family; what ``luthier poly800 set|copy|morph|play`` ... do."""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from luthier.errors import InputError
from luthier.library.entry import Entry
from luthier.poly800 import edit, library
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import names
from luthier.poly800.compare import compare_programs
from luthier.poly800.convert import convert_program
from luthier.poly800.initial import initial_bank, initial_program
from luthier.poly800.interchange import CSV_OMITS, write_json
from luthier.poly800.panel import program_line
from luthier.poly800.parameters import Parameter, global_parameters, program_parameters
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.web.bench import answer, asked, bench_of
from luthier.web.open_banks import LIBRARY, ConflictError, OpenBank, Written, open_banks
from luthier.web.playing import heard, refuse, tell
from luthier.web.set_aside import set_aside
from luthier.web.sounds import Asked, Sound
from luthier.web.views.bank import SUFFIXES, saved, wanted_file

if TYPE_CHECKING:
    from luthier.web.live_voice import LiveVoice

#: Pages that can play at once.
_MOST_VOICES: Final = 16


class Placed(Sound, forbid_unknown_fields=True):
    """A sound for a program of a bank; ``base``: the bytes it was made from."""

    number: int = 0
    base: str = ""

    def written(self) -> Written:
        """As the bank takes it."""
        return Written(self.number, Sound(self.base).program(), self.program())


class Writing(msgspec.Struct, forbid_unknown_fields=True):
    """Programs to write; ``over``: whatever somebody else did meanwhile."""

    programs: list[Placed]
    page: str = ""
    over: bool = False


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """What is done to a whole bank: ``copy``, ``swap``, ``init`` or ``settings``."""

    what: str
    source: int = 0
    programs: str = ""
    values: dict[str, int] = {}
    page: str = ""


class Pair(msgspec.Struct, forbid_unknown_fields=True):
    """Two sounds, and a place between them, 0 to 1."""

    one: Sound
    other: Sound
    position: float = 0.0


class Chance(msgspec.Struct, forbid_unknown_fields=True):
    """A sound, and which of its groups become random; without a seed, one is drawn."""

    sound: Sound
    groups: list[str]
    seed: int | None = None


class Given(msgspec.Struct, forbid_unknown_fields=True):
    """A bank that a page still has: its memory, and its programs as they became."""

    synth: Synth
    name: str = ""
    ram: str = ""
    programs: list[Placed] = []


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes an item of the library: a sound, or without one the whole bank."""

    name: str
    sound: Sound | None = None


# --- What the page has to know about the panel -------------------------------------------------------------


async def panel(request: Request) -> Response:
    """All parameters of a synth with ranges, choices and units; how envelopes move."""
    response = answer(_panel(Synth.named(request.path_params["synth"][:20])))
    # Who looks at a panel will play soon.
    response.background = BackgroundTask(_warm)
    return response


@functools.cache
def _panel(synth: Synth) -> dict[str, Any]:
    from luthier.poly800.voice import units

    return {
        "synth": synth.value,
        "title": synth.title,
        "parameters": [_parameter(row, synth) for row in program_parameters(synth)],
        "settings": [_parameter(row, synth) for row in global_parameters(synth)],
        "envelope": {"seconds": units.SECONDS_PER_STEP, "levels": units.LEVELS, "peak": units.PEAK},
        "initial": _sound(initial_program(synth)),
    }


def _parameter(row: Parameter, synth: Synth) -> dict[str, Any]:
    from luthier.poly800.voice import units

    values = range(row.minimum, row.maximum + 1)
    return {
        "number": row.number if synth in row.panel else None,
        "name": row.name,
        "label": row.label,
        "group": row.group,
        "minimum": row.minimum,
        "maximum": row.maximum,
        "choices": [[value, text] for value, text in sorted(row.values.items())],
        "units": [units.in_units(row, value) for value in values],
    }


def _sound(program: Program) -> dict[str, Any]:
    return {
        "packed": program.packed.hex(),
        "values": program.values(),
        "line": program_line(program),
        "problems": program.problems(),
    }


# --- Banks -------------------------------------------------------------------------------------------------


async def bank(request: Request) -> Response:
    """A bank as it is now, with all that a page needs to bring it back."""
    banks, key = open_banks(bench_of(request)), request.path_params["key"]
    return answer(await run_in_threadpool(lambda: _bank(banks.get(key))))


def _bank(found: OpenBank) -> dict[str, Any]:
    known = names(found.bank) if len(found.numbers) > 1 else {found.numbers[0]: found.name}
    return {
        "key": found.key,
        "name": found.name,
        "revision": found.revision,
        "synth": found.bank.synth.value,
        "title": found.bank.synth.title,
        "settings": found.bank.globals,
        "notes": found.notes,
        "ram": found.bank.ram.hex(),
        "programs": [
            {"number": number, "name": known.get(number, ""), **_sound(program)}
            for number, program in found.bank.numbered_programs()
            if number in found.numbers
        ],
    }


async def write(request: Request) -> Response:
    """Write programs into the bank; 409 if somebody else changed the same parameters."""
    wanted: Writing = await asked(request, Writing)
    programs = [one.written() for one in wanted.programs]
    key, banks = request.path_params["key"], open_banks(bench_of(request))
    try:
        found = await run_in_threadpool(lambda: banks.write(key, programs, over=wanted.over))
    except ConflictError as error:
        return answer({"error": str(error), "conflict": True}, 409)
    return told(request, found, wanted.page)


async def change(request: Request) -> Response:
    """Copy, swap, initialise programs, or change what is set for the whole bank."""
    wanted: Edit = await asked(request, Edit)
    act = _EDITS.get(wanted.what)
    if act is None:
        raise InputError(f"nothing is called {wanted.what[:20]!r}", remedy=f"use {', '.join(_EDITS)}")
    key, banks = request.path_params["key"], open_banks(bench_of(request))
    what = f"{wanted.what} {wanted.source or ''} {wanted.programs[:40]}".strip()
    found = await run_in_threadpool(lambda: banks.change(key, what, lambda bank: act(bank, wanted)))
    return told(request, found, wanted.page)


def _swapped(bank: Bank, wanted: Edit) -> Bank:
    others = edit.select(wanted.programs)
    if len(others) != 1:
        raise InputError("a program is swapped with one other", remedy="choose one")
    return edit.swap(bank, wanted.source, others[0])


_EDITS: Final[dict[str, Callable[[Bank, Edit], Bank]]] = {
    "copy": lambda bank, wanted: edit.copy(bank, wanted.source, edit.select(wanted.programs)),
    "swap": _swapped,
    "init": lambda bank, wanted: edit.init(bank, edit.select(wanted.programs)),
    "settings": lambda bank, wanted: bank.with_globals(wanted.values),
}


def told(request: Request, found: tuple[OpenBank, OpenBank], page: str) -> Response:
    """Tell all pages that a bank has changed, and the one that changed it what exactly."""
    before, after = found
    changes = [
        {"number": number, "before": old.packed.hex(), "after": _sound(new)}
        for (number, old), new in zip(before.bank.numbered_programs(), after.bank.programs, strict=True)
        if old != new
    ]
    numbers = [one["number"] for one in changes]
    if after.revision != before.revision:
        news = {"key": after.key, "revision": after.revision, "numbers": numbers, "page": page[:40]}
        hub = bench_of(request).hub
        hub.tell("bank", news)
        if after.key.startswith(LIBRARY):
            hub.tell("library", {})
    return answer({"revision": after.revision, "changes": changes, "settings": after.bank.globals})


async def export(request: Request) -> Response:
    """The bank as a file of any synth, to be saved."""
    name, data, _ = await _file(request)
    return saved(name, data)


async def losses(request: Request) -> Response:
    """What that file would not carry."""
    name, data, about = await _file(request)
    return answer({"name": name, "size": len(data), **about})


async def _file(request: Request) -> tuple[str, bytes, dict[str, Any]]:
    suffix, synth = wanted_file(request)
    key, banks = request.path_params["key"], open_banks(bench_of(request))

    def make() -> tuple[str, bytes, dict[str, Any]]:
        found = banks.get(key)
        data, kind, whose, lost = library.as_file(found.bank, suffix, synth)
        about = [str(loss) for loss in lost] + ([CSV_OMITS] if suffix == ".csv" else [])
        name = Path(found.name).stem if Path(found.name).suffix in SUFFIXES else found.name
        return f"{name}{suffix}", data, {"format": kind.title, "synth": whose.value, "losses": about}

    return await run_in_threadpool(make)


# --- Single sounds -----------------------------------------------------------------------------------------


async def sound(request: Request) -> Response:
    """A sound with its changed values put in."""
    return answer(_sound((await asked(request, Sound)).program()))


async def morph(request: Request) -> Response:
    """A sound on the way between two."""
    wanted: Pair = await asked(request, Pair)
    one, other = wanted.one.program(), wanted.other.program()
    return answer(_sound(edit.morph(one, convert_program(other, one.family), wanted.position)))


async def randomise(request: Request) -> Response:
    """A sound with some groups, or all, at random."""
    wanted: Chance = await asked(request, Chance)
    program = wanted.sound.program()
    seed = secrets.randbelow(1_000_000) if wanted.seed is None else wanted.seed
    return answer({"seed": seed, **_sound(edit.random_groups(program, wanted.groups, seed))})


async def compare(request: Request) -> Response:
    """In which parameters two sounds differ."""
    wanted: Pair = await asked(request, Pair)
    return answer(compare_programs(wanted.one.program(), wanted.other.program()))


# --- New banks, and those that only a page has -------------------------------------------------------------


async def new(request: Request) -> Response:
    """Open a new bank; or, with its memory, one that the server has forgotten."""
    wanted: Given = await asked(request, Given)
    try:
        ram = bytes.fromhex(wanted.ram)
    except ValueError:
        raise InputError("this is no memory of a synth", remedy="drop the file again") from None
    made = Bank(wanted.synth, ram) if ram else initial_bank(wanted.synth)
    for one in wanted.programs:
        made = made.with_program(one.number, one.program())
    stem = Path(wanted.name).stem or f"new {wanted.synth.title}"
    files = bench_of(request).files
    opened = await run_in_threadpool(files.put, f"{stem}.json", write_json(made).encode())
    bench_of(request).hub.tell("files", {})
    return answer(opened, 201)


async def keep(request: Request) -> Response:
    """Put a sound, or the whole bank, into the library."""
    wanted: Keep = await asked(request, Keep)
    bench, key = bench_of(request), request.path_params["key"]

    def act() -> int:
        found = open_banks(bench).get(key)
        synth = found.bank.synth.value
        if wanted.sound is None:
            entry = Entry("bank", synth, wanted.name, found.bank.ram)
        else:
            program = wanted.sound.program()
            entry = Entry("patch", synth, wanted.name, program.packed, parameters=program.values())
        if not wanted.name.strip():
            raise InputError("an empty name", remedy="give at least one letter")
        with bench.library() as kept, kept.step(f"keep {wanted.name[:60]}") as step:
            return kept.add(step, [entry])[0]

    number = await run_in_threadpool(act)
    bench.hub.tell("library", {})
    return answer({"item": number}, 201)


# --- Sound -------------------------------------------------------------------------------------------------


async def play(socket: WebSocket) -> None:
    """A voice for a page: MIDI as bytes and :class:`Asked` as text come in; sound, or silence, goes out."""
    await socket.accept()
    voices: set[WebSocket] = bench_of(socket).shared.setdefault("voices", set())
    if len(voices) >= _MOST_VOICES:
        await refuse(socket, f"{_MOST_VOICES} pages play already; close some of them")
        return
    voices.add(socket)
    try:
        rate = socket.query_params.get("rate", "")
        hertz = int(rate) if rate.isdecimal() and len(rate) < 8 else 0
        banks = open_banks(bench_of(socket))
        voice = await run_in_threadpool(_voice, hertz, lambda key: banks.get(key).bank)
        with set_aside():
            await tell(socket, {"ready": voice.rate})
            await _serve(socket, voice)
    except InputError as error:
        await refuse(socket, str(error))
    except WebSocketDisconnect:
        pass
    finally:
        voices.discard(socket)


def _voice(rate: int, open_bank: Callable[[str], Bank]) -> LiveVoice:
    from luthier.web.live_voice import LiveVoice

    voice = LiveVoice(rate, open_bank)
    _warm()
    return voice


@functools.cache
def _warm() -> None:
    """Let both kinds of voice sound once: the first time, their loops are compiled."""
    from luthier.web.live_voice import BLOCK, LiveVoice

    for synth in (Synth.POLY800, Synth.MK2):
        trial = LiveVoice(44_100)
        sound = Sound(initial_program(synth).packed.hex())
        trial.take(Asked(synth=synth, sound=sound, want=BLOCK * 8))
        trial.midi(bytes((0x90, 60, 100)))
        for _ in trial.blocks():
            pass


async def _serve(socket: WebSocket, voice: LiveVoice) -> None:
    step = 0
    while (wanted := await heard(socket, Asked)) is not None:
        if isinstance(wanted, bytes):
            voice.midi(wanted[:16])
            continue
        try:
            if wanted.bank is None:
                voice.take(wanted)
            else:
                await run_in_threadpool(voice.take, wanted)
        except InputError as error:
            await tell(socket, {"error": str(error)})
        for block in voice.blocks():
            if isinstance(block, int):
                await socket.send_text(f'{{"silence":{block}}}')
            else:
                await socket.send_bytes(block)
            # Other pages have their turn.
            await asyncio.sleep(0)
        if step != voice.step:
            step = voice.step
            await tell(socket, {"step": step})


ROUTES = [
    Route("/panel/{synth}", panel, methods=["GET"]),
    Route("/banks", new, methods=["POST"]),
    Route("/banks/{key}", bank, methods=["GET"]),
    Route("/banks/{key}/write", write, methods=["POST"]),
    Route("/banks/{key}/change", change, methods=["POST"]),
    Route("/banks/{key}/export", export, methods=["GET"]),
    Route("/banks/{key}/losses", losses, methods=["GET"]),
    Route("/banks/{key}/keep", keep, methods=["POST"]),
    Route("/sound", sound, methods=["POST"]),
    Route("/morph", morph, methods=["POST"]),
    Route("/randomise", randomise, methods=["POST"]),
    Route("/compare", compare, methods=["POST"]),
    WebSocketRoute("/play", play),
]
