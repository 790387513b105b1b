"""The sub CPU's program without its board: RAM, ports that remember, routines called one by one."""

from __future__ import annotations

from functools import cache

from luthier.cpu.assembler import Assembly
from luthier.kn5000.dsp_ports.decoder import Decoder
from luthier.kn5000.dsp_ports.events import Event, Kind
from luthier.kn5000.dsp_ports.lines import PORT_NAMES, PortWrite
from luthier.kn5000.firmware.build import SUB_PAYLOAD, built
from luthier.kn5000.firmware.tone_tables import BASE, tone_tables
from luthier.kn5000.tone_generator.registers import BITMAPS, Write
from luthier.kn5000.transport.command_byte import CommandByte
from luthier.machine.memory import Memory
from luthier.machine.processor import Processor

RAM_SIZE = 0x100000
_HALT, _HALT_PLACE, _STACK = 0x05, 0x3F0, 0xA00
#: The main CPU's ready line at the sub CPU's port D (transport.latch).
PORT_D, MAIN_READY = 0x34, 0x10
_SLICE, _SLICES = 4_000, 2_000
#: Buffers of the payload, the rings, the slots, the keys.
BUFFERS, BUFFERS_SIZE = 0x1000, 0x3C00


class Registers:
    """The chip's registers as bytes that remember; what the effect chips' lines were told is kept."""

    def __init__(self) -> None:
        self.values = bytearray(0x400)
        self.writes: list[PortWrite] = []

    def read(self, address: int, size: int) -> int:
        return int.from_bytes(self.values[address : address + size], "little")

    def write(self, address: int, size: int, value: int) -> None:
        self.values[address : address + size] = value.to_bytes(size, "little")
        if address in PORT_NAMES:
            self.writes.append(PortWrite(address, value))


class TonePort:
    """The tone generator's port; every voice sounds, with an envelope at ``level``."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.writes: list[Write] = []
        self.level = 0xFF
        self.bitmaps = [0xFFFF] * BITMAPS
        self._latch = 0

    def read(self, address: int, size: int) -> int:
        del size
        if address != 0x100000:
            return 0
        return self.bitmaps[self._latch] if self._latch < BITMAPS else self.level << 5

    def write(self, address: int, size: int, value: int) -> None:
        assert size == 2
        if address == 0x100000:
            self._latch = value
        else:
            self.writes.append((self._latch, value))


class Keybed:
    """Keys that wait: (status, word)."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int]] = []

    def read(self, address: int, size: int) -> int:
        del size
        if address == 0x110002:
            return self.waiting[0][0] if self.waiting else 0
        return self.waiting.pop(0)[1]

    def write(self, address: int, size: int, value: int) -> None:
        raise AssertionError("nothing is written to the keys")


class Latch:
    """The latch; the other CPU takes every packet at once, and shows it with its ready line.

    ``waiting`` is what it has sent; with ``block`` the next frame is a block, which lasts to the end.
    """

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self.clear()

    def clear(self) -> None:
        """As at the start."""
        self.sent = bytearray()
        self.waiting: int | None = None
        self.block = False
        self._left = 0

    def read(self, address: int, size: int) -> int:
        del address, size
        assert self.waiting is not None, "nothing was sent to this CPU"
        return self.waiting

    def write(self, address: int, size: int, value: int) -> None:
        del address, size
        self.sent.append(value)
        self._left = self._left - 1 if self._left else self._length(value)
        ready = 0 if self._left else MAIN_READY
        self._registers.values[PORT_D] = self._registers.values[PORT_D] & ~MAIN_READY | ready

    def _length(self, command: int) -> int:
        return 0x10000 if self.block else CommandByte.of(command).length


@cache
def program() -> Assembly:
    """The payload."""
    return built().programs[SUB_PAYLOAD]


class SubMachine:
    """The payload in RAM; :func:`fresh_machine` has parts and voices as at the start."""

    def __init__(self) -> None:
        self.memory = Memory("little")
        self.registers, self.tones, self.keys = Registers(), TonePort(), Keybed()
        self.latch = Latch(self.registers)
        self.memory.add_device(0, 0x300, self.registers, "registers")
        self.memory.add_ram(0x300, RAM_SIZE - 0x300)
        self.memory.add_device(0x100000, 6, self.tones, "tone generator")
        self.memory.add_device(0x110000, 4, self.keys, "keys")
        self.memory.add_device(0x120000, 2, self.latch, "latch")
        self.processor = Processor("tlcs900h2", self.memory)
        self.memory.load(program().base, program().image)
        self.memory.load(BASE, tone_tables().data)
        self.memory.load(_HALT_PLACE, bytes([_HALT]))

    def start(self) -> None:
        """Everything as at the start, and nothing remembered."""
        variables = self.symbol("VARIABLES")
        self.memory.load(variables, bytes(self.symbol("VARIABLES_SIZE")))
        self.memory.load(BUFFERS, bytes(BUFFERS_SIZE))
        self.registers.values[:] = bytes(len(self.registers.values))
        self.registers.values[PORT_D] = MAIN_READY
        self.registers.writes.clear()
        self.tones.reset()
        self.keys.waiting.clear()
        self.latch.clear()
        self.call("CLEAR_RINGS")
        self.call("INIT_KEYS")
        self.call("INIT_PARTS")
        self.call("INIT_VOICES")
        self.tones.writes.clear()

    def symbol(self, name: str) -> int:
        """The address of a name."""
        return program().symbols[name]

    def call(self, name: str, **registers: int) -> None:
        """Call a routine; timer 1 ticks meanwhile."""
        self.processor.registers["XSP"] = _STACK - 4
        self.memory.write(_STACK - 4, 4, _HALT_PLACE)
        for register, value in registers.items():
            self.processor.registers[register] = value
        self.processor.pc = self.symbol(name)
        ticks = self.symbol("TICKS")
        for _ in range(_SLICES):
            stop = self.processor.run(_SLICE)
            if stop.reason == "halt":
                return
            assert stop.reason == "limit", stop
            self.memory.write(ticks, 2, self.memory.read(ticks, 2) + 1 & 0xFFFF)
        raise AssertionError(f"{name} does not come to an end, PC {self.processor.pc:06X}")

    def packet(self, handler: str, data: bytes) -> None:
        """A packet for a handler, as its interrupt calls it."""
        buffer = self.symbol("CMD_DATA_BUFFER")
        self.memory.load(buffer, data)
        self.call(handler, XIX=buffer, C=len(data))

    def midi(self, *message: int) -> list[Write]:
        """A message of the MIDI ring; what it writes to the tone generator."""
        self.packet("AUDIO_CMDHANDLER_00_1F", bytes(message))
        before = len(self.tones.writes)
        self.call("MIDI_DISPATCH")
        return self.tones.writes[before:]

    def effect_events(self) -> list[Event]:
        """What the effect chips were told since last asked."""
        writes, self.registers.writes = self.registers.writes, []
        return [
            event for event in Decoder().feed(writes) if event.kind in (Kind.COMMAND, Kind.DATA, Kind.IDLE)
        ]

    def bytes_at(self, address: int, count: int) -> bytes:
        """RAM."""
        return self.memory.data[address : address + count].tobytes()


@cache
def _machine() -> SubMachine:
    return SubMachine()


def fresh_machine() -> SubMachine:
    """The one machine, as at the start."""
    machine = _machine()
    machine.start()
    return machine
