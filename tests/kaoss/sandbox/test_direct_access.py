"""The DMA controller: memory to memory, and what it tells of the rest."""

from __future__ import annotations

import pytest
from tests.kaoss.sandbox.boards import RESULT, board, result, run

from luthier.kaoss.sandbox.chip import Chip

SOURCE, TARGET = RESULT + 0x200, RESULT + 0x300
FULL, ENABLED, ASKING = 0x40, 0x30, 0x01


def copied(control: int, count: int, source: int = SOURCE, target: int = TARGET) -> Chip:
    chip = board("stay: bra stay")
    chip.memory.load(SOURCE, bytes(range(1, 17)))
    for name, value in {
        "MAR0AH": source >> 16,
        "MAR0AL": source & 0xFFFF,
        "MAR0BH": target >> 16,
        "MAR0BL": target & 0xFFFF,
        "ETCR0A": count,
        "DMACR0A": control >> 8,
        "DMACR0B": control & 0xFF,
        "DMABCRH": FULL,
        "DMABCRL": ENABLED,
    }.items():
        register = chip.registers.cells[name].register
        chip.memory.write(register.address, register.size, value)
    return chip


@pytest.mark.parametrize(
    ("control", "count", "source", "wanted"),
    [
        (0x2027, 4, SOURCE, b"\1\2\3\4\0"),
        (0xA027, 2, SOURCE, b"\1\2\3\4\0"),
        (0x6027, 3, SOURCE + 5, b"\6\5\4\0"),
        (0x0027, 3, SOURCE, b"\1\1\1\0"),
        (0x2007, 3, SOURCE, b"\3\0"),
    ],
)
def test_memory_to_memory(control: int, count: int, source: int, wanted: bytes) -> None:
    chip = copied(control, count, source)
    assert chip.memory.data[TARGET : TARGET + len(wanted)].tobytes() == wanted
    assert chip.registers.get("DMABCRL") == 0x20, "DTE is clear"
    assert chip.registers.get("ETCR0A") == 0


def test_addresses_are_left_behind_the_last() -> None:
    chip = copied(0xA027, 3)
    assert chip.registers.get("MAR0AL") == (SOURCE + 6) & 0xFFFF
    assert chip.registers.get("MAR0BL") == (TARGET + 6) & 0xFFFF


@pytest.mark.parametrize("control", [0x2827, 0x2022])
def test_other_modes_are_told(control: int) -> None:
    chip = copied(control, 4)
    assert "not modelled" in chip.behaviour.of("DMAC")[-1].what
    assert chip.memory.data[TARGET] == 0


def test_its_end_interrupts() -> None:
    chip = board(
        f" mov.l #{SOURCE:#x},er0\n mov.l er0,@MAR1AH\n mov.l #{TARGET:#x},er0\n mov.l er0,@MAR1BH\n"
        " mov.w #8,r0\n mov.w r0,@ETCR1A\n mov.b #0x20,r0l\n mov.b r0l,@DMACR1A\n mov.b #0x26,r0l\n"
        " mov.b r0l,@DMACR1B\n mov.b #0x80,r0l\n mov.b r0l,@DMABCRH\n mov.b #0xC4,r0l\n mov.b r0l,@DMABCRL\n"
        " andc #0x7F,ccr\nstay: bra stay",
        {74: " mov.w #0x1234,r0\n mov.w r0,@RESULT\n sub.b r0l,r0l\n mov.b r0l,@DMABCRL\n rte"},
    )
    chip.memory.load(SOURCE, b"ABCDEFGH")
    run(chip, 1000)
    assert chip.memory.data[TARGET : TARGET + 8].tobytes() == b"ABCDEFGH"
    assert result(chip) == 0x1234
    assert chip.taken[74] == 1
