"""The song as the firmware has it: every message of the performance at its tick, tempos, sections, beats."""

from __future__ import annotations

from collections.abc import Iterator

from luthier.kn5000 import songs
from luthier.kn5000.firmware import song_data
from luthier.kn5000.songs.performance import performed
from luthier.kn5000.songs.score import QUARTER

_CONTENT = {song_data.TEMPO: 4, song_data.SECTION: 1, song_data.BEAT: 1, song_data.END: 0}


def events() -> Iterator[tuple[int, int, bytes]]:
    """Tick, code and bytes of every event, read as the firmware reads them."""
    data, place, tick = song_data.built_in().data, 0, 0
    while place < len(data):
        tick += int.from_bytes(data[place : place + 2], "little")
        code = data[place + 2]
        size = _CONTENT.get(code, code)
        yield tick, code, data[place + 3 : place + 3 + size]
        place += 3 + size


def test_every_message_of_the_performance_is_there_at_its_tick() -> None:
    found = sorted((tick, content) for tick, code, content in events() if code not in _CONTENT)
    expected = sorted(
        (event.tick, song_data.ring_message(event.message))
        for channel in performed(songs.score()).values()
        for event in channel
    )
    assert found == expected and len(found) > 5_000


def test_messages_have_the_lengths_of_the_ring() -> None:
    assert song_data.ring_message((0x93, 60, 100)) == bytes([0x90, 3, 60, 100])
    assert song_data.ring_message((0x83, 60, 64)) == bytes([0x90, 3, 60, 0])
    assert song_data.ring_message((0xC9, 25)) == bytes([0xC0, 9, 25, 0, 0])
    assert song_data.ring_message((0xE0, 1, 64)) == bytes([0xE0, 0, 1, 64])
    assert song_data.ring_message((0xD5, 99)) == bytes([0xD0, 5, 0, 99])


def test_tempos_are_ticks_a_millisecond() -> None:
    found = [
        (tick, int.from_bytes(content, "little"))
        for tick, code, content in events()
        if code == song_data.TEMPO
    ]
    expected = sorted(tempo for passage in songs.score().passages for tempo in passage.tempos)
    assert [tick for tick, _ in found] == [tick for tick, _ in expected]
    for (_, increment), (_, tempo) in zip(found, expected, strict=True):
        assert abs(increment / 65536 * 60_000 / QUARTER - tempo) < 0.002


def test_sections_begin_before_their_first_message_and_are_numbered() -> None:
    passages = songs.score().passages
    found = [(tick, content[0]) for tick, code, content in events() if code == song_data.SECTION]
    assert [number for _, number in found] == list(range(1, len(passages) + 1))
    for (tick, _), passage in zip(found, passages, strict=True):
        assert max(passage.start - 30, 0) == tick


def test_the_end_comes_last() -> None:
    *_, last = events()
    assert last[1] == song_data.END and last[0] == song_data.built_in().ticks
