"""Runs a firmware from reset, always to an end: chip time, instructions and time on the clock are bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from luthier.errors import InputError, UsageError
from luthier.kaoss.sandbox.chip import ROM_SIZE, Chip
from luthier.kaoss.sandbox.loops import MainLoop, main_loop
from luthier.kaoss.sandbox.wiring import Wiring
from luthier.kaoss.system_file import SystemFile
from luthier.machine.clock import NEVER
from luthier.machine.processor import Executor, Stop
from luthier.machine.trace import Trace

SECONDS = 1.0
_MOST_SECONDS = 3600.0
INSTRUCTIONS = 500_000_000
WALL_SECONDS = 60.0
#: Resets by the watchdog after which nothing new is to be expected.
_MOST_RESETS = 8
#: How long a key is held down.
_PRESS_SECONDS = 0.05
#: Instructions kept for the main loop and for traces.
TRACED = 1 << 16
_FIRST_SLICE, _MOST_SLICE = 1 << 12, 1 << 24
_SLICE_SECONDS = 0.05

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Press:
    """A key that is pressed ``at`` a time in seconds."""

    key: str
    at: float


@dataclass(frozen=True)
class Limits:
    """What ends a run: seconds of the chip's time, instructions, seconds on the clock on the wall."""

    seconds: float = SECONDS
    instructions: int = INSTRUCTIONS
    wall: float = WALL_SECONDS

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= _MOST_SECONDS:
            raise UsageError(
                f"{self.seconds} seconds", remedy=f"give more than 0, at most {_MOST_SECONDS:.0f}"
            )
        if self.instructions < 1 or not self.wall > 0:
            raise UsageError("a limit of nothing", remedy="give at least 1")


#: Why a run ended, in words for people.
ENDS = {
    "time": "ran to the end of the time",
    "instructions": "ended by the limit of instructions",
    "wall": "ended by the limit of time on the clock",
    "asleep": "sleeps, and nothing is due that could wake it",
    "illegal": "went where no instruction is",
    "resets": "the watchdog resets it again and again",
}


@dataclass
class Run:
    """A run and what came of it."""

    chip: Chip
    limits: Limits
    ended: str = "time"  #: a key of ENDS
    detail: str = ""
    pc: int = 0
    loop: MainLoop | None = None
    presses: Sequence[Press] = field(default_factory=tuple)

    @property
    def seconds(self) -> float:
        """The chip's time that has passed."""
        return self.chip.processor.states / self.chip.wiring.clock

    @property
    def instructions(self) -> int:
        """Instructions executed."""
        return self.chip.processor.instructions

    @property
    def trace(self) -> Trace:
        """The last instructions."""
        return self.chip.processor.trace()

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong that can be told: it reached its main loop and was never reset."""
        reached = self.loop is not None and self.loop.is_reached
        return reached and not self.chip.resets and self.ended not in ("illegal", "asleep", "resets")


def run_file(
    file: SystemFile,
    wiring: Wiring,
    limits: Limits,
    *,
    presses: Sequence[Press] = (),
    executor: Executor = "compiled",
    progress: Progress = lambda _fraction, _now: None,
) -> Run:
    """Run the payload of a system file; raises InputError if it is no ROM of an H8S/2215."""
    if not file.has_vectors:
        device = file.header.known_device
        what = f"it runs on an {device.chip}" if device else "there is no KORG at 0x200 of the payload"
        raise InputError(
            f"the payload for {file.header.device!r} is no ROM of an H8S/2215", where="byte 0x10", remedy=what
        )
    if len(file.payload) > ROM_SIZE:
        raise InputError(
            f"{len(file.payload):,} bytes of payload do not fit the ROM of {ROM_SIZE:,}",
            where=f"byte 0x{0x100 + ROM_SIZE:X}",
            remedy="`luthier kaoss verify` says more; get the file again",
        )
    return run(Chip(file.payload, wiring, executor=executor), limits, presses=presses, progress=progress)


def run(
    chip: Chip,
    limits: Limits,
    *,
    presses: Sequence[Press] = (),
    progress: Progress = lambda _fraction, _now: None,
) -> Run:
    """Run a chip until something ends it; raises UsageError if a key is unknown."""
    result = Run(chip, limits, presses=presses)
    _plan(chip, presses)
    chip.processor.start_trace(TRACED)
    _go(result, progress)
    result.pc = chip.processor.pc
    result.loop = main_loop(result.trace, chip.processor.halted, chip.processor.registers["INTM"])
    return result


def _plan(chip: Chip, presses: Sequence[Press]) -> None:
    keys = {key.name: key for key in chip.wiring.keys}
    for number, press in enumerate(presses):
        key = keys.get(press.key)
        if key is None:
            known = ", ".join(keys) or "none: give a wiring"
            raise UsageError(f"no key is called {press.key!r}", remedy=f"known keys: {known}")
        down, up = (int(at * chip.wiring.clock) for at in (press.at, press.at + _PRESS_SECONDS))
        chip.clock.at(down, f"key {number} down", partial(chip.press, key, True))
        chip.clock.at(up, f"key {number} up", partial(chip.press, key, False))


def _go(result: Run, progress: Progress) -> None:
    """Run slice by slice, each short enough to look at the clock on the wall in time."""
    chip, limits = result.chip, result.limits
    processor = chip.processor
    target = int(limits.seconds * chip.wiring.clock)
    begun = time.monotonic()
    step = _FIRST_SLICE
    while True:
        left = limits.instructions - processor.instructions
        before = time.monotonic()
        stop = processor.run(
            min(step, left),
            until_states=min(target, processor.states + 4 * step),
            watching=lambda _hit: chip.wants_reset or chip.wants_look,
        )
        now = time.monotonic()
        chip.wants_look = False
        if chip.wants_reset:
            chip.reset()
            if chip.resets >= _MOST_RESETS:
                result.ended = "resets"
                return
        elif processor.halted and chip.clock.next_due == NEVER:
            result.ended = "asleep"
            return
        elif stop.reason == "illegal":
            result.ended, result.detail = "illegal", _where(stop, chip)
            return
        ended = _limit(result, target, now - begun)
        if ended:
            result.ended = ended
            return
        progress(processor.states / target, f"{processor.instructions / 1e6:.1f} million instructions")
        if now - before < _SLICE_SECONDS:
            step = min(2 * step, _MOST_SLICE)
        elif now - before > 2 * _SLICE_SECONDS:
            step = max(step // 2, 64)


def _limit(result: Run, target: int, wall: float) -> str:
    """Which limit is reached; empty if none."""
    processor = result.chip.processor
    if processor.states >= target:
        return "time"
    if processor.instructions >= result.limits.instructions:
        return "instructions"
    return "wall" if wall > result.limits.wall else ""


def _where(stop: Stop, chip: Chip) -> str:
    """What stands there, and from where it came."""
    came = chip.processor.trace()
    last = came.addresses[-1] if len(came) else None
    return stop.detail + (f"; the last instruction before was at {last:06X}h" if last is not None else "")
