"""What was read from a tape: dumps, their programs, and what each is worth."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH, checksum_rule, region
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.program import PROGRAM_COUNT, Program, program_number
from luthier.poly800.synth import Synth
from luthier.poly800.tape.choice import Alternative

FloatArray = npt.NDArray[np.float64]

_PROGRAMS = region(Synth.POLY800, "programs")
_PROGRAM_LENGTH = PROGRAM_LENGTH[Synth.POLY800]
#: A program is called right if the chance that any of its bytes is wrong is below this.
_DOUBT = 0.02


class State(enum.StrEnum):
    """What a program read from a tape is worth."""

    RIGHT = "right"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True)
class ProgramReading:
    """One of the 64 programs as it was read."""

    number: int
    program: Program
    state: State
    reasons: tuple[str, ...]
    """Why it is not called right."""
    weak: tuple[int, ...] = ()
    """Its bytes of weak signal, as places in the tape image."""

    @property
    def sound(self) -> bool:
        """Whether it is called right."""
        return self.state is State.RIGHT


@dataclass(frozen=True)
class Trace:
    """What the half-waves of a dump looked like, for diagnosis: one entry per half-wave."""

    seconds: FloatArray
    lengths: FloatArray
    """Microseconds."""
    scales: FloatArray
    """Length scale tracked: 1 is nominal, 2 a tape at half speed."""
    explained: FloatArray
    """Part of the signal the half-wave explains, 0 to 1."""
    levels: FloatArray
    """Level of the recording, in its own units (1 is full scale)."""


@dataclass(frozen=True)
class Dump:
    """One dump found in a recording, complete or not."""

    image: bytes
    """The 1,636 bytes; 00 where nothing was read."""
    confidence: FloatArray
    """(1636,): probability that each byte is right, 0 where nothing was read."""
    complete: bool
    """Every byte is there, the checksum is right, and no other reading with a right checksum is likely."""
    begin: float
    """Seconds at which the first byte that was read begins."""
    end: float
    head: bool
    """The sync bytes were found after a leader or pause."""
    tail: bool
    """The last byte is followed by a trailer or the end of the signal."""
    front: str
    """How the recording was filtered for this reading."""
    scale: float
    """Median length scale: 1 nominal, 2 a tape at half speed."""
    repaired: tuple[int, ...] = ()
    """Places where the checksum decided between readings."""
    alternatives: tuple[Alternative, ...] = ()
    trace: Trace | None = None
    sources: int = 1
    """How many takes were merged into this dump."""
    channel: str = "mono"
    """Which channel of the recording was read."""

    @property
    def checksum_rule(self) -> str | None:
        """The rule by which the checksum is right (:func:`luthier.poly800.memory.checksum_rule`)."""
        return checksum_rule(self.image)

    @property
    def programs(self) -> tuple[ProgramReading, ...]:
        """The 64 programs in the order of the memory."""
        return tuple(self._program(index) for index in range(PROGRAM_COUNT))

    @property
    def programs_right(self) -> int:
        """How many of the 64 programs are called right."""
        return sum(reading.sound for reading in self.programs)

    @property
    def speed(self) -> float:
        """Tape speed as part of nominal."""
        return 1.0 / self.scale

    def same_time(self, other: Dump) -> bool:
        """Whether ``other`` covers mostly the same time of the recording."""
        overlap = min(self.end, other.end) - max(self.begin, other.begin)
        return overlap > 0.5 * min(self.end - self.begin, other.end - other.begin)

    def _program(self, index: int) -> ProgramReading:
        begin = len(TAPE_HEADER) + _PROGRAMS.offset + index * _PROGRAM_LENGTH
        place = slice(begin, begin + _PROGRAM_LENGTH)
        program = Program(self.image[place])
        number = program_number(index)
        if self.complete:
            return ProgramReading(number, program, State.RIGHT, ())
        confidence = self.confidence[place]
        missing = int(np.count_nonzero(confidence == 0.0))
        if missing == _PROGRAM_LENGTH:
            return ProgramReading(number, program, State.MISSING, ("no signal was read here",))
        reasons = []
        if missing:
            reasons.append(f"{missing} of its {_PROGRAM_LENGTH} bytes were not read")
        weak = tuple(
            begin + offset for offset in range(_PROGRAM_LENGTH) if 0.0 < confidence[offset] < 1 - _DOUBT
        )
        if len(weak) == 1:
            reasons.append(f"weak signal at byte {weak[0]}")
        elif weak:
            reasons.append(
                f"weak signal at {len(weak)} of its {_PROGRAM_LENGTH} bytes, the first at byte {weak[0]}"
            )
        elif not missing and 1.0 - float(np.prod(confidence)) > _DOUBT:
            reasons.append("weak signal throughout")
        reasons.extend(program.problems())
        state = State.DOUBTFUL if reasons else State.RIGHT
        return ProgramReading(number, program, state, tuple(reasons), weak)


@dataclass(frozen=True)
class TapeReading:
    """Everything found in one recording."""

    dumps: tuple[Dump, ...]
    duration: float
    """Seconds."""
    rate: int
    stretches: tuple[tuple[float, float], ...] = ()
    """Where half-waves were heard, seconds."""

    @property
    def complete(self) -> bool:
        """Whether at least one dump is complete."""
        return any(dump.complete for dump in self.dumps)


def empty_image() -> tuple[bytearray, FloatArray]:
    """An image of which nothing is known, and its confidence."""
    return bytearray(TAPE_IMAGE_LENGTH), np.zeros(TAPE_IMAGE_LENGTH)


def rank(dump: Dump) -> tuple[bool, float]:
    """Better dumps come later: complete ones, then by the expected number of right bytes."""
    return dump.complete, float(dump.confidence.sum())
