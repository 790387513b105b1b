"""Which degraded tapes are still read: every row of the degradation table, several seeds each.

``python -m benchmarks.tape_survival --rows noise,hum-50 --seeds 3 --jobs 2 --verbose``
"""

from __future__ import annotations

import argparse
import json
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import peers, tape_rows
from benchmarks.results import Figure, described
from benchmarks.tape_rows import Row
from benchmarks.tapes import Recipe, programs_of, random_image, recorded
from luthier.poly800 import tape
from luthier.poly800.tape import Dump, State, damage
from luthier.poly800.tape.damage import Take
from luthier.poly800.tape.modulation import Shape

NAME = "tape survival"
DEFAULT_SEEDS = 10


@dataclass(frozen=True)
class Outcome:
    """What became of one damaged tape."""

    row: str
    shape: Shape
    seed: int
    dumps: int
    all_right: bool
    """The best dump is the written image, byte for byte."""
    complete: bool
    """The decoder says so."""
    false_complete: bool
    """A dump is called complete and is not the written image."""
    bytes_right: int
    programs_right: int
    programs_claimed: int
    """Programs the decoder calls sound."""
    false_programs: int
    """Programs it calls sound and that are not the written ones."""
    seconds: float
    """Time of the decoder."""
    audio: float
    """Seconds of sound it was given."""
    peer_right: bool | None = None
    error: str = ""


def damaged_takes(row: Row, shape: Shape, seed: int) -> tuple[bytes, list[Take]]:
    """The image that was written, and the takes of it that the decoder gets."""
    image = random_image(seed, like_factory=seed % 2 == 0)
    recipe = Recipe(shape, row.recipe.rate, row.recipe.jitter)
    own = zlib.crc32(f"{row.name} {shape}".encode())
    random = np.random.default_rng([seed, own])
    takes = [
        damage.damaged(recorded(image, recipe, seed + 1000 * number), damages, int(random.integers(2**32)))
        for number, damages in enumerate(row.takes(random))
    ]
    return image, takes


def run_one(row_name: str, shape: Shape, seed: int, with_peer: bool, folder: str) -> Outcome:
    """Damage one tape, read it, compare."""
    row = next(row for row in tape_rows.ROWS if row.name == row_name)
    image, takes = damaged_takes(row, shape, seed)
    audio = sum(take.duration for take in takes)
    begin = time.perf_counter()
    try:
        dumps, error = _read(takes), ""
    except Exception as defect:  # a campaign goes on and reports it; InputError is not expected either
        dumps, error = [], described(defect)
    seconds = time.perf_counter() - begin
    counts = _compared(image, dumps)
    outcome = Outcome(
        row_name, shape, seed, len(dumps), **counts, seconds=seconds, audio=audio, error=error,
        peer_right=_peer_right(row, shape, seed) if with_peer else None,
    )  # fmt: skip
    if folder and not succeeded(row, outcome):
        _keep(Path(folder), outcome, takes, image)
    return outcome


def _read(takes: list[Take]) -> list[Dump]:
    readings = [tape.read(take.samples, take.rate) for take in takes]
    if len(readings) == 1:
        return list(readings[0].dumps)
    best = [
        max(reading.dumps, key=lambda dump: dump.confidence.sum()) for reading in readings if reading.dumps
    ]
    return [tape.merged(best)] if best else []


def _compared(image: bytes, dumps: list[Dump]) -> dict[str, Any]:
    written = programs_of(image)
    best: dict[str, Any] = dict.fromkeys(
        ("bytes_right", "programs_right", "programs_claimed", "false_programs"), 0
    )
    best |= {"all_right": False, "complete": False}
    false_complete = False
    false_programs = 0
    for dump in dumps:
        read = dump.image
        claims = [program.state is State.RIGHT for program in dump.programs]
        right = [ours == theirs for ours, theirs in zip(programs_of(read), written, strict=True)]
        false_programs += sum(claim and not good for claim, good in zip(claims, right, strict=True))
        false_complete |= bool(dump.complete) and read != image
        same = sum(a == b for a, b in zip(read, image, strict=False))
        if same > best["bytes_right"]:
            best |= {
                "bytes_right": same,
                "all_right": read == image,
                "complete": bool(dump.complete),
                "programs_right": sum(right),
                "programs_claimed": sum(claims),
            }
    return best | {"false_complete": false_complete, "false_programs": false_programs}


def _peer_right(row: Row, shape: Shape, seed: int) -> bool:
    """Whether the peer reads a tape like this one whose content it accepts (factory chord, channel 1)."""
    decode = peers.isla_decoder()
    # The same seed doubled is even, and even seeds are the factory's channel and chord.
    image, takes = damaged_takes(row, shape, 2 * seed)
    if decode is None:
        return False
    loud = row.group == "level"
    return any(
        decode(take.samples if loud else take.samples * (0.9 / max(take.peak, 1e-9)), take.rate) == image
        for take in takes
    )


def succeeded(row: Row, outcome: Outcome) -> bool:
    """Whether the outcome is what the row asks for."""
    honest = not outcome.false_complete and outcome.false_programs == 0 and not outcome.error
    if row.need == "all":
        return honest and outcome.all_right and outcome.complete
    if row.need == "programs":
        return honest and outcome.programs_right >= row.programs
    return honest


def _keep(folder: Path, outcome: Outcome, takes: list[Take], image: bytes) -> None:
    from luthier.audio import files

    stem = f"{outcome.row}-{outcome.shape}-{outcome.seed}"
    for number, take in enumerate(takes):
        path = folder / f"{stem}-{number}.wav"
        files.write(path, take.samples, take.rate, force=True, subtype="FLOAT")
    (folder / f"{stem}.bin").write_bytes(image)
    (folder / f"{stem}.json").write_text(json.dumps(asdict(outcome), indent=1))


def run(
    rows: list[Row],
    seeds: int = DEFAULT_SEEDS,
    jobs: int = 1,
    *,
    first_seed: int = 0,
    shape: Shape | None = None,
    with_peer: bool = False,
    folder: str = "",
) -> Iterator[tuple[Row, Shape, list[Outcome]]]:
    """Run ``seeds`` tapes of every row and shape; rows that need 18 of 20 get twice the seeds."""
    with ProcessPoolExecutor(jobs) as pool:
        pending = []
        for row in rows:
            for kind in row.shapes:
                if shape in (None, kind):
                    count = 2 * seeds if row.share < 1 else seeds
                    numbers = range(first_seed, first_seed + count)
                    futures = [pool.submit(run_one, row.name, kind, n, with_peer, folder) for n in numbers]
                    pending.append((row, kind, futures))
        for row, kind, futures in pending:
            yield row, kind, [future.result() for future in futures]


def figure(row: Row, shape: Shape, outcomes: list[Outcome]) -> Figure:
    """The outcomes of one row as a row of the table."""
    count = len(outcomes)
    good = sum(succeeded(row, outcome) for outcome in outcomes)
    right = sum(outcome.all_right for outcome in outcomes)
    programs = np.array([outcome.programs_right for outcome in outcomes])
    speed = sum(outcome.audio for outcome in outcomes) / max(
        sum(outcome.seconds for outcome in outcomes), 1e-9
    )
    ours = f"{right} of {count} all right"
    if right < count:
        ours += f"; programs {programs.min()}–{programs.max()}, mean {programs.mean():.1f}"
    false = sum(outcome.false_complete for outcome in outcomes)
    wrong = sum(outcome.false_programs for outcome in outcomes)
    if false or wrong:
        ours += f"; {false} FALSE COMPLETE, {wrong} FALSE PROGRAMS"
    crashes = sum(bool(outcome.error) for outcome in outcomes)
    if crashes:
        ours += f"; {crashes} CRASHED"
    silent = sum(outcome.all_right and not outcome.complete for outcome in outcomes)
    if silent:
        ours += f"; {silent} right but not called complete"
    required = {"all": "all right", "programs": f"≥ {row.programs} programs", "truth": "no false claim"}[
        row.need
    ]
    needed = int(np.ceil(row.share * count))
    peer = ""
    if outcomes[0].peer_right is not None:
        peer = f"{sum(bool(outcome.peer_right) for outcome in outcomes)} of {count}"
    return Figure(
        NAME,
        f"{row.title} ({shape})",
        f"{ours} [{speed:.0f}×]",
        f"{required}, {needed} of {count}",
        good >= needed,
        peer,
        {
            "name": row.name,
            "tapes": count,
            "all_right": right,
            "programs_right": programs.tolist(),
            "false_complete": false,
            "false_programs": wrong,
            "times_real_time": speed,
        },
    )


def measure(jobs: int, seeds: int = DEFAULT_SEEDS) -> Iterator[Figure]:
    """Every row, for the table of all benchmarks."""
    with_peer = peers.isla_decoder() is not None
    for row, shape, outcomes in run(list(tape_rows.ROWS), seeds, jobs, with_peer=with_peer):
        yield figure(row, shape, outcomes)


def main() -> None:
    """Run selected rows and print each as it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="", help="names or groups, comma-separated; default all")
    parser.add_argument("--seeds", type=int, default=DEFAULT_SEEDS)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--shape", choices=tape_rows.BOTH)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--peer", action="store_true", help=f"run the peer too ({peers.ISLA})")
    parser.add_argument("--verbose", action="store_true", help="every tape that did not succeed")
    parser.add_argument(
        "--keep", default="", metavar="DIR", help="write recordings that did not succeed there"
    )
    parser.add_argument("--json", default="", metavar="FILE", help="write all outcomes there")
    chosen = parser.parse_args()
    if chosen.peer and peers.isla_decoder() is None:
        raise SystemExit(f"{peers.ISLA} does not name the peer's decoder")
    if chosen.keep:
        Path(chosen.keep).mkdir(parents=True, exist_ok=True)
    figures = []
    everything: list[dict[str, Any]] = []
    begin = time.perf_counter()
    for row, shape, outcomes in run(
        tape_rows.selected(chosen.rows), chosen.seeds, chosen.jobs, first_seed=chosen.first_seed,
        shape=chosen.shape, with_peer=chosen.peer, folder=chosen.keep,
    ):  # fmt: skip
        made = figure(row, shape, outcomes)
        figures.append(made)
        everything.extend(asdict(outcome) for outcome in outcomes)
        seconds = [outcome.seconds for outcome in outcomes]
        mark = "ok " if made.holds else "BAD"
        peer = f"  peer {made.peer}" if made.peer else ""
        print(f"{mark} {row.name:20} {shape:6} {made.ours}{peer}  max {max(seconds):.2f} s", flush=True)
        if chosen.verbose:
            _print_failures(row, outcomes)
    good = sum(bool(made.holds) for made in figures)
    print(f"{good} of {len(figures)} rows hold; {time.perf_counter() - begin:.0f} s")
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(everything, indent=1))


def _print_failures(row: Row, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if not succeeded(row, outcome):
            print(
                f"      seed {outcome.seed}: {outcome.dumps} dumps, {outcome.bytes_right} bytes right, "
                f"{outcome.programs_right} programs right, {outcome.programs_claimed} claimed, "
                f"{outcome.false_programs} false, complete {outcome.complete} "
                f"false {outcome.false_complete} {outcome.error}"
            )


if __name__ == "__main__":
    main()
