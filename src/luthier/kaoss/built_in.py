"""The built-in example: a whole system file for an invented device, with no byte of KORG's in it.

Its firmware is the text in the folder ``firmware``, for the assembler of the H8S/2000; ``board.toml`` there
says how the invented device is wired.  Two more programs share most of it and fail on purpose.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from luthier.cpu.symbols import Symbol
from luthier.errors import UsageError
from luthier.files import read_bytes
from luthier.kaoss.devices import INVENTED, Device, named
from luthier.kaoss.header import FILL, Version, build_header
from luthier.kaoss.system_file import SIZE_LIMIT, VECTORS_END, SystemFile, read

#: What to write where a file is asked for: ``built-in``, ``built-in:hang`` or ``built-in:astray``.
NAME = "built-in"
VERSION = Version(1, 0)
CPU = "h8s2000"
SOUND = "luthierpad"
#: The programs by the name of their text, and what they do.
VARIANTS = {
    SOUND: "works",
    "hang": "masks interrupts in its main loop and stays there",
    "astray": "jumps to where nothing is",
}
FOLDER = Path(__file__).parent / "firmware"


@dataclass(frozen=True)
class Pin:
    """A signal of the board: a bit of a port, such as ``P1``."""

    signal: str
    port: str
    bit: int
    description: str


@dataclass(frozen=True)
class Board:
    """How the invented device is wired: clock in Hz, address of the DSP's host port, pins by signal."""

    clock: int
    host_port: int
    main_loop: str
    serial: str
    pins: Mapping[str, Pin]


@functools.cache
def board() -> Board:
    """The wiring of the LuthierPad."""
    document = tomllib.loads((FOLDER / "board.toml").read_text("utf-8"))
    return Board(**{**document, "pins": {row[0]: Pin(*row) for row in document["pins"]}})


@functools.cache
def _assembled(variant: str) -> tuple[bytes, dict[str, Symbol]]:
    from luthier.cpu.assembler import assemble

    if variant not in VARIANTS:
        raise UsageError(f"no built-in firmware is called {variant!r}", remedy=f"use {', '.join(VARIANTS)}")
    result = assemble(FOLDER / f"{variant}.s", CPU, fill=FILL)
    labels = {
        line.statement.label.name for line in result.lines if line.statement.label and line.value is None
    }
    names = {
        name: Symbol(value, name not in labels or name in result.data_labels)
        for name, value in result.symbols.items()
        if value >= VECTORS_END  # what is lower is a number, not an address
    }
    return result.image, names


def symbols(variant: str = SOUND) -> dict[str, Symbol]:
    """The names of the program: registers, variables, labels."""
    return dict(_assembled(variant)[1])


def example_payload(device: Device, version: Version = VERSION, variant: str = SOUND) -> bytes:
    """The ROM of the size ``device`` takes: the firmware, then FF; ``version`` in its version block."""
    payload = _assembled(variant)[0].ljust(device.payload, bytes([FILL]))
    return SystemFile(build_header(device, version), payload).with_version(version).payload


@functools.cache
def built_in(variant: str = SOUND) -> SystemFile:
    """The built-in example as a system file; raises UsageError if there is no such variant."""
    device = named(INVENTED)
    return SystemFile(build_header(device, VERSION), example_payload(device, variant=variant))


def load(path: Path) -> SystemFile:
    """The system file at ``path``; ``-`` is standard input, ``built-in`` the example.

    Raises InputError, with the name of the file, if it is none.
    """
    from luthier.errors import InputError

    name, _, variant = str(path).partition(":")
    if name == NAME:
        return built_in(variant or SOUND)
    data = read_bytes(path, SIZE_LIMIT)
    try:
        return read(data)
    except InputError as error:
        raise error.at(str(path)) from error
