"""The H8S/2215 with all that is modelled of it, and the unit it is wired into."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Protocol

from luthier.errors import UsageError
from luthier.kaoss.built_in import CPU
from luthier.kaoss.registers import areas
from luthier.kaoss.sandbox import spi_memory, three_wire, two_wire
from luthier.kaoss.sandbox.behaviour import Behaviour
from luthier.kaoss.sandbox.converter import Converter
from luthier.kaoss.sandbox.direct_access import DirectAccess
from luthier.kaoss.sandbox.external_bus import ExternalBus
from luthier.kaoss.sandbox.flash import Flash
from luthier.kaoss.sandbox.interrupt_controller import InterruptController
from luthier.kaoss.sandbox.ports import Ports
from luthier.kaoss.sandbox.pulse_unit import PulseUnit
from luthier.kaoss.sandbox.register_file import RegisterFile
from luthier.kaoss.sandbox.serial import SerialChannel
from luthier.kaoss.sandbox.timers import Timer
from luthier.kaoss.sandbox.transfer import TransferController
from luthier.kaoss.sandbox.watchdog import Watchdog
from luthier.kaoss.sandbox.wiring import Key, Wiring
from luthier.kaoss.vectors import ERASED, meanings
from luthier.machine.clock import Clock
from luthier.machine.memory import SIZE, Memory
from luthier.machine.processor import Executor, Processor

ROM_SIZE = 0x40000
_KINDS = {
    "three-wire": (three_wire.ThreeWireMemory, three_wire.WRITE_SECONDS),
    "two-wire": (two_wire.TwoWireMemory, two_wire.WRITE_SECONDS),
    "spi": (spi_memory.SpiMemory, spi_memory.WRITE_SECONDS),
}
#: A transfer can move thousands of bytes in no time of the chip's.
_TRANSFERS_BETWEEN_LOOKS = 64
MemoryModel = three_wire.ThreeWireMemory | two_wire.TwoWireMemory | spi_memory.SpiMemory


class Unit(Protocol):
    """A part of the chip that a reset reaches."""

    def reset(self) -> None:
        """As after the reset line."""


class ChipMemory(Memory):
    """The memory of the chip, where writes to the ROM may reach the flash memory."""

    flash: Flash | None = None

    def write(self, address: int, size: int, value: int) -> None:
        """As the CPU writes."""
        if address < ROM_SIZE and size <= 2 and self.flash is not None and self.flash.takes_writes:
            for offset, byte in enumerate(value.to_bytes(size, "big")):
                self.flash.take(address + offset, byte)
        else:
            super().write(address, size, value)


class Chip:
    """Chip and unit; the ROM holds ``rom``, filled up with FF."""

    def __init__(self, rom: bytes, wiring: Wiring, *, executor: Executor = "compiled") -> None:
        if len(rom) > ROM_SIZE:
            raise UsageError(f"{len(rom):,} bytes do not fit the ROM of {ROM_SIZE:,}")
        self.wiring = wiring
        self.behaviour = Behaviour()
        self.clock = Clock()
        self.taken: Counter[int] = Counter()  #: interrupts by vector
        self.transfers: Counter[int] = Counter()  #: transfers of the DTC by vector
        self.resets = 0  #: by the watchdog
        self.wants_reset = False
        self.wants_look = False  #: the run is to stop for a moment, to look at the clock on the wall
        self.memory = ChipMemory("big")
        self.processor = Processor(CPU, self.memory, executor=executor, clock=self.clock)
        self._map(rom)
        self._build()
        self.processor.interrupts = self.controller.lines
        self.processor.reset()
        self._reset_units()

    def _map(self, rom: bytes) -> None:
        """ROM, RAM, registers, and the outside everywhere else."""
        memory, where = self.memory, lambda: self.processor.pc
        self.registers = RegisterFile(memory, where)
        self.outside = ExternalBus(self.wiring.windows, self._note_outside, where)
        memory.add_rom(0, rom.ljust(ROM_SIZE, b"\xff"))
        for area in areas():
            size = area.last - area.first + 1
            if area.name == "registers":
                memory.add_device(area.first, size, self.registers, area.name)
            elif area.name != "ROM":
                memory.add_ram(area.first, size, area.name)
        for first, last in self.wiring.ram:
            memory.add_ram(first, last - first + 1, "RAM of the wiring")
        end = 0
        for region in (*memory.regions, None):
            start = SIZE if region is None else region.start
            if start > end:
                memory.add_device(end, start - end, self.outside, "outside")
            end = SIZE if region is None else region.end

    def _build(self) -> None:
        registers, clock = self.registers, self.clock
        self.transfer = TransferController(registers, self.memory, self._note_transfer)
        self.controller = InterruptController(
            registers, self._set_mode, self.transfer.serve, self._note_interrupt
        )
        self.flash = Flash(
            registers, self.memory, clock, self.wiring.clock, partial(self._note, "flash memory")
        )
        self.memory.flash = self.flash
        self.watchdog = Watchdog(registers, clock, self.controller, self._bite)
        self.ports = Ports(registers, self._note_port)
        self.serial = [
            SerialChannel(number, registers, clock, self.controller, partial(self._note_byte, number))
            for number in range(3)
        ]
        self.converter = Converter(registers, clock, self.controller)
        self._units: tuple[Unit, ...] = (
            self.transfer,
            self.controller,
            self.flash,
            self.watchdog,
            self.ports,
            *self.serial,
            self.converter,
            DirectAccess(registers, self.memory, self.controller, self._note_direct_access),
            PulseUnit(registers, clock, self.controller),
            *(Timer(number, registers, clock, self.controller) for number in range(2)),
        )
        self._connect()

    def _connect(self) -> None:
        self.memories: dict[str, MemoryModel] = {}
        for part in self.wiring.memories:
            model, seconds = _KINDS[part.kind]
            states = int(seconds * self.wiring.clock)
            self.memories[part.name] = model(
                self.ports, self.clock, dict(part.pins), states, partial(self._note, part.name)
            )
        for name, pin in (self.wiring.lamps or {}).items():
            self.ports.watch(pin, partial(self._note_lamp, name))
        self._down: set[str] = set()
        for key in self.wiring.keys:
            if key.row is not None:
                self.ports.watch(key.row, partial(self._row_changed, key.column))

    # Keys

    def press(self, key: Key, down: bool) -> None:
        """Hold a key down, or let it go."""
        self._note("keys", f"{key.name} {'down' if down else 'up'}")
        (self._down.add if down else self._down.discard)(key.name)
        self._settle_column(key.column)

    def _row_changed(self, column: str, _level: bool) -> None:
        self._settle_column(column)

    def _settle_column(self, column: str) -> None:
        if not any(key.name in self._down for key in self.wiring.keys) and self.ports.level(column):
            return
        low = any(
            key.name in self._down and (key.row is None or not self.ports.level(key.row))
            for key in self.wiring.keys
            if key.column == column
        )
        self.ports.drive(column, not low)

    # Resets

    def _reset_units(self) -> None:
        for unit in self._units:
            unit.reset()
        self.registers.forget()

    def _bite(self) -> None:
        """The watchdog's counter has run over: the run is to stop, so that the chip can be reset."""
        self.wants_reset = True
        self.memory.watch_hit = ("write", -1)

    def reset(self) -> None:
        """Reset chip and CPU as the watchdog does: RAM and time go on."""
        self.wants_reset = False
        self.resets += 1
        self._note("resets", "by the watchdog")
        self._reset_units()
        self.processor.architecture.reset(self.processor.registers, self.memory.read)

    def _set_mode(self, mode: int) -> None:
        self.processor.registers["INTM"] = mode

    # Notes

    def _note(self, stream: str, what: str) -> None:
        self.behaviour.note(stream, self.clock.now, what)

    def _note_byte(self, number: int, byte: int) -> None:
        self._note(f"SCI{number}", f"{byte:02X}")

    def _note_port(self, port: str, outputs: int, data: int) -> None:
        self._note(f"port {port}", f"outputs {outputs:02X} levels {data:02X}")

    def _note_lamp(self, name: str, level: bool) -> None:
        self._note(f"lamp {name}", "on" if level else "off")

    def _note_outside(self, window: str, what: str) -> None:
        self._note(window, what)

    def _note_interrupt(self, vector: int) -> None:
        if not self.taken[vector]:
            erased = self.memory.read(4 * vector, 4) == ERASED
            self._note("interrupts", meanings()[vector].name + (", whose vector is erased" if erased else ""))
        self.taken[vector] += 1

    def _note_direct_access(self, what: str) -> None:
        self._note("DMAC", what)
        self._look()

    def _note_transfer(self, vector: int) -> None:
        self.transfers[vector] += 1
        if not self.transfers.total() % _TRANSFERS_BETWEEN_LOOKS:
            self._look()

    def _look(self) -> None:
        self.wants_look = True
        self.memory.watch_hit = ("write", -1)
