"""The special function registers as data: rows of ``registers.toml``."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass
from typing import Literal

SIZE = 0x400  #: bytes of the area of registers; internal RAM follows

Access = Literal["rw", "r", "w", "kept"]
Certainty = Literal["known", "modelled", "unknown"]


@dataclass(frozen=True)
class Register:
    """A register of one or two bytes; ``reset`` is None where no source gives it."""

    address: int
    size: int
    name: str
    access: Access
    reset: int | None
    certainty: Certainty
    text: str
    unit: str
    source: str

    @property
    def is_readable(self) -> bool:
        """Whether reading it gives what it holds."""
        return self.access != "w"


@functools.cache
def registers() -> dict[str, Register]:
    """Every register by its name."""
    text = importlib.resources.files(__package__).joinpath("registers.toml").read_text("utf-8")
    found = {}
    for unit in tomllib.loads(text)["unit"]:
        for address, size, name, access, reset, certainty, meaning in unit["rows"]:
            found[name] = Register(
                address,
                size,
                name,
                access,
                reset if reset >= 0 else None,
                certainty,
                meaning,
                unit["name"],
                unit["source"],
            )
    return found
