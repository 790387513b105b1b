"""A SoundFont 2 file as tables: presets, instruments, their zones and modulators, sample headers, samples.

Records have fixed sizes and little-endian numbers, so they are NumPy arrays on the file itself: nothing is
copied, and nothing is taken for true before it was checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.kn5000.soundfont.generators import DEFAULTS, Generator
from luthier.kn5000.soundfont.riff import Chunk, Data, at_byte, chunks
from luthier.kn5000.soundfont.samples import VORBIS
from luthier.kn5000.soundfont.zones import MOST_RECORDS, Zones, read_zones

#: Records of the list ``pdta`` (SoundFont 2.04, section 7).
PRESET: Final = np.dtype(
    [
        ("name", "S20"),
        ("program", "<u2"),
        ("bank", "<u2"),
        ("bag", "<u2"),
        ("library", "<u4"),
        ("genre", "<u4"),
        ("morphology", "<u4"),
    ]
)
BAG: Final = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
MODULATOR: Final = np.dtype(
    [
        ("source", "<u2"),
        ("destination", "<u2"),
        ("amount", "<i2"),
        ("amount_source", "<u2"),
        ("transform", "<u2"),
    ]
)
GENERATOR: Final = np.dtype([("number", "<u2"), ("amount", "<i2")])
INSTRUMENT: Final = np.dtype([("name", "S20"), ("bag", "<u2")])
SAMPLE: Final = np.dtype(
    [
        ("name", "S20"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("loop_start", "<u4"),
        ("loop_end", "<u4"),
        ("rate", "<u4"),
        ("root", "u1"),
        ("correction", "i1"),
        ("link", "<u2"),
        ("kind", "<u2"),
    ]
)
RECORDS: Final = {
    "phdr": PRESET,
    "pbag": BAG,
    "pmod": MODULATOR,
    "pgen": GENERATOR,
    "inst": INSTRUMENT,
    "ibag": BAG,
    "imod": MODULATOR,
    "igen": GENERATOR,
    "shdr": SAMPLE,
}
#: Ranges have the same defaults on both levels; all else of a preset is added to the instrument's.
_RANGES: Final = [Generator.KEY_RANGE, Generator.VELOCITY_RANGE]
_VERSION = np.dtype([("major", "<u2"), ("minor", "<u2")])
_LONGEST_NAME = 256
_DAMAGED = "the file is damaged: get it again"


@dataclass(frozen=True)
class Font:
    """What stands in a file."""

    name: str
    version: tuple[int, int]
    presets: NDArray[np.void]
    """PRESET, without the end."""
    preset_zones: Zones
    preset_modulators: NDArray[np.void]
    instruments: NDArray[np.void]
    instrument_zones: Zones
    instrument_modulators: NDArray[np.void]
    headers: NDArray[np.void]
    """SAMPLE, without the end."""
    samples: NDArray[np.int16]
    warnings: Counter[str]


def text(raw: bytes) -> str:
    """A name up to its first zero, safe to show."""
    letters = raw.split(b"\0")[0].decode("latin-1")
    return "".join(letter if letter.isprintable() else "?" for letter in letters).strip()


def read_font(data: Data) -> Font:
    """The tables of a file; raises InputError with the place in bytes."""
    found = chunks(data)
    version = _version(data, found)
    tables = {name: _records(data, found, name) for name in RECORDS}
    headers = tables["shdr"][:-1]
    if version[0] >= 3 or (len(headers) and (headers["kind"] & VORBIS).any()):
        raise InputError(
            "its samples are compressed with Vorbis (SF3), which is not supported",
            remedy="convert it to an .sf2 file, for example with Polyphone",
        )
    sounds = found.get("sdta smpl")
    if sounds is None:
        raise InputError("has no samples (chunk 'smpl')", remedy=_DAMAGED)
    warnings: Counter[str] = Counter()
    preset_zones = read_zones(
        tables["phdr"]["bag"],
        tables["pbag"],
        tables["pgen"],
        len(tables["pmod"]),
        Generator.INSTRUMENT,
        np.where(np.isin(np.arange(len(DEFAULTS)), _RANGES), DEFAULTS, 0),
    )
    instrument_zones = read_zones(
        tables["inst"]["bag"],
        tables["ibag"],
        tables["igen"],
        len(tables["imod"]),
        Generator.SAMPLE,
        DEFAULTS,
    )
    if preset_zones.odd + instrument_zones.odd:
        warnings["indices that point outside or backwards"] += preset_zones.odd + instrument_zones.odd
    return Font(
        name=_title(data, found),
        version=version,
        presets=tables["phdr"][:-1],
        preset_zones=preset_zones,
        preset_modulators=tables["pmod"],
        instruments=tables["inst"][:-1],
        instrument_zones=instrument_zones,
        instrument_modulators=tables["imod"],
        headers=headers,
        samples=data[sounds.start : sounds.start + sounds.size // 2 * 2].view("<i2"),
        warnings=warnings,
    )


def _version(data: Data, found: dict[str, Chunk]) -> tuple[int, int]:
    chunk = found.get("INFO ifil")
    if chunk is None or chunk.size < _VERSION.itemsize:
        return 2, 1
    record = chunk.of(data)[: _VERSION.itemsize].view(_VERSION)[0]
    return int(record["major"]), int(record["minor"])


def _title(data: Data, found: dict[str, Chunk]) -> str:
    chunk = found.get("INFO INAM")
    return text(chunk.of(data)[:_LONGEST_NAME].tobytes()) if chunk else ""


def _records(data: Data, found: dict[str, Chunk], name: str) -> NDArray[np.void]:
    """All records of a table, the end among them; at most as many as indices can name, and the end."""
    chunk, kind = found.get(f"pdta {name}"), RECORDS[name]
    if chunk is None:
        raise InputError(f"has no chunk {name!r}", remedy="the file is cut off or damaged: get it again")
    if chunk.size % kind.itemsize or chunk.size == 0:
        raise InputError(
            f"the chunk {name!r} has {chunk.size:,} bytes, no multiple of {kind.itemsize}",
            where=at_byte(chunk.start),
            remedy=_DAMAGED,
        )
    count = min(chunk.size // kind.itemsize, MOST_RECORDS + 1)
    records: NDArray[np.void] = data[chunk.start : chunk.start + count * kind.itemsize].view(kind)
    return records
