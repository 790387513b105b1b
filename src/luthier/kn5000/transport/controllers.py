"""Where control changes of the MIDI ring end up: the part record of their channel, 26 times 287 bytes.

Source: listing, 0x02A282 (which controllers there are) and 0x028839 to 0x028ACB (where each is stored).
Only the places are known for certain; the names pages give them contradict each other, so rows carry none.
Of the eleven controllers of the jump table at 0x00F739, 78 silences the channel, 79 resets it, 7B ends its
notes, 80 to 82 are stored, and 7A and 7C to 7F do nothing.

Open questions
- Controllers 01 and 5E change many places through the patch of the channel, which only a ROM has.
- The level table at 0x011D16, 128 words of the ROM, for controllers 07 and 0B. Without it their words keep
  their value, except for 0 and for the linear setting, which need no table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luthier.kn5000.transport.sub_ram import SubRam

PART_RECORDS = 0x041368
PART_SIZE = 287
PART_COUNT = 26
#: Sound settings; bit 0 or 1 has levels go through the table, without both they are stored as value - 127.
SETTINGS = 0x041343
_THROUGH_TABLE = 0x0003
SILENT = 0xFE00
LEVEL_TABLE_ADDRESS = 0x011D16


@dataclass(frozen=True)
class Storage:
    """One controller: the address for channel 0, and how the value is stored there.

    ``how`` is ``byte`` (as it is), ``level`` (a word), ``bit`` (of a word: any value but 0 sets it),
    ``twice`` (a word: twice what the value is above 128) or ``signed`` (a byte: what it is above 64).
    """

    address: int
    how: str
    bit: int = 0

    def of_channel(self, channel: int) -> int:
        """The address for a channel."""
        return self.address + channel * PART_SIZE

    @property
    def offset(self) -> int:
        """Place in the part record."""
        return self.address - PART_RECORDS

    def __str__(self) -> str:
        what = {"level": "word", "twice": "word", "bit": f"bit {self.bit} of the word"}.get(self.how, "byte")
        return f"{what} +{self.offset:02X}"


CONTROLLERS = {
    0x07: Storage(0x041374, "level"),
    0x0A: Storage(0x041376, "byte"),
    0x0B: Storage(0x041378, "level"),
    0x40: Storage(0x041372, "bit", 0),
    0x5B: Storage(0x041377, "byte"),
    0x5D: Storage(0x04137A, "byte"),
    0x80: Storage(0x04137B, "byte"),
    0x81: Storage(0x04137C, "twice"),
    0x82: Storage(0x04137E, "signed"),
    0x91: Storage(0x04137F, "byte"),
    0x95: Storage(0x041372, "bit", 2),
    0x97: Storage(0x041380, "byte"),
    0x9B: Storage(0x04138D, "byte"),
    0x9C: Storage(0x04136A, "bit", 8),
    0x9D: Storage(0x04138E, "byte"),
}

#: Controllers the program takes but whose effect is not modelled.
UNMODELLED = (0x01, 0x5E, 0x78, 0x79, 0x7B)


def apply(ram: SubRam, channel: int, number: int, value: int, levels: Sequence[int] | None = None) -> bool:
    """Store a control change as the program does; False if nothing is known to be stored.

    ``levels`` are the 128 words of the ROM at 0x011D16, if there is one.
    """
    storage = CONTROLLERS.get(number)
    if storage is None or not 0 <= channel < PART_COUNT:
        return False
    address = storage.of_channel(channel)
    if storage.how == "byte":
        ram.set_byte(address, value)
    elif storage.how == "signed":
        ram.set_byte(address, value - 0x40)
    elif storage.how == "twice":
        ram.set_word(address, (value - 0x80) * 2)
    elif storage.how == "bit":
        mask = 1 << storage.bit
        word = ram.word(address)
        ram.set_word(address, word | mask if value else word & ~mask)
    elif value == 0:
        ram.set_word(address, SILENT)
    elif not ram.word(SETTINGS) & _THROUGH_TABLE:
        ram.set_word(address, value - 0x7F)
    elif levels is not None and value < len(levels):
        ram.set_word(address, levels[value])
    else:
        return False
    return True
