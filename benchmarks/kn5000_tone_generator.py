"""How fast the tone generator of the SX-KN5000 plays, and what starting and compiling it costs.

``python -m benchmarks.kn5000_tone_generator``
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.first_block import first_blocks
from benchmarks.results import Figure, print_table
from luthier.kn5000.tone_generator import laws
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import Recordings, one
from luthier.kn5000.tone_generator.registers import Register, latch, note_on, structure

NAME = "KN5000 tone generator"
SECONDS, REPEATS = 2.0, 5
#: Requirements: times real time on one core with 64 voices; the same in blocks of 64 frames.
SPEED, SMALL_BLOCKS = 80, 40


def _bank() -> Recordings:
    """A second of a bright sound with a loop of half a second."""
    times = np.arange(44_100)
    harmonics = np.arange(1, 40)[:, None]
    wave = (np.sin(2 * np.pi * 441 * harmonics * times / 44_100) / harmonics).sum(0)
    return one((wave * 12_000).astype(np.int16), 69, 44_100, (22_050, 44_100))


def _voice(note: int, modulated: bool) -> list[int]:
    """Filter, both envelopes and both sends at work; modulated: third envelope too."""
    words = {
        Register.CONTROL: 0xF000,
        Register.RECORDING: 0,
        Register.LEVEL: 0xC00,
        Register.PITCH: int(laws.pitch_of_note(note)),
        Register.CUTOFF: int(laws.cutoff_of_hertz(2_000)),
        Register.FILTER_DEPTH: int(laws.filter_depth_of_semitones(24)),
        Register.PAN: 0x20 + note % 0x40,
        Register.SENDS: laws.sends_word(0.3, 0.4),
        Register.AMPLITUDE_1: laws.segment(0, 0.005),
        Register.AMPLITUDE_2: laws.segment(-12, 0.8),
        Register.AMPLITUDE_3: laws.segment(-40, 30),
        Register.FILTER_1: laws.bipolar_segment(1, 0.01),
        Register.FILTER_2: laws.bipolar_segment(-0.5, 30),
    }
    if modulated:
        words |= {Register.PITCH_1: laws.bipolar_segment(0.1, 30)}
    return structure(words)


def _times_real_time(voices: int, block: int, modulated: bool = False) -> float:
    generator = ToneGenerator(_bank())
    for voice in range(voices):
        generator.write_all(note_on(_voice(30 + voice, modulated), voice))
        if modulated:
            for rate, depth in (
                (Register.VIBRATO, Register.VIBRATO_DEPTH),
                (Register.TREMOLO, Register.TREMOLO_DEPTH),
                (Register.AUTO_PAN, Register.AUTO_PAN_DEPTH),
            ):
                generator.write_all([(latch(depth, voice), 0x40), (latch(rate, voice), 0x50)])
    out = np.empty((block, 6), np.float32)
    generator.render_into(out)
    blocks = int(SECONDS * laws.RATE) // block
    best = np.inf
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(blocks):
            generator.render_into(out)
        best = min(best, time.process_time() - begin)
    assert len(generator.active) == voices
    return float(blocks * block / laws.RATE / best)


def speeds() -> Iterator[Figure]:
    """64 sounding voices in large and small blocks, all LFOs, fewer voices."""
    for row, voices, block, modulated, required in (
        ("64 voices, filter, two envelopes, two sends, 4096 frames a block", 64, 4096, False, SPEED),
        ("the same, 64 frames a block", 64, 64, False, SMALL_BLOCKS),
        ("the same, all LFOs and the third envelope too, 4096 frames", 64, 4096, True, None),
        ("16 voices, 256 frames a block", 16, 256, False, None),
        ("silence, 256 frames a block", 0, 256, False, None),
    ):
        speed = _times_real_time(voices, block, modulated)
        needed = f"≥ {required}×" if required else ""
        holds = speed >= required if required else None
        yield Figure(NAME, row, f"{speed:.0f}×", needed, holds, "", {"times_real_time": speed})


def starting() -> Iterator[Figure]:
    """Writes, note-ons, and the first note of a recording."""
    generator = ToneGenerator(_bank())
    begin = time.perf_counter()
    generator.prepare([0])
    yield Figure(NAME, "making a second of recording ready", f"{(time.perf_counter() - begin) * 1e3:.0f} ms")
    words = note_on(_voice(60, False), 0)
    begin = time.perf_counter()
    for _ in range(1_000):
        generator.write_all(words)
    seconds = (time.perf_counter() - begin) / 1_000
    yield Figure(NAME, "writing a note-on, 24 registers", f"{seconds * 1e6:.0f} µs")


_FIRST_SOUND = """
import time
import numpy as np
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import one
generator = ToneGenerator(one(np.zeros(100, np.int16), 60, 44100.0))
begin = time.perf_counter()
generator.render(64)
print(time.perf_counter() - begin)
"""


def measure() -> Iterator[Figure]:
    """All of it."""
    yield from speeds()
    yield from starting()
    yield from first_blocks(NAME, _FIRST_SOUND)


if __name__ == "__main__":
    print_table(list(measure()))
