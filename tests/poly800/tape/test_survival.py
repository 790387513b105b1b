"""Every row of the degradation table, one tape each; ``python -m benchmarks.tape_survival`` runs ten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from _pytest.mark.structures import ParameterSet
from benchmarks.tape_rows import ROWS, Row
from benchmarks.tape_survival import damaged_takes, run_one, succeeded

from luthier.poly800.tape.modulation import Shape

#: A seed that no threshold of the decoder was chosen on.
SEED = 4711


def _cases() -> Iterator[ParameterSet]:
    for row in ROWS:
        marks: list[pytest.MarkDecorator] = []
        if row.group == "codec" and shutil.which("ffmpeg") is None:
            marks = [pytest.mark.skip(reason="ffmpeg is not installed: it makes the compressed tapes")]
        for shape in row.shapes:
            yield pytest.param(row, shape, id=f"{row.name}-{shape}", marks=marks)


@pytest.mark.parametrize(("row", "shape"), list(_cases()))
def test_row_holds(row: Row, shape: Shape) -> None:
    outcome = run_one(row.name, shape, SEED, False, "")
    assert not outcome.error
    assert not outcome.false_complete
    assert not outcome.false_programs
    assert succeeded(row, outcome), outcome


@pytest.mark.parametrize("seed", [905, 2058])
def test_a_wrong_byte_does_not_make_another_one_fit_the_checksum(seed: int) -> None:
    """Jitter swaps two bits of a byte so that no rival of it is left, and one elsewhere fits the checksum."""
    outcome = run_one("jitter-40", "sine", seed, False, "")
    assert outcome.bytes_right >= 1634
    assert not outcome.false_complete


def test_rows_really_damage() -> None:
    """The table would mean nothing if its damages left the samples as they were."""
    clean = {shape: damaged_takes(ROWS[0], shape, SEED)[1][0].samples for shape in ROWS[0].shapes}
    for row in ROWS:
        if row.group in {"clean", "rate", "codec", "jitter"}:
            continue
        for take in damaged_takes(row, row.shapes[0], SEED)[1]:
            undamaged = clean[row.shapes[0]]
            assert take.samples.size != undamaged.size or abs(take.samples - undamaged).max() > 0.01, row.name
