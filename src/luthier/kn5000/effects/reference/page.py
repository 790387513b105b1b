"""All effects as one page for browsers: what they are called, what can be set, what they do.

The page asks for nothing outside of its folder and has no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from importlib import resources
from string import Template

from luthier import __version__
from luthier.kn5000.effects.pictures import pictures
from luthier.kn5000.effects.pictures.plot import STYLE
from luthier.kn5000.effects.reference.entries import Entry, Page, pages

#: Head of a table; first values stand below the ranges.
_COLUMNS = ("Parameter", "Panel", "In its unit", "Scale")


@dataclass(frozen=True)
class Sound:
    """A sound that the page plays."""

    title: str
    options: tuple[str, ...]
    """What it was rendered with, option by option."""
    file: str
    """Beside the page."""


def html(
    sounds: Iterable[Sound] = (), progress: Callable[[float, str], None] = lambda _share, _now: None
) -> str:
    """The page; its pictures are measured now."""
    found = pages()
    count = sum(len(page.entries) for page in found)
    done = 0

    def section(page: Page) -> str:
        nonlocal done
        cards = []
        for entry in page.entries:
            progress(done / count, entry.effect.name)
            cards.append(_card(entry))
            done += 1
        return (
            f'<section><h2 id="slot-{page.slot}">{page.name}</h2>'
            f'<p class="quiet">Slot {page.slot}, DSP {page.chip + 1}</p>'
            f'<div class="cards">{"".join(cards)}</div></section>'
        )

    return Template(_resource("page.html")).substitute(
        style=STYLE,
        count=count,
        contents="".join(_contents(page) for page in found),
        sounds="".join(_player(sound) for sound in sounds),
        sections="\n".join(section(page) for page in found),
        version=__version__,
    )


def _contents(page: Page) -> str:
    names = " ".join(
        f'<a href="#{entry.effect.key}">{escape(entry.effect.name)}</a>' for entry in page.entries
    )
    return f'<p><b><a href="#slot-{page.slot}">{page.name}</a></b> {names}</p>'


def _player(sound: Sound) -> str:
    options = " ".join(f"<code>{escape(option)}</code>" for option in sound.options)
    return (
        f"<figure><figcaption><b>{escape(sound.title)}</b><br>{options}</figcaption>"
        f'<audio controls preload="none" src="{escape(sound.file)}"></audio></figure>'
    )


def _card(entry: Entry) -> str:
    effect = entry.effect
    drawn = "".join(picture.plot.svg() for picture in pictures(effect.name))
    head = "".join(f"<th>{column}</th>" for column in _COLUMNS)
    rows = "".join(_row(row) for row in entry.rows())
    return (
        f'<article id="{effect.key}"><h3>{escape(effect.name)}'
        f' <span class="{effect.certainty.value}">list {effect.certainty.value}</span></h3>'
        f'<p class="quiet">{escape(entry.about)}</p>{drawn}'
        f"<details><summary>{len(entry.scales)} parameters</summary>"
        f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div></details></article>'
    )


def _row(row: tuple[str, ...]) -> str:
    name, panel, first, unit, here, certainty = (escape(cell) for cell in row)
    machine = f"<i>first {first}</i>" if first else ""
    return (
        f'<tr class="{certainty}"><td>{name}</td><td>{panel}{machine}</td>'
        f"<td>{unit}<i>here {here}</i></td><td>{certainty}</td></tr>"
    )


def _resource(name: str) -> str:
    return resources.files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
