"""The files of facts: whole, free of contradictions, and in step with what the documents say in figures."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from luthier.cpu import describe
from luthier.cpu.symbols import reserved_names
from luthier.kn5000.memory_map import CPUS, Certainty, Entry, all_entries, at, find, region, structures
from luthier.kn5000.memory_map.models import ADDRESS_LIMIT, MISREADING, REGION

KINDS = {
    "region", "register", "port", "variable", "buffer", "array", "table", "text", "routine", "vector",
    "trampoline", "code", "misreading",
}  # fmt: skip


def in_memory(cpu: str) -> list[Entry]:
    return [
        entry
        for entry in all_entries()
        if entry.cpu == cpu and entry.is_in_memory and entry.kind != MISREADING
    ]


def one(name: str, cpu: str) -> Entry:
    (found,) = [entry for entry in all_entries() if entry.name == name and entry.cpu == cpu]
    return found


def test_every_entry_is_whole() -> None:
    for entry in all_entries():
        assert entry.cpu in CPUS
        assert entry.kind in KINDS
        assert entry.description.endswith("."), entry
        assert entry.source
        assert entry.size >= 0
        assert len(set(entry.names)) == len(entry.names)
        if entry.is_in_memory:
            assert entry.end <= ADDRESS_LIMIT
        if entry.kind == REGION:
            assert entry.size
        if entry.space != "memory":
            assert entry.table or entry.address is None, f"{entry.name} cannot be listed"
    assert len(all_entries()) > 1300


def test_what_is_not_simply_known_says_why() -> None:
    for entry in all_entries():
        if entry.certainty in (Certainty.CORRECTED, Certainty.UNKNOWN):
            assert entry.note or entry.certainty == Certainty.UNKNOWN, entry
        if entry.address is None:
            assert entry.certainty == Certainty.UNKNOWN
    for structure in structures().values():
        for field in structure.fields:
            assert field.certainty != Certainty.CORRECTED or field.note, (structure.name, field.name)


@pytest.mark.parametrize("cpu", CPUS)
def test_no_name_stands_for_two_things(cpu: str) -> None:
    # Regions are no symbols: they may share their aliases ("DRAM") with other processors, never with things.
    counted = Counter(name.lower() for entry in all_entries() if entry.cpu == cpu for name in entry.names)
    assert [name for name, count in counted.items() if count > 1] == []


@pytest.mark.parametrize("cpu", CPUS)
def test_entries_overlap_only_where_one_lies_inside_the_other(cpu: str) -> None:
    outer: list[Entry] = []
    sized = [entry for entry in in_memory(cpu) if entry.size]
    for entry in sorted(sized, key=lambda entry: (entry.start, -entry.size)):
        while outer and outer[-1].end <= entry.start:
            outer.pop()
        assert not outer or entry.end <= outer[-1].end, f"{entry.name} runs out of {outer[-1].name}"
        outer.append(entry)


@pytest.mark.parametrize("cpu", CPUS)
def test_everything_in_memory_lies_in_a_region(cpu: str) -> None:
    places = [entry for entry in in_memory(cpu) if entry.kind == REGION]
    outside = [e.name for e in in_memory(cpu) if not any(place.holds(e.start) for place in places)]
    # The base of the LCD controller is an address to add to; the registers themselves are a region.
    assert outside == (["VGA_BASE"] if cpu == "main" else [])


@pytest.mark.parametrize("cpu", CPUS)
def test_no_name_is_a_word_of_the_instruction_set(cpu: str) -> None:
    reserved = reserved_names(describe("tlcs900h2"))
    assert {"OV", "LDC", "XWA"} <= reserved
    assert not [entry.name for entry in in_memory(cpu) if entry.name.upper() in reserved]


def test_structures_hold_their_fields_and_arrays_their_records() -> None:
    used = set()
    for structure in structures().values():
        assert structure.size > 0
        names = [field.name for field in structure.fields]
        assert len(set(names)) == len(names)
        for field in structure.fields:
            assert field.size * field.count > 0
            assert field.end <= structure.size, (structure.name, field.name)
            used.add(field.structure)
            if field.structure:
                assert structures()[field.structure].size == field.size
        for before, after in pairwise(sorted(structure.fields, key=lambda field: field.offset)):
            assert before.end <= after.offset, (structure.name, before.name, after.name)
    for entry in all_entries():
        used.add(entry.structure)
        if entry.structure:
            assert structures()[entry.structure].size * entry.count == entry.size, entry.name
        else:
            assert entry.count == 1
    assert used - {""} == set(structures())


def test_misreadings_name_nothing_and_say_what_is_true() -> None:
    wrong = [entry for entry in all_entries() if entry.kind == MISREADING]
    assert len(wrong) > 50
    for entry in wrong:
        name, _, address = entry.name.partition("@")
        assert name
        assert int(address, 16) == entry.start
        assert entry.certainty == Certainty.CORRECTED
        assert entry.note
        assert entry in at(entry.start, entry.cpu).misreadings
        assert at(entry.start, entry.cpu).name != entry.name


def test_parts_and_voices_tile() -> None:
    # The pages: 26 records of 287 bytes from 0x041368, then 64 of 71 from 0x04308E.
    state, parts, voices = (one(name, "sub") for name in ("sound_state", "parts", "voices"))
    assert (state.start, state.size) == (0x041342, 38)
    assert (parts.start, parts.size, parts.count) == (0x041368, 7462, 26)
    assert state.end == parts.start
    assert parts.size == 26 * 0x11F == 26 * 287
    assert parts.end == voices.start == 0x04308E
    assert (voices.size, voices.count) == (4544, 64)
    assert voices.size == 64 * 0x47
    assert voices.end == one("EXTENDED_VOICE_SLOTS", "sub").start == 0x04424E


@pytest.mark.parametrize(
    ("field", "from_04136e", "address"),
    [
        ("controller_flags", 0x04, 0x041372),
        ("volume", 0x06, 0x041374),
        ("pan", 0x08, 0x041376),
        ("expression", 0x0A, 0x041378),
        ("controller_91", 0x11, 0x04137F),
        ("controller_97", 0x12, 0x041380),
        ("controller_9b", 0x1F, 0x04138D),
        ("controller_9d", 0x20, 0x04138E),
    ],
)
def test_controllers_are_where_both_bases_put_them(field: str, from_04136e: int, address: int) -> None:
    # The audio page counts from 0x04136E, newer pages give addresses: the same records, six bytes apart.
    assert 0x04136E + from_04136e == address
    for part in (0, 1, 25):
        answer = at(address + part * 287, "sub")
        assert (answer.name, answer.offset) == (f"parts[{part}].{field}", 0)


def test_slots_of_the_effects() -> None:
    # 0x91 words from 0x448E: 8 bytes, five slots of 56 and two bytes more; the audio page lists the buffers.
    state = one("effect_state", "sub")
    assert (state.start, state.size) == (0x448E, 0x91 * 2)
    assert state.size == 290 == 8 + 5 * 56 + 2
    assert at(0x45AE, "sub").name == "effect_state.tail"
    assert state.end == one("EFFECT_ALGORITHM_TYPE", "sub").start == 0x45B0
    for slot, address in enumerate((0x4496, 0x44CE, 0x4506, 0x453E, 0x4576)):
        assert address == 0x4496 + 0x38 * slot
        assert at(address, "sub").name == f"effect_state.slots[{slot}].algorithm"
        assert at(address + 2, "sub").name == f"effect_state.slots[{slot}].parameters[0]"
        assert at(address + 55, "sub").name == f"effect_state.slots[{slot}].parameters[26]"
    assert one("EFFECT_WORK_BUFFER_1", "sub").start == one("EFFECT_WORK_BUFFER_0", "sub").end == 0x045446


def test_rings() -> None:
    for address, name in ((0x2B0D, "write_pointer"), (0x2B0F, "read_pointer"), (0x2B11, "count")):
        assert at(address, "sub").name == f"midi_ring.{name}"
    assert at(0x2B13, "sub").name == "midi_ring.data[0]"
    assert at(0x2B13 + 0xFFF, "sub").name == "midi_ring.data[4095]"
    assert at(0x2B13 + 0x1000, "sub").name == "midi_ring"
    assert not at(0x2B13 + 0x1000, "sub").is_inside
    assert at(0x3B64, "sub").name == "dsp_ring.count"
    assert at(0x3B66 + 0x7FF, "sub").name == "dsp_ring.data[2047]"
    assert one("dsp_ring", "sub").end < one("dsp_command_header", "sub").start == 0x4368
    assert one("dsp_command_header", "sub").end == one("DSP_COMMAND_DATA", "sub").start == 0x4370


def test_buffers_of_commands() -> None:
    # 32 bytes of data, 6 of E1 and 10 of E2, for the boot program and for the program.
    for prefix, data, first, second in (("", 0x51E, 0x544, 0x54A), ("PROGRAM_", 0x10F0, 0x1116, 0x111C)):
        for name, address, size in (("DATA", data, 32), ("E1", first, 6), ("E2", second, 10)):
            entry = one(f"{prefix}CMD_{name}_BUFFER", "sub")
            assert (entry.start, entry.size) == (address, size)
        assert first + 6 == second


def test_trampolines_and_vectors_match() -> None:
    # 45 jumps of 5 bytes are 225; a vector has 4 bytes; vector / 4 is the number of the trampoline.
    jumps = [entry for entry in all_entries() if entry.kind == "trampoline"]
    assert len(jumps) == 45
    assert (jumps[0].start, jumps[-1].end) == (0x400, 0x400 + 225)
    for jump in jumps:
        vector = one(jump.name.replace("TRAMPOLINE", "VECTOR"), "sub")
        assert (jump.start - 0x400) // 5 == (vector.start - 0xFFFF00) // 4
    assert one("VECTOR_INT0", "sub").start == 0xFFFF28
    assert one("VECTOR_INTTC7", "main").start == 0xFFFFB0


def test_dma_control_registers_and_modes() -> None:
    numbers = {entry.name: entry.start for entry in region("DMA", "sub")}
    for channel in range(4):  # the memory-map page's table for the TMP94C241
        assert numbers[f"DMAS{channel}"] == 0x00 + 4 * channel
        assert numbers[f"DMAD{channel}"] == 0x20 + 4 * channel
        assert numbers[f"DMAC{channel}"] == 0x40 + 4 * channel
        assert numbers[f"DMAM{channel}"] == 0x42 + 4 * channel
    published = {0x00, 0x01, 0x02, 0x04, 0x08, 0x09, 0x0A, 0x10, 0x14}
    modes = {entry.start: entry for entry in region("DMAM", "sub")}
    assert published <= set(modes)
    assert {value for value in modes if modes[value].certainty != "hypothesis"} == published
    for value, mode in modes.items():
        # Bits 1 and 0: 1, 2 or 4 bytes; above them the direction.
        size = ("byte", "word", "long")[value & 3]
        assert value == 0x14 or mode.name.lower().endswith(size)


def test_control_registers_are_those_of_the_instruction_set() -> None:
    from luthier.machine import FlatMachine

    registers = FlatMachine("tlcs900h2").registers
    for entry in region("DMA", "sub"):
        if entry.name[-1] in "0123":
            registers[entry.name] = 1  # raises if the CPU has no such register


def test_latches_of_both_sides() -> None:
    assert (one("INTER_CPU_LATCH", "main").start, one("INTER_CPU_LATCH", "sub").start) == (0x140000, 0x120000)


def test_pport_commands() -> None:
    # 15 codes, two gaps.
    assert [entry.start for entry in region("pport")] == [*range(1, 12), 16, 17, 18, 20]


def test_ata_registers_lie_on_even_addresses() -> None:
    found = region("hdae_ata", "main")
    assert [entry.start for entry in found[1:]] == [*range(0x130010, 0x130020, 2), 0x130020]


def test_medley_slots() -> None:
    slots = one("medley_slots", "main")
    assert (slots.start, slots.size, slots.count) == (0x0AB000, 10 * 0x800, 10)
    assert at(0x0AB0D0, "main").name == "medley_slots[0].tracks[0]"


def test_effect_tables_have_a_hundred_entries() -> None:
    # Each of the four tables ends where the next begins, the last where the mute table does.
    names = ("Algorithm_Programs", "Coefficient_Programs", "Parameter_Values", "Parameter_Descriptors")
    tables = [one(name, "sub") for name in (*names, "EFF_Mute_Pointers")]
    assert [table.start for table in tables] == [0x1ED7C, 0x1EF0C, 0x1F09C, 0x1F22C, 0x1F3BC]
    for table, following in pairwise(tables):
        assert table.count == 100
        assert table.end == following.start


@pytest.mark.parametrize(
    ("effect", "address", "published", "instructions"),
    [
        # The audio page's table of programs with its sizes; the facts' counts of instructions.
        (0, 0x017263, 250, 49),
        (1, 0x0153C1, 355, 70),
        (2, 0x015664, 430, 85),
        (3, 0x015986, 500, 99),
        (4, 0x015D43, 330, 65),
        (5, 0x015FFE, 535, 106),
        (6, 0x0177C3, 485, 96),
        (8, 0x01743B, 515, 102),
        (9, 0x017F1F, 245, 48),
        (10, 0x018141, 345, 68),
        (15, 0x016ACF, 435, 86),
    ],
)
def test_sizes_of_the_published_programs(
    effect: int, address: int, published: int, instructions: int
) -> None:
    # Header 2, command 1, address 2, five an instruction; the mark behind it is not in the page's sizes.
    program = one(f"DSP_Eff{effect:02d}_Algo_Bytecode", "sub")
    assert program.start == address
    assert published == 5 + 5 * instructions
    assert program.size == published + 1


def test_blocks_of_the_effects_tile() -> None:
    blocks = [entry for entry in region("sub_program", "sub") if 0x0147EF <= entry.start < 0x01DFA5]
    assert len(blocks) == 200
    assert all(before.end == after.start for before, after in pairwise(blocks))
    assert blocks[0].start == one("Bytecode_Global_Descriptors", "sub").end
    assert blocks[-1].end == one("DSP_Eff09_Slot1_Algo_Bytecode", "sub").start
    programs = [entry for entry in blocks if entry.name.endswith("Algo_Bytecode")]
    first_chip = [entry for entry in programs if entry.name.startswith("DSP_")]
    assert len(first_chip) == 38
    assert all((entry.size - 6) % 5 == 0 for entry in first_chip)
    assert one("DSP_Eff16_Algo_Bytecode", "sub").size == 671  # the reverb: 133 instructions


def test_pointer_tables_of_the_dispatcher_tile() -> None:
    # 5, 4, 4, 5 and 5 pointers.
    first = region("sub_program", "sub")
    pointers = [entry for entry in first if 0x1F3BC <= entry.start < 0x1F418 and entry.kind == "array"]
    assert [entry.count for entry in pointers] == [5, 4, 4, 5, 5]
    assert [entry.start for entry in pointers] == [0x1F3BC, 0x1F3D0, 0x1F3E0, 0x1F3F0, 0x1F404]
    assert all(before.end == after.start for before, after in pairwise(pointers))


def test_handlers_of_the_bytecode_tile() -> None:
    sizes = (570, 249, 167, 153, 26, 448)
    offsets = (0, 0x23A, 0x333, 0x3DA, 0x473, 0x48D)
    block = one("DSP_Bytecode_Programs", "sub")
    assert block.size == sum(sizes) == 1613
    for number, (offset, size) in enumerate(zip(offsets, sizes, strict=True)):
        handler = one(f"Bytecode_Handler_{number}", "sub")
        assert (handler.start - block.start, handler.size) == (offset, size)


def test_misread_tables_lie_in_others() -> None:
    # Bytes 88 to 127 of the touch curve; the end of the limits of polyphony and the next table.
    answer = at(0x01F596, "sub")
    assert (answer.name, answer.offset) == ("ToneGen_Velocity_Output_Curve", 88)
    assert at(0x01F596 + 39, "sub").offset == 127
    assert at(0x00F490, "sub").name == "Voice_PolyphonyLimits_Table"
    assert at(0x00F490, "sub").offset == 4
    assert (at(0x00F490 + 39, "sub").name, at(0x00F490 + 39, "sub").offset) == (
        "Voice_IndexMapping_Table",
        11,
    )


def test_names_of_effects_and_their_parameters_tile() -> None:
    # 86 * 17 + 128 * 4 + 128 * 18 bytes from 0xE324C4; name n at 0xE33568 - 18 n.
    names = ("Effect_Parameter_Names", "Effect_Name_Pointers", "Effect_Names")
    parameters, pointers, effects = (one(name, "main") for name in names)
    assert (parameters.start, parameters.end) == (0xE324C4, pointers.start)
    assert pointers.end == effects.start == 0xE33568 - 18 * 127
    assert effects.end == 0xE33568 + 18 == 0xE33579 + 1


def test_registers_of_the_tone_generator() -> None:
    # What is written to the latch is the register's number times 64 plus the voice.
    registers = region("tone generator registers")
    assert len(registers) == 28 + 13
    for entry in registers:
        assert entry.start % 0x40 == 0 or entry.name.startswith("TG_GLOBAL")
    fields = {field.name: field.offset for field in structures()["voice_registers"].fields}
    assert fields["reg_000"] == 0
    assert fields["reg_a40"] == 0x2A  # the last without the extension: 44 bytes
    assert fields["reg_640"] == 0x42  # the last with it: 68 bytes
    assert structures()["voice_registers"].size == 68
    assert one("voice_scratch", "sub").end == one("coefficient_output", "sub").start == 0x045210


def test_ports_that_the_map_page_names_otherwise() -> None:
    assert [entry.name for entry in find("port_d", "sub")] == ["PORT_D"]
    for address, name in (
        (0x34, "PORT_D"),
        (0x38, "PORT_E"),
        (0x3C, "PORT_F"),
        (0x44, "PORT_H"),
        (0x68, "PORT_Z"),
    ):
        assert at(address, "sub").name == name
    levels = [at(address, "main").name for address in range(0xE0, 0xF1)]
    assert levels[0] == "INTE45"
    assert levels[1] == "INTE67"
    assert levels[-1] == "INTE0AD"
    assert len(set(levels)) == 17


def test_the_map_agrees_with_the_protocol() -> None:
    from luthier.kn5000.transport import sub_ram

    for prefix, variables in (("", sub_ram.BOOT), ("PROGRAM_", sub_ram.RUNNING)):
        for name, address in (
            ("DMA_XFER_STATE", variables.transfer_state),
            ("CMD_PROCESSING_STATE", variables.processing_state),
            ("LAST_CMD_BYTE", variables.command),
            ("DMA_TARGET_ADDR", variables.target),
            ("CMD_DATA_BUFFER", variables.payload),
            ("CMD_E1_BUFFER", variables.block_header),
            ("CMD_E2_BUFFER", variables.request),
        ):
            assert one(prefix + name, "sub").start == address
    assert at(sub_ram.TONE_GENERATOR_MODE, "sub").name == "TONE_GENERATOR_MODE"
    assert at(sub_ram.STATUS_FLAGS, "sub").name == "PAYLOAD_LOADED_FLAG"
