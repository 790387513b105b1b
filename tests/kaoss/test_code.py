"""Payloads taken apart: jump tables, addresses in numbers, texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.kaoss import compiled
from tests.kaoss.test_system_file import ELECTRIBE_2S

from luthier.cpu import describe
from luthier.cpu.assembler import assemble
from luthier.cpu.notes import parse
from luthier.errors import InputError
from luthier.kaoss import strings
from luthier.kaoss.built_in import CPU, built_in, symbols
from luthier.kaoss.code import Code, take_payload_apart
from luthier.kaoss.system_file import SystemFile, read


def program(text: str) -> SystemFile:
    """A system file whose program is ``text``, from 0x210 on."""
    file = built_in()
    code = assemble(f" org 0x210\n{text}\n", CPU).image
    vectors = b"\0\0\2\x10" * 128 + file.payload[0x200:0x210]
    return SystemFile(file.header, (vectors + code).ljust(0x40000, b"\xff"))


def reached(code: Code) -> set[int]:
    return set(code.program.starts.tolist())


def test_every_label_of_the_example_is_reached() -> None:
    labels = {
        name: symbol.address
        for name, symbol in symbols().items()
        if not symbol.is_data and symbol.address < 0x40000
    }
    assert len(labels) > 30
    assert set(labels.values()) <= reached(take_payload_apart(built_in()))


def test_only_what_is_reached_is_code() -> None:
    # In this variant nothing calls what the keys do.
    names = symbols("hang")
    found = reached(take_payload_apart(built_in("hang")))
    assert names["main.stuck"].address in found
    assert names["play"].address not in found


def test_the_jump_table_of_the_example() -> None:
    # The text: five commands.
    names = symbols()
    code = take_payload_apart(built_in())
    assert code.tables == {names["commands"].address: 5}
    assert {names[name].address for name in ("ignore", "play", "record", "save", "send")} <= reached(code)
    assert [text.text for text in code.strings] == ["LuthierPad 1.00\r\n", "settings saved\r\n", "sent\r\n"]
    assert [text.address for text in code.strings] == [
        names[name].address for name in ("greeting", "saved", "sent")
    ]


def test_variables_and_registers_have_names() -> None:
    found = take_payload_apart(built_in()).program.symbols
    assert found["TCSR"].address == 0xFFFF74
    assert found["ram_FFB000"].address == 0xFFB000
    assert "SBYCR" not in found  # nothing refers to it


BOUNDS = {
    "cmp.b #3,r0l\n bcc end": 3,  # 0, 1, 2
    "cmp.b #3,r0l\n bhi end": 4,  # 0 to 3
    "nop": 4,  # up to what is no address of code: 1 is odd
}


@pytest.mark.parametrize("test", BOUNDS)
def test_lengths_of_tables(test: str) -> None:
    code = take_payload_apart(
        program(
            f"{test}\n extu.w r0\n extu.l er0\n shll.l #2,er0\n mov.l @(table:32,er0),er1\n jmp @er1\n"
            "end: rts\none: rts\ntwo: rts\nthree: rts\n align 2\n"
            "table: dl one, two, three, end, 1"
        )
    )
    assert list(code.tables.values()) == [BOUNDS[test]]


def test_jumps_through_registers() -> None:
    file = program("mov.l #there,er2\n nop\n jsr @er2\n rts\n dw 0xFFFF\nthere: nop\n rts")
    assert 0x210 + 6 + 2 + 2 + 2 + 2 in reached(take_payload_apart(file))
    # Another register is not followed.
    file = program("mov.l #there,er3\n nop\n jsr @er2\n rts\n dw 0xFFFF\nthere: nop\n rts")
    assert 0x210 + 6 + 2 + 2 + 2 + 2 not in reached(take_payload_apart(file))


CALLBACKS = """
        mov.l #table,er5
        mov.l #0xFFB000,er6
        mov.b #16,r4l
        eepmov.b                        ; nothing in the code tells that these are addresses
        jsr @known
        rts
known:  rts
second: nop
        rts
third:  sleep
        rts
        dw 0xFFFF
table:  dl known, second, third, 1
"""


def test_addresses_in_data() -> None:
    # One is known, the others lie just behind code: the second round finds the third.
    code = take_payload_apart(program(CALLBACKS))
    known = 0x210 + 6 + 6 + 2 + 4 + 4 + 2
    assert {known, known + 2, known + 6} <= reached(code)
    assert list(code.tables.values()) == [3]
    # Numbers that only could be addresses are none: two of them lead to where no code ends.
    other = CALLBACKS.replace("dl known, second, third, 1", "dl known, 0x400, 0x402, 0x404")
    assert take_payload_apart(program(other)).tables == {}


def test_what_notes_say() -> None:
    file = program("rts\n dw 0xFFFF\nthere: nop\n rts\n dl there2, there2\nthere2: nop\n rts")
    assert 0x214 not in reached(take_payload_apart(file))
    code = take_payload_apart(file, parse("214 mine code\n218 table_of_mine table 2", describe(CPU)))
    assert {0x214, 0x220} <= reached(code)
    assert code.program.names[0x214] == "mine"
    # Where notes say too much, nothing breaks.
    much = "3FFFE one table 9\n211 two code\n500000 three code\nFFFF74 four code"
    take_payload_apart(file, parse(much, describe(CPU)))


def test_payloads_that_are_none() -> None:
    with pytest.raises(InputError, match="it runs on an ARM"):
        take_payload_apart(SystemFile(read(ELECTRIBE_2S).header, bytes(0x200000)))
    file = built_in()
    with pytest.raises(InputError, match="262,146 bytes of payload; the ROM has 262,144"):
        take_payload_apart(replace(file, payload=file.payload + b"\0\0"))


def test_texts_in_data() -> None:
    data = b"\1\2abc\0\xffabcd\0" + b"\x80longer than eight" + b"\xff!!!!!!!!!!\0"
    no_code = np.zeros(len(data), bool)
    assert [(text.address, text.data) for text in strings.find(data, no_code)] == [
        (7, b"abcd\0"),
        (13, b"longer than eight"),
    ]
    no_code[8] = True
    assert [text.address for text in strings.find(data, no_code)] == [13]
    # Something points behind what only happens to be printable.
    assert strings.find(b"zzHello\0", np.zeros(8, bool), [2]) == [strings.Text(2, b"Hello\0")]


@pytest.mark.skipif(not compiled.IS_THERE, reason="h8300-hms-gcc is not installed")
@pytest.mark.parametrize("options", [("-O2",), ("-O0",), ("-Os", "-mint32")], ids=" ".join)
def test_compiled_c(options: tuple[str, ...], tmp_path: Path) -> None:
    # The source: a switch of eight cases, a table of three functions, all of them called.
    file, names = compiled.compiled_file(tmp_path, *options)
    code = take_payload_apart(file)
    assert sorted(code.tables.values()) == [3, 8]
    assert names["table"] in code.tables
    assert {names[name] for name in ("start", "act", "one", "two", "three")} <= reached(code)
    assert (code.strings[0].address, code.strings[0].text) == (names["greeting"], "compiled panel")
