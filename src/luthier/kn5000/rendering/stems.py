"""Every part that plays as a file of its own.

For each the whole song is played again, with all other parts muted: their voices are taken and stolen as in
the mix, so that the files add up to it, as far as the limiter had nothing to do.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio.stream import SoundWriter
from luthier.kn5000.rendering.performance import Performance
from luthier.kn5000.rendering.report import Stem
from luthier.kn5000.transport.controllers import PART_COUNT

Samples = npt.NDArray[np.float32]

#: Seconds between two words on progress.
_LOOK = 0.2


def stem_paths(folder: Path, suffix: str, performance: Performance) -> dict[int, Path]:
    """The files of all parts that play; parts are counted from 1 in their names."""
    return {part: folder / f"part-{part + 1:02}{suffix}" for part in performance.parts}


def others(part: int) -> set[int]:
    """All parts but one."""
    return set(range(PART_COUNT)) - {part}


def write_stems(
    writers: dict[int, SoundWriter],
    paths: dict[int, Path],
    sound_of: Callable[[int], Iterator[Samples]],
    progress: Callable[[int], None],
) -> list[Stem]:
    """Write the sound of every part, as many at a time as there are processors.

    ``progress`` is told the frames written by all together.
    """
    stopped = threading.Event()
    written = dict.fromkeys(writers, 0)

    def write(part: int) -> Stem:
        peak = 0.0
        for block in sound_of(part):
            if stopped.is_set():
                break
            writers[part].write(block)
            peak = max(peak, float(np.max(np.abs(block), initial=0.0)))
            written[part] += len(block)
        return Stem(str(paths[part]), part, 20 * float(np.log10(peak)) if peak else None)

    found: list[Stem] = []
    with ThreadPoolExecutor(max(1, min(len(writers), os.cpu_count() or 1))) as pool:
        waiting = {pool.submit(write, part) for part in writers}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=_LOOK)
                found += [future.result() for future in done]
                progress(sum(written.values()))
        except BaseException:
            stopped.set()  # or the pool would wait for the end of the song
            raise
    return sorted(found, key=lambda stem: stem.part)
