"""Reading the tables of a file, and refusing what is none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone

from luthier.errors import InputError
from luthier.kn5000.soundfont import open_soundfont
from luthier.kn5000.soundfont.font import Font, read_font
from luthier.kn5000.soundfont.sounds import SoundFontSounds

WAVE = Recorded(np.arange(1000, dtype=np.int16), loop=(100, 900))
TONE = Instrument([Zone(0)])


def read(data: bytes) -> Font:
    return read_font(np.frombuffer(data, np.uint8))


def opened(data: bytes) -> SoundFontSounds:
    return SoundFontSounds(read(data))


def test_what_was_written_is_read() -> None:
    font = read(writer.small())
    assert font.name == "Small 0"
    assert font.version == (2, 4)
    assert [bytes(name).decode() for name in font.presets["name"]] == ["First", "Second", "Kit"]
    assert font.presets["program"].tolist() == [0, 40, 0]
    assert font.presets["bank"].tolist() == [0, 0, 128]
    assert font.headers["root"].tolist() == [69, 60]
    assert font.instrument_zones.target.tolist() == [-1, 0, 0, 1]
    assert font.preset_zones.target.tolist() == [-1, 0, 1, 0, 1]
    assert len(font.samples) == 4000 + 500 + 2 * writer.GUARD
    assert not font.warnings


def test_a_global_zone_is_the_default_of_the_others() -> None:
    zones = read(writer.small()).instrument_zones
    assert zones.parent.tolist() == [-1, 0, 0, -1]
    assert zones.amounts[:, writer.PAN].tolist() == [-100, -100, -100, 0]
    assert zones.amounts[:, writer.CUTOFF].tolist() == [13500, 13500, 8000, 13500]


def test_what_stands_behind_the_target_of_a_zone_does_not_count() -> None:
    rows = [(writer.SAMPLE, 0), (writer.PAN, 100), (writer.SAMPLE, 0)]
    generators = b"".join(struct.pack("<Hh", *row) for row in [*rows, (0, 0)])
    bags = struct.pack("<HHHH", 0, 0, len(rows), 0)
    data = writer.font([WAVE], [TONE], [Preset([Zone(0)])], replaced={"igen": generators, "ibag": bags})
    zones = read(data).instrument_zones
    assert zones.target.tolist() == [0]
    assert zones.amounts[0, writer.PAN] == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is no SoundFont 2"),
        (b"RIFF\0\0\0\0WAVE", "is no SoundFont 2"),
        (b"RIFF\x04\0\0\0sfbk", "has no chunk 'phdr'"),
        (writer.small()[:300], r"byte \d+: the chunk 'LIST' should have"),
        (writer.small()[:-1], "bytes, but only"),
        (writer.font([WAVE], [TONE], [Preset([Zone(0)])], version=(3, 0)), "compressed with Vorbis"),
        (
            writer.font([Recorded(WAVE.data, kind=0x11)], [TONE], [Preset([Zone(0)])]),
            "compressed with Vorbis",
        ),
        (writer.font([WAVE], [TONE], [Preset([Zone(0)])], replaced={"pgen": bytes(6)}), "no multiple of 4"),
        (writer.font([WAVE], [TONE], [Preset([Zone(0)])], replaced={"shdr": b""}), "has 0 bytes"),
        (writer.font([], [TONE], [Preset([Zone(0)])]), "no instrument with a sample"),
        (writer.font([WAVE], [], []), "no instrument with a sample"),
        (
            b"RIFF\0\0\0\0sfbk" + (b"LIST" + struct.pack("<I", 16_004) + b"INFO" + b"a\0\0\0\0\0\0\0" * 2000),
            "chunks",
        ),
    ],
)
def test_what_is_refused_says_why(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        opened(data)


def test_a_chunk_that_is_too_long_is_named_with_its_place() -> None:
    data = bytearray(writer.small())
    place = data.index(b"pgen")
    data[place + 4 : place + 8] = struct.pack("<I", 1 << 31)
    with pytest.raises(InputError, match=f"byte {place:,}: the chunk 'pgen' should have 2,147,483,648 bytes"):
        opened(bytes(data))


def test_indices_that_go_back_or_outside_are_told_and_left_out() -> None:
    bags = struct.pack("<HHHHHH", 0, 0, 60_000, 0, 1, 0)
    data = writer.font([WAVE], [Instrument([Zone(0), Zone(0)])], [Preset([Zone(0)])], replaced={"ibag": bags})
    sounds = opened(data)
    assert sounds.warnings["indices that point outside or backwards"] == 2
    assert len(sounds.sound(0).strikes(60, 100)) <= 1


def test_an_instrument_that_is_not_there_sounds_as_nothing() -> None:
    sounds = opened(writer.font([WAVE], [TONE], [Preset([Zone(7), Zone(0)])]))
    assert len(sounds.sound(0).strikes(60, 100)) == 1


def test_sample_bits_beyond_sixteen_are_left_alone() -> None:
    data = writer.small()
    place = data.index(b"sdta")
    lower = writer.chunk("sm24", bytes(4592))
    size = struct.unpack("<I", data[place - 4 : place])[0]
    end = place + size
    with_24 = data[: place - 4] + struct.pack("<I", size + len(lower)) + data[place:end] + lower + data[end:]
    assert np.array_equal(read(with_24).samples, read(data).samples)


def test_a_file_is_opened_by_name_and_its_errors_name_it(tmp_path: Path) -> None:
    path = tmp_path / "font.sf2"
    path.write_bytes(writer.small())
    steps: list[float] = []
    sounds = open_soundfont(path, lambda part, _: steps.append(part))
    assert sounds.title == "Small 0 (SoundFont)"
    assert steps == [0.0, 1.0]
    assert np.array_equal(sounds.recordings.samples, read(writer.small()).samples)
    path.write_bytes(b"")
    with pytest.raises(InputError, match=r"font\.sf2: is empty"):
        open_soundfont(path)
    path.write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"font\.sf2, byte 0: is no SoundFont 2"):
        open_soundfont(path)
    with pytest.raises(InputError, match="cannot be read"):
        open_soundfont(tmp_path / "none.sf2")
    with pytest.raises(InputError, match="cannot be read"):
        open_soundfont(tmp_path)
