"""Tables of addresses of code: those that jumps are seen to go through, and others that stand in the data."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from luthier.cpu.exploration import INSIDE, QUEUED, START
from luthier.cpu.program import Program
from luthier.kaoss.system_file import VECTORS_END
from luthier.kaoss.vectors import VECTOR_SIZE

#: Instructions to look back from a jump through a register.
_WINDOW = 12
#: Addresses of code one behind the other that are a table, though nothing is seen to jump through it.
_FEWEST_ADDRESSES = 2
#: Entries of a table whose number no comparison tells.
_MOST_ENTRIES = 256
_INDIRECT = re.compile(r"j(?:sr|mp) @(ER\d)$")
_TABLE = re.compile(r"mov\.l @\(\+?(0x[0-9a-f]+):(?:16|32),(ER\d)\),(ER\d)$")
_LOADED = re.compile(r"mov\.l #(0x[0-9a-f]+),(ER\d)$")
_BOUND = re.compile(r"cmp\.[bwl] #(0x[0-9a-f]+),")
_ADDED = re.compile(r"add\.l #(0x[0-9a-f]+),(ER\d)$")
_FROM = re.compile(r"mov\.l @(ER\d),(ER\d)$")


def may_be_code(address: int, used: int) -> bool:
    """Whether an instruction may begin at an address, of ``used`` bytes."""
    return address % 2 == 0 and VECTORS_END <= address < used


def targets(payload: bytes, table: int, count: int) -> list[int]:
    """Where the entries of a table lead that lead into the ROM."""
    longs = np.frombuffer(payload[table : table + VECTOR_SIZE * count], ">u4")
    return [int(target) for target in longs if target % 2 == 0 and VECTORS_END <= target < len(payload)]


def jumped_through(
    program: Program, texts: list[str], used: int
) -> tuple[dict[int, int], set[int], dict[int, int]]:
    """Jump tables with their number of entries, targets loaded into a register, and who uses which table."""
    tables: dict[int, int] = {}
    jumps: set[int] = set()
    users: dict[int, int] = {}
    for place, text in enumerate(texts):
        if not (found := _INDIRECT.match(text)):
            continue
        register, table, limit = found[1], -1, 0
        for before in range(place - 1, max(place - _WINDOW, -1), -1):
            earlier = texts[before]
            if (match := _LOADED.match(earlier)) and match[2] == register and table < 0:
                if may_be_code(target := int(match[1], 16), used):
                    jumps.add(target)
                break
            if (match := _TABLE.match(earlier)) and match[3] == register and table < 0:
                table = int(match[1], 16)
            elif (match := _FROM.match(earlier)) and match[2] == register and table < 0:
                register = match[1]
            elif (match := _ADDED.match(earlier)) and match[2] == register and table < 0:
                table = int(match[1], 16)
            elif table >= 0 and (match := _BOUND.match(earlier)):
                # "Higher" leaves the number itself in, "carry clear" (higher or same) does not.
                limit = int(match[1], 16) + (texts[before + 1].startswith(("bhi", "bls")))
                break
        if table >= VECTORS_END and table % 2 == 0:
            count = _count(program, used, table, limit or _MOST_ENTRIES)
            if count:
                tables[table] = max(count, tables.get(table, 0))
                users[int(program.starts[place])] = table
    return tables, jumps, users


def _count(program: Program, used: int, table: int, limit: int) -> int:
    """How many longs from ``table`` on hold addresses of code; up to ``limit``."""
    count = 0
    while count < min(limit, _MOST_ENTRIES):
        place = table + VECTOR_SIZE * count
        target = int.from_bytes(program.image.bytes_at(place, VECTOR_SIZE), "big")
        if place + VECTOR_SIZE > used or program.mark(place) & (START | INSIDE):
            break
        if not may_be_code(target, used) or program.mark(target) & INSIDE:
            break
        count += 1
    return count


def runs_of_addresses(program: Program, used: int, covered: set[int]) -> dict[int, int]:
    """Data that are addresses of code, one behind the other: tables that are read in some other way.

    Each must be a place that something leads to already, or lie just behind code; at least one is the former.
    ``covered`` are entries of tables that are known.
    """
    marks, memory = program.marks, program.image.memory
    is_code = marks & (START | INSIDE) != 0
    known = (marks & START != 0) & (marks & QUEUED != 0)
    begins = known.copy()
    begins[1:] |= is_code[:-1] & ~is_code[1:]
    begins[used:] = False
    begins[1::2] = False
    data = memory[: memory.size & ~1].view(">u2").astype(np.int64)
    longs = data[:-1] << 16 | data[1:]
    inside = (longs >= VECTORS_END) & (longs < memory.size)
    good = inside & begins[np.where(inside, longs, 0)] & ~is_code[: 2 * longs.size : 2]
    good[: VECTORS_END // 2] = False
    good[[place // 2 for place in covered if place < 2 * good.size]] = False
    found: dict[int, int] = {}
    place = 0
    for word in np.flatnonzero(good).tolist():
        count = 0
        while word >= place and word + 2 * count < good.size and good[word + 2 * count]:
            count += 1
        targets = longs[word : word + 2 * count : 2]
        if count >= _FEWEST_ADDRESSES and known[targets].any():
            found[2 * word] = count
            place = word + 2 * count
    return found


def ended(tables: Mapping[int, int], referred: set[int]) -> dict[int, int]:
    """The tables, each ending before the next place that something refers to."""
    return {
        table: next((n for n in range(1, count) if table + VECTOR_SIZE * n in referred), count)
        for table, count in tables.items()
    }
