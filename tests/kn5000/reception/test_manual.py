"""The manual's page of MIDI has everything that is acted on, with the words of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from luthier.kn5000.parts import parameters
from luthier.kn5000.parts.controls import CONTROLS, STORED_ONLY, UNSUPPORTED
from luthier.kn5000.reception import gs

PAGE = (Path(__file__).parents[3] / "docs/manual/kn5000-midi.md").read_text(encoding="utf-8")


def rows() -> dict[str, list[str]]:
    """The cells of every row of a table by its first."""
    lines = (line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| "))
    return {first.strip(): [cell.strip() for cell in cells] for first, *cells in lines}


def number_of(controller: int) -> str:
    return str(controller) if controller < 128 else f"0x{controller:02X}"


@pytest.mark.parametrize("controller", sorted(CONTROLS))
def test_every_controller_is_there(controller: int) -> None:
    name, effect, certainty = rows()[number_of(controller)]
    control = CONTROLS[controller]
    assert (name, effect.lower(), certainty) == (control.name, control.effect.lower(), control.certainty)


def test_no_controller_is_there_that_is_not_acted_on() -> None:
    table = PAGE.split("## Controllers")[1].split("## ")[0]
    numbers = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")}
    assert numbers - {"Controller"} == {number_of(controller) for controller in CONTROLS}
    assert not set(CONTROLS) & (set(UNSUPPORTED) | set(STORED_ONLY))


def test_every_registered_parameter_is_there() -> None:
    for parameter, name in parameters.REGISTERED.items():
        assert rows()[f"{parameter >> 7} {parameter & 0x7F}"][0] == name
    assert set(parameters.STEPS) == set(parameters.REGISTERED)


def test_every_parameter_of_gs_is_there() -> None:
    for parameter, controller in parameters.AS_CONTROLLER.items():
        same = rows()[f"{parameter >> 7} {parameter & 0x7F}"][0]
        assert same == f"controller {controller}, {CONTROLS[controller].name}"
    for high, what in parameters.OF_DRUM.items():
        assert rows()[f"{high} key"][0].startswith(f"{what} of the drum")


def test_every_address_of_gs_is_there() -> None:
    found = rows()
    for low, controller in gs.CONTROLLER_OF_PART.items():
        assert f"As controller {number_of(controller)}," in found[f"`40 1n {low:02X}`"][0]
    for low, what in gs.DRUM_SETTINGS.items():
        assert found[f"`41 m{low} key`"][0] == f"{what.capitalize()} of one drum of map m"
    for low in gs.SHORT_FORM_LIMITS:
        assert f"`F0 41 42 12 40 01 {low:02X} value F7`" in found
