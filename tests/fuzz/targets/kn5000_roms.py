"""Dumps of the SX-KN5000: packed blocks, archives, and what a dump is taken for."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from tests.fuzz.targets.target import Target

from luthier.kn5000.board.roms.dumps import LARGEST, Dump, read_dumps
from luthier.kn5000.board.roms.recognition import recognise
from luthier.kn5000.compression import METHODS, pack, unpack


def _packed(data: bytes) -> None:
    block = unpack(data)
    assert block.packed_length <= len(data)
    assert len(block.data) <= 9 * len(data)
    assert unpack(pack(block.data, block.method)).data == block.data


def _packed_starts() -> Iterable[bytes]:
    for method in METHODS:
        yield pack(b"to be or not to be " * 9, method)
        yield pack(bytes(range(64)), method)


def _archive(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dumps.zip"
        path.write_bytes(data)
        dumps, refused = read_dumps(path)
    assert dumps or refused or zipfile.is_zipfile(io.BytesIO(data))
    for dump in dumps:
        assert len(dump.data) <= LARGEST
        recognise(dump)
    assert all("\n" not in one.where + one.why for one in refused)


def _archive_starts() -> Iterable[bytes]:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("kn5000_subcpu_boot.ic30", bytes(2_000))
        made.writestr("../packed.rom", pack(b"a song " * 30))
    yield stream.getvalue()


def _dump(data: bytes) -> None:
    """The input stands at the end, and where a table has its song, of images of every size there is."""
    for size in (0x20000, 0x30000, 0x100000):
        image = data.rjust(size, b"\0")[:size]
        found = recognise(Dump("kn5000_table_data_rom_even.ic3", "here", image))
        assert found.part or found.note


def _dump_starts() -> Iterable[bytes]:
    yield (0xFF8000).to_bytes(4, "little").ljust(0x100, b"\xff")
    yield pack(b"a song " * 30)
    yield b"Technics SX-KN7000"


TARGETS: dict[str, Target] = {
    "packed-block": Target(_packed, _packed_starts, 2_000),
    "dump-archive": Target(_archive, _archive_starts, 4_000),
    "dump": Target(_dump, _dump_starts, 1_000),
}
