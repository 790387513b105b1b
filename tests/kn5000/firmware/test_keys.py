"""Keys and their touch: what the main CPU is told, as luthier.kn5000.voices.keyboard has it."""

from __future__ import annotations

import random

import pytest
from tests.kn5000.firmware.sub_machine import SubMachine, fresh_machine

from luthier.kn5000.tone_generator.keybed import READY, KeyEvent
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.voices import keyboard


@pytest.fixture
def machine() -> SubMachine:
    made = fresh_machine()
    made.packet("AUDIO_CMDHANDLER_A0_BF", bytes([0x00, 0x01]))
    return made


def play(machine: SubMachine, *events: KeyEvent) -> bytes:
    """What the main CPU is told of keys."""
    machine.keys.waiting += [(READY, event.word) for event in events]
    machine.latch.sent.clear()
    machine.call("TONEGEN_PROCESS_NOTES")
    return bytes(machine.latch.sent)


@pytest.mark.parametrize("mode", range(10))
def test_touch_becomes_the_documented_velocity(mode: int, machine: SubMachine) -> None:
    machine.packet("AUDIO_CMDHANDLER_A0_BF", bytes([0x01, mode]))
    chance = random.Random(mode)
    for touch in (*range(1, 255, 23), 254):
        key = chance.randrange(61)
        event = KeyEvent(key, True, touch)
        expected = bytes([0x90, event.note, keyboard.velocity(touch, event.note, mode)])
        assert play(machine, event) == Packet(keyboard.HANDLER, expected).encoded
        play(machine, KeyEvent(key, False))


def test_a_key_that_goes_up_is_told_once(machine: SubMachine) -> None:
    down, up = KeyEvent(24, True, 50), KeyEvent(24, False)
    assert len(play(machine, down)) == 4
    assert play(machine, up) == bytes([0x42, 0x90, 60, 0])
    assert play(machine, up) == b""


def test_all_keys_that_wait_are_told_in_one_round(machine: SubMachine) -> None:
    assert len(play(machine, *(KeyEvent(key, True, 60) for key in (0, 12, 60)))) == 3 * 4


def test_nothing_is_told_before_the_main_cpu_asks() -> None:
    assert play(fresh_machine(), KeyEvent(24, True, 50)) == b""
