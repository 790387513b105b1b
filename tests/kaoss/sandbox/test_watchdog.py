"""The watchdog: who does not feed it in time is reset."""

from __future__ import annotations

from tests.kaoss.sandbox.boards import board, result, run

COUNT_STARTS = " mov.w @RESULT,r0\n inc.w #1,r0\n mov.w r0,@RESULT\n"
#: Reset enabled; watchdog mode, 64 states a step: it bites after 16,384.
WATCH = " mov.w #0x5A40,r0\n mov.w r0,@RSTCSR_W\n mov.w #0xA561,r0\n mov.w r0,@TCSR\n"


def test_it_bites() -> None:
    chip = board(f"{COUNT_STARTS}{WATCH}stay: bra stay")
    run(chip, 3 * 16_384 + 1000, 200_000)
    assert chip.resets == 3
    assert result(chip) == 4  # RAM outlives a reset
    assert chip.registers.get("RSTCSR") & 0x80


def test_it_is_fed() -> None:
    chip = board(f"{COUNT_STARTS}{WATCH} mov.w #0x5A00,r1\nfeed: mov.w r1,@TCSR\n bra feed")
    run(chip, 60_000, 100_000)
    assert chip.resets == 0
    assert result(chip) == 1
    assert chip.watchdog.feedings > 1000


def test_without_its_key_nothing_is_written() -> None:
    chip = board(" mov.w #0x0061,r0\n mov.w r0,@TCSR\n mov.b #0x61,r0l\n mov.b r0l,@TCSR\nstay: bra stay")
    run(chip, 40_000, 100_000)
    assert chip.resets == 0
    assert not chip.watchdog.is_watching


def test_as_a_plain_timer_it_interrupts() -> None:
    chip = board(
        " mov.w #0xA521,r0\n mov.w r0,@TCSR\n andc #0x7F,ccr\nstay: bra stay",
        {
            25: " push.w r0\n mov.w @RESULT,r0\n inc.w #1,r0\n mov.w r0,@RESULT\n"
            " mov.b @TCSR,r0l\n mov.w #0xA521,r0\n mov.w r0,@TCSR\n pop.w r0\n rte"
        },
    )
    run(chip, 50_000, 100_000)
    assert result(chip) == 3  # every 256 × 64 = 16,384 states
    assert chip.resets == 0
