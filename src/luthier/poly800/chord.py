"""The chord memory: up to eight bytes, ended by 00 (MkII service manual, page 9).

Open questions
- Whether the bytes are notes or intervals.  The one real dump with a chord holds 04 03 07, too low for notes
  under either rule of note_base.py and more like intervals; it is not known from which note they would count.
- Poly-800 and EX-800: which of the eleven bytes are the chord.  Those of the factory tape begin with 00.
"""

from __future__ import annotations

from dataclasses import dataclass

from luthier.errors import InputError

#: MkII service manual, page 9; one note for each voice.
NOTE_LIMIT = 8
_END = 0x00


@dataclass(frozen=True)
class Chord:
    """The content of a chord memory: ``codes`` up to the end mark, and the stale bytes behind it.

    What the codes mean is unknown (notes or intervals).
    """

    codes: tuple[int, ...]
    ended: bool = True
    remains: bytes = b""

    def encoded(self) -> bytes:
        """Exactly the bytes it was decoded from."""
        return bytes(self.codes) + (bytes([_END]) + self.remains if self.ended else self.remains)

    def over(self, memory: bytes) -> bytes:
        """``memory`` with this chord written over its beginning; raises InputError if it does not fit."""
        room = min(NOTE_LIMIT, len(memory))
        if len(self.codes) > room:
            raise InputError(f"a chord of {len(self.codes)} notes", remedy=f"give at most {room}")
        start = bytes(self.codes) + (bytes([_END]) if len(self.codes) < room else b"")
        return start + memory[len(start) :]


def decode(memory: bytes) -> Chord:
    """The chord in a chord memory of any length; every byte string is one."""
    end = memory.find(_END, 0, NOTE_LIMIT)
    if end < 0:
        return Chord(tuple(memory[:NOTE_LIMIT]), False, memory[NOTE_LIMIT:])
    return Chord(tuple(memory[:end]), True, memory[end + 1 :])
