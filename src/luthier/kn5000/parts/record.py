"""The part records as NumPy sees them: fields of the memory map, on the very bytes of the RAM.

What no source explains lies in fields called ``unknown_`` and their offset, so that a record can be copied
whole.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from luthier.kn5000.memory_map import structures
from luthier.kn5000.memory_map.models import Field
from luthier.kn5000.transport.controllers import PART_COUNT, PART_RECORDS
from luthier.kn5000.transport.sub_ram import SubRam

_NUMBERS = {1: "u1", 2: "<u2", 4: "<u4"}
#: These hold signed numbers (listing, 0x028A04 and 0x0284AC).
_SIGNED = {"fine_tuning": "<i2", "coarse_tuning": "i1", "bend": "<i2"}


def _type_of(field: Field) -> np.dtype[Any]:
    if field.structure:
        return structure_type(field.structure)
    code = _SIGNED.get(field.name) or _NUMBERS.get(field.size)
    return np.dtype(code) if code else np.dtype((np.uint8, field.size))


def structure_type(name: str) -> np.dtype[Any]:
    """A structure of the memory map as a structured type that covers every byte."""
    structure = structures()[name]
    rows: list[tuple[str, np.dtype[Any], tuple[int, ...]]] = []
    place = 0

    def leave_unknown(until: int) -> None:
        if until > place:
            rows.append((f"unknown_{place:02x}", np.dtype("u1"), (until - place,)))

    for field in sorted(structure.fields, key=lambda field: field.offset):
        leave_unknown(field.offset)
        rows.append((field.name, _type_of(field), (field.count,) if field.count > 1 else ()))
        place = field.end
    leave_unknown(structure.size)
    return np.dtype(rows)


#: One part, 287 bytes.
PART: Final = structure_type("part")


def part_records(ram: SubRam) -> NDArray[np.void]:
    """The 26 parts; to write into them is to write into the RAM."""
    return np.frombuffer(ram.image, PART, count=PART_COUNT, offset=PART_RECORDS)
