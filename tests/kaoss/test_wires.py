"""Serial memories found by the look of the code: in our own firmware and in compiled C, not elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kaoss import compiled
from tests.kaoss.test_code import program

from luthier.kaoss.built_in import board, built_in, symbols
from luthier.kaoss.code import take_payload_apart
from luthier.kaoss.system_file import SystemFile
from luthier.kaoss.wires import view
from luthier.kaoss.wires.buses import Candidate, search
from luthier.kaoss.wires.pins import Action, Pin, port_of, touches


def found_in(file: SystemFile) -> list[Candidate]:
    return search(take_payload_apart(file))


def wired(signal: str) -> Pin:
    """The pin of the board's wiring."""
    pin = board().pins[signal]
    return Pin(pin.port[1:], pin.bit)


def evidence(candidate: Candidate) -> dict[int, str]:
    return {one.address: one.what for one in candidate.evidence}


def test_the_memory_of_the_93_series() -> None:
    three, _ = found_in(built_in())
    assert three.kind == "93 series (Microwire)"
    assert three.clock == wired("EEPROM_SK")
    assert three.out == (wired("EEPROM_DI"),)
    assert three.taken == (wired("EEPROM_DO"),)
    assert three.select == (wired("EEPROM_CS"),)
    # A start bit, two of command and twelve of address; words of sixteen.
    assert three.bits == (15, 16)
    told = evidence(three)
    names = symbols()
    assert told[names["shift_out"].address].startswith("a loop sends on P1.2, clock P1.1")
    assert told[names["read_eeprom"].address].startswith("a loop takes from P1.3")
    assert {what.split()[2] for what in told.values() if what.startswith("0x")} == {
        "READ",
        "WRITE",
        "EWEN",
        "EWDS",
    }


def test_the_memory_with_two_wires() -> None:
    _, two = found_in(built_in())
    assert two.kind == "two wires (I2C)"
    assert (two.clock, two.out, two.taken) == (wired("I2C_SCL"), (wired("I2C_SDA"),), (wired("I2C_SDA"),))
    assert two.bits == (8,)
    names, told = symbols(), evidence(two)
    # SDA falls in the fourth instruction of begin, rises in the last but one of stop.
    assert told[names["begin"].address + 10] == "start condition: P3.4 low, P3.5 high"
    assert told[names["stop"].address + 10] == "stop condition: P3.4 high, P3.5 high"
    assert sorted(what[:4] for what in told.values() if "address of a memory" in what) == ["0xA0", "0xA1"]


@pytest.mark.skipif(not compiled.IS_THERE, reason="h8300-hms-gcc is not installed")
@pytest.mark.parametrize("options", [("-O1",), ("-O2",), ("-Os", "-mint32")], ids=" ".join)
def test_compiled_c(options: tuple[str, ...], tmp_path: Path) -> None:
    # The source: CS 7.0, SK 7.4, DI 7.5, DO 7.6; eleven bits of command, sixteen of data.
    file, _ = compiled.compiled_file(tmp_path, *options, name="serial")
    (one,) = found_in(file)
    assert one.kind == "93 series (Microwire)"
    assert (one.clock, one.out, one.taken, one.select) == (
        Pin("7", 4),
        (Pin("7", 5),),
        (Pin("7", 6),),
        (Pin("7", 0),),
    )
    assert one.bits == (11, 16)
    commands = sorted(each.what for each in one.evidence if each.what.startswith("0x"))
    assert [what.split()[2] for what in commands] == ["EWEN", "WRITE", "READ"]


@pytest.mark.skipif(not compiled.IS_THERE, reason="h8300-hms-gcc is not installed")
def test_what_is_not_understood_is_not_named(tmp_path: Path) -> None:
    # Without optimisation everything goes over the stack: pins are found, no command.
    file, _ = compiled.compiled_file(tmp_path, "-O0", name="serial")
    (one,) = found_in(file)
    assert one.clock == Pin("7", 4)
    assert "memory" not in one.kind
    assert "no command and no address of a memory was found" in one.doubts


LOOP = "mov.b #{count},r0h\nloop: {body}\n dec.b r0h\n bne loop\n rts"


@pytest.mark.parametrize(
    "body",
    [
        "bset #1,@0xFFFF00\n bclr #1,@0xFFFF00",  # a pulse without data
        "bst #2,@0xFFFF00\n bset #1,@0xFFFF00",  # data without a pulse
        "bst #2,@0xFFB000\n bset #1,@0xFFB000\n bclr #1,@0xFFB000",  # a variable
    ],
)
def test_what_is_no_bus(body: str) -> None:
    assert found_in(program(LOOP.format(count=8, body=body))) == []


def test_a_shift_register_is_called_so() -> None:
    body = "shll.b r0l\n bst #2,@0xFFFF00\n bset #1,@0xFFFF00\n bclr #1,@0xFFFF00"
    (one,) = found_in(program(LOOP.format(count=8, body=body)))
    assert (one.kind, one.bits) == ("SPI, or a shift register", (8,))
    assert "nothing is read: a memory would be" in one.doubts
    (one,) = found_in(program(LOOP.format(count=12, body=body)))
    assert one.kind.startswith("a shift register")


def test_a_clocked_serial_interface() -> None:
    (one,) = found_in(program("mov.b #0x80,r0l\n mov.b r0l,@0xFFFF88\n rts"))
    assert (one.kind, one.clock) == ("serial interface SCI2, clocked", None)
    assert found_in(program("mov.b #0x00,r0l\n mov.b r0l,@0xFFFF88\n rts")) == []


def test_pins() -> None:
    assert port_of(0xFFFF02) == ("3", "output")
    assert port_of(0xFFFFB2) == ("3", "level")
    assert port_of(0xFFFE32) == ("3", "direction")
    assert port_of(0xFFFF74) is None
    lines = [
        "mov.l #0x00ffff02,ER3",
        "bset #4,@ER3",
        "mov.b @0xffff02:8,R2L",
        "or.b #0x21,R2L",
        "mov.b R2L,@0xffff02:8",
        "bset #1,@0xfffe32:16",  # an output whose latch is low pulls
        "mov.b @0xffffb2:8,R1L",
        "btst #6,R1L",
        "mov.l @ER0,ER3",
        "bset #4,@ER3",  # nobody knows where ER3 points to
    ]
    found = [(touch.line, str(touch.pin), touch.action) for touch in touches([*enumerate(lines)])]
    assert found == [
        (1, "P3.4", Action.HIGH),
        (4, "P3.0", Action.HIGH),
        (4, "P3.5", Action.HIGH),
        (5, "P3.1", Action.LOW),
        (7, "P3.6", Action.READ),
    ]


def test_the_text() -> None:
    lines = list(view.lines(found_in(built_in())))
    assert lines[0] == "2 candidates for serial memories"
    assert lines[-2:] == [*view.LIMITS]
    assert sum(line.startswith("   but: ") for line in lines) == 2
    assert next(view.lines([])) == "no candidates for serial memories"
    first, second = view.records(found_in(built_in()))
    assert (first["clock"], second["data_in"]) == ("P1.1", ["P3.4"])


@given(st.lists(st.tuples(st.integers(0, 0x620), st.binary(min_size=1, max_size=6)), max_size=20))
@settings(max_examples=20, deadline=None)
def test_damaged_code_breaks_nothing(damage: list[tuple[int, bytes]]) -> None:
    payload = bytearray(built_in().payload)
    for place, data in damage:
        payload[place : place + len(data)] = data
    assert list(view.lines(found_in(SystemFile(built_in().header, bytes(payload)))))
