"""What a boot is published to look like, at the latch and at the effect chips.

The open firmware follows it as far as it can be followed without the maker's data; with ``LUTHIER_ROMS``
naming a folder that holds the main CPU's program, the instrument's own is held against all of it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from luthier.kn5000.board.board import Board
from luthier.kn5000.board.roms.reading import read_roms
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.kn5000.dsp_ports.events import Event
from luthier.kn5000.dsp_ports.messages import Message, messages
from luthier.kn5000.dsp_ports.register_file import Reading, RegisterFile
from luthier.kn5000.firmware.build import built
from luthier.kn5000.transport.trace import trace

#: Blocks of the boot by E1: bytes and where they go (facts 2.4); 512 KB, some 20 s.
BLOCKS = [
    *((0x10000, 0x050000 + 0x10000 * number) for number in range(5)),
    (0x10000, 0x00F000),
    (0x10000, 0x01F000),
    (0xFF00, 0x02F000),
    (0x100, 0x000400),
]
#: Programs of DSP 1 in the order of the trace: where to, and bytes (audio-subsystem page).
PROGRAMS = [
    (0x3C, 117),
    *[(0x00, 302), (0x47, 7), (0x40, 7)],
    *[(0x00, 302), (0x47, 7), (0xC8, 667)],
    *[(0x00, 302), (0x40, 7), (0x54, 352)],
    *[(0x47, 7), (0x40, 7)],
]
#: Words of coefficients, not programs, have addresses from here on (facts 2.6).
POKES = 0x0160
#: Seconds of the published trace (audio-subsystem page).
SECONDS = 60.0
ROMS = os.environ.get("LUTHIER_ROMS")


@dataclass(frozen=True)
class Boot:
    blocks: list[tuple[int, int]]
    """Bytes and where they go, as E1 says."""
    told: list[Message]

    @property
    def programs(self) -> list[tuple[int, int]]:
        """Addresses and bytes of what DSP 1 is loaded with."""
        loads = [one.data for one in self.told if (one.chip, one.command) == (0, 1)]
        found = [(int.from_bytes(data[:2], "big"), len(data)) for data in loads]
        return [(address, size) for address, size in found if address < POKES]


@cache
def roms() -> RomSet | None:
    found = read_roms(Path(ROMS)).roms if ROMS and Path(ROMS).exists() else None
    return found if found is not None and found.program is not None and found.sub_boot is not None else None


def boot(images: RomSet, seconds: float) -> Boot:
    board = Board(images, effects=None)
    sent = bytearray()
    events: list[Event] = []

    def take(_name: str, what: str, value: int) -> None:
        if what == "byte":
            sent.append(value)

    board.latches.to_sub.observe = take
    board.sub_board.dsp.observe = events.append
    board.run(seconds)
    records = [one.record for one in trace(bytes(sent), boot=True)]
    blocks = [one for one in records if one["name"] == "block"]
    return Boot([((one["length"] - 7), one["address"]) for one in blocks], messages(events))


@pytest.fixture(scope="module")
def ours() -> Boot:
    return boot(built().roms, 2.0)


@pytest.fixture(scope="module")
def instrument() -> Boot:
    found = roms()
    if found is None:
        pytest.skip("LUTHIER_ROMS names no folder with the programs of an instrument")
    return boot(found, SECONDS)


def check_start_of_chips(found: Boot) -> None:
    """Statements D01, D02 and D04: the first registers of DSP 2, the configuration, resets and sync."""
    second = [one.data for one in found.told if one.chip == 1]
    assert [data[:4] for data in second[:2]] == [bytes([0, 0xD0, 0, 0]), bytes([0, 0xD3, 0, 0])]
    first = [(one.command, one.data) for one in found.told if one.chip == 0]
    assert first[:3] == [
        (0x04, bytes([0xFB, 0xDA, 0x3F, 0xA0, 0x1A])),
        (0x09, bytes([0x00, 0x3C])),
        (0x0C, bytes([0x00, 0x55, 0x55])),
    ]
    assert [command for command, _ in first[4:7]] == [0x10, 0x10, 0x0F]


def test_the_open_firmware_sends_its_blocks_in_order(ours: Boot) -> None:
    places = [address for _, address in ours.blocks]
    assert places == [address for _, address in BLOCKS if address in places]
    assert ours.blocks[-1] == BLOCKS[-1]


def test_the_open_firmware_starts_the_chips_as_published(ours: Boot) -> None:
    check_start_of_chips(ours)
    assert [address for address, _ in ours.programs[: len(PROGRAMS)]] == [address for address, _ in PROGRAMS]


def test_the_instrument_sends_nine_blocks(instrument: Boot) -> None:
    assert instrument.blocks[: len(BLOCKS)] == BLOCKS


def test_the_instrument_starts_the_chips_as_published(instrument: Boot) -> None:
    check_start_of_chips(instrument)
    assert instrument.programs[: len(PROGRAMS)] == PROGRAMS


def test_the_instrument_writes_679_times_to_112_registers_of_dsp_2(instrument: Boot) -> None:
    registers = RegisterFile(Reading.GROUPS)
    registers.apply_all(instrument.told)
    assert (registers.writes, len(registers.statistics)) == (679, 112)
