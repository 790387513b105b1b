"""What comes in as samples, and what goes out as a reading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.tapes import random_image

from luthier.errors import InputError
from luthier.poly800 import tape
from luthier.poly800.memory import image_from_ram
from luthier.poly800.tape import decoder
from luthier.poly800.tape.conditioning import Signal
from luthier.poly800.tape.survey import Stretch, survey

RATE = 22_050
IMAGE = random_image(7)


@pytest.fixture(scope="module")
def recording() -> np.ndarray:
    return tape.write(IMAGE, RATE, leader=2.0)


def test_contract(recording: np.ndarray) -> None:
    reading = tape.read(recording, RATE)
    (dump,) = reading.dumps
    assert dump.image == IMAGE
    assert dump.complete
    assert reading.complete
    assert dump.confidence.shape == (1636,)
    assert dump.confidence.min() > 0.99
    assert [program.number for program in dump.programs][:9] == [11, 12, 13, 14, 15, 16, 17, 18, 21]
    assert all(program.state is tape.State.RIGHT for program in dump.programs)
    assert dump.programs[63].program.packed == IMAGE[290 + 63 * 21 : 290 + 64 * 21]
    assert 1.9 < dump.begin < 2.1
    assert dump.speed == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("kind", ["int16", "int32", "uint8", "float64", "column"])
def test_sample_types(recording: np.ndarray, kind: str) -> None:
    samples: np.ndarray = recording
    if kind == "uint8":
        samples = np.round(recording * 100 + 128).astype(np.uint8)
    elif kind == "column":
        samples = recording[:, None]
    elif kind.startswith("int"):
        samples = np.round(recording * 0.9 * np.iinfo(kind).max).astype(kind)
    else:
        samples = recording.astype(kind)
    assert tape.read(samples, RATE).dumps[0].image == IMAGE


def test_polarity_and_level_do_not_matter(recording: np.ndarray) -> None:
    assert tape.read(recording * -1e-3, RATE).dumps[0].complete
    assert tape.read(recording * 50.0, RATE).dumps[0].complete


def test_not_a_number_does_no_harm(recording: np.ndarray) -> None:
    broken = recording.copy()
    broken[::5000] = np.nan
    broken[1] = np.inf
    assert tape.read(broken, RATE).dumps[0].image == IMAGE


@pytest.mark.parametrize("good", [0, 1])
def test_the_better_channel_is_read(recording: np.ndarray, good: int) -> None:
    random = np.random.default_rng(good)
    stereo = random.normal(0, 0.5, (recording.size, 2))
    stereo[:, good] = recording
    (dump,) = tape.read(stereo, RATE).dumps
    assert dump.image == IMAGE
    assert dump.channel in {("left", "right")[good], "all channels together"}


def test_channels_against_each_other(recording: np.ndarray) -> None:
    """A recorder with one channel inverted: their mean is silence."""
    (dump,) = tape.read(np.stack([recording, -recording], axis=1), RATE).dumps
    assert dump.complete


def test_mono_kept_as_stereo_is_read_once(recording: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, recording.size)
    surveys: list[Signal] = []

    def counted(signal: Signal) -> list[Stretch]:
        surveys.append(signal)
        return survey(signal)

    monkeypatch.setattr(decoder, "survey", counted)
    assert tape.read(np.stack([noise, noise], axis=1), RATE).dumps == ()
    assert len(surveys) == 1
    tape.read(np.stack([noise, noise[::-1]], axis=1), RATE)
    assert len(surveys) == 5
    (dump,) = tape.read(np.stack([recording, recording], axis=1), RATE).dumps
    assert dump.image == IMAGE


@pytest.mark.parametrize(
    ("samples", "rate"),
    [(np.zeros((2, 2, 2)), RATE), (np.array(["a"]), RATE), (np.zeros(100), 100), (np.zeros(100), 1e6)],
)
def test_what_is_no_audio(samples: np.ndarray, rate: float) -> None:
    with pytest.raises(InputError):
        tape.read(samples, rate)


@pytest.mark.parametrize("length", [0, 1, 10, 1000, RATE])
def test_short_and_silent(length: int) -> None:
    assert tape.read(np.zeros(length), RATE).dumps == ()
    assert tape.read(np.full(length, 0.3), RATE).dumps == ()


def test_several_dumps_in_order(recording: np.ndarray) -> None:
    other = random_image(8)
    both = np.concatenate([recording, np.zeros(RATE), tape.write(other, RATE, leader=2.0)])
    assert [dump.image for dump in tape.read(both, RATE).dumps] == [IMAGE, other]


def test_long_recordings_are_read_in_blocks(recording: np.ndarray, tmp_path: Path) -> None:
    """Dumps anywhere, blocks cutting through some of them."""
    from luthier.audio import files

    random = np.random.default_rng(1)
    images = [random_image(seed) for seed in (1, 2, 3)]
    parts: list[np.ndarray] = []
    for image, pause in zip(images, (21.0, 17.5, 30.0), strict=True):
        parts += [random.normal(0, 0.005, int(pause * RATE)), tape.write(image, RATE, leader=3.0)]
    long = np.concatenate(parts).astype(np.float32)
    assert long.size / RATE > decoder.BLOCK_SECONDS + decoder.OVERLAP_SECONDS
    reading = tape.read(long, RATE)
    assert [dump.image for dump in reading.dumps if dump.complete] == images
    path = tmp_path / "long.wav"
    files.write(path, long, RATE)
    again = tape.read_file(path)
    assert [dump.image for dump in again.dumps] == images
    assert again.duration == pytest.approx(long.size / RATE)


def test_recording_that_begins_or_ends_in_the_middle(recording: np.ndarray) -> None:
    cut = int(6.5 * RATE)
    (end,) = tape.read(recording[cut:], RATE).dumps
    assert not end.complete
    assert not end.head
    assert all(
        program.program.packed == IMAGE[290 + k * 21 : 311 + k * 21]
        for k, program in enumerate(end.programs)
        if program.sound
    )
    assert end.programs_right > 20
    assert end.programs[0].state is tape.State.MISSING
    (begin,) = tape.read(recording[: cut + RATE // 10], RATE).dumps
    assert not begin.complete
    assert begin.head
    assert begin.programs_right > 20
    whole = tape.merged([begin, end])
    assert whole.image == IMAGE
    assert whole.complete


def test_wrong_checksum_is_never_complete() -> None:
    """Every byte is read with certainty, and still the checksum decides: the owner must know."""
    wrong = bytearray(IMAGE)
    wrong[600] ^= 0x04
    (dump,) = tape.read(tape.write(bytes(wrong), RATE, leader=2.0), RATE).dumps
    assert dump.image == bytes(wrong)
    assert not dump.complete
    assert dump.checksum_rule is None


def test_checksum_of_the_first_message_is_told_apart() -> None:
    ram = bytearray(IMAGE[2:-1])
    ram[0] = 4
    image = image_from_ram(bytes(ram))
    older = image[:-1] + bytes([(image[-1] - 4) & 0xFF])
    (dump,) = tape.read(tape.write(older, RATE, leader=2.0), RATE).dumps
    assert dump.image == older
    assert dump.checksum_rule == "first message"
    assert dump.complete


def test_memory_after_a_dead_battery_is_read_as_it_is() -> None:
    """Uninitialised memory holds impossible values; the tape of it is still a tape."""
    ram = np.random.default_rng(5).integers(0, 256, 1633, dtype=np.uint8).tobytes()
    image = image_from_ram(ram)
    (dump,) = tape.read(tape.write(image, RATE, leader=2.0), RATE).dumps
    assert dump.image == image
    assert dump.complete
