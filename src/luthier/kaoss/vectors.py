"""The exception vectors at the beginning of an H8S/2215's ROM: names, targets, what is odd about them.

Names are rows of ``vectors.toml``, each with its source.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kaoss.header import FILL, HEADER_SIZE
from luthier.kaoss.system_file import USUAL_ENTRY, VECTORS_END, SystemFile

VECTOR_SIZE = 4
VECTOR_COUNT = VECTORS_END // VECTOR_SIZE
#: The bus of the H8S/2215 has 24 lines: the upper byte of a vector goes nowhere.
ADDRESS_MASK = 0xFFFFFF
ERASED = 0xFFFFFFFF


@dataclass(frozen=True)
class Meaning:
    """What a vector is for; ``name`` is ``RESERVED12`` for a reserved one."""

    number: int
    name: str
    unit: str
    description: str
    source: str
    is_reserved: bool = False


@dataclass(frozen=True)
class Oddity:
    """What is odd about a vector: a finding's severity, what it is and what it means."""

    severity: str
    what: str
    meaning: str


@dataclass(frozen=True)
class Vector:
    """One vector of a payload; ``target`` is where it leads, None if it was never written."""

    meaning: Meaning
    raw: int
    oddities: tuple[Oddity, ...]

    @property
    def number(self) -> int:
        """0 to 127."""
        return self.meaning.number

    @property
    def address(self) -> int:
        """Where it lies in the ROM."""
        return self.number * VECTOR_SIZE

    @property
    def file_offset(self) -> int:
        """Where it lies in the file."""
        return HEADER_SIZE + self.address

    @property
    def target(self) -> int | None:
        """Where it leads; None for FFFFFFFF."""
        return None if self.raw == ERASED else self.raw & ADDRESS_MASK


@functools.cache
def meanings() -> tuple[Meaning, ...]:
    """What the 128 vectors are for."""
    folder = importlib.resources.files(__package__)
    document = tomllib.loads(folder.joinpath("vectors.toml").read_text("utf-8"))
    known = {
        row[0]: Meaning(row[0], row[1], group["unit"], row[2], group["source"])
        for group in document["group"]
        for row in group["rows"]
    }
    source = document["reserved_source"]
    return tuple(
        known.get(number) or Meaning(number, f"RESERVED{number}", "", "reserved", source, True)
        for number in range(VECTOR_COUNT)
    )


def decode(file: SystemFile) -> tuple[Vector, ...]:
    """Every vector of the payload; raises InputError if it has no table of vectors."""
    payload = file.payload
    if not file.has_vectors:
        name = file.header.device
        device = file.header.known_device
        what = f"the payload for {name!r} is no ROM of an H8S/2215"
        remedy = f"it runs on an {device.chip}" if device else "there is no KORG at 0x200 of the payload"
        raise InputError(what, where="byte 0x10", remedy=remedy)
    if len(payload) < VECTORS_END:
        raise InputError(
            f"the table of vectors is cut off: {len(payload)} of {VECTORS_END} bytes",
            where=f"byte 0x{HEADER_SIZE + len(payload):X}",
            remedy="get the file again",
        )
    raw = [
        int.from_bytes(payload[place : place + VECTOR_SIZE], "big")
        for place in range(0, VECTORS_END, VECTOR_SIZE)
    ]
    usual = _default_handler(raw)
    used = file.used
    return tuple(
        Vector(meaning, value, _oddities(meaning, value, payload, used, usual))
        for meaning, value in zip(meanings(), raw, strict=True)
    )


def _default_handler(raw: Sequence[int]) -> int | None:
    """What most reserved vectors hold: the handler of what is never expected."""
    counted = Counter(raw[meaning.number] for meaning in meanings() if meaning.is_reserved)
    value, count = counted.most_common(1)[0]
    return value if count > 1 else None


def _oddities(
    meaning: Meaning, value: int, payload: bytes, used: int, usual: int | None
) -> tuple[Oddity, ...]:
    is_reset = meaning.number == 0
    if value == ERASED:
        return _erased(meaning)
    found = []
    target = value & ADDRESS_MASK
    lost = "the unit does not start" if is_reset else "the unit crashes when this exception comes"
    if value > ADDRESS_MASK:
        found.append(
            Oddity("note", f"its upper byte is {value >> 24:02X}", "the chip ignores it; kept as it is")
        )
    if target % 2:
        found.append(Oddity("error", f"it leads to the odd address 0x{target:06X}", lost))
    if target >= len(payload):
        found.append(
            Oddity("error", f"it leads to 0x{target:06X}, outside of the {len(payload):,} bytes of ROM", lost)
        )
    elif target < VECTORS_END:
        found.append(Oddity("error", f"it leads into the table of vectors, to 0x{target:06X}", lost))
    elif target >= used or payload[target : target + 2] == bytes([FILL, FILL]):
        found.append(Oddity("error", f"it leads to 0x{target:06X}, where nothing but FF is", lost))
    elif is_reset and target != USUAL_ENTRY and target % 2 == 0:
        found.append(
            Oddity(
                "note",
                f"it leads to 0x{target:06X}, not 0x{USUAL_ENTRY:03X}",
                "both known firmwares begin there",
            )
        )
    if meaning.is_reserved and usual is not None and value != usual and not found:
        found.append(
            Oddity(
                "warning",
                f"a reserved vector has a handler of its own, 0x{target:06X}",
                "the chip never takes it, as far as is documented; look at what it does",
            )
        )
    return tuple(found)


def _erased(meaning: Meaning) -> tuple[Oddity, ...]:
    if meaning.number == 0:
        return (Oddity("error", "it was never written (FFFFFFFF)", "the unit does not start"),)
    if meaning.is_reserved:
        return ()
    return (
        Oddity(
            "note", "it was never written (FFFFFFFF)", "harmless as long as the firmware never enables it"
        ),
    )


@dataclass(frozen=True)
class Handler:
    """A target and the vectors that lead there; ``target`` is None for those never written."""

    target: int | None
    vectors: tuple[Vector, ...]

    @property
    def is_shared(self) -> bool:
        """Whether more than one vector leads there."""
        return len(self.vectors) > 1


def handlers(vectors: Sequence[Vector]) -> tuple[Handler, ...]:
    """The vectors by their target, in the order of the first vector of each."""
    groups: dict[int | None, list[Vector]] = {}
    for vector in vectors:
        groups.setdefault(vector.target, []).append(vector)
    return tuple(Handler(target, tuple(group)) for target, group in groups.items())
