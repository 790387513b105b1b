"""Value records as they run: what is sent, how it ends, the bracket, and anything at all as tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luthier.errors import InputError
from luthier.kn5000.bytecode.descriptors import Descriptor
from luthier.kn5000.dsp_ports.events import Kind
from luthier.kn5000.translator import laws
from luthier.kn5000.translator.ladders import long_volume, wide_volume
from luthier.kn5000.translator.operations import OPERATIONS, Space, operand_bytes
from luthier.kn5000.translator.records import (
    Instruction,
    descriptor_table,
    instructions,
    numbers,
    value_table,
)
from luthier.kn5000.translator.rom import BASE, SubRom
from luthier.kn5000.translator.translation import Status, Written, write_all, write_parameter

BLEND = Instruction(0x66, 0, numbers(0, 0x400000))
LETTERS = {Kind.COMMAND: "/{:02X}", Kind.DATA: " {:02X}", Kind.IDLE: " idle", Kind.YIELD: " yield"}
#: Three cells for every opcode.
CELLS = {opcode: [0x10, 0x20, 0x30] for opcode in OPERATIONS}
NOWHERE = b"\x00\x10"


def written(
    parameters: list[list[Instruction]],
    value: int,
    *,
    cells: dict[int, list[int]] | None = None,
    **options: object,
) -> Written:
    """The first parameter of these, with cells from 10 on for every opcode."""
    values = value_table(parameters)
    memory = values + descriptor_table(cells if cells is not None else CELLS)
    return write_parameter(memory, 0, len(values), 0, [value] * 26, **options)  # type: ignore[arg-type]


def sent(done: Written) -> str:
    return "".join(LETTERS[event.kind].format(event.value) for event in done.events).removeprefix("/")


def poke(number: int, tag: int) -> str:
    """Facts 2.3: 0A, then 24 bits from bit 7 on and the tag below."""
    bits = (number & 0xFFFFFF) << 7
    return (
        f" 0A {bits >> 24 & 0x7F:02X} {bits >> 16 & 0xFF:02X} {bits >> 8 & 0xFF:02X} {bits & 0x80 | tag:02X}"
    )


def test_a_blend_for_dsp_1() -> None:
    done = written([[BLEND]], 99)
    assert done.status is Status.GOOD
    # Cell 10 is address 0x100 of the host's window; tag 26 is a coefficient.
    assert sent(done) == "01 01 60 08 01 01 08 21" + poke(0x400000, 0x26) + "/03"


def test_the_bracket_is_for_dsp_1_only() -> None:
    assert sent(written([[BLEND]], 99, chip=1)) == "30 00 10 40 00 idle yield"


def test_a_volume_goes_to_registers() -> None:
    volume = Instruction(0x63, 1, b"\x00")
    assert sent(written([[volume]], 84)) == "01 01 60 00 00 12 00 00" + poke(wide_volume(84), 0x15) + "/03"


def test_a_delay_has_its_address_and_samples_from_the_descriptor() -> None:
    delay = Instruction(0x67, 0, numbers(1_000))
    added = Descriptor(pointers=0, cells=0, delays=2, parameter=500)
    done = written([[delay]], 350, added=added)
    assert sent(done) == "01 01 60 08 01 01 28 25" + poke(1_500 + 350 * 441 // 10, 0x4C) + "/03"


def test_many_numbers_follow_one_address() -> None:
    done = written([[Instruction(0x70, 0, b"\x01")]], 14)
    assert sent(done).count("0A") >= 5
    assert sum(event.kind is Kind.COMMAND for event in done.events) == 2


def test_several_instructions_are_in_one_bracket() -> None:
    done = written([[BLEND, Instruction(0x66, 1, numbers(0, 0))]], 0)
    text = sent(done)
    assert (text.count("/"), text.count("08 21")) == (1, 2)


def test_a_value_record_ends_with_7a() -> None:
    # What stands behind 7A inside the length is a second round with a bracket of its own.
    round_ = BLEND.encoded + b"\x7a"
    values = (2 + 2 * len(round_)).to_bytes(2, "big") + 2 * round_ + b"\xf0"
    memory = values + descriptor_table({0x66: [0x10]})
    assert sent(write_parameter(memory, 0, len(values), 0, [0] * 26)).count("/01 01 60") == 1
    assert sent(write_parameter(memory, 0, len(values), 0, [0] * 26)).count("01 01 60") == 2


def test_records_are_walked_by_their_length() -> None:
    second = [[BLEND], [Instruction(0x66, 1, numbers(0, -0x400000))]]
    values = value_table(second)
    memory = values + descriptor_table({0x66: [0x10, 0x20]})
    done = write_parameter(memory, 0, len(values), 1, [0, 99])
    assert sent(done) == "01 01 60 08 01 02 08 21" + poke(-0x400000, 0x26) + "/03"
    assert instructions(memory, 0) == second
    assert write_parameter(memory, 0, len(values), 2, [0] * 26).status is Status.NO_PARAMETER


def test_statuses_of_the_firmware() -> None:
    assert [status.value for status in Status][:5] == [0, 2, 3, 4, 5]
    assert written([[BLEND]], 0).status.value == 0
    assert written([[BLEND]], 0, cells={0x21: [1]}).status.value == 3
    assert written([[Instruction(0x66, 3, numbers(0, 0))]], 0).status.value == 4


def test_an_unknown_opcode_aborts_the_record() -> None:
    values = b"\x00\x0d" + b"\x55\x00" + BLEND.encoded + b"\x7a\xf0"
    for cells, status in (({0x55: [1], 0x66: [1]}, 5), ({0x66: [1]}, 3)):
        done = write_parameter(values + descriptor_table(cells), 0, len(values), 0, [0] * 26)
        assert done.status.value == status
        # The bracket is open and stays so.
        assert sent(done) == "01 01 60"


def test_what_the_firmware_does_not_check() -> None:
    assert written([[Instruction(0x63, 0, b"\x00")]], 100).status is Status.BEYOND
    assert written([[Instruction(0x63, 0, b"\x03")]], 10).status is Status.UNDEFINED
    assert written([[Instruction(0x65, 0, b"\x03")]], 10).status is Status.UNDEFINED
    assert written([[Instruction(0x70, 0, b"\x10")]], 10).status is Status.BEYOND
    assert write_parameter(NOWHERE, 0, 0, 0, [0]).status is Status.CUT
    endless = value_table([[BLEND]]) + b"\x00\x00\x21"
    assert write_parameter(endless, 0, len(endless) - 3, 0, [0]).status is Status.ENDLESS


def test_every_opcode_sends_something() -> None:
    for opcode in OPERATIONS:
        operands = bytes(operand_bytes(opcode))
        for chip in (0, 1):
            done = written([[Instruction(opcode, 0, operands)]], 10, chip=chip)
            assert done.status is Status.GOOD
            assert any(event.kind is Kind.DATA for event in done.events)


def test_66_and_77_and_6b_and_21_are_one_law() -> None:
    for opcode, tag, address in (
        (0x21, 0x26, "08 01 01 08 21"),
        (0x77, 0x26, "08 01 01 08 21"),
        (0x6B, 0x15, "00 00 11 00 00"),
    ):
        done = written([[Instruction(opcode, 0, numbers(-5, 1_000_000))]], 42)
        assert sent(done) == f"01 01 60 {address}" + poke(laws.blend(-5, 1_000_000, 42), tag) + "/03"


def test_opcode_24_chooses_its_ends_by_another_value() -> None:
    ends = [(0, 99), (1_000, 1_990), (20_000, 29_900)]
    operands = numbers(*(number for pair in ends for number in pair))
    for nibble, before in ((0x10, 1), (0x20, 2)):
        values = value_table([[], [], [Instruction(0x24, 0, bytes([nibble]) + operands)]])
        memory = values + descriptor_table(CELLS)
        for order, pair in ((0, 0), (1, 1), (2, 2), (3, 0)):
            words = [0, 0, 33]
            words[2 - before] = order
            done = write_parameter(memory, 0, len(values), 2, words)
            first, second = ends[pair]
            assert sent(done).endswith(poke(first + (second - first) // 3, 0x26) + "/03")
    # 00: the value itself chooses.
    for value, number in ((0, 0), (1, 1_010), (2, 20_200)):
        done = written([[Instruction(0x24, 0, b"\x00" + operands)]], value)
        assert sent(done).endswith(poke(number, 0x26) + "/03")


def test_opcode_79_is_0_552_of_the_long_ladder_with_a_sign() -> None:
    for operand, sign in ((1, 1), (0, -1), (2, -1)):
        done = written([[Instruction(0x79, 0, bytes([operand]))]], 99)
        assert sent(done).endswith(poke(sign * int(0.552 * long_volume(99)), 0x26) + "/03")


def test_opcode_74_sends_nine_rows_of_four() -> None:
    done = written([[Instruction(0x74, 0, b"\x00")]], 0)
    assert sent(done).count("/03") == 9 + 1
    assert sent(done).count("01 01 60") == 9
    assert sent(written([[Instruction(0x74, 0, b"\x01")]], 0)).count("/03") == 8 + 1


def test_the_published_names_of_61_to_63_are_those_of_their_neighbours() -> None:
    """The page has the choice of a ladder at 62, and registers too; operands and writers tell."""
    assert [operand_bytes(opcode) for opcode in (0x61, 0x62, 0x63)] == [0, 0, 1]
    assert [OPERATIONS[opcode].space for opcode in (0x61, 0x62, 0x63)] == [
        Space.CELLS,
        Space.CELLS,
        Space.REGISTERS,
    ]
    assert 0x79 in OPERATIONS


@given(
    st.binary(max_size=200),
    st.integers(0, 210),
    st.integers(0, 210),
    st.integers(0, 5),
    st.integers(-32_768, 65_535),
    st.integers(0, 1),
)
def test_anything_ends_with_a_status(
    memory: bytes, values: int, descriptors: int, parameter: int, value: int, chip: int
) -> None:
    values, descriptors = values % (len(memory) + 1), descriptors % (len(memory) + 1)
    done = write_parameter(memory, values, descriptors, parameter, [value] * 26, chip=chip)
    assert isinstance(done.status, Status)
    batch = write_all(memory, [[values, descriptors, parameter, chip]], [[value] * 26])
    assert batch.statuses[0] == done.status.value
    assert len(batch.events) == len(done.events)


@st.composite
def sound_tables(draw: st.DrawFn) -> tuple[bytes, int]:
    """A table of one value record of any opcodes and operands, and descriptors for all of them."""
    opcodes = draw(st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=4))
    record = []
    for opcode in opcodes:
        first = draw(st.integers(0, 255))
        rest = max(operand_bytes(opcode, first) - 1, 0)
        operands = bytes([first]) + draw(st.binary(min_size=rest, max_size=rest))
        record.append(
            Instruction(opcode, draw(st.integers(0, 3)), operands if operand_bytes(opcode) else b"")
        )
    values = value_table([record])
    return values + descriptor_table(CELLS), len(values)


@given(sound_tables(), st.integers(-200, 800), st.integers(0, 1))
def test_compiled_and_plain_send_the_same(tables: tuple[bytes, int], value: int, chip: int) -> None:
    memory, descriptors = tables
    words = [value, value // 2 % 27, value % 49] * 8
    done = write_parameter(memory, 0, descriptors, 0, words, chip=chip)
    batch = write_all(memory, [[0, descriptors, 0, chip]] * 2, [words] * 2)
    assert batch.statuses.tolist() == [done.status.value] * 2
    assert batch.ends.tolist() == [len(done.events), 2 * len(done.events)]
    assert [int(word) & 0xFF for word in batch.events] == 2 * [event.value for event in done.events]


def test_what_is_refused() -> None:
    memory = value_table([[BLEND]])
    for places in ((-1, 0), (0, len(memory) + 1)):
        with pytest.raises(InputError, match="begins outside"):
            write_parameter(memory, *places, 0, [0])
    with pytest.raises(InputError, match="no chip 2"):
        write_parameter(memory, 0, 0, 0, [0], chip=2)
    with pytest.raises(InputError, match="more than 16 bits"):
        write_parameter(memory, 0, 0, 0, [65_536])
    with pytest.raises(InputError, match="rows of four"):
        write_all(memory, [[0, 0, 0]], [[0]])
    with pytest.raises(InputError, match="more than 16 bits"):
        write_all(memory, [[0, 0, 0, 0]], np.array([[70_000]]))
    with pytest.raises(InputError, match="no record begins"):
        instructions(b"\x00\x02", 0)
    with pytest.raises(InputError, match="no opcode is 0x55"):
        instructions(b"\x00\x05\x55\x00\x7a\xf0", 0)
    with pytest.raises(InputError, match="are cut"):
        instructions(b"\x00\x05\x66\x00\x7a\xf0", 0)


def test_pointers_of_a_program() -> None:
    image = bytearray(0x30000)
    image[0x01F09C - BASE + 4 :][:4] = b""
    for table, address in ((0x01F09C, 0x0147B3), (0x01F22C, 0x014800)):
        image[table - BASE + 4 : table - BASE + 8] = address.to_bytes(4, "little")
    rom = SubRom(bytes(image))
    assert rom.places(1) == (0x0147B3 - BASE, 0x014800 - BASE)
    assert rom.places(2) is None
    # Facts, H15: two effects have tables of their own in slot 1.
    assert rom.places(9, slot=1) == (0x01E19E - BASE, 0x01E17F - BASE)
    assert rom.places(10, slot=1) == (0x01E42D - BASE, 0x01E40A - BASE)
    assert [rom.places(number) for number in (-1, 100, 127)] == [None] * 3
