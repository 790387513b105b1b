"""Who comes first: modes, levels, vectors, pins."""

from __future__ import annotations

from tests.kaoss.sandbox.boards import board, result, run

#: Each handler shifts its digit into the result.
DIGIT = (
    " push.l er0\n mov.w @RESULT,r0\n shll.w #2,r0\n shll.w #2,r0\n or.b #{digit},r0l\n"
    " mov.w r0,@RESULT\n {clear}\n pop.l er0\n rte"
)
TWO_FLAGS = (
    " mov.b #0x03,r0l\n mov.b r0l,@TIER_0\n mov.b #0x01,r0l\n mov.b r0l,@TIER_2\n"
    " mov.w #10,r0\n mov.w r0,@TGRA_0\n mov.w r0,@TGRB_0\n mov.w r0,@TGRA_2\n mov.b #5,r0l\n"
    " mov.b r0l,@TSTR\n"
    " mov.w #30,r0\nwait: dec.w #1,r0\n bne wait\n"
)
#: Mode 2; channel 0 at level 2, channel 2 at level 5.
LEVELS = (
    " mov.b #0x21,r0l\n mov.b r0l,@SYSCR\n mov.b #0x20,r0l\n mov.b r0l,@IPRF\n"
    " mov.b #0x50,r0l\n mov.b r0l,@IPRG\n"
)
HANDLERS = {
    32: DIGIT.format(digit=1, clear="bclr #0,@TSR_0"),
    33: DIGIT.format(digit=2, clear="bclr #1,@TSR_0"),
    44: DIGIT.format(digit=3, clear="bclr #0,@TSR_2"),
}


def test_in_mode_0_the_smaller_vector_comes_first() -> None:
    chip = board(f"{TWO_FLAGS} andc #0x7F,ccr\nstay: bra stay", HANDLERS)
    run(chip, 3000)
    assert result(chip) == 0x123


def test_in_mode_2_the_higher_level_comes_first() -> None:
    chip = board(f"{LEVELS}{TWO_FLAGS} ldc #0,exr\nstay: bra stay", HANDLERS)
    run(chip, 3000)
    assert result(chip) == 0x312


def test_in_mode_2_a_level_must_be_above_that_of_exr() -> None:
    chip = board(f"{LEVELS}{TWO_FLAGS} ldc #2,exr\nstay: bra stay", HANDLERS)
    run(chip, 3000)
    assert result(chip) == 0x3


def test_masked_interrupts_wait() -> None:
    chip = board(f"{TWO_FLAGS}stay: bra stay", HANDLERS)
    run(chip, 3000)
    assert result(chip) == 0


def test_levels_read_seven_after_a_reset_and_keep_three_bits() -> None:
    chip = board(
        " mov.b @IPRA,r0l\n mov.b #0xFF,r0h\n mov.b r0h,@IPRK\n mov.b @IPRK,r0h\n mov.w r0,@RESULT\n"
        "stay: bra stay"
    )
    run(chip, 200)
    assert result(chip) == 0x7777


def test_a_pin_with_a_falling_edge_asks_once() -> None:
    program = (
        " mov.b #0x04,r0l\n mov.b r0l,@ISCRL\n mov.b #0x02,r0l\n mov.b r0l,@IER\n"
        " andc #0x7F,ccr\nstay: bra stay"
    )
    chip = board(program, {17: DIGIT.format(digit=1, clear="nop")})
    run(chip, 200)
    chip.controller.set_pin(1, False)
    run(chip, 500)
    assert result(chip) == 1
    chip.controller.set_pin(1, True)
    run(chip, 500)
    assert result(chip) == 1
    chip.controller.set_pin(1, False)
    run(chip, 500)
    assert result(chip) == 0x11


def test_the_nmi_passes_every_mask() -> None:
    chip = board("stay: bra stay", {7: DIGIT.format(digit=9, clear="nop")})
    run(chip, 100)
    chip.controller.press_nmi()
    run(chip, 300)
    assert result(chip) == 9
    assert chip.taken[7] == 1


def test_sleep_ends_with_an_interrupt() -> None:
    chip = board(
        " mov.w #50000,r0\n mov.w r0,@TGRA_0\n mov.b #1,r0l\n mov.b r0l,@TIER_0\n mov.b r0l,@TSTR\n"
        " andc #0x7F,ccr\n"
        " sleep\n mov.w #0x5A5A,r0\n mov.w r0,@RESULT\nstay: bra stay",
        {32: " bclr #0,@TSR_0\n rte"},
    )
    run(chip, 60_000)
    assert result(chip) == 0x5A5A
    assert chip.processor.instructions < 6000
