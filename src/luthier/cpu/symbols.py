"""Symbol files: names of addresses, one ``name = 0xADDRESS`` a line, ``;`` before a comment.

The comment ``; data`` says that what lies there is no instruction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from luthier.cpu.description import Description
from luthier.errors import InputError
from luthier.files import read_bytes

#: Bytes of the largest symbol file: a name for every address would be more than anyone can use.
_LARGEST = 1 << 26

_LINE = re.compile(r"([A-Za-z_][\w.]*)\s*=\s*(\w+)", re.ASCII)


class Symbol(NamedTuple):
    """What a name stands for."""

    address: int
    is_data: bool = False


def reserved_names(description: Description) -> frozenset[str]:
    """What no symbol may be called, in capitals: the words of the instruction set."""
    texts: set[str] = set()
    for form in description.forms:
        texts.add(form.mnemonic)
        texts.update(part for part in form.operands if isinstance(part, str))
        for place in form.places:
            texts.update(name for name in getattr(place.operand, "names", ()) if name)
    return frozenset(word.upper() for text in texts for word in re.findall(r"[A-Za-z]\w*", text))


def read_symbols(text: str, description: Description) -> dict[str, Symbol]:
    """The symbols of a file, in its order; :class:`InputError` names the line that is wrong."""
    reserved = reserved_names(description)
    found: dict[str, Symbol] = {}
    for number, line in enumerate(text.splitlines(), 1):
        content, _, comment = (part.strip() for part in line.partition(";"))
        if not content:
            continue
        try:
            name, address = _symbol(content)
            symbol = Symbol(address, comment.startswith("data"))
            if name.upper() in reserved:
                raise InputError(f"{name} is a word of the instruction set", remedy="choose another name")
            if found.setdefault(name, symbol).address != address:
                raise InputError(
                    f"{name} is already 0x{found[name].address:06X}", remedy="give each name one address"
                )
        except InputError as error:
            raise error.at(f"line {number}") from None
    return found


def load_symbols(path: Path, description: Description) -> dict[str, Symbol]:
    """The symbols of a file; :class:`InputError` names file and line of what is wrong."""
    try:
        return read_symbols(read_bytes(path, _LARGEST).decode("utf-8"), description)
    except UnicodeDecodeError as error:
        raise InputError(
            f"byte {error.start} is no UTF-8 text", where=str(path), remedy="check that this is a symbol file"
        ) from None
    except InputError as error:
        raise error if error.where == str(path) else error.at(str(path)) from None


def _symbol(content: str) -> tuple[str, int]:
    match = _LINE.fullmatch(content)
    try:
        address = int(match[2], 0) if match else -1
    except ValueError:
        address = -1
    if match is None or not 0 <= address <= 0xFFFFFF:
        raise InputError(
            f"{content[:60]!r} is no symbol", remedy="write: name = 0xADDRESS, of at most 24 bits"
        )
    return match[1], address


def write_symbols(symbols: Mapping[str, Symbol]) -> str:
    """The text of a symbol file, by address."""
    ordered = sorted((symbol, name) for name, symbol in symbols.items())
    return "".join(
        f"{name} = 0x{symbol.address:06X}{'  ; data' if symbol.is_data else ''}\n" for symbol, name in ordered
    )
