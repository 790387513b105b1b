"""The built-in example: a whole system file for an invented device, with no byte of KORG's in it.

Its program does what every firmware does first: it masks interrupts and sleeps until one comes.  It is
written here as the bytes of six instructions; a firmware in assembly, with drivers and a main loop, will
stand in a folder ``firmware`` beside this module and take its place.
"""

from __future__ import annotations

import functools
from pathlib import Path

from luthier.files import read_bytes
from luthier.kaoss.devices import INVENTED, Device, named
from luthier.kaoss.header import FILL, Version, build_header
from luthier.kaoss.system_file import (
    SIZE_LIMIT,
    USUAL_ENTRY,
    VECTORS_END,
    SystemFile,
    VersionBlock,
    read,
)
from luthier.kaoss.vectors import VECTOR_COUNT, VECTOR_SIZE, meanings

#: What to write where a file is asked for.
NAME = "built-in"
VERSION = Version(1, 0)

#: ORC #H'80,CCR; SLEEP; BRA to the SLEEP; then NOP up to the handlers (MAME's h8.lst has the encodings).
_MAIN = bytes.fromhex("0480 0180 40FC 0000")
#: RTE, and the other handler: NOP, RTE.
_UNEXPECTED = bytes.fromhex("5670")
_INTERRUPT = bytes.fromhex("0000 5670")
_TEXT = b"Luthier built-in example\0"


def example_payload(device: Device, version: Version = VERSION) -> bytes:
    """A ROM of the size ``device`` takes: vectors, version block, a few instructions, FF."""
    unexpected = USUAL_ENTRY + len(_MAIN)
    interrupt = unexpected + len(_UNEXPECTED)
    vectors = bytearray()
    for meaning in meanings():
        # Two handlers: one for what a peripheral may ask for, one for what is never expected.
        target = interrupt if meaning.unit.startswith(("TPU", "SCI")) else unexpected
        vectors += (USUAL_ENTRY if meaning.number == 0 else target).to_bytes(VECTOR_SIZE, "big")
    assert len(vectors) == VECTOR_COUNT * VECTOR_SIZE == VECTORS_END
    block = VersionBlock(version, 2).encoded.ljust(USUAL_ENTRY - VECTORS_END, bytes([FILL]))
    program = bytes(vectors) + block + _MAIN + _UNEXPECTED + _INTERRUPT + _TEXT
    return program.ljust(device.payload, bytes([FILL]))


@functools.cache
def built_in() -> SystemFile:
    """The built-in example as a system file."""
    device = named(INVENTED)
    return SystemFile(build_header(device, VERSION), example_payload(device))


def load(path: Path) -> SystemFile:
    """The system file at ``path``; ``-`` is standard input, ``built-in`` the example.

    Raises InputError, with the name of the file, if it is none.
    """
    from luthier.errors import InputError

    if str(path) == NAME:
        return built_in()
    data = read_bytes(path, SIZE_LIMIT)
    try:
        return read(data)
    except InputError as error:
        raise error.at(str(path)) from error
