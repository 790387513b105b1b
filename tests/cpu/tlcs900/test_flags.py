"""What single instructions do to the flags, by hand: S 80, Z 40, H 10, V 4, N 2, C 1."""

from __future__ import annotations

import pytest
from tests.cpu.tlcs900.single import Done
from tests.cpu.tlcs900.vectors.cases import load

from luthier.cpu.tlcs900.manual import CONDITION_RULES
from luthier.cpu.tlcs900.operands import CONDITIONS, condition_holds

ALL = 0xD7

#: code, A, F, and A and F after it
SUMS = [
    ("c9 c8 01", 0x7F, ALL, 0x80, 0x94),  # add
    ("c9 c8 01", 0xFF, 0, 0x00, 0x51),
    ("c9 c8 10", 0x0F, ALL, 0x1F, 0x00),
    ("c9 c9 00", 0x7F, 1, 0x80, 0x94),  # adc
]
DIFFERENCES = [
    ("c9 ca 01", 0x00, 0, 0xFF, 0x93),  # sub
    ("c9 ca 01", 0x80, ALL, 0x7F, 0x16),
    ("c9 cb 00", 0x00, 1, 0xFF, 0x93),  # sbc
    ("c9 cf 01", 0x80, 0, 0x80, 0x16),  # cp
    ("c9 07", 0x80, 0, 0x80, 0x87),  # neg
    ("c9 07", 0x01, 0, 0xFF, 0x93),
]
LOGIC = [
    ("c9 cc 3c", 0xF0, ALL, 0x30, 0x14),  # and: H, parity even
    ("c9 cc 80", 0x80, ALL, 0x80, 0x90),
    ("c9 ce 30", 0x0F, ALL, 0x3F, 0x04),  # or
    ("c9 cd ff", 0xFF, ALL, 0x00, 0x44),  # xor
    ("c9 06", 0x0F, 0, 0xF0, 0x12),  # cpl
    ("c9 06", 0x0F, 0xC5, 0xF0, ALL),
]
STEPS = [
    ("c9 61", 0x7F, 0, 0x80, 0x94),  # inc 1,A
    ("c9 61", 0x7F, 1, 0x80, 0x95),
    ("c9 69", 0x00, 0, 0xFF, 0x92),  # dec 1,A
    ("c9 69", 0x00, 1, 0xFF, 0x93),
    ("c9 60", 0x01, 0, 0x09, 0x00),  # inc 8,A
]
CARRY = [
    ("10", 0, ALL, 0, 0xC4),  # rcf
    ("11", 0, ALL, 0, 0xC5),  # scf
    ("12", 0, ALL, 0, 0xD4),  # ccf: C turned, N 0
    ("12", 0, 0, 0, 0x01),
    ("13", 0, 0x00, 0, 0x01),  # zcf
    ("13", 0, 0x40, 0, 0x40),
]


def wrong(rows: list[tuple[str, int, int, int, int]]) -> list[str]:
    """The codes that do not do what the rows say."""
    found = []
    for code, before, flags, after, flags_after in rows:
        done = Done(code, A=before, F=flags)
        if (done["A"], done["F"]) != (after, flags_after):
            found.append(code)
    return found


def test_the_rows_can_be_wrong() -> None:
    assert wrong([("c9 c8 01", 0x7F, 0, 0x80, 0x95)]) == ["c9 c8 01"]


def test_sums_set_every_flag_and_clear_n() -> None:
    assert wrong(SUMS) == []


def test_differences_set_every_flag_and_n() -> None:
    assert wrong(DIFFERENCES) == []


def test_and_sets_h_and_logic_gives_parity() -> None:
    assert wrong(LOGIC) == []


def test_inc_and_dec_of_a_byte_leave_c() -> None:
    assert wrong(STEPS) == []


def test_inc_and_dec_of_word_and_long_registers_leave_all_flags() -> None:
    for code in ("d8 61", "e8 61", "d8 69", "e8 69", "d8 60"):
        for flags in (0, ALL):
            assert Done(code, WA=0x7FFF, F=flags)["F"] == flags
    assert Done("d8 61", XWA=0x1FFFF)["XWA"] == 0x10000
    assert Done("e8 61", XWA=0x1FFFF)["XWA"] == 0x20000


def test_inc_and_dec_of_memory_set_flags_in_both_sizes() -> None:
    byte = Done("84 61", {0x2000: b"\x7f"}, XIX=0x2000, F=1)
    assert (byte.bytes_at(0x2000, 1), byte["F"]) == (b"\x80", 0x95)
    word = Done("94 61", {0x2000: b"\xff\x7f"}, XIX=0x2000, F=1)
    assert (word.word(0x2000), word["F"]) == (0x8000, 0x95)
    down = Done("94 69", {0x2000: b"\x00\x00"}, XIX=0x2000)
    assert (down.word(0x2000), down["F"]) == (0xFFFF, 0x92)


def test_carry_instructions() -> None:
    assert wrong(CARRY) == []


def test_ccf_and_zcf_leave_h() -> None:
    assert Done("12", F=0x10)["F"] == 0x11
    assert Done("13", F=0x50)["F"] == 0x50
    assert Done("13", F=0x00)["F"] == 0x01


def test_moves_extensions_and_products_leave_the_flags() -> None:
    unflagged = {
        "ld A,W": "c8 89",
        "exts WA": "d8 13",
        "extz WA": "d8 12",
        "paa WA": "d8 14",
        "lda XIX,XWA": "b0 34",
        "mul WA,C": "cb 41",
        "muls WA,C": "cb 49",
        "ld A,5": "c9 ad",
    }
    for text, code in unflagged.items():
        for flags in (0, ALL):
            assert Done(code, WA=0x1280, C=0xFF, F=flags)["F"] == flags, text


def test_a_shift_by_zero_is_one_by_sixteen() -> None:
    done = Done("d8 ef 00", WA=0x8001)  # srl 0,WA
    assert (done["WA"], done["F"]) == (0, 0x45)  # the last bit out is bit 15
    assert Done("e8 ee 00", XWA=0x12345678)["XWA"] == 0x56780000  # sll 0,XWA
    assert Done("c9 e8 13", A=0x81)["A"] == 0x0C  # rlc: 19 counts as 3


def test_shifts_clear_h_and_n_and_give_parity() -> None:
    done = Done("c9 ec 01", A=0xC1, F=ALL)  # sla: 82, two bits
    assert (done["A"], done["F"]) == (0x82, 0x85)
    done = Done("c9 ed 01", A=0x83, F=0)  # sra: C1, three bits
    assert (done["A"], done["F"]) == (0xC1, 0x81)


def test_long_results_clear_h_and_v_where_they_are_undefined() -> None:
    assert Done("e8 c8 01 00 00 00", XWA=0x0F, F=ALL)["F"] == 0x00  # add: no H
    assert Done("e8 c8 01 00 00 00", XWA=0x7FFFFFFF)["F"] == 0x84  # but V, an overflow
    assert Done("e8 cc ff 00 00 00", XWA=0x03, F=ALL)["F"] == 0x10  # and: no parity
    assert Done("e8 ec 01", XWA=0x03, F=ALL)["F"] == 0x00  # sla: no parity


def test_block_transfers_give_v_while_there_is_more() -> None:
    for count, overflow in ((2, 0x04), (1, 0)):
        done = Done("83 10", {0x2000: b"\x55"}, XHL=0x2000, XDE=0x3000, BC=count, F=0xD3)
        assert (done["BC"], done["F"]) == (count - 1, 0xC1 | overflow)
        assert done.bytes_at(0x3000, 1) == b"\x55"


def test_block_compares_compute_h_and_leave_c() -> None:
    # A - (XIX) = 10 - 01: a borrow from bit 4
    for flags in (0, 1):
        done = Done("84 14", {0x2000: b"\x01"}, XIX=0x2000, A=0x10, BC=2, F=flags)
        assert done["F"] == 0x16 | flags
        assert done["XIX"] == 0x2001


def test_bit_and_tset_give_z_the_opposite_of_the_bit_and_leave_s_and_v() -> None:
    for code in ("c9 33 03", "c9 34 03"):
        assert Done(code, A=0x08, F=0)["F"] == 0x10
        assert Done(code, A=0x00, F=0x85)["F"] == 0xD5
    for code in ("b4 cb", "b4 ab"):  # bit 3,(XIX) and tset 3,(XIX)
        assert Done(code, {0x2000: b"\x08"}, XIX=0x2000)["F"] == 0x10
        assert Done(code, XIX=0x2000, F=0x85)["F"] == 0xD5
    assert Done("b4 ab", XIX=0x2000).bytes_at(0x2000, 1) == b"\x08"


def test_rld_and_rrd_keep_c() -> None:
    for code, digit, content in (("84 06", 0x13, b"\x42"), ("84 07", 0x14, b"\x23")):
        for flags in (0, 1):
            done = Done(code, {0x2000: b"\x34"}, XIX=0x2000, A=0x12, F=flags)
            assert (done["A"], done.bytes_at(0x2000, 1)) == (digit, content)
            assert done["F"] & 1 == flags


def test_mula_sets_v_when_the_sum_overflows() -> None:
    memory = {0x2000: b"\x02\x00", 0x3000: b"\x03\x00"}
    done = Done("d8 19", memory, XDE=0x2000, XHL=0x3000, XWA=10, F=ALL)
    assert (done["XWA"], done["XHL"], done["XDE"]) == (16, 0x2FFE, 0x2000)
    assert done["F"] & 0xC4 == 0
    done = Done("d8 19", memory, XDE=0x2000, XHL=0x3000, XWA=0x7FFFFFFF)
    assert (done["XWA"], done["F"] & 0xC4) == (0x80000005, 0x84)


def test_divs_sets_v_for_every_quotient_outside_its_half() -> None:
    for dividend, divisor, overflow in (
        (-256, 2, 0),
        (-258, 2, 1),
        (254, 2, 0),
        (256, 2, 1),
        (-128, 255, 1),  # 255 is -1: 128
    ):
        done = Done("cb 59", WA=dividend & 0xFFFF, C=divisor)  # divs WA,C
        assert done["F"] == 4 * overflow, (dividend, divisor)


def test_conditions_ask_of_the_flags_what_their_names_say() -> None:
    for code, name in enumerate(CONDITIONS):
        rule = CONDITION_RULES[code & 7]
        for flags in range(256):
            named = {"S": flags >> 7 & 1, "Z": flags >> 6 & 1, "V": flags >> 2 & 1, "C": flags & 1}
            asked = False if rule == "never" else bool(eval(rule, {}, named))
            assert condition_holds(code, flags) == (asked != (code >= 8)), name


def test_conditions_hold_after_the_comparison_they_are_named_for() -> None:
    for first, second in ((1, 2), (2, 1), (0x80, 1), (1, 0x80), (5, 5), (0xFF, 0xFF), (0x7F, 0xFF)):
        signed = [value - 256 if value > 127 else value for value in (first, second)]
        flags = Done(f"c9 cf {second:02x}", A=first)["F"]
        truth = {
            "LT": signed[0] < signed[1],
            "LE": signed[0] <= signed[1],
            "GE": signed[0] >= signed[1],
            "GT": signed[0] > signed[1],
            "ULE": first <= second,
            "UGT": first > second,
            "C": first < second,
            "NC": first >= second,
            "Z": first == second,
            "NZ": first != second,
            "T": True,
            "F": False,
        }
        for name, holds in truth.items():
            assert condition_holds(CONDITIONS.index(name), flags) == holds, (first, second, name)


@pytest.mark.parametrize("table", [0xC8, 0xD8, 0xE8])
def test_mame_sets_these_flags_too(table: int) -> None:
    """The rule of N in the sources: 1 after SUB, 0 after ADD, in every case that MAME ran."""
    cases = load()
    for second, negative in ((0x80, 0), (0xA0, 2)):
        rows = (cases.table == table) & (cases.second & 0xF8 == second)
        assert rows.any()
        assert (cases.sr_after[rows] & 2 == negative).all()
