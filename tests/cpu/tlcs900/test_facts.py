"""Published facts about the TLCS-900/H2, each shown with single instructions put together by hand."""

from __future__ import annotations

import pytest
from tests.cpu.tlcs900.single import CODE, STACK, Done, is_undefined, machine

from luthier.cpu import describe
from luthier.cpu.decoding import find_form
from luthier.cpu.executor import decoding_tables
from luthier.cpu.tlcs900 import operands
from luthier.machine import FlatMachine

BEHIND_8_BYTES = b"\x34\x12\x00\x00"


def first_bytes() -> set[int]:
    """The first bytes of which some instruction begins."""
    return {value for form in describe("tlcs900h2").forms for value in form.bytes[0] or ()}


# Registers


def test_short_register_codes() -> None:
    for code in range(8):
        byte = Done(f"{0x20 + code:02x} 5a")
        assert byte["WABCDEHL"[code]] == 0x5A
        name = ("WA", "BC", "DE", "HL", "IX", "IY", "IZ", "SP")[code]
        assert Done(f"{0x30 + code:02x} 34 12")[name] == 0x1234
        assert Done(f"{0x40 + code:02x} 78 56 34 12")["X" + name] == 0x12345678


def test_full_register_codes() -> None:
    for bank in range(4):
        for place, long in enumerate(("XWA", "XBC", "XDE", "XHL")):
            for byte in range(4):
                code = 16 * bank + 4 * place + byte
                done = Done(f"c7 {code:02x} 03 5a")  # ld r,5Ah
                assert done[f"{long}{bank}"] == 0x5A << 8 * byte
    for place, long in enumerate(("XIX", "XIY", "XIZ")):
        assert Done(f"c7 {0xF0 + 4 * place:02x} 03 5a")[long] == 0x5A
    assert Done("c7 e0 03 5a")["A"] == 0x5A
    assert Done("c7 e1 03 5a")["W"] == 0x5A
    assert Done("c7 e2 03 5a")["QA"] == 0x5A
    assert Done("c7 e3 03 5a")["QW"] == 0x5A


def test_the_previous_bank_is_the_one_below_and_below_0_is_3() -> None:
    for bank, previous in ((0, 3), (1, 0), (2, 1), (3, 2)):
        done = Done(f"17 0{bank} c7 d0 03 5a", steps=2)
        assert done[f"XWA{previous}"] == 0x5A


def test_status_register_and_reset() -> None:
    board = machine("plain")
    board.memory[:] = 0
    board.load(0xFFFF00, b"\x56\x34\x12\xab")
    board.reset()
    assert board.registers["SR"] == 0xF800
    assert board.registers["XSP"] == 0x100
    assert board.pc == 0x123456
    done = Done("02", SR=0xB2C5)
    assert done.word(STACK - 2) == 0xBAC5
    assert Done("03", {STACK: b"\x45\xd1"})["SR"] == 0xD945


def test_banks_count_modulo_four() -> None:
    for start in range(4):
        assert Done("0c", SR=0x8800 | start << 8)["SR"] >> 8 & 7 == (start + 1) % 4  # incf
        assert Done("0d", SR=0x8800 | start << 8)["SR"] >> 8 & 7 == (start - 1) % 4  # decf
        assert Done(f"17 0{start}")["SR"] >> 8 & 7 == start  # ldf


def test_pop_sr_leaves_what_the_chip_does_not_have() -> None:
    done = Done("03", {STACK: b"\xff\x7f"})
    assert done["SR"] == 0xFBD7
    done = Done("07", {STACK: b"\x28\x04\x00\x20\x00\x00"})  # reti
    assert (done["SR"], done.stop.pc) == (0x8800, 0x2000)


def test_pop_f_leaves_bits_5_and_3() -> None:
    assert Done("19", {STACK: b"\xff"})["F"] == 0xD7
    assert Done("16", F=0x55, F_=0x82)["F"] == 0x82
    assert Done("16", F=0x55, F_=0x82)["F'"] == 0x55


def test_control_register_numbers() -> None:
    for channel in range(4):
        assert Done(f"e8 2e {4 * channel:02x}", XWA=0x12345678)[f"DMAS{channel}"] == 0x12345678
        assert Done(f"e8 2e {0x20 + 4 * channel:02x}", XWA=0x12345678)[f"DMAD{channel}"] == 0x12345678
        assert Done(f"d8 2e {0x40 + 4 * channel:02x}", WA=0x1234)[f"DMAC{channel}"] == 0x1234
        assert Done(f"c9 2e {0x42 + 4 * channel:02x}", A=0x12)[f"DMAM{channel}"] == 0x12


def test_intnest_is_7c_and_counts() -> None:
    done = Done("d8 2e 7c", WA=0x1234)  # the bytes the KN5000 pages quote from the firmware
    assert done["INTNEST"] == 0x1234
    assert Done("d8 2f 7c", INTNEST=7)["WA"] == 7
    assert Done("f9", INTNEST=7)["INTNEST"] == 8
    assert Done("07", INTNEST=7)["INTNEST"] == 6


# Stack and jumps


def test_link_and_unlk() -> None:
    done = Done("ec 0c f8 ff", XIX=0x12345678)  # link XIX,-8
    assert done.long(STACK - 4) == 0x12345678
    assert (done["XIX"], done["XSP"]) == (STACK - 4, STACK - 12)
    done = Done("ec 0d", {0x7000: b"\x78\x56\x34\x12"}, XIX=0x7000)
    assert (done["XIX"], done["XSP"]) == (0x12345678, 0x7004)


def test_retd() -> None:
    done = Done("0f 06 00", {STACK: BEHIND_8_BYTES})
    assert (done.stop.pc, done["XSP"]) == (0x1234, STACK + 10)


def test_swi_pushes_pc_and_sr_and_takes_its_vector() -> None:
    for number in range(8):
        vectors = {0xFFFF00 + 4 * number: b"\x21\x43\x65\x00"}
        done = Done(f"{0xF8 + number:02x}", vectors, SR=0xA945)
        assert done.stop.pc == 0x654321
        assert done["XSP"] == STACK - 6
        assert done.long(STACK - 4) == CODE + 1
        assert done.word(STACK - 6) == 0xA945
        assert done["SR"] == 0xA945


def test_di_and_ei() -> None:
    assert Done("06 07", SR=0x8800)["SR"] == 0xF800
    assert Done("06 03")["SR"] == 0xB800
    assert Done("06 00")["SR"] == 0x8800


def test_djnz() -> None:
    for count, taken in ((2, True), (1, False), (0, True)):
        done = Done("ca 1c 10", B=count)
        assert done["B"] == count - 1 & 0xFF
        assert done.ended_behind == (0x13 if taken else 3)
    assert Done("d9 1c 10", BC=0)["BC"] == 0xFFFF


def test_ldar_counts_from_behind_the_displacement() -> None:
    assert Done("f3 13 10 00 35")["XIY"] == CODE + 4 + 0x10


def test_a_conditional_return_is_b0_alone() -> None:
    assert Done("b0 f8", {STACK: BEHIND_8_BYTES}).stop.pc == 0x1234
    assert Done("b0 f6", {STACK: BEHIND_8_BYTES}, F=0).ended_behind == 2
    for code in ("b1 f8", "b7 f8", "b8 00 f8", "f0 20 f8", "f1 00 20 f8", "f5 f0 f8"):
        assert is_undefined(code), code


def test_halt_waits_for_an_interrupt() -> None:
    board = FlatMachine("tlcs900h2", executor="plain")
    board.load(0xFFFF28, BEHIND_8_BYTES)
    board.load(CODE, b"\x05")
    board.reset()
    board.pc, board.registers["XSP"] = CODE, STACK
    board.registers["SR"] = 0x8800
    stop = board.run(max_instructions=5)
    assert (stop.reason, stop.pc, stop.instructions) == ("halt", CODE + 1, 1)
    board.processor.interrupts.request(0x28, 3)
    board.run(max_instructions=1)
    assert int.from_bytes(board.memory[STACK - 4 : STACK].tobytes(), "little") == CODE + 1
    assert board.pc == 0x1235


# Interrupts


@pytest.mark.parametrize("level", range(8))
@pytest.mark.parametrize("mask", range(8))
def test_which_levels_are_let_through(level: int, mask: int) -> None:
    board = machine("plain")
    board.memory[:] = 0
    board.load(0xFFFF40, BEHIND_8_BYTES)
    board.reset()
    board.pc, board.registers["XSP"] = CODE, STACK
    board.registers["SR"] = 0x8800 | mask << 12
    board.processor.interrupts.request(0x40, level)
    board.run(max_instructions=1)
    board.processor.interrupts.withdraw(0x40)
    taken = board.pc == 0x1235
    assert taken == (level == 7 or (level > 0 and level >= mask))
    if taken:
        assert board.registers["SR"] >> 12 & 7 == min(7, level + 1)
        assert board.registers["XSP"] == STACK - 6
        assert board.registers["INTNEST"] == 1
        assert int.from_bytes(board.memory[STACK - 6 : STACK - 4].tobytes(), "little") == 0x8800 | mask << 12


def test_the_smaller_vector_comes_first_and_the_higher_level_before_it() -> None:
    board = machine("plain")
    lines = board.processor.interrupts
    lines.request(0x50, 3)
    lines.request(0x40, 3)
    lines.request(0x60, 4)
    assert [lines.take().vector for _ in range(3)] == [0x60, 0x40, 0x50]


@pytest.mark.parametrize(("code", "executed"), [("06 00 00 00", 2), ("06 00 06 00 00 00", 3)])
def test_ei_lets_one_more_instruction_pass(code: str, executed: int) -> None:
    for executor in ("plain", "compiled"):
        board = machine(executor)
        board.memory[:] = 0
        board.load(CODE, bytes.fromhex(code))
        board.load(0xFFFF40, BEHIND_8_BYTES)
        board.reset()
        board.pc, board.registers["XSP"] = CODE, STACK
        board.processor.interrupts.request(0x40, 3)
        stop = board.run(max_instructions=10, breakpoints={0x1234})
        board.processor.interrupts.withdraw(0x40)
        assert (stop.reason, stop.instructions) == ("breakpoint", executed)


# Single instructions


def test_block_instructions_repeat_until_bc_is_0() -> None:
    done = Done("83 11", {0x2000: b"abc"}, steps=3, XHL=0x2000, XDE=0x3000, BC=3)
    assert done.bytes_at(0x3000, 4) == b"abc\0"
    assert (done["XHL"], done["XDE"], done["BC"], done.ended_behind) == (0x2003, 0x3003, 0, 2)
    once = Done("85 11", {0x2000: b"abc"}, XIY=0x2000, XIX=0x3000, BC=3)
    assert (once.bytes_at(0x3000, 2), once.ended_behind) == (b"a\0", 0)
    down = Done("95 13", {0x2000: b"abcd"}, steps=2, XIY=0x2002, XIX=0x3002, BC=2)
    assert (down.bytes_at(0x3000, 4), down["XIX"]) == (b"abcd", 0x2FFE)


def test_products_and_quotients() -> None:
    assert Done("cb 41", WA=0xFF0C, C=20)["WA"] == 240
    assert Done("cb 49", WA=0xFF, C=3)["WA"] == 0xFFFD
    assert Done("d9 40", XWA=0x5555FFFF, BC=0xFFFF)["XWA"] == 0xFFFE0001
    done = Done("d9 50", XWA=1_000_003, BC=100)  # the quotient below, the remainder above
    assert done["XWA"] == 3 << 16 | 10_000


def test_a_byte_quotient_measured_on_a_console() -> None:
    """A Neo Geo Pocket Color divided 1F64h by 64h: 2450h (NgpCraft, hw_test_bytediv)."""
    assert Done("cb 51", WA=0x1F64, C=0x64)["WA"] == 0x2450


def test_division_by_zero_and_byte_quotients_from_512_are_those_of_mame() -> None:
    done = Done("d9 50", XWA=1234, BC=0)
    assert (done["XWA"], done["F"]) == (0x04D2FFFF, 4)
    assert Done("cb 51", WA=0x1234, C=0)["WA"] == 0x34ED
    assert Done("cb 51", WA=0x7FFF, C=2)["F"] == 4


def test_bit_searches() -> None:
    assert Done("d8 0e", WA=0, BC=0)["F"] & 4
    assert Done("d9 0e", BC=0x0510)["A"] == 4
    assert Done("d9 0f", BC=0x0510)["A"] == 10
    assert Done("d9 0e", BC=0, A=0x77)["A"] == 0x77


def test_minc_wraps_at_the_end_of_its_block() -> None:
    for code, step in (("38", 1), ("39", 2), ("3a", 4)):
        start, seen = 0x1238, []
        value = start
        for _ in range(8 // step):
            value = Done(f"d8 {code} {8 - step:02x} 00", WA=value)["WA"]
            seen.append(value)
        assert seen == [*range(start + step, start + 8, step), start]


def test_mdec_wraps_at_the_beginning_of_its_block() -> None:
    for code, step in (("3c", 1), ("3d", 2), ("3e", 4)):
        start, seen = 0x1238, []
        value = start
        for _ in range(8 // step):
            value = Done(f"d8 {code} {8 - step:02x} 00", WA=value)["WA"]
            seen.append(value)
        assert seen == [*range(start + 8 - step, start, -step), start]


def test_paa_makes_even() -> None:
    assert Done("d8 14", WA=0x1235)["WA"] == 0x1236
    assert Done("d8 14", WA=0x1234)["WA"] == 0x1234


def test_mirr_turns_a_word_round() -> None:
    assert Done("d8 16", WA=0b0001_0010_0011_0100)["WA"] == 0b0010_1100_0100_1000
    assert is_undefined("c9 16")
    assert is_undefined("e8 16")


def test_scc_gives_1_or_0() -> None:
    assert Done("c9 76", A=0x55, F=0x40)["A"] == 1
    assert Done("c9 76", A=0x55, F=0)["A"] == 0


def test_carry_and_bits() -> None:
    assert Done("c9 24 03", A=0, F=1)["A"] == 8  # stcf 3,A
    assert Done("c9 23 03", A=8)["F"] == 1  # ldcf 3,A
    assert Done("c9 20 03", A=0, F=1)["F"] == 0  # andcf
    assert Done("c9 21 03", A=8, F=0)["F"] == 1  # orcf
    assert Done("c9 22 03", A=8, F=1)["F"] == 0  # xorcf
    assert Done("b4 a3", XIX=0x2000, F=1).bytes_at(0x2000, 1) == b"\x08"  # stcf 3,(XIX)
    assert Done("b4 2c", XIX=0x2000, A=5, F=1).bytes_at(0x2000, 1) == b"\x20"  # stcf A,(XIX)


def test_a_byte_has_eight_bits() -> None:
    """Immediate bit numbers are taken modulo 8; with bit 3 of A set nothing happens."""
    assert Done("c9 24 0b", WA=0, F=1)["WA"] == 8
    assert Done("c9 31 09", WA=0)["WA"] == 2
    assert Done("c9 33 09", WA=2)["F"] == 0x10
    for code in ("cb 28", "cb 29", "cb 2a", "cb 2b"):
        for flags in (0, 1):
            for content in (0, 0xFFFF):
                assert Done(code, A=8, BC=content, F=flags)["F"] == flags, code
    assert Done("cb 2c", A=8, BC=0, F=1)["BC"] == 0
    assert Done("b4 2c", XIX=0x2000, A=13, F=1).bytes_at(0x2000, 2) == b"\x20\0"  # memory: modulo 8


# The stack pointer in its own instructions, where sources differ


def test_the_stack_pointer_is_pushed_after_its_decrement_and_popped_before_its_increment() -> None:
    assert Done("3f").long(STACK - 4) == STACK - 4
    assert Done("2f").word(STACK - 2) == STACK - 2
    assert Done("ef 04").long(STACK - 4) == STACK - 4
    assert Done("5f", {STACK: BEHIND_8_BYTES})["XSP"] == 0x1238
    assert Done("ef 05", {STACK: BEHIND_8_BYTES})["XSP"] == 0x1238


def test_link_and_unlk_of_the_stack_pointer() -> None:
    done = Done("ef 0c f8 ff")
    assert (done.long(STACK - 4), done["XSP"]) == (STACK - 4, STACK - 12)
    assert Done("ef 0d", {STACK: BEHIND_8_BYTES})["XSP"] == 0x1238


def test_pushing_memory_at_the_stack_pointer() -> None:
    done = Done("97 04", {STACK: b"\x34\x12"})  # pushw (XSP)
    assert (done.word(STACK - 2), done["XSP"]) == (0x1234, STACK - 2)
    # pushw (-XSP): the address counts down first, then the push does
    done = Done("d4 fd 04", {STACK - 2: b"\x34\x12"})
    assert (done.word(STACK - 4), done["XSP"]) == (0x1234, STACK - 4)
    # popw (XSP+): the address counts up first
    done = Done("f5 fd 06", {STACK + 2: b"\x34\x12"})
    assert (done.word(STACK), done["XSP"]) == (0x1234, STACK + 4)


# Counts


def test_240_first_bytes_are_defined() -> None:
    found = first_bytes()
    prefixes = {value for value in found if 0x80 <= value < 0xF8}
    assert (len(found), len(prefixes), len(found - prefixes)) == (240, 115, 125)
    assert set(range(256)) - found == {1, 4, 0x1F, *range(0x50, 0x58), 0xC6, 0xD6, 0xE6, 0xF6, 0xF7}


def test_about_390_forms() -> None:
    assert 380 <= len(describe("tlcs900h2").operations) <= 400


def test_the_deleted_instructions_are_undefined() -> None:
    for code in ("01", "04", "f7 00 20 00 55 00"):
        assert is_undefined(code)


# What is undefined stops the run


@pytest.mark.parametrize(
    ("what", "codes"),
    [
        ("slots without an instruction", ["1f", "50", "c6", "c8 01", "80 00", "b0 01", "f0 20 01"]),
        ("register codes 40 to CF", ["c7 40 a8", "d7 80 a8", "e7 cc a8", "c3 40 20"]),
        ("odd codes of words, other than multiples of four of longs", ["d7 e1 a8", "e7 e2 a8", "e7 e1 a8"]),
        ("step code 3", ["c4 f3 20", "c5 f3 20", "f5 f3 40"]),
        ("byte products by W, B, D or H", ["c9 40", "c9 52", "80 44", "c8 08 05"]),
        ("word products by half a long register", ["d7 e2 08 05 00", "d7 e2 19"]),
        ("a small number and a long register", ["e8 d8"]),
        ("block transfers behind other prefixes", ["80 11", "81 10", "82 12", "84 13", "97 11", "a3 10"]),
        ("banks above 3 and levels above 7", ["17 04", "17 09", "06 08", "06 09"]),
        ("control registers nobody knows", ["d8 2e 60", "e8 2e 7c", "d8 2e 02"]),
    ],
)
def test_what_is_undefined_stops_the_run(what: str, codes: list[str]) -> None:
    assert [code for code in codes if not is_undefined(code)] == [], what


def test_undefined_code_is_known_from_its_bytes_alone() -> None:
    import numpy as np

    code = np.frombuffer(bytearray.fromhex("c7 40 a8"), np.uint8)
    assert find_form(code, 0, 3, decoding_tables("tlcs900h2")) < 0
    assert operands.FULL["b"][0x40] is None
