"""The bad places of a recording one by one: where, what is wrong there, and what of the memory it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH, layout, region
from luthier.poly800.parameters import PROGRAM_LENGTH, program_parameters
from luthier.poly800.program import program_number
from luthier.poly800.synth import Synth
from luthier.poly800.tape.health.time_line import Dropout, bad_seconds, byte_times, dropouts
from luthier.poly800.tape.reading import Dump

#: A byte is read surely above this confidence, as in :mod:`time_line`.
_SURE = 0.98
#: Doubtful bytes so near to each other are one place.
_NEAR_BYTES = 3
#: A bad second that reaches so near to a bad place is bad for its sake.
_NEAR_SECONDS = 0.1
#: Names that are said one by one; more are counted.
_MOST_NAMED = 6
#: Parts of names that the panel writes in capitals.
_SHORTHAND = {"dco", "dco1", "dco2", "vcf", "eg", "deg1", "deg2", "deg3", "mg"}
_MEANINGS = {
    "midi_channel": "the MIDI channel",
    "sequence": "the sequence",
    "chord": "the chord memory",
    "undefined_268": "bytes whose meaning is unknown",
    "undefined_1632": "a byte whose meaning is unknown",
}


@dataclass(frozen=True)
class Mark:
    """A bad place."""

    kind: str
    """``missing`` or ``doubtful`` bytes, a ``dropout``, or a ``rough`` second that was read all the same."""
    begin: float
    end: float
    """Seconds of the recording."""
    seen: str
    """What is wrong there."""
    cost: str
    """What of the memory it affects; empty if nothing."""
    programs: tuple[int, ...] = ()
    """Panel numbers of the programs it affects."""


def marks(dumps: Iterable[Dump]) -> list[Mark]:
    """All bad places in the dumps of one recording, in the order of time."""
    found: list[Mark] = []
    dumps = list(dumps)
    for dump in dumps:
        holes = dropouts(dump.trace) if dump.trace is not None else ()
        places = [_placed(place, holes) for place in _bytes(dump)]
        found += places
        for hole in holes:
            if not any(_overlap(place, hole) for place in places):
                seen = f"the sound falls by {-hole.decibels:.0f} dB for {hole.milliseconds:.0f} ms"
                found.append(Mark("dropout", hole.begin, _end(hole), seen, ""))
    for second in bad_seconds(dumps):
        near = (second - _NEAR_SECONDS, second + 1 + _NEAR_SECONDS)
        if not any(mark.begin < near[1] and near[0] < mark.end for mark in found):
            seen = "the waves are misshapen here; everything was read all the same"
            found.append(Mark("rough", float(second), float(second + 1), seen, ""))
    return sorted(found, key=lambda mark: mark.begin)


def _end(hole: Dropout) -> float:
    return hole.begin + hole.milliseconds / 1000


def _overlap(place: Mark, hole: Dropout) -> bool:
    return place.begin <= _end(hole) and hole.begin <= place.end


def _placed(place: Mark, holes: Iterable[Dropout]) -> Mark:
    """The same where the sound was lost: how long bytes last that were not read is not known."""
    inside = [hole for hole in holes if place.kind == "missing" and _overlap(place, hole)]
    if not inside:
        return place
    return replace(place, begin=inside[0].begin, end=max(_end(hole) for hole in inside))


def _bytes(dump: Dump) -> Iterator[Mark]:
    """Places of bytes that are not sure; those of a complete dump are all proven."""
    if dump.complete:
        return
    times = np.append(byte_times(dump), dump.end)
    for first, last in _runs(dump.confidence < _SURE):
        run = dump.confidence[first:last]
        lost, unsure = int(np.count_nonzero(run == 0.0)), int(np.count_nonzero((run > 0.0) & (run < _SURE)))
        parts = [_counted(lost, "not read"), _counted(unsure, "read with doubt")]
        names, programs = affected(range(first, last))
        begin, end = sorted((max(float(times[first]), 0.0), max(float(times[last]), 0.0)))
        kind = "missing" if lost else "doubtful"
        yield Mark(kind, begin, end, ", ".join(part for part in parts if part), _listed(names), programs)


def _counted(count: int, how: str) -> str:
    return f"{count:,} {'byte was' if count == 1 else 'bytes were'} {how}" if count else ""


def _runs(wanted: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    places = np.flatnonzero(wanted)
    if places.size:
        for run in np.split(places, 1 + np.flatnonzero(np.diff(places) > _NEAR_BYTES)):
            yield int(run[0]), int(run[-1]) + 1


def affected(places: Iterable[int]) -> tuple[list[str], tuple[int, ...]]:
    """What stands at places of the tape image, in words, and the programs among it."""
    names: list[str] = []
    programs: dict[int, list[int]] = {}
    length = PROGRAM_LENGTH[Synth.POLY800]
    regions = layout(Synth.POLY800)
    for place in places:
        offset = place - len(TAPE_HEADER)
        if offset < 0:
            names.append("the sync bytes")
        elif place == TAPE_IMAGE_LENGTH - 1:
            names.append("the checksum")
        else:
            here = next(one for one in regions if offset < one.end)
            if here.name == "programs":
                index, byte = divmod(offset - here.offset, length)
                programs.setdefault(program_number(index), []).append(byte)
            else:
                names.append(_MEANINGS[here.name])
    for number, hit in programs.items():
        whole = len(hit) == length
        names.append(f"program {number}" if whole else f"program {number} ({_listed(parameters_in(hit))})")
    return list(dict.fromkeys(names)), tuple(programs)


def parameters_in(places: Iterable[int]) -> list[str]:
    """The parameters whose bits stand in these bytes (0 to 20) of a program, in the order of the panel."""
    bits = {8 * place + bit for place in places for bit in range(8)}
    return [
        " ".join(word.upper() if word in _SHORTHAND else word for word in row.name.split("_"))
        for row in program_parameters(Synth.POLY800)
        if any(bits.intersection(range(first, first + count)) for first, count in row.runs)
    ] or ["bits without a meaning"]


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else shown


@dataclass(frozen=True)
class Doubt:
    """A byte of a program that was not read surely."""

    place: int
    """In the tape image."""
    confidence: float
    """Probability that it is right; 0 where nothing was read."""
    affects: tuple[str, ...]
    """The parameters that have bits in it."""


def doubts(dump: Dump, index: int) -> list[Doubt]:
    """What is doubtful of the program at ``index`` (0 to 63); nothing in a complete dump."""
    length = PROGRAM_LENGTH[Synth.POLY800]
    first = len(TAPE_HEADER) + region(Synth.POLY800, "programs").offset + index * length
    confidence = dump.confidence[first : first + length]
    return [
        Doubt(first + byte, float(confidence[byte]), tuple(parameters_in([byte])))
        for byte in range(length)
        if not dump.complete and confidence[byte] < _SURE
    ]
