"""Voices that follow the parts' own controllers, and nothing that hangs whatever is sent."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.kn5000.tone_generator.sounding import RATE, decibels, sine_bank
from tests.kn5000.voices.playing import OneSound, Samples, key_hertz, off_pitch

from luthier.kn5000.parts import Parts
from luthier.kn5000.sounds.built_in import BuiltInSounds
from luthier.kn5000.sounds.strike import Sound, SoundSet
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.recordings import Bank
from luthier.kn5000.transport.sub_ram import SubRam
from luthier.kn5000.voices import TICK, Voices


class Sines:
    """Every program is a sine."""

    title = "sines"

    def __init__(self) -> None:
        self.recordings: Bank = sine_bank()

    def sound(self, program: int, bank: tuple[int, int] = (0, 0), *, drums: bool = False) -> Sound:
        del program, bank, drums
        return OneSound()


class Machine:
    """Parts, voices and tone generator on one RAM."""

    def __init__(self, sounds: SoundSet) -> None:
        ram = SubRam()
        self.parts = Parts(ram, sounds)
        self.generator = ToneGenerator(sounds.recordings)
        self.voices = Voices(ram, self.parts, self.generator)

    def control(self, part: int, number: int, value: int) -> None:
        self.voices.update(part, self.parts.control(part, number, value))

    def render(self, frames: int) -> Samples:
        pieces = []
        while frames > 0:
            count = min(frames, TICK - self.generator.time % TICK)
            pieces.append(self.generator.render(count))
            frames -= count
            if self.voices.ticking and self.generator.time % TICK == 0:
                self.voices.tick()
        return np.concatenate(pieces)


def test_volume_and_expression_move_what_sounds() -> None:
    machine = Machine(Sines())
    machine.voices.note_on(0, 69, 100)
    machine.control(0, 7, 127)
    machine.control(0, 11, 127)
    machine.render(4000)
    loud = abs(machine.render(4000)).max()
    machine.control(0, 11, 64)
    machine.render(4000)
    # General MIDI: 40 log10(64 / 127) dB.
    quieter = decibels(abs(machine.render(4000)).max() / loud)
    assert quieter == pytest.approx(40 * np.log10(64 / 127), abs=0.05)
    machine.control(0, 7, 0)
    machine.render(4000)
    assert abs(machine.render(4000)).max() == 0


def test_a_bend_of_a_range_of_twelve() -> None:
    machine = Machine(Sines())
    for number, value in ((101, 0), (100, 0), (6, 12)):
        machine.control(0, number, value)
    machine.voices.note_on(0, 57, 100)
    machine.render(1000)
    machine.voices.update(0, machine.parts.bend(0, 8192 + 4096))
    machine.render(1000)
    assert abs(off_pitch(machine.render(RATE)[:, 0], key_hertz(63))) < 0.25


def test_pedals_by_their_controllers() -> None:
    machine = Machine(Sines())
    for number in (64, 66):
        machine.voices.note_on(0, 60, 100)
        machine.control(0, number, 127)
        machine.render(2000)
        machine.voices.note_off(0, 60)
        machine.render(RATE)
        assert machine.voices.sounding == 1
        machine.control(0, number, 0)
        machine.render(RATE)
        assert machine.voices.sounding == 0


def test_a_release_made_shorter_while_the_key_is_down_counts() -> None:
    machine = Machine(Sines())
    machine.voices.note_on(0, 60, 100)
    machine.render(2000)
    machine.control(0, 72, 0)
    machine.voices.note_off(0, 60)
    # 0.2 s for 60 dB, halved four times; all 96 dB take 20 ms.
    machine.render(round(0.025 * RATE))
    assert machine.voices.sounding == 0


@pytest.mark.parametrize("seed", range(4))
def test_nothing_hangs_whatever_is_sent(seed: int) -> None:
    rolls = random.Random(seed)
    sounds = BuiltInSounds()
    machine = Machine(sounds)
    down: list[tuple[int, int]] = []
    for part in range(16):
        machine.voices.update(part, machine.parts.program(part, rolls.randrange(128)))
    for _ in range(500):
        part, roll = rolls.randrange(16), rolls.random()
        if roll < 0.5:
            note = rolls.randrange(128)
            machine.voices.note_on(part, note, rolls.randrange(1, 128))
            down.append((part, note))
        elif roll < 0.8 and down:
            machine.voices.note_off(*down.pop(rolls.randrange(len(down))))
        elif roll < 0.97:
            number = rolls.choice(
                [1, 5, 7, 10, 11, 64, 65, 66, 67, 72, 73, 74, 75, 84, 91, 93, 120, 123, 126, 127]
            )
            machine.control(part, number, rolls.randrange(128))
        else:
            machine.voices.update(part, machine.parts.bend(part, rolls.randrange(16384)))
        if rolls.random() < 0.3:
            machine.render(rolls.randrange(1, 2000))
    for key in down:
        machine.voices.note_off(*key)
    for part in range(16):
        for pedal in (64, 66):
            machine.control(part, pedal, 0)
        machine.control(part, 72, 0)
    # What was let go before the release became shorter may take 30 s, which is the longest there is.
    for _ in range(31):
        machine.render(RATE)
        if not machine.voices.sounding:
            break
    assert machine.voices.sounding == 0
    assert abs(machine.render(1000)).max() == 0
