"""Which of the 1,636 places of a dump each byte that was read belongs to.

On a sound tape this is counting from the sync bytes.  Where signal was lost, bytes are missing or invented,
and counting slips; then all bytes are aligned with the dump as a whole: sync bytes after a leader, a
trailer after the last byte, and between them the structure of the programs, in which most random bytes are
impossible (spare bits, values out of range).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.compiled import compiled
from luthier.poly800.initial import initial_program
from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH, region
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth
from luthier.poly800.tape.line_code import BITS_PER_FRAME, LONG_SECONDS, SHORT_SECONDS

FloatArray = npt.NDArray[np.float64]
Frames = npt.NDArray[np.void]

#: So many ones before a frame are a leader or pause, not a reading error in a row of frames.
LEADER_BITS = 10
#: So many ones, a fifth of a second, end a dump.
TRAILER_BITS = 600
#: Fewer frames than this (ten programs) are not worth placing: what is found could be anything.
FEWEST_FRAMES = 210
#: Length of an average frame at nominal speed, seconds.
FRAME_SECONDS = BITS_PER_FRAME * (SHORT_SECONDS + LONG_SECONDS) / 2 * 1.03
#: Frames that a gap of unreadable signal can stand for at most: two seconds.
_LONGEST_GAP = 400
#: Counting holds where every frame is surer than this.
_COUNTABLE = 0.5
#: Part of a noise that half-waves explain, and what more makes full evidence.
_NOISE_EXPLAINS = 0.5
_FULL_EVIDENCE = 0.35
#: Small margins, and errors that have none in relation to them (fitted, see :func:`trusts`).
_SMALL_MARGIN = 5.0
_ERRORS_ELSEWHERE = 0.006
#: Cost of an alignment for every byte it trusts: below 0.07 on the worst dumps that give any program, above
#: 0.09 where other data or sounds are forced into the places of a dump.
_MOST_STRAIN = 0.08
_PROGRAMS = region(Synth.POLY800, "programs")
# Costs of the alignment, in nats of a fully trusted byte.
_IMPLAUSIBLE = 4.0
_WRONG_SYNC = 8.0
_PAUSE_INSIDE = 6.0
_NO_LEADER = 2.0
_CUT_OFF = 6.0
_SLIP = 6.0
_SLIP_ANYWHERE = 0.3
_OUTSIDE = 1.0


@dataclass(frozen=True)
class Placement:
    """Frames in their places: ``frame`` holds for each of the 1,636 bytes its frame's index, or −1."""

    frame: npt.NDArray[np.int64]
    cost: float
    head: bool
    """The sync bytes stand after a leader or pause."""
    tail: bool
    """The last byte is followed by a trailer or by the end of the signal."""

    @property
    def contiguous(self) -> bool:
        """Every place is filled and no frame left out between the first and the last."""
        return bool(self.frame[0] >= 0 and np.all(np.diff(self.frame) == 1))


def placements(found: Frames, rate: float) -> Iterator[tuple[Frames, FloatArray, Placement]]:
    """For every dump in ``found``: its frames, the trust in each, and their places."""
    for group in _groups(found, rate):
        placement = _counted(group)
        if placement is not None and trusts(group).min() > _COUNTABLE:
            yield group, trusts(group), placement
            continue
        gapped = _with_gaps(group, rate)
        trust = trusts(gapped)
        placement = _aligned(gapped, trust)
        if _convincing(gapped, trust, placement):
            yield gapped, trust, placement


def trusts(found: Frames) -> FloatArray:
    """How far each frame is to be trusted, 0 to 1: the probability that its byte is right.

    The law was fitted to some 85,000 frames of tapes with too much noise, jitter or compression: of bytes
    with margin 0 three in four were right, and e-fold fewer were wrong with every two nats more; beside,
    a few errors with any margin, the more of them the more frames of a recording have a small one.
    """
    margin = margins(found)
    elsewhere = _ERRORS_ELSEWHERE * np.mean(margin < _SMALL_MARGIN) if found.size else 0.0
    wrong = 0.3 * np.exp(-margin / 2.0) + elsewhere
    return np.asarray((1.0 - wrong) * (found["explained"] > _NOISE_EXPLAINS))


def margins(found: Frames) -> FloatArray:
    """The margin of each frame as far as it is evidence, nats.

    It counts fully where half-waves explain the signal and not at all where they explain no more than they
    do of noise: there the search had to choose something.
    """
    evidence = np.clip((found["explained"] - _NOISE_EXPLAINS) / _FULL_EVIDENCE, 0.0, 1.0)
    return np.asarray(found["margin"] * evidence)


def _convincing(group: Frames, trust: FloatArray, placement: Placement) -> bool:
    """Whether aligned frames are a dump: sync bytes after a leader, or programs that could be programs."""
    filled = np.flatnonzero(placement.frame >= 0)
    if filled.size < FEWEST_FRAMES // 2:
        return False
    chosen = placement.frame[filled]
    plausible = _plausibility()[group["value"][chosen], filled] == 0.0
    if placement.head and filled[:2].tolist() == [0, 1] and plausible[:2].all():
        return True
    inside = filled >= len(TAPE_HEADER) + _PROGRAMS.offset
    programs = float((trust[chosen] * inside).sum())
    strain = placement.cost - _CUT_OFF
    return programs > FEWEST_FRAMES / 3 and strain < _MOST_STRAIN * float(trust[chosen].sum())


def _groups(found: Frames, rate: float) -> Iterator[Frames]:
    """Runs of frames that may hold one dump each: cut before sync bytes after a leader, and at trailers."""
    if not found.size:
        return
    values, idle = found["value"], found["idle"]
    sync = np.zeros(found.size, dtype=bool)
    sync[:-1] = (idle[:-1] >= LEADER_BITS) & (values[:-1] == TAPE_HEADER[0]) & (values[1:] == TAPE_HEADER[1])
    pause = np.zeros(found.size)
    pause[1:] = (found["begin"][1:] - found["end"][:-1]) / rate
    ended = np.zeros(found.size, dtype=bool)
    ended[1:] = found["rest"][:-1] >= TRAILER_BITS
    cuts = np.flatnonzero(sync | ended | (pause > 2.0))
    for begin, end in zip([0, *cuts], [*cuts, found.size], strict=True):
        if end - begin >= FEWEST_FRAMES:
            yield found[begin:end]


def _counted(group: Frames) -> Placement | None:
    """The placement of an undamaged dump: sync bytes first, then 1,635 frames without a pause."""
    whole = group[:TAPE_IMAGE_LENGTH]
    if whole.size < TAPE_IMAGE_LENGTH or bytes(whole["value"][:2]) != TAPE_HEADER:
        return None
    if whole["idle"][0] < LEADER_BITS or whole["idle"][1:].any() or whole["lost"][1:].any():
        return None
    tail = group.size == whole.size or bool(whole["rest"][-1] >= LEADER_BITS)
    if not tail and not group["lost"][whole.size]:
        return None
    return Placement(np.arange(TAPE_IMAGE_LENGTH), 0.0, head=True, tail=tail)


def _with_gaps(group: Frames, rate: float) -> Frames:
    """``group`` with untrusted frames put in where time passed without one."""
    gap = (group["begin"][1:] - group["end"][:-1]) / (rate * FRAME_SECONDS * group["speed"][1:])
    # Ones in a row are a pause that was read, not a gap.
    missing = np.clip(np.rint(gap), 0, _LONGEST_GAP).astype(np.int64) * group["lost"][1:]
    places = np.repeat(np.arange(1, group.size), missing)
    empty = np.zeros(places.size, dtype=group.dtype)
    if places.size:
        empty["begin"] = empty["end"] = group["end"][places - 1]
        empty["speed"] = group["speed"][places - 1]
        empty["first"] = -1
    return np.insert(group, places, empty)


@functools.cache
def _plausibility() -> npt.NDArray[np.float64]:
    """(256, 1636): cost of each value at each place if it is read with full trust."""
    table = np.zeros((256, TAPE_IMAGE_LENGTH))
    for place, value in enumerate(TAPE_HEADER):
        table[:, place] = _WRONG_SYNC
        table[value, place] = 0.0
    length = PROGRAM_LENGTH[Synth.POLY800]
    program = bytearray(initial_program(Synth.POLY800).packed)
    costs = np.zeros((256, length))
    for byte in range(length):
        for value in range(256):
            trial = program.copy()
            trial[byte] = value
            costs[value, byte] = _IMPLAUSIBLE if Program(bytes(trial)).problems() else 0.0
    begin = len(TAPE_HEADER) + _PROGRAMS.offset
    table[:, begin : begin + _PROGRAMS.length] = np.tile(costs, _PROGRAMS.length // length)
    return table


def _aligned(group: Frames, trust: FloatArray) -> Placement:
    """The cheapest alignment of ``group`` with the whole dump."""
    idle_cost = np.where(group["idle"] >= LEADER_BITS, _PAUSE_INSIDE, 0.0)
    followed = np.ones(group.size, dtype=np.bool_)
    followed[:-1] = (group["rest"][:-1] >= LEADER_BITS) | group["lost"][1:]
    whole, cut, moves, outside = _align(group["value"], trust, idle_cost, _plausibility())
    cost, end = _end(whole, cut, moves, outside, followed)
    frame = _unwound(moves, end, TAPE_IMAGE_LENGTH)
    # What stands for a gap was not read.
    frame[frame >= 0] = np.where(group["first"][frame[frame >= 0]] < 0, -1, frame[frame >= 0])
    head = bool(frame[0] >= 0 and group["idle"][frame[0]] >= LEADER_BITS)
    tail = bool(frame[-1] >= 0 and followed[frame[-1]])
    return Placement(frame, float(cost), head, tail)


@compiled
def _align(
    values: npt.NDArray[np.uint8],
    trust: FloatArray,
    idle_cost: FloatArray,
    plausibility: FloatArray,
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int8], FloatArray]:
    """Dynamic programming over frames × places; moves: 1 match, 2 skip a frame, 3 skip a place.

    Returns the costs of all places up to each frame, those of all frames up to each place, the moves, and
    the costs of leaving out frames from the first on.
    """
    frames, places = values.size, plausibility.shape[1]
    moves = np.zeros((frames + 1, places + 1), dtype=np.int8)
    # Trusted frames must belong somewhere: outside the dump they cost.
    outside = np.concatenate((np.zeros(1), np.cumsum(_OUTSIDE * trust)))
    # The recording may begin in the middle of a dump.
    before = np.full(places + 1, _CUT_OFF)
    before[0] = 0.0
    moves[0, 1:] = 3
    whole = np.full(frames + 1, 1e9)
    whole[0] = before[places]
    now = before.copy()
    for frame in range(1, frames + 1):
        sure = trust[frame - 1]
        value = values[frame - 1]
        idle = sure * idle_cost[frame - 1]
        skip_frame = _SLIP_ANYWHERE + _SLIP * sure
        # A byte is missing between two frames: the less sure one says whether that is a wonder.
        skip_place = _SLIP_ANYWHERE + _SLIP * min(sure, trust[min(frame, frames - 1)])
        now[0] = outside[frame]
        for place in range(1, places + 1):
            match = before[place - 1] + sure * plausibility[value, place - 1]
            if place > 1:
                match += idle
            elif idle_cost[frame - 1] == 0.0:
                match += _NO_LEADER
            left_out = before[place] + skip_frame
            empty = now[place - 1] + skip_place
            # What does not depend on the place before is compared first: the processor need not wait for it.
            best = min(match, left_out)
            now[place] = min(best, empty)
            moves[frame, place] = 3 if empty < best else (1 if match <= left_out else 2)
        whole[frame] = now[places]
        before, now = now, before
    return whole, before, moves, outside


@compiled
def _end(
    whole: FloatArray,
    cut_off: FloatArray,
    moves: npt.NDArray[np.int8],
    outside: FloatArray,
    followed: npt.NDArray[np.bool_],
) -> tuple[float, int]:
    """Lowest cost and the number of frames up to the end of the dump; marks places missing at the end."""
    frames, places = whole.size - 1, cut_off.size - 1
    best = 1e9
    end = frames
    for frame in range(1, frames + 1):
        cost = whole[frame] + outside[frames] - outside[frame]
        if not followed[frame - 1]:
            cost += _NO_LEADER
        if cost < best:
            best = cost
            end = frame
    # Or the recording ends in the middle of the dump.
    cut = places
    for place in range(1, places):
        if cut_off[place] + _CUT_OFF < best:
            best = cut_off[place] + _CUT_OFF
            cut = place
    if cut < places:
        end = frames
        moves[frames, cut + 1 :] = 3
    return best, end


@compiled
def _unwound(moves: npt.NDArray[np.int8], end: int, places: int) -> npt.NDArray[np.int64]:
    """The frame at every place, −1 for none."""
    result = np.full(places, -1, dtype=np.int64)
    frame, place = end, places
    while place > 0:
        move = moves[frame, place]
        if move == 1:
            frame -= 1
            place -= 1
            result[place] = frame
        elif move == 2:
            frame -= 1
        else:
            place -= 1
    return result
