"""Sends a bank to the synth over MIDI and asks it for its own.

Open questions
- How fast the synth can take a dump.  The one published success with a MkII paused 100 ms after each message
  and switched the synth off and on afterwards; whether either was needed is not known.  Pauses inside a
  message, where the port allows them, are ours and do no harm by the MIDI specification.
- Whether a dump is taken while the Program Write switch is off: two users report opposite things.
- Whether the synth answers a good dump in any way: only the report of a bad one is documented.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from luthier.errors import InputError, LuthierError
from luthier.midi.ports import BYTES_PER_SECOND, Port
from luthier.midi.sysex import split
from luthier.poly800 import sysex
from luthier.poly800.bank import Bank
from luthier.poly800.synth import Synth

Progress = Callable[[float, str], None]

#: Seconds: the pause of the one published success (a MkII bank sent with amidi --sysex-interval=100).
PACE = 0.1
#: Bytes between two pauses inside a message; chosen, not known: 41 ms on the cable.
PART_LENGTH = 128
#: Seconds after which the synth answers a request (MkII service manual).
ANSWER_DELAY = 0.3
#: Seconds we listen for the report of a bad dump after its last byte; chosen, three times the above.
REPORT_TIME = 3 * ANSWER_DELAY
#: Seconds until a whole answer must be there; chosen: the longest dump takes 1.8 on the cable.
RECEIVE_TIMEOUT = 10.0

#: What a person must know before sending, each with its basis.
ADVICE = (
    "the synth's own programs will be replaced: receive or tape them first",
    "set the Program Write and Sequence Write switches to ENABLE: reports differ on whether they matter",
    "switch the synth off and on afterwards: the one published success did",
    "send nothing else meanwhile: bursts of MIDI are reported to corrupt the memory of the Poly-800",
)


@dataclass(frozen=True)
class Sent:
    """A bank that went out: ``heard`` tells whether an answer could have been heard at all."""

    bytes: int
    seconds: float
    heard: bool


def _no_progress(_fraction: float, _now: str) -> None:
    """Progress nobody looks at."""


def send_bank(port: Port, bank: Bank, *, pace: float = PACE, progress: Progress = _no_progress) -> Sent:
    """Send ``bank`` as the dump of its synth and wait for a report that it arrived damaged.

    ``pace`` is the pause in seconds after the message and, where the port takes parts, after every 128
    bytes.  Raises InputError if the synth has no dump message, LuthierError if it reports an error.
    """
    message = sysex.write_dump(bank)
    begun = time.monotonic()
    length = PART_LENGTH if port.takes_parts else len(message)
    answer = bytearray()
    for start in range(0, len(message), length):
        part = message[start : start + length]
        port.send(part)
        progress((start + len(part)) / len(message) / 2, "sending")
        answer += port.receive(pace)
        _raise_reported_error(answer, bank.synth)
    # Drivers take a message at once and send it at the speed of the cable.
    on_cable = begun + len(message) / BYTES_PER_SECOND
    deadline = max(time.monotonic(), on_cable) + REPORT_TIME
    start_listening = time.monotonic()
    while (left := deadline - time.monotonic()) > 0:
        progress(1 - left / (deadline - start_listening) / 2, "waiting for an error report")
        answer += port.receive(min(left, PACE))
        _raise_reported_error(answer, bank.synth)
    return Sent(len(message), time.monotonic() - begun, port.listens)


def _raise_reported_error(answer: bytearray, synth: Synth) -> None:
    for item in sysex.survey(bytes(answer)):
        if item.kind is sysex.Kind.ERROR and item.synth is synth:
            raise LuthierError(
                f"the {synth.title} reports that the dump arrived damaged"
                f" ({item.message.data.hex(' ').upper()}); send it again with a longer --pace"
            )


def receive_dump(
    port: Port,
    synth: Synth | None = None,
    *,
    timeout: float = RECEIVE_TIMEOUT,
    progress: Progress = _no_progress,
) -> bytes:
    """Ask for the memory of ``synth`` (None: of a MkII, then of an EX-800) and return the dump message.

    The message is returned as it came: read it with :func:`luthier.poly800.sysex.read_dumps`.  ``timeout`` is
    in seconds, for each request.  Raises InputError if nothing came or only part of a dump.
    """
    if not port.listens:
        raise InputError("no way back from the synth", where=port.name, remedy="use a port with an input")
    while port.receive(0):
        pass  # what came before the request is no answer to it
    asked = (Synth.MK2, Synth.EX800) if synth is None else (synth,)
    for one in asked:
        port.send(sysex.request(one))
        answer = _collect(port, one, timeout, progress)
        if answer:
            return answer
    names = " or ".join(one.title for one in asked)
    raise InputError(
        f"no {names} answered within {timeout:g} s",
        where=port.name,
        remedy="check both cables, and that the synth is no Poly-800 without EX-800 ROM, which has no dump",
    )


def _collect(port: Port, synth: Synth, timeout: float, progress: Progress) -> bytes:
    """The first complete dump of ``synth``; empty if no byte of one came; raises InputError for a part."""
    deadline = time.monotonic() + timeout
    expected = sysex.DUMP_LENGTH[synth]
    received = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        progress(min(1.0, max(len(received) / expected, 1 - left / timeout)), f"waiting for {synth.title}")
        part = port.receive(min(left, PACE))
        received += part
        # A dump ends with F7: no need to search before one came.
        if b"\xf7" in part and (dump := _dump_in(bytes(received), synth)):
            return dump
    dumps = [item for item in sysex.survey(bytes(received)) if item.kind is sysex.Kind.DUMP]
    if dumps:
        raise InputError(
            f"{len(dumps[0].message.data)} of {expected} bytes came within {timeout:g} s",
            where=port.name,
            remedy="try again, with a longer --timeout or a better interface",
        )
    return b""


def _dump_in(received: bytes, synth: Synth) -> bytes:
    for message in split(received):
        item = sysex.classify(message)
        if item.kind is sysex.Kind.DUMP and item.synth is synth and message.complete:
            return message.data
    return b""
