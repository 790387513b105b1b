"""Where instructions lead, and programs followed from their entry points."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.cpu import CPUS, describe
from luthier.cpu.disassembler import Image, disassembler
from luthier.cpu.exploration import INSIDE, OVERLAPS, START, STUCK
from luthier.cpu.flow import CALL, JUMP, ONWARD, RETURN, flow_of
from luthier.cpu.program import Program, Reference, take_apart
from luthier.cpu.symbols import Symbol
from luthier.errors import UsageError

BASE = 0xE00000


def program(*lines: str, entries: tuple[int, ...] = (BASE,), base: int = BASE) -> Program:
    """A TLCS-900 program given in hexadecimal, taken apart."""
    return take_apart(disassembler("tlcs900h2"), Image.of(bytes.fromhex("".join(lines)), base), entries)


def code(found: Program) -> list[int]:
    """Offsets of the instructions."""
    return [int(start) for start in found.starts]


# --- Operations --------------------------------------------------------------------------------------------

#: Code -> what it does, whether it may go on behind, and its target's name in the effect.
FLOWS = {
    "00": (ONWARD, False, ""),
    "05": (ONWARD, False, ""),  # HALT goes on after an interrupt
    "1a 00 00": (JUMP, False, "m"),
    "1b 00 00 00": (JUMP, False, "m"),
    "1c 00 00": (CALL, False, "m"),
    "1d 00 00 00": (CALL, False, "m"),
    "1e 00 00": (CALL, False, "n"),
    "66 00": (JUMP, True, "n"),
    "76 00 00": (JUMP, True, "n"),
    "b4 d6": (JUMP, True, "address"),
    "b4 e6": (CALL, True, "address"),
    "b0 f6": (RETURN, True, ""),
    "0e": (RETURN, False, ""),
    "0f 04 00": (RETURN, False, ""),
    "07": (RETURN, False, ""),
    "ca 1c fd": (JUMP, True, "n"),
    "fb": (CALL, False, ""),  # SWI: its vector is known when it runs
    "83 11": (ONWARD, False, ""),  # LDIR repeats itself
    "02": (ONWARD, False, ""),
    "03": (ONWARD, False, ""),
    "3b": (ONWARD, False, ""),
}


@pytest.mark.parametrize("bytes_of_it", FLOWS)
def test_flow_of_an_operation(bytes_of_it: str) -> None:
    form = disassembler("tlcs900h2").instruction(bytes.fromhex(bytes_of_it)).form
    assert form is not None
    found = flow_of(describe("tlcs900h2"), form.operation)
    assert (found.kind, found.conditional, found.target) == FLOWS[bytes_of_it]


def test_no_other_operation_of_the_tlcs900_leaves_its_line() -> None:
    description = describe("tlcs900h2")
    leaving = {
        operation.row.syntax.split(" ")[0]
        for operation in description.operations
        if flow_of(description, operation).kind != ONWARD
    }
    assert leaving == {"jr", "jrl", "jp", "call", "calr", "ret", "retd", "reti", "djnz", "swi"}


# --- Programs ----------------------------------------------------------------------------------------------


def test_code_around_data() -> None:
    found = program(
        "1d 10 00 e0",  # 00 call E00010
        "c2 0a 00 e0 21",  # 04 ld A,(E0000A)
        "0e",  # 09 ret
        "01 02 03 04 05 06",  # 0A data, no code
        "f2 0b 00 e0 41",  # 10 ld (E0000B),A
        "66 f9",  # 15 jr Z,E00010
        "68 01",  # 17 jr T,E0001A
        "ff",  # 19 never reached
        "0e",  # 1A ret
    )
    assert code(found) == [0, 4, 9, 0x10, 0x15, 0x17, 0x1A]
    assert found.names == {
        BASE: "code_E00000",
        BASE + 0x0A: "data_E0000A",
        BASE + 0x0B: "data_E0000B",
        BASE + 0x10: "sub_E00010",
        BASE + 0x1A: "code_E0001A",
    }
    assert found.referred == {
        BASE + 0x10: [Reference(BASE, "call"), Reference(BASE + 0x15, "jump")],
        BASE + 0x0A: [Reference(BASE + 4, "read")],
        BASE + 0x0B: [Reference(BASE + 0x10, "write")],
        BASE + 0x1A: [Reference(BASE + 0x17, "jump")],
    }


def test_conditions_that_always_or_never_hold() -> None:
    found = program("60 02", "68 01", "ff", "0e")  # jr F, jr T, (swi), ret
    assert code(found) == [0, 2, 5]
    assert [reference[0].kind for reference in found.referred.values()] == ["jump"]
    assert code(program("b0 f8", "00")) == [0]  # ret T
    assert code(program("b0 f6", "00")) == [0, 2]  # ret Z


def test_kinds_of_references() -> None:
    found = program(
        "f2 40 00 e0 34",  # lda XIX,E00040: a pointer
        "c2 41 00 e0 61",  # inc 1,(E00041): read and written
        "08 12 34",  # ld (0x12),0x34: written, outside
        "f1 43 00 14 45 00",  # ld (0x43),(0x45)
        "f3 13 30 00 34",  # ldar XIX
        "0e",
    )
    kinds = {address: reference[0].kind for address, reference in found.referred.items()}
    assert kinds == {
        BASE + 0x40: "pointer",
        BASE + 0x41: "read and write",
        0x12: "write",
        0x43: "write",
        0x45: "read",
        BASE + 19 + 4 + 0x30: "pointer",
    }
    assert set(found.names) == {BASE}  # nothing else lies in the image


def test_a_loop_ends() -> None:
    assert code(program("68 fe")) == [0]
    assert code(program("ca 1c fd", "68 fb")) == [0, 3]


def test_two_readings_of_the_same_bytes_are_told() -> None:
    # jr Z,E00003 goes into the middle of ld XWA,0x0E0E0000.
    found = program("66 01", "40 00 00 0e 0e", "0e")
    assert code(found) == [0, 2, 7]
    assert found.mark(BASE + 3) & OVERLAPS
    assert found.mark(BASE + 3) & INSIDE
    assert not found.mark(BASE + 3) & START
    assert BASE + 3 not in found.names  # no line begins there


def test_the_entry_named_first_wins() -> None:
    data = "40 00 00 0e 0e 0e"
    assert code(program(data, entries=(BASE, BASE + 1))) == [0, 5]
    assert code(program(data, entries=(BASE + 1, BASE)))[0] == 1


def test_where_code_runs_into_no_code() -> None:
    for data, index in (("00 01", 1), ("00 1d 00", 1), ("00 00", 1), ("00" + "ff" * 16, 1)):
        found = program(data)
        assert [k for k, mark in enumerate(found.marks) if mark & STUCK] == [index]
    assert not any(mark & STUCK for mark in program("00 0e").marks)


def test_vectors_are_entries() -> None:
    base = 0xFFFE00
    image = bytearray(b"\xff" * 0x200)
    image[0x20:0x22] = b"\x00\x0e"  # the reset routine
    image[0x30:0x31] = b"\x07"  # one for two interrupts
    image[0x100:0x104] = (base + 0x20).to_bytes(4, "little")
    image[0x128:0x12C] = (base + 0x30).to_bytes(4, "little")  # INT0
    image[0x1B0:0x1B4] = (base + 0x30).to_bytes(4, "little")  # INTTC7
    found = program(image.hex(), entries=(), base=base)
    assert code(found) == [0x20, 0x21, 0x30]
    assert found.names[base + 0x20] == "on_RESET"
    assert found.names[base + 0x30] == "sub_FFFE30"
    assert [reference.kind for reference in found.referred[base + 0x30]] == ["vector INT0", "vector INTTC7"]


def test_vectors_that_are_not_covered_or_lead_elsewhere_are_no_entries() -> None:
    assert not program("00 00 00", entries=(), base=0xFFFF00).starts.size
    assert not program("00 00 00 00", entries=(), base=0xFFFF00).starts.size
    assert program("00 ff ff 00", entries=(), base=0xFFFF00).vectors == {0xFFFF00: "RESET"}


def test_symbols_are_entries_and_names() -> None:
    tool = disassembler("tlcs900h2")
    image = Image.of(bytes.fromhex("1d 06 00 e0 0e 0e 0e 0e"), BASE)
    symbols = {
        "main": Symbol(BASE),
        "again": Symbol(BASE),
        "table": Symbol(BASE + 5, is_data=True),
        "port": Symbol(0x12),
    }
    found = take_apart(tool, image, (), symbols)
    assert code(found) == [0, 4, 6]
    assert found.names == {BASE: "main", BASE + 5: "table", 0x12: "port", BASE + 6: "sub_E00006"}
    assert found.all_symbols == symbols | {"sub_E00006": Symbol(BASE + 6)}


def test_new_names_leave_given_ones_alone() -> None:
    tool = disassembler("tlcs900h2")
    image = Image.of(bytes.fromhex("1d 04 00 e0 0e"), BASE)
    found = take_apart(tool, image, (BASE,), {"sub_E00004": Symbol(0x100)})
    assert found.names[BASE + 4] == "sub_E00004_"


def test_an_entry_outside_is_refused() -> None:
    with pytest.raises(UsageError, match="is not in the image"):
        program("00", entries=(BASE + 1,))


@settings(deadline=None)
@given(data=st.binary(min_size=1, max_size=400), entries=st.lists(st.integers(0, 399), max_size=5))
@pytest.mark.parametrize("name", CPUS)
def test_any_bytes_can_be_followed(name: str, data: bytes, entries: list[int]) -> None:
    tool = disassembler(name)
    image = Image.of(data, 0x1000)
    found = take_apart(tool, image, [0x1000 + entry % len(data) for entry in entries])
    covered: list[int] = []
    for start in code(found):
        form = tool.instruction(data[start:]).form
        assert form is not None
        covered += range(start, start + form.length)
    assert len(set(covered)) == len(covered)  # no byte is in two instructions
    marked = [index for index, mark in enumerate(found.marks) if mark & (START | INSIDE)]
    assert marked == sorted(covered)
    for address in found.names:
        assert not found.mark(address) & INSIDE
    # Another time it is the same.
    assert take_apart(tool, image, [0x1000 + entry % len(data) for entry in entries]).names == found.names
