"""Loading a program into a flat machine and running it: what ``luthier run`` does, for Python callers too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from luthier.cpu import describe
from luthier.cpu.disassembler import Disassembler, disassembler
from luthier.errors import InputError, UsageError
from luthier.files import read_bytes
from luthier.machine.flat import FlatMachine
from luthier.machine.memory import SIZE
from luthier.machine.processor import Executor, Stop
from luthier.machine.trace import Entry

DEFAULT_LIMIT = 1_000_000_000  #: instructions, so that a runaway program ends some time: seconds
_SLICE = 50_000_000  #: instructions between two looks at the keyboard
_TRACE_SLICE = 1 << 16

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Load:
    """A file and where it goes."""

    path: Path
    address: int


@dataclass(frozen=True)
class Dump:
    """A piece of memory, ``start`` up to but not including ``end``, and the file it goes to."""

    start: int
    end: int
    path: Path


@dataclass
class ProgramRun:
    """One run: what is loaded, where it starts, what ends it."""

    cpu: str
    loads: list[Load]
    pc: int | None = None  #: None: from the reset vector
    until_memory: tuple[int, int] | None = None  #: address and the 32-bit value awaited there
    limit: int = DEFAULT_LIMIT
    breakpoints: Collection[int] = ()
    executor: Executor = "compiled"
    machine: FlatMachine = field(init=False)

    def prepare(self) -> None:
        """Load the files and reset the CPU; errors name the file and what does not fit."""
        contents = [(load, read_bytes(load.path, SIZE)) for load in self.loads]
        _refuse_overlaps(contents)
        self.machine = FlatMachine(self.cpu, executor=self.executor)
        for load, content in contents:
            try:
                self.machine.load(load.address, content)
            except UsageError as error:
                raise error.at(str(load.path)) from None
        self.machine.reset()
        if self.pc is not None:
            self.machine.pc = self.pc
        elif not any(_covers_reset(self.cpu, load, content) for load, content in contents):
            raise UsageError("no file covers the reset vector", remedy="say where to begin, with --pc")

    def run(self, progress: Progress = lambda _fraction, _now: None) -> Stop:
        """Run to the end, bare."""
        for _ in self._slices(_SLICE, progress):
            pass
        return self.stop

    def traced(self, progress: Progress = lambda _fraction, _now: None) -> Iterator[str]:
        """Run to the end and give a line for every instruction as it goes; :attr:`stop` holds the end."""
        self.machine.processor.start_trace(_TRACE_SLICE)
        writer = TraceText(self.cpu)
        yield writer.head
        for first in self._slices(_TRACE_SLICE, progress):
            memory = self.machine.processor.memory.data
            for entry in self.machine.processor.trace(since=first):
                yield writer.line(entry, memory[entry.pc : entry.pc + writer.longest].tobytes())
        self.machine.processor.stop_trace()

    def _slices(self, most: int, progress: Progress) -> Iterator[int]:
        """Run slice by slice, so that a break from the keyboard is heeded; gives each slice's first count."""
        processor = self.machine.processor
        start, states = processor.instructions, processor.states
        while True:
            done = processor.instructions - start
            step = min(most, self.limit - done)
            stop = self.machine.run(step, breakpoints=self.breakpoints, until_memory=self.until_memory)
            total = processor.instructions - start
            self.stop = Stop(stop.reason, stop.pc, total, processor.states - states, stop.detail)
            progress(total / self.limit, f"{total / 1e6:.0f} million instructions")
            yield start + done
            if stop.reason != "limit" or total >= self.limit:
                return

    def dump(self, wanted: Dump) -> bytes:
        """The bytes of a piece of memory."""
        return self.machine.processor.memory.data[wanted.start : wanted.end].tobytes()


class TraceText:
    """Writes trace entries as lines: number, address, instruction, flags, bank, registers before it."""

    def __init__(self, cpu: str) -> None:
        self._tool: Disassembler = disassembler(cpu)
        architecture = describe(cpu).architecture
        self._flags = list(zip(architecture.flags, architecture.flag_bits, strict=True))
        self._width = max(4, len(architecture.traced_name))
        self.longest = architecture.longest  #: bytes of code that :meth:`line` may need
        self._known: dict[tuple[int, bytes], str] = {}
        names = "  ".join(f"{name:<8}" for name in architecture.program_registers)
        self.head = (
            f"; {'count':>9}  {'address':<8}{'instruction':<32}{architecture.flags} "
            f"{architecture.traced_name:>{self._width}}  {names}".rstrip()
        )

    def line(self, entry: Entry, code: bytes) -> str:
        """One instruction."""
        flags = "".join(letter if entry.flags >> bit & 1 else "-" for letter, bit in self._flags)
        registers = "  ".join(f"{value:08X}" for value in entry.registers)
        text = self._text(entry.pc, code)
        return (
            f"{entry.number:>11}  {entry.pc:06X}  {text:<32}{flags} {entry.bank:>{self._width}X}  {registers}"
        )

    def _text(self, address: int, code: bytes) -> str:
        key = address, code
        if key not in self._known:
            if len(self._known) > 1 << 20:
                self._known.clear()  # a program that writes itself all the time
            self._known[key] = self._tool.instruction(code, address).text
        return self._known[key]


def _refuse_overlaps(contents: list[tuple[Load, bytes]]) -> None:
    """Two files over the same bytes are a mistake; so is an empty one."""
    placed = sorted(contents, key=lambda item: item[0].address)
    for load, content in placed:
        if not content:
            raise InputError("is empty", where=str(load.path), remedy="check that this is the file you meant")
    for (first, content), (second, _) in pairwise(placed):
        if first.address + len(content) > second.address:
            raise UsageError(
                f"{first.path} at {first.address:06X}h ({len(content)} bytes) reaches over {second.path}"
                f" at {second.address:06X}h",
                remedy="load them side by side, or only one",
            )


def _covers_reset(cpu: str, load: Load, content: bytes) -> bool:
    vector = describe(cpu).architecture.reset_vector
    return load.address <= vector and vector + 4 <= load.address + len(content)
