"""Sample headers and instrument zones as rows of the tone generator's table of recordings.

A row is what one instrument zone says of its sample: where it begins and loops, and at which note it plays
at its own rate, tuning included.  Zones that agree in this share a row.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.soundfont.generators import Generator
from luthier.kn5000.soundfont.zones import Indices, Zones
from luthier.kn5000.tone_generator.recordings import RECORDING

#: Bits of a sample's type (section 7.10); the Vorbis bit is that of SF3 files (MuseScore, FluidSynth).
ROM, VORBIS = 0x8000, 0x0010
#: "Coarse" addresses count this many samples.
_COARSE = 32_768
_SEMITONE = 0x100
#: For samples without a pitch, 255, and for impossible ones (section 7.10).
_MIDDLE_C, _HIGHEST_KEY = 60, 127
#: The sample mode that plays on behind the loop once the key is up (modelled: it goes on in the loop).
BEYOND = 3
_LOOPED = (1, BEYOND)


@dataclass(frozen=True)
class Recorded:
    """The table; for every instrument zone its selector (-1: left out) and the key its sample has."""

    table: NDArray[np.void]
    selector: Indices
    root: Indices
    warnings: Counter[str]


def root_keys(headers: NDArray[np.void], sample: Indices, override: Indices) -> Indices:
    """The key at which samples are meant to sound as they are, tuning apart."""
    own = headers["root"][sample].astype(np.int64)
    own = np.where(own <= _HIGHEST_KEY, own, _MIDDLE_C)
    return np.where((override >= 0) & (override <= _HIGHEST_KEY), override, own)


def record(zones: Zones, headers: NDArray[np.void], available: int) -> Recorded:
    """Rows for the instrument zones; ``available`` is how many samples the file has."""
    amounts = zones.amounts.astype(np.int64)
    left: Counter[str] = Counter()
    usable = zones.target >= 0

    def leave_out(bad: NDArray[np.bool_], why: str) -> None:
        nonlocal usable
        count = int(np.count_nonzero(usable & bad))
        if count:
            left[why] += count
        usable = usable & ~bad

    leave_out(zones.target >= len(headers), "zones of samples that are not there, left out")
    if len(headers) == 0 or not usable.any():
        nothing = np.full(len(usable), -1, np.int64)
        return Recorded(np.zeros(0, RECORDING), nothing, nothing, left)
    sample = np.where(usable, zones.target, 0)
    header = headers[sample]
    leave_out((header["kind"] & ROM) != 0, "zones of samples in the ROM of a sound card, left out")
    leave_out(header["rate"] == 0, "zones of samples without a rate, left out")

    def address(field: str, fine: Generator, coarse: Generator) -> Indices:
        return header[field].astype(np.int64) + amounts[:, fine] + amounts[:, coarse] * _COARSE

    start = address("start", Generator.START, Generator.START_COARSE)
    end = address("end", Generator.END, Generator.END_COARSE)
    beyond = usable & (end > available) & (start < available)
    if beyond.any():
        left["zones of samples that the file does not have to their end, cut short"] += int(beyond.sum())
    end = np.minimum(end, available)
    leave_out((start < 0) | (start >= end), "zones of samples that are empty or outside, left out")
    begin, turn = _loops(
        np.isin(amounts[:, Generator.SAMPLE_MODE] & 3, _LOOPED),
        address("loop_start", Generator.LOOP_START, Generator.LOOP_START_COARSE) - start,
        address("loop_end", Generator.LOOP_END, Generator.LOOP_END_COARSE) - start,
        end - start,
        usable,
        left,
    )
    root = root_keys(headers, sample, amounts[:, Generator.ROOT_KEY])
    cents = 100 * (root - amounts[:, Generator.COARSE_TUNING]) - amounts[:, Generator.FINE_TUNING]
    cents -= header["correction"].astype(np.int64)
    rows = np.zeros(len(usable), RECORDING)
    rows["start"], rows["length"] = start, end - start
    rows["loop_start"], rows["loop_end"] = begin, turn
    rows["root"], rows["rate"] = np.rint(cents * (_SEMITONE / 100)), header["rate"]
    table, places = np.unique(rows[usable], return_inverse=True)
    selector = np.full(len(usable), -1, np.int64)
    selector[usable] = places
    return Recorded(table, selector, root, left)


def _loops(
    looped: NDArray[np.bool_],
    begin: Indices,
    turn: Indices,
    length: Indices,
    usable: NDArray[np.bool_],
    warnings: Counter[str],
) -> tuple[Indices, Indices]:
    """Start and end of loops within the recordings; equal where there is none."""
    wrong = looped & usable & ((begin < 0) | (turn > length) | (begin >= turn))
    if wrong.any():
        warnings["loops that reach outside their sample, cut short or left out"] += int(wrong.sum())
    begin, turn = np.clip(begin, 0, np.maximum(length, 0)), np.clip(turn, 0, np.maximum(length, 0))
    keep = looped & (turn > begin)
    return np.where(keep, begin, 0), np.where(keep, turn, 0)
