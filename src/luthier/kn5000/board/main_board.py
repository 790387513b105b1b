"""The main CPU (IC5) with what is on its bus and at its pins.

What is on no board of ours answers as if it were absent: the floppy disk controller, and the hard disk of
the HD-AE5000, which bit 0 of port E tells is not there (documentation of its hardware).

Pins (MAME): PA.0 low holds the sub CPU in reset; P7.5 flash ready; PC.0 low for the check terminal; PD.6 a
change of the disk; PE.5 the panel's announcement; PH the area; PZ.4 to 7 the switch of the computer port.

Open questions
- After a reset the table ROM is said to stand at E00000 until its program has set the chip selects.  Here
  program and table have their later places from the start, as in MAME.
- What a floppy disk controller without a disk tells; here FF, the open bus.
- What the SRAM with the battery holds when it comes from the factory; here 0.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from luthier.errors import InputError
from luthier.kn5000.board.accesses import Accesses
from luthier.kn5000.board.byte_line import ByteLine
from luthier.kn5000.board.chip import Chip
from luthier.kn5000.board.flash import Flash
from luthier.kn5000.board.latch import Latches
from luthier.kn5000.board.panel import Panel
from luthier.kn5000.board.regions import build
from luthier.kn5000.board.roms.rom_set import (
    CUSTOM_SIZE,
    PROGRAM_SIZE,
    RHYTHM_SIZE,
    TABLE_SIZE,
    RomSet,
)
from luthier.kn5000.board.screen import Screen
from luthier.machine.memory import Device

FREQUENCY: Final = 16_000_000  #: 8 MHz, doubled (MAME)
AREA: Final = 0x06  #: on port H: all regions but a few (panel page, Area Selection)
#: Bits 7 to 4 of port Z: the computer port is set to MIDI.
COMPUTER_SWITCH: Final = 0xE
_ERASED: Final = b"\xff"


class MainBoard:
    """The main CPU's half; ``latches`` come when both chips are there."""

    def __init__(self, chip: Chip, latches: Latches, roms: RomSet) -> None:
        self.chip = chip
        self.memory = chip.memory
        self.accesses = Accesses(lambda: chip.processor.pc)
        self.screen = Screen(chip.memory)
        self.panel = Panel(_PanelWires(chip), chip.clock, chip.frequency)
        panel_port, midi_port = chip.serial[1], chip.serial[0]
        panel_port.on_send = self.panel.take
        self.midi = ByteLine("MIDI", midi_port.receive, chip.clock, chip.frequency)
        midi_port.on_send = self.midi.take
        self._map(roms, latches)
        self._drive()

    def _map(self, roms: RomSet, latches: Latches) -> None:
        memory, listen = self.memory, self.accesses.listen

        def device(name: str, one: Device, start: int, size: int) -> None:
            memory.add_device(start, size, listen(name, one), name)

        build(
            "main",
            memory,
            self.accesses,
            {
                "main_dram": partial(self._ram, "main_dram"),
                "video_ram": partial(self._ram, "video_ram"),
                "backup_sram": partial(self._ram, "backup_sram"),
                "main_latch": partial(device, "main_latch", latches.main_window),
                "vga": partial(device, "vga", self.screen),
                "custom_data": partial(self._flash, image("custom", roms.custom, CUSTOM_SIZE)),
                "rhythm_rom": partial(self._rom, "rhythm_rom", image("rhythm", roms.rhythm, RHYTHM_SIZE)),
                "table_rom": partial(self._rom, "table_rom", image("table", roms.table, TABLE_SIZE)),
                "program_rom": partial(
                    self._rom, "program_rom", image("program", roms.program, PROGRAM_SIZE)
                ),
            },
        )

    def _ram(self, name: str, start: int, size: int) -> None:
        self.memory.add_ram(start, size, name)

    def _rom(self, name: str, content: bytes | None, start: int, size: int) -> None:
        add_rom(self.memory, self.accesses, name, content, start, size)

    def _flash(self, content: bytes | None, start: int, size: int) -> None:
        """An empty flash where there is none: it can be programmed."""
        place = "custom_data, no command"
        self.flash = Flash(
            self.memory, start, size, lambda address: self.accesses.unanswered(place, "write", address)
        )
        held = _ERASED * size if content is None else content
        listened = self.accesses.listen("custom_data", self.flash)
        self.memory.add_rom(start, held, "custom_data", device=listened)

    def _drive(self) -> None:
        drive = self.chip.ports.drive
        drive("P7", 5, True)
        drive("PC", 0, True)
        drive("PD", 6, False)
        drive("PE", 0, True)
        drive("PE", 5, False)
        for bit in range(8):
            drive("PH", bit, bool(AREA >> bit & 1))
        for bit in range(4, 8):
            drive("PZ", bit, bool(COMPUTER_SWITCH >> bit - 4 & 1))

    def reset(self, seconds: float) -> None:
        """The chip is reset at this time; what is around it has not noticed."""
        self.midi.reset(seconds)

    def snapshot(self) -> dict[str, Any]:
        """Everything beside the chip and its memory."""
        return {name: getattr(self, name).snapshot() for name in _PARTS}

    def restore(self, taken: dict[str, Any]) -> None:
        """Go back to a snapshot."""
        for name in _PARTS:
            getattr(self, name).restore(taken[name])


_PARTS = ("accesses", "screen", "panel", "midi", "flash")


def image(name: str, content: bytes | None, size: int) -> bytes | None:
    """An image of a ROM set; InputError unless it has its size."""
    if content is not None and len(content) != size:
        raise InputError(
            f"the {name} image has {len(content):,} bytes, not {size:,}",
            remedy="give a whole dump of this chip",
        )
    return content


def add_rom(memory: Any, accesses: Accesses, name: str, content: bytes | None, start: int, size: int) -> None:
    """Map a ROM that notes what is written to it; nothing where there is no image."""
    if content is None:
        memory.add_device(start, size, accesses.nothing(f"{name}, no image"), name)
        return

    def read(address: int, count: int) -> int:
        return int.from_bytes(memory.data[address : address + count].tobytes(), "little")

    memory.add_rom(start, content, name, device=accesses.closed(name, read))


class _PanelWires:
    """The main CPU's pins that lead to the panel."""

    #: Function register of port F: its clock output of serial channel 1.
    _CLOCK = 1 << 6

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def announce(self, level: bool) -> None:
        """INTA, which the firmware also sees at port E."""
        self._chip.ports.drive("PE", 5, level)
        self._chip.external("INTA", level)

    def receive(self, byte: int) -> None:
        """A byte that the panel has clocked out."""
        self._chip.serial[1].receive(byte)

    def is_clocked(self) -> bool:
        """Whether the channel's clock is at its pin."""
        return bool(self._chip.registers.get("PFFC") & self._CLOCK)
