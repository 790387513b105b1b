"""Every operation of an instruction set is executed by a test, and the generated page says by which."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.cpu.h8s import cases
from tests.cpu.tlcs900.evidence import ELSEWHERE, MASKED, compared, shown_by
from tests.cpu.tlcs900.vectors.cases import MASKS
from tests.documents import CPU_PAGES, cpu_page
from tests.test_statements import problem_of

from luthier.cpu import CPUS, describe
from luthier.cpu.coverage import Coverage, of_addresses, of_instructions
from luthier.cpu.documentation import Evidence, manual_of, page
from luthier.machine import FlatMachine

CPU = "tlcs900h2"


def test_every_operation_is_executed_by_a_test() -> None:
    assert {operation.name for operation in compared().missing_operations} == set(ELSEWHERE)


def test_every_form_is_executed_by_a_test() -> None:
    assert {form.operation.name for form in compared().missing_forms} == set(ELSEWHERE)


def test_cases_that_are_compared_are_all_instructions() -> None:
    assert compared().undefined == 0
    assert sum(compared().operations.values()) == sum(compared().counts.values()) > 100_000


@pytest.mark.parametrize("test", sorted({*ELSEWHERE.values(), *MASKED.values()}))
def test_what_is_not_compared_has_a_test(test: str) -> None:
    assert not problem_of(test)


def test_every_mask_has_one_test() -> None:
    assert [mask.reason for mask in MASKS if len(shown_by(mask.reason)) != 1] == []
    unused = [key for key in MASKED if not any(mask.reason.startswith(key) for mask in MASKS)]
    assert unused == []


def test_counting_instructions() -> None:
    found = of_instructions(CPU, [b"\x00", b"\x00", b"\xc9\x61", b"\x1f", b"\xc9"])
    assert found.undefined == 2
    assert [(form.mnemonic, found.counts[form.number]) for form in found.forms] == [("inc", 1), ("nop", 2)]
    assert len(found.missing_operations) == len(describe(CPU).operations) - 2
    twice = found + found
    assert (twice.undefined, sum(twice.counts.values())) == (4, 6)


def test_counting_the_addresses_of_a_trace() -> None:
    board = FlatMachine(CPU, executor="plain")
    board.load(0x1000, bytes.fromhex("2203 ca1cfd 05"))  # ld B,3; djnz B, itself; halt
    board.reset()
    board.pc = 0x1000
    board.processor.start_trace(64)
    board.run(max_instructions=10)
    covered = of_addresses(CPU, board.memory, board.processor.trace().addresses)
    names = {form.operation.name: covered.counts[form.number] for form in covered.forms}
    assert names == {"ld R,# (byte)": 1, "djnz r,$ (byte)": 3, "halt": 1}


# The page


def test_every_cpu_has_a_page() -> None:
    assert set(CPU_PAGES) == set(CPUS)
    assert all(path.exists() for path in CPU_PAGES.values())
    with pytest.raises(LookupError):
        manual_of("z80")


@pytest.mark.parametrize("cpu", CPUS)
def test_every_operand_letter_of_the_rows_is_explained(cpu: str) -> None:
    description = describe(cpu)
    explained = {letter for key in manual_of(cpu).operands for letter in key.split()}
    used = {place.operand.letter for form in description.forms for place in form.places}
    assert used <= explained


@pytest.mark.parametrize(("cpu", "compared"), [(CPU, compared), ("h8s2000", cases.compared)])
def test_the_page_has_every_row_with_its_counts(cpu: str, compared: Callable[[], Coverage]) -> None:
    lines = CPU_PAGES[cpu].read_text(encoding="utf-8").splitlines()
    counts = compared().operations
    by_row: dict[int, list[str]] = {}
    for operation in describe(cpu).operations:
        number = counts[operation.number]
        count = str(number) if number else f"0: `{ELSEWHERE[operation.name]}`"
        by_row.setdefault(operation.row.line, []).append(count)
    for row in describe(cpu).rows.rows:
        group = "" if row.group == "op" else row.group + f".{row.sizes}" * bool(row.sizes)
        start = f"| `{' '.join((group, *row.code)).strip()}` | "
        ends = f" | {' '.join(by_row[row.line])} |"
        assert any(line.startswith(start) and line.endswith(ends) for line in lines), row


@pytest.mark.parametrize("cpu", CPUS)
def test_the_page_is_up_to_date(cpu: str) -> None:
    assert CPU_PAGES[cpu].read_text(encoding="utf-8") == cpu_page(cpu), "run python -m tests.documents"


@pytest.mark.parametrize("cpu", CPUS)
def test_maps_show_what_the_decoder_takes(cpu: str) -> None:
    """The first map: as many undefined slots as the first bytes that no instruction has."""
    text = page(cpu, Evidence({}))
    chart = text.partition("### First byte")[2].partition("</table>")[0]
    cells = [part.partition(">") for part in chart.split("<td")[1:]]
    undefined = 0
    total = 0
    for attributes, _, rest in cells:
        width = int(attributes.partition('"')[2].partition('"')[0] or 1)
        total += width
        undefined += width if rest.startswith("·") else 0
    defined = {value for form in describe(cpu).forms for value in form.bytes[0] or ()}
    assert (total, undefined) == (256, 256 - len(defined))


def test_the_coverage_can_be_incomplete() -> None:
    nothing = of_addresses(CPU, np.zeros(1, np.uint8), [])
    assert nothing.missing_operations == describe(CPU).operations
    assert not nothing.forms
