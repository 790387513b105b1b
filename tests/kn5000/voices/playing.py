"""Parts that tests set as they like, sounds of one sine, and what plays them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.kn5000.tone_generator.sounding import RATE, SINE_NOTE, sine_bank

from luthier.kn5000.parts.state import Change, PartState
from luthier.kn5000.sounds.strike import Segment, Sound, Strike
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices.voices import TICK, Voices

Samples = NDArray[np.float32]


def sine(key: float, velocity: int = 100, **changes: Any) -> Strike:
    """A sine at once at full level, let go within 0.2 s for 60 dB."""
    plain = Strike(selector=0, pitch=key, level=0.0, amplitude=(Segment(0.0, 0.001),), release=0.2)
    return replace(plain, **changes)


@dataclass
class OneSound:
    """A sound whose strikes a function makes of key and velocity."""

    make: Callable[[int, int], tuple[Strike, ...]] = lambda key, velocity: (sine(key, velocity),)
    name: str = "sine"
    category: int = 0

    def strikes(self, key: int, velocity: int) -> tuple[Strike, ...]:
        return self.make(key, velocity)


@dataclass
class SetParts:
    """26 parts whose state and sound are set by the test."""

    sounds: list[Sound] = field(default_factory=lambda: [OneSound()] * 26)
    states: list[PartState] = field(default_factory=lambda: [PartState()] * 26)

    def sound(self, part: int) -> Sound:
        return self.sounds[part]

    def state(self, part: int) -> PartState:
        return self.states[part]

    def portamento_taken(self, part: int) -> None:
        self.states[part] = self.states[part]._replace(portamento_from=None)


class Played:
    """Voices on a tone generator, ticking as the engine has them tick."""

    def __init__(self, *sounds: Sound, bank: Bank | None = None, log: bool = False, **options: Any) -> None:
        self.ram = SubRam()
        self.parts = SetParts()
        for part, sound in enumerate(sounds):
            self.parts.sounds[part] = sound
        self.generator = ToneGenerator(bank or sine_bank(), log=log)
        self.voices = Voices(self.ram, self.parts, self.generator, **options)

    def set(self, part: int, change: Change, **values: Any) -> None:
        """A message that changes the state of a part."""
        self.parts.states[part] = self.parts.states[part]._replace(**values)
        self.voices.update(part, change)

    def render(self, frames: int) -> Samples:
        """The next frames, (n, 2)."""
        pieces = []
        while frames > 0:
            if self.voices.ticking and self.generator.time % TICK == 0:
                self.voices.tick()
            count = min(frames, TICK - self.generator.time % TICK)
            pieces.append(self.generator.render(count))
            frames -= count
        return np.concatenate(pieces) if pieces else np.zeros((0, 2), np.float32)


#: The note that the sine plays at its own rate.
OWN = SINE_NOTE


def off_pitch(signal: Samples, frequency: float) -> float:
    """Cents that a component is off ``frequency``, from how its phase goes on; it is off by little."""
    half = len(signal) // 2
    turning = np.exp(-2j * np.pi * frequency / RATE * np.arange(2 * half)) * signal[: 2 * half]
    window = np.blackman(half)
    first, second = np.sum(turning[:half] * window), np.sum(turning[half:] * window)
    found = frequency + float(np.angle(second / first)) / (2 * np.pi * half) * RATE
    return 1200 * float(np.log2(found / frequency))


def key_hertz(note: float) -> float:
    """Of a MIDI note, fractions allowed."""
    return float(440 * 2 ** ((note - 69) / 12))
