"""``luthier kn5000 effects`` and ``sheet``: the effects by name, and all values of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import JsonOption, print_json, print_json_list

if TYPE_CHECKING:
    from luthier.kn5000.effect_catalogue.models import Control, Effect
    from luthier.kn5000.effects.scales import Scale
    from luthier.kn5000.translator.rom import SubRom
    from luthier.kn5000.translator.sheet import Row

#: So many numbers stand in one line of a sheet.
_IN_LINE = 5
_ROMS = "LUTHIER_ROMS"
_ROM_NAME = "kn5000_subprogram_v142.rom"


@app.command()
def effects(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[EFFECT]", help="One effect, by name or number, with its parameters."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the effects, or the parameters of one."""
    from luthier.kn5000.effect_catalogue import loading

    found = list(loading.effects()) if name is None else [loading.find(name)]
    if json:
        print_json([_record(effect) for effect in found] if name is None else _record(found[0]))
    elif name is None:
        print(*_list_lines(found), sep="\n")
    else:
        print(*_effect_lines(found[0]), sep="\n")


def _record(effect: Effect) -> dict[str, Any]:
    return {
        "name": effect.name,
        "number": effect.number,
        "page": effect.page,
        "slot": effect.slot,
        "chip": effect.chip + 1,
        "program": effect.program,
        "certainty": effect.certainty.value,
        "parameters": [_parameter(control, first, scale) for control, first, scale in _controls(effect)],
    }


def _controls(effect: Effect) -> Iterator[tuple[Control, int | None, Scale | None]]:
    """Controls with their first values, and scales where the effect has such a parameter.

    Last what an effect has beside them: without first value.
    """
    from luthier.kn5000.effects.named import effect as named
    from luthier.kn5000.effects.panel import control_of, ranges

    chosen = named(effect.number)
    scales = {scale.name: scale for scale in ranges(chosen)}
    shown = iter(effect.panel)
    for control, first in zip(effect.controls, effect.first, strict=True):
        yield control, first, scales[next(shown)] if control.shown else None
    if "VOLUME" not in effect.panel:
        yield from (
            (control_of(chosen, name), None, scales[name]) for name in scales if name not in effect.panel
        )


def _parameter(control: Control, first: int | None, scale: Scale | None) -> dict[str, Any]:
    return {
        "name": scale.name if scale else "",
        "id": control.parameter.number,
        "unit": control.unit,
        "low": scale.low if scale else control.low,
        "high": scale.high if scale else control.high,
        "first": first,
        "default": scale.default_value if scale else first,
        "certainty": scale.certainty.value if scale else control.certainty.value,
        "physical": scale and _physical(scale),
        "shown": control.shown and first is not None,
        "laws": [{"opcode": law.opcode, "operands": law.operands.hex()} for law in control.laws],
    }


def _physical(scale: Scale) -> dict[str, Any]:
    return {
        "unit": scale.unit,
        "low": scale.least,
        "high": scale.most,
        "default": scale.default,
        "panel_low": scale.values[0],
        "panel_high": scale.values[-1],
        "law": scale.law,
        "sound": scale.sound,
        "choices": list(scale.choices),
    }


def _list_lines(found: Iterable[Effect]) -> Iterator[str]:
    page = ""
    for effect in sorted(found, key=lambda effect: (effect.slot, effect.number)):
        if effect.page != page:
            page = effect.page
            yield f"{page}: slot {effect.slot}, DSP {effect.chip + 1}"
        names = ", ".join(control.name for control in effect.controls if control.shown)
        mark = "" if effect.certainty == "known" else "  (modelled)"
        yield f"{effect.number:4} {effect.name:17} {names}{mark}".rstrip()


def _effect_lines(effect: Effect) -> Iterator[str]:
    yield f"{effect.name}: number {effect.number}, {effect.page}, slot {effect.slot}, DSP {effect.chip + 1}"
    yield f"{effect.certainty.value}; {'a program of its own' if effect.program else 'no program of its own'}"
    for control, first, scale in _controls(effect):
        label = scale.name if scale else "(not shown)"
        begin = "       none" if first is None else f"first {first:5}"
        line = f"  {label:18} {control.low:4} to {control.high:3}, {begin}"
        yield f"{line}  {_span(scale) if scale else ''}".rstrip()


def _span(scale: Scale) -> str:
    """What the numbers of the panel reach, and what the effect has at first."""
    sure = "" if scale.choices else f", {scale.certainty.value}"
    return f"{scale.ends}{sure}; here {scale.beginning}"


@app.command()
def sheet(
    name: Annotated[str, typer.Argument(metavar="EFFECT", help="An effect, by name or number.")],
    parameter: Annotated[
        str, typer.Option("--parameter", metavar="NAME", help="Only parameters of this name.")
    ] = "",
    slot: Annotated[
        int | None, typer.Option("--slot", metavar="0-4", help="The effect as it is in this slot.")
    ] = None,
    rom: Annotated[
        Path | None,
        typer.Option(
            "--rom",
            metavar="FILE",
            help=f"A program of the sub CPU, unpacked; or {_ROM_NAME} in the folder {_ROMS} names.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Print what every value of an effect becomes, and what it is."""
    from luthier.kn5000.effect_catalogue import loading
    from luthier.kn5000.translator.sheet import rows

    effect = loading.find(name, slot)
    found = rows(effect, _rom(rom), parameter)
    if json:
        print_json_list(_sheet_record(row) for row in found)
        return
    for line in _sheet_lines(effect, found):
        typer.echo(line)


def _rom(given: Path | None) -> SubRom | None:
    """The program that is given, or that of the user's folder; neither is no error."""
    import os

    from luthier.kn5000.translator.rom import open_rom

    folder = os.environ.get(_ROMS, "")
    path = given or (Path(folder) / _ROM_NAME if folder else None)
    if path is None or (given is None and not path.is_file()):
        return None
    return open_rom(path)


def _sheet_record(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "place": row.place,
        "value": row.value,
        "opcode": row.opcode,
        "law": row.law,
        "exactness": row.exactness.value,
        "amount": row.meaning.amount,
        "unit": row.meaning.unit,
        "meaning": row.meaning.text,
        "numbers": [
            {"coefficient": number.coefficient, "stream": number.stream.hex(), "wire": number.wire.hex()}
            for number in row.numbers
        ],
    }


def _sheet_lines(effect: Effect, found: Iterable[Row]) -> Iterator[str]:
    yield f"{effect.name}, DSP {effect.chip + 1}"
    before: tuple[int, str] | None = None
    value = effect.controls[0].low - 1 if effect.controls else 0
    for row in found:
        if (row.place, row.law) != before or row.value <= value:
            before = row.place, row.law
            law = f"{row.opcode:02X} {row.law}" if row.law else "unknown law"
            yield f"{row.name or '(not shown)'}: {law}, {row.exactness.value}"
        value = row.value
        numbers = " ".join(f"{number.coefficient:06X}" for number in row.numbers[:_IN_LINE])
        more = " ..." if len(row.numbers) > _IN_LINE else ""
        wire = row.numbers[0].wire.hex(" ").upper() if row.numbers else ""
        yield f"{row.value:5}  {numbers}{more}  {wire}  {row.meaning.text}".rstrip()
