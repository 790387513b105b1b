"""What the main program has in its ROM besides code: song, letters, colours, effect messages, boot blocks."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from luthier.kn5000 import songs
from luthier.kn5000.effect_catalogue.loading import name_of
from luthier.kn5000.firmware import font, song_data, tone_tables
from luthier.kn5000.slots import presets
from luthier.kn5000.transport.blocks import IMAGE
from luthier.kn5000.transport.dsp_messages import slot_configuration

#: Where the data begin in the program ROM, behind the code.
BASE: Final = 0xE10000
#: Where the tables of the tones are in the table ROM (facts 2.4).
TABLE_TONES: Final = 0x830000

_BAR_POINTS, _TITLE_SIZE, _NAME_SIZE = 288, 36, 24
#: Red, green and blue of 0 to 15 in the order of ``main_screen.asm``: night, wall, frame, roof, white, grey,
#: green, red, bar, dark, and six that are not used.
_COLOURS: Final = (
    (0, 0, 3), (9, 5, 3), (5, 2, 1), (11, 3, 2), (15, 15, 15), (9, 10, 12), (3, 13, 5), (15, 3, 3),
    (15, 11, 2), (2, 2, 5), *([(0, 0, 0)] * 6),
)  # fmt: skip
#: The windows, from dark to bright.
_LIGHTS: Final = tuple(
    (min(2 + step, 15), min(2 + step * 7 // 8, 13), max(4 - step // 4, 1)) for step in range(16)
)

#: What the panel's two buttons choose, the first as it is at the start: chorus, flanger, phaser, ensemble;
#: four reverbs.
DSP_EFFECTS: Final = (1, 4, 5, 6)
REVERBS: Final = (20, 16, 18, 22)


@dataclass(frozen=True)
class MainData:
    """The bytes from :data:`BASE` on, and the names of what is in them."""

    data: bytes
    symbols: dict[str, int]


def effect_messages(slot: int, effects: Sequence[int]) -> bytes:
    """Messages of 64 bytes that put effects into a slot, with the parameters of the start."""
    record = presets.START[slot]
    return b"".join(
        slot_configuration(slot, record._replace(effect=effect).encoded).encoded for effect in effects
    )


def boot_blocks(payload: bytes, tables: bytes) -> bytes:
    """Source, destination and count of each E1 block in the documented order, without filling; then a 0."""
    code_end = len(payload.rstrip(payload[-1:])) + 1
    rows = [(TABLE_TONES, tone_tables.BASE, len(tables))]
    for start, size, target in (
        (0x100, 0x10000, 0xF000),
        (0x10100, 0x10000, 0x1F000),
        (0x20100, 0xFF00, 0x2F000),
    ):
        count = min(size, code_end - start)
        if count > 0:
            rows.append((IMAGE + start, target, count))
    rows.append((IMAGE, 0x400, 0x100))
    return b"".join(struct.pack("<III", *row) for row in rows) + bytes(4)


def main_data(payload: bytes, packed: bytes) -> MainData:
    """All data for a payload, given unpacked and packed."""
    song, tables = song_data.built_in(), tone_tables.tone_tables().data
    if len(tables) > 0x10000:
        raise ValueError("the tone tables do not fit a block")
    titles = ("", *song.titles)

    def names(effects: Sequence[int]) -> bytes:
        return b"".join(font.text(name_of(effect) or str(effect), _NAME_SIZE) for effect in effects)

    parts = {
        "FONT": font.font(),
        "PALETTE": bytes(channel for colour in (*_COLOURS, *_LIGHTS) for channel in colour),
        "SONG_TITLE": font.text(songs.title(), _TITLE_SIZE),
        "SECTION_TITLES": b"".join(font.text(title, _TITLE_SIZE) for title in titles),
        "DSP_EFFECTS": effect_messages(0, DSP_EFFECTS),
        "DSP_EFFECT_NAMES": names(DSP_EFFECTS),
        "REVERB_EFFECTS": effect_messages(1, REVERBS),
        "REVERB_EFFECT_NAMES": names(REVERBS),
        "BOOT_BLOCKS": boot_blocks(payload, tables),
        "TONES_HERE": tables,
        "PAYLOAD_HERE": packed,
        "SONG": song.data,
    }
    symbols, data = {}, bytearray()
    for name, content in parts.items():
        data += bytes(-len(data) % 4)
        symbols[name] = BASE + len(data)
        data += content
    symbols |= {
        "SECTION_COUNT": len(song.titles),
        "SECTION_TITLE_SIZE": _TITLE_SIZE,
        "EFFECT_NAME_SIZE": _NAME_SIZE,
        "DSP_EFFECT_COUNT": len(DSP_EFFECTS),
        "REVERB_EFFECT_COUNT": len(REVERBS),
        "SONG_TICKS_A_POINT": song.ticks // _BAR_POINTS + 1,
    }
    return MainData(bytes(data), symbols)
