"""A KORG SYSTEM FILE: the header and the payload, byte for byte.

The payload of the Kaossilator Pro and the Kaoss Pad 3 is the whole on-chip ROM of their H8S/2215, 256 KiB:
128 vectors, then ``KORG`` and a version at 0x200, then code from 0x210 on, filled up with FF.  Nothing is
compressed, encrypted, signed or summed.

Source: Kaossilator Pro teardown post.

Open questions
- How many bytes the version behind ``KORG`` has: the post says big-endian, no more. Two are taken, or four
  where the first two are 0.
- What the bytes from there to 0x20F are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from luthier.errors import InputError
from luthier.kaoss.devices import stranger
from luthier.kaoss.header import FILL, HEADER_SIZE, Header, Version, read_header

#: The largest file that is read.  The largest known payload, of the electribe 2, has 2 MiB.
SIZE_LIMIT = 64 * 1024 * 1024

#: In the payload of a Kaoss device: where the table of vectors ends and the version block begins.
VECTORS_END = 0x200
BLOCK_MARK = b"KORG"
#: Where both known firmwares begin to run.
USUAL_ENTRY = 0x210


@dataclass(frozen=True)
class VersionBlock:
    """``KORG`` and a version at 0x200 of the payload; ``size`` is the number of bytes of the version."""

    version: Version
    size: int

    @property
    def encoded(self) -> bytes:
        """The bytes from 0x200 on."""
        return BLOCK_MARK + self.version.encoded.rjust(self.size, b"\0")


@dataclass(frozen=True)
class SystemFile:
    """The header and all bytes behind it, however many the header says there are."""

    header: Header
    payload: bytes

    def write(self) -> bytes:
        """The bytes of the file, exactly as they were read."""
        return self.header.encoded() + self.payload

    @property
    def has_vectors(self) -> bool:
        """Whether the payload is taken for the ROM of an H8S/2215.

        By the device if it is known, else by the mark behind the table of vectors.
        """
        device = self.header.known_device
        return device.has_vectors if device else self.payload[VECTORS_END:].startswith(BLOCK_MARK)

    @property
    def used(self) -> int:
        """Bytes of the payload up to the last one that is not FF."""
        return len(self.payload.rstrip(bytes([FILL])))

    @property
    def is_whole(self) -> bool:
        """Whether the payload has as many bytes as the header says, twice."""
        lengths = {len(self.payload), self.header.source_length, self.header.destination_length}
        return len(lengths) == 1

    @property
    def block(self) -> VersionBlock | None:
        """The version block, if there is one."""
        place = self.payload[VECTORS_END : VECTORS_END + 8]
        if not self.has_vectors or not place.startswith(BLOCK_MARK) or len(place) < 8:
            return None
        # Version 0.0 would be odd: two zeros are taken for the upper half of a number of four bytes.
        size = 4 if place[4:6] == b"\0\0" and place[6:8] != b"\xff\xff" else 2
        return VersionBlock(Version(*place[2 + size : 4 + size]), size)

    def with_version(self, version: Version) -> SystemFile:
        """The same with another version in the header and, where there is one, in the version block."""
        payload = self.payload
        if self.block is not None:
            new = replace(self.block, version=version).encoded
            payload = payload[:VECTORS_END] + new + payload[VECTORS_END + len(new) :]
        return SystemFile(self.header.with_version(version), payload)


def read(data: bytes) -> SystemFile:
    """The file in ``data``, also with a payload that is too short or too long: :mod:`verify` says so.

    Raises InputError if there is no whole header, or if the file only begins like one of these.
    """
    other = stranger(data[: HEADER_SIZE + 1])
    if other:
        raise InputError(
            f"a transfer file of {other}, which only shares the first words: 32 bytes of header and a sum",
            where="byte 0x10",
            remedy="this is for other instruments and another updater",
        )
    return SystemFile(read_header(data), data[HEADER_SIZE:])
