"""Sounds that hold no dump: none may be reported complete.

``python -m benchmarks.no_dump --count 200 --jobs 2 [--kinds "wrong checksum,white"]``
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from benchmarks.no_dump_signals import KINDS, signal
from benchmarks.results import Figure, described
from luthier.poly800 import tape

NAME = "no dump"
DEFAULT_COUNT = 5_000


@dataclass(frozen=True)
class Outcome:
    """What the decoder made of one sound."""

    kind: str
    seed: int
    dumps: int
    """Dumps reported in any state."""
    complete: int
    """Dumps reported complete: each one is false."""
    audio: float
    seconds: float
    error: str


def run_one(seed: int) -> Outcome:
    """Read the sound number ``seed``."""
    kind, samples, rate = signal(seed)
    begin = time.perf_counter()
    try:
        dumps, error = list(tape.read(samples, rate).dumps), ""
    except Exception as defect:  # a campaign goes on and reports it; InputError is not expected either
        dumps, error = [], described(defect)
    seconds = time.perf_counter() - begin
    complete = sum(bool(dump.complete) for dump in dumps)
    return Outcome(kind, seed, len(dumps), complete, samples.size / rate, seconds, error)


def run(seeds: list[int], jobs: int = 1) -> Iterator[Outcome]:
    """All outcomes, in order."""
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(run_one, seeds, chunksize=4)


def measure(jobs: int, count: int = DEFAULT_COUNT) -> Iterator[Figure]:
    """One figure per kind, and their sum, for the table of all benchmarks."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in run(list(range(count)), jobs):
        by_kind[outcome.kind].append(outcome)
    for kind, outcomes in by_kind.items():
        yield figure(kind, outcomes)
    yield figure("all sounds without a dump", [outcome for some in by_kind.values() for outcome in some])


def figure(title: str, outcomes: list[Outcome]) -> Figure:
    """The outcomes of one kind as a row of the table."""
    complete = sum(outcome.complete for outcome in outcomes)
    dumps = sum(outcome.dumps for outcome in outcomes)
    speed = sum(outcome.audio for outcome in outcomes) / max(
        sum(outcome.seconds for outcome in outcomes), 1e-9
    )
    crashed = sum(bool(outcome.error) for outcome in outcomes)
    details = {"sounds": len(outcomes), "complete": complete, "dumps": dumps, "times_real_time": speed}
    ours = f"{complete} complete, {dumps} partial dumps in {len(outcomes)} [{speed:.0f}×]"
    if crashed:
        ours += f"; {crashed} CRASHED"
    return Figure(NAME, title, ours, "0 complete", complete + crashed == 0, details=details)


def main() -> None:
    """Run some sounds and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=DEFAULT_COUNT)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--kinds", default="", help=f"comma-separated, of: {', '.join(KINDS)}")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    kinds = [kind.strip() for kind in chosen.kinds.split(",") if kind.strip()] or list(KINDS)
    places = [list(KINDS).index(kind) for kind in kinds]
    seeds = [
        seed
        for seed in range(chosen.first_seed, chosen.first_seed + chosen.count)
        if seed % len(KINDS) in places
    ]
    begin = time.perf_counter()
    outcomes = []
    for outcome in run(seeds, chosen.jobs):
        outcomes.append(outcome)
        if outcome.error:
            print(f"CRASH: {outcome.kind}, seed {outcome.seed}: {outcome.error}", flush=True)
        if outcome.complete:
            print(f"FALSE COMPLETE: {outcome.kind}, seed {outcome.seed}", flush=True)
    for kind in kinds:
        of_kind = [outcome for outcome in outcomes if outcome.kind == kind]
        if of_kind:
            print(f"{kind:22} {figure(kind, of_kind).ours}")
    print(f"{figure('all', outcomes).ours}; {time.perf_counter() - begin:.0f} s")


if __name__ == "__main__":
    main()
