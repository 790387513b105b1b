"""The query for the name of a sound, its reply, and the key relay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import QUERIES

from luthier.errors import InputError
from luthier.kn5000.transport import queries, sender
from luthier.kn5000.transport.dsp_messages import DspMessage
from luthier.kn5000.transport.queries import SoundNameQuery, SoundNameReply
from luthier.kn5000.transport.receiver import Receiver

#: The exchange that the inter-CPU page shows, captured in MAME.
REQUEST = bytes.fromhex("2B 30 7F 20 00 00 02 14 00 00")
RESPONSE = bytes.fromhex("2B 30 7F 20 00 00 02 14") + b"Piano           " + b"\x10"


def test_the_published_exchange() -> None:
    query = SoundNameQuery(part=0x14, index=0)
    assert query.encoded == REQUEST
    assert SoundNameReply.to(query, "Piano", 0x10).encoded == RESPONSE
    reply = SoundNameReply.of(RESPONSE)
    assert reply is not None
    assert (reply.echo, reply.name.rstrip(), reply.status) == (REQUEST[:8], b"Piano", 0x10)
    assert str(reply) == "sound name reply: Left is 'Piano', status 10"


def test_as_latch_bytes() -> None:
    # Ten bytes for handler 3: 69; the reply of 25 bytes: 78.
    assert sender.encode([sender.query(SoundNameQuery(0x14, 0))]) == b"\x69" + REQUEST
    reply = SoundNameReply.of(RESPONSE)
    assert reply is not None
    assert reply.packet.encoded == b"\x78" + RESPONSE


@given(QUERIES)
def test_queries_come_back(query: SoundNameQuery) -> None:
    assert SoundNameQuery.of(query.encoded) == query
    assert DspMessage(query.encoded).encoded == query.encoded  # a message like any other


@given(st.binary(max_size=30))
def test_replies_keep_every_byte(data: bytes) -> None:
    reply = SoundNameReply.of(data)
    assert reply is None or reply.encoded == data


def test_parts() -> None:
    names = [queries.part_name(part) for part in range(0x11, 0x18)]
    assert names == [
        "part 11",
        "Right 1",
        "Right 2",
        "Left",
        "Right 1 (conductor)",
        "Right 2 (conductor)",
        "part 17",
    ]


def test_what_the_sub_cpu_makes_of_a_query() -> None:
    sub = Receiver()
    sub.feed(b"\x69" + REQUEST)
    (taken,) = sub.main_loop().dsp
    assert taken.header + taken.payload == REQUEST
    assert not taken.dropped
    assert sub.ram.bytes_at(0x4368, 10) == REQUEST


def test_keys_are_relayed_as_notes() -> None:
    assert queries.key_relay(60, 100).encoded == bytes.fromhex("42 90 3C 64")
    assert queries.relayed_key(bytes.fromhex("90 3C 00")) == (60, 0)
    assert queries.relayed_key(bytes.fromhex("80 3C 00")) is None
    assert queries.relayed_key(bytes.fromhex("90 3C")) is None


def test_other_bytes_are_no_queries() -> None:
    assert SoundNameQuery.of(REQUEST[:9]) is None
    for place in (0, 1, 2, 3, 4, 5, 6, 9):
        changed = bytearray(REQUEST)
        changed[place] ^= 0x80
        assert SoundNameQuery.of(bytes(changed)) is None
    with pytest.raises(InputError):
        SoundNameQuery(0x14, 0, slot=16)
