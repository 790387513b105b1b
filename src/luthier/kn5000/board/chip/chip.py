"""All of a TMP94C241F on one memory: registers from 000000 on, 2 KiB of RAM from 000400 on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from luthier.errors import UsageError
from luthier.kn5000.board.chip.converters import Converters
from luthier.kn5000.board.chip.eight_bit_timers import EightBitPair
from luthier.kn5000.board.chip.flip_flops import FlipFlops
from luthier.kn5000.board.chip.interrupt_controller import InterruptController
from luthier.kn5000.board.chip.micro_dma import MicroDma
from luthier.kn5000.board.chip.pins import Pins
from luthier.kn5000.board.chip.ports import Ports
from luthier.kn5000.board.chip.prescaler import Prescaler
from luthier.kn5000.board.chip.register_file import Observe, RegisterFile, UnknownAccess
from luthier.kn5000.board.chip.register_table import registers as register_table
from luthier.kn5000.board.chip.serial import Serial
from luthier.kn5000.board.chip.sixteen_bit_timers import SixteenBitTimer
from luthier.kn5000.board.chip.watchdog import Watchdog
from luthier.machine.clock import Clock
from luthier.machine.memory import Memory
from luthier.machine.processor import Executor, Processor
from luthier.machine.snapshot import Snapshot

CPU = "tlcs900h2"
RAM_START, RAM_SIZE = 0x400, 0x800  #: internal RAM (MAME; TLCS-900 facts, section 2)
_PRESCALER_RUNS = 0x80


class Unit(Protocol):
    """A part of the chip that has a state."""

    def reset(self) -> None:
        """As after the reset line."""

    def snapshot(self) -> dict[str, Any]:
        """What memory does not hold."""

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""


@dataclass(frozen=True)
class ChipSnapshot:
    """Everything of a chip: processor, memory and events, and its units by name."""

    name: str
    processor: Snapshot
    units: dict[str, dict[str, Any]]


class Chip:
    """A chip of a name; ``frequency`` is that of its clock in Hz.  Reset it before it runs."""

    def __init__(self, name: str, frequency: int, *, executor: Executor = "compiled") -> None:
        self.name = name
        self.frequency = frequency
        self.memory = Memory()
        self.clock = Clock()
        self.processor = Processor(CPU, self.memory, executor=executor, clock=self.clock)
        self.registers = RegisterFile(self.memory, lambda: self.processor.pc)
        self.memory.add_ram(RAM_START, RAM_SIZE, "internal RAM")
        self.on_reset: list[Callable[[], None]] = []  #: for the board
        self._build()

    def _build(self) -> None:
        registers, clock = self.registers, self.clock
        self.interrupts = InterruptController(registers)
        self.processor.interrupts = self.interrupts.lines
        self.dma = MicroDma(registers, self.processor, clock, self.interrupts)
        self.ports = Ports(registers)
        self.flip_flops = FlipFlops(registers, self.ports)
        self.prescaler = Prescaler()
        shared = registers, clock, self.interrupts, self.prescaler, self.flip_flops
        self.eight_bit_timers = EightBitPair(0, *shared), EightBitPair(2, *shared)
        self.sixteen_bit_timers = tuple(SixteenBitTimer(index, *shared) for index in range(4))
        self.pins = Pins(registers, self.interrupts, self.sixteen_bit_timers)
        clock_of_serial = self.eight_bit_timers[1]
        self.serial = (
            Serial(0, registers, clock, self.interrupts, lambda: clock_of_serial.period(0)),
            Serial(1, registers, clock, self.interrupts, lambda: clock_of_serial.period(0)),
        )
        self.converters = Converters(registers, clock, self.interrupts)
        self.watchdog = Watchdog(registers, clock, self.interrupts, self.restart)
        registers.on_write("T8RUN", lambda value: self._run_timers("T8RUN", value))
        registers.on_write("TRDC", lambda value: registers.put("TRDC", value))
        registers.on_write("T02FFCR", self._set_flip_flops)
        registers.on_write("T16RUN", lambda value: self._run_timers("T16RUN", value))
        self._units: dict[str, Unit] = {
            "registers": self.registers,
            "interrupts": self.interrupts,
            "micro-DMA": self.dma,
            "ports": self.ports,
            "flip-flops": self.flip_flops,
            "prescaler": self.prescaler,
            "timers 0 and 1": self.eight_bit_timers[0],
            "timers 2 and 3": self.eight_bit_timers[1],
            **{f"timer {timer.names[0]}": timer for timer in self.sixteen_bit_timers},
            "serial 0": self.serial[0],
            "serial 1": self.serial[1],
            "converters": self.converters,
            "watchdog": self.watchdog,
            "pins": self.pins,
        }

    # For the board

    @property
    def unknown(self) -> Counter[UnknownAccess]:
        """Accesses to registers that nobody knows, by kind, address and PC."""
        return self.registers.unknown

    @property
    def observe(self) -> Observe | None:
        """Told ("write", address, value) of every byte that is written to a register."""
        return self.registers.observe

    @observe.setter
    def observe(self, observe: Observe | None) -> None:
        self.registers.observe = observe

    def post(self, *ports: str) -> None:
        """Let stores to the latches of ports be posted, so that they cost no call each.

        Who watches or observes is told all of them in their order, but later: before the next event, access
        to another device or end of a run.  Until then their inputs read as they were stored.
        """
        for port in ports:
            self.memory.post(register_table()[port].address, 1, self.registers.write_posted)

    def external(self, source: str, level: bool) -> None:
        """Put an interrupt pin to a level: "INT0", "INT4" to "INT9", "INTA", "INTB", "NMI"; true asks."""
        self.pins.set(source, level)

    def reset(self) -> None:
        """Switch on: the units, then the processor, whose time begins anew."""
        self.processor.reset()
        self._reset_units()

    def restart(self) -> None:
        """Reset without switching off, as the watchdog does: RAM and time go on."""
        self.interrupts.lines.clear()
        self._reset_units()
        processor = self.processor
        processor.architecture.reset(processor.registers, self.memory.read)

    def _reset_units(self) -> None:
        for unit in self._units.values():
            unit.reset()
        for action in self.on_reset:
            action()

    # Registers that several timers share

    def _run_timers(self, name: str, value: int) -> None:
        self.registers.put(name, value)
        if name == "T16RUN":
            self._run_prescaler(bool(value & _PRESCALER_RUNS))
        for pair in self.eight_bit_timers:
            pair.update()
        for timer in self.sixteen_bit_timers:
            timer.update()

    def _run_prescaler(self, runs: bool) -> None:
        if runs:
            self.prescaler.run(self.clock.now)
        else:
            self.prescaler.stop()

    def _set_flip_flops(self, value: int) -> None:
        for index, pair in enumerate(self.eight_bit_timers):
            pair.set_flip_flop(value >> 4 * index & 0xF)
        self.registers.put("T02FFCR", value | 0xCC)
        for pair in self.eight_bit_timers:
            pair.update()

    # Snapshots

    def snapshot(self) -> ChipSnapshot:
        """Everything of the chip."""
        units = {name: unit.snapshot() for name, unit in self._units.items()}
        return ChipSnapshot(self.name, self.processor.snapshot(), units)

    def restore(self, taken: ChipSnapshot) -> None:
        """Go back to a snapshot, of this chip or another built alike."""
        if taken.units.keys() != self._units.keys():
            raise UsageError("the snapshot is one of another chip", remedy="take it from a Chip")
        self.processor.restore(taken.processor)
        for name, unit in self._units.items():
            unit.restore(taken.units[name])
