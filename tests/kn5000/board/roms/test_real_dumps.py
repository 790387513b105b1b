"""A user's own dumps: what is published of them, where ``LUTHIER_ROMS`` names a folder with some."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from luthier.kn5000.board.roms.reading import Recognition, read_roms
from luthier.kn5000.compression import unpack

ROMS = os.environ.get("LUTHIER_ROMS")
pytestmark = pytest.mark.skipif(not ROMS or not Path(ROMS).exists(), reason="LUTHIER_ROMS names no folder")


@cache
def found() -> Recognition:
    assert ROMS is not None
    return read_roms(Path(ROMS))


def test_packed_programs() -> None:
    """Sizes by version, packed and unpacked."""
    packed = [one.finding for one in found().judged if one.finding.part == "packed_payload"]
    if not packed:
        pytest.skip("there is no packed program of the sub CPU")
    sizes = {"1.40": 93_124, "1.41": 93_181, "1.42": 93_203}
    for one in packed:
        block = unpack(one.data)
        assert len(block.data) == 196_608
        assert block.packed_length == sizes[one.version]


def test_the_payload() -> None:
    """Version 1.42: eight handlers, the last two the same (facts 2.3)."""
    payload = found().roms.payload
    if payload is None:
        pytest.skip("there is no program of the sub CPU")
    start = 0xF46C - 0xEF00
    handlers = [int.from_bytes(payload[start + 4 * n :][:4], "little") for n in range(8)]
    assert handlers == [0x034D5F, 0x01FC7C, 0x01FC7F, 0x035893, 0x01F890, 0x03CFEE, 0x020C12, 0x020C12]


def test_the_demo_song() -> None:
    table = found().roms.table
    if table is None:
        pytest.skip("there is no table data")
    assert len(unpack(table, 0xE0000).data) == 38_144


def test_packed_and_unpacked_are_the_same() -> None:
    """A program that is there both ways."""
    findings = {(one.finding.part, one.finding.version): one.finding.data for one in found().judged}
    pairs = [
        version for part, version in findings if part == "payload" and ("packed_payload", version) in findings
    ]
    if not pairs:
        pytest.skip("there is no program both ways")
    for version in pairs:
        assert unpack(findings["packed_payload", version]).data == findings["payload", version]
