"""Audio files and tapes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

from luthier.poly800.built_in import built_in_bank
from luthier.poly800.memory import image_from_ram
from luthier.poly800.synth import Synth

if TYPE_CHECKING:
    pass


def _audio(data: bytes) -> None:
    from luthier.audio import files

    # Without ffmpeg, which would be fuzzed instead of us.
    path, os.environ["PATH"] = os.environ.get("PATH", ""), ""
    try:
        with tempfile.TemporaryDirectory() as folder:
            sound = Path(folder, "a.wav")
            sound.write_bytes(data)
            recording = files.read(sound)
            assert recording.samples.ndim == 2
            assert not (recording.samples != recording.samples).any()
    finally:
        os.environ["PATH"] = path


def _tape(data: bytes) -> None:
    import numpy as np

    from luthier.poly800 import tape

    samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
    for dump in tape.read(samples, 8_000).dumps:
        assert not dump.complete, "a whole tape in a few seconds of anything"


def _audio_starts() -> Iterable[bytes]:
    from luthier.audio import files
    from luthier.poly800.tape import modulation

    sound = modulation.write(b"\xb3\xbf\x00\x55", 8_000, leader=0.05, trailer=0.05)
    with tempfile.TemporaryDirectory() as folder:
        for name, subtype in (
            ("a.wav", None),
            ("b.wav", "PCM_24"),
            ("c.wav", "FLOAT"),
            ("d.wav", "IMA_ADPCM"),
            ("e.flac", None),
            ("f.aiff", None),
            ("g.ogg", None),
            ("h.au", None),
            ("i.mp3", None),
        ):
            files.write(Path(folder, name), sound, 8_000, subtype=subtype)
            yield Path(folder, name).read_bytes()


def _tape_starts() -> Iterable[bytes]:
    from luthier.poly800.tape import modulation

    image = image_from_ram(built_in_bank(Synth.POLY800).ram)
    sound = modulation.write(image[:40], 8_000, leader=0.3, trailer=0.1)
    yield (sound * 32_767).astype("<i2").tobytes()


TARGETS: dict[str, Target] = {
    "audio": Target(_audio, _audio_starts, 16_384),
    "tape": Target(_tape, _tape_starts, 16_384),
}
