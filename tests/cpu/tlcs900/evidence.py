"""What tests execute of the TLCS-900/H2: cases compared with MAME, and the tests for all that is not."""

from __future__ import annotations

from functools import cache

import numpy as np
from tests.cpu.tlcs900.vectors.cases import MASKS, load

from luthier.cpu.coverage import Coverage, of_instructions
from luthier.cpu.documentation import Evidence

_FACTS = "tests/cpu/tlcs900/test_facts.py"
_FLAGS = "tests/cpu/tlcs900/test_flags.py"
_UNDEFINED = f"{_FACTS}::test_what_is_undefined_stops_the_run"

#: Operations without a case: the test that executes them instead.
ELSEWHERE = {"halt": f"{_FACTS}::test_halt_waits_for_an_interrupt"}

_QUOTIENT = f"{_FLAGS}::test_divs_sets_v_for_every_quotient_outside_its_half"
_BITS = f"{_FLAGS}::test_bit_and_tset_give_z_the_opposite_of_the_bit_and_leave_s_and_v"

#: What ``masks.toml`` keeps from comparison, by the beginning of its reason: the test for what Luthier does.
MASKED = {
    "DIVS: ": _QUOTIENT,
    "DIVS by an immediate": _QUOTIENT,
    "RLD, RRD": f"{_FLAGS}::test_rld_and_rrd_keep_c",
    "CPI, CPIR, CPD, CPDR": f"{_FLAGS}::test_block_compares_compute_h_and_leave_c",
    "INCF, DECF": f"{_FACTS}::test_banks_count_modulo_four",
    "LDF": _UNDEFINED,
    "EI": _UNDEFINED,
    "A byte has no bits 8 to 15": f"{_FACTS}::test_a_byte_has_eight_bits",
    "MUL, MULS, DIV, DIVS of bytes": _UNDEFINED,
    "MUL, MULS, DIV, DIVS of words": _UNDEFINED,
    "RET cc": f"{_FACTS}::test_a_conditional_return_is_b0_alone",
    "CP r,#3": _UNDEFINED,
    "BIT, TSET": _BITS,
    "TSET, BIT": _BITS,
    "CCF, ZCF": f"{_FLAGS}::test_ccf_and_zcf_leave_h",
    "Shifts and rotations": f"{_FLAGS}::test_long_results_clear_h_and_v_where_they_are_undefined",
    "MULA": f"{_FLAGS}::test_mula_sets_v_when_the_sum_overflows",
    "LDC": f"{_FACTS}::test_intnest_is_7c_and_counts",
    "PUSH and POP of (-XSP)": f"{_FACTS}::test_pushing_memory_at_the_stack_pointer",
    "MDEC": f"{_FACTS}::test_mdec_wraps_at_the_beginning_of_its_block",
    "POP F": f"{_FACTS}::test_pop_f_leaves_bits_5_and_3",
    "NORMAL and MAX": f"{_FACTS}::test_the_deleted_instructions_are_undefined",
    "POP SR, RETI": f"{_FACTS}::test_pop_sr_leaves_what_the_chip_does_not_have",
}


def shown_by(reason: str) -> list[str]:
    """The tests for what a mask keeps from comparison; one, if the table is right."""
    return [test for beginning, test in MASKED.items() if reason.startswith(beginning)]


@cache
def compared() -> Coverage:
    """What the compared cases cover."""
    cases = load()
    rows = np.flatnonzero(cases.excluded < 0).tolist()
    return of_instructions("tlcs900h2", (cases.instruction(row) for row in rows))


def evidence(questions: list[str]) -> Evidence:
    """For the generated page."""
    left_out = {mask.reason: shown_by(mask.reason)[0] for mask in MASKS}
    return Evidence(compared().operations, ELSEWHERE, list(left_out.items()), questions)
