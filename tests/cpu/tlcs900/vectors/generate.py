"""Make the cases, run them in MAME and write ``vectors.npz.xz`` (see README.md).

Each case is one instruction with everything it needs: registers, two windows of memory, a place its branch
may lead to.  Which slots there are and how long they are is what unidasm says (``unidasm.txt.xz``).
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cpu.tlcs900.vectors import harness
from tests.cpu.tlcs900.vectors.addressing import (
    LONG_MODES,
    Mode,
    absolute8,
    absolute16,
    indirect,
    short_displacement,
)
from tests.cpu.tlcs900.vectors.cases import HERE, Arrays, write
from tests.cpu.tlcs900.vectors.harness import CODE, Case, Image
from tests.cpu.tlcs900.vectors.instructions import (
    begin,
    destination,
    direct,
    finish,
    register_operand,
    seed_registers,
    source_operand,
    stack_in_window,
)
from tests.cpu.tlcs900.vectors.sketch import (
    BYTE_MEMORY,
    BYTE_REGISTER,
    DESTINATION,
    DIRECT,
    LONG_MEMORY,
    LONG_REGISTER,
    WORD_MEMORY,
    WORD_REGISTER,
    RetryError,
    tables,
)

#: not run: HALT doesn't come back, and the driver's LDX is of another length than unidasm says
LEFT_OUT = (0x05, 0xF7)


@dataclass(frozen=True)
class Plan:
    """A slot to make a case of."""

    table: int
    second: int
    extra: int
    mode: Mode | None = None


def attempt(plan: Plan, source: random.Random, address: int) -> Case:
    """Make a case or raise RetryError."""
    page = plan.mode is absolute8 or (plan.table == DIRECT and plan.second in (0x08, 0x0A))
    memory = plan.table not in (DIRECT, BYTE_REGISTER, WORD_REGISTER, LONG_REGISTER)
    low = memory and (plan.mode is absolute16 or plan.second in (0x19, 0x14, 0x16))
    sketch = begin(source, address, page, low)
    if plan.table == DIRECT:
        code = direct(sketch, plan.second, plan.extra)
    elif not memory:
        code = register_operand(sketch, plan.table, plan.second, plan.extra)
    elif plan.mode is None:  # LDAR
        seed_registers(sketch, 4, plan.second & 7)
        code = b"\xf3\x13" + sketch.value(2).to_bytes(2, "little") + bytes([plan.second])
    elif plan.table == DESTINATION:
        code = destination(sketch, plan.second, plan.extra, plan.mode)
    else:
        code = source_operand(sketch, plan.table, plan.second, plan.extra, plan.mode)
    if touches_stack(plan) and not stack_in_window(sketch):
        raise RetryError
    return finish(sketch, code)


def touches_stack(plan: Plan) -> bool:
    """Whether XSP must lead into a window."""
    if plan.table == DIRECT:
        return True
    if plan.table == DESTINATION:
        return plan.second in (0x04, 0x06) or plan.second >= 0xE0
    return plan.second == 0x04


def plans(each: int, per_mode: int) -> Iterator[Plan]:
    """Every slot as often as it is to be run."""
    found = tables()
    for first, extra in found[DIRECT].items():
        if first not in LEFT_OUT:
            many = 4 if first in (0x03, 0x07, 0x06, 0x17, 0x16) else 1
            yield from [Plan(DIRECT, first, extra)] * (2 * each * many)
    for group in (BYTE_MEMORY, WORD_MEMORY, LONG_MEMORY, DESTINATION):
        for second, extra in found[group - 0x40].items():
            block_move = 0x10 <= second < 0x18 and group != DESTINATION
            yield from [Plan(group, second, extra, indirect)] * (each * (6 if block_move else 1))
        for second, extra in found[group - 0x38].items():
            yield from [Plan(group, second, extra, short_displacement)] * each
        for second, extra in found[group].items():
            for mode in LONG_MODES:
                if mode is absolute8 and group == DESTINATION and second in (0xD8, 0xE8):
                    continue  # JP T, CALL T: no pad in the I/O page
                yield from [Plan(group, second, extra, mode)] * per_mode
    for second in (*range(0x20, 0x28), *range(0x30, 0x38)):
        yield from [Plan(DESTINATION, second, 0, None)] * each
    for group in (BYTE_REGISTER, WORD_REGISTER, LONG_REGISTER):
        for second, extra in found[group].items():
            many = 1 if second >= 0x80 and second & 0xF8 not in (0xC8, 0xE8, 0xF8) else 2
            yield from [Plan(group, second, extra)] * (each * many)


def fill(image: Image, queue: list[Plan], source: random.Random) -> tuple[list[Plan], list[Case]]:
    """Take as many plans from the queue as one run of MAME can hold."""
    chosen, cases = [], []
    room = (CODE - 0x400 - harness.ROM - 0x400) // harness.CAPACITY
    for number in range(min(harness.CAPACITY, len(queue))):
        plan = queue.pop()
        for _ in range(200):
            address = harness.ROM + 0x200 + room * number + source.randrange(room // 3)
            try:
                case = attempt(plan, source, address)
            except RetryError:
                continue
            if image.room_for(case):
                break
        else:
            print(f"no case found for {plan}", file=sys.stderr)
            continue
        image.add(case)
        chosen.append(plan)
        cases.append(case)
    return chosen, cases


def run(
    mame: str, folder: Path, queue: list[Plan], source: random.Random
) -> Iterator[tuple[Plan, Case, harness.Result]]:
    """Run one batch; without the cases that led astray."""
    image = Image()
    chosen, cases = fill(image, queue, source)
    while True:
        try:
            results = harness.run(mame, folder, image, cases)
            break
        except harness.CaseLostError as lost:
            print(f"{lost}: {cases[lost.number].code.hex()}", file=sys.stderr)
            del chosen[lost.number], cases[lost.number]
    for plan, case, result in zip(chosen, cases, results, strict=True):
        if result.pc is None:
            print(f"astray: {case.code.hex()} at {case.address:06X}", file=sys.stderr)
        else:
            yield plan, case, result


def main() -> None:
    """Write the vectors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mame", help="the mame program, version 0.289")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "vectors.npz.xz")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--each", type=int, default=9, help="cases of a slot, and seed")
    parser.add_argument(
        "--per-mode", type=int, default=2, help="cases of a slot in each of the nine long modes"
    )
    parser.add_argument("--batches", type=int, default=1000, help="stop after so many runs")
    arguments = parser.parse_args()
    arrays = Arrays()
    for seed in arguments.seeds:
        source = random.Random(seed)
        queue = list(plans(arguments.each, arguments.per_mode))
        source.shuffle(queue)
        print(f"seed {seed}: {len(queue)} cases")
        batches = 0
        while queue and batches < arguments.batches:
            folder = Path(tempfile.mkdtemp(prefix="luthier-vectors-"))
            try:
                for plan, case, result in run(arguments.mame, folder, queue, source):
                    arrays.append(plan.table, plan.second, case, result)
            finally:
                shutil.rmtree(folder)
            batches += 1
            print(f"  {len(queue)} to go", flush=True)
    write(arguments.output, arrays)


if __name__ == "__main__":
    main()
