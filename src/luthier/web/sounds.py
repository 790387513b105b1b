"""Sounds of the Poly-800 family as pages send them."""

from __future__ import annotations

import msgspec

from luthier.errors import InputError
from luthier.poly800.program import Program
from luthier.poly800.synth import Synth


class Sound(msgspec.Struct, forbid_unknown_fields=True):
    """A program as a page has it: its bytes, hexadecimal, and panel values that were changed since."""

    packed: str
    values: dict[str, int] = {}

    def program(self) -> Program:
        """The program; raises InputError for what is none, and for values out of range."""
        try:
            program = Program(bytes.fromhex(self.packed))
        except ValueError:
            raise InputError("these are no bytes of a program", remedy="reload the page") from None
        return program.replacing(
            {name: value for name, value in self.values.items() if program[name] != value}
        )


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a page says besides MIDI: up to which frame it wants sound; what to play; the keys HOLD and CHORD.

    ``bank`` is the key of the bank whose chord and sequence are played; ``sequence`` starts or stops it.
    """

    want: int | None = None
    synth: Synth | None = None
    sound: Sound | None = None
    hold: bool | None = None
    bank: str | None = None
    chord: bool | None = None
    sequence: bool | None = None
    tempo: float = 120.0
    quiet: bool = False
