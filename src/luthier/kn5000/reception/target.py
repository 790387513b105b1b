"""What reception asks of whatever plays: an engine, or a test that writes down what it was asked."""

from __future__ import annotations

from typing import Protocol


class SystemSettings(Protocol):
    """What system exclusive messages set and no channel message can."""

    def reset(self, standard: str) -> None:
        """As at power on, in the manner of ``gm``, ``gm2``, ``gs`` or ``xg``."""

    def set_master(self, setting: str, value: float) -> None:
        """``volume`` 0 to 1, ``pan`` -1 to 1, ``tuning`` and ``transpose`` in semitones."""

    def set_effect(self, address: int, value: int) -> None:
        """Reverb or chorus by the last byte of GS's address 40 01 xx."""

    def set_drums(self, part: int, kit_map: int) -> None:
        """Let a part play drums of GS's map 1 or 2, or, with 0, programs."""

    def set_drum(self, part: int, key: int, what: str, value: int) -> None:
        """``level``, ``pan``, ``tuning``, ``reverb`` or ``chorus`` of one drum, 0 to 127."""

    def set_drum_of_map(self, kit_map: int, key: int, what: str, value: int) -> None:
        """The same for all parts with one of the two maps."""

    def set_scale(self, part: int, first: int, semitones: tuple[float, ...]) -> None:
        """Tune notes of the octave, from the note ``first`` (0 is C) on."""

    def set_voices_wanted(self, part: int, count: int) -> None:
        """Keep voices for a part."""


class Target(Protocol):
    """Whatever plays.  Parts are 0 to 15 here, numbers and values 0 to 127 unless said otherwise."""

    @property
    def settings(self) -> SystemSettings:
        """Where system exclusive messages go."""

    def note_on(self, part: int, note: int, velocity: int) -> None:
        """Strike a key."""

    def note_off(self, part: int, note: int) -> None:
        """Let a key go."""

    def control(self, part: int, number: int, value: int) -> None:
        """A controller; also 80 to 82 hex, the program's own bend range, fine and coarse tuning."""

    def program(self, part: int, number: int) -> None:
        """A program, of the bank that controllers 0 and 32 chose."""

    def bend(self, part: int, value: int) -> None:
        """0 to 16383, 8192 in the middle."""

    def pressure(self, part: int, value: int) -> None:
        """Pressure of a channel."""
