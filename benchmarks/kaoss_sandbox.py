"""How fast a firmware runs in the sandbox of the Kaoss units, with all that is around the CPU.

``python -m benchmarks.kaoss_sandbox``
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from benchmarks.results import Figure, print_table
from luthier.cpu.assembler import assemble
from luthier.kaoss.built_in import CPU, built_in
from luthier.kaoss.recovery.simulation import simulate
from luthier.kaoss.sandbox.chip import Chip
from luthier.kaoss.sandbox.run import Limits, Run, run
from luthier.kaoss.sandbox.wiring import Wiring, wiring_of

NAME = "kaoss sandbox"
CLOCK = 16_000_000
REPEATS = 3
#: The vector of TPU channel 0's compare match A, which comes every millisecond.
_TICK = 32
_HEAD = f"""
        org 0
        dl start
        org {4 * _TICK}
        dl tick
        org 0x600
start:  mov.l #0xFFEF00,sp
        mov.b #0x23,r0l
        mov.b r0l,@0xFFFF10     ; TCR_0: cleared by A, 64 states a step
        mov.w #249,r0
        mov.w r0,@0xFFFF18      ; TGRA_0
        mov.b #0x41,r0l
        mov.b r0l,@0xFFFF14     ; TIER_0
        mov.b #1,r0l
        mov.b r0l,@0xFFFEB0     ; TSTR
        andc #0x7F,ccr
"""
_TAIL = """
tick:   bclr #0,@0xFFFF15       ; TSR_0
        rte
"""
#: What runs beside the tick: arithmetic on the RAM, and the wait for a flag that never comes.
PROGRAMS = {
    "arithmetic and a tick every millisecond": """
again:  mov.l #0xFFB000,er1
.next:  mov.w @er1,r0
        add.w #0x1234,r0
        rotl.w r0
        mov.w r0,@er1
        adds #2,er1
        cmp.l #0xFFC000,er1
        bne .next
        bra again
""",
    "waiting for a flag, and the same tick": """
again:  btst #6,@0xFFFF84       ; RDRF of SSR_1
        beq again
        bra again
""",
}


def _quickest(job: Callable[[], object]) -> float:
    """Processor time of a job, the best of some runs."""
    seconds = []
    for _ in range(REPEATS):
        begin = time.process_time()
        job()
        seconds.append(time.process_time() - begin)
    return min(seconds)


def measure() -> Iterator[Figure]:
    """Instructions a second, the built-in firmware's second, and a recovery."""
    for name, text in PROGRAMS.items():
        rom = assemble(_HEAD + text + _TAIL, CPU).image

        def two_seconds(rom: bytes = rom) -> Run:
            return run(Chip(rom, Wiring(CLOCK)), Limits(2))

        done = two_seconds()
        seconds = _quickest(two_seconds)
        rate = done.instructions / seconds
        times = 2 / seconds
        yield Figure(
            NAME, name, f"{rate / 1e6:.3g} MIPS, {times:.1f} × the chip's time", details={"mips": rate / 1e6}
        )
    file = built_in()
    wiring = wiring_of(file.header.device)
    seconds = _quickest(lambda: run(Chip(file.payload, wiring), Limits(1)))
    yield Figure(NAME, "the built-in firmware for a second", f"{seconds * 1000:.0f} ms")
    seconds = _quickest(lambda: simulate(file))
    yield Figure(NAME, "the simulated recovery with it", f"{seconds * 1000:.0f} ms")


if __name__ == "__main__":
    print_table(list(measure()))
