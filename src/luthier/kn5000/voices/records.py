"""The 64 voice records of 71 bytes, in the image of the sub CPU's RAM.

Fields and their places are from the listing (0x02B4E3 to 0x02CF97; Voice_Pitch_Compute and what follows it).
A record says what its voice was told at the stroke: part, key, velocity, pitch.

Open questions
- Bytes 2B, 33, 3C to 46 of the record: levels, filter and envelope words on their way to the registers; here
  they stay 0.
- Pointers into the tone database (0F to 22, 27): there is none without the ROM, they are 0.
- Flags: bits 2 to 5 tell the kind of patch. Ours are all of kind 2, that of four layers.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.transport.controllers import PART_RECORDS, PART_SIZE
from luthier.kn5000.transport.sub_ram import SubRam

#: Audio-subsystem page; the parts end here (ledger I01, I02).
RECORDS: Final = 0x04308E
SIZE: Final = 71
COUNT: Final = 64

#: Bit 7 of the key while it is down (listing, 0x02CD71 clears it).
KEY_DOWN: Final = 0x80
#: Flags of a voice of a patch with four layers (listing, Voice_Build_Partial_Descriptor).
FOUR_LAYERS: Final = 0x0004
#: "No second algorithm" in the word at 31 (listing, 0x02BEB7).
_NO_ALGORITHM: Final = 0x00FF
#: Where the layers of a part lie in its record, and their size (listing, Voice_Build_Partial_Descriptor).
_LAYERS, _LAYER_SIZE = 0x6E, 37

VOICE = np.dtype(
    {
        "names": [
            "number", "flags", "layer", "part", "key", "pitch", "base_pitch", "detuned_pitch", "velocity",
            "pitch_accumulator", "zone_record", "tone_record", "parameters", "velocity_zones",
            "zone_descriptor", "part_record", "layer_record", "key_word", "delay", "second_delay", "raw",
        ],
        "formats": [
            "u1", "<u2", "u1", "u1", "u1", "<u2", "<u2", "<u2", "u1",
            "<i2", "<u4", "<u4", "<u4", "<u4", "<u4",
            "<u4", "<u4", "<u2", "<u2", "<u2", "V71",
        ],
        "offsets": [
            0x00, 0x01, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0A, 0x0C,
            0x0D, 0x0F, 0x13, 0x17, 0x1B, 0x1F,
            0x23, 0x27, 0x2D, 0x2F, 0x31, 0x00,
        ],
        "itemsize": SIZE,
    }
)  # fmt: skip

#: The same from 00 to 32, for writing at once; pad bytes are left as they are by no stroke, so they are 0.
_STROKE: Final = Struct("<BHBBBHHHBhIIIIIII2xHHH")


class Stroke(NamedTuple):
    """What a record says of its voice."""

    part: int
    layer: int
    note: int
    velocity: int
    pitch: int
    """The pitch word without bend; likewise ``base_pitch``, of the key itself."""
    base_pitch: int
    key_word: int
    """The word of register 00 behind the burst."""


def view(ram: SubRam) -> NDArray[np.void]:
    """The records as VOICE, in the RAM itself."""
    return np.frombuffer(ram.image, VOICE, COUNT, RECORDS)


def write(ram: SubRam, number: int, stroke: Stroke) -> None:
    """Fill the record of a voice that begins (listing, Voice_Build_Four_Partials at 0x02BA2C)."""
    part_record = PART_RECORDS + stroke.part * PART_SIZE
    _STROKE.pack_into(
        ram.image,
        RECORDS + number * SIZE,
        number,
        FOUR_LAYERS,
        stroke.layer,
        stroke.part,
        stroke.note | KEY_DOWN,
        stroke.pitch,
        stroke.base_pitch,
        stroke.pitch,
        stroke.velocity,
        0,
        0,
        0,
        0,
        0,
        0,
        part_record,
        part_record + _LAYERS + min(stroke.layer, 3) * _LAYER_SIZE,
        stroke.key_word,
        0,
        _NO_ALGORITHM,
    )


def key_up(ram: SubRam, number: int) -> None:
    """Clear the bit that says that the key is down."""
    ram.image[RECORDS + number * SIZE + 0x05] &= ~KEY_DOWN


def set_detuned_pitch(ram: SubRam, number: int, word: int) -> None:
    """Keep the pitch that was last written to the register."""
    ram.set_word(RECORDS + number * SIZE + 0x0A, word)
