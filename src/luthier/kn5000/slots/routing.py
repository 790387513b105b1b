"""Queries for rows of the tone database, which the audio-subsystem page calls coefficient routing.

Bits of a selector, or of what a part points to, choose a table of indices; ``(high << 7 | low)`` is the place
in it, and the word there the number of a row of 16 bytes.  13 of them are copied behind the six bytes of the
answer at 0x045210.  The rows begin with names of recordings, and the answer goes to the main CPU: the effect
chips have no part in it (errata).

Source: listing, DSP_RouteCoeffs_TypeA (0x030A0A) to DSP_VoiceCoeffRoute (0x030BD6); the notes on the tone
database name tables +44 to +64.

Open questions
- What the three bytes behind the 13 are; one is known here by its address only.
"""

from __future__ import annotations

from enum import Enum

from luthier.errors import InputError
from luthier.kn5000.transport.sub_ram import SubRam

ANSWER = 0x045210
ANSWER_HEADER = 6
#: Where the tone database begins, and its list of tables.
BASE_POINTER, ROOT_POINTER = 0x045310, 0x045314
ROW_SIZE, COPIED = 16, 13
#: A part: 287 bytes from here; its slots from +6E, 37 bytes each, begin with a pointer.
PARTS, PART_SIZE, PART_COUNT = 0x041368, 287, 26
PART_SLOTS, PART_SLOT_SIZE, PART_SLOT_COUNT = 0x6E, 37, 4


class Rows(Enum):
    """Which rows: where the list has the tables for selectors 00, 01, 10 and 11, and the rows themselves."""

    A = (0x44, 0x4C, 0x48, 0x44), 0x50
    B = (0x58, 0x60, 0x5C, 0x58), 0x64


def row_number(ram: SubRam, rows: Rows, low: int, selector: int) -> int:
    """The number of the row for the lower 7 bits of ``low`` and the bits 3-0 and 7-6 of ``selector``."""
    table = rows.value[0][selector >> 6 & 3]
    index = ((selector & 0x0F) << 7 | low & 0x7F) * 2
    return ram.word(ram.long(BASE_POINTER) + _listed(ram, table) + index)


def copy_row(ram: SubRam, rows: Rows, number: int) -> bytes:
    """Copy 13 bytes of a row into the answer; they are also returned."""
    data = ram.bytes_at(_row_address(ram, rows, number), COPIED)
    ram.store(ANSWER + ANSWER_HEADER, data)
    return data


def route(ram: SubRam, rows: Rows, low: int, selector: int) -> bytes:
    """Find a row and copy it."""
    return copy_row(ram, rows, row_number(ram, rows, low, selector))


def route_of_part(ram: SubRam, part: int, slot: int) -> bytes:
    """Find and copy the row of a slot of a part: 13 bytes, one more of the row, and the row's number.

    Raises InputError for parts beyond 25 or slots beyond 3.
    """
    if not 0 <= part < PART_COUNT or not 0 <= slot < PART_SLOT_COUNT:
        raise InputError(f"part {part} has no slot {slot}", remedy="give parts 0 to 25, slots 0 to 3")
    described = ram.long(PARTS + PART_SIZE * part + PART_SLOTS + PART_SLOT_SIZE * slot)
    number = row_number(ram, Rows.A, ram.byte(described + 2), ram.byte(described + 3))
    data = copy_row(ram, Rows.A, number)
    data += ram.bytes_at(_row_address(ram, Rows.A, number) + COPIED, 1) + number.to_bytes(2, "little")
    ram.store(ANSWER + ANSWER_HEADER, data)
    return data


def _listed(ram: SubRam, place: int) -> int:
    return ram.long(ram.long(ROOT_POINTER) + place)


def _row_address(ram: SubRam, rows: Rows, number: int) -> int:
    return ram.long(BASE_POINTER) + _listed(ram, rows.value[1]) + ROW_SIZE * number
