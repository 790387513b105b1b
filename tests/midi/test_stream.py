"""Bytes from a cable become messages, however they are cut."""

from __future__ import annotations

import itertools

import mido
from hypothesis import given
from hypothesis import strategies as st

from luthier.midi import stream
from luthier.midi.stream import MessageStream


def messages(*pieces: bytes) -> list[bytes]:
    cable = MessageStream()
    return [message for piece in pieces for message in cable.feed(piece)]


def test_messages_by_hand() -> None:
    assert messages(b"\x90\x3c\x40\x3d\x40", b"\x3e", b"\x40\xc0\x05\x06") == [
        b"\x90\x3c\x40",
        b"\x90\x3d\x40",
        b"\x90\x3e\x40",
        b"\xc0\x05",
        b"\xc0\x06",
    ]
    # Real time inside others; an exclusive message ends running status; stray data is nothing.
    assert messages(b"\xf0\x01\xf8\x02\xf7\x03\x90\x3c\xfe\x40") == [
        b"\xf8",
        b"\xf0\x01\x02\xf7",
        b"\xfe",
        b"\x90\x3c\x40",
    ]
    assert messages(b"\xf0\x01\x90\x3c\x40\xf6\xf2\x01\x02\xf7") == [
        b"\x90\x3c\x40",
        b"\xf6",
        b"\xf2\x01\x02",
    ]


def test_an_endless_exclusive_message_takes_no_memory() -> None:
    cable = MessageStream()
    assert list(cable.feed(b"\xf0" + bytes(stream.LONGEST_EXCLUSIVE * 2) + b"\xf7\xf8")) == [b"\xf8"]
    assert len(cable._begun) == 0


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_it_does_not_matter_where_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[begin:end] for begin, end in itertools.pairwise(places)]
    assert messages(*pieces) == messages(data)


@given(
    st.lists(
        st.one_of(
            st.builds(
                lambda c, n, v: bytes([0x90 | c, n, v]), *[st.integers(0, 15)] + [st.integers(0, 127)] * 2
            ),
            st.builds(lambda c, n: bytes([0xC0 | c, n]), st.integers(0, 15), st.integers(0, 127)),
            st.builds(
                lambda body: b"\xf0" + bytes(body) + b"\xf7", st.lists(st.integers(0, 127), max_size=9)
            ),
            st.sampled_from([b"\xf8", b"\xfe", b"\xf6", b"\xf3\x05"]),
        )
    )
)
def test_whole_messages_come_out_as_mido_has_them(sent: list[bytes]) -> None:
    data = b"".join(sent)
    parser = mido.Parser()
    parser.feed(data)
    assert messages(data) == [bytes(message.bytes()) for message in parser] == sent
