"""The Renesas H8S/2000 in advanced mode, as in the H8S/2215 of KORG's Kaossilator Pro and Kaoss Pad 3."""

from __future__ import annotations

from pathlib import Path

from luthier.cpu.description import Architecture
from luthier.cpu.h8s import operands, registers
from luthier.cpu.h8s.vectors import VECTORS


def _size_bits(_group: str, size: str) -> str:
    """``zz`` of a code: the size of a register operand."""
    return {"": "", "b": "00", "w": "01", "l": "11"}[size]


def _no_condition(_code: int, _flags: int) -> bool:
    """Conditions are in the mnemonics, so that no code holds one."""
    return True


H8S2000 = Architecture(
    name="h8s2000",
    rows=Path(__file__).with_name("instructions.rows"),
    field=operands.field,
    immediates=operands.IMMEDIATES,
    fixed=operands.FIXED,
    file_size=operands.FILE_SIZE,
    locals=("f", "exr", "intm", "halted", "held", "untraced", "block"),
    local_limits=(0xFF, 0xFF, 3, 1, 1 << 62, 1 << 62, 1 << 24),
    flags="HNZVC",
    flag_bits=(5, 3, 2, 1, 0),
    other_flags=0xD0,
    sign_flag="N",
    half_carry="high",
    condition=_no_condition,
    registers=registers.Registers,
    reset=registers.reset,
    accepts=registers.accepts,
    interrupt=registers.interrupt,
    traces=registers.traces,
    trace=registers.trace,
    starts_held=True,
    program_registers=tuple(f"ER{number}" for number in range(8)),
    program_place=0,
    traced_part="exr",
    traced_name="EXR",
    status={"CCR": 2, "EXR": 2},
    reset_vector=0,
    prefix_bits=_size_bits,
    byte_order="big",
    unit=2,
    widest=2,
    stack="ER7",
    vectors=VECTORS,
    longest=10,
    stored_at_once=16,
)
