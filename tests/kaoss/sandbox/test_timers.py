"""Timers: their times follow from the settings alone."""

from __future__ import annotations

import pytest
from tests.kaoss.sandbox.boards import board, result, run

FOREVER = "stay: bra stay"
COUNT = " push.w r0\n mov.w @RESULT,r0\n inc.w #1,r0\n mov.w r0,@RESULT\n {clear}\n pop.w r0\n rte"


def test_a_pulse_unit_counts() -> None:
    chip = board(
        " mov.b #1,r0l\n mov.b r0l,@TCR_0\n mov.b r0l,@TSTR\n mov.w @TCNT_0,r0\n nop\n nop\n"
        " mov.w @TCNT_0,r1\n sub.w r0,r1\n mov.w r1,@RESULT\nstay: bra stay"
    )
    states = []
    for _ in range(9):
        states.append(chip.processor.states)
        chip.processor.step()
    between = states[8] - states[5]  # from behind the first reading to behind the second
    run(chip, 100)
    assert abs(result(chip) - between / 4) <= 1


@pytest.mark.parametrize(("channel", "vector"), [(0, 32), (1, 40), (2, 44)])
def test_compare_matches_come_every_period(channel: int, vector: int) -> None:
    """Four states a step, cleared by A = 99: an interrupt every 400 states."""
    chip = board(
        f" mov.b #0x21,r0l\n mov.b r0l,@TCR_{channel}\n mov.w #99,r0\n mov.w r0,@TGRA_{channel}\n"
        f" mov.b #1,r0l\n mov.b r0l,@TIER_{channel}\n mov.b #7,r0l\n mov.b r0l,@TSTR\n"
        f" andc #0x7F,ccr\n{FOREVER}",
        {vector: COUNT.format(clear=f"bclr #0,@TSR_{channel}")},
    )
    run(chip, 40_000)
    assert result(chip) == pytest.approx(100, abs=1)
    assert chip.taken[vector] == pytest.approx(100, abs=1)


def test_a_flag_that_stays_asks_again_and_again() -> None:
    chip = board(
        f" mov.b #1,r0l\n mov.b r0l,@TIER_0\n mov.b r0l,@TSTR\n mov.w #9,r0\n mov.w r0,@TGRA_0\n"
        f" andc #0x7F,ccr\n{FOREVER}",
        {32: COUNT.format(clear="nop")},
    )
    run(chip, 10_000)
    assert result(chip) > 100  # its period alone gives one in 65,536 states


def test_overflow_of_a_pulse_unit() -> None:
    chip = board(
        f" mov.w #0xFFF0,r0\n mov.w r0,@TCNT_1\n mov.b #0x10,r0l\n mov.b r0l,@TIER_1\n"
        f" mov.b #2,r0l\n mov.b r0l,@TSTR\n andc #0x7F,ccr\n{FOREVER}",
        {42: COUNT.format(clear="bclr #4,@TSR_1")},
    )
    run(chip, 1000)
    assert result(chip) == 1


def test_polling_a_flag_is_served_without_asking() -> None:
    chip = board(
        " mov.w #999,r0\n mov.w r0,@TGRB_2\n mov.b #4,r0l\n mov.b r0l,@TSTR\nwait: btst #1,@TSR_2\n"
        " beq wait\n"
        f" mov.w @TCNT_2,r0\n mov.w r0,@RESULT\n{FOREVER}"
    )
    run(chip, 3000)
    assert 1000 <= result(chip) <= 1030
    assert chip.memory.served[0xFFFF35]


def test_an_8_bit_timer() -> None:
    """64 states a step, cleared by A = 24: 1,600 states."""
    chip = board(
        " mov.b #24,r0l\n mov.b r0l,@TCORA_1\n mov.b #0x4A,r0l\n mov.b r0l,@TCR8_1\n"
        f" andc #0x7F,ccr\n{FOREVER}",
        {68: COUNT.format(clear="bclr #6,@TCSR8_1")},
    )
    run(chip, 160_000, 200_000)
    assert result(chip) == pytest.approx(100, abs=1)


def test_a_converter_tells_what_is_at_its_input() -> None:
    chip = board(
        " mov.b #0x22,r0l\n mov.b r0l,@ADCSR\nwait: btst #7,@ADCSR\n beq wait\n mov.w @ADDRC,r0\n"
        " mov.w r0,@RESULT\n"
        f"{FOREVER}"
    )
    chip.converter.inputs[2] = 0x155
    run(chip, 1000)
    assert result(chip) == 0x155 << 6
