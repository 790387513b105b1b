"""What holds for every format that is registered."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kn5000.soundfont import writer as soundfont

from luthier.errors import InputError
from luthier.formats import Content, Format, by_name, registered
from luthier.identify import identify, why_not
from luthier.kaoss.built_in import built_in
from luthier.kaoss.system_file import SystemFile
from luthier.kn5000.board.log_format import BoardLog
from luthier.kn5000.song_format import WrappedSong
from luthier.kn5000.soundfont.file_format import SoundFontFile
from luthier.kn5000.waves.rom import Wave, WaveRom, build
from luthier.machine.logs.entry import Entry
from luthier.midi.standard_file import Song, write_song
from luthier.poly800.bank import Bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.synth import Synth
from luthier.poly800.sysex import Kind

FORMATS = registered()


def bank_with_anything(synth: Synth, seed: int) -> Bank:
    """A bank with plausible programs and random bytes wherever a file must keep them."""
    ram = bytearray(initial_bank(synth).ram)
    front = 0x400 if synth is Synth.MK2 else 288
    ram[1:front] = random.Random(seed).randbytes(front - 1)
    return Bank(synth, bytes(ram))


def wave_rom(seed: int) -> WaveRom:
    """An image of two waves with noise and any words."""
    generator = random.Random(seed)
    sound = np.frombuffer(generator.randbytes(200), np.int16)
    return build([Wave(sound, tuple(generator.choices(range(65_536), k=3))), Wave(sound, (0xC07F,))])[0]


def system_file(seed: int) -> SystemFile:
    """A sound file for the invented device, with any bytes where a file must keep them."""
    example = built_in()
    generator = random.Random(seed)
    header = replace(example.header, word_40=generator.randbytes(2), fill=generator.randbytes(190))
    payload = bytearray(example.payload)
    payload[0x1000:0x1100] = generator.randbytes(256)
    return SystemFile(header, bytes(payload))


#: Per format: a document made from a seed.  A new format needs a line here.
DOCUMENTS: dict[str, Callable[[int], Any]] = {
    "kn5000-wave-rom": wave_rom,
    "korg-system-file": system_file,
    "wrapped-midi-file": lambda seed: WrappedSong(
        b"RIFF" + bytes([seed] * 4) + b"RMIDdata" + bytes(4), write_song(Song(1, 96, (b"\0\xff\x2f\0",)))
    ),
    "board-log": lambda seed: BoardLog(
        1000 * seed,
        (Entry(seed, "main", "write", 0x1000, seed, 2), Entry(seed + 9, "latch", "message", text="byte")),
    ),
    "soundfont-2": lambda seed: SoundFontFile(soundfont.small(seed)),
    "poly800-tape": lambda seed: (bank_with_anything(Synth.POLY800, seed),),
    "poly800-ex800-sysex": lambda seed: (bank_with_anything(Synth.EX800, seed),) * (1 + seed % 2),
    "poly800-mk2-sysex": lambda seed: (bank_with_anything(Synth.MK2, seed),) * (1 + seed % 2),
    "poly800-messages": lambda seed: ((Kind.REQUEST, Synth.MK2), (Kind.ERROR, Synth.EX800)),
    "standard-midi-file": lambda seed: Song(1, 96, (b"\0\xff\x2f\0", random.Random(seed).randbytes(30))),
    "poly800-json": lambda seed: (bank_with_anything(list(Synth)[seed % 3], seed),),
    "poly800-csv": lambda seed: (initial_bank(list(Synth)[seed % 3]),),
    "poly800-tape-image": lambda seed: (bank_with_anything(Synth.POLY800, seed),),
    "poly800-ram": lambda seed: (bank_with_anything(Synth.POLY800, seed),),
    "poly800-mk2-ram": lambda seed: (bank_with_anything(Synth.MK2, seed),),
}


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
def test_a_format_says_what_it_is(entry: Format) -> None:
    assert entry.name == entry.name.lower().strip()
    assert " " not in entry.name
    assert entry.title
    assert entry.limitations
    assert all(text.endswith(".") for text in entry.limitations)
    assert entry.sources
    assert entry.suffixes
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in entry.suffixes)
    assert by_name(entry.name) is entry


def test_names_are_unique_and_unknown_ones_refused() -> None:
    names = [entry.name for entry in FORMATS]
    assert len(names) == len(set(names))
    with pytest.raises(InputError, match="poly800-json"):
        by_name("no such format")


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_round_trip(entry: Format, seed: int) -> None:
    document = DOCUMENTS[entry.name](seed)
    data = entry.write(document)
    content = Content.of_bytes(data, f"file{entry.suffixes[0]}")
    assert entry.detect(content)
    assert entry.read(content) == document
    assert entry.write(entry.read(content)) == data
    assert identify(content)[0].format is entry


#: Formats whose reading takes long: hypothesis would take minutes; their own tests go on from here.
SLOW = {"poly800-tape"}


@pytest.mark.parametrize(
    "entry", [entry for entry in FORMATS if entry.name in SLOW], ids=lambda entry: entry.name
)
def test_hostile_bytes_in_slow_formats(entry: Format) -> None:
    good = entry.write(DOCUMENTS[entry.name](1))
    noise = random.Random(1).randbytes(300)
    for data in (noise, good[:40], good[:44], good[: len(good) // 2], good[:20] + noise + good[320:]):
        content = Content.of_bytes(data, f"file{entry.suffixes[0]}")
        entry.detect(content)
        try:
            entry.read(content)
        except InputError as error:
            assert str(error)


@pytest.mark.parametrize(
    "entry", [entry for entry in FORMATS if entry.name not in SLOW], ids=lambda entry: entry.name
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.binary(max_size=300), seed=st.integers(0, 99), place=st.floats(0, 1), length=st.floats(0, 1))
def test_hostile_bytes_never_raise_in_detect(
    entry: Format, noise: bytes, seed: int, place: float, length: float
) -> None:
    good = entry.write(DOCUMENTS[entry.name](seed))
    start = int(place * len(good))
    damaged = good[:start] + noise + good[start + int(length * len(noise)) :]
    for data in (noise, good[:start], damaged, random.Random(seed).randbytes(len(good))):
        content = Content.of_bytes(data, f"file{entry.suffixes[0]}")
        entry.detect(content)
        try:
            entry.read(content)
        except InputError as error:
            assert str(error)


def test_random_bytes_are_nothing() -> None:
    generator = random.Random(800)
    for size in (0, 1, 100, 1633, 1636, 2688, 3273, 5383):
        content = Content.of_bytes(generator.randbytes(size), "file.bin")
        assert identify(content) == []
        assert why_not(content)
