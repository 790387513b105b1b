"""A recovery from end to end without hardware: an erased chip gets a firmware, and then boots it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from luthier.errors import InputError
from luthier.kaoss.recovery.programmer import programmer
from luthier.kaoss.recovery.protocol import Recovery, recover
from luthier.kaoss.recovery.simulated_unit import SimulatedUnit
from luthier.kaoss.sandbox.chip import Chip
from luthier.kaoss.sandbox.run import Limits, Run, run
from luthier.kaoss.sandbox.wiring import wiring_of
from luthier.kaoss.system_file import SystemFile
from luthier.machine.processor import Executor

_BOOT_SECONDS = 0.2


@dataclass(frozen=True)
class Simulation:
    """What the recovery did, and the first moments of the chip afterwards."""

    recovery: Recovery
    instructions: int  #: that the programming control program executed
    boot: Run


def simulate(
    file: SystemFile,
    *,
    executor: Executor = "compiled",
    progress: Callable[[float, str], None] = lambda _fraction, _now: None,
) -> Simulation:
    """Recover a simulated chip that holds nothing; raises InputError if the file is no ROM of an H8S/2215."""
    if not file.has_vectors:
        raise InputError(
            f"the payload for {file.header.device!r} is no ROM of an H8S/2215", where="byte 0x10"
        )
    unit = SimulatedUnit(executor=executor)
    try:
        done = recover(unit, file.payload, programmer(), progress)
    except InputError as error:
        raise (InputError(f"{error.what} ({unit.halted})") if unit.halted else error) from None
    chip = Chip(unit.rom, wiring_of(file.header.device), executor=executor)
    return Simulation(done, unit.chip.processor.instructions, run(chip, Limits(_BOOT_SECONDS)))
