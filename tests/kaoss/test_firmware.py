"""Our own firmware: assembled, valid, wired as its board says, and run to its main loop."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from luthier.errors import UsageError
from luthier.kaoss import registers
from luthier.kaoss.built_in import VARIANTS, board, built_in, load, symbols
from luthier.kaoss.vectors import decode
from luthier.kaoss.verify import verify
from luthier.machine import FlatMachine


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_is_a_sound_file(variant: str) -> None:
    file = built_in(variant)
    assert verify(file) == []
    assert len(file.payload) == 0x40000
    assert load(Path(f"built-in:{variant}")) == file
    targets = [vector.target for vector in decode(file)]
    names = symbols(variant)
    assert (targets[0], targets[1], targets[32]) == (
        0x210,
        names["unexpected"].address,
        names["tick"].address,
    )


def test_no_other_variant() -> None:
    with pytest.raises(UsageError, match="no built-in firmware is called 'x'"):
        load(Path("built-in:x"))


def test_its_registers_are_those_of_the_chip() -> None:
    known = registers.by_name()
    used = {name: symbol.address for name, symbol in symbols().items() if symbol.address >= 0xFFFD00}
    assert len(used) > 20
    assert used == {name: known[name].address for name in used}


def test_the_board_has_ports_of_the_chip() -> None:
    pins = board().pins
    assert {f"{pin.port}DR" for pin in pins.values()} - {"PBDR"} <= set(registers.by_name())
    assert len({(pin.port, pin.bit) for pin in pins.values()}) == len(pins)
    # The numbers in the text are the bits of the board.
    text = (Path(registers.__file__).parent / "firmware" / "registers.s").read_text()
    for signal, pin in pins.items():
        if signal.startswith(("EEPROM", "I2C")):
            assert re.search(rf"^{signal.partition('_')[2]} += {pin.bit}$", text, re.MULTILINE)


def test_it_reaches_its_main_loop() -> None:
    # No devices: what the serial interface and the EEPROM are waited for ends by itself.
    machine = FlatMachine("h8s2000", executor="plain")
    machine.load(0, built_in().payload)
    machine.reset()
    loop = symbols()[board().main_loop].address
    stop = machine.run(max_instructions=8_000_000, breakpoints={loop})
    assert (stop.reason, machine.pc) == ("breakpoint", loop)


def test_every_register_has_a_source() -> None:
    known = registers.registers()
    assert len(known) > 150
    assert all(one.source and one.certainty == "sister chip" for one in known.values())
    # What lies next to each other does not overlap, and all of it is where registers are.
    area = registers.areas()[2]
    taken = [address for one in known.values() for address in range(one.address, one.address + one.size)]
    assert len(taken) - len({*taken}) == 1  # RSTCSR is written a byte before the place it is read at
    assert all(address in area for address in taken)
    assert registers.register_at(0xFFFF17) == registers.by_name()["TCNT_0"]
    assert registers.register_at(0xFFFE31) is None
    assert registers.area_of(0x40000) is None
