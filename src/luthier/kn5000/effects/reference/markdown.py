"""The manual's page about all effects, and the pictures that stand in it."""

from __future__ import annotations

from collections.abc import Iterator

from luthier.kn5000.effect_catalogue.models import Effect
from luthier.kn5000.effects.pictures import count_of, pictures
from luthier.kn5000.effects.reference.entries import COLUMNS, Entry, pages

#: Where the pictures lie, as seen from the page.
FOLDER = "../pictures/effects"
#: Effects that stand for their like: what they are alone, combinations are together.
SHOWN = frozenset(
    {
        *("CHORUS", "MODULATED CHORUS", "ENHANCER", "FLANGER", "PHASER", "ENSEMBLE", "GATED REVERB"),
        *(
            "SINGLE DELAY",
            "MULTI TAP DELAY",
            "MODULATION DELAY",
            "DISTORTION",
            "OVERDRIVE",
            "FUZZ",
            "EXCITER",
        ),
        *("COMPRESSOR", "SLOW ATTACKER", "PARAMETRIC EQ", "CELM", "AUTO PAN", "PITCH SHIFTER", "VIBRATO"),
        *("PEDAL WAH", "AUTO WAH", "ROTARY SPEAKER", "RING MODULATOR", "HARS EFFECT", "MIX UP"),
        *("ROOM REVERB 1", "PLATE REVERB 1", "CONCERT REVERB 1", "STANDARD", "DEEP SPACE", "STAGE", "GEQ"),
    }
)

_HEAD = """# The effects of the SX-KN5000

<!-- Made from the effects by `python -m tests.documents`: change them, not this page. -->

All 71 named effects by the page of the machine that offers them. `luthier kn5000 effect` plays them
([kn5000 effect](kn5000-effect.md)); `luthier kn5000 effects` prints the same as text or JSON.

| Column | |
|---|---|
| Panel | The numbers of the machine's panel, which `--set` takes. |
| At first | The number that the machine has at first; none where it shows no such parameter. |
| In its unit | What the first and the last number are. |
| Here | What the effect has at first, so that it is heard. |
| Scale | Known: the machine's translator tells what a number is. Modelled: ours. |

The pictures are measured: test sounds went through the effects at their defaults. They show what the effects
of this program do. [What is known of their sound](kn5000-effect.md#what-is-known-of-their-sound) says how far
that is what the machine does.
"""


def page() -> str:
    """The page as Markdown."""
    lines = [_HEAD]
    for found in pages():
        lines += [f"## {found.name}", "", f"Slot {found.slot}, DSP {found.chip + 1}.", ""]
        for entry in found.entries:
            lines += _section(entry)
    return "\n".join(lines).rstrip() + "\n"


def _section(entry: Entry) -> Iterator[str]:
    effect = entry.effect
    yield from (f"### {effect.name}", "", entry.about, "")
    if effect.name in SHOWN:
        for name in _files(effect):
            yield from (f"![{effect.name}, measured]({FOLDER}/{name})", "")
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|" + "---|" * len(COLUMNS)
    yield from (f"| {' | '.join(row)} |" for row in entry.rows())
    yield ""


def _files(effect: Effect) -> list[str]:
    """Names of the files of its pictures: the second has a 2."""
    count = count_of(effect.name)
    return [f"{effect.key}.svg", *(f"{effect.key}-{number}.svg" for number in range(2, count + 1))]


def drawn() -> dict[str, str]:
    """The pictures of the page: SVG by the names of their files."""
    return {
        name: picture.plot.svg(alone=True)
        for found in pages()
        for entry in found.entries
        if entry.effect.name in SHOWN
        for name, picture in zip(_files(entry.effect), pictures(entry.effect.name), strict=True)
    }
