"""The keyboard's words, queue and range."""

from __future__ import annotations

import pytest

from luthier.errors import InputError
from luthier.kn5000.tone_generator.keybed import KEYS, Keybed, KeyEvent, read_event, relay


def test_words_of_keys() -> None:
    # (velocity << 8) | (key | 0x80) for down, 0xFF00 | key for up; middle C is key 24.
    assert KeyEvent(24, True, 0x4D).word == 0x4D98
    assert KeyEvent(24, False).word == 0xFF18
    assert KeyEvent(24, True, 0x4D).note == 60


def test_every_word_reads_back() -> None:
    for key in range(KEYS):
        assert read_event(KeyEvent(key, False).word) == KeyEvent(key, False)
        for velocity in range(256):
            event = KeyEvent(key, True, velocity)
            assert read_event(event.word) == event


def test_there_are_61_keys() -> None:
    assert (KeyEvent(0, False).note, KeyEvent(60, False).note) == (36, 96)
    for key in (-1, 61):
        with pytest.raises(InputError, match="key"):
            KeyEvent(key, True)


def test_status_tells_while_an_event_waits() -> None:
    keybed = Keybed()
    assert keybed.read_status() == 0
    keybed.press(60, 0x20)
    keybed.release(60)
    assert keybed.read_status() == 1
    assert keybed.read_data() == 0x2098
    assert keybed.read_status() == 1
    assert keybed.read_data() == 0xFF18
    assert keybed.read_status() == 0
    assert keybed.read_data() == 0


def test_the_relay_to_the_main_cpu() -> None:
    assert relay(KeyEvent(24, True, 0x20), 100) == bytes((0x90, 60, 100))
    assert relay(KeyEvent(24, False), 100) == bytes((0x90, 60, 0))
