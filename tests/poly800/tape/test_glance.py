"""A glance at a recording: what can be a dump is read wherever it begins, everything else is told quickly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from benchmarks import no_dump_signals
from benchmarks.tapes import Recipe, random_image, recorded

from luthier.formats import Content
from luthier.poly800.tape import damage, glance, presence
from luthier.poly800.tape_format import TAPE

RATE = 22_050


def written(folder: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    path = folder / "sound.wav"
    soundfile.write(path, samples, rate, "FLOAT")
    return path


@pytest.mark.parametrize(
    "damages",
    [
        [],
        [damage.speed(0.6)],
        [damage.speed(1.5)],
        [damage.white_noise(6)],
        [damage.hum(50, 10)],
        [damage.band_pass(), damage.white_noise(10)],
        [damage.wow(4, 0.2)],
        [damage.level(-50)],
    ],
    ids=["clean", "slow", "fast", "noise", "hum", "telephone", "wow", "soft"],
)
@pytest.mark.parametrize("shape", ["square", "sine"])
def test_every_second_of_a_dump_is_worth_reading(damages: list[damage.Damage], shape: str) -> None:
    take = damage.damaged(recorded(random_image(1), Recipe(shape=shape), 1), damages, 1)  # type: ignore[arg-type]
    likely = presence.likely(np.asarray(take.samples, np.float32)[:, None], take.rate)
    begin, end = (int(place / take.rate) for place in (take.data.start, take.data.stop))
    assert likely[begin + 1 : end].all()


def test_one_channel_of_two_is_enough() -> None:
    take = recorded(random_image(2), Recipe(rate=RATE), 2)
    noise = np.random.default_rng(1).normal(0, 1, take.samples.size)
    for both in ((noise, take.samples), (take.samples, noise), (take.samples, -take.samples)):
        assert presence.likely(np.array(both, np.float32).T, RATE).sum() >= 6


@pytest.mark.parametrize("name", ["white", "coloured", "narrow", "drums", "leader only"])
def test_what_holds_no_dump_is_left_alone(name: str) -> None:
    samples = no_dump_signals.KINDS[name](np.random.default_rng(3), RATE, 12.0)
    assert not presence.likely(np.asarray(samples, np.float32)[:, None], RATE).any()


def test_silence_and_scraps() -> None:
    assert not presence.likely(np.zeros((10 * RATE, 1), np.float32), RATE).any()
    for count in (0, 1, 2, 100):
        assert presence.likely(np.ones((count, 2), np.float32), 192_000).shape == (int(count > 0),)


def test_a_dump_that_begins_late_is_found(tmp_path: Path) -> None:
    image = random_image(4)
    take = recorded(image, Recipe(rate=RATE), 4)
    samples = np.random.default_rng(4).normal(0, 0.01, 260 * RATE).astype(np.float32)
    begin = 230 * RATE
    samples[begin : begin + take.samples.size] += take.samples[: samples.size - begin]
    found = glance.look(written(tmp_path, samples)).dump
    assert found is not None
    assert found.complete
    assert found.image == image
    assert found.begin == pytest.approx(230 + take.data.start / RATE, abs=0.02)


def test_no_attempt_is_made_where_nothing_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Music and noise, told by nothing but their half-waves."""
    monkeypatch.setattr(glance, "_first", lambda *_: pytest.fail("an attempt was made"))
    random = np.random.default_rng(5)
    parts = [no_dump_signals.KINDS[name](random, RATE, 30.0) for name in ("drums", "white", "coloured")]
    path = written(tmp_path, np.concatenate([part / np.abs(part).max() for part in parts]))
    seen = glance.look(path)
    assert (seen.dump, seen.likely) == (None, False)
    assert seen.seconds == pytest.approx(90, abs=1)
    content = Content.of_file(path)
    assert TAPE.detect(content) is None
    reason = TAPE.why_not(content)
    assert reason is not None
    assert "music, speech or noise" in reason
    assert "first 90 s" in reason


def test_other_data_on_tape_is_said_to_be_like_one(tmp_path: Path) -> None:
    samples = no_dump_signals.KINDS["kansas city"](np.random.default_rng(6), RATE, 20.0)
    content = Content.of_file(written(tmp_path, samples))
    assert TAPE.detect(content) is None
    assert "something like a tape" in (TAPE.why_not(content) or "")


def test_a_file_is_listened_to_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = Content.of_file(written(tmp_path, np.zeros(RATE, np.float32)))
    assert TAPE.detect(content) is None
    monkeypatch.setattr(glance, "look", lambda _: pytest.fail("listened to again"))
    assert "first 1 s" in (TAPE.why_not(content) or "")
