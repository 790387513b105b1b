"""What compiling costs: the first block of sound ever, and the first in a new process afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from benchmarks.results import Figure


def first_blocks(benchmark: str, program: str) -> Iterator[Figure]:
    """Run ``program``, which prints the seconds its first block took, with an empty cache and again."""
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"NUMBA_CACHE_DIR": cache}
        for row in ("first block ever", "first block of a process"):
            run = subprocess.run(
                [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
            )
            yield Figure(benchmark, row, f"{float(run.stdout):.1f} s")
