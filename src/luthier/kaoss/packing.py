"""System files in parts and together again: ``header.toml`` and ``payload.bin``."""

from __future__ import annotations

from luthier.errors import InputError
from luthier.kaoss.header import FILL, HEADER_SIZE, OFFSETS, Header
from luthier.kaoss.system_file import SystemFile
from luthier.kaoss.verify import ERROR, verify

HEADER_NAME = "header.toml"
PAYLOAD_NAME = "payload.bin"

#: A header may say 4 GiB: no more than this is ever filled up (the largest known payload has 2 MiB).
_LONGEST_FILL = 16 * 1024 * 1024


def pack(header: Header, payload: bytes, *, fill: bool = False) -> SystemFile:
    """The file of a header and a payload; with ``fill`` a short payload is filled up with FF.

    Raises InputError if the header tells another length.
    """
    length = header.source_length
    if fill and len(payload) < length:
        if header.known_device and length > header.known_device.payload:
            raise InputError(
                f"a length of {length:,}, more than {header.known_device.title} takes",
                where=f"byte 0x{OFFSETS['source_length']:02X}",
                remedy="correct source_length in the header",
            )
        payload = payload.ljust(min(length, _LONGEST_FILL), bytes([FILL]))
    if len(payload) != length:
        remedy = "fill it up with --fill" if len(payload) < length else "cut it, or correct the header"
        raise InputError(
            f"{len(payload):,} bytes of payload, but the header says {length:,}",
            where=f"byte 0x{OFFSETS['source_length']:02X}",
            remedy=remedy,
        )
    return SystemFile(header, payload)


def require_sound(file: SystemFile) -> None:
    """Raise InputError if :func:`verify` finds an error in a file that is about to be written."""
    errors = [finding for finding in verify(file) if finding.severity == ERROR]
    if errors:
        first = errors[0]
        more = f", and {len(errors) - 1} more errors" if len(errors) > 1 else ""
        raise InputError(
            f"the result would be wrong: {first.what} ({first.meaning}){more}",
            where=f"byte 0x{first.offset:05X}",
            remedy="--despite-errors writes it all the same",
        )


def require_whole(file: SystemFile) -> None:
    """Raise InputError unless the payload is as long as the header says, twice."""
    if not file.is_whole:
        raise InputError(
            f"{len(file.payload):,} bytes of payload where the header says"
            f" {file.header.source_length:,} and {file.header.destination_length:,}",
            where=f"byte 0x{HEADER_SIZE + len(file.payload):05X}",
            remedy="`luthier kaoss verify` says more; get the file again",
        )
