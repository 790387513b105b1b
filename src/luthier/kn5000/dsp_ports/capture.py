"""Captures of port writes as text: ``1C=38``, one after the other.

Left of ``=`` is the port, an address in hexadecimal or one of P7, PE, PF, PH and PZ, right of it the byte.
A word that ends in a colon is a place or a time and is passed over, as is everything behind ``#``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from luthier.errors import InputError
from luthier.kn5000.dsp_ports import channels
from luthier.kn5000.dsp_ports.lines import PORT_NAMES, PortWrite

_WRITE = re.compile(r"(P[7EFHZ]|(?:0x)?[0-9A-F]{2,6})=(?:0x)?([0-9A-F]{1,2})", re.IGNORECASE)
_PLACE = re.compile(r"\S*:")
_PRINTABLE = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_ADDRESSES = {name: port for port, name in PORT_NAMES.items()}
_KNOWN = {*PORT_NAMES, channels.ADDRESS, channels.DATA}
_PER_LINE = 12
#: Bytes that are looked at to tell what a file is.
_GLANCE = 4096


def is_capture(data: bytes) -> bool:
    """Whether a file holds port writes: printable, and half or more of its first words look like writes."""
    glance = data[:_GLANCE]
    if not _PRINTABLE.issuperset(glance):
        return False
    words = re.sub(r"#.*", "", glance.decode("ascii")).split()
    writes = sum(1 for word in words if _WRITE.fullmatch(word))
    places = sum(1 for word in words if _PLACE.fullmatch(word))
    return writes > 0 and (writes + places) * 2 >= len(words)


def read(data: bytes) -> list[PortWrite]:
    """The writes of a capture; raises InputError for words that are none, and if there are none at all."""
    writes = []
    for number, line in enumerate(data.decode("ascii", "replace").splitlines(), start=1):
        for word in line.partition("#")[0].split():
            match = _WRITE.fullmatch(word)
            if match:
                writes.append(PortWrite(_address(match[1].upper(), number), int(match[2], 16)))
            elif not _PLACE.fullmatch(word):
                raise InputError(
                    f"{word[:20]!r} is no port write",
                    where=f"line {number}",
                    remedy="write PORT=BYTE in hexadecimal, and remarks behind #",
                )
    if not writes:
        raise InputError("there are no port writes in it", remedy="write PORT=BYTE in hexadecimal")
    return writes


def _address(text: str, line: int) -> int:
    address = _ADDRESSES.get(text)
    address = int(text, 16) if address is None else address
    if address not in _KNOWN:
        raise InputError(
            f"0x{address:02X} is no port of the effect chips",
            where=f"line {line}",
            remedy="give 1C, 38, 3C, 44, 68, 130000 or 130002",
        )
    return address


def write(writes: Iterable[PortWrite]) -> str:
    """The text of port writes."""
    words = [f"{port:02X}={value:02X}" for port, value in writes]
    lines = (" ".join(words[at : at + _PER_LINE]) for at in range(0, len(words), _PER_LINE))
    return "".join(f"{line}\n" for line in lines)
