"""``/api/cable``: banks over a MIDI cable; what ``luthier poly800 ports|send|receive`` do."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from luthier.errors import InputError, MissingFeatureError
from luthier.midi import ports as midi_ports
from luthier.midi.ports import PortName
from luthier.poly800 import library, live, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.synth import Synth
from luthier.web.bench import Bench, answer, asked, bench_of
from luthier.web.jobs import Progress
from luthier.web.open_banks import open_banks

Words = Annotated[str, Meta(max_length=200)]


class Sending(msgspec.Struct, forbid_unknown_fields=True):
    """A bank that is edited, by its key; ``pace`` as for the command, in milliseconds."""

    bank: Words
    port: Words
    synth: Words = ""
    pace: Annotated[float, Meta(ge=0, le=10_000)] = 1000 * live.PACE


class Receiving(msgspec.Struct, forbid_unknown_fields=True):
    """Which synth is asked, one after the other without a name; for how many seconds each."""

    port: Words
    synth: Words = ""
    timeout: Annotated[float, Meta(ge=0.1, le=600)] = live.RECEIVE_TIMEOUT


async def ports(request: Request) -> Response:
    """All ports; ``missing`` says why those of the operating system cannot be had; what one must know."""
    del request
    found, missing = await run_in_threadpool(_ports)
    return answer({"ports": found, "missing": missing, "advice": live.ADVICE})


def _ports() -> tuple[list[PortName], str]:
    try:
        found, missing = midi_ports.port_names(), ""
    except MissingFeatureError as error:
        found, missing = [], str(error)
    return found + [PortName(path, True, True) for path in midi_ports.raw_devices()], missing


def _listed(name: str) -> str:
    """A port that is there; InputError for any other file of this machine."""
    if name not in {port.name for port in _ports()[0]}:
        raise InputError(f"there is no MIDI port {name!r}", remedy="look for ports again and choose one")
    return name


async def send(request: Request) -> Response:
    """Send a bank in a job; its result says whether an error report could have been heard."""
    wanted: Sending = await asked(request, Sending)
    bench = bench_of(request)
    bank, port = await run_in_threadpool(lambda: (_to_send(bench, wanted), _listed(wanted.port)))

    def work(progress: Progress) -> dict[str, Any]:
        with midi_ports.opened(port) as cable:
            sent = live.send_bank(cable, bank, pace=wanted.pace / 1000, progress=progress)
        return {"name": cable.name, "bytes": sent.bytes, "seconds": sent.seconds, "heard": sent.heard}

    return answer(bench.jobs.start(f"sending to {port}", work), 202)


def _to_send(bench: Bench, wanted: Sending) -> Bank:
    found = open_banks(bench).get(wanted.bank)
    if len(found.numbers) == 1:
        raise InputError("one sound alone would replace all 64", remedy="copy it into a bank, and send that")
    synth = Synth.named(wanted.synth) if wanted.synth else found.bank.synth
    bank, _ = library.converted_for(found.bank, library.own_format(synth), synth)
    sysex.write_dump(bank)  # a Poly-800 has no dump message: say so before anything is opened
    return bank


async def receive(request: Request) -> Response:
    """Ask a synth for its memory in a job; what it answered is then an open file, byte for byte."""
    wanted: Receiving = await asked(request, Receiving)
    bench = bench_of(request)
    synth = Synth.named(wanted.synth) if wanted.synth else None
    if synth is Synth.POLY800:
        raise InputError("the Poly-800 has no system exclusive dump", remedy="record its tape and drop that")
    port = await run_in_threadpool(_listed, wanted.port)

    def work(progress: Progress) -> dict[str, Any]:
        with midi_ports.opened(port) as cable:
            data = live.receive_dump(cable, synth, timeout=wanted.timeout, progress=progress)
        title = sysex.read_dumps(data, salvage=True)[0].synth.title
        opened = bench.files.put(f"{title} received.syx", data)
        return {"id": opened.id, "name": opened.name, "view": opened.view, "bytes": len(data)}

    return answer(bench.jobs.start(f"receiving from {port}", work, changes="files"), 202)


ROUTES = [
    Route("/ports", ports, methods=["GET"]),
    Route("/send", send, methods=["POST"]),
    Route("/receive", receive, methods=["POST"]),
]
