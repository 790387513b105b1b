"""Which effects in which slots: the same options for every command that plays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from luthier.kn5000.effects.choices import Choices

_PANEL = "Effects (they beat what the song says)"


def _option(flag: str, help_: str, metavar: str = "NAME|none") -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, metavar=metavar, help=help_, rich_help_panel=_PANEL)
    return option


EffectOption = Annotated[
    str | None, _option("--effect", "DSP EFFECT, whatever the song says; parts send to it by controller 93.")
]
EffectPartsOption = Annotated[
    str | None, _option("--effect-parts", "Parts that go through the DSP EFFECT alone, from 1 on.", "1,3,...")
]
ReverbOption = Annotated[
    str | None, _option("--reverb", "REVERB, whatever the song says; parts send to it by controller 91.")
]
IllusionOption = Annotated[str | None, _option("--illusion", "ACOUSTIC ILLUSION, for all sound.")]
RoomOption = Annotated[str | None, _option("--room", "ROOM, for all sound.")]
EqOption = Annotated[
    str | None,
    _option("--eq", 'EQ for all sound: what is not flat, "LOW EMPHASIS G=6dB, ...".', "SETTINGS|none"),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="SLOT PARAMETER=VALUE",
        help="Set a parameter: a number is the panel's, an amount has its unit. Slots are effect, reverb,"
        " illusion, room and eq; the song leaves them alone then.",
    ),
]


def choices(
    effect: str | None,
    reverb: str | None,
    illusion: str | None,
    room: str | None,
    eq: str | None,
    settings: list[str] | None,
) -> Choices:
    """What was asked for, looked at before anything is played; raises LuthierError if it cannot be."""
    from luthier.kn5000.effects.choices import Choices

    found = Choices(effect, reverb, illusion, room, eq, tuple(settings or ()))
    if found != Choices():
        from luthier.kn5000.effects import Rack

        found.apply(Rack())
    return found


def parts(text: str | None) -> tuple[int, ...]:
    """The parts of a list, counted from 0."""
    from luthier.errors import UsageError
    from luthier.kn5000.transport.controllers import PART_COUNT

    found = []
    for word in (text or "").split(","):
        if not word.strip():
            continue
        if not word.strip().isdecimal() or not 1 <= int(word) <= PART_COUNT:
            raise UsageError(f"{word.strip()!r} is no part", remedy=f"parts are 1 to {PART_COUNT}: 1,3")
        found.append(int(word) - 1)
    return tuple(found)
