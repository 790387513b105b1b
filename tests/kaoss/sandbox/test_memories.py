"""EEPROMs at pins: driven by the pins alone, by a plain reading of their data sheets."""

from __future__ import annotations

import pytest
from tests.kaoss.sandbox.boards import CLOCK, board

from luthier.kaoss.sandbox.chip import Chip
from luthier.kaoss.sandbox.spi_memory import SpiMemory
from luthier.kaoss.sandbox.three_wire import ThreeWireMemory
from luthier.kaoss.sandbox.two_wire import TwoWireMemory
from luthier.kaoss.sandbox.wiring import MemoryPart, Wiring

THREE = {"cs": "P1.0", "sk": "P1.1", "di": "P1.2", "do": "P1.3"}
TWO = {"sda": "P3.4", "scl": "P3.5"}
SPI = {"cs": "PA.0", "sck": "PA.1", "si": "PA.2", "so": "PA.3"}


def chip_with(kind: str, pins: dict[str, str]) -> Chip:
    return board("stay: bra stay", wiring=Wiring(CLOCK, (MemoryPart(kind, "EEPROM", pins),)))


class Pins:
    """Drives pins as a program would: through the port's registers."""

    def __init__(self, chip: Chip, port: str, outputs: int) -> None:
        self.chip = chip
        self.port = port
        self.level = 0
        cells = chip.registers.cells
        self.data = cells[f"P{port}DR"].register.address
        chip.memory.write(cells[f"P{port}DDR"].register.address, 1, outputs)

    def set(self, bit: int, level: int) -> None:
        self.level = self.level & ~(1 << bit) | level << bit
        self.chip.memory.write(self.data, 1, self.level)

    def get(self, bit: int) -> int:
        return (
            self.chip.memory.read(self.chip.registers.cells[f"PORT{self.port}"].register.address, 1) >> bit
            & 1
        )

    def pass_time(self, seconds: float) -> None:
        self.chip.clock.advance(self.chip.clock.now + int(seconds * CLOCK))


class ThreeWire(Pins):
    def __init__(self, chip: Chip) -> None:
        super().__init__(chip, "1", 0x07)

    def clock(self, bit: int = 0) -> int:
        self.set(2, bit)
        self.set(1, 1)
        out = self.get(3)
        self.set(1, 0)
        return out

    def command(self, bits: str) -> None:
        self.set(0, 1)
        for bit in bits:
            self.clock(int(bit))

    def end(self) -> None:
        self.set(0, 0)

    def read(self, address: int, words: int = 1) -> list[int]:
        self.command(f"110{address:012b}")
        assert self.get(3) == 0, "the 0 in front"
        found = [int("".join(str(self.clock()) for _ in range(16)), 2) for _ in range(words)]
        self.end()
        return found

    def write(self, address: int, word: int) -> None:
        self.command(f"101{address:012b}{word:016b}")
        self.end()

    def enable(self) -> None:
        self.command("100" + "11" + "0" * 10)
        self.end()


def test_three_wires_keep_words() -> None:
    chip = chip_with("three-wire", THREE)
    wires = ThreeWire(chip)
    assert wires.read(0x123) == [0xFFFF]
    wires.enable()
    wires.write(0x123, 0xBEEF)
    wires.pass_time(0.01)
    wires.write(0x124, 0x1234)
    wires.pass_time(0.01)
    assert wires.read(0x123, 3) == [0xBEEF, 0x1234, 0xFFFF]
    memory = chip.memories["EEPROM"]
    assert isinstance(memory, ThreeWireMemory)
    assert memory.words[0x123] == 0xBEEF


def test_three_wires_refuse_without_enabling() -> None:
    chip = chip_with("three-wire", THREE)
    wires = ThreeWire(chip)
    wires.write(5, 0)
    wires.pass_time(0.01)
    assert wires.read(5) == [0xFFFF]
    assert "refused: no EWEN before" in chip.behaviour.of("EEPROM")[0].what


def test_three_wires_refuse_after_disabling() -> None:
    wires = ThreeWire(chip_with("three-wire", THREE))
    wires.enable()
    wires.command("100" + "00" + "0" * 10)
    wires.end()
    wires.write(5, 0)
    wires.pass_time(0.01)
    assert wires.read(5) == [0xFFFF]


def test_three_wires_are_busy_for_a_while() -> None:
    wires = ThreeWire(chip_with("three-wire", THREE))
    wires.enable()
    wires.write(1, 0x5555)
    wires.set(0, 1)
    assert wires.get(3) == 0
    wires.pass_time(0.0079)
    assert wires.get(3) == 0
    wires.pass_time(0.0002)
    assert wires.get(3) == 1


def test_three_wires_wrap_around() -> None:
    wires = ThreeWire(chip_with("three-wire", THREE))
    wires.enable()
    wires.write(0, 0x0102)
    wires.pass_time(0.01)
    assert wires.read(0xFFF, 2) == [0xFFFF, 0x0102]


class TwoWire(Pins):
    """Open drain: a 0 pulls the line down by its direction register, a 1 lets it go."""

    def __init__(self, chip: Chip) -> None:
        super().__init__(chip, "3", 0)
        self.direction = chip.registers.cells["P3DDR"].register.address
        self.pulled = 0

    def set(self, bit: int, level: int) -> None:
        self.pulled = self.pulled | 1 << bit if not level else self.pulled & ~(1 << bit)
        self.chip.memory.write(self.direction, 1, self.pulled)

    def sda(self, level: int) -> None:
        self.set(4, level)

    def scl(self, level: int) -> None:
        self.set(5, level)

    def start(self) -> None:
        self.sda(1)
        self.scl(1)
        self.sda(0)
        self.scl(0)

    def stop(self) -> None:
        self.sda(0)
        self.scl(1)
        self.sda(1)

    def send(self, byte: int) -> bool:
        for bit in range(7, -1, -1):
            self.sda(byte >> bit & 1)
            self.scl(1)
            self.scl(0)
        self.sda(1)
        self.scl(1)
        acknowledged = self.get(4) == 0
        self.scl(0)
        return acknowledged

    def receive(self, more: bool) -> int:
        value = 0
        self.sda(1)
        for _ in range(8):
            self.scl(1)
            value = value << 1 | self.get(4)
            self.scl(0)
        self.sda(0 if more else 1)
        self.scl(1)
        self.scl(0)
        return value


def test_two_wires_keep_bytes() -> None:
    chip = chip_with("two-wire", TWO)
    wires = TwoWire(chip)
    wires.start()
    assert [wires.send(byte) for byte in (0xA0, 0x12, 0x1E, 1, 2, 3)] == 6 * [True]
    wires.stop()
    wires.start()
    assert not wires.send(0xA0), "busy"
    wires.stop()
    wires.pass_time(0.006)
    wires.start()
    assert [wires.send(byte) for byte in (0xA0, 0x12, 0x1E)] == 3 * [True]
    wires.start()
    assert wires.send(0xA1)
    assert [wires.receive(more) for more in (True, True, False)] == [1, 2, 0xFF]
    wires.stop()
    memory = chip.memories["EEPROM"]
    assert isinstance(memory, TwoWireMemory)
    assert memory.content[0x1200] == 3, "a page of 32 bytes wraps around"


def test_two_wires_hear_their_own_address_only() -> None:
    wires = TwoWire(chip_with("two-wire", TWO))
    wires.start()
    assert not wires.send(0xA2)
    wires.stop()


class Spi(Pins):
    def __init__(self, chip: Chip) -> None:
        super().__init__(chip, "A", 0x07)
        self.set(0, 1)

    def transfer(self, *content: int) -> list[int]:
        self.set(0, 0)
        found = []
        for byte in content:
            value = 0
            for bit in range(7, -1, -1):
                self.set(2, byte >> bit & 1)
                self.set(1, 1)
                value = value << 1 | self.get(3)
                self.set(1, 0)
            found.append(value)
        self.set(0, 1)
        return found


def test_spi_keeps_bytes() -> None:
    chip = chip_with("spi", SPI)
    spi = Spi(chip)
    spi.transfer(2, 0x01, 0x00, 0x55)  # without WREN
    spi.transfer(6)
    assert spi.transfer(5, 0)[1] & 2, "enabled"
    spi.transfer(2, 0x01, 0x00, 0xAB, 0xCD)
    assert spi.transfer(5, 0)[1] & 1, "busy"
    spi.pass_time(0.006)
    assert spi.transfer(5, 0)[1] & 3 == 0, "done, and disabled again"
    assert spi.transfer(3, 0x01, 0x00, 0, 0, 0)[3:] == [0xAB, 0xCD, 0xFF]
    memory = chip.memories["EEPROM"]
    assert isinstance(memory, SpiMemory)
    assert memory.content[0x100:0x102] == b"\xab\xcd"


@pytest.mark.parametrize("pin", ["P2.0", "P1.8", "A.3", "", "P1", "PH.1"])
def test_pins_that_do_not_exist(pin: str) -> None:
    from luthier.errors import InputError
    from luthier.kaoss.sandbox.ports import parse_pin

    with pytest.raises(InputError, match="no pin is called"):
        parse_pin(pin)
