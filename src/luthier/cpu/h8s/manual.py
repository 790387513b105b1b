"""What the page about the H8S/2000 says beside its rows.

Sources stand at the end of the page and in the modules that are quoted here; nothing is said here that the
executors do not do.
"""

from __future__ import annotations

from luthier.cpu.chapters import Manual, OpcodeMap
from luthier.cpu.h8s.vectors import VECTORS

INTRODUCTION = """
The CPU of the H8S/2215, which KORG's Kaossilator Pro and Kaoss Pad 3 have: eight 32-bit registers, a 24-bit
address space, the most significant byte first, instructions of two to ten bytes at even addresses. Only
advanced mode is here. MAC, CLRMAC, LDMAC and STMAC belong to the H8S/2600, all that has `/` in its name and
much else to the H8SX, MOVFPE and MOVTPE to chips with an E clock: on this one they are undefined.
"""

OPERANDS = {
    "R": "register of the operation's size: four bits, three for a long one",
    "r": "the same, the source or the number of a bit (of which the lower three bits count)",
    "Q": "register of twice the operation's size",
    "X T": "long register with an address; `T` is ER0, ER1, ER4 or ER5",
    "M": "memory operand, by the way of addressing",
    "#": "immediate number of the operation's size; `i` in what is written, `n` in effects",
    "n": "number of a bit, 0 to 7",
    "t": "number of a trap, 0 to 3; `n` in effects",
    "i": "the number of `#`",
    "m": "address: of 8 bits, above which all bits are set, of 16 with their sign above, of 24 or of 32",
    "v": "address of 8 bits in the vector table, 0 to FF",
    "d": "displacement, signed, 16 or 32 bits; 0 where the code has none",
    "$": "branch target, signed distance from the byte behind it, 8 or 16 bits; `n` in effects",
    "C": "`CCR` (0) or `EXR` (1)",
    "e g h": "list of two, three or four registers of LDM; the code holds the last of them",
    "E G H": "the same of STM; the code holds the first",
    "zz": "size: `00` byte, `01` word, `11` long",
}

REGISTERS = """
Eight long registers, ER0 to ER7. The halves of ERn are the words En (upper) and Rn (lower), and the bytes
of Rn are RnH and RnL. ER7 is the stack pointer, also written SP; the stack grows downwards. PC has 24 bits
and takes four bytes on the stack.

| Code | 0–7 | 8–15 |
|---|---|---|
| byte | R0H–R7H | R0L–R7L |
| word | R0–R7 | E0–E7 |
| long | ER0–ER7 | undefined |

CCR and EXR:

| Bit | 7 | 6 | 5 | 4 | 3 | 2 | 1 | 0 |
|---|---|---|---|---|---|---|---|---|
| CCR | I | UI | H | U | N | Z | V | C |
| | interrupts wait | user | half carry | user | sign | zero | overflow | carry |
| EXR | T | 1 | 1 | 1 | 1 | I2 | I1 | I0 |
| | trace | | | | | level up to which interrupts wait | | |

H is the carry or borrow below the highest digit: at bit 3 of a byte, 11 of a word, 27 of a long.
"""

ADDRESSING = """
Words and longs lie at even addresses: bit 0 of an address counts as 0. A long is two words on the bus, the
upper one first. The upper eight bits of an address do not reach the bus. `:8`, `:16` and `:32` may be left
out when writing; the shortest that reaches is taken.
"""

GROUPS = {"look": "operand of bit tests", "change": "operand of bit changes"}

MAPS = (
    OpcodeMap("First byte", "Where a byte begins many instructions, only their names are given.", {"": b""}),
    OpcodeMap("Second byte behind 01", "00, 10–30, 40, 41, 80 and C0–F0 are all there is.", {"": b"\x01"}),
    OpcodeMap("Second byte behind 0A", "0F, 1A and 1F have the same shape.", {"": b"\x0a"}),
    OpcodeMap("Second byte behind 0B", "1B has the same shape, with SUBS and DEC.", {"": b"\x0b"}),
    OpcodeMap("Second byte behind 10", "11, 12 and 13 have the same shape.", {"": b"\x10"}),
    OpcodeMap("Second byte behind 17", "One register.", {"": b"\x17"}),
    OpcodeMap("Second byte behind 6A", "6B is the same for words, without bits.", {"": b"\x6a"}),
    OpcodeMap("Second byte behind 79", "7A has the same shape for longs.", {"": b"\x79"}),
    OpcodeMap("Behind an operand of bit tests", "Behind 7C, 7E, 6A 10 and 6A 30.", {"b": b"\x7c\x00"}),
    OpcodeMap("Behind an operand of bit changes", "Behind 7D, 7F, 6A 18 and 6A 38.", {"b": b"\x7d\x00"}),
)

BRANCHES = """
| Code | Written | Holds | |
|---|---|---|---|
| 0 | `bra`, `bt` | always | |
| 1 | `brn`, `bf` | never | |
| 2 | `bhi` | not (C or Z) | unsigned greater |
| 3 | `bls` | C or Z | unsigned less or equal |
| 4 | `bcc`, `bhs` | not C | unsigned greater or equal |
| 5 | `bcs`, `blo` | C | unsigned less |
| 6 | `bne` | not Z | not equal |
| 7 | `beq` | Z | equal |
| 8 | `bvc` | not V | no overflow |
| 9 | `bvs` | V | overflow |
| A | `bpl` | not N | plus |
| B | `bmi` | N | minus |
| C | `bge` | N = V | signed greater or equal |
| D | `blt` | N ≠ V | signed less |
| E | `bgt` | not Z, and N = V | signed greater |
| F | `ble` | Z, or N ≠ V | signed less or equal |
"""


def _vectors() -> str:
    columns = 4
    lines = ["| Number, address | Vector " * columns + "|", "|---|---" * columns + "|"]
    known = [(number, name) for number, name in enumerate(VECTORS.names) if name]
    rows = -(-len(known) // columns)
    for row in range(rows):
        line = ""
        for index in range(row, rows * columns, rows):
            if index < len(known):
                number, name = known[index]
                line += f"| {number}, {VECTORS.address_of(number):03X} | {name} "
            else:
                line += "| | "
        lines.append(line + "|")
    return "\n".join(lines)


EXCEPTIONS = f"""
**Interrupt control mode**: SYSCR of the chip sets it; to the CPU it is a state of its own, `INTM`, 0 after a
reset. Mode 0 heeds bit I, mode 2 the levels I2 to I0 and bit T. 1 and 3 are prohibited on the H8S/2215.

**Reset**: PC is read from 000000 (32 bits, of which the lower 24 count), I is 1, EXR is 7F, the mode 0. No
source says what the other registers hold; here they become 0. One instruction is executed before any
interrupt.

**The frame** in the stack is four bytes in mode 0: CCR, then the 24 bits of PC. In mode 2 EXR and a
reserved byte lie below it, six bytes in all; RTE expects the frame of the mode that is set when it runs.

| At | Mode 0 | Mode 2 |
|---|---|---|
| SP | CCR, PC (24 bits) | EXR, reserved byte |
| SP + 2 | | CCR, PC (24 bits) |

**Taking an interrupt** happens between instructions: in mode 0 if I is 0, in mode 2 if its level is above
I2 to I0; the NMI (level 8 here) always. The frame is pushed, I becomes 1, in mode 2 T becomes 0 and I2 to
I0 the level (7 for the NMI), PC is read from the vector. Of two requests of one level the smaller vector
comes first.

**`trapa #n`** does the same through vectors 8 to 11, but leaves I2 to I0 alone. **Trace**: in mode 2 with T
set, an exception follows every instruction but RTE, through vector 5, before any interrupt; I2 to I0 stay.

**Behind `ldc`, `andc`, `orc` and `xorc`** one more instruction is executed before any interrupt, the NMI
included. **`sleep`** waits for one that is let through.

**`eepmov.b`** is not interrupted. **`eepmov.w`** is, after any byte: the PC pushed is that behind it, R4
holds what is left, and it is for the program to go back. Each byte counts as one instruction of a run.

{_vectors()}
"""

SOURCES = (
    "MAME, `src/devices/cpu/h8/h8.lst` and `h8.cpp`: opcode masks by chip family, addressing, bus "
    "cycles. What it does otherwise than the manuals is in the [errata](../errata.md).",
    "GNU binutils 2.16.1, `h8300-hms-objdump` and `h8300-hms-as`: texts and codes. Every difference is "
    "listed in `tests/cpu/h8s/differences.toml` with its reason.",
    "Hitachi, H8/300H Series Programming Manual (manualslib.com/manual/1585252, manualshive 140474): "
    "results and flags of ADDX, DAA, DIVXS, MULXU, SHLR.",
    "Hitachi, H8/300 and H8/300L Series Programming Manuals (manualshive 1440053, "
    "manualslib.com/manual/1615203): flags of shifts, DAA, DAS.",
    "Renesas, H8S/2215 Group Hardware Manual REJ09B0140-0900, pages 81 and 87: stack after exceptions, "
    "interrupt priority levels.",
    "Hitachi, H8S/2627 hardware manual, sections 4.4, 4.5 and 5.6 (manualshive 140490), and H8S/2345, "
    "section 2: trace, interrupts in both modes, H of words and longs, interrupts behind changes of EXR.",
    "Renesas' sample `intprg.c` for the RSK H8S2215R: vectors.",
)

MANUAL = Manual(
    title="The H8S/2000 instruction set",
    introduction=INTRODUCTION,
    operands=OPERANDS,
    registers=REGISTERS,
    addressing=ADDRESSING,
    groups=GROUPS,
    maps=MAPS,
    after=(("Branches", BRANCHES), ("Reset, exceptions and interrupts", EXCEPTIONS)),
    sources=SOURCES,
    compared_with="a second model of the CPU, written from the manuals (`tests/cpu/h8s/reference.py`)",
)
