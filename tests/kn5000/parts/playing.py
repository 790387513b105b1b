"""Parts on a RAM of their own, with sounds that only say what was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from luthier.kn5000.parts import Parts
from luthier.kn5000.sounds.strike import Strike
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.transport.sub_ram import SubRam


@dataclass(frozen=True)
class AskedFor:
    """A sound that knows how it was asked for."""

    program: int
    bank: tuple[int, int]
    drums: bool
    name: str = ""
    category: int = 0

    def strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        """Nothing sounds."""
        return ()


class NamedSounds:
    """Every program there can be."""

    title = "for tests"

    @property
    def recordings(self) -> Bank:
        """There are none."""
        raise NotImplementedError

    def sound(self, program: int, bank: tuple[int, int] = (0, 0), *, drums: bool = False) -> AskedFor:
        """The sound that was asked for."""
        return AskedFor(program, bank, drums)


def new_parts(levels: list[int] | None = None) -> Parts:
    """Parts at power on."""
    return Parts(SubRam(), NamedSounds(), levels=levels)
