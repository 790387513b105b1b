"""The format of a wave ROM, on images made here: layout, round trips, damage (group J of the ledger)."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.formats import Content
from luthier.identify import identify
from luthier.kn5000.waves import rom
from luthier.kn5000.waves.rom import ROM_SIZE, Wave, build, read_rom, write_rom
from luthier.kn5000.waves.rom_format import WAVE_ROM


def image(*pairs: tuple[int, int], pcm: bytes = b"", tail: int = 0xFF) -> bytes:
    """An image packed by hand: 198 entries, the last pair repeated, PCM from 1A30."""
    entries = [*pairs, *[pairs[-1]] * (198 - len(pairs))]
    index = b"".join(struct.pack("<HH", *pair) for pair in entries)
    return (index.ljust(0x1A30, b"\0") + pcm).ljust(ROM_SIZE, bytes([tail]))


def waves(count: int, length: int = 24) -> list[Wave]:
    generator = np.random.default_rng(1)
    return [Wave(generator.integers(-9, 9, length).astype(np.int16), (0xC000 | 0x7F,)) for _ in range(count)]


def test_the_first_pointer_tells_the_size_of_the_index() -> None:
    assert 198 * 4 == 0x318
    found = read_rom(image((0x318, 0x1A3)))
    assert len(found.entries) == 198
    assert found.index_size == 0x318


def test_a_start_counts_sixteen_bytes() -> None:
    found = read_rom(image((0x318, 0x1A3), (0x31A, 0x1C3)))
    assert found.entries[0].start == 0x1A3 * 16 == 0x1A30
    assert found.entries[1].start == 0x1C30
    # 256 samples, as the first wave of IC307: the next start is 512 bytes on.
    assert found.extent(0) == (0x1A30, 0x1C30)
    assert found.samples(0).size == 256


def test_samples_are_signed_words_least_significant_byte_first() -> None:
    found = read_rom(image((0x318, 0x1A3), pcm=bytes.fromhex("0100 ffff 0080 ff7f") + bytes(8)))
    assert found.samples(0)[:4].tolist() == [1, -1, -32768, 32767]


def test_the_regions_of_an_image_are_those_of_ic307() -> None:
    found, _ = build(waves(3))
    data = write_rom(found)
    assert found.pcm_start == 6704
    assert ROM_SIZE - 6704 - 64 == 4_187_536
    assert data[-64:] == b"\xff" * 64
    assert len(data) == 4_194_304


def test_filling_is_no_sound() -> None:
    sound = bytes(range(1, 33))
    found = read_rom(image((0x318, 0x1A3), pcm=sound))
    assert found.samples(0).tobytes() == sound
    assert found.pcm_end == 0x1A30 + 32


def test_entries_may_share_a_wave_with_other_keys() -> None:
    # Entries 185 and 186 of IC307, with their keys.
    data = bytearray(image((0x318, 0xFCA6), (0x322, 0xFCA6), (0x32C, 0x1A3)))
    data[0x318:0x32E] = struct.pack(
        "<11H", 0xFCA6, 0x40, 0x30, 0x20, 0x10, 0xFCA6, 0x48, 0x38, 0x28, 0x18, 0x1A3
    )
    found = read_rom(bytes(data))
    assert found.extent(0) == found.extent(1)
    assert len(found.starts) == 2
    assert [word.key for word in found.words(0)] == [0x40, 0x30, 0x20, 0x10]
    assert [a.value - b.value for a, b in zip(found.words(1), found.words(0), strict=True)] == [8, 8, 8, 8]
    assert found.warnings() == ()


def test_words_are_flags_and_a_value() -> None:
    meanings = [
        rom.ParameterWord(flags << 8).meaning for flags in (0, 1, 8, 0xA, 0x1C, 0x40, 0x80, 0xC0, 0x33)
    ]
    assert meanings == [
        "key zone boundary", "tuning of a key", "tuning of a key, other range", "transition", "header",
        "split or loop", "end of record", "last key zone boundary", "unknown",
    ]  # fmt: skip
    assert rom.ParameterWord(0x01FF).tuning == -1
    assert rom.ParameterWord(0x08FE).tuning == -2
    assert rom.ParameterWord(0x0103).tuning == 3
    assert rom.ParameterWord(0xC07F).key == 127
    assert rom.ParameterWord(0x01FF).key is None


def test_a_record_lasts_until_the_next() -> None:
    # Of 2, 4, 6 and 850 bytes, sizes of IC307.
    pointers = [0x318, 0x31A, 0x31E, 0x324]
    found = read_rom(image(*[(pointer, 0x1A3) for pointer in [*pointers, 0x324 + 850]]))
    assert [len(found.record(number)) for number in range(4)] == [2, 4, 6, 850]
    assert len(found.words(3)) == 424


def test_the_first_wave_can_be_a_sine_of_256_samples() -> None:
    sine = np.round(32767 * np.sin(2 * np.pi * np.arange(256) / 256)).astype(np.int16)
    found, starts = build([Wave(sine, ()), *waves(1)])
    again = read_rom(write_rom(found))
    assert starts[0] == 0x1A30
    assert np.array_equal(again.samples(0), sine)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(-32768, 32767), min_size=1, max_size=40),
            st.lists(st.integers(0, 0xFFFF), max_size=5),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_waves_and_words_come_back(content: list[tuple[list[int], list[int]]]) -> None:
    made = [Wave(np.array(samples, np.int16), tuple(words)) for samples, words in content]
    found, starts = build(made)
    data = write_rom(found)
    again = read_rom(data)
    assert again == found
    assert write_rom(again) == data
    pcm = np.frombuffer(data, "<i2")
    for number, (wave, start) in enumerate(zip(made, starts, strict=True)):
        assert again.entries[number].start == start
        assert np.array_equal(pcm[start // 2 : start // 2 + wave.samples.size], wave.samples)
        assert tuple(word.word for word in again.words(number)) == wave.words


@settings(max_examples=12)
@given(st.binary(min_size=4, max_size=64), st.integers(0, 0x1A60), st.booleans())
def test_whatever_can_be_read_is_written_the_same(noise: bytes, place: int, cleared: bool) -> None:
    data = bytearray(image((0x318, 0x1A3), (0x31C, 0x1A5), tail=0 if cleared else 0xFF))
    data[place : place + len(noise)] = noise
    try:
        found = read_rom(bytes(data))
    except InputError as error:
        assert "byte 0x" in str(error)
        return
    assert write_rom(found) == bytes(data)
    for number in range(len(found.entries)):
        found.samples(number)
        found.words(number)
    found.warnings()


def test_waves_beyond_the_reach_of_a_start_share_the_last_one() -> None:
    long = Wave(np.ones(300_000, np.int16), ())
    found, starts = build([long, long, long, long])
    assert starts[2] == 0x1A30 + 1_200_000
    assert 0xFFFF * 16 == 1_048_560 < starts[2]
    assert [entry.start for entry in found.entries[:4]] == [starts[0], starts[1], starts[1], starts[1]]


@pytest.mark.parametrize("size", [0, 1, ROM_SIZE - 1, ROM_SIZE + 1])
def test_a_wrong_size_is_told(size: int) -> None:
    with pytest.raises(InputError, match=f"{size} bytes"):
        read_rom(bytes(size))
    content = Content.of_bytes(bytes(size), "a.bin")
    assert WAVE_ROM.detect(content) is None
    with pytest.raises(InputError, match=f"{size} bytes"):
        WAVE_ROM.read(content)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((0x319, 0x1A3), "entry 1: its record at 0x0319"),
        ((0x10, 0x1A3), "entry 1: its record at 0x0010"),
        ((0x1A30, 0x1A3), "entry 1: its record at 0x1A30"),
        ((0x318, 0x31), "entry 1: its wave at 0x310 overlaps the index"),
        ((0x318, 0), "entry 1: its wave at 0x0 overlaps the index"),
    ],
)
def test_a_pointer_to_the_wrong_place_is_told_with_its_offset(pair: tuple[int, int], said: str) -> None:
    with pytest.raises(InputError, match=f"byte 0x0004, {said}"):
        read_rom(image((0x318, 0x1A3), pair, (0x318, 0x1A3)))


def test_oddities_are_warned_of() -> None:
    data = bytearray(image((0x318, 0x1A3)))
    data[0x318:0x31E] = struct.pack("<3H", 0x1A4, 0x10, 0x20)
    warnings = read_rom(bytes(data)).warnings()
    assert any("repeats start 01A4" in text for text in warnings)
    assert any("do not descend" in text for text in warnings)


def test_an_image_is_identified() -> None:
    found, _ = build(waves(5))
    (match,) = identify(Content.of_bytes(write_rom(found), "kn5000.ic307"))
    assert match.format.name == "kn5000-wave-rom"
    assert match.description == "198 entries, 5 different waves"


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="do not fit an index"):
        build([])
    with pytest.raises(InputError, match="do not fit an index"):
        build(waves(199))
    with pytest.raises(InputError, match="bytes of waves"):
        build([Wave(np.zeros(ROM_SIZE // 2, np.int16), ())])
    with pytest.raises(InputError, match="bytes of records"):
        build([Wave(np.zeros(8, np.int16), (0,) * 3000)])
    found, _ = build(waves(1))
    with pytest.raises(InputError, match="no image"):
        write_rom(rom.WaveRom(found.entries, found.parameters, found.pcm[:-1]))
