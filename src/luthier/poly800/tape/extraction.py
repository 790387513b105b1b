"""From a path of half-waves to dumps: frames in their places, and the readings that nearly won."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER
from luthier.poly800.tape import choice
from luthier.poly800.tape.choice import Alternative
from luthier.poly800.tape.conditioning import Signal
from luthier.poly800.tape.frames import frames
from luthier.poly800.tape.lattice import Path
from luthier.poly800.tape.lattice_walk import HISTORY_BITS
from luthier.poly800.tape.line_code import BITS_PER_FRAME
from luthier.poly800.tape.placement import Placement, margins, placements, trusts
from luthier.poly800.tape.reading import Dump, Trace, empty_image

FloatArray = npt.NDArray[np.float64]
Frames = npt.NDArray[np.void]

#: A leader or trailer: so many ones in a row, each explaining this part of its signal.
_LEADER_ONES = 100
_LEADER_FIT = 0.9
#: A slip among bytes surer than this is none of the reading's; so many bytes around it are in doubt.
_TRUSTED = 0.9
_SLIP_REACH = 21
#: Cost of another reading that loses by ``extra`` nats: the search takes its own margins too seriously (the
#: law is that of :func:`luthier.poly800.tape.placement.trusts`).
_RIVAL_COST = 1.2
_RIVAL_SLOPE = 0.5


@dataclass(frozen=True)
class Walk:
    """A path through a conditioned signal."""

    signal: Signal
    path: Path
    fit: FloatArray
    """Part of its signal that each half-wave explains."""
    first: int
    """Sample of ``signal`` at which the path starts."""
    stretch: float
    """Length scale for which the signal was conditioned."""

    @property
    def frames(self) -> Frames:
        """Every complete frame."""
        return frames(self.path, self.fit)

    @property
    def margins(self) -> FloatArray:
        """What the reading of each frame is sure by, as far as its half-waves explain the signal (nats)."""
        return margins(self.frames)

    @property
    def has_leader(self) -> bool:
        """Whether there is a row of ones that explain their signal, as in a leader or trailer."""
        ones = (self.path.positions == 0) & (self.path.bits == 1) & (self.fit > _LEADER_FIT)
        breaks = np.flatnonzero(np.diff(np.concatenate([[False], ones, [False]]).astype(np.int8)))
        return bool((breaks[1::2] - breaks[::2]).max(initial=0) >= _LEADER_ONES)

    @property
    def trust(self) -> float:
        """Expected number of right bytes among all frames."""
        return float(trusts(self.frames).sum())


def dumps(walk: Walk, origin: float, front: str, *, may_change: bool = True) -> Iterator[Dump]:
    """Every dump along ``walk``, whose signal begins ``origin`` seconds into the recording.

    Where few rivals were kept the truth may not be among them: then without ``may_change`` the checksum is
    not asked to choose one.
    """
    for group, trust, placement in placements(walk.frames, walk.signal.rate * walk.stretch):
        yield _dump(walk, origin, front, group, trust, placement, may_change=may_change)


def _dump(
    walk: Walk,
    origin: float,
    front: str,
    group: Frames,
    trust: FloatArray,
    placement: Placement,
    *,
    may_change: bool,
) -> Dump:
    image, confidence = empty_image()
    filled = np.flatnonzero(placement.frame >= 0)
    chosen = placement.frame[filled]
    np.frombuffer(image, dtype=np.uint8)[filled] = group["value"][chosen]
    confidence[filled] = trust[chosen]
    _distrust_slips(confidence, filled, chosen, trust)
    alternatives = tuple(_alternatives(walk.path, group, placement, bytes(image)))
    whole = placement.contiguous and placement.head and image.startswith(TAPE_HEADER)
    doubt = choice.uncovered_doubt(confidence, alternatives) if whole else np.inf
    result = choice.choose(bytes(image), alternatives, doubt, may_change=may_change)
    if result.proven:
        confidence = np.maximum(confidence, choice.PROVEN)
    where = group[chosen]
    half_waves = slice(int(where["first"][0]), int(where["first"][-1]) + BITS_PER_FRAME)
    start = origin + walk.first / walk.signal.rate
    return Dump(
        image=result.image,
        confidence=confidence,
        complete=result.proven,
        begin=start + float(where["begin"][0]) / walk.signal.rate,
        end=start + float(where["end"][-1]) / walk.signal.rate,
        head=placement.head,
        tail=placement.tail,
        front=front,
        scale=walk.stretch * float(np.median(where["speed"])),
        repaired=result.changed if result.proven else (),
        alternatives=alternatives,
        trace=_trace(walk, start, half_waves),
    )


def _distrust_slips(
    confidence: FloatArray,
    filled: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.int64],
    trust: FloatArray,
) -> None:
    """Halve the confidence around a byte too many or too few among bytes that were read with trust.

    Where signal was lost a slip is no wonder and the bytes beside it are distrusted anyway; where all was
    read well something is wrong with the tape, and nobody knows which byte it is.
    """
    for index in np.flatnonzero((np.diff(chosen) != 1) | (np.diff(filled) != 1)):
        if trust[chosen[index] : chosen[index + 1] + 1].min() > _TRUSTED:
            around = slice(max(filled[index] - _SLIP_REACH, 0), filled[index + 1] + _SLIP_REACH + 1)
            confidence[around] = np.minimum(confidence[around], 0.5)


def _alternatives(path: Path, group: Frames, placement: Placement, image: bytes) -> Iterator[Alternative]:
    """The readings that lost on ``path``, as changes of bytes in their places."""
    if not placement.contiguous:
        return
    likely = _distinct(path.alternatives, (choice.COSTLIEST - _RIVAL_COST) / _RIVAL_SLOPE)
    if len(likely) > choice.MOST_OPEN:
        return
    place_of = np.full(path.bits.size, -1, dtype=np.int64)
    data_bits = (group["first"][placement.frame][:, None] + 1 + np.arange(8)).ravel()
    place_of[data_bits] = np.arange(data_bits.size)
    for (last, mask), cost in likely.items():
        differing = [last - back for back in range(HISTORY_BITS) if mask >> back & 1]
        places = [divmod(int(place_of[half_wave]), 8) for half_wave in differing]
        if min(places)[0] < 0:
            continue
        changes: dict[int, int] = {}
        for place, bit in places:
            changes[place] = changes.get(place, image[place]) ^ 1 << bit
        yield Alternative(tuple(sorted(changes.items())), _RIVAL_COST + _RIVAL_SLOPE * cost)


def _distinct(alternatives: FloatArray, costliest: float) -> dict[tuple[int, int], float]:
    """Lowest cost by (last half-wave, differing bits from it back), each difference once.

    One difference meets the path at many later boundaries; it is named here by the last bit that differs.
    """
    found: dict[tuple[int, int], float] = {}
    for last, mask, cost in alternatives[alternatives[:, 2] <= costliest].tolist():
        bits = int(mask)
        if not bits:
            continue
        same_since = (bits & -bits).bit_length() - 1
        key = (int(last) - same_since, bits >> same_since)
        if cost < found.get(key, np.inf):
            found[key] = cost
    return found


def _trace(walk: Walk, start: float, part: slice) -> Trace:
    edges = walk.path.edges[part.start : part.stop + 1]
    levels = walk.signal.levels
    places = np.clip((edges[:-1] + walk.first).astype(np.int64), 0, levels.size - 1)
    return Trace(
        seconds=start + edges[:-1] / walk.signal.rate,
        lengths=np.diff(edges) / walk.signal.rate * 1e6,
        scales=walk.path.speeds[part] * walk.stretch,
        explained=walk.fit[part],
        levels=levels[places],
    )
