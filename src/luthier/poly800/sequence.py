"""The step sequence in the memory: bytes to steps and back, every byte kept.

``00`` ends the sequence, ``01`` is a rest, ``02`` a tie (the step before goes on sounding); everything else
is a note.  A note whose top bit is set is the last or only one of its step, without it more notes of the same
step follow.  Source: MkII service manual, page 9, with the example in the tests.

Open questions
- Poly-800 and EX-800: presumed to be coded as the MkII's service manual says; no data of either was at hand.
- The limit of 256 steps on the MkII: its one real dump with a sequence has exactly 256 in 274 bytes, so that
  the limit counts steps there.  Poly-800 and EX-800 count notes, rests and ties (EX-800 manual), one byte
  each, and have 256 bytes.
- Whether a sequence that fills the whole memory needs an end mark.  It is read without one, but never written
  without, which costs the last byte.
- What the synth does with notes that are followed by 00, 01 or 02 before one has its top bit set, and with
  more than eight notes in a step.  Both are kept as found and reported.
- Which note a code means: see note_base.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from luthier.errors import InputError
from luthier.poly800.synth import Synth

#: MkII service manual, page 9.
END = 0x00
REST = 0x01
TIE = 0x02
LAST_OF_STEP = 0x80

#: Steps of a sequence: see the open questions.
STEP_LIMIT = 256
#: Bytes of the sequence memory (the Poly-800 mailing-list thread; MkII manual as quoted there).
CAPACITY = {Synth.POLY800: 256, Synth.EX800: 256, Synth.MK2: 1000}
#: Voices of the synth (four when both oscillators are used, mode "double").
VOICES = 8


class Kind(Enum):
    """What happens in a step."""

    NOTES = "notes"
    REST = "rest"
    TIE = "tie"


@dataclass(frozen=True)
class Step:
    """One step: ``codes`` are its notes as stored, 0 to 127, in stored order; none for a rest or tie.

    ``closed`` is false if no note of the step has its top bit set, which no sequencer should have written.
    Raises InputError for notes that no bytes can express.
    """

    kind: Kind
    codes: tuple[int, ...] = ()
    closed: bool = True

    def __post_init__(self) -> None:
        if (self.kind is Kind.NOTES) != bool(self.codes) or not (self.closed or self.codes):
            raise InputError(f"a step of kind {self.kind.value} with {len(self.codes)} notes")
        # Without their top bit, 00 to 02 would be end mark, rest and tie.
        last = len(self.codes) - 1 if self.closed else len(self.codes)
        for place, code in enumerate(self.codes):
            lowest = 0 if place == last else TIE + 1
            if not lowest <= code < LAST_OF_STEP:
                raise InputError(
                    f"note code {code} cannot be stored here", remedy=f"give {lowest} to {LAST_OF_STEP - 1}"
                )

    def encoded(self) -> bytes:
        """The bytes of the step."""
        if self.kind is Kind.REST:
            return bytes([REST])
        if self.kind is Kind.TIE:
            return bytes([TIE])
        if not self.closed:
            return bytes(self.codes)
        return bytes([*self.codes[:-1], self.codes[-1] | LAST_OF_STEP])


@dataclass(frozen=True)
class Sequence:
    """The content of a sequence memory.

    ``ended`` tells whether an end mark stands behind the steps; ``remains`` are the stale bytes behind it.
    ``sequence.encoded()`` gives back exactly the bytes it was decoded from.
    """

    steps: tuple[Step, ...]
    ended: bool = True
    remains: bytes = b""

    def encoded(self) -> bytes:
        """Steps, end mark and remains: a whole sequence memory if this was decoded from one."""
        return self.body + (bytes([END]) + self.remains if self.ended else b"")

    @property
    def body(self) -> bytes:
        """The bytes of the steps alone; each note, rest and tie takes one."""
        return b"".join(step.encoded() for step in self.steps)

    def offsets(self) -> Iterator[tuple[int, Step]]:
        """Every step with the byte offset in the sequence memory at which it begins."""
        offset = 0
        for step in self.steps:
            yield offset, step
            offset += len(step.encoded())

    def problems(self) -> list[str]:
        """Everything no sequencer of the family should have written, with byte offsets."""
        found = []
        for number, (offset, step) in enumerate(self.offsets(), start=1):
            where = f"step {number} at sequence byte {offset}"
            if not step.closed:
                found.append(f"{where}: no note of it is marked as its last")
            if len(step.codes) > VOICES:
                found.append(f"{where}: {len(step.codes)} notes; the synth has {VOICES} voices")
        if len(self.steps) > STEP_LIMIT:
            found.append(f"{len(self.steps)} steps; the sequencer has room for {STEP_LIMIT}")
        return found

    def over(self, memory: bytes) -> bytes:
        """``memory`` with this sequence written over its beginning and an end mark; the rest stays.

        Raises InputError, with the step and its byte offset, if it does not fit.
        """
        fitting, _ = self.fitting(len(memory))
        if len(fitting.steps) < len(self.steps):
            first = len(fitting.steps)
            offset = len(fitting.body)
            raise InputError(
                f"{len(self.steps)} steps in {len(self.body)} bytes do not fit; there is room for"
                f" {STEP_LIMIT} steps and {len(memory) - 1} bytes",
                where=f"step {first + 1} at sequence byte {offset}",
                remedy=f"leave at most {first} steps",
            )
        start = self.body + bytes([END])
        return start + memory[len(start) :]

    def fitting(self, capacity: int) -> tuple[Sequence, int]:
        """As many whole steps as fit into ``capacity`` bytes with an end mark, and how many did not."""
        kept: list[Step] = []
        used = 0
        for step in self.steps[:STEP_LIMIT]:
            used += len(step.encoded())
            if used > capacity - 1:
                break
            kept.append(step)
        return Sequence(tuple(kept)), len(self.steps) - len(kept)


def decode(memory: bytes) -> Sequence:
    """The sequence in a sequence memory of any length; every byte string is one."""
    steps: list[Step] = []
    pending: list[int] = []
    for position, byte in enumerate(memory):
        if byte & LAST_OF_STEP:
            steps.append(Step(Kind.NOTES, (*pending, byte & ~LAST_OF_STEP)))
            pending = []
            continue
        if byte > TIE:
            pending.append(byte)
            continue
        steps += _unclosed(pending)
        pending = []
        if byte == END:
            return Sequence(tuple(steps), True, memory[position + 1 :])
        steps.append(Step(Kind.REST if byte == REST else Kind.TIE))
    return Sequence((*steps, *_unclosed(pending)), False)


def _unclosed(pending: Iterable[int]) -> tuple[Step, ...]:
    codes = tuple(pending)
    return (Step(Kind.NOTES, codes, closed=False),) if codes else ()
