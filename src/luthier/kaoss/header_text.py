"""A header as text: a TOML file with every field, made to be read, changed and kept in git.

The text holds all 256 bytes: what is no plain name or no plain filling is written as bytes.
"""

from __future__ import annotations

import tomllib
from typing import Any

from luthier.errors import InputError
from luthier.kaoss.header import FILL, HEADER_SIZE, MAGIC, OFFSETS, Header, Version

_NUMBERS = ("source_offset", "source_length", "destination_offset", "destination_length")
_SIZES = {"device": 16, "tag": 8, "product_id": 4, "word_40": 2, "fill": HEADER_SIZE - OFFSETS["fill"]}


def to_text(header: Header) -> str:
    """The text of a header."""
    fill = bytes([FILL]) * _SIZES["fill"]
    lines = [
        f"# The header of a {MAGIC.decode()}, field by field; `luthier kaoss pack` makes bytes of it.",
        f"device = {_name(header.device_field)}",
        f"tag = {_name(header.tag_field)}",
        f"revision = 0x{header.revision:04X}",
        f'version = "{header.version}"',
        f"product_id = {_bytes(header.product_id)}  # the id in system exclusive messages",
        *(f"{name} = 0x{getattr(header, name):X}" for name in _NUMBERS),
        f"word_40 = {_bytes(header.word_40)}  # unknown",
        *([] if header.fill == fill else [f"fill = {_bytes(header.fill)}"]),
    ]
    return "\n".join(lines) + "\n"


def _name(field: bytes) -> str:
    content = field.rstrip(b"\0")
    plain = all(0x20 <= byte < 0x7F and byte not in b'"\\' for byte in content)
    return f'"{content.decode("ascii")}"' if plain and content else f"{{ bytes = {_bytes(field)} }}"


def _bytes(data: bytes) -> str:
    return f'"{data.hex(" ").upper()}"'


def from_text(text: str) -> Header:
    """The header in a text; raises InputError with the place or the name of what is wrong."""
    try:
        found: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"no TOML: {' '.join(str(error).split())}", remedy="mend the header file") from error
    names = {"revision", "version", *_NUMBERS, *_SIZES}
    unknown, missing = sorted(found.keys() - names), sorted(names - found.keys() - {"fill"})
    if unknown or missing:
        word = f"an unknown field {unknown[0][:40]!r}" if unknown else f"no field {missing[0]!r}"
        raise InputError(word, remedy="fields are those that `luthier kaoss unpack` writes")
    fill = found.get("fill", " ".join([f"{FILL:02X}"] * _SIZES["fill"]))
    try:
        version = Version.parse(found["version"] if isinstance(found["version"], str) else "")
    except InputError as error:
        raise InputError(error.what, where="version", remedy=error.remedy) from error
    return Header(
        device_field=_name_field("device", found["device"]),
        tag_field=_name_field("tag", found["tag"]),
        revision=_number("revision", found["revision"], 16),
        version=version,
        product_id=_byte_field("product_id", found["product_id"]),
        **{name: _number(name, found[name], 32) for name in _NUMBERS},
        word_40=_byte_field("word_40", found["word_40"]),
        fill=_byte_field("fill", fill),
    )


def _name_field(name: str, value: object) -> bytes:
    if isinstance(value, dict) and value.keys() == {"bytes"}:
        return _byte_field(name, value["bytes"])
    size = _SIZES[name]
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or len(value) > size:
        raise InputError(f"{str(value)[:40]!r} is no name of at most {size} letters", where=name)
    return value.encode("ascii").ljust(size, b"\0")


def _byte_field(name: str, value: object) -> bytes:
    size = _SIZES[name]
    try:
        data = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        data = b""
    if len(data) != size:
        raise InputError(f"not {size} bytes in hexadecimal", where=name)
    return data


def _number(name: str, value: object, bits: int) -> int:
    if type(value) is not int or not 0 <= value < 1 << bits:
        raise InputError(f"no number of {bits} bits", where=name)
    return value
