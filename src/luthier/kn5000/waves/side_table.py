"""What the ROM format cannot tell, in a JSON file beside an image: names, roots, rates, loops, true starts.

Only images that Luthier writes have one.  It is used if it stands beside the image under the same name and
belongs to these very bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.kn5000.waves.recordings import CLASS_COUNT, SELECTOR_COUNT
from luthier.kn5000.waves.rom import ROM_SIZE

_SIZE_LIMIT = 4_000_000
_HIGHEST_RATE = 384_000.0


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One recording; starts and loops count samples, a loop from its start."""

    entry: int
    name: str
    start: int
    length: int
    loop_start: int
    loop_end: int
    root: int
    rate: float
    low: int
    high: int

    def problem(self) -> str:
        """What is impossible about it, or nothing."""
        if not 0 <= self.entry < SELECTOR_COUNT // CLASS_COUNT:
            return f"there is no entry {self.entry}"
        if not (self.start >= 0 and self.length > 0 and self.start + self.length <= ROM_SIZE // 2):
            return f"entry {self.entry} lies outside the image"
        if not 0 <= self.loop_start <= self.loop_end <= self.length:
            return f"the loop of entry {self.entry} lies outside it"
        if not (0 < self.rate <= _HIGHEST_RATE and abs(self.root) < 0x8000):
            return f"rate or root of entry {self.entry} is impossible"
        return ""


class SideTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The recordings of one image."""

    format: str
    sha256: str
    wave_class: int
    recordings: tuple[Row, ...]


NAME = "luthier-kn5000-waves"


@dataclass(frozen=True)
class Image:
    """An image of the built-in bank as it is written: its bytes and its table."""

    data: bytes
    table: SideTable

    @property
    def json(self) -> bytes:
        """The table as a file."""
        return msgspec.json.format(msgspec.json.encode(self.table), indent=1) + b"\n"


def beside(path: Path, data: bytes) -> SideTable | None:
    """The table beside the image at ``path``, if it is one and belongs to ``data``."""
    place = path.with_suffix(".json")
    if place == path or not place.is_file():
        return None
    text = read_bytes(place, _SIZE_LIMIT)
    try:
        table = msgspec.json.decode(text, type=SideTable)
    except msgspec.MsgspecError:
        return None
    if table.format != NAME or table.sha256 != hashlib.sha256(data).hexdigest():
        return None
    problems = [problem for row in table.recordings if (problem := row.problem())]
    if not 0 <= table.wave_class < CLASS_COUNT:
        problems.append(f"there is no class {table.wave_class}")
    if problems:
        raise InputError(problems[0], where=str(place), remedy="write the image anew, or remove this file")
    return table
