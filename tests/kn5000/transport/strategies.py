"""Random messages, frames and streams of the protocol."""

from __future__ import annotations

from hypothesis import strategies as st

from luthier.kn5000.transport import dsp_messages, midi_messages, sender
from luthier.kn5000.transport.blocks import Block, BlockRequest, PayloadReady
from luthier.kn5000.transport.dsp_messages import DspMessage
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage
from luthier.kn5000.transport.queries import SoundNameQuery

ADDRESSES = st.integers(0, 0xFFFFFFFF)
SEVEN_BITS = st.integers(0, 0x7F)


@st.composite
def ring_messages(draw: st.DrawFn) -> RingMessage:
    """Messages of the MIDI ring, on channels that are accepted."""
    status = draw(st.sampled_from([0x80, 0x88, 0x90, 0xB0, 0xC0, 0xD0, 0xE0, 0xF0])) | draw(st.integers(0, 7))
    channel = draw(st.integers(0, 25))
    rest = [draw(SEVEN_BITS) for _ in range(midi_messages.length_of(status) - 2)]
    return RingMessage(bytes([status, channel, *rest]))


@st.composite
def dsp_message_values(draw: st.DrawFn) -> DspMessage:
    """Messages of the DSP ring, most of them short, some of several packets."""
    size = draw(st.one_of(st.integers(0, 100), st.sampled_from([24, 56, 290, 1000])))
    head = [draw(st.sampled_from(dsp_messages.COMMANDS)), *(draw(SEVEN_BITS) for _ in range(4))]
    payload = draw(st.binary(min_size=size, max_size=size))
    return DspMessage(bytes([*head, size >> 7, size & 0x7F, draw(st.integers(0, 255))]) + payload)


QUERIES = st.builds(
    SoundNameQuery, part=st.integers(0, 255), index=st.integers(0, 255), slot=st.integers(0, 15)
)
BLOCKS = st.builds(Block, address=ADDRESSES, data=st.binary(min_size=1, max_size=300))
REQUESTS = st.builds(BlockRequest, source=ADDRESSES, destination=ADDRESSES, count=st.integers(0, 0xFFFF))
MESSAGES = st.one_of(
    ring_messages(),
    dsp_message_values(),
    QUERIES.map(sender.query),
    st.integers(0, 9).map(sender.tone_generator_mode),
    st.builds(sender.Raw, st.sampled_from([1, 2, 4, 6]), st.binary(min_size=1, max_size=80)),
    BLOCKS,
    REQUESTS,
    st.just(PayloadReady()),
)


def is_special(handler: int, size: int) -> bool:
    return handler == 7 and size in (2, 3, 4)


PACKETS = (
    st.tuples(st.integers(0, 7), st.binary(min_size=1, max_size=32))
    .filter(lambda part: not is_special(part[0], len(part[1])))
    .map(lambda part: Packet(*part))
)
FRAMES = st.one_of(PACKETS, BLOCKS, REQUESTS, st.just(PayloadReady()))
