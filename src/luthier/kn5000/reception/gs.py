"""Roland's GS messages: ``F0 41 device 42 12 address value.. sum F7``.

Known of the machine (system-exclusive page of the documentation): it takes messages whose header is
``F0 41 42 12 40 01`` and then 30, 33, 38 or 3A, with at most ten data bytes, and keeps values of 30 and 38
to 0 to 7, of 33 and 3A to 0 to 127.  By GS's own map these are macro and level of the reverb, macro and level
of the chorus, and their ranges are those.  The page has other names for them.

Everything else here is the common practice of GS, modelled.  Sums are checked; a wrong one makes the message
void.  In the short form of the page a sum may be left out.

Open questions
- Where the device number goes: Roland's messages have one before 42, the documented header has none.  Both
  are taken, any device number is.
- What the machine does with other addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from luthier.kn5000.parts import controls
from luthier.kn5000.parts.laws import CENTRE, HIGHEST, position
from luthier.kn5000.reception.channels import Channels
from luthier.kn5000.reception.target import Target

ROLAND, GS_MODEL, DATA_SET, DATA_REQUEST = 0x41, 0x42, 0x12, 0x11
#: The longest data of one message (GS).
LONGEST_DATA = 128
#: The machine's own limits by the last byte of the address.
SHORT_FORM_LIMITS: Final = {0x30: 7, 0x33: HIGHEST, 0x38: 7, 0x3A: HIGHEST}
SHORT_FORM_LONGEST = 10

#: A part's block in the address to the part: GS begins with channel 10.
PART_OF_BLOCK: Final = (9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15)

#: Last byte of 40 1n xx to the controller that does the same.
CONTROLLER_OF_PART: Final = {
    0x16: controls.COARSE_TUNING, 0x19: controls.VOLUME, 0x21: controls.CHORUS, 0x22: controls.REVERB,
    0x30: 76, 0x31: 77, 0x32: 74, 0x33: 71, 0x34: 73, 0x35: 75, 0x36: 72, 0x37: 78,
}  # fmt: skip
DRUM_SETTINGS: Final = {2: "level", 4: "pan", 5: "reverb", 6: "chorus"}
_NIBBLED_TUNING = range(4)
_TUNING_CENTRE, _TUNING_STEPS = 0x400, 1000.0  # tenths of a cent, in semitones
_PATCH_NAME = range(0x00, 0x10)
_RESERVE = range(0x10, 0x20)
_EFFECTS = range(0x30, 0x40)
_SCALE = range(0x40, 0x4C)
_BEND_RANGE = 0x10


def checksum(data: Sequence[int]) -> int:
    """The sum of address and data: what makes them, with it, a multiple of 128.

    >>> hex(checksum([0x40, 0x00, 0x7F, 0x00]))
    '0x41'
    """
    return -sum(data) & 0x7F


class GsMessages:
    """Acts on GS messages; what is not acted on goes to ``left_out`` in words."""

    def __init__(self, target: Target, channels: Channels, left_out: Callable[[str], None]) -> None:
        self._target = target
        self._channels = channels
        self._left_out = left_out

    def receive(self, body: bytes) -> None:
        """A message without F0 and F7, beginning with 41."""
        if body[1:3] == bytes([GS_MODEL, DATA_SET]):
            self._short_form(body[3:])
        elif body[2:4] == bytes([GS_MODEL, DATA_SET]):
            self._data_set(body[4:])
        elif body[2:4] == bytes([GS_MODEL, DATA_REQUEST]):
            self._left_out("Roland data request")
        else:
            self._left_out("Roland message that is no GS")

    def _short_form(self, body: bytes) -> None:
        """The machine's: 40 01, one of four addresses, a value, perhaps the sum."""
        address, data = body[:3], body[3:]
        limit = SHORT_FORM_LIMITS.get(address[2]) if address[:2] == b"\x40\x01" and len(body) > 3 else None
        if limit is None or len(data) > SHORT_FORM_LONGEST:
            self._left_out("Roland message without device number")
        elif len(data) > 1 and checksum(body[:-1]) != body[-1]:
            self._left_out("GS message with a wrong sum")
        else:
            self._target.settings.set_effect(address[2], min(data[0], limit))

    def _data_set(self, body: bytes) -> None:
        if not 5 <= len(body) <= LONGEST_DATA + 4:
            self._left_out("GS message of a wrong length")
        elif checksum(body[:-1]) != body[-1]:
            self._left_out("GS message with a wrong sum")
        else:
            high, middle, low = body[:3]
            self._set(high, middle, low, body[3:-1])

    def _set(self, high: int, middle: int, low: int, data: bytes) -> None:
        """Values from an address on."""
        if (high, middle, low) == (0x00, 0x00, 0x7F) or (high, middle, low) == (0x40, 0x00, 0x7F):
            self._channels.reset()
            self._target.settings.reset("gs")
        elif (high, middle) == (0x40, 0x00) and low == 0 and len(data) == len(_NIBBLED_TUNING):
            self._tune(data)
        elif high in (0x40, 0x41):
            for offset, value in enumerate(data):
                self._set_one(high, middle, low + offset, value)
        else:
            self._left_out(f"GS address {high:02X}")

    def _set_one(self, high: int, middle: int, low: int, value: int) -> None:
        block = PART_OF_BLOCK[middle & 0x0F]
        if high == 0x41:
            done = self._set_drum(middle, low, value)
        elif middle == 0x00:
            done = self._set_master(low, value)
        elif middle == 0x01:
            done = self._set_common(low, value)
        elif middle >> 4 == 1:
            done = self._set_part(block, low, value)
        elif middle >> 4 == 2 and low == _BEND_RANGE:
            self._target.control(block, controls.BEND_RANGE, max(value - CENTRE, 0))
            done = True
        else:
            done = False
        if not done:
            self._left_out(f"GS address {high:02X} {_middle_name(middle)} {low:02X}")

    def _tune(self, nibbles: bytes) -> None:
        value = 0
        for nibble in nibbles:
            value = value << 4 | nibble & 0x0F
        self._target.settings.set_master("tuning", (value - _TUNING_CENTRE) / _TUNING_STEPS)

    def _set_master(self, low: int, value: int) -> bool:
        settings = self._target.settings
        if low == 0x04:
            settings.set_master("volume", value / HIGHEST)
        elif low == 0x05:
            settings.set_master("transpose", value - CENTRE)
        elif low == 0x06:
            settings.set_master("pan", position(value))
        else:
            return False
        return True

    def _set_common(self, low: int, value: int) -> bool:
        if low in _RESERVE:
            self._target.settings.set_voices_wanted(PART_OF_BLOCK[low - _RESERVE.start], value)
        elif low in _EFFECTS:
            self._target.settings.set_effect(low, value)
        else:
            return low in _PATCH_NAME
        return True

    def _set_part(self, part: int, low: int, value: int) -> bool:
        target = self._target
        if low in CONTROLLER_OF_PART:
            target.control(part, CONTROLLER_OF_PART[low], value)
        elif low == 0x00:
            target.control(part, controls.BANK, value)
        elif low == 0x01:
            target.program(part, value)
        elif low == 0x02:
            self._channels.listen(part, value)
        elif low == 0x13:
            target.control(part, controls.POLY if value else controls.MONO, 0)
        elif low == 0x15 and value <= 2:
            target.settings.set_drums(part, value)
        elif low == 0x1C:
            # 0 is "random": the centre.
            target.control(part, controls.PAN, value or CENTRE)
        elif low in _SCALE:
            target.settings.set_scale(part, low - _SCALE.start, ((value - CENTRE) / 100,))
        else:
            return False
        return True

    def _set_drum(self, middle: int, key: int, value: int) -> bool:
        what = DRUM_SETTINGS.get(middle & 0x0F)
        kit_map = (middle >> 4) + 1
        if what is None or kit_map > 2 or key > HIGHEST:
            return False
        self._target.settings.set_drum_of_map(kit_map, key, what, value)
        return True


def _middle_name(middle: int) -> str:
    """Parts all have the same addresses: count them as one."""
    return f"{middle >> 4:X}n" if middle >= 0x10 else f"{middle:02X}"
