"""The latches between the CPUs: bytes, INT0, micro-DMA and handshake lines, by programs on both boards."""

from __future__ import annotations

import pytest
from tests.kn5000.board.boards import RAM, START, board, vector

#: Sends 16 bytes as the firmware does: waits for ready, lowers "sending", writes, waits for the answer.
#: Port Z of the main CPU: bits 0 and 1 out, 2 and 3 in.
SENDER = (
    START
    + f"""
        ld (0x6A), 0x03         ; directions of port Z
        ld (0x68), 0x03         ; both lines high
ready:  bit 3, (0x68)           ; the sub CPU's ready
        jr Z, ready
        res 0, (0x68)           ; about to send
        ld (0x140000), 0xE1
taken:  bit 3, (0x68)           ; ready goes low when the command is taken
        jr NZ, taken
        set 0, (0x68)
        ld XHL, data
        ld B, 16
next:   ld A, (XHL+)
        ld (0x140000), A
        ld C, 40                ; the receiver's micro-DMA needs some time
pause:  djnz C, pause
        djnz B, next
done:   ld ({RAM:#x}), 0x77
sleep:  jr sleep
data:   db 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16
"""
)
#: Takes the command by interrupt and 16 bytes by micro-DMA channel 0, started by INT0 (its vector 0A).
RECEIVER = (
    START
    + f"""
        ld (0x36), 0x03         ; directions of port D: the two lines
        ld (0x34), 0x03         ; ready
        ld (0xF0), 0x01         ; INT0 at level 1
        ld (0xEC), 0x05         ; INTTC0 at level 5
        ld XWA, 0x120000
        db 0xE8, 0x2E, 0x00     ; LDC DMAS0, XWA
        ld XWA, {RAM + 0x10:#x}
        db 0xE8, 0x2E, 0x20     ; LDC DMAD0, XWA
        ld WA, 16
        db 0xD8, 0x2E, 0x40     ; LDC DMAC0, WA
        ld A, 0
        db 0xC9, 0x2E, 0x42     ; LDC DMAM0, A: bytes, destination upwards
        ei 0
sleep:  jr sleep
int0:   push XWA
        ld A, (0x120000)
        ld ({RAM:#x}), A
        res 1, (0x34)           ; taken
        ld (0x100), 0x0A        ; channel 0 takes the next ones
        pop XWA
        reti
inttc0: ld ({RAM + 1:#x}), 0x99
        set 1, (0x34)
        reti
"""
    + vector(0x28, "int0")
    + vector(0x94, "inttc0")
)


@pytest.mark.parametrize("executor", ["plain", "compiled"])
def test_a_message_to_the_sub_cpu_by_interrupt_and_micro_dma(executor: str) -> None:
    made = board(SENDER, RECEIVER, executor=executor)
    told: list[tuple[str, str, int]] = []
    made.latches.to_sub.observe = lambda *what: told.append(what)
    assert made.run(0.01).reason == "time"
    assert made.main.memory.data[RAM] == 0x77
    sub = made.sub.memory.data
    assert (sub[RAM], sub[RAM + 1]) == (0xE1, 0x99)
    assert sub[RAM + 0x10 : RAM + 0x20].tolist() == list(range(1, 17))
    assert made.latches.to_sub.bytes == 17
    assert made.latches.to_sub.lost == 0
    assert [value for _, kind, value in told if kind == "byte"] == [0xE1, *range(1, 17)]
    # The main CPU lowered MSTAT0 for the command and raised it again.
    lines = [value for _, kind, value in told if kind == "lines"]
    assert lines[-2:] == [0b10, 0b11]


def test_a_message_back_to_the_main_cpu() -> None:
    main = (
        START
        + f"""
        ld (0xF0), 0x01
        ei 0
sleep:  jr sleep
int0:   push XWA
        ld A, (0x140000)
        ld ({RAM:#x}), A
        pop XWA
        reti
"""
        + vector(0x28, "int0")
    )
    made = board(main, START + "        ld (0x120000), 0x90\nsleep:  jr sleep")
    made.run(0.002)
    assert made.main.memory.data[RAM] == 0x90
    assert not made.latches.to_main.pending


def test_every_byte_raises_int0_anew_by_edge_though_none_is_read() -> None:
    # Edge mode (bit 1 of IIMC), the handler does not read the latch; MAME raises one request a byte.
    main = """
        ld B, 3
next:   ld (0x140000), B
        ld C, 100
pause:  djnz C, pause
        djnz B, next
sleep:  jr sleep
"""
    sub = f"""
        ld (0xF6), 2
        ld (0xF0), 1
        ei 0
sleep:  jr sleep
int0:   inc 1, ({RAM:#x})
        reti
"""
    made = board(START + main, START + sub + vector(0x28, "int0"))
    made.run(0.01)
    assert made.sub.memory.data[RAM] == 3
    assert made.latches.to_sub.lost == 2


def test_a_byte_arrives_when_it_was_written_and_not_before() -> None:
    # The sub CPU counts, and keeps its count when the byte comes: the count tells the time.
    main = (
        START
        + """
        ld XIX, 2000
wait:   dec 1, XIX
        or XIX, XIX
        jr NZ, wait
        ld (0x140000), 0x42
sleep:  jr sleep
"""
    )
    sub = (
        START
        + f"""
        ld (0xF0), 1
        ei 0
        ld XIX, 0
count:  inc 1, XIX
        jr count
int0:   ld ({RAM:#x}), XIX
        ld A, (0x120000)
        reti
"""
        + vector(0x28, "int0")
    )
    made = board(main, sub)
    sent: list[int] = []

    def arrived(_direction: str, kind: str, _value: int) -> None:
        if kind == "byte":
            sent.append(made.members[0].time)

    made.latches.to_sub.observe = arrived
    made.run(0.01)
    first = made.sub.processor.registers["XIX"], made.sub.processor.states
    made.run(0.01)
    turn = (made.sub.processor.states - first[1]) / (made.sub.processor.registers["XIX"] - first[0])
    (ticks,) = sent
    states = ticks / made.schedule.ticks_a_second * made.sub.frequency
    count = int.from_bytes(made.sub.memory.data[RAM : RAM + 4].tobytes(), "little")
    # Some instructions at the start, and a turn of the loop at the end.
    assert states - 100 * turn < count * turn <= states + turn


def test_lines_rest_high_while_nobody_drives_them() -> None:
    made = board()
    assert made.main.ports.levels("PZ") & 0x0C == 0x0C
    assert made.sub.ports.levels("PD") & 0x14 == 0x14


def test_the_main_cpu_holds_the_sub_cpu_in_reset() -> None:
    main = """
        ld (0x28), 0xFE
        ld XIX, 4000
wait:   dec 1, XIX
        or XIX, XIX
        jr NZ, wait
        set 0, (0x28)
sleep:  jr sleep
"""
    sub = f"""
        inc 1, ({RAM:#x})
count:  inc 1, ({RAM + 1:#x})
        jr count
"""
    made = board(START + main, START + sub)
    made.run(0.0005)
    assert made.members[1].held
    made.run(0.02)
    assert not made.members[1].held
    # It began at power on and again at its release; the RAM is kept.
    assert made.sub.memory.data[RAM] == 2
