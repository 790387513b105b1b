"""Tapes that are written read back, or are not left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from luthier.errors import InputError, LuthierError, OutputExistsError
from luthier.poly800 import memory, tape
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.initial import initial_bank
from luthier.poly800.synth import Synth
from luthier.poly800.tape import modulation, writing
from luthier.poly800.tape.writing import Options

IMAGE = writing.image_for(built_in_bank())[0]


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(rate=8_000),
        Options(rate=192_000, leader=0.5),
        Options(shape="sine", rate=22_050),
        Options(decibels=-50.0),
        Options(leader=0.0, trailer=0.0),
    ],
    ids=str,
)
def test_what_is_written_reads_back(tmp_path: Path, options: Options) -> None:
    path = tmp_path / "tape.flac"
    written = writing.write_file(IMAGE, path, options)
    information = soundfile.info(str(path))
    assert information.samplerate == options.rate
    assert information.duration == pytest.approx(written.seconds)
    assert written.seconds == pytest.approx(9.6 + options.leader + options.trailer, abs=0.05)
    assert [dump.image for dump in tape.read_file(path).dumps] == [IMAGE]


def test_passes_are_separate_dumps(tmp_path: Path) -> None:
    path = tmp_path / "tape.wav"
    writing.write_file(IMAGE, path, Options(passes=3, gap=1.0, leader=1.0))
    dumps = tape.read_file(path).dumps
    assert [dump.image for dump in dumps] == [IMAGE] * 3
    assert dumps[1].begin - dumps[0].begin == pytest.approx(9.6 + 3.0, abs=0.1)


def test_ex800_is_a_new_frame_and_mk2_a_conversion() -> None:
    bank = built_in_bank()
    image, losses = writing.image_for(Bank(Synth.EX800, bank.ram))
    assert image[2:-1] == bank.ram
    assert losses == []
    # The second message of the mailing-list thread: bytes 3 to 1635, counted from 1.
    assert image[-1] == sum(image[2:1635]) & 0xFF
    image, losses = writing.image_for(built_in_bank(Synth.MK2))
    assert memory.checksum_rule(image) == memory.SECOND_MESSAGE
    assert any("sequence_mode" in loss.where for loss in losses)


def test_the_older_checksum_is_kept(tmp_path: Path) -> None:
    bank = initial_bank(Synth.POLY800).with_globals({"midi_channel": 5})
    image = memory.image_from_ram(bank.ram)
    older = image[:-1] + bytes([(image[-1] - 4) & 0xFF])
    assert memory.checksum_rule(older) == memory.FIRST_MESSAGE
    writing.write_file(older, tmp_path / "tape.wav")
    assert tape.read_file(tmp_path / "tape.wav").dumps[0].image == older


@pytest.mark.parametrize(
    "image", [b"", IMAGE[:-1], IMAGE + b"\0", b"\0" + IMAGE[1:], IMAGE[:-1] + bytes([IMAGE[-1] ^ 1])]
)
def test_what_is_no_tape_is_refused(tmp_path: Path, image: bytes) -> None:
    with pytest.raises(InputError):
        writing.write_file(image, tmp_path / "tape.wav")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "options",
    [
        Options(rate=7_999),
        Options(rate=192_001),
        Options(leader=-1.0),
        Options(leader=float("nan")),
        Options(trailer=31.0),
        Options(decibels=1.0),
        Options(decibels=-51.0),
        Options(passes=0),
        Options(passes=1_000_000),
        Options(gap=601.0),
    ],
    ids=str,
)
def test_options_out_of_range_are_refused(tmp_path: Path, options: Options) -> None:
    with pytest.raises(InputError, match="give"):
        writing.write_file(IMAGE, tmp_path / "tape.wav", options)
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_read_back_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = writing.image_for(initial_bank(Synth.POLY800))[0]
    genuine = modulation.write
    monkeypatch.setattr(modulation, "write", lambda image, *a, **k: genuine(other, *a, **k))
    with pytest.raises(LuthierError, match="does not read back"):
        writing.write_file(IMAGE, tmp_path / "tape.wav")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_and_kinds_with_losses_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(b"mine")
    with pytest.raises(OutputExistsError):
        writing.write_file(IMAGE, path)
    assert path.read_bytes() == b"mine"
    with pytest.raises(InputError, match="flac"):
        writing.write_file(IMAGE, tmp_path / "tape.mp3")
