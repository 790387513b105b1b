"""A reverb: early reflections, all-passes, and sixteen lines that feed each other.

A block comes out one block after it went in.  Taps are read a block sooner to make up for it.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.dsp import all_pass as diffusion
from luthier.dsp import feedback_network
from luthier.dsp.all_pass import all_pass
from luthier.dsp.delay_lines import BLOCK, Place, Samples, places, read, write
from luthier.dsp.feedback_network import LINES, circulate
from luthier.dsp.loops import part
from luthier.dsp.oscillator import TURN, step
from luthier.kn5000.effects.approach import approached, arrived, is_heard, is_silent, swelling
from luthier.kn5000.effects.characters import (
    RATE,
    TAPS,
    Room,
    damping,
    early_taps,
    late_gain,
    line_delays,
)

Words = NDArray[np.int64]

_EARLY_SIZE: Final = 16_384  # frames: 200 ms before it, 80 ms of reflections
_EARLY_STRIDE: Final = places(1, _EARLY_SIZE)
#: Frames of the all-passes, left and right: primes from 3 to 13 ms; gains as Dattorro has them (1997).
_DIFFUSERS: Final = np.array((163, 229, 397, 563, 179, 211, 421, 541))
_DIFFUSER_GAINS: Final = np.array((0.75, 0.75, 0.625, 0.625), np.float32)
#: Hz of the waves that move the lines, each in four phases: slow, and none a multiple of another.
_WAVES = (0.31, 0.43, 0.59, 0.83)
_STEPS: Final = np.array([step(wave, RATE, BLOCK) for wave in _WAVES] * 4)
_SWITCH_BLOCKS: Final = 16  # 12 ms to fade before the room changes
#: Blocks of silence, after which all that is in the lines went round at least twice.
_PATIENCE: Final = 1024
#: Sixteen lines of this make -100 dBFS at most.
_QUIET = np.float32(10**-5 / 4)

# Numbers: what moves slowly, and where it goes.
_INPUT, _LATE, _LEVEL, _DEPTH = range(4)
_MOVING: Final = 4
# Words.
_PREDELAY, _SWITCH, _CALM, ASLEEP, _IDLE, _SETTLED = range(6)
_CONTROL: Final = 6


class Tank(NamedTuple):
    """All state of a reverb."""

    early: Samples
    diffusers: Samples
    lines: Samples
    states: Samples
    filters: Samples
    wanted_filters: Samples
    numbers: Samples
    wanted_numbers: Samples
    tap_gains: Samples
    wanted_tap_gains: Samples
    fed: Samples
    moved: Samples
    fours: Samples
    lanes: Samples
    words: Words
    wanted_words: Words
    delays: Words
    wanted_delays: Words
    taps: Words
    wanted_taps: Words
    phases: Words


_AT: Final = tuple(
    accumulate(
        (
            places(2, _EARLY_SIZE),
            8 * diffusion.STRIDE,
            feedback_network.MEMORY,
            feedback_network.STATES,
            2 * feedback_network.FILTER,
            feedback_network.FILTER,
            2 * _MOVING,
            _MOVING,
            2 * TAPS,
            2 * TAPS,
            4 * BLOCK,
            2 * LINES,
            feedback_network.SCRATCH,
            feedback_network.SCRATCH,
        ),
        initial=0,
    )
)
_WORDS_AT: Final = tuple(accumulate((_CONTROL, 1, LINES, LINES, 2 * TAPS, 2 * TAPS, LINES), initial=0))
#: Places that a reverb takes of the samples and of the words.
SAMPLES: Final = _AT[-1]
WORDS: Final = _WORDS_AT[-1]


@part
def within(samples: Samples, words: Words) -> Tank:
    """The reverb that lies in these."""
    return Tank(
        early=samples[: _AT[1]],
        diffusers=samples[_AT[1] : _AT[2]],
        lines=samples[_AT[2] : _AT[3]],
        states=samples[_AT[3] : _AT[4]],
        filters=samples[_AT[4] : _AT[5]],
        wanted_filters=samples[_AT[5] : _AT[6]],
        numbers=samples[_AT[6] : _AT[7]],
        wanted_numbers=samples[_AT[7] : _AT[8]],
        tap_gains=samples[_AT[8] : _AT[9]],
        wanted_tap_gains=samples[_AT[9] : _AT[10]],
        fed=samples[_AT[10] : _AT[11]],
        moved=samples[_AT[11] : _AT[12]],
        fours=samples[_AT[12] : _AT[13]],
        lanes=samples[_AT[13] : _AT[14]],
        words=words[: _WORDS_AT[1]],
        wanted_words=words[_WORDS_AT[1] : _WORDS_AT[2]],
        delays=words[_WORDS_AT[2] : _WORDS_AT[3]],
        wanted_delays=words[_WORDS_AT[3] : _WORDS_AT[4]],
        taps=words[_WORDS_AT[4] : _WORDS_AT[5]],
        wanted_taps=words[_WORDS_AT[5] : _WORDS_AT[6]],
        phases=words[_WORDS_AT[6] : _WORDS_AT[7]],
    )


def empty(tank: Tank) -> None:
    """Make an empty room of zeros."""
    tank.words[[ASLEEP, _IDLE]] = 1
    tank.phases[:] = np.arange(LINES) // len(_WAVES) * (TURN // 4)


def rest(tank: Tank, blocks: int) -> None:
    """Let so many silent blocks go by while it is asleep: only the waves go on."""
    tank.phases[:] += blocks * _STEPS
    if blocks:
        tank.words[_IDLE] = 1


def shape(tank: Tank, room: Room, time: float, predelay: float, level: float, early: float = 1) -> None:
    """Say which room it is to become.

    Seconds to fall by 60 dB, seconds before it, gain, and gain of the reflections.
    """
    tank.words[_SETTLED] = 0
    tank.wanted_delays[:] = line_delays(room)
    tank.wanted_taps[:], gains = early_taps(room)
    tank.wanted_tap_gains[:] = gains * np.float32(early)
    tank.wanted_filters[:] = damping(room, time, tank.wanted_delays).astype(np.float32).ravel()
    late = late_gain(room, time, tank.wanted_delays)
    tank.wanted_numbers[:] = (1, late, level, room.depth)
    tank.wanted_words[_PREDELAY] = round(predelay * RATE)


@part
def _adopt(tank: Tank) -> None:
    """Become what is wanted, at once and empty."""
    tank.early[:] = 0
    tank.diffusers[:] = 0
    tank.lines[:] = 0
    tank.states[:] = 0
    arrived(tank.filters, tank.wanted_filters, feedback_network.FILTER)
    arrived(tank.numbers, tank.wanted_numbers, _MOVING)
    for i in range(LINES):
        tank.delays[i] = tank.wanted_delays[i]
        tank.taps[i] = tank.wanted_taps[i]
        tank.tap_gains[i] = tank.wanted_tap_gains[i]
    tank.words[_PREDELAY] = tank.wanted_words[_PREDELAY]
    tank.words[_SWITCH] = 0
    tank.words[_CALM] = 0


@part
def _enter_softly(tank: Tank) -> None:
    """What is sent was going on before: it swells."""
    tank.numbers[_INPUT] = tank.numbers[_MOVING + _INPUT] = 0


@part
def _faded(words: Words) -> float:
    """Gain of a room that is about to be changed: in an S, so that it begins and ends softly."""
    share = words[_SWITCH] / _SWITCH_BLOCKS
    return float(1 - share * share * (3 - 2 * share))


@part
def _change_room(tank: Tank) -> bool:
    """Whether another room is wanted: it fades out, and is exchanged when nothing is heard any more."""
    words, delays, wanted = tank.words, tank.delays, tank.wanted_delays
    changes = words[_PREDELAY] != tank.wanted_words[_PREDELAY]
    for line in range(LINES):
        changes |= delays[line] != wanted[line]
    if changes and words[_SWITCH] == _SWITCH_BLOCKS:
        _adopt(tank)
        _enter_softly(tank)
        changes = False
    words[_SWITCH] = min(words[_SWITCH] + 1, _SWITCH_BLOCKS) if changes else 0
    return bool(changes)


@part
def _diffuse(tank: Tank, time: int) -> None:
    """What goes to the lines: later by the pre-delay, and thickened."""
    # Taken out of the tuple once: that costs more than a short loop.
    early, fed, memory, late = tank.early, tank.fed, tank.diffusers, time - tank.words[_PREDELAY]
    for side in range(2):
        read(early, side * _EARLY_STRIDE, _EARLY_SIZE, late, fed, side * BLOCK)
        for place in range(4):
            number = 4 * side + place
            start = number * diffusion.STRIDE
            all_pass(memory, start, time, _DIFFUSERS[number], _DIFFUSER_GAINS[place], fed, side * BLOCK)


@part
def _reflection(tank: Tank, number: int, time: int) -> tuple[np.uint64, np.float32]:
    """Where a reflection is to be read, and its gain."""
    side, tap = number // TAPS, number % TAPS
    start = (side ^ 1 if tap % 3 == 2 else side) * _EARLY_STRIDE
    late = (time - tank.taps[number]) & (_EARLY_SIZE - 1)
    return Place(start + late), tank.tap_gains[number]


@part
def _reflect(tank: Tank, time: int) -> None:
    """Add the early reflections to what comes out: four at a time."""
    early, fed = tank.early, tank.fed
    now = time + BLOCK - tank.words[_PREDELAY]
    for number in range(0, 2 * TAPS, 4):
        one, gain_one = _reflection(tank, number, now)
        two, gain_two = _reflection(tank, number + 1, now)
        three, gain_three = _reflection(tank, number + 2, now)
        four, gain_four = _reflection(tank, number + 3, now)
        go = Place((2 + number // TAPS) * BLOCK)
        for frame in range(BLOCK):
            i = Place(frame)
            fed[go + i] = (
                fed[go + i]
                + gain_one * early[one + i]
                + gain_two * early[two + i]
                + gain_three * early[three + i]
                + gain_four * early[four + i]
            )


@part
def _fall_asleep(tank: Tank, time: int, active: bool) -> None:
    """Once in 256 frames: has everything died?"""
    words = tank.words
    looked = (time // BLOCK) % 8 == 7
    if active or (looked and not is_silent(tank.lanes, feedback_network.SCRATCH, _QUIET)):
        words[_CALM] = 0
    else:
        words[_CALM] += 1
    if looked and words[_CALM] >= _PATIENCE:
        _adopt(tank)
        words[ASLEEP] = 1


@part
def reverberate(tank: Tank, time: int, sent: Samples, out: Samples) -> None:
    """One block: adds what comes back of ``sent`` to ``out``, left then right; ``sent`` is used up."""
    words, numbers, fed = tank.words, tank.numbers, tank.fed
    heard = is_heard(sent, 2 * BLOCK)
    active = bool(heard and (numbers[_INPUT] > 0 or tank.wanted_numbers[_INPUT] > 0))
    idle = words[_IDLE]
    words[_IDLE] = not heard
    if words[ASLEEP]:
        if not heard or tank.wanted_numbers[_INPUT] == 0:
            for line in range(LINES):
                tank.phases[line] += _STEPS[line]
            return
        _adopt(tank)
        words[ASLEEP] = 0
        if not idle:
            _enter_softly(tank)
    fade = _faded(words)
    changes = _change_room(tank)
    entering, late, level = numbers[_INPUT], numbers[_LATE], numbers[_LEVEL]
    if not changes:
        fade = 1.0
        approached(numbers, tank.wanted_numbers, _MOVING)
        if not words[_SETTLED]:
            words[_SETTLED] = approached(tank.filters, tank.wanted_filters, feedback_network.FILTER)
    fade_end = _faded(words)

    for side in range(2):
        swelling(sent, side * BLOCK, entering, numbers[_INPUT])
        write(tank.early, side * _EARLY_STRIDE, _EARLY_SIZE, time, sent, side * BLOCK)
    _diffuse(tank, time)
    circulate(
        tank.lines,
        time,
        tank.delays,
        numbers[_DEPTH],
        tank.phases,
        _STEPS,
        tank.filters,
        tank.states,
        fed,
        tank.moved,
        tank.fours,
        tank.lanes,
    )
    for side in range(2):
        swelling(fed, (2 + side) * BLOCK, late, numbers[_LATE])
    _reflect(tank, time)
    for side in range(2):
        begin, end = level * fade, numbers[_LEVEL] * fade_end
        swelling(fed, (2 + side) * BLOCK, begin, end)
    for i in range(2 * BLOCK):
        out[i] += fed[2 * BLOCK + i]
    _fall_asleep(tank, time, active)
