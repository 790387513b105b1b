"""Messages to latch bytes and back: whatever is sent, and however it is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import MESSAGES, dsp_message_values, ring_messages

from luthier.kn5000.transport import dispatch, sender
from luthier.kn5000.transport.assembly import Assembler, RingContent
from luthier.kn5000.transport.dsp_messages import DspMessage
from luthier.kn5000.transport.framing import Frame, Packet, frames
from luthier.kn5000.transport.latch import Outcome
from luthier.kn5000.transport.midi_messages import RingMessage
from luthier.kn5000.transport.receiver import Receiver

SENT = st.lists(MESSAGES, max_size=8)
RING_CONTENTS = st.lists(st.one_of(ring_messages(), dsp_message_values()), max_size=8)


def assembled(found: list[Frame]) -> list[RingContent]:
    assembler = Assembler()
    return [
        content
        for frame in found
        if isinstance(frame, Packet)
        for _, content in assembler.add(frame.handler, frame.payload, 0)
    ]


@given(SENT)
def test_latch_bytes_come_back_as_frames(sent: list[sender.Sendable]) -> None:
    stream = sender.encode(sent)
    assert [frame for _, frame in frames(stream)] == list(sender.frames(sent))
    assert all(len(frame.payload) <= 32 for frame in sender.frames(sent) if isinstance(frame, Packet))


@given(RING_CONTENTS)
def test_messages_come_back(sent: list[RingMessage | DspMessage]) -> None:
    assert assembled([frame for _, frame in frames(sender.encode(sent))]) == sent


@given(RING_CONTENTS, st.data())
def test_messages_come_back_however_they_are_cut(
    sent: list[RingMessage | DspMessage], data: st.DataObject
) -> None:
    stream = bytearray()
    for handler in (dispatch.MIDI, dispatch.DSP):
        left = b"".join(message.encoded for message in sent if message.handler == handler)
        while left:
            size = data.draw(st.integers(1, min(32, len(left))))
            stream += Packet(handler, left[:size]).encoded
            left = left[size:]
    expected = [message for message in sent if message.handler == dispatch.MIDI]
    expected += [message for message in sent if message.handler == dispatch.DSP]
    assert assembled([frame for _, frame in frames(bytes(stream))]) == expected


@given(st.lists(ring_messages(), max_size=20))
def test_the_sub_cpu_takes_what_was_sent(sent: list[RingMessage]) -> None:
    sub = Receiver()
    assert sender.send(sent, sub.latch) == [Outcome.SENT] * len(sent)
    taken = []
    while (message := sub.main_loop().midi.message) is not None:
        taken.append(message)
    assert taken == sent


@given(st.lists(ring_messages(), min_size=1, max_size=40))
def test_joined_messages_arrive_as_well(sent: list[RingMessage]) -> None:
    joined = b"".join(message.encoded for message in sent)
    sub = Receiver()
    for packet in sender.packets(dispatch.MIDI, joined):
        sub.feed(packet.encoded)
    assert sub.ram.bytes_at(0x2B13, len(joined)) == joined
    taken = [sub.main_loop().midi.message for _ in sent]
    assert taken == sent


@given(st.lists(ring_messages(), max_size=10), st.lists(ring_messages(), max_size=10))
def test_handshake_and_feeding_leave_the_same_ram(
    first: list[RingMessage], second: list[RingMessage]
) -> None:
    sent = [*first, *second]
    one, other = Receiver(), Receiver()
    sender.send(sent, one.latch)
    other.feed(sender.encode(sent))
    assert one.ram == other.ram
