"""What tests execute of the H8S/2000: cases compared with the reference model."""

from __future__ import annotations

from tests.cpu.h8s.cases import compared

from luthier.cpu.documentation import Evidence


def evidence(questions: list[str]) -> Evidence:
    """For the generated page."""
    return Evidence(compared().operations, {}, (), questions)
