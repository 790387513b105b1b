"""Delays that slow waves move: chorus, ensemble, mix up, flanger, vibrato, celeste, modulation delay.

To either side a line with up to three taps.  Each tap's delay is a place, a slow wave and a fast one; the
taps of a side are equal shares of a turn apart, and the right side is ahead of the left by another.  What
the first tap gives may go in again.

Times and depths are modelled; speeds are exact (``luthier.dsp.slow_waves``).

Open questions
- Delays and greatest depths of all of these, the number of taps, the shares of a turn between the sides.
- What is noise in NOISE FLANGER: here the wave goes from chance to chance.
- What CEL, CELM and STRING are: here a celeste, a modulated one, and an ensemble of wide sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from luthier.dsp.delay_lines import Place, Samples
from luthier.dsp.loops import loop_of_parts, part
from luthier.dsp.moving_tap import MARGIN, SHORTEST, between, between_all
from luthier.dsp.slow_waves import RANDOM, SINE, TURN, increment, wave
from luthier.kn5000.effects.units import shapes
from luthier.kn5000.effects.units.gliding import MOVING, ROWS, TIME, Numbers, Words, glide
from luthier.kn5000.effects.units.shapes import fade, shaped
from luthier.kn5000.effects.units.unit import PHASE, RATE, WAVEFORM, Frames, Parameter, Unit, percent, speed

_MOVING: Final = 10
_DELAY, _SPACING, _SLOW, _FAST, _FEEDBACK, _APART, _LEVEL, _LATER, _FEEDBACK_2, _LEVEL_2 = range(_MOVING)
#: Words behind time and motion: three phases, three increments, then these.
_PHASES, _STEPS, _TAPS, _SIZE, _SHAPE = 2, 5, 8, 9, 10
#: Of the words of a shape: frames that the one before is still heard.
_FADES: Final = 2
_SMALLEST = np.float32(1e-20)
_LINE: Final = 4096  #: frames: 93 ms
_LONG_LINE: Final = 32_768
#: Frames that are done at once while nothing glides, and the fewest for which that is quicker.
_MOST: Final = 256
_FEWEST: Final = 24


@loop_of_parts
def _move(frames: Frames, numbers: Numbers, words: Words, past: Numbers, memory: Samples) -> None:
    done, count = 0, len(frames)
    still = _is_still(numbers, words)
    while done < count:
        piece = _at_once(numbers, words) if still else 0
        if piece:
            piece = min(piece, count - done)
            _move_many(frames, done, piece, numbers, words, past, memory)
        else:
            piece = count - done if not still else min(count - done, _FEWEST)
            for i in range(done, done + piece):
                _move_one(frames, i, numbers, words, memory)
        done += piece


@part
def _is_still(numbers: Numbers, words: Words) -> bool:
    """Whether all numbers are where they are wanted: then :func:`glide` has nothing to do."""
    still = True
    for row in range(2, ROWS):
        for i in range(_MOVING):
            still &= numbers[i] == numbers[row * _MOVING + i]
    if still:
        words[MOVING] = 0
    return still


@part
def _at_once(numbers: Numbers, words: Words) -> int:
    """How many frames do not depend on each other; 0 if too few."""
    sway = abs(numbers[_SLOW]) + abs(numbers[_FAST])
    last = numbers[_DELAY] + (words[_TAPS] - 1) * numbers[_SPACING]
    longest = max(numbers[_DELAY], last) + max(0.0, numbers[_LATER]) + sway
    count = _MOST
    if numbers[_FEEDBACK] != 0 or numbers[_FEEDBACK_2] != 0:
        shortest = numbers[_DELAY] + min(0.0, numbers[_LATER]) - sway
        count = min(count, int(max(shortest, 0.0)) - MARGIN)
    fits = longest + count + 2 * MARGIN < words[_SIZE] and words[_SHAPE + _FADES] <= 0
    return count if fits and count >= _FEWEST else 0


@part
def _move_many(
    frames: Frames, first: int, count: int, numbers: Numbers, words: Words, past: Numbers, memory: Samples
) -> None:
    """Frames of which none goes into another: to the same bits as one by one."""
    size, time, taps = words[_SIZE], words[TIME], words[_TAPS]
    scratch = 2 * size
    for side in range(2):
        start, heard, again = side * size, scratch + side * _MOST, scratch + 2 * _MOST
        feedback = np.float32(numbers[_FEEDBACK_2] if side == 1 else numbers[_FEEDBACK])
        level = np.float32(numbers[_LEVEL_2] if side == 1 else numbers[_LEVEL])
        found = memory[heard : heard + _MOST]
        if feedback == 0:
            _write(frames, first, count, side, feedback, found, start, size, time, memory)
        for i in range(count):
            found[i] = 0
        for tap in range(taps):
            _delays(numbers, words, side, tap, count, past)
            between_all(memory, start, size, time, count, past, found)
            if tap == 0 and feedback != 0:
                for i in range(count):
                    memory[again + i] = found[i]
        if feedback != 0:
            first_tap = memory[again : again + _MOST]
            _write(frames, first, count, side, feedback, first_tap, start, size, time, memory)
        for i in range(count):
            frames[Place(first + i), side] = level * found[i]
    for number in range(3):
        words[_PHASES + number] += count * words[_STEPS + number]
    words[TIME] += count


@part
def _write(
    frames: Frames,
    first: int,
    count: int,
    side: int,
    feedback: np.float32,
    again: Samples,
    start: int,
    size: int,
    time: int,
    memory: Samples,
) -> None:
    done = 0
    while done < count:
        place = (time + done) & (size - 1)
        piece = min(count - done, size - place)
        go, come = Place(start + place), Place(first + done)
        for i in range(piece):
            into = frames[come + Place(i), side]
            if feedback != 0:
                into += feedback * again[Place(done + i)]
            memory[go + Place(i)] = into if abs(into) > _SMALLEST else np.float32(0)
        done += piece


@part
def _delays(numbers: Numbers, words: Words, side: int, tap: int, count: int, delays: Numbers) -> None:
    """The delays of a tap in frames, as they come."""
    longest = float(words[_SIZE] - MARGIN)
    turned = side * int(numbers[_APART] * TURN) + tap * TURN // words[_TAPS]
    middle, shape = numbers[_DELAY] + side * numbers[_LATER] + tap * numbers[_SPACING], words[_SHAPE]
    slow, fast = numbers[_SLOW], numbers[_FAST]
    phase, step = words[_PHASES] + turned, words[_STEPS]
    if shape == SINE:
        for i in range(count):
            delays[i] = middle + slow * wave(phase + (i + 1) * step, SINE)
    else:
        for i in range(count):
            delays[i] = middle + slow * wave(phase + (i + 1) * step, shape)
    if fast != 0:
        phase, step = words[_PHASES + 1 + side] + turned, words[_STEPS + 1 + side]
        for i in range(count):
            delays[i] += fast * wave(phase + (i + 1) * step, SINE)
    for i in range(count):
        delays[i] = max(SHORTEST, min(delays[i], longest))


@part
def _move_one(frames: Frames, i: int, numbers: Numbers, words: Words, memory: Samples) -> None:
    """One frame."""
    taps, size, time = words[_TAPS], words[_SIZE], words[TIME]
    longest = float(size - MARGIN)
    glide(numbers, words, time, _MOVING)
    fade(words, _SHAPE)
    for number in range(3):
        words[_PHASES + number] += words[_STEPS + number]
    for side in range(2):
        ahead = side * int(numbers[_APART] * TURN)
        slow, fast = words[_PHASES] + ahead, words[_PHASES + 1 + side] + ahead
        total, first = np.float32(0), np.float32(0)
        middle = numbers[_DELAY] + side * numbers[_LATER]
        feedback, level = numbers[_FEEDBACK], numbers[_LEVEL]
        if side == 1:
            feedback, level = numbers[_FEEDBACK_2], numbers[_LEVEL_2]
        for tap in range(taps):
            turned = tap * TURN // taps
            delay = middle + tap * numbers[_SPACING] + numbers[_SLOW] * shaped(words, _SHAPE, slow + turned)
            if numbers[_FAST] != 0:
                delay += numbers[_FAST] * wave(fast + turned, SINE)
            value = between(memory, side * size, size, time, max(SHORTEST, min(delay, longest)))
            total += value
            first = value if tap == 0 else first
        into = frames[i, side] + np.float32(feedback) * first
        memory[side * size + (time & (size - 1))] = into if abs(into) > _SMALLEST else np.float32(0)
        frames[i, side] = np.float32(level) * total
    words[TIME] += 1


class MovingTaps(Unit):
    """All of the family; each member says delays in milliseconds."""

    def __init__(self, taps: int, *, line: int = _LINE) -> None:
        super().__init__(
            _move, _MOVING, waves=3, words=2 + shapes.WORDS, past=_MOST, memory=2 * line + 3 * _MOST
        )
        self._words[[_TAPS, _SIZE]] = taps, line
        self._share = taps**-0.5

    def arrive(self) -> None:
        """Become at once what is wanted."""
        super().arrive()
        shapes.arrive(self._words, _SHAPE)

    def aim(
        self,
        delay: float,
        *,
        spacing: float = 0,
        slow: float = 0,
        fast: float = 0,
        later: float = 0,
        feedback: float = 0,
        feedback_2: float | None = None,
        apart: float = 0.25,
        speeds: tuple[float, ...] = (0,),
        shape: float = 0,
    ) -> None:
        """Milliseconds, to either side of the delay; turns between the sides; Hz of the waves."""
        frames = RATE / 1000
        right = feedback if feedback_2 is None else feedback_2
        levels = [self._share * (1 - again * again) ** 0.5 for again in (feedback, right)]
        self._wanted[:] = (
            delay * frames,
            spacing * frames,
            slow * frames,
            fast * frames,
            feedback,
            apart,
            levels[0],
            later * frames,
            right,
            levels[1],
        )
        slow_speed, *fast_speeds = speeds
        fast_speeds = (fast_speeds * 2)[:2] or [0.0, 0.0]
        self._words[_STEPS : _STEPS + 3] = [increment(each, RATE) for each in (slow_speed, *fast_speeds)]
        shapes.choose(self._words, _SHAPE, shape)


class Chorus(MovingTaps):
    """One tap to either side, a quarter of a turn apart."""

    parameters: tuple[Parameter, ...] = (percent("DEPTH", 60), speed("LFO SPEED", 0.6), WAVEFORM)
    _TAPS, _DELAY, _SPACING, _DEPTH, _APART = 1, 14.0, 0.0, 5.0, 0.25

    def __init__(self) -> None:
        super().__init__(self._TAPS)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self.aim(
            self._DELAY,
            spacing=self._SPACING,
            slow=self._DEPTH * settings["DEPTH"] / 100,
            apart=self._APART,
            speeds=(settings["LFO SPEED"],),
            shape=settings["LFO WAVEFORM"],
        )


class Ensemble(Chorus):
    """Three taps to either side, a third of a turn apart."""

    _TAPS, _DELAY, _SPACING, _DEPTH, _APART = 3, 9.0, 3.5, 4.0, 0.5


class Celeste(Chorus):
    """Two taps, the sides against each other: a slight detuning without a wave to be heard."""

    parameters: tuple[Parameter, ...] = (percent("DEPTH", 40), speed("LFO SPEED", 0.4), WAVEFORM)
    _TAPS, _DELAY, _SPACING, _DEPTH, _APART = 2, 18.0, 4.0, 3.0, 0.5


class ModulatedChorus(MovingTaps):
    """A slow and a fast wave; the balance says how much of the depth is the fast one's."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 60),
        speed("SLOW LFO SPEED", 0.4),
        speed("FAST LFO SPEED", 5.2),
        percent("FAST LFO BALANCE", 30),
        WAVEFORM,
    )
    _TAPS, _DELAY, _SPACING, _SLOW, _FAST, _APART = 2, 12.0, 4.0, 5.0, 0.6, 0.25

    def __init__(self) -> None:
        super().__init__(self._TAPS)

    def _shape(self, settings: Mapping[str, float]) -> None:
        depth, balance = settings["DEPTH"] / 100, settings["FAST LFO BALANCE"] / 100
        self.aim(
            self._DELAY,
            spacing=self._SPACING,
            slow=self._SLOW * depth * (1 - balance),
            fast=self._FAST * depth * balance,
            apart=self._APART,
            speeds=(settings["SLOW LFO SPEED"], settings["FAST LFO SPEED"]),
            shape=settings["LFO WAVEFORM"],
        )


class ModulatedCeleste(ModulatedChorus):
    """A celeste with a fast wave as well."""

    _TAPS, _DELAY, _SPACING, _SLOW, _FAST, _APART = 2, 18.0, 4.0, 3.0, 0.4, 0.5


class Strings(Chorus):
    """Three taps and wide sides: an orchestra's strings from few."""

    _TAPS, _DELAY, _SPACING, _DEPTH, _APART = 3, 8.0, 5.0, 4.5, 0.25


class MixUp(MovingTaps):
    """A slow wave in common, a fast one for each side."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 60),
        speed("SLOW LFO SPEED", 0.4),
        speed("FAST LFO SPEED L", 4.0),
        speed("FAST LFO SPEED R", 5.2),
        PHASE,
        WAVEFORM,
    )

    def __init__(self) -> None:
        super().__init__(2)

    def _shape(self, settings: Mapping[str, float]) -> None:
        depth = settings["DEPTH"] / 100
        self.aim(
            12,
            spacing=5,
            slow=4 * depth,
            fast=0.5 * depth,
            apart=settings["PHASE"] / 360,
            speeds=tuple(
                settings[name] for name in ("SLOW LFO SPEED", "FAST LFO SPEED L", "FAST LFO SPEED R")
            ),
            shape=settings["LFO WAVEFORM"],
        )


class Flanger(MovingTaps):
    """Short delays that feed themselves; MANUAL says where they move about."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 70),
        speed("LFO SPEED", 0.2),
        Parameter("RESONANCE", "%", -95, 95, 60),
        Parameter("MANUAL", "ms", 0.1, 10, 2),
        PHASE,
        WAVEFORM,
    )

    def __init__(self) -> None:
        super().__init__(1)

    def _shape(self, settings: Mapping[str, float]) -> None:
        manual = settings["MANUAL"]
        self.aim(
            manual,
            slow=settings["DEPTH"] / 100 * (manual - 0.05),
            feedback=settings["RESONANCE"] / 100,
            apart=settings["PHASE"] / 360,
            speeds=(settings["LFO SPEED"],),
            shape=settings["LFO WAVEFORM"],
        )


class NoiseFlanger(Flanger):
    """A flanger that can go from chance to chance."""

    parameters: tuple[Parameter, ...] = (
        *Flanger.parameters[:-1],
        Parameter("LFO WAVEFORM", "", 0, 3, RANDOM, choices=(*WAVEFORM.choices, "NOISE")),
    )


class Vibrato(MovingTaps):
    """The pitch alone: 4 ms at full depth."""

    parameters: tuple[Parameter, ...] = (
        percent("DEPTH", 30),
        speed("LFO SPEED", 5.2),
        Parameter("PHASE", "degrees", 0, 180, 0),
        WAVEFORM,
    )

    def __init__(self) -> None:
        super().__init__(1)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self.aim(
            5,
            slow=4 * settings["DEPTH"] / 100,
            apart=settings["PHASE"] / 360,
            speeds=(settings["LFO SPEED"],),
            shape=settings["LFO WAVEFORM"],
        )


class ModulationDelay(MovingTaps):
    """An echo that a wave moves (modelled: no list of its parameters is known)."""

    parameters: tuple[Parameter, ...] = (
        Parameter("DELAY L", "ms", 10, 350, 250, "exact"),
        Parameter("DELAY R", "ms", 10, 350, 330, "exact"),
        Parameter("FEEDBACK L", "%", -95, 95, 40),
        Parameter("FEEDBACK R", "%", -95, 95, 40),
        percent("MODULATION DEPTH", 40),
        speed("LFO SPEED", 0.6),
        WAVEFORM,
    )
    patience = _LONG_LINE

    def __init__(self) -> None:
        super().__init__(1, line=_LONG_LINE)

    def _shape(self, settings: Mapping[str, float]) -> None:
        self.aim(
            settings["DELAY L"],
            slow=5 * settings["MODULATION DEPTH"] / 100,
            later=settings["DELAY R"] - settings["DELAY L"],
            feedback=settings["FEEDBACK L"] / 100,
            feedback_2=settings["FEEDBACK R"] / 100,
            speeds=(settings["LFO SPEED"],),
            shape=settings["LFO WAVEFORM"],
        )
