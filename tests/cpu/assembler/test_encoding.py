"""Instruction texts become the bytes they stand for, and every form has a text that gives it back."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luthier.cpu import CPUS, describe
from luthier.cpu.assembler import assemble, encodings, suffix
from luthier.cpu.description import Description, Form
from luthier.cpu.fields import Immediate
from luthier.errors import InputError

TLCS900 = describe("tlcs900h2")

#: Encodings known from elsewhere than our rows: the opcode list of ares and MAME, instructions that the
#: firmware of the SX-KN5000 was patched with, Macro Assembler AS, and code that ran on a Neo Geo Pocket.
KNOWN = {
    "ldc INTNEST,WA": "D8 2E 7C",
    "div XWA,BC": "D9 50",
    "ldir (XDE+),(XHL+)": "83 11",
    "ldir (XIX+),(XIY+)": "85 11",
    "ldir": "83 11",
    "ld RWA2,5": "D7 20 AD",
    "di": "06 07",
    "ei 3": "06 03",
    "ei": "06 00",
    "nop": "00",
    "push SR": "02",
    "pop SR": "03",
    "halt": "05",
    "reti": "07",
    "ld (0x12),0x34": "08 12 34",
    "push 0x12": "09 12",
    "ldw (0x12),0x3456": "0A 12 56 34",
    "pushw 0x3456": "0B 56 34",
    "incf": "0C",
    "decf": "0D",
    "ret": "0E",
    "ret NZ": "B0 FE",
    "retd 4": "0F 04 00",
    "rcf": "10",
    "scf": "11",
    "ccf": "12",
    "zcf": "13",
    "push A": "14",
    "pop A": "15",
    "ex F,F'": "16",
    "ldf 3": "17 03",
    "push F": "18",
    "pop F": "19",
    "jp 0x1234": "1A 34 12",
    "jp 0x123456": "1B 56 34 12",
    "call 0x1234": "1C 34 12",
    "call 0x123456": "1D 56 34 12",
    "calr $+3": "1E 00 00",
    "ld W,1": "20 01",
    "ld L,1": "27 01",
    "push XSP": "3F",
    "ld XIX,0x12345678": "44 78 56 34 12",
    "pop SP": "4F",
    "pop XWA": "58",
    "jr T,$": "68 FE",
    "jr $": "68 FE",
    "jr LT,$+2": "61 00",
    "jrl NC,$": "7F FD FF",
    "jrl $": "78 FD FF",
    "djnz $": "CA 1C FD",
    "swi 1": "F9",
    "swi": "FF",
    "ld A,(XIX)": "84 21",
    "ld A,(XIX+5)": "8C 05 21",
    "ld A,(XIX-5)": "8C FB 21",
    "ld WA,(XIX)": "94 20",
    "ld XWA,(XIX)": "A4 20",
    "ld (XIX),A": "B4 41",
    "ld A,(0x12)": "C0 12 21",
    "ld A,(0x1234)": "C1 34 12 21",
    "ld A,(0x123456)": "C2 56 34 12 21",
    "ld A,(XIX+0x1234)": "C3 F1 34 12 21",
    "ld A,(XIX+B)": "C3 03 F0 E5 21",
    "ld A,(XIX+BC)": "C3 07 F0 E4 21",
    "ldar XIX,$+4": "F3 13 00 00 34",
    "ld A,(-XIX)": "C4 F0 21",
    "ld WA,(-XIX)": "D4 F1 20",
    "ld XWA,(XIX+)": "E5 F2 20",
    "ld A,(XIX+:4)": "C5 F2 21",
    "scc EQ,A": "C9 76",
}


def hexadecimal(data: bytes) -> str:
    return data.hex(" ").upper()


@pytest.mark.parametrize("text", KNOWN)
def test_encodings_known_from_elsewhere(text: str) -> None:
    assert hexadecimal(assemble(text).image) == KNOWN[text]


def test_capitals_and_spaces_mean_nothing() -> None:
    assert assemble("  LD  a , ( xix + 5 )").image == assemble("ld A,(XIX+5)").image


def code_text(form: Form, code: bytes, address: int) -> str:
    """The operands of an instruction, written from the form alone."""
    parts: list[str] = []
    for part in form.operands:
        if isinstance(part, str):
            parts.append(part)
            continue
        operand = part.operand
        if isinstance(operand, Immediate):
            signed = operand.signed or operand.relative
            data = code[part.offset : part.offset + operand.size]
            value = int.from_bytes(data, operand.byte_order, signed=signed)
            if operand.relative:
                value = (address + part.offset + operand.size + value) % (1 << 24)
            if operand.extended == "ones" or (operand.extended and value >= 1 << part.bits - 1):
                value += (1 << 24) - (1 << part.bits)
            parts.append(str(value))
        else:
            parts.append(operand.names[code[part.offset] >> part.shift & (1 << part.bits) - 1] or "")
    return "".join(parts)


@st.composite
def instructions(draw: st.DrawFn, description: Description) -> tuple[Form, bytes, int]:
    form = draw(st.sampled_from(description.forms))
    code = bytes(
        draw(st.integers(0, 255) if allowed is None else st.sampled_from(sorted(allowed)))
        for allowed in form.bytes
    )
    unit = description.architecture.unit
    return form, code, unit * draw(st.integers(0, ((1 << 24) - 16) // unit))


def shows_all(form: Form) -> bool:
    """Whether the text of a form tells all of its bytes: ``ret Z`` does not tell its address."""
    return not (form.mnemonic == "ret" and form.mode)


@pytest.mark.parametrize("cpu", CPUS)
def test_every_form_comes_back(cpu: str) -> None:
    description = describe(cpu)
    for form in description.forms:
        code = bytes(5 if allowed is None else max(allowed) for allowed in form.bytes)
        if shows_all(form):
            found = encodings(description, form.mnemonic, code_text(form, code, 0x1000), 0x1000)
            assert code in [encoding.data for encoding in found], (form.mnemonic, code.hex())


@settings(max_examples=500)
@given(st.sampled_from(CPUS).flatmap(lambda cpu: st.tuples(st.just(cpu), instructions(describe(cpu)))))
def test_text_assembles_to_the_bytes_it_came_from(case: tuple[str, tuple[Form, bytes, int]]) -> None:
    cpu, (form, code, address) = case
    text = code_text(form, code, address)
    behind = suffix(describe(cpu), form.mnemonic, text, address, code)
    if behind is None:
        assert not shows_all(form)
        return
    result = assemble(f" org {address}\n {form.mnemonic}{behind} {text}", cpu)
    assert (result.base, result.image) == (address, code)


@settings(max_examples=200)
@given(instructions(TLCS900))
@example((TLCS900.mnemonics["ld"][0], b"\x21\x05", 0))
def test_encodings_are_in_order_and_numbered(case: tuple[Form, bytes, int]) -> None:
    form, code, address = case
    text = code_text(form, code, address)
    found = encodings(TLCS900, form.mnemonic, text, address)
    assert [len(encoding.data) for encoding in found] == sorted(len(encoding.data) for encoding in found)
    for encoding in found:
        result = assemble(f" org {address}\n {form.mnemonic}:{encoding.number} {text}")
        assert result.image == encoding.data


def test_the_first_is_the_shortest_that_fits() -> None:
    assert hexadecimal(assemble("ld A,5").image) == "21 05"  # by row before C9 AD, which is as long
    assert hexadecimal(assemble("ld:2 A,5").image) == "C9 AD"
    assert hexadecimal(assemble("ld WA,7").image) == "D8 AF"
    assert hexadecimal(assemble("ld WA,8").image) == "30 08 00"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cp A,(0x12:8)", "C0 12 F1"),
        ("cp A,(0x12:16)", "C1 12 00 F1"),
        ("cp A,(0x12:24)", "C2 12 00 00 F1"),
        ("ld A,(XIX+0:8)", "8C 00 21"),
        ("ld A,(XIX+0:16)", "C3 F1 00 00 21"),
        ("ld WA,1:3", "D8 A9"),
        ("ld WA,1:16", "30 01 00"),
        ("jp 0x12:24", "1B 12 00 00"),
    ],
)
def test_a_width_can_be_asked_for(text: str, code: str) -> None:
    assert hexadecimal(assemble(text).image) == code


def test_conditions_have_their_other_names() -> None:
    for other, name in {"EQ": "Z", "NE": "NZ", "ULT": "C", "UGE": "NC", "PE": "OV", "PO": "NOV"}.items():
        assert assemble(f"jr {other},$").image == assemble(f"jr {name},$").image
    with pytest.raises(InputError, match="no such operands"):
        assemble("scc A")


def test_immediates_may_be_signed_or_not() -> None:
    assert assemble("ld A,-1").image == assemble("ld A,255").image
    for value in (-129, 256):
        with pytest.raises(InputError, match=f"{value} does not fit into 8 bits, -128 to 255"):
            assemble(f"ld A,{value}")
    assert assemble("ld WA,-32768").image == assemble("ld WA,0x8000").image


def test_a_displacement_is_signed_and_grows() -> None:
    assert len(assemble("ld A,(XIX+127)").image) == 3
    assert len(assemble("ld A,(XIX+128)").image) == 5
    assert len(assemble("ld A,(XIX-129)").image) == 5
    with pytest.raises(InputError, match="32768 does not fit"):
        assemble("ld A,(XIX+32768)")


def test_a_parenthesised_operand_is_memory() -> None:
    assert hexadecimal(assemble("ld A,(5)").image) == "C0 05 21"
    assert hexadecimal(assemble("ld A,((5))").image) == "C0 05 21"
    assert hexadecimal(assemble("ld A,(1+1)*2").image) == "21 04"


def test_a_register_of_the_previous_bank_can_be_meant() -> None:
    displacement, register = encodings(TLCS900, "ld", "A,(XWA-1)")[:2]
    assert hexadecimal(displacement.data) == "88 FF 21"
    assert hexadecimal(register.data) == "C3 D0 21"


def test_relative_targets_wrap_around_the_bus() -> None:
    assert hexadecimal(assemble(" org 0xFFFFFE\n jr 0x10").image) == "68 10"
    with pytest.raises(InputError, match="is no address"):
        assemble("jr -1")


def test_symbols_are_given_by_name() -> None:
    assert encodings(TLCS900, "jp", "there", 0, {"there": 0x1234})[0].data == b"\x1a\x34\x12"
    with pytest.raises(InputError, match="there is not defined"):
        encodings(TLCS900, "jp", "there")
    with pytest.raises(InputError, match="no instruction 'jump'"):
        encodings(TLCS900, "jump", "there")
