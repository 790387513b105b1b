"""The pages about all effects: nothing is missing, nothing comes from elsewhere, all links lead somewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from luthier.kn5000.effect_catalogue.loading import find
from luthier.kn5000.effects.named import NAMES
from luthier.kn5000.effects.reference import markdown, page
from luthier.kn5000.effects.reference.entries import pages


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.sources: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids |= {found["id"] or ""} if "id" in found else set()
        self.links |= {found["href"] or ""} if "href" in found else set()
        self.sources |= {found["src"] or ""} if "src" in found else set()
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A closed tag of a picture."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def text() -> str:
    return page.html([page.Sound("A & B", ("--eq 'A & B'",), "song.wav")])


def test_all_effects_are_on_their_pages() -> None:
    found = [entry.effect for each in pages() for entry in each.entries]
    assert sorted(effect.number for effect in found) == list(NAMES)
    assert [(each.name, each.slot, each.chip, len(each.entries)) for each in pages()] == [
        ("DSP EFFECT", 0, 0, 50),
        ("DIGITAL REVERB", 1, 0, 12),
        ("ACOUSTIC ILLUSION", 2, 1, 4),
        ("ROOM", 3, 1, 4),
        ("EQUALIZER", 4, 1, 1),
    ]


def test_the_page_is_whole_and_asks_for_nothing_elsewhere(text: str) -> None:
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert {link.removeprefix("#") for link in tags.links} <= tags.ids
    assert {find(name).key for name in NAMES.values()} <= tags.ids
    assert tags.sources == {"song.wav"}
    assert "<script" not in text
    assert "A &amp; B" in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert text.count("<svg") >= 70
    assert len(text) < 600_000


def test_the_page_shows_both_colour_schemes(text: str) -> None:
    assert text.count("prefers-color-scheme") == 2  # the page's own, and that of the plots


def test_the_manual_has_every_effect_and_parameter() -> None:
    found = markdown.page()
    assert [line[4:] for line in found.splitlines() if line.startswith("### ")] == [
        entry.effect.name for each in pages() for entry in each.entries
    ]
    assert "| REVERB TIME | 15 to 97 | 35 | 0.4 to 30 s | 2 s | known |" in found
    assert "| FEEDBACK L | −99 to 99 | −60 | −95 to 95 % | 35 % | modelled |" in found
    assert set(NAMES.values()) >= markdown.SHOWN
