"""A rotary speaker: a horn for the highs, a drum for the lows, each with a motor of two speeds.

Both sides are heard as one; two microphones stand a quarter of a turn apart.  What turns away comes later and
softer.  A rotor goes from one speed to the other in a straight line, in WIND UP or WIND DOWN seconds.

Open questions
- The machine's model. Modelled are the crossover (800 Hz), the radius of the horn (18 cm) and of the drum
  (5 cm), and how much softer the far side is (by 55 % and 70 % at full depth).
- Whether WIND UP and WIND DOWN are the whole way or a share of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Samples
from luthier.dsp.loops import loop
from luthier.dsp.moving_tap import between
from luthier.dsp.oscillator import TURN, sine
from luthier.kn5000.effects.units.gliding import TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.unit import RATE, Frames, Parameter, Unit, percent

_LINE: Final = 256  #: frames
_MIDDLE: Final = 40.0  #: frames of way at least, and as many at most
_SOUND: Final = 343.0  #: m/s
_RADII: Final = (0.18, 0.05)  #: m, horn and drum
_SHADES: Final = (0.55, 0.7)
_CROSSOVER: Final = math.tan(math.pi * 800 / RATE)
_SCALE: Final = 1 / (1 + _CROSSOVER * (_CROSSOVER + 2))
_FRAME: Final = 1 / RATE  #: seconds
_TINY: Final = 1e-30
#: Numbers: of horn and drum, frames that they move sound, and how much softer it comes from the far side.
_MOVING: Final = 4
#: Past: speed, angle (turns), wanted speed, steps up and down, of horn and drum; states of the crossover.
_SPEED, _ANGLE, _WANTED, _UP, _DOWN = range(5)
_PER_ROTOR: Final = 5
_FILTER: Final = 2 * _PER_ROTOR


@loop
def _rotate(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    g = _CROSSOVER
    for i in range(len(frames)):
        time = words[TIME] + i
        glide(numbers, words, time, _MOVING)
        # Both filters of a Linkwitz-Riley crossover from one state-variable filter, its Q a half.
        band, low = past[_FILTER], past[_FILTER + 1]
        mean = 0.5 * (np.float64(frames[i, 0]) + np.float64(frames[i, 1]))
        now = (band + g * (mean - low)) * _SCALE
        then = low + g * now
        band, low = 2 * now - band, 2 * then - low
        past[_FILTER] = band if abs(band) > _TINY else 0.0
        past[_FILTER + 1] = low if abs(low) > _TINY else 0.0
        lows, highs = then, -(mean - 2 * now - then)
        left = right = 0.0
        for rotor in range(2):
            at = rotor * _PER_ROTOR
            speed, wanted = past[at + _SPEED], past[at + _WANTED]
            way = wanted - speed
            past[at + _SPEED] = speed + max(-past[at + _DOWN], min(past[at + _UP], way))
            angle = past[at + _ANGLE] + past[at + _SPEED] * _FRAME
            past[at + _ANGLE] = angle - np.floor(angle)
            memory[rotor * _LINE + (time & (_LINE - 1))] = highs if rotor == 0 else lows
            turned = int(past[at + _ANGLE] * TURN)
            for side in range(2):
                away = sine(turned + side * (TURN // 4))
                delay = _MIDDLE + numbers[2 * rotor] * away
                value = between(memory, rotor * _LINE, _LINE, time, delay)
                heard = (1 - numbers[2 * rotor + 1] * 0.5 * (1 + away)) * value
                if side == 0:
                    left += heard
                else:
                    right += heard
        frames[i, 0], frames[i, 1] = left, right
    words[TIME] += len(frames)


def _slow(rotor: str) -> str:
    """The machine leaves the horn's name away here."""
    return "SLOW" if rotor == "TREBLE" else f"{rotor} SLOW"


def _motor(
    rotor: str, mark: str, depth: float, fast: float, slow: float, up: float, down: float
) -> tuple[Parameter, ...]:
    return (
        percent(f"{rotor} DEPTH", depth),
        Parameter(f"{rotor} FAST", "Hz", 0.1, 10, fast),
        Parameter(_slow(rotor), "Hz", 0.1, 10, slow),
        Parameter(f"WIND UP{mark}", "s", 0.05, 20, up),
        Parameter(f"WIND DOWN{mark}", "s", 0.05, 20, down),
    )


class Rotors(Unit):
    """Horn and drum."""

    parameters: tuple[Parameter, ...] = (
        *_motor("TREBLE", "", 70, 6.8, 0.8, 1.0, 1.5),
        *_motor("BASS", " 2", 60, 6.0, 0.7, 4.0, 5.0),
        Parameter("SLOW/FAST", "", 0, 1, 1, choices=("SLOW", "FAST")),
    )

    def __init__(self) -> None:
        super().__init__(_rotate, _MOVING, past=_FILTER + 2, memory=2 * _LINE)
        self._rotors = self._past[:_FILTER].reshape(2, _PER_ROTOR)

    @property
    def speeds(self) -> tuple[float, float]:
        """Hz of horn and drum, now."""
        return float(self._rotors[0, _SPEED]), float(self._rotors[1, _SPEED])

    def _shape(self, settings: Mapping[str, float]) -> None:
        for number, (rotor, mark) in enumerate((("TREBLE", ""), ("BASS", " 2"))):
            depth = settings[f"{rotor} DEPTH"] / 100
            self._wanted[2 * number : 2 * number + 2] = (
                depth * _RADII[number] / _SOUND * RATE,
                depth * _SHADES[number],
            )
            fast, slow = settings[f"{rotor} FAST"], settings[_slow(rotor)]
            span = max(abs(fast - slow), 0.1)
            up, down = (span / (settings[f"WIND {way}{mark}"] * RATE) for way in ("UP", "DOWN"))
            self._rotors[number, _WANTED:] = (fast if settings["SLOW/FAST"] else slow, up, down)

    def reset(self) -> None:
        """As new, but for what is set; the rotors are at their speeds."""
        super().reset()
        self._rotors[:, _ANGLE] = 0
        self._rotors[:, _SPEED] = self._rotors[:, _WANTED]

    def clear(self) -> None:
        """Forget all sound; the rotors go on."""
        self._past[_FILTER:] = 0
        self._memory[:] = 0

    def skip(self, frames: int) -> None:
        """Let time go by in silence."""
        self.process(np.zeros((frames, 2), np.float32))
