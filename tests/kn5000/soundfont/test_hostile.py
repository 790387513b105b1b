"""Damaged fonts: an InputError, or sounds that the tone generator can take."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.test_font import opened
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone

from luthier.errors import InputError
from luthier.kn5000.soundfont.sounds import SoundFontSounds
from luthier.kn5000.tone_generator.recordings import check

GOOD = writer.small()
#: Where the tables begin; before it are mostly samples.
TABLES = GOOD.index(b"pdta")


def plays(sounds: SoundFontSounds) -> None:
    """Everything a font is asked gives answers within bounds."""
    check(sounds.recordings)
    rows = len(sounds.recordings.table)
    for program, drums in ((0, False), (40, False), (0, True)):
        for key, velocity in ((0, 1), (60, 100), (127, 127)):
            strikes = sounds.sound(program, drums=drums).strikes(key, velocity)
            assert len(strikes) <= 64
            for strike in strikes:
                assert 0 <= strike.selector < rows
                assert -1 <= strike.pan <= 1
                assert 0 <= strike.reverb <= 1
                assert 0 <= strike.chorus <= 1
                assert strike.level <= 0
                assert 1 <= len(strike.amplitude) <= 4
                values = [strike.pitch, strike.level, strike.release, strike.cutoff, *strike.vibrato]
                for segment in (*strike.amplitude, *strike.filter, *strike.bend):
                    values += segment
                assert np.isfinite(values).all()


def try_to_play(data: bytes) -> None:
    try:
        plays(opened(data))
    except InputError as error:
        assert str(error)


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=8),
    st.lists(st.tuples(st.integers(TABLES, len(GOOD) - 1), st.integers(0, 255)), max_size=40),
    st.none() | st.integers(0, len(GOOD)),
)
def test_bytes_changed_anywhere(
    anywhere: list[tuple[int, int]], tables: list[tuple[int, int]], end: int | None
) -> None:
    data = bytearray(GOOD)
    for place, value in anywhere + tables:
        data[place] = value
    try_to_play(bytes(data[:end]))


@settings(deadline=None, max_examples=100)
@given(
    st.binary(max_size=400), st.sampled_from([b"pbag", b"pgen", b"pmod", b"ibag", b"igen", b"imod", b"shdr"])
)
def test_tables_of_anything(content: bytes, name: bytes) -> None:
    place = GOOD.index(name) + 8
    size = struct.unpack("<I", GOOD[place - 4 : place])[0]
    content = content[:size]
    try_to_play(GOOD[:place] + content + GOOD[place + len(content) :])


def test_nothing_grows_with_the_square_of_a_table() -> None:
    # Every preset zone has an instrument of 60,000 zones: 3,600,000,000 pairs, if one put them all together.
    wave = Recorded(np.arange(100, dtype=np.int16))
    many = 60_000
    indices = np.arange(many + 1, dtype="<u2")
    bags = np.stack([indices, np.zeros_like(indices)], 1).tobytes()
    inner = np.tile(np.array([[writer.SAMPLE, 0]], "<u2"), (many + 1, 1)).tobytes()
    outer = np.tile(np.array([[writer.INSTRUMENT, 0]], "<u2"), (many + 1, 1)).tobytes()
    data = writer.font(
        [wave],
        [Instrument([Zone(0)])],
        [Preset([Zone(0)])],
        replaced={
            "pbag": bags,
            "ibag": bags,
            "igen": inner,
            "pgen": outer,
            "inst": struct.pack("<20sH20sH", b"all", 0, b"EOI", many),
            "phdr": struct.pack("<20sHHHIII20sHHHIII", b"all", 0, 0, 0, 0, 0, 0, b"EOP", 0, 0, many, 0, 0, 0),
        },
    )
    sounds = opened(data)
    assert len(sounds.sound(0).strikes(60, 100)) == 64
    assert sounds.warnings["presets with too many zones, cut short"] == 1


def test_modulators_without_number_are_cut_short() -> None:
    flood = [(0x0003, number % 58, 1, 0, 0) for number in range(5_000)]
    inner = Instrument([Zone(None, {}, flood), *[Zone(0, {}, flood[:100])] * 50])
    data = writer.font([Recorded(np.arange(100, dtype=np.int16))], [inner], [Preset([Zone(0)])])
    plays(opened(data))
