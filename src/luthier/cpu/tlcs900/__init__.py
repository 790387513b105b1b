"""The Toshiba TLCS-900/H2, as in the TMP94C241F of the Technics SX-KN5000."""

from __future__ import annotations

from pathlib import Path

from luthier.cpu.description import Architecture
from luthier.cpu.tlcs900 import operands, registers
from luthier.cpu.tlcs900.vectors import VECTORS


def _prefix_bits(group: str, size: str) -> str:
    """``zz`` of a prefix byte: 11 where the operation itself gives the size."""
    return "11" if group in {"dst", "rel"} else {"b": "00", "w": "01", "l": "10"}[size]


TLCS900H2 = Architecture(
    name="tlcs900h2",
    rows=Path(__file__).with_name("instructions.rows"),
    field=operands.field,
    immediates=operands.IMMEDIATES,
    fixed=operands.FIXED,
    file_size=operands.FILE_SIZE,
    locals=("f", "alternate", "iff", "rfp", "halted", "held"),
    local_limits=(0xFF, 0xFF, 7, 3, 1, (1 << 62)),
    flags="SZHVNC",
    flag_bits=(7, 6, 4, 2, 1, 0),
    condition=operands.condition_holds,
    registers=registers.Registers,
    reset=registers.reset,
    accepts=registers.accepts,
    interrupt=registers.interrupt,
    program_registers=("XWA", "XBC", "XDE", "XHL", "XIX", "XIY", "XIZ", "XSP"),
    reset_vector=registers.VECTORS,
    prefix_bits=_prefix_bits,
    modes_of={"dst": "mem"},
    undefined_in_long="HP",
    vectors=VECTORS,
)
