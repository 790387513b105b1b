"""The devices whose firmware is a KORG SYSTEM FILE, and what only begins like one: ``devices.toml``."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass
from typing import Any

from luthier.errors import UsageError

#: The chip of the Kaossilator Pro and the Kaoss Pad 3: payloads begin with its vectors.
H8S2215 = "H8S/2215"
#: The invented device of the built-in example.
INVENTED = "LuthierPad"


@dataclass(frozen=True)
class Device:
    """What the header of a device's firmware holds, and how long its payload is.

    ``name`` is the text at 0x10, ``product_id`` the four bytes at 0x2C, ``word_40`` the two of unknown
    meaning at 0x40, ``payload`` a number of bytes, ``versions`` those a source describes.
    """

    name: str
    title: str
    tag: str
    revision: int
    product_id: bytes
    payload: int
    word_40: bytes
    chip: str
    versions: tuple[str, ...]
    certainty: str
    source: str
    note: str = ""

    @property
    def has_vectors(self) -> bool:
        """Whether the payload is the ROM of an H8S/2215: vectors, then the version block."""
        return self.chip == H8S2215


@functools.cache
def _document() -> dict[str, Any]:
    folder = importlib.resources.files(__package__)
    return tomllib.loads(folder.joinpath("devices.toml").read_text("utf-8"))


@functools.cache
def devices() -> dict[str, Device]:
    """Every device by the name in its header."""
    document = _document()
    return {row["name"]: _device(row, document["sources"]) for row in document["device"]}


def _device(row: dict[str, Any], sources: dict[str, str]) -> Device:
    special = {
        "product_id": bytes.fromhex(row["product_id"]),
        "word_40": bytes.fromhex(row["word_40"]),
        "versions": tuple(row["versions"]),
        "source": sources[row["source"]],
    }
    return Device(**{**row, **special})


def named(name: str) -> Device:
    """The device called ``name`` in its header, whatever the case; raises UsageError."""
    for device in devices().values():
        if device.name.lower() == name.lower():
            return device
    raise UsageError(f"no device is called {name!r}", remedy=f"use one of: {', '.join(devices())}")


def unseen_relative(name: str) -> str:
    """The title of the device a file with the unknown ``name`` may be for; empty if it resembles none."""
    for row in _document()["unseen"]:
        if name.lower().startswith(row["like"].lower()):
            return str(row["title"])
    return ""


def stranger(head: bytes) -> str:
    """What else a file is that begins with the same 16 bytes, by its first 33; empty if it is none of these.

    The transfer format of the volca series and the monotribe: at 0x11 stand 2F 00 and then FF or FA, and
    byte 0x20 is the sum of the 32 before it.
    """
    if len(head) < 0x21 or head[0x11:0x13] != b"\x2f\x00" or head[0x13] not in (0xFF, 0xFA):
        return ""
    if sum(head[:0x20]) & 0xFF != head[0x20]:
        return ""
    rows = _document()["stranger"]
    return next(str(row["title"]) for row in rows if row["model"] in (head[0x10], -1))
