"""How a unit is wired around its H8S/2215: clock, EEPROMs, lamps, keys, what lies outside of the chip.

The wiring of the invented LuthierPad is ``firmware/board.toml``.  A user who has traced a board writes a
file::

    clock = 24_000_000
    [[memory]]
    kind = "three-wire"                 # or "two-wire", "spi"
    name = "EEPROM"
    pins = { cs = "P1.0", sk = "P1.1", di = "P1.2", do = "P1.3" }
    [[lamp]]
    name = "PLAY"
    pin = "PA.0"
    [[key]]
    name = "PLAY"
    column = "PB.0"
    row = "PC.0"                        # left out for a key of its own
    [[window]]
    name = "DSP"
    first = 0x400000
    last = 0x400005
    [[ram]]
    first = 0xFFA000
    last = 0xFFAFFF

Open questions
- The wiring of every unit of KORG's.  16 and 24 MHz are concluded from the part numbers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from luthier.errors import InputError
from luthier.files import read_bytes
from luthier.kaoss.devices import INVENTED
from luthier.kaoss.sandbox.external_bus import Window
from luthier.kaoss.sandbox.ports import parse_pin

SIZE_LIMIT = 1 << 20
#: Concluded from the last figures of the part numbers, see the inventory.
CLOCKS = {"KaossPad3": 16_000_000, "KaossilatorPro": 24_000_000}
USUAL_CLOCK = 16_000_000
_LOWEST_CLOCK, _HIGHEST_CLOCK = 1_000_000, 100_000_000
#: Kinds of memory and the pins each has.
PINS_OF = {
    "three-wire": ("cs", "sk", "di", "do"),
    "two-wire": ("sda", "scl"),
    "spi": ("cs", "sck", "si", "so"),
}


@dataclass(frozen=True)
class MemoryPart:
    """An EEPROM: its kind and the pins it is on."""

    kind: str
    name: str
    pins: Mapping[str, str]


@dataclass(frozen=True)
class Key:
    """A key: ``column`` is low while it is down and ``row``, if it has one, is low."""

    name: str
    column: str
    row: str | None = None


@dataclass(frozen=True)
class Wiring:
    """A unit around its chip; ``clock`` in Hz, ``ram`` as first and last address of further RAM."""

    clock: int
    memories: tuple[MemoryPart, ...] = ()
    lamps: Mapping[str, str] | None = None
    keys: tuple[Key, ...] = ()
    windows: tuple[Window, ...] = ()
    ram: tuple[tuple[int, int], ...] = ()


def wiring_of(device: str) -> Wiring:
    """What is known of a device by the name in its header; of most it is only the clock."""
    if device == INVENTED:
        return _invented()
    return Wiring(CLOCKS.get(device, USUAL_CLOCK))


def _invented() -> Wiring:
    from luthier.kaoss.built_in import board

    known = board()
    at = {name: f"{pin.port}.{pin.bit}" for name, pin in known.pins.items()}
    three = {short: at[f"EEPROM_{short.upper()}"] for short in PINS_OF["three-wire"]}
    two = {short: at[f"I2C_{short.upper()}"] for short in PINS_OF["two-wire"]}
    rows = {name.removeprefix("ROW_"): pin for name, pin in at.items() if name.startswith("ROW_")}
    return Wiring(
        known.clock,
        (MemoryPart("three-wire", "EEPROM", three), MemoryPart("two-wire", "EEPROM 2", two)),
        {name.removeprefix("LAMP_"): pin for name, pin in at.items() if name.startswith("LAMP_")},
        tuple(Key(name, at["COLUMN"], row) for name, row in rows.items()),
        (Window("DSP", known.host_port, known.host_port + 5),),
    )


def read_wiring(path: Path) -> Wiring:
    """A wiring from a file; raises InputError, with the file, if it is none."""
    content = read_bytes(path, SIZE_LIMIT)
    try:
        return wiring_from(content)
    except InputError as error:
        raise error.at(str(path)) from None


def wiring_from(content: bytes) -> Wiring:
    """A wiring from the bytes of a file; raises InputError if it is none."""
    try:
        return _from_document(tomllib.loads(content.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"is no TOML ({error})") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"an entry lacks something or has it in another form ({error})",
            remedy="see docs/manual/kaoss-sandbox.md",
        ) from None


def _from_document(document: dict[str, Any]) -> Wiring:
    clock = document.get("clock", USUAL_CLOCK)
    if not isinstance(clock, int) or not _LOWEST_CLOCK <= clock <= _HIGHEST_CLOCK:
        raise InputError(f"a clock of {clock!r}", remedy="give hertz, 1 to 100 million")
    memories = tuple(_memory(row) for row in document.get("memory", []))
    keys = tuple(Key(row["name"], row["column"], row.get("row")) for row in document.get("key", []))
    lamps = {row["name"]: row["pin"] for row in document.get("lamp", [])}
    for name in (*lamps, *(key.name for key in keys), *(part.name for part in memories)):
        if not isinstance(name, str) or not name:
            raise InputError(f"{name!r} is no name", remedy='names are texts, such as "PLAY"')
    for pin in (*lamps.values(), *(key.column for key in keys), *(key.row for key in keys if key.row)):
        parse_pin(pin)
    windows = tuple(Window(row["name"], *_range(row)) for row in document.get("window", []))
    return Wiring(
        clock, memories, lamps, keys, windows, tuple(_range(row) for row in document.get("ram", []))
    )


def _memory(row: dict[str, Any]) -> MemoryPart:
    kind, pins = row["kind"], row["pins"]
    if kind not in PINS_OF:
        raise InputError(f"no memory of the kind {kind!r}", remedy=f"use {', '.join(PINS_OF)}")
    if set(pins) != set(PINS_OF[kind]):
        raise InputError(f"{row['name']} needs the pins {', '.join(PINS_OF[kind])}")
    for pin in pins.values():
        parse_pin(pin)
    return MemoryPart(kind, row["name"], pins)


def _range(row: dict[str, Any]) -> tuple[int, int]:
    first, last = row["first"], row["last"]
    whole = isinstance(first, int) and isinstance(last, int)
    if not whole or not 0 <= first <= last < 1 << 24:
        raise InputError(f"the range {first!r} to {last!r}", remedy="give numbers of at most 24 bits")
    return first, last
