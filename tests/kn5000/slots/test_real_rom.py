"""The boot trace of the audio-subsystem page, with a program of the sub CPU where there is one.

``LUTHIER_ROMS`` names its file (196,608 bytes, version 1.42, unpacked) or a folder with it; it is not ours to
give away.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.coefficients import from_wire
from luthier.kn5000.dsp_codecs.instructions import pointed
from luthier.kn5000.dsp_ports.messages import Message, messages
from luthier.kn5000.dsp_ports.register_file import Reading, RegisterFile
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.rom_source import RomSource, open_source

NAME = os.environ.get("LUTHIER_ROMS")
SIZE = 196_608
#: (address, bytes behind the command) in the order of the trace.
PROGRAMS = [
    (0x3C, 117),
    *[(0x00, 302), (0x47, 7), (0x40, 7)],
    *[(0x00, 302), (0x47, 7), (0xC8, 667)],
    *[(0x00, 302), (0x40, 7), (0x54, 352)],
    *[(0x47, 7), (0x40, 7)],
]
#: Numbers of the trace: the lower 17 bits.
NUMBERS = {0x1E: 32767, 0x90: 103268, 0x86: 101643, 0x97: 63251, 0xB2: 51634}


def program() -> RomSource | None:
    """The first file that is one."""
    if not NAME:
        return None
    path = Path(NAME)
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file() and file.stat().st_size == SIZE:
            try:
                return open_source(file)
            except InputError:
                continue
    return None


SOURCE = program()
pytestmark = pytest.mark.skipif(SOURCE is None, reason="LUTHIER_ROMS names no program of the sub CPU")


@pytest.fixture(name="found")
def start() -> list[Message]:
    assert SOURCE is not None
    control = EffectControl(SOURCE)
    control.start()
    return messages(control.events)


def on_dsp_1(found: list[Message], command: int) -> list[bytes]:
    return [one.data for one in found if one.chip == 0 and one.command == command]


def test_programs_in_the_order_of_the_trace_with_their_sizes(found: list[Message]) -> None:
    loaded = [(int.from_bytes(data[:2], "big"), len(data)) for data in on_dsp_1(found, 1)]
    assert [one for one in loaded if one[0] < 0x160] == PROGRAMS


def test_configurations(found: list[Message]) -> None:
    assert [data.hex() for data in on_dsp_1(found, 4)] == ["fbda3fa01a", "fbda00a01a"]
    assert [data.hex() for data in on_dsp_1(found, 9)] == ["003c", "003c"]
    assert on_dsp_1(found, 0x0C)[0].hex() == "005555"
    run_control = [one.command for one in found if one.chip == 0 and one.command in (0x0F, 0x10)]
    assert run_control[:3] == [0x10, 0x10, 0x0F]


def test_tables_of_the_output_stage(found: list[Message]) -> None:
    assert [len(data) for data in on_dsp_1(found, 2)[:3]] == [92, 92, 2]


def test_first_registers_of_dsp_2(found: list[Message]) -> None:
    written = [
        one.data.hex() for one in found if one.chip == 1 and one.command == 0x30 and len(one.data) == 4
    ]
    places = [written.index(one) for one in ("00d00000", "00d30000", "00d04000", "00f64fb0", "003c4000")]
    assert places == sorted(places)


def test_numbers_of_the_trace(found: list[Message]) -> None:
    sent: dict[int, set[int]] = {}
    for data in on_dsp_1(found, 1):
        if int.from_bytes(data[:2], "big") < 0x160:
            continue
        cell = None
        for at in range(2, len(data) - 4, 5):
            word = data[at : at + 5]
            pointer = pointed(word)
            if pointer:
                cell = pointer[0]
            elif word[0] == 0x0A and cell is not None:
                sent.setdefault(cell, set()).add(from_wire(word[1:])[0] & 0x1FFFF)
                cell = None
    assert all(number in sent.get(cell, set()) for cell, number in NUMBERS.items())


def test_679_writes_to_112_registers_of_dsp_2(found: list[Message]) -> None:
    registers = RegisterFile(Reading.GROUPS)
    registers.apply_all(found)
    assert (registers.writes, len(registers.statistics)) == (679, 112)
