"""The main CPU's end: messages become packets of at most 32 bytes, and these latch bytes.

Every message begins a packet of its own, as where ``sendCOMM`` is given one message (0xEF32F4).  The main
CPU also joins short MIDI messages in one send; :func:`packets` takes such a run of bytes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from luthier.kn5000.transport import dispatch, system
from luthier.kn5000.transport.blocks import Block, BlockRequest, PayloadReady
from luthier.kn5000.transport.command_byte import chunks
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.latch import Latch, Outcome
from luthier.kn5000.transport.queries import SoundNameQuery


class Message(Protocol):
    """What can be sent through a handler: messages of the two rings."""

    @property
    def handler(self) -> int:
        """0 to 7."""

    @property
    def encoded(self) -> bytes:
        """Its bytes."""


@dataclass(frozen=True)
class Raw:
    """Any bytes for any handler."""

    handler: int
    encoded: bytes


Sendable = Message | Block | BlockRequest | PayloadReady


def query(asked: SoundNameQuery) -> Raw:
    """The query for the name of a sound, as a message."""
    return Raw(dispatch.DSP, asked.encoded)


def tone_generator_mode(mode: int) -> Raw:
    """The message that sets a mode of the tone generator."""
    return Raw(dispatch.SYSTEM, system.set_mode(mode))


def enable_key_relay() -> Raw:
    """The message after which the sub CPU tells of every key."""
    return Raw(dispatch.SYSTEM, system.ENABLE_RELAY)


def packets(handler: int, data: bytes) -> Iterator[Packet]:
    """The packets of one send: 32 bytes each, the last may be shorter; none of nothing."""
    for piece in chunks(data):
        yield Packet(handler, piece)


def frames(messages: Iterable[Sendable]) -> Iterator[Packet | Block | BlockRequest | PayloadReady]:
    """The frames that carry messages."""
    for message in messages:
        if isinstance(message, Block | BlockRequest | PayloadReady):
            yield message
        else:
            yield from packets(message.handler, message.encoded)


def encode(messages: Iterable[Sendable]) -> bytes:
    """The latch bytes of messages."""
    return b"".join(frame.encoded for frame in frames(messages))


def send(messages: Iterable[Sendable], latch: Latch) -> list[Outcome]:
    """Send messages through a latch with the handshake; how each frame fared."""
    return [latch.send(frame.encoded) for frame in frames(messages)]
