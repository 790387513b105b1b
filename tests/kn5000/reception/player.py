"""As much of an engine as messages need: parts, settings, reception, and voices that only listen."""

from __future__ import annotations

from tests.kn5000.parts.playing import new_parts

from luthier.kn5000.effects import Rack
from luthier.kn5000.parts import Change, Parts
from luthier.kn5000.reception import Reception, Settings


class Followers:
    """Voices that only write down what they were told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, Change]] = []

    def update(self, part: int, change: Change) -> None:
        self.told.append((part, change))


class Player:
    """As much of an engine as messages need."""

    def __init__(self) -> None:
        self.parts: Parts = new_parts()
        self.voices = Followers()
        self.effects = Rack()
        self.settings = Settings(self.parts, self.voices, self.effects)
        self.reception = Reception(self, self.parts.unsupported)

    def receive(self, *messages: str) -> None:
        for message in messages:
            self.reception.receive(bytes.fromhex(message))

    def note_on(self, part: int, note: int, velocity: int) -> None:
        """Nothing sounds here."""

    def note_off(self, part: int, note: int) -> None:
        """Nothing sounds here."""

    def control(self, part: int, number: int, value: int) -> None:
        self.parts.control(part, number, value)

    def program(self, part: int, number: int) -> None:
        self.parts.program(part, number)

    def bend(self, part: int, value: int) -> None:
        self.parts.bend(part, value)

    def pressure(self, part: int, value: int) -> None:
        self.parts.pressure(part, value)
