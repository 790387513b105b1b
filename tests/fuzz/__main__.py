"""Fuzzes every parser for a while: ``python -m tests.fuzz [--seconds N] [--only TARGET]``.

A finding is any exception other than a LuthierError, a hang or runaway memory.  Its input is kept in
``build/fuzz``; copied to ``tests/fuzz/findings/TARGET`` it becomes a test.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.targets import TARGETS, Target

FINDINGS = Path("build/fuzz")
#: An input that takes longer, or more memory, is a finding: seconds, MB.
SLOWEST = 20
MOST_MEMORY = 1_024


def fuzz(name: str, target: Target, seconds: int) -> list[Path]:
    """Fuzz one target; the inputs of its findings."""
    kept = FINDINGS / name
    kept.mkdir(parents=True, exist_ok=True)
    before = set(kept.iterdir())
    with tempfile.TemporaryDirectory() as corpus:
        for index, data in enumerate(target.starts()):
            Path(corpus, f"start-{index}").write_bytes(data)
        command = [sys.executable, "-m", "tests.fuzz.harness", name]
        options = [f"-max_total_time={seconds}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MOST_MEMORY}"]
        options += [f"-artifact_prefix={kept}/", "-print_final_stats=1", corpus]
        run = subprocess.run(
            [*command, *options], capture_output=True, text=True, errors="replace", check=False
        )
    found = sorted(set(kept.iterdir()) - before)
    executed = [line.split()[-1] for line in run.stderr.splitlines() if "number_of_executed_units" in line]
    print(f"{name}: {executed[0] if executed else '?'} inputs, {len(found)} findings", flush=True)
    if run.returncode or found:
        print("\n".join(run.stderr.splitlines()[-40:]))
        if not found:
            found = [kept]
    return found


def main() -> None:
    """Fuzz all targets, an equal part of the time each; exit code 1 if there is a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--only", choices=TARGETS, action="append", help="one target; may be repeated")
    chosen = parser.parse_args()
    names = chosen.only or list(TARGETS)
    share = max(chosen.seconds // len(names), 1)
    found = [path for name in names for path in fuzz(name, TARGETS[name], share)]
    for path in found:
        print(f"finding: {path}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
