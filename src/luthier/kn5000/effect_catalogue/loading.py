"""Reads the catalogue: files of data into records, and finds effects by name or number."""

from __future__ import annotations

import difflib
import functools
import importlib.resources
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

from luthier.errors import InputError
from luthier.kn5000.dsp_codecs.coefficients import to_stream
from luthier.kn5000.effect_catalogue.models import Certainty, Control, Effect, Law, Parameter
from luthier.kn5000.translator.operations import CHOSEN_BLEND, operand_bytes

#: Numbers with a name of 16 characters, and those with an entry in the tables of programs.
NUMBERS, PROGRAMS = 128, 100
#: The chip of each slot (facts, H01).
SLOT_CHIPS = (0, 0, 1, 1, 1)
#: What the main program calls slots 0 to 4 to the sub program; what follows the last is no slot.
SLOT_TAGS = (0x61, 0x63, 0x65, 0x66, 0x64)
NO_SLOT = 0xFF
_FULL_SCALE = 1 << 23
_SEND = "send"


@functools.cache
def _document(name: str) -> dict[str, Any]:
    path = importlib.resources.files(__package__).joinpath("data", f"{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))


@functools.cache
def parameters() -> tuple[Parameter, ...]:
    """The 86 slots for names."""
    return tuple(Parameter(*row) for row in _document("parameters")["rows"])


@functools.cache
def controls() -> dict[str, Control]:
    """Every control by its key, the known ones first."""
    files = (("controls", Certainty.KNOWN), ("modelled", Certainty.MODELLED))
    return {
        key: _control(key, row, certainty)
        for name, certainty in files
        for key, row in _document(name)["control"].items()
    }


def _control(key: str, row: dict[str, Any], certainty: Certainty) -> Control:
    laws = tuple(Law(opcode, _operands(opcode, given)) for opcode, *given in row.get("laws", ()))
    return Control(key, parameters()[row["id"]], row.get("low", 0), row["high"], laws, certainty)


def _operands(opcode: int, given: Sequence[int | float]) -> bytes:
    """Numbers of three bytes, or bytes; opcode 24 begins with a byte."""
    start = given[:1] if opcode == CHOSEN_BLEND else given
    size = operand_bytes(opcode, int(start[0]) if start else 0)
    if size == len(given):
        return bytes(int(number) for number in given)
    lead = bytes(int(number) for number in given[:1]) if opcode == CHOSEN_BLEND else b""
    numbers = b"".join(to_stream(_number(number)) for number in given[len(lead) :])
    if len(lead + numbers) != size:
        raise ValueError(f"opcode 0x{opcode:02X} takes {size} bytes, not {given}")
    return lead + numbers


def _number(given: int | float) -> int:
    """A whole number as it is; a fraction as 24 bits, cut to the number below."""
    return given if isinstance(given, int) else int(given * _FULL_SCALE // 1)


@functools.cache
def effects() -> tuple[Effect, ...]:
    """Every effect on every page, in the machine's order; those that are modelled last."""
    return (*_effects("effects", Certainty.KNOWN), *_effects("modelled", Certainty.MODELLED))


def _effects(name: str, certainty: Certainty) -> Iterator[Effect]:
    shared = _document("effects")["shared"]
    rows = [(page, row) for page in _document(name)["page"] for row in page["effects"]]
    for page in _document(name)["page"]:
        own = [row for owner, row in rows if owner is page]
        for row in own:
            yield _effect(page, row, certainty, row["number"] < PROGRAMS and row["number"] not in shared)
        for number in page.get("also", ()):
            row = next(row for _, row in rows if row["number"] == number)
            yield _effect(page, _without_send(row), certainty, program=True)


def _without_send(row: dict[str, Any]) -> dict[str, Any]:
    at = row["controls"].index(_SEND)
    return {
        **row,
        "controls": row["controls"][:at] + row["controls"][at + 1 :],
        "first": row["first"][:at] + row["first"][at + 1 :],
    }


def _effect(page: dict[str, Any], row: dict[str, Any], certainty: Certainty, program: bool) -> Effect:
    slot = page["slot"]
    return Effect(
        number=row["number"],
        name=row["name"],
        page=page["name"],
        slot=slot,
        chip=SLOT_CHIPS[slot],
        program=program,
        controls=tuple(controls()[key] for key in row.get("controls", ())),
        first=tuple(row.get("first", ())),
        certainty=certainty,
    )


def name_of(number: int) -> str | None:
    """The name of an effect number, 0 to 127; None for a placeholder."""
    if not 0 <= number < NUMBERS:
        raise InputError(f"there is no effect {number}", remedy="give 0 to 127")
    return next((effect.name for effect in effects() if effect.number == number), None)


def find(query: str, slot: int | None = None) -> Effect:
    """An effect by its number, or its name in any case; in a slot, or the first there is.

    Raises InputError that names the nearest.
    """
    wanted = _folded(query)
    for effect in effects():
        if slot in (None, effect.slot) and wanted in (str(effect.number), _folded(effect.name)):
            return effect
    names = {_folded(effect.name): effect.name for effect in effects()}
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    remedy = f"perhaps {', '.join(names[name] for name in near)}" if near else "list them: kn5000 effects"
    where = "" if slot is None else f" in slot {slot}"
    raise InputError(f"there is no effect {query!r}{where}", remedy=remedy)


def _folded(name: str) -> str:
    return "".join(sign for sign in name.lower() if sign.isalnum())
