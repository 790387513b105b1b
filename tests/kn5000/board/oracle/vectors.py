"""What MAME made of the programs, and how another machine's RAM is compared with it (see README.md)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.kn5000.board.oracle.images import RESULTS

RESULTS_FILE = Path(__file__).parent / "results.npz"
MASKS_FILE = Path(__file__).parent / "masks.toml"
CPUS = ("main", "sub")


@dataclass(frozen=True)
class Mask:
    """Numbers that need not be the same: ``count`` of ``size`` bytes from ``first`` in the RAM of ``cpu``.

    ``step`` leads from one to the next, ``size`` if it is 0. ``within`` is how far they may be apart,
    ``ratio`` how many times as large; neither: they are not compared at all.
    """

    cpu: str
    first: int
    count: int
    size: int
    reason: str
    step: int = 0
    within: int = 0
    ratio: float = 1.0

    @property
    def addresses(self) -> range:
        """Where the numbers stand."""
        step = self.step or self.size
        return range(self.first, self.first + self.count * step, step)

    def allows(self, ours: int, theirs: int) -> bool:
        """Whether two numbers are near enough."""
        if not self.within and self.ratio == 1:
            return True
        near = abs(ours - theirs) <= self.within
        return near or min(ours, theirs) * self.ratio >= max(ours, theirs) > 0


@cache
def results() -> dict[str, NDArray[np.uint8]]:
    """By program: the RAM from RESULTS on, of the main CPU and of the sub CPU."""
    with np.load(RESULTS_FILE) as file:
        return {name: file[name] for name in file.files}


@cache
def masks() -> dict[str, tuple[Mask, ...]]:
    """By program."""
    read = tomllib.loads(MASKS_FILE.read_text(encoding="utf-8"))
    return {name: tuple(Mask(**row) for row in rows) for name, rows in read.items()}


def differences(name: str, ours: NDArray[np.uint8]) -> list[str]:
    """Where the RAM of another machine is not what it should be, as lines; none: all is well."""
    found = []
    for row, cpu in enumerate(CPUS):
        mine, theirs = ours[row].tobytes(), results()[name][row].tobytes()
        compared = bytearray(b"\1" * len(mine))
        for mask in (mask for mask in masks().get(name, ()) if mask.cpu == cpu):
            for address in mask.addresses:
                at = slice(address - RESULTS, address - RESULTS + mask.size)
                compared[at] = bytes(mask.size)
                one, other = (int.from_bytes(data[at], "little") for data in (mine, theirs))
                if not mask.allows(one, other):
                    found.append(f"{cpu} {address:05X}: {one}, MAME {other} ({mask.reason})")
        for offset, counts in enumerate(compared):
            if counts and mine[offset] != theirs[offset]:
                found.append(f"{cpu} {RESULTS + offset:05X}: {mine[offset]:02X}, MAME {theirs[offset]:02X}")
    return found
