"""The keys: read from the tone generator's port, given a velocity, and passed on to the main CPU.

The sub CPU plays nothing of its own when a key goes down.  It tells the main CPU, which sends notes back
for the parts that the key belongs to (listing, ToneGen_Process_Notes at 0x03D01E).

A byte for each MIDI note from 0x4A4C on is FF while its key is down, so that a key that came up twice is told
once.  They were published as 16 slots: the code adds the note to the address, and 61 keys use 0x4A70 to
0x4AAC.

How hard a key was struck is the time it took, small for hard.  The port's byte goes through a falling curve,
a straight line about 77 that depends on the touch mode, less something for black keys, and a rising curve
(listing, 0x03D11F).

Modelled

* the falling curve at 0x01F43E: 255 up to 8, then 32 less for each doubling, from 64 on one less for each
  step down to 1 at 222; 0 from 254 on. The ends are the ROM's, what lies between is within 3 of it
* the division of the straight line rounds towards zero, as the processor's other divisions do

Open questions
- Bit 1 of the status: with it set, a key that goes down is taken for one without velocity and dropped.
"""

from __future__ import annotations

import math
from typing import Final, Protocol

from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.keybed import READY, read_event
from luthier.kn5000.transport.sub_ram import RELAY_ENABLED, TONE_GENERATOR_MODE, SubRam

#: One byte for each MIDI note (listing, 0x03D02E).
HELD: Final = 0x4A4C
IS_HELD, IS_UP = 0xFF, 0x00
#: Where the message is put together (listing, 0x03D02E).
MESSAGE: Final = 0x4A42
NOTE_ON: Final = 0x90
#: The main CPU's handler of what the keys say (listing, 0x03D02E).
HANDLER: Final = 2

#: Gain, base and what black keys have less, for each touch mode (listing of the data, 0x01F420).
TOUCHES: Final = (
    (0x00, 0xD0, 0x00),
    (0x10, 0xC7, 0x03),
    (0x20, 0xBD, 0x06),
    (0x30, 0xB4, 0x08),
    (0x40, 0xAB, 0x0B),
    (0x50, 0xA1, 0x0E),
    (0x60, 0x98, 0x10),
    (0x70, 0x8F, 0x13),
    (0x80, 0x86, 0x16),
    (0x90, 0x82, 0x18),
)
#: Facts 2.10: 0x01F418 and 0x01F41A.
PIVOT, DIVISOR = 77, 128
BLACK_KEYS: Final = (1, 3, 6, 8, 10)
_NO_VELOCITY: Final = 0xFF
_QUALIFIER: Final = 2  #: bit 1 of the status


class MainCpu(Protocol):
    """What takes messages for the main CPU: the receiver at the latch."""

    def send(self, handler: int, message: bytes) -> None:
        """A message for one of its handlers."""


def hardness(touch: int) -> int:
    """The falling curve: 255 for the hardest, of the port's byte 0 to 255."""
    if touch <= 8:
        return 255
    if touch >= 254:
        return 0
    if touch < 64:
        return round(255 - 32 * math.log2(touch / 8))
    return max(223 - touch, 1)


def softened(value: int) -> int:
    """The rising curve at 0x01F53E: MIDI velocity of 0 to 255.

    The soft half becomes 1 to 16; from 144 on a step is a step.

    >>> softened(144), softened(255)
    (16, 127)
    """
    if value == 0:
        return 1
    if value < 96:
        return 2
    if value < 99:
        return 3
    # Thirteen steps of 3 or 4 in a row, as the ROM has them.
    return 4 + math.floor((value - 98.8) / 3.65) if value < 144 else value - 128


def velocity(touch: int, note: int, mode: int) -> int:
    """The MIDI velocity 1 to 127 of a key's touch 0 to 255 in a touch mode 0 to 9."""
    gain, base, black = TOUCHES[mode]
    line = math.trunc((hardness(touch) - PIVOT) * gain / DIVISOR) + base
    if note % 12 in BLACK_KEYS:
        line -= black
    return softened(min(max(line, 0), 255))


class Keyboard:
    """The keys' path to the main CPU."""

    def __init__(self, ram: SubRam, generator: ToneGenerator) -> None:
        self._ram = ram
        self._keybed = generator.keybed

    def process(self, main_cpu: MainCpu) -> None:
        """Read all keys that wait at the port; once the main CPU has asked for them, tell it."""
        while True:
            status = self._keybed.read_status()
            if not status & READY:
                return
            word = self._keybed.read_data()
            event = read_event(word)
            without = word >> 8 == _NO_VELOCITY or bool(status & _QUALIFIER)
            if without and event.down:
                return  # dropped, and no further key is read in this round
            held = HELD + event.note
            if event.down:
                mode = min(self._ram.byte(TONE_GENERATOR_MODE), len(TOUCHES) - 1)
                self._ram.set_byte(held, IS_HELD)
                self._tell(event.note, velocity(event.velocity, event.note, mode), main_cpu)
            elif self._ram.byte(held) == IS_HELD:
                self._ram.set_byte(held, IS_UP)
                self._tell(event.note, 0, main_cpu)

    def _tell(self, note: int, loudness: int, main_cpu: MainCpu) -> None:
        message = bytes((NOTE_ON, note, loudness))
        self._ram.store(MESSAGE, message)
        if self._ram.byte(RELAY_ENABLED) == 1:
            main_cpu.send(HANDLER, message)
