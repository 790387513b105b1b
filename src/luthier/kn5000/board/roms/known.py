"""What is publicly known of the instrument's dumps: names, sizes, checksums; what each image is for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Known:
    """A dump that others have made."""

    part: str
    names: tuple[str, ...]
    size: int
    crc: int | None = None
    version: str = ""
    payload: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """What an image is for, and what it means if there is none."""

    title: str
    without: str


@cache
def known() -> tuple[Known, ...]:
    """All of them."""
    rows = _read()["dumps"]
    return tuple(Known(**(row | {"names": tuple(row["names"])})) for row in rows)


@cache
def parts() -> dict[str, Part]:
    """By the field of RomSet, or the chip."""
    return {name: Part(**row) for name, row in _read()["parts"].items()}


def by_checksum(size: int, crc: int) -> Known | None:
    """The known dump with this content."""
    return next((one for one in known() if one.size == size and one.crc == crc), None)


def by_name(name: str) -> Known | None:
    """The known dump with this file name, capitals or not."""
    return next((one for one in known() if name.lower() in one.names), None)


@cache
def _read() -> dict[str, dict]:  # type: ignore[type-arg]
    return tomllib.loads((Path(__file__).parent / "known.toml").read_text(encoding="utf-8"))
