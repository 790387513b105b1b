"""The memory map and the on-chip registers of the H8S/2215: rows of ``registers.toml``, each with its source.

Open questions
- Whether every register has the address it has in the sister chip H8S/2633, from which they are taken.
- Where the RAM of the 2215C (20 KB) begins, and whether that of the 2215 lies where the sister has it.
- The registers of the USB module, those that only the 2215 has (SEMRA_0 and SEMRB_0 among them), and which of
  the interrupt priority registers exist.
"""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Register:
    """An on-chip register: ``size`` in bytes; ``certainty`` says whether the address is the 2215's own."""

    address: int
    name: str
    size: int
    module: str
    description: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Area:
    """Addresses ``first`` to ``last``, both included."""

    name: str
    first: int
    last: int
    source: str
    certainty: str

    def __contains__(self, address: int) -> bool:
        return self.first <= address <= self.last


@functools.cache
def _document() -> dict[str, Any]:
    folder = importlib.resources.files(__package__)
    return tomllib.loads(folder.joinpath("registers.toml").read_text("utf-8"))


@functools.cache
def registers() -> dict[int, Register]:
    """Every known register by its address."""
    document = _document()
    found = {}
    for module in document["module"]:
        source = document["sources"][module["source"]]
        for address, name, size, description in module["rows"]:
            found[address] = Register(
                address, name, size, module["name"], description, source, module["certainty"]
            )
    return found


@functools.cache
def by_name() -> dict[str, Register]:
    """The same by name."""
    return {register.name: register for register in registers().values()}


@functools.cache
def areas() -> tuple[Area, ...]:
    """ROM, RAM and registers, by address."""
    document = _document()
    return tuple(Area(**{**row, "source": document["sources"][row["source"]]}) for row in document["area"])


def register_at(address: int) -> Register | None:
    """The register that has the byte at ``address``: its first one or its second."""
    register = registers().get(address)
    if register is None and (before := registers().get(address - 1)) is not None and before.size > 1:
        return before
    return register


def area_of(address: int) -> Area | None:
    """The area of an address; None where nothing is on the chip."""
    return next((area for area in areas() if address in area), None)
