"""The chips' end: writes of ports become commands and data again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.kn5000.dsp_ports.bus import Bus, Protocol
from luthier.kn5000.dsp_ports.decoder import Decoder, decode
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import PortWrite
from luthier.kn5000.dsp_ports.messages import Message, items, messages

KINDS = st.sampled_from([Kind.COMMAND, Kind.DATA])
SENT = st.builds(Event, KINDS, st.sampled_from([0, 1]), st.integers(0, 0xFF), st.just(0))


def told(events: list[Event], protocol: Protocol) -> list[Event]:
    writes = Bus(protocol=protocol).send(events)
    return [event._replace(place=0) for event in decode(writes)]


@given(st.lists(SENT, max_size=30))
def test_what_the_firmware_sends_arrives(events: list[Event]) -> None:
    # The first byte for DSP 2 after idle is a command for whoever sees no start condition.
    told_first = [Event(Kind.COMMAND, 1, 0x30), *events]
    assert told(told_first, Protocol.FIRMWARE) == told_first


MESSAGES = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.integers(0, 255), st.binary(max_size=6)), max_size=8
)


@pytest.mark.parametrize("protocol", Protocol)
@given(MESSAGES)
def test_messages_arrive_whole(protocol: Protocol, wanted: list[tuple[int, int, bytes]]) -> None:
    bus = Bus(protocol=protocol)
    for chip, command, data in wanted:
        bus.command(chip, command)
        for byte in data:
            bus.data(chip, byte)
        if chip == 1:
            bus.idle()
    found = messages(decode(bus.latches.taken()))
    assert [(message.chip, message.command, message.data) for message in found] == wanted


def test_a_register_write_is_five_bytes() -> None:
    # Facts E05, E06: command 30 and 00, D0, 40, 00.
    bus = Bus()
    bus.command(1, 0x30)
    for byte in (0x00, 0xD0, 0x40, 0x00):
        bus.data(1, byte)
    bus.idle()
    events = list(decode(bus.latches.taken()))
    assert [event.kind for event in events] == [Kind.COMMAND] + [Kind.DATA] * 4 + [Kind.IDLE]
    assert messages(events)[0].encoded.hex() == "3000d04000"


def test_a_timeout_is_8001_looks_and_nothing_else() -> None:
    ready = False
    bus = Bus(ready=lambda: ready)
    bus.command(0, 0x01)
    ready = True
    bus.data(0, 0x02)
    kinds = [(event.kind, event.value) for event in decode(bus.latches.taken())]
    assert kinds == [(Kind.TIMEOUT, 0), (Kind.DATA, 2)]


def test_a_timeout_at_the_end() -> None:
    bus = Bus(ready=lambda: False)
    bus.command(0, 0x01)
    assert [event.kind for event in decode(bus.latches.taken())] == [Kind.TIMEOUT]


def test_fewer_looks_are_no_timeout() -> None:
    answers = iter([False] * 8000 + [True] * 2)
    bus = Bus(ready=lambda: next(answers))
    bus.command(0, 0x01)
    assert [event.kind for event in decode(bus.latches.taken())] == [Kind.COMMAND]


def test_a_strobe_without_a_byte() -> None:
    answers = iter([True, False, True, True])
    bus = Bus(ready=lambda: next(answers))
    bus.command(0, 0x01)
    bus.command(0, 0x02)
    kinds = [(event.kind, event.value) for event in decode(bus.latches.taken())]
    assert kinds == [(Kind.REFUSED, 0), (Kind.COMMAND, 2)]


def test_resets() -> None:
    bus = Bus()
    for action in (bus.reset, bus.release):
        for chip in (0, 1):
            action(chip)
    found = [(event.kind, event.chip) for event in decode(bus.latches.taken())]
    assert found == [(Kind.RESET, 0), (Kind.RESET, 1), (Kind.RELEASE, 0), (Kind.RELEASE, 1)]


def test_a_byte_that_is_cut_short() -> None:
    bus = Bus()
    bus.command(1, 0x30)
    writes = bus.latches.taken()
    clocked = [index for index, write in enumerate(writes) if write.port == 0x3C]
    short = writes[: clocked[-4]] + writes[clocked[-1] + 1 :]
    (event,) = decode(short)
    assert event.kind is Kind.DAMAGED
    assert event.value == 8  # the start's fall and seven of nine


def test_the_order_of_the_pin_table() -> None:
    # Audio-subsystem page, second list: the byte first, then command, select and strobe.
    writes = [
        PortWrite(0x68, 0x77),
        PortWrite(0x1C, 0xBF),
        PortWrite(0x1C, 0x9F),
        PortWrite(0x1C, 0x97),
        PortWrite(0x1C, 0x9F),
        PortWrite(0x1C, 0xBF),
    ]
    assert list(decode(writes)) == [Event(Kind.COMMAND, 0, 0x77, 4)]


def test_places_count_writes() -> None:
    bus = Bus()
    bus.command(0, 1)
    first = bus.latches.taken()
    bus.data(0, 2)
    decoder = Decoder()
    (one,) = decoder.feed(first)
    (two,) = decoder.feed(bus.latches.taken())
    assert first[one.place].port == 0x1C
    assert two.place > len(first)


@given(
    st.lists(st.builds(PortWrite, st.sampled_from([0x1C, 0x38, 0x3C, 0x44, 0x68, 0x99]), st.integers(0, 255)))
)
def test_any_writes_are_taken(writes: list[PortWrite]) -> None:
    places = [event.place for event in decode(writes)]
    assert places == sorted(places)
    assert all(place < len(writes) for place in places)


def test_messages_and_what_is_between() -> None:
    events = [
        Event(Kind.DATA, 0, 9),
        Event(Kind.COMMAND, 1, 0x30),
        Event(Kind.COMMAND, 0, 1),
        Event(Kind.DATA, 1, 2),
        Event(Kind.IDLE, 1),
        Event(Kind.DATA, 0, 3),
    ]
    assert items(events) == [
        Message(0, None, b"\x09"),
        Message(1, 0x30, b"\x02"),
        Message(0, 1, b"\x03"),
        Event(Kind.IDLE, 1),
    ]
    assert [event for message in messages(events) for event in message.events] == [
        Event(Kind.DATA, 0, 9),
        Event(Kind.COMMAND, 1, 0x30),
        Event(Kind.DATA, 1, 2),
        Event(Kind.COMMAND, 0, 1),
        Event(Kind.DATA, 0, 3),
    ]
