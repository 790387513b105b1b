"""``/api/sequence``: sequence and chord of a bank that is edited; what ``luthier poly800 sequence`` does."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.poly800 import note_base, sequence_midi, sequence_view
from luthier.poly800.bank import Bank
from luthier.poly800.note_base import NoteBase
from luthier.web.bench import answer, asked, bench_of
from luthier.web.open_banks import OpenBank, open_banks
from luthier.web.views.bank import saved
from luthier.web.views.patch import told

_STEP: Final = re.compile(r"1/([1-9]\d?\d?)")
_NUMBER: Final = re.compile(r"-?\d{1,3}")
_TEMPO: Final = re.compile(r"\d{1,3}(\.\d{1,3})?")
Words = Annotated[str, Meta(max_length=40)]


class Song(msgspec.Struct, forbid_unknown_fields=True):
    """A MIDI file, open, that becomes the sequence, with the options of the command."""

    file: Words
    step: Words = "1/16"
    base: Words = "auto"
    channel: Annotated[int, Meta(ge=1, le=16)] | None = None
    drop: bool = False
    page: str = ""


class Content(msgspec.Struct, forbid_unknown_fields=True):
    """A whole sequence memory, hexadecimal: a step back or forth."""

    content: str
    page: str = ""


async def show(request: Request) -> Response:
    """Every step with its notes, the chord, and what the note base was taken from."""
    banks, key = open_banks(bench_of(request)), request.path_params["key"]
    base = _base(request.query_params.get("base", "auto"))

    def tell() -> dict[str, Any]:
        bank = banks.get(key).bank
        content, chosen = sequence_view.of_bank(bank, base)
        return {
            **sequence_view.record(bank, content, chosen),
            "summary": sequence_view.summary(bank, content, chosen).splitlines(),
            "content": bank.sequence.hex(),
        }

    return answer(await run_in_threadpool(tell))


async def midi(request: Request) -> Response:
    """The sequence as a Standard MIDI File, to be saved; ``X-Lost`` says what it does not carry."""
    banks, key, given = open_banks(bench_of(request)), request.path_params["key"], request.query_params
    base, step = _base(given.get("base", "auto")), _step(given.get("step", "1/16"))
    tempo = given.get("tempo", "120")
    if not _TEMPO.fullmatch(tempo):
        raise InputError(f"a tempo of {tempo[:20]!r}", remedy="give quarter notes a minute")

    def make() -> tuple[str, sequence_midi.Export]:
        found = banks.get(key)
        content, chosen = sequence_view.of_bank(found.bank, base)
        return found.name, sequence_midi.to_midi(content, tempo=float(tempo), step=step, base=chosen)

    name, export = await run_in_threadpool(make)
    lost = quote(msgspec.json.encode(export.losses).decode())
    return saved(f"{name.rpartition('.')[0] or name} sequence.mid", export.data, {"x-lost": lost})


async def take(request: Request) -> Response:
    """Replace the sequence by the notes of a MIDI file; what a sequence cannot hold is told."""
    wanted: Song = await asked(request, Song)
    bench, key = bench_of(request), request.path_params["key"]
    base, step, path = _base(wanted.base), _step(wanted.step), bench.files.path(wanted.file)
    kept: list[sequence_midi.Import] = []

    def act(bank: Bank) -> Bank:
        _, chosen = sequence_view.of_bank(bank, base)
        data = read_bytes(path, sequence_midi.SIZE_LIMIT)
        try:
            found = sequence_midi.from_midi(
                data, capacity=len(bank.sequence), step=step, base=chosen,
                channel=wanted.channel, fold=not wanted.drop,
            )  # fmt: skip
        except InputError as error:
            raise error.at(path.name) from error
        kept.append(found)
        return bank.with_sequence(found.sequence.over(bank.sequence))

    def work() -> tuple[OpenBank, OpenBank]:
        _refuse_single(open_banks(bench).get(key))
        return open_banks(bench).change(key, "sequence", act)

    before, after = await run_in_threadpool(work)
    told(request, (before, after), wanted.page)
    taken = kept[-1]
    return answer(
        {
            "before": before.bank.sequence.hex(),
            "after": after.bank.sequence.hex(),
            "steps": len(taken.sequence.steps),
            "bytes": len(taken.sequence.body),
            "reason": f"note base {taken.base.offset}, {taken.base.reason}",
            "losses": taken.losses,
        }
    )


async def put(request: Request) -> Response:
    """Put a whole sequence memory in the place of the present one."""
    wanted: Content = await asked(request, Content)
    banks, key = open_banks(bench_of(request)), request.path_params["key"]
    try:
        content = bytes.fromhex(wanted.content)
    except ValueError:
        raise InputError("these are no bytes of a sequence", remedy="reload the page") from None

    def work() -> tuple[OpenBank, OpenBank]:
        _refuse_single(banks.get(key))
        return banks.change(key, "sequence", lambda bank: bank.with_sequence(content))

    return told(request, await run_in_threadpool(work), wanted.page)


def _refuse_single(bank: OpenBank) -> None:
    if len(bank.numbers) == 1:
        raise InputError("one sound alone has no sequence", remedy="open a bank")


def _base(text: str) -> NoteBase | None:
    if text == "auto":
        return None
    if not _NUMBER.fullmatch(text):
        raise InputError(f"a note base of {text[:20]!r}", remedy="give auto, 0 or 24")
    return note_base.given(int(text))


def _step(text: str) -> Fraction:
    if not _STEP.fullmatch(text):
        raise InputError(f"a step of {text[:20]!r}", remedy="give 1/16 or another part of a whole note")
    return Fraction(text)


ROUTES = [
    Route("/{key}", show, methods=["GET"]),
    Route("/{key}", put, methods=["POST"]),
    Route("/{key}/midi", midi, methods=["GET"]),
    Route("/{key}/song", take, methods=["POST"]),
]
