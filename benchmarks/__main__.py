"""All benchmarks: one table, and ``benchmarks/results.json``.

``python -m benchmarks [--only NAME] [--seeds N] [--jobs N]``
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks import (
    bench_kn5000,
    bench_listing,
    bench_page,
    bench_tape,
    bench_voice,
    cpu_speed,
    h8s_speed,
    kaoss,
    kaoss_sandbox,
    kn5000_board,
    kn5000_effects,
    kn5000_effects_hour,
    kn5000_engine,
    kn5000_slots,
    kn5000_tone_generator,
    library_speed,
    mame,
    no_dump,
    peers,
    poly800_voice,
    schedule,
    tape_speed,
    tape_survival,
)
from benchmarks.results import Figure, machine, print_table

RESULTS = Path(__file__).with_name("results.json")

#: Every benchmark: its name, and (jobs, seeds) -> figures. Adding one is adding a line.
BENCHMARKS: dict[str, Callable[[int, int], Iterator[Figure]]] = {
    tape_speed.NAME: lambda _jobs, _seeds: tape_speed.speeds(),
    tape_speed.MEMORY_NAME: lambda _jobs, _seeds: tape_speed.hour_memory(),
    tape_survival.NAME: tape_survival.measure,
    no_dump.NAME: lambda jobs, seeds: no_dump.measure(jobs, 500 * seeds),
    cpu_speed.NAME: lambda _jobs, _seeds: cpu_speed.measure(),
    h8s_speed.NAME: lambda _jobs, _seeds: h8s_speed.measure(),
    schedule.NAME: lambda _jobs, _seeds: schedule.measure(),
    kaoss.NAME: lambda _jobs, _seeds: kaoss.measure(),
    kaoss_sandbox.NAME: lambda _jobs, _seeds: kaoss_sandbox.measure(),
    kn5000_tone_generator.NAME: lambda _jobs, _seeds: kn5000_tone_generator.measure(),
    kn5000_engine.NAME: lambda _jobs, _seeds: kn5000_engine.measure(),
    kn5000_effects.NAME: lambda _jobs, _seeds: kn5000_effects.measure(),
    kn5000_effects_hour.NAME: lambda jobs, _seeds: kn5000_effects_hour.measure(jobs),
    kn5000_board.NAME: lambda _jobs, _seeds: kn5000_board.measure(),
    kn5000_slots.NAME: lambda _jobs, _seeds: kn5000_slots.measure(),
    poly800_voice.NAME: lambda _jobs, _seeds: poly800_voice.measure(),
    library_speed.NAME: lambda _jobs, _seeds: library_speed.measure(),
    bench_page.NAME: lambda _jobs, _seeds: bench_page.measure(),
    bench_tape.NAME: lambda _jobs, _seeds: bench_tape.measure(),
    bench_listing.NAME: lambda _jobs, _seeds: bench_listing.measure(),
    bench_voice.NAME: lambda _jobs, _seeds: bench_voice.measure(),
    bench_kn5000.NAME: lambda _jobs, _seeds: bench_kn5000.measure(),
}


def main() -> None:
    """Run them, print the table, write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, help="one benchmark; the figures of the others stay")
    parser.add_argument("--seeds", type=int, default=tape_survival.DEFAULT_SEEDS)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    if peers.isla_decoder() is None:
        print(
            f"The peer's column of tapes stays empty: {peers.ISLA} does not name its decoder, see peers.py."
        )
    if peers.pedalboard() is None:
        print("The peer's column of effects stays empty: there is no pedalboard here, see peers.py.")
    if not os.environ.get(mame.MAME):
        print(f"The peer's column of the CPU stays empty: {mame.MAME} does not name MAME, see mame.py.")
    figures: list[Figure] = []
    for name, measure in BENCHMARKS.items():
        if chosen.only in (None, name):
            begin = time.perf_counter()
            figures.extend(measure(chosen.jobs, chosen.seeds))
            print(f"{name}: {time.perf_counter() - begin:.0f} s", flush=True)
    print_table(figures)
    here = machine()
    print(", ".join(f"{key} {value}" for key, value in here.items()))
    rows = [asdict(figure) for figure in figures]
    if chosen.only is not None and RESULTS.exists():
        kept = json.loads(RESULTS.read_text())["figures"]
        rows = [row for row in kept if row["benchmark"] != chosen.only] + rows
    rows.sort(key=lambda row: list(BENCHMARKS).index(row["benchmark"]))
    RESULTS.write_text(json.dumps({"machine": here, "figures": rows}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
