"""What a dump is: by checksum, by what is in it, by its name; and what is wrong with it.

Checksums are public facts (``known.toml``).  What is looked for in the content is documented: the vectors at
the end of a program, the packed demo song at 0E0000 of the table data, the magic numbers of the rhythm ROM
and the custom flash, the index of a wave ROM.

Open questions
- The content of programs, tables and waves of versions nobody has listed: they are told by the same marks,
  and called likely.
- What other Technics instruments have where this one has its marks. Their names in the content are taken as a
  sign, if this one's is not there.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace
from typing import Literal

from luthier.errors import InputError
from luthier.kn5000.board.roms.dumps import Dump
from luthier.kn5000.board.roms.known import Known, by_checksum, by_name
from luthier.kn5000.board.roms.rom_set import (
    CUSTOM_SIZE,
    PAYLOAD_SIZE,
    PROGRAM_SIZE,
    RHYTHM_SIZE,
    SUB_BOOT_SIZE,
    TABLE_SIZE,
    WAVE_CHIPS,
    WAVE_SIZE,
)
from luthier.kn5000.compression import SLIDE4K, method_at, unpack
from luthier.kn5000.waves.rom import read_rom

Certainty = Literal["known", "likely", "by name", "unknown"]

CHIP_SIZE = 0x100000  #: one of two that make the table data or the program
DEMO_SONG = 0xE0000  #: in the table data: a packed block (facts 2.8, 2.14)
RHYTHM_MAGIC = bytes([0x00, 0x01, 0x04, 0x05])  #: 05040100 (facts 2.8)
CUSTOM_MAGIC = bytes.fromhex("48004b00")  #: facts 2.9
_VECTORS = 0x100  #: bytes at the end of a program (tlcs900 facts 1)
_PROGRAM_BASE, _SUB_BOOT_BASE = 0xE00000, 0xFE0000
_OTHERS = re.compile(rb"KN(?:1[0-9]00|2[0-9]00|3000|6[05]00|7000|[6-9]0[0-9])|WSA1|PR(?:54|[689]04)")
_OWN = b"KN5000"
#: In the sub CPU's program, which begins at EF00: where commands lead, eight addresses in it (facts 2.3).
_DISPATCH = 0xF46C - 0xEF00
_PAYLOAD_FIRST, _PAYLOAD_LAST = 0xF000, 0xEF00 + PAYLOAD_SIZE


@dataclass(frozen=True)
class Finding:
    """What a dump was taken for.

    ``part`` is a field of RomSet, ``table_even`` and the like, a chip of waves, or empty: it is none of them.
    ``data`` is the content as it should be, put right where that was possible; ``note`` says what is odd.
    """

    dump: Dump
    part: str
    certainty: Certainty
    data: bytes
    version: str = ""
    note: str = ""


def recognise(dump: Dump) -> Finding:
    """What a dump is; a part that is empty if it is nothing of this instrument."""
    return (
        _listed(dump)
        or _repaired(dump)
        or _by_content(dump, dump.data)
        or _by_name(dump)
        or Finding(dump, "", "unknown", dump.data, note=_what_else(dump))
    )


def _listed(dump: Dump) -> Finding | None:
    one = by_checksum(len(dump.data), dump.crc)
    return Finding(dump, one.part, "known", dump.data, one.version, one.note) if one else None


def _repaired(dump: Dump) -> Finding | None:
    """A dump with its bytes swapped in pairs, or read twice over: the same things in what it should be."""
    swapped = bytearray(dump.data)
    if len(swapped) % 2 == 0 and not _is_blank(dump.data):
        swapped[::2], swapped[1::2] = swapped[1::2], swapped[::2]
        found = _of(dump, bytes(swapped), "its bytes were swapped in pairs: put right")
        if found is not None and _by_content(dump, dump.data) is None:
            return found
    half = len(dump.data) // 2
    if len(dump.data) % 2 == 0 and half >= SUB_BOOT_SIZE and dump.data[:half] == dump.data[half:]:
        return _of(dump, dump.data[:half], "it is there twice over: one half was taken")
    return None


def _of(dump: Dump, data: bytes, note: str) -> Finding | None:
    other = Dump(dump.name, dump.where, data)
    found = _listed(other) or _by_content(other, data)
    return found and replace(found, dump=dump, data=data, note=f"{note}{'; ' * bool(found.note)}{found.note}")


def _by_content(dump: Dump, data: bytes) -> Finding | None:
    if _is_blank(data):
        return None
    packed = _packed_payload(dump, data)
    if packed is not None:
        return packed
    for size, part, fits in _MARKS:
        if len(data) == size and fits(data):
            return Finding(dump, part, "likely", data)
    if len(data) == TABLE_SIZE and data.startswith(b"SILDEK4", DEMO_SONG):
        note = "its two chips were joined byte by byte: joined by words instead"
        return Finding(dump, "table", "likely", joined(data[::2], data[1::2]), note=note)
    if len(data) == WAVE_SIZE and _is_wave(data):
        named = by_name(dump.name)
        chip = named.part if named is not None and named.part in WAVE_CHIPS else WAVE_CHIPS[3]
        note = "" if named else f"nothing tells the chip: taken for {chip}, the only one ever read out"
        return Finding(dump, chip, "likely", data, note=note)
    return None


def _packed_payload(dump: Dump, data: bytes) -> Finding | None:
    if method_at(data) is not SLIDE4K or len(data) > PAYLOAD_SIZE:
        return None
    try:
        block = unpack(data)
    except InputError as error:
        return Finding(dump, "", "unknown", data, note=f"a packed block that does not unpack: {error}")
    if len(block.data) != PAYLOAD_SIZE:
        note = f"a packed block of {len(block.data):,} bytes; a program of the sub CPU has {PAYLOAD_SIZE:,}"
        return Finding(dump, "", "unknown", data, note=note)
    return Finding(dump, "packed_payload", "likely", data)


def _by_name(dump: Dump) -> Finding | None:
    one = by_name(dump.name)
    if one is None:
        return None
    wrong = _what_is_wrong(dump, one)
    if wrong:
        return Finding(dump, "", "unknown", dump.data, note=f"by its name the {one.part}, but {wrong}")
    note = "only its name and size say so"
    return Finding(dump, one.part, "by name", dump.data, one.version, note)


def _what_is_wrong(dump: Dump, one: Known) -> str:
    size = len(dump.data)
    if size != one.size:
        if size * 2 == one.size:
            return f"it is half of one: {size:,} bytes of {one.size:,}; read the whole chip, or both"
        return f"it has {size:,} bytes of {one.size:,}"
    if _is_blank(dump.data):
        return f"it is blank, all {dump.data[0]:02X}: the chip was not read"
    other = _other_instrument(dump.data)
    return f"the {other} is named in it, and this instrument is not" if other else ""


def _what_else(dump: Dump) -> str:
    if not dump.data:
        return "empty"
    if _is_blank(dump.data):
        return f"blank, all {dump.data[0]:02X}: a chip that was not read, or is erased"
    other = _other_instrument(dump.data)
    if other:
        return f"of another instrument: the {other} is named in it"
    return f"{len(dump.data):,} bytes with no mark of this instrument"


def _other_instrument(data: bytes) -> str:
    """Another Technics that is named, where this one is not; empty if none is."""
    if _OWN in data:
        return ""
    found = _OTHERS.search(data)
    return found.group().decode() if found else ""


def joined(even: bytes, odd: bytes) -> bytes:
    """The words of two 16-bit chips by turns: they share a bus of 32 bits (MAME's driver, kn5000-docs)."""
    out = bytearray(len(even) + len(odd))
    for step, chip in enumerate((even, odd)):
        out[2 * step :: 4], out[2 * step + 1 :: 4] = chip[::2], chip[1::2]
    return bytes(out)


def _is_blank(data: bytes) -> bool:
    return not data.strip(data[:1])


def _is_program(data: bytes) -> bool:
    """A program has its reset vector where the CPU looks for it, and names itself."""
    return _leads_into(data, _PROGRAM_BASE) and _OWN in data and not data.startswith(b"SLIDE", DEMO_SONG)


def _is_sub_boot(data: bytes) -> bool:
    return _leads_into(data, _SUB_BOOT_BASE)


def _leads_into(data: bytes, base: int) -> bool:
    vector = int.from_bytes(data[-_VECTORS:][:4], "little") & 0xFFFFFF
    return base <= vector < 0xFFFF00 and not _is_blank(data[vector - base : vector - base + 8])


def _is_payload(data: bytes) -> bool:
    table = struct.unpack_from("<8I", data, _DISPATCH)
    return all(_PAYLOAD_FIRST <= address < _PAYLOAD_LAST for address in table)


def _is_wave(data: bytes) -> bool:
    try:
        read_rom(data)
    except InputError:
        return False
    return True


#: Sizes, and what of the content shows that it is the part.
_MARKS = (
    (TABLE_SIZE, "table", lambda data: data.startswith(SLIDE4K.signature, DEMO_SONG)),
    (PROGRAM_SIZE, "program", _is_program),
    (CHIP_SIZE, "table_even", lambda data: data.startswith(b"SLE4", DEMO_SONG // 2)),
    (CHIP_SIZE, "table_odd", lambda data: data.startswith(b"IDK\0", DEMO_SONG // 2)),
    (CUSTOM_SIZE, "custom", lambda data: data.startswith(CUSTOM_MAGIC)),
    (RHYTHM_SIZE, "rhythm", lambda data: data.startswith(RHYTHM_MAGIC)),
    (SUB_BOOT_SIZE, "sub_boot", _is_sub_boot),
    (PAYLOAD_SIZE, "payload", _is_payload),
)
