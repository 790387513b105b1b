"""How fast the effects of the SX-KN5000 are: each by its name, beside Spotify's pedalboard, in slots.

All on one core, with noise of -20 dBFS to both sides as 32-bit numbers.

``python -m benchmarks.kn5000_effects``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.first_block import first_blocks
from benchmarks.peers import pedalboard
from benchmarks.results import Figure, print_table
from luthier.kn5000.effects import Rack
from luthier.kn5000.effects.named import NAMES, effect

NAME = "KN5000 effects"
REPEATS = 40
_RATE = 44_100
_BLOCK, _SMALL_BLOCK = 4096, 64
#: Times real time asked of each effect, and of the twelve reverbs.
FLOOR, REVERB_FLOOR = 150, 600
#: How much faster than pedalboard's.
RATIO = 1.5
Samples = NDArray[np.float32]


def _noise(block: int) -> Samples:
    return (np.random.default_rng(0).standard_normal((block, 2)) * 0.1).astype(np.float32)


def _speeds(block: int, runs: list[Callable[[], object]], repeats: int) -> list[float]:
    """Times real time of each, the best of many; they take turns, so that all meet the same machine."""
    blocks = max(4 * _BLOCK // block, 1)
    for run in runs:
        # What begins has died away, or is as it will be.
        for _ in range(2 * _RATE // block):
            run()
    best = [np.inf] * len(runs)
    for _ in range(repeats):
        for place, run in enumerate(runs):
            begin = time.perf_counter()
            for _ in range(blocks):
                run()
            best[place] = min(best[place], time.perf_counter() - begin)
    return [blocks * block / _RATE / seconds for seconds in best]


def _run(name: str, block: int) -> Callable[[], object]:
    sound = _noise(block)
    return partial(effect(name).process, sound, np.empty_like(sound))


def named() -> Iterator[Figure]:
    """Every effect in blocks of 4096 frames; the slowest of them in blocks of 64."""
    slowest = {}
    for name in NAMES.values():
        (speed,) = _speeds(_BLOCK, [_run(name, _BLOCK)], 10)
        (small,) = _speeds(_SMALL_BLOCK, [_run(name, _SMALL_BLOCK)], 10)
        slowest[name] = small
        floor = REVERB_FLOOR if " REVERB " in name else FLOOR
        details = {"times_real_time": speed, "times_real_time_64": small}
        yield Figure(NAME, f"{name}, 4096 frames", f"{speed:.0f}×", f"{floor}×", speed >= floor, "", details)
    name = min(slowest, key=slowest.__getitem__)
    yield Figure(NAME, f"the slowest in 64 frames: {name}", f"{slowest[name]:.0f}×")


#: Ours, pedalboard's and what it is given so that both do the same job.
_PEERS: dict[str, tuple[str, dict[str, float]]] = {
    "CONCERT REVERB 1": ("Reverb", {"room_size": 0.7}),
    "CHORUS": ("Chorus", {"rate_hz": 0.6, "centre_delay_ms": 14}),
    "SINGLE DELAY": ("Delay", {"delay_seconds": 0.25, "feedback": 0.35}),
    "COMPRESSOR": ("Compressor", {"threshold_db": -30, "ratio": 4, "attack_ms": 5, "release_ms": 200}),
    "DISTORTION": ("Distortion", {"drive_db": 22}),
    "PHASER": ("Phaser", {"rate_hz": 0.4, "depth": 0.7, "centre_frequency_hz": 800, "feedback": 0.4}),
    "PITCH SHIFTER": ("PitchShift", {"semitones": 0.12}),
}


def beside_pedalboard() -> Iterator[Figure]:
    """Both in turns, each with the layout it likes best: ours frame by frame, pedalboard's side by side."""
    board = pedalboard()
    if board is None:
        return
    for name, (peer, settings) in _PEERS.items():
        found = {}
        for block in (_BLOCK, _SMALL_BLOCK):
            sides = np.ascontiguousarray(_noise(block).T)
            other = getattr(board, peer)(**settings)
            theirs = partial(other.process, sides, _RATE, buffer_size=block, reset=False)
            found[block] = _speeds(block, [_run(name, block), theirs], REPEATS)
        ours, theirs_speed = found[_BLOCK]
        details = {
            "times_real_time": ours,
            "peer": f"pedalboard {board.__version__} {peer} {settings}",
            "peer_times_real_time": theirs_speed,
            "times_real_time_64": found[_SMALL_BLOCK][0],
            "peer_times_real_time_64": found[_SMALL_BLOCK][1],
        }
        yield Figure(
            NAME,
            f"{name} beside {peer} of pedalboard {board.__version__}",
            f"{ours:.0f}×, {ours / theirs_speed:.2f} times the peer",
            f"{RATIO} times",
            ours >= RATIO * theirs_speed,
            f"{theirs_speed:.0f}×",
            details,
        )


def _rack(block: int, *, five: bool, sounds: bool) -> Callable[[], object]:
    """Blocks of noise, or of silence, into each send and into what stands in line."""
    rack = Rack()
    if five:
        for slot, name in ((2, "STANDARD"), (3, "ROOM"), (4, "GEQ")):
            rack.choose(slot, name)
    noise = _noise(block) * np.float32(sounds)
    mix = np.zeros_like(noise)

    def run() -> None:
        mix[:] = noise
        rack.process(noise, noise, mix)

    return run


def in_slots() -> Iterator[Figure]:
    """Chorus and hall of the power on, with nothing in line and with all five slots; silence."""
    for row, five, sounds in (
        ("slots of the power on: hall 2 and chorus 3", False, True),
        ("five slots: the same, STANDARD, ROOM, GEQ", True, True),
        ("slots of the power on, silence", False, False),
    ):
        for block in (_BLOCK, _SMALL_BLOCK):
            (speed,) = _speeds(block, [_rack(block, five=five, sounds=sounds)], 10)
            details = {"times_real_time": speed}
            yield Figure(NAME, f"{row}, {block} frames", f"{speed:.0f}×", details=details)


_FIRST_SOUND = """
import time
import numpy as np
from luthier.kn5000.effects import Rack
block = np.zeros((64, 2), np.float32)
rack = Rack()
begin = time.perf_counter()
rack.process(block, block, block.copy())
print(time.perf_counter() - begin)
"""


def measure() -> Iterator[Figure]:
    """All of it."""
    yield from named()
    yield from beside_pedalboard()
    yield from in_slots()
    yield from first_blocks(NAME, _FIRST_SOUND)


if __name__ == "__main__":
    print_table(list(measure()))
