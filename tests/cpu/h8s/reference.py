"""The H8S/2000 a second time: what the programming manuals say of each instruction, in whole numbers.

Nothing here is taken from the rows.  The model reads instructions as text, which objdump agrees with, and
computes flags from what they mean: a carry is a sum that is too large, an overflow a sum that no signed
number of that size can be, a half carry the same of everything below the highest digit.  Registers and
memory are plain Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

C, V, Z, N, H = 1, 2, 4, 8, 0x20
SIZES = {"b": 8, "w": 16, "l": 32}

_REGISTER = re.compile(r"ER(\d)|([ER])(\d)|R(\d)([HL])")


def signed(value: int, bits: int) -> int:
    """The number that these bits are in two's complement."""
    value %= 1 << bits
    return value - (1 << bits) if value >> bits - 1 else value


@dataclass
class Outcome:
    """What a model leaves open: flags, or whole registers, that no document defines."""

    open_flags: int = 0
    undefined: bool = False


@dataclass
class Model:
    """A CPU before or after an instruction."""

    er: list[int]
    ccr: int
    exr: int
    intm: int
    pc: int
    read_byte: Callable[[int], int]
    written: dict[int, int] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    asleep: bool = False

    # Registers and memory

    def get(self, name: str) -> int:
        if name in {"CCR", "EXR"}:
            return self.ccr if name == "CCR" else self.exr
        match = _REGISTER.fullmatch(name.replace("SP", "ER7"))
        assert match, name
        if match[1]:
            return self.er[int(match[1])]
        if match[2]:
            value = self.er[int(match[3])]
            return value // 0x10000 if match[2] == "E" else value % 0x10000
        value = self.er[int(match[4])] % 0x10000
        return value // 0x100 if match[5] == "H" else value % 0x100

    def put(self, name: str, value: int) -> None:
        match = _REGISTER.fullmatch(name)
        assert match, name
        number = int(match[1] or match[3] or match[4])
        shift, bits = (0, 32) if match[1] else (16 * (match[2] == "E"), 16)
        if match[4]:
            shift, bits = 8 * (match[5] == "H"), 8
        mask = (1 << bits) - 1 << shift
        self.er[number] = self.er[number] & ~mask | value << shift & mask

    def load(self, address: int, bits: int) -> int:
        address &= 0xFFFFFF if bits == 8 else 0xFFFFFE
        where = [(address + k) & 0xFFFFFF for k in range(bits // 8)]
        return int.from_bytes(bytes(self.written.get(at, self.read_byte(at)) for at in where), "big")

    def store(self, address: int, bits: int, value: int) -> None:
        address &= 0xFFFFFF if bits == 8 else 0xFFFFFE
        for k, byte in enumerate((value % (1 << bits)).to_bytes(bits // 8, "big")):
            self.written[(address + k) & 0xFFFFFF] = byte

    # Flags

    def flag(self, mask: int, value: object) -> None:
        self.ccr = self.ccr | mask if value else self.ccr & ~mask

    def sign_and_zero(self, result: int, bits: int) -> None:
        self.flag(N, signed(result, bits) < 0)
        self.flag(Z, result % (1 << bits) == 0)

    def sum(self, x: int, y: int, carry: int, bits: int) -> int:
        low = 1 << bits - 4
        self.flag(H, x % low + y % low + carry >= low)
        self.flag(C, x + y + carry >= 1 << bits)
        exact = signed(x, bits) + signed(y, bits) + carry
        self.flag(V, not -(1 << bits - 1) <= exact < 1 << bits - 1)
        self.sign_and_zero(x + y + carry, bits)
        return (x + y + carry) % (1 << bits)

    def difference(self, x: int, y: int, borrow: int, bits: int) -> int:
        low = 1 << bits - 4
        self.flag(H, x % low < y % low + borrow)
        self.flag(C, x < y + borrow)
        exact = signed(x, bits) - signed(y, bits) - borrow
        self.flag(V, not -(1 << bits - 1) <= exact < 1 << bits - 1)
        self.sign_and_zero(x - y - borrow, bits)
        return (x - y - borrow) % (1 << bits)

    # Operands

    def source(self, text: str, bits: int) -> int:
        if text[0] == "#":
            return int(text[1:], 0)
        if text[0] == "@":
            return self.load(self.address(text, bits, reading=True), bits)
        return self.get(text)

    def address(self, text: str, bits: int, *, reading: bool) -> int:
        if match := re.fullmatch(r"@(ER\d)", text):
            return self.get(match[1])
        if match := re.fullmatch(r"@\((-?0x\w+):\d+,(ER\d)\)", text):
            return self.get(match[2]) + int(match[1], 16)
        if match := re.fullmatch(r"@(0x\w+):\d+", text):
            return int(match[1], 16)
        if match := re.fullmatch(r"@(ER\d)\+", text):
            assert reading
            before = self.get(match[1])
            self.put(match[1], before + bits // 8)
            return before
        match = re.fullmatch(r"@-(ER\d)", text)
        assert match and not reading, text
        self.put(match[1], self.get(match[1]) - bits // 8)
        return self.get(match[1])

    def target(self, text: str, bits: int, value: int) -> None:
        if text[0] == "@":
            self.store(self.address(text, bits, reading=False), bits, value)
        else:
            self.put(text, value)

    def push(self, bits: int, value: int) -> None:
        self.er[7] = (self.er[7] - bits // 8) % (1 << 32)
        self.store(self.er[7], bits, value)

    def pop(self, bits: int) -> int:
        value = self.load(self.er[7], bits)
        self.er[7] = (self.er[7] + bits // 8) % (1 << 32)
        return value

    def jump(self, address: int) -> None:
        self.pc = address & 0xFFFFFE

    # Instructions

    def execute(self, text: str, length: int) -> None:
        """One instruction, given as the disassembler writes it, and its bytes."""
        self.pc = (self.pc + length) & 0xFFFFFF
        mnemonic, _, operands = text.partition(" ")
        name, _, size = mnemonic.partition(".")
        parts = re.findall(r"(?:\([^)]*\)|[^,(]|@\([^)]*\))+", operands)
        for words, method in _METHODS:
            if name in words.split():
                method(self, name, SIZES.get(size, 8), parts)
                break
        else:
            raise AssertionError(text)
        if self.intm == 2 and self.exr & 0x80 and name != "rte":
            self.exception(5)  # trace

    def move(self, _name: str, bits: int, parts: list[str]) -> None:
        value = self.source(parts[0], bits)
        self.sign_and_zero(value, bits)
        self.flag(V, 0)
        self.target(parts[1], bits, value)

    def arithmetic(self, name: str, bits: int, parts: list[str]) -> None:
        x, y = self.get(parts[1]), self.source(parts[0], bits)
        zero, carry = self.ccr & Z, self.ccr & C
        if name in {"add", "addx"}:
            result = self.sum(x, y, carry if name == "addx" else 0, bits)
        else:
            result = self.difference(x, y, carry if name == "subx" else 0, bits)
        if name in {"addx", "subx"}:
            self.flag(Z, zero and result == 0)
        if name != "cmp":
            self.put(parts[1], result)

    def step(self, name: str, bits: int, parts: list[str]) -> None:
        count = self.source(parts[0], bits) if len(parts) == 2 else 1
        kept = self.ccr & (H | C)
        change = self.sum if name == "inc" else self.difference
        self.put(parts[-1], change(self.get(parts[-1]), count, 0, bits))
        self.ccr = self.ccr & ~(H | C) | kept

    def address_step(self, name: str, _bits: int, parts: list[str]) -> None:
        count = int(parts[0][1:]) * (1 if name == "adds" else -1)
        self.put(parts[1], self.get(parts[1]) + count)

    def logic(self, name: str, bits: int, parts: list[str]) -> None:
        x, y = self.get(parts[1]), self.source(parts[0], bits)
        result = {"and": x & y, "or": x | y, "xor": x ^ y}[name]
        self.plain_result(parts[1], bits, result)

    def plain_result(self, register: str, bits: int, result: int) -> None:
        self.put(register, result)
        self.sign_and_zero(result, bits)
        self.flag(V, 0)

    def one_operand(self, name: str, bits: int, parts: list[str]) -> None:
        x = self.get(parts[0])
        if name == "neg":
            self.put(parts[0], self.difference(0, x, 0, bits))
        else:
            half = bits // 2
            result = {"not": (1 << bits) - 1 - x, "extu": x % (1 << half), "exts": signed(x, half)}[name]
            self.plain_result(parts[0], bits, result)

    def shift(self, name: str, bits: int, parts: list[str]) -> None:
        value, overflow = self.get(parts[-1]), False
        top = 1 << bits - 1
        for _ in range(2 if len(parts) == 2 else 1):
            out = value & (top if name.endswith("l") else 1) != 0
            bit = {"shal": 0, "shll": 0, "shlr": 0, "shar": value >= top, "rotl": out, "rotr": out}.get(
                name, self.ccr & C
            )
            left, right = value * 2 % (2 * top) + bool(bit), value // 2 + top * bool(bit)
            moved = left if name.endswith("l") else right
            overflow |= name == "shal" and (moved >= top) != (value >= top)
            value = moved
            self.flag(C, out)
        self.put(parts[-1], value)
        self.sign_and_zero(value, bits)
        self.flag(V, overflow)

    def decimal(self, name: str, _bits: int, parts: list[str]) -> None:
        """By the tables of the manual; what they leave out is undefined."""
        x = self.get(parts[0])
        high, low, carry, half = x >> 4, x & 15, self.ccr & C, bool(self.ccr & H)
        added, after = decimal_adjustment(name, high, low, bool(carry), half)
        self.outcome = Outcome(H | V, added is None)
        result = (x + (added or 0)) % 256
        self.put(parts[0], result)
        self.sign_and_zero(result, 8)
        self.flag(C, after)

    def product(self, name: str, bits: int, parts: list[str]) -> None:
        x, y = self.get(parts[1]) % (1 << bits), self.get(parts[0])
        if name == "mulxs":
            x, y = signed(x, bits), signed(y, bits)
            self.sign_and_zero(x * y, 2 * bits)
        self.put(parts[1], x * y)

    def quotient(self, name: str, bits: int, parts: list[str]) -> None:
        x, y = self.get(parts[1]), self.get(parts[0])
        if name == "divxs":
            x, y = signed(x, 2 * bits), signed(y, bits)
        self.flag(Z, y == 0)
        self.flag(N, (x < 0) != (y < 0) if name == "divxs" and y else signed(y, bits) < 0)
        if y == 0:
            self.outcome = Outcome(0, True)
            return
        whole = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        rest = x - whole * y
        fits = -(1 << bits - 1) <= whole < 1 << bits - 1 if name == "divxs" else whole < 1 << bits
        self.outcome = Outcome(0, not fits)
        self.put(parts[1], (rest % (1 << bits) << bits) + whole % (1 << bits))

    def bit(self, name: str, _bits: int, parts: list[str]) -> None:
        number = self.source(parts[0], 8) % 8
        where = parts[1]
        value = self.source(where, 8)
        here, carry = bool(value & 1 << number), bool(self.ccr & C)
        inverse = name[1] == "i"
        wanted = here != inverse
        if name == "btst":
            self.flag(Z, not here)
        elif name in {"bld", "bild"}:
            self.flag(C, wanted)
        elif name in {"band", "biand"}:
            self.flag(C, carry and wanted)
        elif name in {"bor", "bior"}:
            self.flag(C, carry or wanted)
        elif name in {"bxor", "bixor"}:
            self.flag(C, carry != wanted)
        else:
            new = {"bset": True, "bclr": False, "bnot": not here, "bst": carry, "bist": not carry}[name]
            self.target(where, 8, value - (here << number) + (new << number))

    def test_and_set(self, _name: str, _bits: int, parts: list[str]) -> None:
        value = self.source(parts[0], 8)
        self.sign_and_zero(value, 8)
        self.flag(V, 0)
        self.target(parts[0], 8, value | 0x80)

    def branch(self, name: str, _bits: int, parts: list[str]) -> None:
        c, z, n, v = (bool(self.ccr & mask) for mask in (C, Z, N, V))
        holds = {
            "bra": True,
            "brn": False,
            "bhi": not (c or z),
            "bls": c or z,
            "bcc": not c,
            "bcs": c,
            "bne": not z,
            "beq": z,
            "bvc": not v,
            "bvs": v,
            "bpl": not n,
            "bmi": n,
            "bge": n == v,
            "blt": n != v,
            "bgt": not z and n == v,
            "ble": z or n != v,
        }[name]
        if holds:
            self.jump(int(parts[0].partition(":")[0], 16))

    def call(self, name: str, _bits: int, parts: list[str]) -> None:
        text = parts[0]
        if text.startswith("@@"):
            target = self.load(int(text[2:].partition(":")[0], 16), 32)
        elif text.startswith("@ER"):
            target = self.get(text[1:])
        else:
            target = int(text.lstrip("@").partition(":")[0], 16)
        if name != "jmp":
            self.push(32, self.pc)
        self.jump(target)

    def leave(self, name: str, _bits: int, _parts: list[str]) -> None:
        if name == "rts":
            self.jump(self.pop(32))
            return
        if self.intm == 2:
            self.exr = (self.pop(16) >> 8) | 0x78
        frame = self.pop(32)
        self.ccr = frame >> 24
        self.jump(frame)

    def trap(self, _name: str, _bits: int, parts: list[str]) -> None:
        self.exception(8 + int(parts[0][1:]))

    def exception(self, vector: int) -> None:
        target = self.load(4 * vector, 32)
        self.push(32, self.ccr << 24 | self.pc)
        if self.intm == 2:
            self.push(16, self.exr << 8)
            self.exr &= 0x7F
        self.ccr |= 0x80
        self.jump(target)

    def control(self, name: str, bits: int, parts: list[str]) -> None:
        value = self.source(parts[0], bits)
        if bits == 16:
            value >>= 8
        old = self.get(parts[1])
        value = {"ldc": value, "andc": old & value, "orc": old | value, "xorc": old ^ value}[name]
        if parts[1] == "CCR":
            self.ccr = value
        else:
            self.exr = value | 0x78

    def store_control(self, _name: str, bits: int, parts: list[str]) -> None:
        value = self.get(parts[0])
        self.target(parts[1], bits, value if bits == 8 else value << 8 | value)

    def list_of_registers(self, name: str, _bits: int, parts: list[str]) -> None:
        first, last = (int(digit) for digit in re.findall(r"ER(\d)", parts[name == "ldm"]))
        if name == "stm":
            values = [self.er[number] for number in range(first, last + 1)]
            for value in values:
                self.push(32, value)
            return
        values = [self.pop(32) for _ in range(first, last + 1)]
        above = self.er[7]
        for number, value in zip(range(last, first - 1, -1), values, strict=True):
            self.er[number] = value
        self.er[7] = above

    def block(self, _name: str, bits: int, _parts: list[str]) -> None:
        counter = "R4L" if bits == 8 else "R4"
        while self.get(counter):
            self.store(self.er[6], 8, self.load(self.er[5], 8))
            for number in (5, 6):
                self.er[number] = (self.er[number] + 1) % (1 << 32)
            self.put(counter, self.get(counter) - 1)

    def nothing(self, name: str, _bits: int, _parts: list[str]) -> None:
        self.asleep = name == "sleep"


#: What DAA adds: C, H, range of the upper digit, range of the lower one, number added, C afterwards.
_DAA = (
    (0, 0, 0, 9, 0, 9, 0x00, 0),
    (0, 0, 0, 8, 10, 15, 0x06, 0),
    (0, 1, 0, 9, 0, 3, 0x06, 0),
    (0, 0, 10, 15, 0, 9, 0x60, 1),
    (0, 0, 9, 15, 10, 15, 0x66, 1),
    (0, 1, 10, 15, 0, 3, 0x66, 1),
    (1, 0, 0, 2, 0, 9, 0x60, 1),
    (1, 0, 0, 2, 10, 15, 0x66, 1),
    (1, 1, 0, 3, 0, 3, 0x66, 1),
)
_DAS = (
    (0, 0, 0, 9, 0, 9, 0x00, 0),
    (0, 1, 0, 8, 6, 15, 0xFA, 0),
    (1, 0, 7, 15, 0, 9, 0xA0, 1),
    (1, 1, 6, 15, 6, 15, 0x9A, 1),
)


def decimal_adjustment(name: str, high: int, low: int, carry: bool, half: bool) -> tuple[int | None, bool]:
    """What DAA and DAS add, and C after it: the tables of the manuals; None where they have no line."""
    for c, h, high_from, high_to, low_from, low_to, added, after in _DAA if name == "daa" else _DAS:
        if (carry, half) == (c, h) and high_from <= high <= high_to and low_from <= low <= low_to:
            return added, bool(after)
    return None, carry


_METHODS: list[tuple[str, Callable[[Model, str, int, list[str]], None]]] = [
    ("mov", Model.move),
    ("add addx sub subx cmp", Model.arithmetic),
    ("inc dec", Model.step),
    ("adds subs", Model.address_step),
    ("and or xor", Model.logic),
    ("neg not extu exts", Model.one_operand),
    ("shal shar shll shlr rotl rotr rotxl rotxr", Model.shift),
    ("daa das", Model.decimal),
    ("mulxu mulxs", Model.product),
    ("divxu divxs", Model.quotient),
    ("bset bclr bnot btst bld bild band biand bor bior bxor bixor bst bist", Model.bit),
    ("tas", Model.test_and_set),
    ("bra brn bhi bls bcc bcs bne beq bvc bvs bpl bmi bge blt bgt ble", Model.branch),
    ("bsr jsr jmp", Model.call),
    ("rts rte", Model.leave),
    ("trapa", Model.trap),
    ("ldc andc orc xorc", Model.control),
    ("stc", Model.store_control),
    ("ldm stm", Model.list_of_registers),
    ("eepmov", Model.block),
    ("nop sleep", Model.nothing),
]
