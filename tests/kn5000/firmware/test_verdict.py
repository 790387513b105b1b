"""The result block of the self test, put together by hand from the head of main.asm."""

from __future__ import annotations

import struct

from luthier.kn5000.firmware.verdict import SIZE, verdict


def block(magic: int, main: int = 0, sub: int = 0, source: int = 1) -> bytes:
    return struct.pack("<IHH", magic, main, sub).ljust(SIZE - 4, b"\0") + bytes([source, 0, 0, 0])


def test_all_is_well() -> None:
    found = verdict(block(0x600DB007, source=2))
    assert found.passed
    assert found.text == "all is well, the sub CPU's program came from the table ROM"


def test_what_failed_is_named() -> None:
    found = verdict(block(0xBAD0B007, 0b000101, 0b100000))
    assert found.finished
    assert found.failed == ("RAM of the main CPU", "timer of the main CPU", "tone generator of the sub CPU")
    assert not found.passed


def test_what_is_not_finished() -> None:
    found = verdict(block(0))
    assert not found.finished
    assert not found.passed
    assert found.text == "not finished"


def test_bad_without_a_reason() -> None:
    assert verdict(block(0xBAD0B007)).failed == ("something it does not name",)
