"""What the page about the TLCS-900/H2 says beside its rows.

Sources stand at the end of the page and in the modules that are quoted here; nothing is said here that the
executors do not do.
"""

from __future__ import annotations

from luthier.cpu.chapters import Manual, OpcodeMap
from luthier.cpu.tlcs900.operands import CONDITIONS, CONTROL, FULL, field
from luthier.cpu.tlcs900.vectors import VECTORS

INTRODUCTION = """
The CPU of the TMP94C241F, of which the Technics SX-KN5000 has two: 32-bit registers in four banks, a 24-bit
address space, the least significant byte first. Only system mode and maximum mode exist. The older 900/L and
900/H differ in a few instructions (NORMAL, MAX and LDX are gone) and in the numbers of the control registers.
"""

OPERANDS = {
    "R": "register of the operation's size, three bits",
    "r": "the same by the register prefix: three bits of it, or the full code in the byte behind it",
    "Q q": "register of twice the operation's size: word in byte operations (odd codes), else long",
    "M": "memory operand, by the memory prefix",
    "N": "its address, written without parentheses",
    "X Y": "long register with the address: `X` three bits, `Y` by its full code",
    "I J": "byte and word register that is added to an address, by full code",
    "s": "step before or after an access: 1, 2 or 4 (`00`, `01`, `10`; `11` is undefined)",
    "#": "immediate number of the operation's size; `#8`, `#16` of so many bits; `n` in effects",
    "n": "three bits, or with `n16` an address of 16 bits",
    "k": "step of INC and DEC: 1 to 8, where 8 is coded as 0",
    "b": "bank, 0 to 3",
    "e": "interrupt level, 0 to 6",
    "m": "address of 8, 16 or 24 bits",
    "d": "displacement, signed, 8 or 16 bits; 0 where the code has none",
    "$": "jump target, signed distance from the byte behind it, 8 or 16 bits; `n` in effects",
    "t": "address, signed distance of 16 bits from the byte behind it",
    "c": "condition, four bits",
    "u": "control register, by its number",
    "v w": "the two addresses of a block transfer: `(XDE+),(XHL+)` or `(XIX+),(XIY+)`, with `w` downwards",
    "ACC": "A in byte operations, WA in word operations",
}

#: What conditions ask of the flags, by code 0 to 7; codes 8 to 15 are their opposites.
CONDITION_RULES = ("never", "S != V", "Z or S != V", "C or Z", "V", "S", "Z", "C")
_MEANINGS = {
    "F": "never",
    "LT": "signed less",
    "LE": "signed less or equal",
    "ULE": "unsigned less or equal",
    "OV": "overflow, parity even (`PE`)",
    "MI": "minus (`M`)",
    "Z": "zero, equal (`EQ`)",
    "C": "carry, unsigned less (`ULT`)",
    "T": "always; left out when written",
    "GE": "signed greater or equal",
    "GT": "signed greater",
    "UGT": "unsigned greater",
    "NOV": "no overflow, parity odd (`PO`)",
    "PL": "plus (`P`)",
    "NZ": "not zero, not equal (`NE`)",
    "NC": "no carry, unsigned greater or equal (`UGE`)",
}


def _short_codes() -> str:
    lines = ["| Code | 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |", "|---|---|---|---|---|---|---|---|---|"]
    for size, name in (("b", "byte"), ("w", "word"), ("l", "long")):
        short = field("R", 3, size)
        assert short is not None
        lines.append(f"| {name} | {' | '.join(str(text) for text in short.names)} |")
    return "\n".join(lines)


def _full_codes() -> str:
    lines = ["| Codes | Long | Words | Bytes |", "|---|---|---|---|"]
    for first in (*range(0x00, 0x10, 4), *range(0x30, 0x40, 4), *range(0xD0, 0x100, 4)):
        words = [str(FULL["w"][first + k]) for k in (0, 2)]
        letters = [str(FULL["b"][first + k]) for k in range(4)]
        lines.append(
            f"| {first:02X}–{first + 3:02X} | {FULL['l'][first]} | {' '.join(words)} | {' '.join(letters)} |"
        )
    return "\n".join(lines)


REGISTERS = f"""
Eight long registers. XWA, XBC, XDE and XHL exist four times, in banks 0 to 3; SR names the current bank.
Their low halves are WA, BC, DE, HL, and the bytes of WA are W (high) and A (low). XIX, XIY, XIZ and XSP
are the same in every bank; XSP is the stack pointer. The stack grows downwards.

Three bits name a register of the current bank:

{_short_codes()}

A full code of eight bits, behind the prefixes C7, D7 and E7 and inside C3 to C5 and their like, names any
byte of any bank. 00–3F are the banks (10h for each), D0–DF the bank before the current one, E0–EF the
current one. `Q` is the upper half. Codes 40–CF name nothing; words have even codes, long registers
multiples of four.

{_full_codes()}

SR, of which F is the low byte:

| Bit | 15 | 14–12 | 11 | 10 | 9–8 | 7 | 6 | 5 | 4 | 3 | 2 | 1 | 0 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
| | SYSM | IFF | MAX | | RFP | S | Z | | H | | V | N | C |
| | 1 | level | 1 | 0 | bank | sign | zero | 0 | half carry | 0 | overflow, parity | subtraction | carry |

Levels from IFF upwards are let through; 7 lets through the NMI alone. F' is a second F: `ex F,F'`. PC has
24 bits and takes four bytes on the stack.
"""

ADDRESSING = """
A prefix names an operand and its size; the byte behind it says what is done. `zz` is 00 for byte, 01 for
word, 10 for long. It is 11 in `dst`, which shares the ways of `mem`: there the operation itself gives the
size.
"""

GROUPS = {"mem": "(mem)", "dst": "destination", "reg": "register"}

MAPS = (
    OpcodeMap("First byte", "Prefixes are in italics; their second bytes have the maps below.", {"": b""}),
    OpcodeMap(
        "Behind a memory operand",
        "80–AF and C0–C5, D0–D5, E0–E5. LDI, LDIR, LDD and LDDR exist behind 83, 85, 93 and 95 only, "
        "the four compares of blocks behind 80–87 and 90–97.",
        {"b": b"\x83", "w": b"\x93", "l": b"\xa3"},
    ),
    OpcodeMap(
        "Behind a destination",
        "B0–BF and F0–F5. `ldar R,t` is F3, 13, the distance, and 20–27 (word) or 30–37 (long).",
        {"": b"\xb0"},
    ),
    OpcodeMap(
        "Behind a register",
        "C8–CF, D8–DF and E8–EF, and C7, D7 and E7 with a full code. Byte products and quotients exist "
        "behind C9, CB, CD and CF only where `q` is written.",
        {"b": b"\xc9", "w": b"\xd9", "l": b"\xe9"},
    ),
)


def _conditions() -> str:
    lines = ["| Code | Written | Holds | |", "|---|---|---|---|"]
    for code, name in enumerate(CONDITIONS):
        rule = CONDITION_RULES[code & 7]
        opposite = "always" if rule == "never" else f"not {rule}" if len(rule) == 1 else f"not ({rule})"
        text = rule if code < 8 else opposite
        lines.append(f"| {code:X} | {name} | {text} | {_MEANINGS[name]} |")
    return "\n".join(lines)


def _control_registers() -> str:
    numbers: dict[str, int] = {}
    for size in "lwb":
        controls = field("u", 8, size)
        assert controls is not None
        for place, name in zip(controls.values, controls.names, strict=True):
            if place is not None and name is not None:
                numbers[name] = place - CONTROL
    kinds = {"DMAS": "source, long", "DMAD": "destination, long", "DMAC": "count, word", "DMAM": "mode, byte"}
    lines = ["| Channel | " + " | ".join(f"{kind} ({what})" for kind, what in kinds.items()) + " |"]
    lines.append("|---" * (len(kinds) + 1) + "|")
    for channel in range(8):
        row = [f"{numbers[f'{kind}{channel}']:02X}" for kind in kinds]
        lines.append(f"| {channel} | {' | '.join(row)} |")
    return (
        "`ldc` moves them. The numbers are those of the TMP94C241; other members of the family have others.\n"
        f"INTNEST, a word, is {numbers['INTNEST']:02X}. Channels 4 to 7 go on in the pattern of 0 to 3, "
        "which no program was seen to use.\n\n" + "\n".join(lines)
    )


def _vectors() -> str:
    columns = 4
    names = ["RESET, SWI0", *(name or "reserved" for name in VECTORS.names[1:])]
    lines = ["| Address | Vector " * columns + "|", "|---|---" * columns + "|"]
    rows = -(-len(names) // columns)
    for row in range(rows):
        line = ""
        for index in range(row, rows * columns, rows):
            known = index < len(names)
            line += f"| {VECTORS.address_of(index):06X} | {names[index]} " if known else "| | "
        lines.append(line + "|")
    return "\n".join(lines)


INTERRUPTS = f"""
**Reset**: PC is read from FFFF00, SR becomes F800 (level 7, bank 0), XSP 100. No source says what
the other registers hold; here they become 0.

**Taking an interrupt** of level *n*, which happens between instructions if *n* is 1 to 6 and not below
IFF, or at any time for the NMI: PC (four bytes) and then SR (two bytes) are pushed, IFF becomes *n* + 1
(at most 7), INTNEST counts up, PC is read from the vector. Of two requests of one level the smaller
vector comes first.

**`swi n`** does the same through vector *n*, but leaves IFF alone. **`reti`** pops SR, then PC, and
INTNEST counts down.

**Behind `ei` and `reti`** one more instruction is executed before anything is taken; a second `ei` puts
it off again. **`halt`** waits for an interrupt; the PC pushed is that behind it. Repeated block
instructions (`ldir` and so on) can be interrupted after every element: the PC pushed is their own.

{_vectors()}
"""

SOURCES = (
    "MAME 0.289, `src/devices/cpu/tlcs900` (tables, disassembler, TMP94C241): opcode map, operands, results, "
    "vectors. Cases made with it are in `tests/cpu/tlcs900/vectors`, with what it does with the undefined.",
    "ares, `ares/component/processor/tlcs900h`: decoding, register codes, flags, states.",
    "NeoPop's core, as in Mednafen's `ngp/TLCS-900h`: flags, block instructions, modulo counting.",
    'Toshiba, "TLCS-900/H1 CPU", chapter 3, English and Japanese (dtsheet.com/doc/1345987 and 1345985), page '
    "1: what the cores of the family have and lack. Only its beginning was at hand.",
    "Tixul/NgpCraft_dev_ref and Ngpcraft_emulator: divisions measured on a console (a 900/H), excerpts of "
    "Toshiba's list of states for the 900/L1.",
    "Firmware of the SX-KN5000, as the KN5000 pages disassemble it: LDC of INTNEST with number 7C.",
)

MANUAL = Manual(
    title="The TLCS-900/H2 instruction set",
    introduction=INTRODUCTION,
    operands=OPERANDS,
    registers=REGISTERS,
    addressing=ADDRESSING,
    groups=GROUPS,
    maps=MAPS,
    after=(
        ("Conditions", _conditions()),
        ("Control registers", _control_registers()),
        ("Reset and interrupts", INTERRUPTS),
    ),
    sources=SOURCES,
)
