"""Other programs that do the same job, when the user has fetched them.

No code of theirs is here.  Environment variables say where they are:

LUTHIER_PEER_ISLA
    ``tools/decode_poly800_factory_tape.py`` of https://github.com/Interspock/isla-poly800 (GPL-3); its synth
    is built from the same folder with the compiler ``cc``.

Of Python packages it is enough that they can be imported:

pedalboard
    Spotify's effects (GPL-3), ``pip install pedalboard``; no package of ours asks for it.
"""

from __future__ import annotations

import array
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ISLA = "LUTHIER_PEER_ISLA"

#: A row of its benchmark: scenario, times real time, nanoseconds for a frame.
_ISLA_ROW = re.compile(r"^(.*?) +[\d.]+x.*?([\d.]+) ns/sample", re.MULTILINE)

Decoder = Callable[[npt.NDArray[np.float64], int], bytes | None]


def isla_decoder() -> Decoder | None:
    """isla-poly800's decoder as (mono samples, rate) -> image or None; None when it is not there."""
    place = os.environ.get(ISLA)
    if not place or not Path(place).is_file():
        return None
    specification = importlib.util.spec_from_file_location("isla_decoder", place)
    if specification is None or specification.loader is None:
        return None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)

    def decode(samples: npt.NDArray[np.float64], rate: int) -> bytes | None:
        integers = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
        try:
            return bytes(module.decode_dump(rate, array.array("h", integers.tobytes())))
        except (ValueError, IndexError):
            return None

    return decode


def isla_voice(rate: int, repeats: int = 3) -> dict[str, float]:
    """Times real time of isla-poly800's synth by the scenarios of its own benchmark; empty if it is not here.

    That benchmark runs at 48 kHz; a frame costs the same at ``rate``.  It counts seconds on the wall: those
    that others had the processor are taken off.
    """
    place, compiler = os.environ.get(ISLA), shutil.which("cc")
    if not place or not compiler:
        return {}
    root = Path(place).parent.parent
    sources = [root / "tests" / "core_bench.c", root / "src" / "poly800_core_m6.c"]
    if not all(source.is_file() for source in sources):
        return {}
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "bench"
        subprocess.run([compiler, "-O2", f"-I{root / 'src'}", "-o", program, *sources, "-lm"], check=True)
        for _ in range(repeats):
            before = os.times()
            printed = subprocess.run([program], check=True, stdout=subprocess.PIPE, text=True).stdout
            after = os.times()
            share = (after.children_user - before.children_user) / (after.elapsed - before.elapsed)
            for name, nanoseconds in _ISLA_ROW.findall(printed):
                speed = 1e9 / (float(nanoseconds) * share * rate)
                found[name] = max(found.get(name, 0.0), speed)
    return found


def pedalboard() -> Any | None:
    """The package of that name; None when it is not there."""
    return importlib.import_module("pedalboard") if importlib.util.find_spec("pedalboard") else None
