"""Which ways of reading are tried on a tape, and which are not worth it."""

from __future__ import annotations

import pytest
from benchmarks.tapes import Recipe, random_image, recorded

from luthier.poly800.tape import damage
from luthier.poly800.tape.attempts import WAYS, Promise, Reader, Way
from luthier.poly800.tape.conditioning import PLAIN, Spectrum
from luthier.poly800.tape.damage import Damage
from luthier.poly800.tape.survey import survey


def _auditions(*damages: Damage) -> dict[Way, Promise]:
    take = damage.damaged(recorded(random_image(5), Recipe(), 5), list(damages), 5)
    spectrum = Spectrum(take.samples, take.rate)
    (stretch,) = survey(spectrum.conditioned(PLAIN))
    return Reader(spectrum, stretch, 0.0).auditions()


@pytest.mark.parametrize(
    ("damages", "expected", "hopeless"),
    [
        ((damage.band_pass(), damage.white_noise(10)), "undo high-pass 300 Hz, 4th order", "2000 Hz"),
        ((damage.high_pass(500),), "undo high-pass 450 Hz, 2nd order", "2000 Hz"),
        ((damage.white_noise(20),), "plain", "2000 Hz"),
    ],
    ids=["telephone", "500 Hz", "noise"],
)
def test_the_front_that_undoes_the_damage_is_heard_to_the_end(
    damages: tuple[Damage, ...], expected: str, hopeless: str
) -> None:
    """What the damage was says which front must win, and which is so far off that it goes no further."""
    promises = _auditions(*damages)
    assert max(promises, key=promises.__getitem__)[0].name == expected
    assert not any(hopeless in front.name for front, _ in promises)


def test_three_ways_are_always_heard_to_the_end() -> None:
    """Even where one is much better than all others: a beginning may deceive, and three are tried."""
    assert len(_auditions(damage.white_noise(20))) >= 3
    assert set(_auditions(damage.band_pass())) <= set(WAYS)
