"""Damaged tapes get the advice that fits their damage, with the right figure, and healthy ones none."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from luthier.poly800 import tape
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.tape import damage, modulation, writing
from luthier.poly800.tape.damage import Damage, FloatArray, Take
from luthier.poly800.tape.health.advice import Advice
from luthier.poly800.tape.health.diagnosis import Diagnosis, diagnose
from luthier.poly800.tape.takes import Recording

RATE = 44_100
IMAGE = writing.image_for(built_in_bank())[0]
PAUSE = 2.0
BEGIN = PAUSE + 3.0 + modulation.MARGIN
END = BEGIN + float(modulation.half_waves(modulation.bits_of(IMAGE))[-1])


@functools.cache
def healthy() -> FloatArray:
    """Two seconds of faint hiss, the tape, two seconds of hiss."""
    silence = np.zeros(int(PAUSE * RATE))
    samples = np.concatenate([silence, tape.write(IMAGE, RATE, leader=3.0), silence])
    return samples + np.random.default_rng(1).normal(0, 0.0005, samples.size)


def damaged(*damages: Damage, seed: int = 1) -> Take:
    return damage.damaged(Take.of(healthy(), RATE, (BEGIN, END)), damages, seed)


def diagnosed(path: Path, samples: FloatArray, rate: int = RATE, *, peak: float | None = 0.5) -> Diagnosis:
    largest = float(np.max(np.abs(samples), initial=0.0))
    scaled = samples * (peak / largest) if peak and largest else samples
    soundfile.write(path / "tape.wav", scaled, rate)
    return diagnose(Recording("tape.wav", path / "tape.wav", tape.read_file(path / "tape.wav")))


def advice_called(name: str, diagnosis: Diagnosis) -> Advice:
    found = {advice.name: advice for advice in diagnosis.advice}
    assert name in found, f"{name} is not among {list(found)}"
    return found[name]


def test_a_healthy_tape_needs_no_advice(tmp_path: Path) -> None:
    diagnosis = diagnosed(tmp_path, healthy())
    assert diagnosis.recording.reading.complete
    assert diagnosis.advice == ()
    measures = diagnosis.measures
    assert measures.peak == pytest.approx(-6.02, abs=0.05)
    assert measures.speed == pytest.approx(1.0, abs=0.002)
    assert measures.short_half_wave == pytest.approx(322.6, abs=5)
    assert measures.long_half_wave == pytest.approx(714.3, abs=5)
    assert measures.wow is not None
    assert measures.wow < 0.002
    assert measures.bad_seconds == ()
    assert measures.dropouts == ()
    assert measures.cut_off is None


#: Damages, the advice they must get, and a figure in it (what, allowed error) where one is known.
CASES: list[tuple[str, tuple[Damage, ...], str, float | None, float]] = [
    ("noise", (damage.white_noise(10),), "noise", 10, 0.6),
    ("hum 50", (damage.hum(50, 1),), "hum", 50, 0),
    ("hum 60", (damage.hum(60, 1),), "hum", 60, 0),
    ("telephone", (damage.band_pass(),), "telephone", 300, 60),
    ("treble lost", (damage.low_pass(1500),), "dull", 1800, 500),
    ("bass lost", (damage.high_pass(500),), "thin", 450, 100),
    ("wow", (damage.wow(4, 0.1),), "wow", 7.07, 0.4),
    ("fast", (damage.speed(1.3),), "speed", 130, 1),
    ("slow", (damage.speed(0.7),), "speed", 70, 1),
    ("clipped", (damage.clipping(0.3),), "clipped", None, 0),
    ("clipped below", (damage.one_sided_clipping(0.15),), "clipped-one-side", None, 0),
    ("direct voltage", (damage.offset(1),), "offset", 50, 3),
    ("dropout", (damage.hole(0.5, 60),), "dropouts", 1, 0),
]


@pytest.mark.parametrize(
    ("damages", "name", "figure", "error"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_each_damage_is_seen(
    tmp_path: Path, damages: tuple[Damage, ...], name: str, figure: float | None, error: float
) -> None:
    take = damaged(*damages)
    advice = advice_called(name, diagnosed(tmp_path, take.samples, take.rate))
    assert advice.remedy
    if figure is not None:
        numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", advice.seen)]
        assert any(abs(number - figure) <= error for number in numbers), advice.seen


def test_dropouts_say_when_and_how_long(tmp_path: Path) -> None:
    diagnosis = diagnosed(tmp_path, damaged(damage.hole(0.5, 60)).samples)
    (dropout,) = diagnosis.measures.dropouts
    assert dropout.begin == pytest.approx(BEGIN + 0.5 * (END - BEGIN), abs=0.01)
    assert dropout.milliseconds == pytest.approx(60, abs=5)
    assert set(diagnosis.measures.bad_seconds) == {int(dropout.begin)}


def test_a_quiet_recording(tmp_path: Path) -> None:
    take = damaged(damage.level(-45))
    advice = advice_called("too-quiet", diagnosed(tmp_path, take.samples, peak=None))
    assert "-45 dBFS" in advice.seen


def test_compressed_recordings(tmp_path: Path) -> None:
    take = damaged(damage.low_pass(5_000, 40))
    assert "4" in advice_called("lossy-codec", diagnosed(tmp_path, take.samples)).seen
    soundfile.write(tmp_path / "tape.mp3", healthy(), RATE, format="MP3")
    reading = tape.read_file(tmp_path / "tape.mp3")
    advice_called("lossy-codec", diagnose(Recording("tape.mp3", tmp_path / "tape.mp3", reading)))


def test_level_control_and_noise_suppression(tmp_path: Path) -> None:
    seconds = np.arange(healthy().size) / RATE
    swinging = healthy() * (1 + 0.7 * np.sin(np.pi * seconds))
    advice_called("level-swings", diagnosed(tmp_path, swinging))
    fading = np.where(seconds < BEGIN, np.exp(-np.maximum(seconds - PAUSE, 0.0)), 1.0)
    advice = advice_called("leader-fades", diagnosed(tmp_path, healthy() * fading))
    # e^-2.5 is 22 dB; the first and last half second are averaged.
    assert re.search(r"by (2\d) dB", advice.seen)


def test_channels(tmp_path: Path) -> None:
    left = healthy()
    empty = advice_called("one-channel", diagnosed(tmp_path, np.stack([left, left * 0.001], axis=1)))
    assert "right" in empty.seen
    assert "60 dB" in empty.seen
    advice_called("upside-down", diagnosed(tmp_path, np.stack([left, -left], axis=1)))
    late = advice_called("azimuth", diagnosed(tmp_path, np.stack([left[4:], left[:-4]], axis=1)))
    assert "91 µs" in late.seen  # four samples


def test_two_recordings_over_each_other(tmp_path: Path) -> None:
    other = np.random.default_rng(2).integers(0, 256, 1636, dtype=np.uint8).tobytes()
    ghost = np.concatenate([np.zeros(int(PAUSE * RATE)), tape.write(other, RATE, leader=2.2)])
    both = healthy().copy()
    both[: ghost.size] += 0.8 * ghost
    advice_called("two-recordings", diagnosed(tmp_path, both))


def test_parts_of_a_recording(tmp_path: Path) -> None:
    advice_called("begins-late", diagnosed(tmp_path, healthy()[int((BEGIN + 3) * RATE) :]))
    ends = advice_called("ends-early", diagnosed(tmp_path, healthy()[: int((BEGIN + 6) * RATE)]))
    assert f"{BEGIN + 6:.1f} s" in ends.seen


def test_no_tape_at_all(tmp_path: Path) -> None:
    silent = diagnosed(tmp_path, np.zeros(3 * RATE))
    assert [advice.name for advice in silent.advice] == ["silent"]
    assert "SAVE" in silent.advice[0].remedy
    seconds = np.arange(3 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hertz * seconds) for hertz in (220, 277, 330))
    advice_called("no-half-waves", diagnosed(tmp_path, np.asarray(chord)))
    leader = modulation.waveform(modulation.half_waves(np.ones(9_000)), RATE)
    advice_called("no-data", diagnosed(tmp_path, leader.astype(np.float64)))


@pytest.mark.parametrize("value", [1e30, np.nan])
def test_samples_that_are_no_numbers_are_not_called_silence(tmp_path: Path, value: float) -> None:
    path = tmp_path / "broken.wav"
    soundfile.write(path, np.full(2 * RATE, value, dtype=np.float32), RATE, subtype="FLOAT")
    diagnosis = diagnose(Recording(path.name, path, tape.read_file(path)))
    names = [advice.name for advice in diagnosis.advice]
    assert names[0] == "broken-samples"
    assert "silent" not in names


def test_a_file_that_is_cut_off_is_told(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.wav", tmp_path / "cut.wav"
    soundfile.write(whole, healthy() / 4, RATE)
    cut.write_bytes(whole.read_bytes()[: 2 * int(RATE * (BEGIN + END) / 2)])
    advice = diagnose(Recording(cut.name, cut, tape.read_file(cut))).advice
    assert advice[0].name == "file-damaged"
    assert "cut off" in advice[0].seen


def test_the_tape_of_another_synth(tmp_path: Path) -> None:
    foreign = np.random.default_rng(3).integers(0, 256, 2691, dtype=np.uint8).tobytes()
    diagnosis = diagnosed(tmp_path, modulation.write(foreign, RATE).astype(np.float64))
    advice = advice_called("other-synth", diagnosis)
    assert "2691" in advice.seen
    assert foreign[:2].hex(" ").upper() in advice.seen
    assert "MkII" in advice.remedy
    assert foreign in {row.content for row in diagnosis.rows}
