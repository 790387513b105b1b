"""The sub CPU (IC27) with what is on its bus and at its pins.

Its serial port 1 is the connector TO HOST (:mod:`luthier.kn5000.computer_port` says what the firmware does
there).  PC.0 is low for the check terminal, PH.0 high while DSP 1 is ready.

Open questions
- What is at 1E0000, which a fork of MAME calls RAM for waves: nothing answers here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from luthier.kn5000.board.accesses import Accesses
from luthier.kn5000.board.audio import Audio
from luthier.kn5000.board.byte_line import ByteLine
from luthier.kn5000.board.chip import Chip
from luthier.kn5000.board.dsp_lines import DspLines
from luthier.kn5000.board.latch import Latches
from luthier.kn5000.board.main_board import add_rom, image
from luthier.kn5000.board.regions import build
from luthier.kn5000.board.roms.rom_set import SUB_BOOT_SIZE, RomSet
from luthier.kn5000.board.tone_port import KeybedPort, TonePort
from luthier.machine.memory import Device

FREQUENCY: Final = 20_000_000  #: 10 MHz, doubled (MAME)

#: Port 6, whose pin 7 the firmware moves around every access to the tone generator, also while it polls the
#: keys.  So stores to it are posted; until the next access to a device, its inputs read as they were stored.
_PORT_6: Final = 0x18

#: Told address and value of every register byte that the CPU writes.
Written = Callable[[int, int], None]


class SubBoard:
    """The sub CPU's half."""

    def __init__(self, chip: Chip, latches: Latches, audio: Audio, roms: RomSet) -> None:
        self.chip = chip
        self.memory = chip.memory
        self.accesses = Accesses(lambda: chip.processor.pc)
        self.audio = audio
        self.dsp = DspLines()
        self.tones = TonePort(audio, chip.memory, lambda: chip.ports.outputs("P6"), self.accesses.unanswered)
        self.keybed = KeybedPort(audio, chip.memory)
        computer = chip.serial[1]
        self.computer = ByteLine("computer", computer.receive, chip.clock, chip.frequency)
        computer.on_send = self.computer.take
        self.on_register: list[Written] = [self.dsp.port]
        """Told every byte that the CPU writes to a register of its own."""
        chip.observe = self._register
        self._map(roms, latches)
        chip.memory.post(_PORT_6, 1, self._address_pins)
        chip.ports.drive("PC", 0, True)
        chip.ports.drive("PH", 0, True)

    def _map(self, roms: RomSet, latches: Latches) -> None:
        memory, listen = self.memory, self.accesses.listen

        def device(name: str, one: Device, start: int, size: int) -> None:
            memory.add_device(start, size, listen(name, one), name)

        def ram(start: int, size: int) -> None:
            memory.add_ram(start, size, "sub_dram")

        build(
            "sub",
            memory,
            self.accesses,
            {
                "sub_dram": ram,
                "tone_generator_ports": partial(device, "tone_generator_ports", self.tones),
                "keybed_ports": partial(device, "keybed_ports", self.keybed),
                "sub_latch": partial(device, "sub_latch", latches.sub_window),
                "dsp_ports": partial(device, "dsp_ports", self.dsp),
                "boot_rom": partial(
                    add_rom, memory, self.accesses, "boot_rom", image("boot", roms.sub_boot, SUB_BOOT_SIZE)
                ),
            },
        )
        self.tones.map()
        self.keybed.map()

    def _register(self, kind: str, address: int, value: int) -> None:
        if kind == "write":
            for told in self.on_register:
                told(address, value)

    def _address_pins(self, rows: npt.NDArray[np.int64]) -> None:
        """What was stored to port 6, of which only the last matters unless a log listens."""
        listened = len(self.on_register) > 1 or self.chip.observe != self._register
        for value in rows[0 if listened else -1 :, -1].tolist():
            self.chip.registers.write(_PORT_6, 1, value & 0xFF)

    def reset(self, seconds: float) -> None:
        """The chip is reset at this time; what is around it has not noticed."""
        self.computer.reset(seconds)

    def snapshot(self) -> dict[str, Any]:
        """Everything beside the chip and its memory."""
        return {name: getattr(self, name).snapshot() for name in _PARTS}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        for name in _PARTS:
            getattr(self, name).restore(taken[name])


_PARTS = ("accesses", "audio", "dsp", "tones", "computer")
