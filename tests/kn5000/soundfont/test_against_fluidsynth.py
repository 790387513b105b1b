"""A font of our own played by FluidSynth and by the tone generator: pitch, level, decay."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tests.kn5000.soundfont import writer
from tests.kn5000.soundfont.writer import Instrument, Preset, Recorded, Zone
from tests.kn5000.tone_generator.sounding import RATE, decibels, hertz

from luthier.kn5000.parts.state import PartState
from luthier.kn5000.soundfont import open_soundfont
from luthier.kn5000.soundfont.voicing import HEADROOM
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.voices import words

pytestmark = pytest.mark.skipif(shutil.which("fluidsynth") is None, reason="fluidsynth is not installed")

Sound = NDArray[np.float32]
#: FluidSynth makes its filter's gain independent of the resonance: 1.5 dB more than ours at none.
FILTER_GAIN = 1.505
#: Generators of the volume envelope: hold, decay, sustain.
HOLD, DECAY, SUSTAIN = 35, 36, 37


def theirs(font: Path, key: int, velocity: int, seconds: float) -> Sound:
    """FluidSynth without effects, all controllers at their largest, filter not moved by velocity."""
    song = mido.MidiFile(type=0, ticks_per_beat=1000)
    track = mido.MidiTrack()
    song.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=1_000_000))
    track.append(mido.Message("control_change", control=7, value=127))
    track.append(mido.Message("note_on", note=key, velocity=velocity))
    track.append(mido.Message("note_off", note=key, time=round(1000 * seconds)))
    path, out = font.with_suffix(".mid"), font.with_suffix(".wav")
    song.save(path)
    options = ["-q", "-ni", "-R", "0", "-C", "0", "-g", "1", "-r", str(RATE), "-O", "float", "-T", "wav"]
    command = ["fluidsynth", *options, "-F", str(out), str(font), str(path)]
    done = subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert b"Failed" not in done.stderr, "FluidSynth does not take the font"
    samples: Sound = soundfile.read(out, dtype="float32", always_2d=True)[0]
    return samples[: round(seconds * RATE), 0]


def ours(font: Path, key: int, velocity: int, seconds: float) -> Sound:
    """The strikes as the voices write them."""
    sounds = open_soundfont(font)
    generator = ToneGenerator(sounds.recordings)
    for voice, strike in enumerate(sounds.sound(0).strikes(key, velocity)):
        prepared = words.prepare(strike, PartState(), key)
        pan = words.pan(strike.pan)
        pitch, expression = words.pitch(strike.pitch), words.expression(0.0)
        generator.write_burst(*words.stroke(prepared, voice, pitch, expression, pan))
    return generator.render(round(seconds * RATE))[:, 0]


def both(
    folder: Path, generators: Mapping[int, int], key: int, velocity: int = 127, seconds: float = 1.0
) -> tuple[Sound, Sound]:
    wave, loop = writer.sine(440.0)
    no_filter: writer.Modulator = (0x0102, writer.CUTOFF, 0, 0x0D02, 0)
    zone = Zone(0, {writer.MODE: 1, **generators}, (no_filter,))
    path = folder / "font.sf2"
    path.write_bytes(
        writer.font([Recorded(wave, root=69, loop=loop)], [Instrument([zone])], [Preset([Zone(0)])])
    )
    return theirs(path, key, velocity, seconds), ours(path, key, velocity, seconds)


def level(sound: Sound, at: float) -> float:
    """dB of 0.1 seconds."""
    piece = sound[round(at * RATE) : round((at + 0.1) * RATE)]
    return decibels(float(np.sqrt(np.mean(piece**2, dtype=np.float64))))


@pytest.mark.parametrize(
    ("generators", "key"),
    [
        ({}, 69),
        ({}, 40),
        ({}, 93),
        ({writer.COARSE: -5, writer.FINE: 42}, 60),
        ({writer.ROOT: 60}, 64),
        ({writer.SCALE: 50}, 57),
    ],
)
def test_pitch(tmp_path: Path, generators: Mapping[int, int], key: int) -> None:
    first, second = (hertz(sound[4410:]) for sound in both(tmp_path, generators, key))
    assert abs(1200 * np.log2(second / first)) < 1


@pytest.mark.parametrize(
    ("attenuation", "pan", "velocity"),
    [(0, 0, 127), (0, 0, 90), (0, 0, 40), (200, 0, 127), (100, -300, 100), (0, 300, 64)],
)
def test_level(tmp_path: Path, attenuation: int, pan: int, velocity: int) -> None:
    generators = {writer.ATTENUATION: attenuation, writer.PAN: pan}
    first, second = (level(sound, 0.5) for sound in both(tmp_path, generators, 69, velocity))
    assert second + HEADROOM + FILTER_GAIN == pytest.approx(first, abs=0.6)


def test_decay(tmp_path: Path) -> None:
    # A second of hold, then 40 dB in two seconds (decay of 5 s for 100 dB), then that level.
    generators = {HOLD: 0, DECAY: round(1200 * np.log2(5)), SUSTAIN: 400}
    for at, margin in ((0.5, 0.6), (1.9, 2.0), (2.7, 3.0), (3.8, 1.8)):
        first, second = (level(sound, at) for sound in both(tmp_path, generators, 69, 127, 4.0))
        assert second + HEADROOM + FILTER_GAIN == pytest.approx(first, abs=margin), f"at {at} s"
