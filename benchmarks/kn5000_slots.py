"""How many configurations of its effect slots the SX-KN5000's dispatcher and translator take in a second.

Streams are our own, which are short; for one row they are made as long as the longest of the sub program.

``python -m benchmarks.kn5000_slots``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from benchmarks.results import Figure, print_table
from luthier.kn5000.bytecode.assembler import assemble
from luthier.kn5000.bytecode.descriptors import NOTHING
from luthier.kn5000.bytecode.interpreter import run_all
from luthier.kn5000.slots.batch import configure_all, prepare
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.own_source import OwnSource, own_source
from luthier.kn5000.slots.presets import Record
from luthier.kn5000.translator.translation import write_all
from luthier.kn5000.transport.dsp_messages import slot_configuration

NAME = "KN5000 slots"
#: Configurations a second that are asked for.
FLOOR = 100_000
REPEATS = 5
COUNT, PLAIN_COUNT = 20_000, 300
_MILLION = 1e6


def configurations(count: int, new_effects: float) -> list[bytes]:
    """Of random slots: one parameter changes, and the effect as often as is said."""
    random = np.random.default_rng(1)
    effects, parameters = [1] * 5, [[0] * 8 for _ in range(5)]
    found = []
    for _ in range(count):
        slot = int(random.integers(5))
        if random.random() < new_effects:
            effects[slot] = int(random.integers(100))
        parameters[slot][int(random.integers(8))] = int(random.integers(100))
        record = Record(effects[slot], tuple(parameters[slot]), 3)
        found.append(slot_configuration(slot, record.encoded).encoded)
    return found


def _seconds(function: Callable[[], object]) -> float:
    function()
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.process_time()
        function()
        best = min(best, time.process_time() - begin)
    return best


def _started() -> EffectControl:
    control = EffectControl(own_source())
    control.start()
    return control


def _rows(messages: list[bytes]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(b"".join(messages), np.uint8).reshape(len(messages), -1)


def long_source() -> OwnSource:
    """Our source with a program of 133 words and 62 cells, 16 delays and 31 numbers for every effect."""
    source = own_source()
    program = assemble(f"block 01 00 54 {'00' * 5 * 133}\nend")
    cells, delays = "0A 00 00 00 15" * 62, "08 01 00 00 25" * 16
    numbers = assemble(
        f"cells 01 01 60 {cells}\ncommand 03\ndelays 01 01 60 {delays}\ncommand 03\n"
        f"numbers 02 00 00 {'00' * 3 * 31}\ncommand 03\nend"
    )
    starts = {"program 1": len(source.memory), "numbers 1": len(source.memory) + len(program)}
    return replace(source, memory=source.memory + program + numbers, starts=source.starts | starts)


def measure() -> Iterator[Figure]:
    """Configurations compiled and plain, streams and parameters alone."""
    control, short, long = _started(), prepare(own_source()), prepare(long_source())
    for name, share, prepared in (
        ("a parameter", 0.0, short),
        ("every fifth an effect", 0.2, short),
        ("an effect", 1.0, short),
        ("an effect, streams of the longest", 1.0, long),
    ):
        rows = _rows(configurations(COUNT, share))
        rate = COUNT / _seconds(partial(configure_all, control, rows, prepared))
        yield Figure(
            NAME,
            f"configurations that change {name}",
            f"{rate:,.0f}/s",
            f"{FLOOR:,}/s",
            rate >= FLOOR,
            details={"per_second": rate},
        )
    messages = configurations(PLAIN_COUNT, 0.0)

    def one_by_one() -> None:
        plain = _started()
        for message in messages:
            plain.receive(message)

    microseconds = _seconds(one_by_one) / PLAIN_COUNT * _MILLION
    yield _time("a configuration through packets, ring and log, one by one", microseconds)
    source = own_source()
    starts, descriptors = [source.starts["numbers 1"]] * COUNT, [NOTHING] * COUNT
    seconds = _seconds(lambda: run_all(source.memory, starts, descriptors))
    yield _time("a stream of four instructions", seconds / COUNT * _MILLION)
    values, cells = source.parameter_tables
    parameters = np.array([[values, cells, number % 17, number % 2] for number in range(COUNT)])
    words = np.tile(np.arange(26), (COUNT, 1))
    seconds = _seconds(lambda: write_all(source.memory, parameters, words))
    yield _time("a parameter through the translator", seconds / COUNT * _MILLION)


def _time(row: str, microseconds: float) -> Figure:
    return Figure(NAME, row, f"{microseconds:.2f} µs", details={"microseconds": microseconds})


if __name__ == "__main__":
    print_table(list(measure()))
