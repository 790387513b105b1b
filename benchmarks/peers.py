"""Other programs that do the same job, when the user has fetched them.

No code of theirs is here.  Environment variables say where they are:

LUTHIER_PEER_ISLA
    ``tools/decode_poly800_factory_tape.py`` of https://github.com/Interspock/isla-poly800 (GPL-3).
"""

from __future__ import annotations

import array
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

ISLA = "LUTHIER_PEER_ISLA"

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
