"""In every section the part that it shows is in front: as loud as all others together, or somewhat louder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from luthier.audio.loudness import LoudnessMeter
from luthier.kn5000 import songs
from luthier.kn5000.engine import Engine
from luthier.kn5000.rendering.performance import Performance
from luthier.kn5000.sounds.built_in import BuiltInSounds
from luthier.midi.song import read_song

#: LU that a soloist may be over the accompaniment; a little below is masked by nothing that plays its notes.
IN_FRONT = (-1.0, 6.5)
#: Whoever is so far over it plays alone.
ALONE = 9.0
CHANNELS = set(range(16))


def _heard(muted: Callable[[songs.Section], set[int]], sounds: BuiltInSounds) -> npt.NDArray[np.float32]:
    """The song with other channels muted in every section; notes keep what they began with."""
    engine = Engine(sounds)
    pieces, frames = [], 0
    # Parts are set up, and loose notes begin, a few hundredths of a second early.
    changes = [(round((section.start - 0.03) * engine.rate), muted(section)) for section in songs.sections()]
    for frame, message in Performance(read_song(songs.built_in_song())).messages(engine.rate):
        while changes and changes[0][0] <= frame:
            engine.muted.clear()
            engine.muted.update(changes.pop(0)[1])
        if frame > frames:
            pieces.append(engine.render(frame - frames))
            frames = frame
        engine.receive(message)
    return np.concatenate(pieces)


def _loudness(samples: npt.NDArray[np.float32], section: songs.Section) -> float:
    meter = LoudnessMeter(Engine.rate)
    meter.add(samples[round(section.start * Engine.rate) : round(section.end * Engine.rate)])
    return meter.result().integrated


@pytest.fixture(scope="module")
def balance() -> dict[str, float]:
    """LU of the part in front over all others, by category."""
    parts, sounds = songs.score().parts, BuiltInSounds()

    def front(section: songs.Section) -> set[int]:
        return {parts[section.part].channel} if section.part else set()

    alone = _heard(lambda section: CHANNELS - front(section), sounds)
    others = _heard(front, sounds)
    return {
        section.category: _loudness(alone, section) - _loudness(others, section)
        for section in songs.sections()
        if section.part
    }


def test_every_category_is_in_front_once(balance: dict[str, float]) -> None:
    least, most = IN_FRONT
    wrong = {name: over for name, over in balance.items() if not (least < over < most or over > ALONE)}
    assert wrong == {}
    # Only what needs it is alone: sea, drums, church organ.
    assert sum(over > ALONE for over in balance.values()) <= 3
