"""How fast tapes are read, and what an hour of recording costs in memory.

``python -m benchmarks.tape_speed``
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import peers
from benchmarks.results import Figure
from benchmarks.tapes import Recipe, random_image, recorded
from luthier.poly800 import tape
from luthier.poly800.tape import damage
from luthier.poly800.tape.damage import Damage, Take

NAME = "tape speed"
MEMORY_NAME = "tape memory"
#: How often each tape is read; the median counts.
REPEATS = 5
SEED = 10
HOUR = 3600
#: Requirements: 300 × real time on a clean tape, 60 × on a bad one, an hour within 1 GiB.
CLEAN_SPEED = 300
BAD_SPEED = 60
HOUR_MEMORY = 1024

TAPES: tuple[tuple[str, list[Damage], int], ...] = (
    ("clean", [], CLEAN_SPEED),
    ("noise 10 dB, wow 4 Hz ±10 %", [damage.wow(4, 0.1), damage.white_noise(10)], BAD_SPEED),
    ("noise 6 dB", [damage.white_noise(6)], BAD_SPEED),
    ("hum 50 Hz × 10", [damage.hum(50, 10)], BAD_SPEED),
    ("telephone band, noise 10 dB", [damage.band_pass(), damage.white_noise(10)], BAD_SPEED),
    ("speed +50 %", [damage.speed(1.5)], BAD_SPEED),
)


def _times_real_time(take: Take, read: Callable[[], object]) -> float:
    read()  # compiles, warms the caches
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        read()
        seconds.append(time.perf_counter() - begin)
    return take.duration / statistics.median(seconds)


def speeds() -> Iterator[Figure]:
    """Times real time on one core, ours and the peer's on the same samples."""
    decode = peers.isla_decoder()
    image = random_image(SEED, like_factory=True)
    for title, damages, required in TAPES:
        take = damage.damaged(recorded(image, Recipe(), SEED), damages, SEED)
        ours = _times_real_time(take, lambda take=take: tape.read(take.samples, take.rate))  # type: ignore[misc]
        theirs = ""
        if decode is not None:
            scaled = take.samples * (0.9 / take.peak)
            speed = _times_real_time(take, lambda take=take, scaled=scaled: decode(scaled, take.rate))  # type: ignore[misc]
            theirs = f"{speed:.0f}×{'' if decode(scaled, take.rate) == image else ' (cannot read it)'}"
        details = {"times_real_time": ours, "seconds_of_sound": take.duration}
        yield Figure(NAME, title, f"{ours:.0f}×", f"≥ {required}×", ours >= required, theirs, details)


def hour_memory() -> Iterator[Figure]:
    """Peak memory and time of ``luthier poly800 read`` on an hour with one dump in it."""
    for title, rate, channels in (
        ("an hour, 44.1 kHz mono", 44_100, 1),
        ("an hour, 96 kHz stereo", 96_000, 2),
    ):
        with tempfile.TemporaryDirectory(prefix="luthier-") as folder:
            path = Path(folder) / "hour.wav"
            write_hour(path, rate, channels)
            mebibytes, seconds, status = measured_command(
                ["poly800", "read", str(path), "-o", str(Path(folder) / "out.bin")]
            )
        holds = status == 0 and mebibytes < HOUR_MEMORY
        ours = f"{mebibytes:.0f} MiB, {HOUR / seconds:.0f}×" + (
            "" if status == 0 else f", exit code {status}"
        )
        details = {"mebibytes": mebibytes, "seconds": seconds, "status": status}
        yield Figure(MEMORY_NAME, title, ours, f"< {HOUR_MEMORY} MiB", holds, details=details)


def write_hour(path: Path, rate: int, channels: int) -> None:
    """An hour of faint noise with a dump after 40 minutes, written in pieces."""
    import soundfile

    random = np.random.default_rng(SEED)
    take = recorded(random_image(SEED), Recipe(rate=rate), SEED)
    noise = random.normal(0, 0.002, (10 * rate, channels))
    with soundfile.SoundFile(path, "w", rate, channels, "PCM_16") as file:
        for part in range(HOUR // 10):
            if part == 240:
                file.write(np.repeat(take.samples[:, None], channels, axis=1))
            file.write(noise)


def measured_command(arguments: list[str]) -> tuple[float, float, int]:
    """Peak resident memory (MiB), seconds and exit code of a ``luthier`` command."""
    luthier = Path(sys.executable).with_name("luthier")
    begin = time.perf_counter()
    process = subprocess.Popen([str(luthier), *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    # Kibibytes on Linux, bytes on macOS (getrusage(2) of either).
    unit = 1024 if sys.platform != "darwin" else 1024**2
    return usage.ru_maxrss / unit, seconds, os.waitstatus_to_exitcode(status)


def main() -> None:
    """Print each figure as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-hour", action="store_true", help="leave the hour-long recordings out")
    hours = iter(()) if parser.parse_args().without_hour else hour_memory()
    for figure in itertools.chain(speeds(), hours):
        peer = f"  peer {figure.peer}" if figure.peer else ""
        print(f"{'ok ' if figure.holds else 'BAD'} {figure.row:32} {figure.ours}{peer}", flush=True)


if __name__ == "__main__":
    main()
