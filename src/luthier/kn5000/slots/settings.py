"""Messages 2C to all channels that change a word beside the slots or the output.

====  =======================================================
byte  what its payload sets
====  =======================================================
01    first gain of the output, 02 its curve, 06 the second gain
07    the word that slot 3 takes at +0C while 08 is not 0
21    link of slot 1; 22, 24 and 25 of slots 2, 3 and 4
23    slow or fast of the rotary speakers in slot 0
====  =======================================================

Source: listing, CmdHandler2C_JumpDispatch and the ten routines at 0x036205.

Open questions
- What the word of slot 3 is to its effects: its fifth parameter's place.
"""

from __future__ import annotations

from enum import Enum, auto

from luthier.kn5000.slots import layout
from luthier.kn5000.slots.changes import ROCK_ROTARY, ROTARY
from luthier.kn5000.transport import dsp_loop, dsp_messages
from luthier.kn5000.transport.sub_ram import SubRam

ROTOR_SPEED = 0x45B0
FIRST_GAIN, CURVE, SECOND_GAIN = 0x45B2, 0x45B4, 0x45B6
_WORDS = {0x01: FIRST_GAIN, 0x02: CURVE, 0x06: SECOND_GAIN, 0x07: dsp_loop.OVERRIDE_VALUE}
_WORDS |= {0x08: dsp_loop.OVERRIDE_WANTED, 0x23: ROTOR_SPEED}
_LINKS = {0x21: 1, 0x22: 2, 0x24: 3, 0x25: 4}
_OUTPUT = (0x01, 0x02, 0x06)
_VALUE, _WANTED, _ROTOR = 0x07, 0x08, 0x23
_ALL_CHANNELS = bytes([dsp_messages.CHANNELS, 0, 8])
#: Slow or fast in slot 0: +1E.
_ROTOR_OF_SLOT_0 = dsp_messages.slot_address(0) + 2 * layout.ROTOR
START_SPEED = 1


class Then(Enum):
    """What has to be done after a setting."""

    NOTHING = auto()
    MIX = auto()
    APPLY = auto()


def start(ram: SubRam) -> None:
    """The words as they are at the start."""
    ram.set_word(ROTOR_SPEED, START_SPEED)
    for address in (FIRST_GAIN, CURVE, SECOND_GAIN, dsp_loop.OVERRIDE_VALUE, dsp_loop.OVERRIDE_WANTED):
        ram.set_word(address, 0)


def take(ram: SubRam, header: bytes, payload: bytes) -> tuple[str, Then]:
    """Store what a message of the ring sets: what it was, nothing if it sets nothing, and what follows."""
    which = header[3]
    if header[:3] != _ALL_CHANNELS or not payload or not (which in _WORDS or which in _LINKS):
        return "", Then.NOTHING
    value = payload[0]
    if which in _OUTPUT:
        ram.set_word(_WORDS[which], value)
        return f"output {which:02X} = {value}", Then.MIX
    if which in _WORDS:
        ram.set_word(_WORDS[which], value)
    if which == _VALUE and not ram.word(dsp_loop.OVERRIDE_WANTED):
        return f"word of slot 3 = {value}, not used", Then.NOTHING
    ram.set_word(layout.LIVE, 0)
    if which in _LINKS:
        slot = _LINKS[which]
        ram.set_word(dsp_messages.slot_address(slot) + 2 * layout.LINKED, value)
        return f"link of slot {slot} = {value}", Then.APPLY
    if which == _ROTOR:
        return f"speed of the rotary speaker = {value}", Then.APPLY if give_speed(ram) else Then.NOTHING
    wanted = ram.word(dsp_loop.OVERRIDE_WANTED) != 0
    ram.set_word(dsp_loop.OVERRIDDEN, ram.word(dsp_loop.OVERRIDE_VALUE) if wanted else 0)
    name = "use of the word" if which == _WANTED else "word"
    return f"{name} of slot 3 = {value}", Then.APPLY


def give_speed(ram: SubRam) -> bool:
    """Put the speed into slot 0 if a rotary speaker is there."""
    if ram.word(dsp_messages.slot_address(0)) not in (ROCK_ROTARY, ROTARY):
        return False
    ram.set_word(_ROTOR_OF_SLOT_0, ram.word(ROTOR_SPEED))
    return True
