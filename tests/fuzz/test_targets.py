"""The fuzz targets without the fuzzer: their own inputs, a few broken ones, and every finding ever kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.fuzz.targets import TARGETS, Target, passes

FINDINGS = Path(__file__).with_name("findings")


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_and_broken_inputs_pass(name: str) -> None:
    generator = random.Random(name)
    for start in TARGETS[name].starts():
        passes(TARGETS[name], start)
        broken = bytearray(start)
        for _ in range(1 + len(broken) // 200):
            broken[generator.randrange(len(broken))] = generator.randrange(256)
        passes(TARGETS[name], bytes(broken))
        passes(TARGETS[name], start[: generator.randrange(len(start))])
    passes(TARGETS[name], b"")


def test_old_findings_stay_away() -> None:
    for path in FINDINGS.glob("*/*"):
        passes(TARGETS[path.parent.name], path.read_bytes())


def test_a_defect_is_a_finding() -> None:
    def defect(data: bytes) -> None:
        data[0]

    with pytest.raises(IndexError):
        passes(Target(defect, list), b"")
