"""What was read, in plain lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from luthier.errors import InputError
from luthier.poly800.convert import ranges
from luthier.poly800.memory import FIRST_MESSAGE, TAPE_HEADER
from luthier.poly800.tape.health.advice import other_synth
from luthier.poly800.tape.health.diagnosis import Diagnosis
from luthier.poly800.tape.health.document import numbers_in
from luthier.poly800.tape.reading import State
from luthier.poly800.tape.takes import Memory, Takes

#: What a wrong byte does to a program may fill a page; ``--json`` and the report name all of it.
_MOST_REASONS = 3


def memory_line(takes: Takes, index: int) -> str:
    """One memory: what it is worth and from where it comes."""
    memory = takes.memories[index]
    dump = memory.dump
    state = "complete" if dump.complete else f"incomplete, {dump.programs_right} of 64 programs right"
    places = [
        f"{takes.recordings[take.recording].name} at {take.dump.begin:.1f} s"
        for take in sorted(memory.takes, key=lambda take: (take.recording, take.dump.begin))
    ]
    merged = "" if len(places) == 1 else f"{len(places)} takes{'' if _first_alone(memory) else ' merged'}: "
    details = [f"tape speed {100 * dump.speed:.1f} %"]
    if dump.confidence[len(TAPE_HEADER)] > 0:
        details.insert(0, f"MIDI channel {dump.image[len(TAPE_HEADER)] + 1}")
    if dump.complete and dump.repaired:
        details.append(f"{len(dump.repaired)} bytes decided by the checksum")
    if dump.complete:
        first = dump.checksum_rule == FIRST_MESSAGE
        details.append("checksum right, without the MIDI channel" if first else "checksum right")
    return f"{state}; {', '.join(details)}; {merged}{', '.join(places)}"


def lines(takes: Takes, chosen: int) -> Iterator[str]:
    """Every memory, which one was chosen, and its programs that are not right."""
    several = len(takes.memories) > 1
    for name in takes.repeated:
        yield f"{name}: the same file as another one, no second take"
    for index in range(len(takes.memories)):
        yield f"#{index + 1}: {memory_line(takes, index)}" if several else memory_line(takes, index)
    yield from program_lines(takes.memories[chosen])
    if several:
        others = ", ".join(str(index + 1) for index in range(len(takes.memories)) if index != chosen)
        yield f"these are different memories: #{chosen + 1} is written; --dump {others} for the other" + (
            "s" if len(takes.memories) > 2 else ""
        )


def _first_alone(memory: Memory) -> bool:
    """Whether one of the takes was complete by itself, so that nothing had to be merged."""
    return any(take.dump.complete for take in memory.takes)


def what_is_missing(memory: Memory) -> str:
    """An incomplete memory: how much of it is right, and which programs are not."""
    parts = [f"{memory.dump.programs_right} of 64 programs are right"]
    for state in (State.DOUBTFUL, State.MISSING):
        numbers = numbers_in(memory, state)
        if numbers:
            parts.append(f"{state.value}: {ranges(numbers)}")
    if memory.dump.checksum_rule == FIRST_MESSAGE:
        parts.append("the checksum is right if the MIDI channel is left out of it")
    elif memory.dump.programs_right == len(memory.dump.programs):
        parts.append("sequence, settings or the checksum are doubtful")
    return f"the dump at {memory.dump.begin:.1f} s is incomplete ({'; '.join(parts)})"


def program_lines(memory: Memory) -> Iterator[str]:
    """A line for every program that is not right: why, in a few words."""
    for entry in memory.dump.programs:
        if entry.state is not State.RIGHT:
            more = len(entry.reasons) - _MOST_REASONS
            reasons = [*entry.reasons[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else [])]
            yield f"program {entry.number}: {entry.state.value}: {'; '.join(reasons)}"


def incomplete(takes: Takes, index: int, diagnoses: Sequence[Diagnosis], written: str) -> InputError:
    """The error for the memory ``index`` that was ``written`` although it is not complete."""
    memory = takes.memories[index]
    recordings = dict.fromkeys(take.recording for take in memory.takes)
    advice = next((entry for number in recordings for entry in diagnoses[number].advice), None)
    remedy = f"{written}, doubtful bytes as they were read and missing ones as 00"
    if advice is not None:
        remedy += f"; {advice}"
    names = ", ".join(takes.recordings[number].name for number in recordings)
    return InputError(what_is_missing(memory), where=names, remedy=remedy)


def nothing_found(diagnoses: Sequence[Diagnosis]) -> InputError:
    """The error for recordings without a dump: what was heard instead, and what to do."""
    parts = []
    for diagnosis in diagnoses:
        told = [entry for entry in diagnosis.advice if entry.name == "file-damaged"]
        told = list(dict.fromkeys([*diagnosis.advice[:1], *told]))
        heard = ", and ".join(entry.seen for entry in told) or "nothing that explains it"
        parts.append(heard if len(diagnoses) == 1 else f"{diagnosis.recording.name}: {heard}")
    remedy = diagnoses[0].advice[0].remedy if diagnoses and diagnoses[0].advice else ""
    names = ", ".join(diagnosis.recording.name for diagnosis in diagnoses)
    return InputError(f"no dump of a Poly-800 in it: {'; '.join(parts)}", where=names, remedy=remedy)


def of_another_synth(diagnoses: Sequence[Diagnosis]) -> bool:
    """Whether the bytes that were read are clearly not a Poly-800's."""
    return bool(diagnoses) and any(
        other_synth(diagnosis.recording.reading, diagnosis.rows) is not None for diagnosis in diagnoses
    )
