"""``python -m tests.kn5000.board.oracle.generate MAME``: make ``results.npz`` anew."""

from __future__ import annotations

import sys

import numpy as np
from tests.kn5000.board.oracle.images import PAIRS
from tests.kn5000.board.oracle.mame import run
from tests.kn5000.board.oracle.vectors import RESULTS_FILE


def main(mame: str) -> None:
    """Make the file anew."""
    results = {name: run(name, mame) for name in PAIRS}
    with RESULTS_FILE.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **results)


if __name__ == "__main__":
    main(sys.argv[1])
