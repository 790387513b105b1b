"""The 256 bytes in front of a firmware, field by field.

==== == ===========================================================================================
0x00 16 ``KORG SYSTEM FILE``, no NUL behind it
0x10 16 name of the device, filled up with NUL
0x20  8 what the file is, filled up with NUL: ``SYSTEM``; ``Sub-sys`` for the Kronos panels
0x28  2 revision of the header, big-endian: 0 for the Kaoss devices, 1 for the relatives
0x2A  2 version, a byte before the point and a byte behind it, both binary
0x2C  4 product id: the model's id in system exclusive messages, filled up with FF
0x30  4 offset in the source, little-endian, always 0
0x34  4 length in the source, little-endian: that of the payload
0x38  4 offset in the destination, little-endian, always 0
0x3C  4 length in the destination, little-endian
0x40  2 unknown, kept
0x42 190 FF
==== == ===========================================================================================

Sources: Kaossilator Pro teardown post; KORG SYSTEM FILE facts, section 1, which compares it with the
electribe 2 and the Kronos panels: the 16 bytes that the post calls unknown are four numbers of the other byte
order.

Open questions
- The word at 0x40.
- What an updater does with offsets and lengths. That 0x30 and 0x38 are offsets is a guess: they are always 0.
- Whether the updater of the Kaoss devices reads any sum. None was found, and a Kaoss Pad 3 took a changed
  file.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, replace

from luthier.errors import InputError
from luthier.kaoss.devices import Device, devices

MAGIC = b"KORG SYSTEM FILE"
HEADER_SIZE = 0x100
FILL = 0xFF

_TEXTS = struct.Struct(">16s16s8sHBB4s")
_NUMBERS = struct.Struct("<4I")
_REST = struct.Struct("2s190s")

#: Where each field begins, for messages.
OFFSETS = {
    "magic": 0x00,
    "device": 0x10,
    "tag": 0x20,
    "revision": 0x28,
    "version": 0x2A,
    "product_id": 0x2C,
    "source_offset": 0x30,
    "source_length": 0x34,
    "destination_offset": 0x38,
    "destination_length": 0x3C,
    "word_40": 0x40,
    "fill": 0x42,
}

_VERSION = re.compile(r"v?(\d{1,3})\.(\d{1,3})", re.ASCII)


@dataclass(frozen=True, order=True)
class Version:
    """A version as its two bytes; v1.02 is 01 02 and v01r10 is 01 0A."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor:02d}"

    @property
    def encoded(self) -> bytes:
        """The two bytes."""
        return bytes((self.major, self.minor))

    @property
    def next(self) -> Version:
        """The version after this one; raises InputError behind 255.255."""
        number = int.from_bytes(self.encoded, "big") + 1
        if number > 0xFFFF:
            raise InputError(f"no version follows {self}", remedy="choose one with --set-version")
        return Version(number >> 8, number & 0xFF)

    @classmethod
    def parse(cls, text: str) -> Version:
        """``1.02`` or ``v1.02``; raises InputError."""
        found = _VERSION.fullmatch(text)
        if found is None or max(int(found[1]), int(found[2])) > 0xFF:
            raise InputError(f"{text[:40]!r} is no version", remedy="write 1.02: two numbers of at most 255")
        return cls(int(found[1]), int(found[2]))


@dataclass(frozen=True)
class Header:
    """Every byte of a header.  Text fields are kept with their filling, as they stand in the file."""

    device_field: bytes
    tag_field: bytes
    revision: int
    version: Version
    product_id: bytes
    source_offset: int
    source_length: int
    destination_offset: int
    destination_length: int
    word_40: bytes
    fill: bytes

    @property
    def device(self) -> str:
        """The name at 0x10; bytes that are no printable ASCII appear as question marks."""
        return _text(self.device_field)

    @property
    def tag(self) -> str:
        """The text at 0x20."""
        return _text(self.tag_field)

    @property
    def known_device(self) -> Device | None:
        """The device of this name, if it is one that is known."""
        return devices().get(self.device)

    def encoded(self) -> bytes:
        """The 256 bytes."""
        texts = (self.device_field, self.tag_field, self.revision, self.version.major, self.version.minor)
        numbers = (
            self.source_offset,
            self.source_length,
            self.destination_offset,
            self.destination_length,
        )
        return (
            _TEXTS.pack(MAGIC, *texts, self.product_id)
            + _NUMBERS.pack(*numbers)
            + _REST.pack(self.word_40, self.fill)
        )

    def with_version(self, version: Version) -> Header:
        """The same with another version."""
        return replace(self, version=version)


def _text(field: bytes) -> str:
    content = field.partition(b"\0")[0]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in content)


def read_header(data: bytes) -> Header:
    """The header at the beginning of ``data``; raises InputError if it is cut off or no such header."""
    if not data.startswith(MAGIC[: len(data)]) or not data:
        raise InputError(
            "no KORG SYSTEM FILE",
            where="byte 0x00",
            remedy="give an update file that begins with these words, such as a .VSB",
        )
    if len(data) < HEADER_SIZE:
        raise InputError(
            f"the header is cut off: {len(data)} of {HEADER_SIZE} bytes",
            where=f"byte 0x{len(data):02X}",
            remedy="get the file again",
        )
    _, device, tag, revision, major, minor, product_id = _TEXTS.unpack_from(data)
    numbers = _NUMBERS.unpack_from(data, OFFSETS["source_offset"])
    word_40, fill = _REST.unpack_from(data, OFFSETS["word_40"])
    return Header(
        device_field=device,
        tag_field=tag,
        revision=revision,
        version=Version(major, minor),
        product_id=product_id,
        source_offset=numbers[0],
        source_length=numbers[1],
        destination_offset=numbers[2],
        destination_length=numbers[3],
        word_40=word_40,
        fill=fill,
    )


def build_header(device: Device, version: Version, length: int | None = None) -> Header:
    """The header for a payload of ``length`` bytes for ``device``; the length is checked.

    Raises InputError if the device takes another length.
    """
    length = device.payload if length is None else length
    if length != device.payload:
        raise InputError(
            f"a payload of {length:,} bytes; {device.title} takes {device.payload:,}",
            remedy="give the whole ROM, or let it be filled up with --fill",
        )
    return Header(
        device.name.encode("ascii").ljust(16, b"\0"),
        device.tag.encode("ascii").ljust(8, b"\0"),
        device.revision,
        version,
        device.product_id,
        0,
        length,
        0,
        length,
        device.word_40,
        bytes([FILL]) * (HEADER_SIZE - OFFSETS["fill"]),
    )
