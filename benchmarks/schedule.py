"""How fast two busy CPUs run in turns, with a latch between them that both poll, bare and logged.

``python -m benchmarks.schedule``
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.cpu_speed import BASE, CPU, PROGRAM
from benchmarks.results import Figure, print_table
from luthier.cpu.assembler import assemble
from luthier.machine.logs.taps import Taps
from luthier.machine.logs.writing import open_log
from luthier.machine.member import Member
from luthier.machine.memory import Memory
from luthier.machine.processor import Processor
from luthier.machine.schedule import Schedule

NAME = "schedule"
REPEATS = 5
#: The SX-KN5000's clocks, of main and sub CPU; real time is what counts.
FREQUENCIES = {"main": 16_000_000, "sub": 20_000_000}
#: Requirements: four times real time, 94 million instructions a second of both (four times MAME's 23.6); half
#: of real time with every instruction logged.
TIMES, RATE, LOGGED = 4, 94, 0.5
LATCH = 0x140000
#: Every round of the mixed program looks at the latch, and sends back what it finds.
_EXCHANGE = f"""
        call exchange
        jp round
exchange: bit 0, ({LATCH + 1})
        ret Z
        ld A, ({LATCH})
        inc 1, A
        ld ({LATCH}), A
        ret
"""


class Latch:
    """One CPU's end of a latch: a byte and, served, whether one has come."""

    def __init__(self, schedule: list[Schedule], memory: Memory, own: str, other: str) -> None:
        self._schedule, self._memory, self._own, self._other = schedule, memory, own, other
        self._byte = 0
        memory.add_device(LATCH, 2, self, "latch")
        memory.serve(LATCH + 1, 0)

    def take(self, byte: int) -> None:
        """A byte has come."""
        self._byte = byte
        self._memory.serve(LATCH + 1, 1)

    def read(self, _address: int, _size: int) -> int:
        """Fetch it."""
        self._memory.serve(LATCH + 1, 0)
        return self._byte

    def write(self, _address: int, _size: int, value: int) -> None:
        """Send one."""
        self._schedule[0].rendezvous(self._other, value & 0xFF)


def board() -> Schedule:
    """Two CPUs with the program, the main one about to answer a byte."""
    text = PROGRAM.read_text(encoding="utf-8").replace("        jp round\n", _EXCHANGE, 1)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "busy.asm"
        source.write_text(text, encoding="utf-8")
        image = assemble(source, cpu=CPU).image
    holder: list[Schedule] = []
    members, latches = [], {}
    for name, frequency in FREQUENCIES.items():
        memory = Memory()
        memory.add_ram(0, 0x20000)
        memory.add_rom(BASE, image)
        latches[name] = Latch(holder, memory, name, next(one for one in FREQUENCIES if one != name))
        processor = Processor(CPU, memory)
        processor.pc = BASE
        members.append(Member(name, processor, frequency))
    holder.append(Schedule(members))
    for name, latch in latches.items():
        holder[0].on_meeting(name, latch.take)
    latches["main"].take(0)
    return holder[0]


def _seconds(job: Callable[[], object]) -> float:
    begin = time.process_time()
    job()
    return time.process_time() - begin


def _instructions(schedule: Schedule) -> int:
    return sum(member.processor.instructions for member in schedule.members)


def running() -> Iterator[Figure]:
    """Both, a second at a time; the best of some runs, in processor time as everywhere here."""
    schedule = board()
    schedule.run(Fraction(1, 10))
    best, rate = 9e9, 0.0
    for _ in range(REPEATS):
        before = _instructions(schedule)
        seconds = _seconds(lambda: schedule.run(1))
        best, rate = min(best, seconds), max(rate, (_instructions(schedule) - before) / seconds)
    yield Figure(NAME, "two CPUs, real time", f"{1 / best:.1f} ×", f"{TIMES} ×", 1 / best >= TIMES)
    mips = rate / 1e6
    yield Figure(
        NAME,
        "two CPUs, on one core",
        f"{mips:.0f} MIPS",
        f"{RATE} MIPS",
        mips >= RATE,
        details={"mips": mips},
    )


def logging() -> Iterator[Figure]:
    """Every instruction of both to a file, in each form that is compact."""
    for suffix in (".trace", ".trace.gz", ".trace.xz"):
        schedule = board()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"a{suffix}"
            with open_log(path, schedule.ticks_a_second) as log:
                taps = Taps(log, schedule)
                schedule.run(Fraction(1, 50))
                count = log.count
                seconds = min(_seconds(lambda: schedule.run(Fraction(1, 10))) for _ in range(3))  # noqa: B023
                taps.close()
            size = path.stat().st_size / max(1, log.count)
        times = 0.1 / seconds
        ours = f"{times:.2f} ×, {size:.1f} bytes each"
        if suffix == ".trace.xz":  # smallest, for keeping
            yield Figure(NAME, f"every instruction logged, {suffix}", ours)
        else:
            yield Figure(NAME, f"every instruction logged, {suffix}", ours, f"{LOGGED} ×", times >= LOGGED)
        assert log.count > count


class _Silent:
    def read(self, _address: int, _size: int) -> int:
        return 0

    def write(self, _address: int, _size: int, _value: int) -> None:
        """Nothing."""

    def take(self, _rows: npt.NDArray[np.int64]) -> None:
        """Nothing."""


def storing() -> Iterator[Figure]:
    """``ld (0x100),A / jr back``: a store that calls the device, and one that is posted."""
    code = assemble("again: ld (0x100), A\n jr again", cpu=CPU).image
    for posted in (False, True):
        memory, device = Memory(), _Silent()
        memory.add_ram(0x10000, 0x10000)
        memory.add_device(0x100, 0x100, device, "a register")
        memory.load(0x10000, code)
        if posted:
            memory.post(0x100, 1, device.take)
        processor = Processor(CPU, memory)
        processor.pc = 0x10000
        stores = 1_000_000 if posted else 5_000
        processor.run(2 * stores)
        cost = min(_seconds(lambda: processor.run(2 * stores)) for _ in range(REPEATS)) / stores  # noqa: B023
        name = "posted" if posted else "the device told"
        yield Figure(NAME, f"a store to a device, {name}", f"{cost * 1e6:.3f} µs")


def turns() -> Iterator[Figure]:
    """What a turn costs beside its instructions: the shortest that executes nothing."""
    schedule = board()
    schedule.run(Fraction(1, 10))
    processor = schedule.members[0].processor
    count = 20_000

    def enter() -> None:
        for _ in range(count):
            processor.turn(processor.states + 1)

    cost = min(_seconds(enter) for _ in range(REPEATS)) / count
    yield Figure(NAME, "a turn of one instruction", f"{cost * 1e6:.1f} µs")


def measure() -> Iterator[Figure]:
    """All of it."""
    for part in (running, logging, storing, turns):
        yield from part()


if __name__ == "__main__":
    print_table(list(measure()))
