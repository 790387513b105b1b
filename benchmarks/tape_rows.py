"""The rows of the degradation table: what is done to a tape, and what must still be read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from benchmarks.tapes import Recipe
from luthier.poly800.tape import damage
from luthier.poly800.tape.damage import Damage
from luthier.poly800.tape.modulation import Shape

Need = Literal["all", "programs", "truth"]
BOTH: tuple[Shape, ...] = ("square", "sine")
Takes = Callable[[np.random.Generator], list[list[Damage]]]


@dataclass(frozen=True)
class Row:
    """One degradation in one dose."""

    name: str
    """Group and dose: "noise-4"; groups are what ``--rows`` selects."""
    title: str
    takes: Takes
    """The damages of every take of the tape (mostly one take), for a random generator."""
    shapes: tuple[Shape, ...] = BOTH
    need: Need = "all"
    """all: the full image; programs: at least ``programs`` right; truth: nothing claimed that is wrong."""
    programs: int = 64
    share: float = 1.0
    """The part of the seeds that must succeed."""
    recipe: Recipe = field(default_factory=Recipe)

    @property
    def group(self) -> str:
        return self.name.split("-")[0]


def one(*damages: Damage) -> Takes:
    """One take with these damages."""
    return lambda _random: [list(damages)]


def _two_holes(random: np.random.Generator) -> list[list[Damage]]:
    # Two holes a take; 200 ms are a fiftieth of the data, so a spacing of 0.2 keeps all four apart.
    begins = 0.2 * np.arange(4) + 0.1 + random.uniform(0, 0.15, 4)
    order = random.permutation(4)
    return [[damage.hole(float(begins[k]), 200) for k in order[half]] for half in (slice(0, 2), slice(2, 4))]


def _combination(hertz: float) -> Row:
    return Row(
        f"combination-{hertz:g}",
        f"wow {hertz:g} Hz ±10 %, low-pass 3 kHz, noise 10 dB",
        one(damage.wow(hertz, 0.1), damage.low_pass(3000), damage.white_noise(10)),
    )


def _codec(name: str, kilobits: int | None, need: Need) -> Row:
    made = damage.codec(name, kilobits)
    return Row(f"codec-{name}{kilobits or ''}", made.name, one(made), need=need)


ROWS: tuple[Row, ...] = (
    Row("clean-44100", "nothing", one()),
    *(
        Row(f"rate-{rate}", f"nothing, at {rate} Hz", one(), recipe=Recipe(rate=rate))
        for rate in (8000, 11025, 22050, 48000, 96000, 192000)
    ),
    Row("noise-4", "white noise 4 dB", one(damage.white_noise(4)), ("square",)),
    Row("noise-6", "white noise 6 dB", one(damage.white_noise(6)), ("sine",)),
    Row("hum-50", "hum 50 Hz × 10", one(damage.hum(50, 10))),
    Row("hum-60", "hum 60 Hz × 10", one(damage.hum(60, 10))),
    Row("dc-3", "DC × 3", one(damage.offset(3))),
    Row("speed-faster", "speed +50 %", one(damage.speed(1.5))),
    Row("speed-slower", "speed -40 %", one(damage.speed(0.6))),
    Row("wow-0.5", "wow 0.5 Hz ±20 %", one(damage.wow(0.5, 0.2))),
    Row("wow-4", "wow 4 Hz ±20 %", one(damage.wow(4, 0.2))),
    Row("wow-30", "flutter 30 Hz ±20 %", one(damage.wow(30, 0.2))),
    _combination(0.5),
    _combination(4),
    _combination(30),
    Row("lowpass-1200", "low-pass 1200 Hz, 4th order", one(damage.low_pass(1200)), ("square",)),
    Row("lowpass-1000", "low-pass 1000 Hz, 4th order", one(damage.low_pass(1000)), ("sine",)),
    *(
        Row(f"highpass-{hertz}", f"high-pass {hertz} Hz, 2nd order", one(damage.high_pass(hertz)))
        for hertz in (100, 200, 300, 400, 500, 600, 700, 850, 1000, 1400, 2000)
    ),
    Row("telephone-clean", "telephone band 300–3400 Hz", one(damage.band_pass())),
    Row(
        "telephone-noise",
        "telephone band, then noise 10 dB",
        one(damage.band_pass(), damage.white_noise(10)),
    ),
    _codec("mp3", 32, "all"),
    _codec("aac", 48, "all"),
    _codec("opus", 32, "all"),
    _codec("mp3", 24, "truth"),
    _codec("aac", 32, "truth"),
    _codec("opus", 24, "truth"),
    _codec("gsm", None, "truth"),
    _codec("speex", None, "truth"),
    Row("dropout-1", "one dropout of 1 ms", one(damage.dropout(1)), share=0.9),
    Row("dropout-20", "one dropout of 20 ms", one(damage.dropout(20)), need="programs", programs=62),
    Row("fade-0.02", "100 ms fade to × 0.02", one(damage.fade(100, 0.02))),
    Row("clicks-10", "ten clicks × 4", one(damage.clicks(10, 4))),
    Row("jitter-40", "edge jitter σ 40 µs", one(), recipe=Recipe(jitter=40)),
    Row("level-50", "peak -50 dBFS, 16 bits", one(damage.level(-50))),
    Row("bits-2", "2 bits", one(damage.bit_depth(2))),
    Row("clipping-symmetric", "clipping at × 0.1", one(damage.clipping(0.1))),
    Row("clipping-onesided", "one-sided clipping at × 0.1", one(damage.one_sided_clipping(0.1))),
    Row("takes-holes", "two takes with different holes of 200 ms", _two_holes),
)


def selected(names: str) -> list[Row]:
    """The rows whose name or group is in the comma-separated ``names`` (empty: all)."""
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    rows = [row for row in ROWS if not wanted or row.name in wanted or row.group in wanted]
    unknown = [name for name in wanted if not any(name in (row.name, row.group) for row in ROWS)]
    if unknown:
        groups = ", ".join(dict.fromkeys(row.group for row in ROWS))
        raise SystemExit(f"no rows called {', '.join(unknown)}; groups are {groups}")
    return rows
