"""SLIDE4K and SLIDE8K: how the SX-KN5000 packs its sub CPU's program, its texts and its update discs.

A block begins with its name, a zero byte and the size of what is packed (24 bits, the highest first; facts
2.14). Behind it stand groups of a byte of flags and eight items, the flag of the first item in bit 0: 1 is a
byte as it is, 0 is a piece of what was written before, as two bytes: the lower bits of its place in a ring,
then the rest of the place above the length less 3. The ring begins as zeros; writing begins a longest piece
before its end. Nothing but the size tells where a block ends.

Open questions
- What is in the ring behind the zeros the firmware puts there (its last 18 or 10 bytes): no block can need it
  but one that was never packed. Zeros are taken.
- How the instrument's own packer chooses among pieces: blocks packed here unpack to the same, byte for byte,
  but are not those of the factory.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from luthier.errors import InputError

SHORTEST = 3
_SIZE_LENGTH = 3
_GROUP = 8
#: How many earlier places with the same three bytes are looked at when packing.
_TRIES = 48


@dataclass(frozen=True)
class Method:
    """One of the two: a ring of ``1 << place_bits`` bytes, the other bits of two bytes for the length."""

    name: str
    place_bits: int

    @property
    def ring(self) -> int:
        """Bytes of the ring."""
        return 1 << self.place_bits

    @property
    def length_bits(self) -> int:
        """Bits of the length: what a place leaves of 16."""
        return 16 - self.place_bits

    @property
    def longest(self) -> int:
        """Bytes of the longest piece."""
        return (1 << self.length_bits) - 1 + SHORTEST

    @property
    def start(self) -> int:
        """Where in the ring the first byte is written: FEE or 1FF6."""
        return self.ring - self.longest

    @property
    def signature(self) -> bytes:
        """What a block begins with."""
        return self.name.encode() + b"\0"

    @property
    def header_length(self) -> int:
        """Bytes before the first flags."""
        return len(self.signature) + _SIZE_LENGTH


SLIDE4K = Method("SLIDE4K", 12)
SLIDE8K = Method("SLIDE8K", 13)
METHODS = (SLIDE4K, SLIDE8K)


@dataclass(frozen=True)
class Block:
    """What a block holds, and how many bytes it takes packed, its header included."""

    method: Method
    data: bytes
    packed_length: int


def method_at(data: bytes, start: int = 0) -> Method | None:
    """Which method a block at ``start`` names, if one begins there."""
    return next((method for method in METHODS if data.startswith(method.signature, start)), None)


def unpack(data: bytes, start: int = 0) -> Block:
    """The block at byte ``start``; InputError with the byte where it ends too early or is none."""
    method = method_at(data, start)
    if method is None:
        raise InputError("no packed block begins here", where=f"byte 0x{start:X}")
    body = start + method.header_length
    size = int.from_bytes(data[body - _SIZE_LENGTH : body], "big")
    if body > len(data) or size > _most_from(len(data) - body, method):
        raise InputError(
            f"{size:,} bytes cannot come out of the {max(len(data) - body, 0):,} packed ones that are there",
            where=f"byte 0x{start:X}",
            remedy="the dump is cut off, or damaged at its head",
        )
    unpacked, end = _unpacked(data, body, size, method)
    return Block(method, unpacked, end - start)


def _most_from(length: int, method: Method) -> int:
    """How many bytes can come out of ``length`` behind the header: a group is one byte and eight pieces."""
    groups, rest = divmod(max(length, 0), 1 + 2 * _GROUP)
    return (groups * _GROUP + max(rest - 1, 0) // 2 + 1) * method.longest


def _unpacked(data: bytes, at: int, size: int, method: Method) -> tuple[bytes, int]:
    ring = bytearray(method.ring)
    last, place = method.ring - 1, method.start
    length_mask = (1 << method.length_bits) - 1
    out = bytearray()
    flags = 0
    try:
        while len(out) < size:
            flags >>= 1
            if flags <= 1:
                flags = data[at] | 0x100
                at += 1
            if flags & 1:
                piece = bytes((data[at],))
                at += 1
            else:
                low, high = data[at], data[at + 1]
                at += 2
                source = (high & ~length_mask) << (8 - method.length_bits) | low
                piece = _piece(ring, source, place, min((high & length_mask) + SHORTEST, size - len(out)))
            for byte in piece:
                ring[place] = byte
                place = (place + 1) & last
            out += piece
    except IndexError:
        raise InputError(
            f"the packed data ends after {len(out):,} of {size:,} bytes",
            where=f"byte 0x{len(data):X}",
            remedy="the dump is cut off",
        ) from None
    return bytes(out), at


def _piece(ring: bytearray, source: int, place: int, length: int) -> bytes:
    """``length`` bytes of the ring from ``source``, as they are while ``place`` is written with them."""
    last = len(ring) - 1
    found = bytearray()
    for step in range(length):
        back = (source + step - place) & last
        found.append(found[back] if back < step else ring[(source + step) & last])
    return bytes(found)


def pack(data: bytes, method: Method = SLIDE4K) -> bytes:
    """A block that :func:`unpack` makes ``data`` of; at most 16 MiB less one byte."""
    if len(data) >> 8 * _SIZE_LENGTH:
        raise InputError(f"{len(data):,} bytes, but a block holds at most {(1 << 24) - 1:,}")
    before = bytes(method.start)
    text = before + data
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    # Of the zeros before the first byte only the last few need be found: all are the same.
    noted = max(len(before) - method.longest - SHORTEST, 0)
    at = len(before)
    items: list[tuple[bool, bytes]] = []
    while at < len(text):
        for place in range(noted, at - SHORTEST + 1):
            places[text[place : place + SHORTEST]].append(place)
        noted = max(noted, at - SHORTEST + 1)
        found, length = _longest(text, at, places, method)
        if length < SHORTEST:
            items.append((True, text[at : at + 1]))
            at += 1
            continue
        place = (found + method.ring - len(before) + method.start) % method.ring
        high = place >> 8 << method.length_bits | (length - SHORTEST)
        items.append((False, bytes([place & 0xFF, high])))
        at += length
    return method.signature + len(data).to_bytes(_SIZE_LENGTH, "big") + _grouped(items)


def _longest(text: bytes, at: int, places: defaultdict[bytes, list[int]], method: Method) -> tuple[int, int]:
    """Where the longest piece begins that goes on like the text at ``at``, and its length; 0: none."""
    best, best_length = 0, 0
    most = min(method.longest, len(text) - at)
    candidates = places.get(text[at : at + SHORTEST], [])
    for place in candidates[: -_TRIES - 1 : -1]:
        if at - place >= method.ring:
            break
        length = SHORTEST
        while length < most and text[place + length] == text[at + length]:
            length += 1
        if length > best_length:
            best, best_length = place, length
        if length == most:
            break
    return best, min(best_length, most)


def _grouped(items: list[tuple[bool, bytes]]) -> bytes:
    out = bytearray()
    for first in range(0, len(items), _GROUP):
        group = items[first : first + _GROUP]
        out.append(sum(plain << bit for bit, (plain, _) in enumerate(group)))
        for _, data in group:
            out += data
    return bytes(out)
