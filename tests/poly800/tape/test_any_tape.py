"""Tapes that a reader made for one factory tape refuses (the Poly-800 facts, section 5.1) are read whole."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from luthier.audio import files
from luthier.poly800 import memory, tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.synth import Synth

RATE = 8_000
RAM = built_in_bank(Synth.POLY800).ram
IMAGE = memory.image_from_ram(RAM)


def images(samples: npt.NDArray[np.float32], rate: int = RATE) -> list[bytes]:
    reading = tape.read(samples, rate)
    assert all(dump.complete for dump in reading.dumps)
    return [dump.image for dump in reading.dumps]


def test_any_midi_channel() -> None:
    image = memory.image_from_ram(b"\x0f" + RAM[1:])
    assert images(tape.write(image, RATE)) == [image]


def test_any_settings_and_sequence() -> None:
    image = memory.image_from_ram(RAM[:1] + random.Random(31).randbytes(287) + RAM[288:])
    assert images(tape.write(image, RATE)) == [image]


def test_a_checksum_by_the_rule_of_the_first_message() -> None:
    image = b"\xb3\xbf\x05" + RAM[1:] + bytes([sum(RAM[1:]) % 256])
    reading = tape.read(tape.write(image, RATE), RATE)
    assert reading.dumps[0].image == image
    assert reading.dumps[0].checksum_rule == "first message"


def test_inverted_polarity() -> None:
    assert images(-tape.write(IMAGE, RATE)) == [IMAGE]


@pytest.mark.parametrize("rest", [0.3, 0.3003, 1.0])
def test_two_dumps_at_any_distance(rest: float) -> None:
    second = memory.image_from_ram(RAM[:-1] + b"\x77")
    silence = np.zeros(round(rest * RATE), dtype=np.float32)
    both = np.concatenate([tape.write(IMAGE, RATE, leader=1), silence, tape.write(second, RATE, leader=1)])
    assert images(both) == [IMAGE, second]


def test_one_pass_after_another_is_found_twice() -> None:
    assert images(tape.write(IMAGE, RATE, passes=2)) == [IMAGE, IMAGE]


@pytest.mark.parametrize("rate", [11_025, 48_000, 192_000])
def test_other_rates(rate: int) -> None:
    assert images(tape.write(IMAGE, rate, leader=1), rate) == [IMAGE]


def test_a_tape_with_hardly_a_leader() -> None:
    assert images(tape.write(IMAGE, RATE, leader=0.05, trailer=0.05)) == [IMAGE]


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT"])
def test_a_stereo_file_of_any_encoding_with_one_good_channel(tmp_path: Path, subtype: str) -> None:
    good = tape.write(IMAGE, RATE, leader=1)
    noise = np.random.default_rng(1).normal(0, 0.05, good.size).astype(np.float32)
    files.write(tmp_path / "a.wav", np.stack([noise, good], axis=1), RATE, subtype=subtype)
    assert [dump.image for dump in tape.read_file(tmp_path / "a.wav").dumps if dump.complete] == [IMAGE]


@pytest.mark.parametrize("factor", [0.7, 1.3])
def test_a_constant_speed_that_is_wrong(factor: float) -> None:
    # The samples of a tape are the same at any speed; only their rate is another.
    samples = tape.write(IMAGE, 16_000, leader=1)
    reading = tape.read(samples, round(16_000 * factor))
    assert reading.dumps[0].image == IMAGE
    assert reading.dumps[0].speed == pytest.approx(factor, rel=0.01)


def test_a_part_of_a_tape_gives_its_programs() -> None:
    samples = tape.write(IMAGE, RATE, leader=1)
    reading = tape.read(samples[: RATE * 7], RATE)
    (dump,) = reading.dumps
    assert not dump.complete
    right = [entry for entry in dump.programs if entry.sound]
    assert 25 < len(right) < 45
    assert all(entry.program == built_in_bank(Synth.POLY800).program(entry.number) for entry in right)
