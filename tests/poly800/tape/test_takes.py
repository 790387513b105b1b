"""Which dumps are takes of one memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from luthier.errors import InputError
from luthier.poly800 import edit, tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import Dump, damage, takes, writing
from luthier.poly800.tape.damage import Damage, Take

BANK = built_in_bank()
IMAGE = writing.image_for(BANK)[0]
OTHER = writing.image_for(edit.assign(BANK, ["34.cutoff=12", "34.noise=11", "35.mg_frequency=3"]))[0]
RATE = 22_050


def sound(image: bytes, *damages: Damage, seed: int = 1) -> damage.FloatArray:
    samples = tape.write(image, RATE, leader=1.0, trailer=0.5)
    return damage.damaged(Take.of(samples, RATE, (1.01, 10.6)), damages, seed).samples


def recorded(path: Path, *parts: damage.FloatArray) -> Path:
    gap = np.zeros(RATE)
    soundfile.write(path, np.concatenate([np.concatenate([part, gap]) for part in parts]), RATE)
    return path


def dump_with(image: bytes, confidence: float) -> Dump:
    reading = tape.read(sound(IMAGE), RATE)
    return replace(reading.dumps[0], image=image, confidence=np.full(1636, confidence), complete=False)


def test_two_takes_with_different_holes_are_merged(tmp_path: Path) -> None:
    one = recorded(tmp_path / "1.wav", sound(IMAGE, damage.hole(0.3, 200)))
    two = recorded(tmp_path / "2.wav", sound(IMAGE, damage.hole(0.7, 200), damage.speed(1.05)))
    for path in (one, two):
        with takes.read_takes([path]) as found:
            assert [memory.dump.complete for memory in found.memories] == [False]
    with takes.read_takes([one, two]) as found:
        assert [memory.dump.image for memory in found.memories] == [IMAGE]
        assert found.complete
        assert [take.recording for take in found.memories[0].takes] == [0, 1]


def test_two_passes_in_one_file_are_merged(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "1.wav", sound(IMAGE, damage.hole(0.3, 200)), sound(IMAGE, damage.hole(0.7, 200))
    )
    with takes.read_takes([path]) as found:
        assert [memory.dump.image for memory in found.memories] == [IMAGE]


def test_banks_that_differ_in_two_programs_are_kept_apart(tmp_path: Path) -> None:
    path = recorded(tmp_path / "1.wav", sound(IMAGE), sound(OTHER))
    with takes.read_takes([path]) as found:
        assert [memory.dump.image for memory in found.memories] == [IMAGE, OTHER]
        assert found.choose(None) == 0
        assert found.choose(2) == 1
        with pytest.raises(InputError, match="2 different memories"):
            found.choose(3)


def test_different_incomplete_banks_are_not_merged() -> None:
    other = bytearray(IMAGE)
    for place in range(400, 412):
        other[place] ^= 0x15
    assert not takes.same_memory(dump_with(IMAGE, 0.999), dump_with(bytes(other), 0.999))
    # What either reads only half surely says nothing against it.
    assert takes.same_memory(dump_with(IMAGE, 0.999), dump_with(IMAGE, 0.95))
    assert not takes.same_memory(dump_with(IMAGE, 0.5), dump_with(IMAGE, 0.5))


def test_the_same_file_is_no_second_take(tmp_path: Path) -> None:
    path = recorded(tmp_path / "1.wav", sound(IMAGE, damage.hole(0.3, 200)))
    copy = tmp_path / "copy.wav"
    copy.write_bytes(path.read_bytes())
    with takes.read_takes([path, copy]) as found:
        assert found.repeated == (str(copy),)
        assert len(found.memories[0].takes) == 1


def test_a_file_that_is_no_audio_is_named(tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    with pytest.raises(InputError, match=r"text\.wav: is not an audio file"), takes.read_takes([text]):
        pass
    with pytest.raises(InputError, match="cannot be read"), takes.read_takes([text, tmp_path / "none.wav"]):
        pass
