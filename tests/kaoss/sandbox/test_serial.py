"""Serial channels: bytes, their times, and the DTC that moves them."""

from __future__ import annotations

from tests.kaoss.sandbox.boards import RESULT, board, result, run, sent

SET_UP = " mov.b #3,r0l\n mov.b r0l,@BRR_{n}\n mov.b #{control},r0l\n mov.b r0l,@SCR_{n}\n"
PUT = "put{c}: btst #7,@SSR_{n}\n beq put{c}\n mov.b #{c},r0l\n mov.b r0l,@TDR_{n}\n bclr #7,@SSR_{n}\n"


def test_bytes_leave_in_order() -> None:
    text = "".join(PUT.format(c=c, n=0) for c in b"KAOSS!")
    chip = board(SET_UP.format(n=0, control=0x20) + _numbered(text) + "stay: bra stay")
    run(chip, 20_000)
    assert sent(chip, 0) == b"KAOSS!"


def _numbered(text: str) -> str:
    """Labels of equal bytes told apart."""
    parts = text.split("put")
    out, number = parts[0], 0
    for index, part in enumerate(parts[1:]):
        number = index // 2
        out += f"w{number}_" + part
    return out


def test_a_frame_takes_its_time() -> None:
    """BRR = 3: 32 × 4 = 128 states a bit, ten bits a frame."""
    chip = board(
        SET_UP.format(n=2, control=0x20)
        + PUT.format(c=0x41, n=2)
        + PUT.format(c=0x42, n=2)
        + "stay: bra stay"
    )
    run(chip, 5000)
    first, second = chip.behaviour.of("SCI2")
    assert second.states - first.states == 1280
    assert chip.serial[2].frame == 1280


def test_more_bits_and_slower_clocks() -> None:
    chip = board("stay: bra stay")
    channel = chip.serial[1]
    chip.registers.put("BRR_1", 0)
    assert channel.frame == 10 * 32
    chip.registers.put("SMR_1", 0x28)  # parity, two stop bits
    assert channel.frame == 12 * 32
    chip.registers.put("SMR_1", 0x42)  # seven bits, 16 times slower
    assert channel.frame == 9 * 32 * 16
    chip.registers.put("SMR_1", 0x80)  # clocked
    assert channel.frame == 8 * 4


def test_bytes_arrive_and_interrupt() -> None:
    chip = board(
        SET_UP.format(n=1, control=0x50) + " mov.l #RESULT,er5\n andc #0x7F,ccr\nstay: bra stay",
        {85: " mov.b @RDR_1,r0l\n mov.b r0l,@er5\n inc.l #1,er5\n bclr #6,@SSR_1\n rte"},
    )
    chip.serial[1].receive(b"\x90\x24\x64")
    run(chip, 10_000)
    assert result(chip, 0, 3) == 0x902464
    assert chip.taken[85] == 3


def test_a_byte_too_many_is_an_overrun() -> None:
    chip = board(SET_UP.format(n=1, control=0x10) + "stay: bra stay")
    chip.serial[1].receive(b"ab")
    run(chip, 10_000)
    assert chip.registers.get("SSR_1") & 0x60 == 0x60
    assert chip.registers.get("RDR_1") == ord("a")


def test_clocked_bytes_are_exchanged() -> None:
    chip = board(
        " mov.b #0x80,r0l\n mov.b r0l,@SMR_0\n"
        + SET_UP.format(n=0, control=0x30)
        + PUT.format(c=0x35, n=0)
        + "got: btst #6,@SSR_0\n beq got\n mov.b @RDR_0,r0l\n mov.b r0l,@RESULT\nstay: bra stay"
    )
    chip.serial[0].partner = lambda byte: byte ^ 0xFF
    run(chip, 3000)
    assert sent(chip, 0) == b"\x35"
    assert result(chip, 0, 1) == 0xCA


def test_the_dtc_sends_a_block() -> None:
    """Six bytes from the ROM to TDR_0: normal mode, source up, TXI0 in DTCERE.

    With the last comes the interrupt, and clearing TDRE is left to its handler.
    """
    record = RESULT + 0x100
    program = (
        f" mov.l #0x80000000+text,er0\n mov.l er0,@{record:#x}\n mov.l #TDR_0,er0\n"
        f" mov.l er0,@{record + 4:#x}\n"
        f" mov.w #6,r0\n mov.w r0,@{record + 8:#x}\n bset #2,@DTCERE\n andc #0x7F,ccr\n"
        + SET_UP.format(n=0, control=0xA0)
        + 'stay: bra stay\ntext: db "DTC ok"\n'
    )
    chip = board(
        program,
        {
            82: " push.w r0\n mov.w @RESULT,r0\n inc.w #1,r0\n mov.w r0,@RESULT\n mov.b #0x20,r0l\n"
            " mov.b r0l,@SCR_0\n"
            " bclr #7,@SSR_0\n pop.w r0\n rte"
        },
    )
    chip.memory.load(0x400 + 2 * 82, (record & 0xFFFF).to_bytes(2, "big"))
    run(chip, 20_000)
    assert sent(chip, 0) == b"DTC ok"
    assert chip.transfers[82] == 6
    assert result(chip) == 1
    assert not chip.registers.get("DTCERE") & 4
