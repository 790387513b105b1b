"""How fast the Poly-800's voice plays, beside the public synth isla-poly800.

``python -m benchmarks.poly800_voice``

The peer is a C library, built with cc -O2 and run by its own benchmark, when ``LUTHIER_PEER_ISLA`` names its
decoder (peers.py).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.results import Figure, print_table
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.initial import initial_program
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.poly800.voice import Voice
from luthier.poly800.voice.audition import audition, sound_of

NAME = "Poly-800 voice"
SECONDS, REPEATS = 4.0, 5
#: Requirements, times real time and seconds.
WHOLE, DOUBLE, AUDITION = 140, 120, 10.0
_BLOCK = 1_024
_KEYS = (40, 47, 52, 56, 59, 64, 68, 71)


def _program(mode: int, chorus: int, synth: Synth = Synth.POLY800) -> Program:
    """Everything at work: all footages, MG on both, filter envelope, resonance, noise."""
    values = {f"dco{number}_{feet}": 1 for number in (1, 2) for feet in (16, 8, 4, 2)}
    values |= {"dco_mode": mode, "detune": 2 if mode == 2 else 0, "mg_dco": 3, "mg_vcf": 3, "noise": 3}
    values |= {"cutoff": 50, "resonance": 8, "eg_intensity": 8, "mg_frequency": 8, "chorus": chorus}
    if synth is Synth.MK2:
        values |= {"delay_time": 60, "delay_level": 10, "delay_feedback": 8, "delay_modulation_intensity": 5}
    return initial_program(synth).replacing(values)


def _times_real_time(program: Program, keys: tuple[int, ...], block: int = _BLOCK) -> float:
    voice = Voice(program)
    for key in keys:
        voice.note_on(key)
    out = np.empty((block, 2), np.float32)
    voice.render_into(out)
    best, blocks = np.inf, int(SECONDS * voice.rate) // block
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(blocks):
            voice.render_into(out)
        best = min(best, time.process_time() - begin)
    assert voice.sounding == len(keys)
    return float(blocks * block / voice.rate / best)


def speeds() -> Iterator[Figure]:
    """The modes, on one core at 44.1 kHz."""
    peers_speeds = peers.isla_voice(44_100)
    rows = (
        ("whole, 8 voices", _program(1, 0), _KEYS, _BLOCK, WHOLE, "WHOLE 8 voices"),
        ("double, 4 voices, chorus", _program(2, 1), _KEYS[::2], _BLOCK, DOUBLE, "DOUBLE 4 + chorus"),
        ("MkII: double, 4 voices, delay", _program(2, 0, Synth.MK2), _KEYS[::2], _BLOCK, None, ""),
        ("whole, 8 voices, 64 frames a block", _program(1, 0), _KEYS, 64, None, ""),
    )
    for row, program, keys, block, required, peer in rows:
        speed = _times_real_time(program, keys, block)
        yield Figure(
            NAME,
            row,
            f"{speed:.0f}×",
            f"≥ {required}×" if required else "",
            speed >= required if required else None,
            f"{peers_speeds[peer]:.0f}×" if peer in peers_speeds else "",
            {"times_real_time": speed, "peer_times_real_time": peers_speeds.get(peer)},
        )


def auditions() -> Iterator[Figure]:
    """All 64 programs of the built-in bank, four seconds each, as sound and as files with a page."""
    bank = built_in_bank()
    sound_of(bank, 11, 44_100)
    begin = time.process_time()
    for number, _ in bank.numbered_programs():
        sound_of(bank, number, 44_100)
    sounds = time.process_time() - begin
    with tempfile.TemporaryDirectory() as folder:
        begin = time.process_time()
        audition(bank, Path(folder) / "page")
        files = time.process_time() - begin
    for row, seconds in (
        ("64 programs of 4 s", sounds),
        ("the same as FLAC files, pictures and a page", files),
    ):
        yield Figure(
            NAME, row, f"{seconds:.1f} s", f"< {AUDITION:g} s", seconds < AUDITION, "", {"seconds": seconds}
        )


def measure() -> Iterator[Figure]:
    """All of it."""
    yield from speeds()
    yield from auditions()


if __name__ == "__main__":
    print_table(list(measure()))
