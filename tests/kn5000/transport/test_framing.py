"""Streams are cut into frames, no byte is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kn5000.transport.strategies import FRAMES

from luthier.errors import InputError
from luthier.kn5000.transport.framing import Cut, Frame, Packet, frames


@given(st.lists(FRAMES, max_size=8))
def test_frames_come_back(sent: list[Frame]) -> None:
    stream = b"".join(frame.encoded for frame in sent)
    assert [frame for _, frame in frames(stream)] == sent


@given(st.binary(max_size=400))
def test_frames_tile_any_stream(data: bytes) -> None:
    found = list(frames(data))
    assert b"".join(frame.encoded for _, frame in found) == data
    assert [offset for offset, _ in found] == [
        sum(len(frame.encoded) for _, frame in found[:number]) for number in range(len(found))
    ]
    assert not any(isinstance(frame, Cut) for _, frame in found[:-1])


@given(FRAMES.filter(lambda frame: len(frame.encoded) > 1), st.data())
def test_a_cut_frame_is_told(frame: Frame, data: st.DataObject) -> None:
    kept = frame.encoded[: data.draw(st.integers(1, len(frame.encoded) - 1))]
    ((_, found),) = frames(kept)
    assert isinstance(found, Cut)
    assert found.encoded == kept
    assert len(kept) < found.expected <= len(frame.encoded)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_packets_that_would_be_taken_for_special_commands_are_refused(size: int) -> None:
    with pytest.raises(InputError, match=f"E{size - 1}"):
        Packet(7, bytes(size))
