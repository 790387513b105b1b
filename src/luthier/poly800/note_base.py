"""Which MIDI note a stored note code means: MIDI note = code + note base.

Open question
- The MkII service manual (page 9) gives codes 36 to 84 "same as MIDI": base 0.  The one real dump with a
  sequence has codes 14 to 57, some below the lowest key under that rule; they fit the 49 keys with base 24,
  unless an editor wrote them.  Neither is confirmed on a machine, so the base can be given; otherwise the
  codes decide if they can, and base 0, the printed rule, is taken if they cannot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from luthier.errors import UsageError
from luthier.poly800.sequence import Sequence

#: The keys C to C of the 49-note keyboard as MIDI notes (MkII service manual; MkII MIDI implementation).
LOWEST_KEY = 36
HIGHEST_KEY = 84

PRINTED = 0
OBSERVED = 24
_BASES = (PRINTED, OBSERVED)


@dataclass(frozen=True)
class NoteBase:
    """``offset`` is added to a stored code to get the MIDI note; ``reason`` says why this one was taken.

    ``certain`` is true only if the caller gave it.
    """

    offset: int
    reason: str
    certain: bool = False

    def midi_note(self, code: int) -> int:
        """The MIDI note of a stored code; may lie outside 0 to 127 for codes that mean nothing."""
        return code + self.offset

    def code(self, midi_note: int) -> int:
        """The stored code of a MIDI note."""
        return midi_note - self.offset


def given(offset: int) -> NoteBase:
    """A note base the user chose; raises InputError unless the 49 keys fit into the codes with it."""
    if not HIGHEST_KEY - 0x7F <= offset <= LOWEST_KEY - 3:
        raise UsageError(f"note base {offset}", remedy=f"give {PRINTED} or {OBSERVED}")
    return NoteBase(offset, "as given", certain=True)


def guess(sequence: Sequence) -> NoteBase:
    """The base under which more of the notes lie on the keyboard; the printed one if they do not tell."""
    codes = [code for step in sequence.steps for code in step.codes]
    if not codes:
        return NoteBase(PRINTED, "no notes to judge by; the service manual's rule is taken")
    outside = {base: _outside(codes, base) for base in _BASES}
    span = f"codes {min(codes)} to {max(codes)}"
    if outside[PRINTED] == outside[OBSERVED]:
        return NoteBase(PRINTED, f"{span} fit both rules alike; the service manual's is taken")
    best = min(_BASES, key=lambda base: outside[base])
    other = max(_BASES, key=lambda base: outside[base])
    return NoteBase(
        best,
        f"{span}: {outside[best]} of {len(codes)} notes lie off the keyboard with base {best},"
        f" {outside[other]} with base {other}",
    )


def _outside(codes: Iterable[int], base: int) -> int:
    return sum(not LOWEST_KEY <= code + base <= HIGHEST_KEY for code in codes)


_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def note_name(midi_note: int) -> str:
    """``C4`` for 60, middle C; 36 to 84, the keys of the synth, are C2 to C6."""
    return f"{_NAMES[midi_note % 12]}{midi_note // 12 - 1}"
