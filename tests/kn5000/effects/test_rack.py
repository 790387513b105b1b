"""The five slots: where sound goes, what comes back, what a change does to it."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from luthier.errors import InputError, LuthierError
from luthier.kn5000.effects import Rack
from luthier.kn5000.effects.choices import Choices
from luthier.kn5000.effects.named import NAMES, effect
from luthier.kn5000.effects.rack import SLOTS, WORDS, names_for
from luthier.kn5000.effects.units.unit import Frames
from luthier.kn5000.slots import presets

RATE = 44_100


def silence(frames: int) -> Frames:
    return np.zeros((frames, 2), np.float32)


def click(frames: int = 30_000) -> Frames:
    sound = silence(frames)
    sound[0] = 0.5
    return sound


def noise(frames: int, seed: int = 1) -> Frames:
    return (np.random.default_rng(seed).standard_normal((frames, 2)) * 0.1).astype(np.float32)


def empty(**chosen: str) -> Rack:
    """A rack with nothing in it but what is chosen; all of it has arrived."""
    rack = Rack()
    for slot in range(SLOTS):
        rack.choose(slot, "NO OPERATION")
    for slot_, name in chosen.items():
        rack.choose(slot_, name)
    settle(rack)
    return rack


def settle(rack: Rack) -> None:
    """Let changes fade and glide out: half of the way takes 40 ms."""
    rack.process(silence(RATE), silence(RATE), silence(RATE))


def through(rack: Rack, **lanes: Frames) -> Frames:
    """What comes out of one of the three ways in."""
    frames = len(next(iter(lanes.values())))
    out = lanes.get("dry", silence(frames)).copy()
    rack.process(lanes.get("effect", silence(frames)), lanes.get("reverb", silence(frames)), out)
    return out


def test_at_power_on_there_are_a_chorus_and_a_hall_and_nothing_in_line() -> None:
    contents = Rack().contents()
    assert [there.effect for there in contents] == ["CHORUS", "CONCERT REVERB 2", *["NO OPERATION"] * 3]
    assert [there.page for there in contents[:2]] == ["DSP EFFECT", "DIGITAL REVERB"]
    # Level 64 of 127, 1.8 s (GM 2, large hall), no sound of the chorus into the reverb.
    values = {value.name: value for there in contents for value in there.parameters}
    assert values["REVERB TIME"].text == "1.8 s"
    assert values["VOLUME"].value == pytest.approx(100 * 64 / 127)
    assert values["REV SEND"].value == 0
    assert Rack().silent


def test_the_dry_sound_stays_as_it_is() -> None:
    sound = noise(5000)
    assert np.array_equal(through(Rack(), dry=sound), sound)
    assert np.array_equal(through(empty(effect="DISTORTION", reverb="PLATE REVERB 1"), dry=sound), sound)


def test_each_send_comes_back_from_its_slot_alone() -> None:
    sound = click()
    rack = empty(effect="SINGLE DELAY")
    rack.set("effect", "REV SEND", 0)
    assert np.count_nonzero(through(rack, reverb=sound)) == 0
    echoes = through(rack, effect=sound)
    # DELAY L 250 ms and DELAY R 330 ms, to the frame.
    assert [int(np.flatnonzero(echoes[:, side])[0]) for side in range(2)] == [11_025, 14_553]
    assert echoes[11_025, 0] == pytest.approx(0.5, abs=1e-6)
    rack = empty(reverb="SINGLE DELAY")
    assert np.count_nonzero(through(rack, effect=sound)) == 0
    assert through(rack, reverb=sound)[11_025, 0] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("share", [0, 25, 100])
def test_rev_send_goes_on_into_the_reverb(share: float) -> None:
    rack = empty(effect="SINGLE DELAY", reverb="SINGLE DELAY")
    rack.set("effect", "REV SEND", share)
    for slot in ("effect", "reverb"):
        for side in "LR":
            rack.set(slot, f"FEEDBACK {side}", 0)
            rack.set(slot, f"DELAY {side}", 100 if slot == "effect" else 300)
        rack.set(slot, "HIGH DAMP GAIN", 0)
    for _ in range(3):
        settle(rack)
    found = through(rack, effect=click())
    # 100 ms out of slot 0, and 300 ms after that out of slot 1.
    assert found[4410] == pytest.approx([0.5, 0.5], abs=1e-4)
    assert found[4410 + 13_230] == pytest.approx([0.5 * share / 100] * 2, abs=1e-4)


def test_nothing_can_be_sent_to_the_slots_in_line() -> None:
    rack = empty(illusion="STANDARD", room="STAGE", eq="GEQ")
    sound = click()
    assert np.count_nonzero(through(rack, effect=sound, reverb=sound)) == 0


def test_slots_in_line_stand_one_after_the_other() -> None:
    """A chain of the same effects by themselves gives the same."""
    rack = empty(illusion="SYMPHONIC", room="BATH ROOM", eq="GEQ")
    settle(rack)
    sound = noise(20_000)
    expected = sound
    for name in ("SYMPHONIC", "BATH ROOM", "GEQ"):
        alone = effect(name)
        alone.process(silence(2 * RATE))
        expected = alone.process(expected)
    found = through(rack, dry=sound)
    # The same but for where the room's waves are.
    powers = [10 * np.log10(np.mean(np.square(each, dtype=np.float64))) for each in (found, expected)]
    assert powers[0] == pytest.approx(powers[1], abs=0.2)
    assert np.allclose(found[:300], expected[:300], atol=1e-5)


def test_what_comes_back_goes_through_the_slots_in_line() -> None:
    rack = empty(reverb="SINGLE DELAY", eq="GEQ")
    for end in ("LOW", "HIGH"):
        rack.set("eq", f"{end} EMPHASIS G", 0)
    flat = through(rack, reverb=noise(RATE))
    for name in ("LOW EMPHASIS G", "BAND EMPHASIS G", "BAND EMPHASIS G 2", "HIGH EMPHASIS G"):
        rack.set("eq", name, -12)
    for _ in range(2):
        settle(rack)
    low = through(rack, reverb=noise(RATE))
    assert np.sum(low**2) < 0.5 * np.sum(flat**2)


@pytest.mark.parametrize("block", [16, 64, 1000, 4096])
def test_samples_do_not_depend_on_the_sizes_of_blocks(block: int) -> None:
    random_of = random.Random(5)
    sounds = [noise(40_000, seed) for seed in range(3)]
    sounds[0][20_000:] = 0
    changes: list[tuple[int, str, tuple[object, ...]]] = []
    for _ in range(14):
        slot = random_of.randrange(SLOTS)
        name = random_of.choice([*names_for(slot), "NO OPERATION"])
        changes.append((random_of.randrange(40_000), "choose", (slot, name)))
    changes += [(9000, "set", ("effect", "VOLUME", 30)), (9100, "set", ("effect", "REV SEND", 90))]
    changes.sort(key=lambda change: change[0])

    def play(size: int) -> Frames:
        rack = Rack()
        pieces, time = [], 0
        for until, method, values in [*changes, (40_000, "", ())]:
            while time < until:
                piece = slice(time, min(time + size, until))
                out = sounds[2][piece].copy()
                rack.process(sounds[0][piece], sounds[1][piece], out)
                pieces.append(out)
                time = piece.stop
            if method:
                getattr(rack, method)(*values)
        return np.concatenate(pieces)

    whole = play(1 << 20)
    assert np.isfinite(whole).all()
    assert np.abs(whole).max() > 0.1
    assert np.array_equal(play(block), whole)


def test_a_change_in_the_middle_of_a_chord_does_not_click() -> None:
    """What a change adds beyond 8 kHz stays 60 dB below a chord of tones of at most 700 Hz."""
    time = np.arange(3 * RATE) / RATE
    tones = np.array([220.0, 277.2, 329.6, 659.3])
    chord = 0.1 * np.sum(np.sin(2 * np.pi * tones * time[:, None]), axis=1)
    sound = np.repeat(chord.astype(np.float32)[:, None], 2, axis=1)
    rack = Rack()
    out = sound.copy()
    chosen = [
        (0.8, 1, "PLATE REVERB 1"), (1.0, 0, "FLANGER"), (1.2, 2, "STANDARD"), (1.21, 2, "DEEP SPACE"),
        (1.4, 3, "KARAOKE"), (1.6, 4, "GEQ"), (2.2, 2, "NO OPERATION"), (2.4, 1, "NO OPERATION"),
    ]  # fmt: skip
    changes: list[tuple[float, Callable[[], object]]] = [
        (at, partial(rack.choose, slot, name)) for at, slot, name in chosen
    ]
    changes.append((1.8, partial(rack.set, 4, "LOW EMPHASIS G", -12.0)))
    changes.append((2.0, partial(rack.set, 1, "VOLUME", 5.0)))
    done = 0
    changes.append((3.0, lambda: None))
    for at, change in sorted(changes, key=lambda row: row[0]):
        piece = slice(done, round(at * RATE))
        rack.process(sound[piece] * np.float32(0.5), sound[piece] * np.float32(0.5), out[piece])
        done = piece.stop
        change()
    from scipy import signal

    high = signal.sosfilt(signal.butter(8, 8000, "highpass", fs=RATE, output="sos"), out, axis=0)[RATE // 4 :]
    assert np.abs(high).max() < 1e-3 * np.abs(out).max()


def test_silence_stays_silence_and_nothing_is_left_of_a_sound() -> None:
    rack = Rack()
    rack.choose("illusion", "DEEP SPACE")
    rack.choose("room", "STAGE")
    rack.choose("eq", "GEQ")
    assert np.count_nonzero(through(rack, dry=silence(20_000))) == 0
    assert rack.silent
    through(rack, dry=noise(5000), effect=noise(5000), reverb=noise(5000))
    assert not rack.silent
    for _ in range(25):
        through(rack, dry=silence(RATE))
    assert rack.silent
    assert np.count_nonzero(through(rack, dry=silence(5000))) == 0


def test_what_is_no_number_does_no_harm() -> None:
    rack = Rack()
    rack.choose("eq", "GEQ")
    sound = noise(3000)
    sound[[100, 200, 300], 0] = np.nan, np.inf, -np.inf
    for _ in range(2):
        assert np.isfinite(through(rack, dry=sound, effect=sound, reverb=sound)).all()


def test_every_effect_has_its_slots() -> None:
    rack = Rack()
    for slot, word in enumerate(WORDS):
        for name in names_for(slot):
            rack.choose(word, name.lower())
            assert rack.contents()[slot].effect == name
    # Every effect with a name is in one of them (SINGLE and MULTI TAP DELAY in two).
    assert {name for slot in range(SLOTS) for name in names_for(slot)} | {"NO OPERATION"} == set(
        NAMES.values()
    )
    assert sorted(set(names_for(0)) & set(names_for(1))) == ["MULTI TAP DELAY", "SINGLE DELAY"]
    assert all(presets.is_for(slot, number) for slot, number in ((0, 1), (1, 20), (2, 57), (3, 88), (4, 79)))


def test_wrong_effects_slots_and_parameters_are_refused() -> None:
    rack = Rack()
    for slot, name, said in (
        ("reverb", "CHORUS", "no effect of DIGITAL REVERB"),
        ("effect", "GEQ", "no effect of DSP EFFECT"),
        (2, "STANDART", "did you mean STANDARD"),
        (5, "CHORUS", "no slot 5"),
        ("revrb", "CHORUS", "did you mean reverb"),
        (0, 7, "no effect of DSP EFFECT"),
    ):
        with pytest.raises(InputError, match=said):
            rack.choose(slot, name)
    for parameter, value in (("DEPHT", 3), ("DEPTH", 101), ("DEPTH", float("nan"))):
        with pytest.raises(InputError):
            rack.set("effect", parameter, value)
    with pytest.raises(InputError, match="shape"):
        rack.process(silence(4), silence(5), silence(4))
    assert [there.effect for there in rack.contents()][:2] == ["CHORUS", "CONCERT REVERB 2"]


def test_a_reset_brings_back_power_on() -> None:
    rack = Rack()
    at_first = rack.contents()
    rack.choose("eq", "GEQ")
    rack.set("reverb", "VOLUME", 3)
    rack.held.add(1)
    rack.reset()
    assert rack.contents() == at_first
    assert not rack.held


def test_wishes_from_text() -> None:
    rack = Rack()
    Choices(
        "none",
        "plate reverb 2",
        eq="LOW EMPHASIS G=6dB, high emphasis g=-3 dB",
        settings=["reverb reverb time=3s"],
    ).apply(rack)
    values = {value.name: value.value for there in rack.contents() for value in there.parameters}
    assert [there.effect for there in rack.contents()] == [
        "NO OPERATION", "PLATE REVERB 2", "NO OPERATION", "NO OPERATION", "GEQ"
    ]  # fmt: skip
    assert values["REVERB TIME"] == 3
    gains = [values[f"{name} EMPHASIS G"] for name in ("LOW", "BAND", "HIGH")]
    assert gains == [6, 0, -3]
    assert rack.held == {0, 1, 4}


def test_a_setting_of_an_empty_equalizer_begins_with_a_flat_one() -> None:
    rack = Rack()
    Choices(settings=["eq BAND EMPHASIS G=2dB"]).apply(rack)
    values = {value.name: value.value for value in rack.contents()[4].parameters}
    assert [values[name] for name in ("LOW EMPHASIS G", "BAND EMPHASIS G", "HIGH EMPHASIS G")] == [0, 2, 0]


@pytest.mark.parametrize(
    "choices",
    [
        Choices(reverb="foo"),
        Choices(settings=["reverb"]),
        Choices(settings=["room REVERB TIME=2s"]),
        Choices(settings=["nowhere DEPTH=3"]),
        Choices(eq="LOW EMPHASIS G=80dB"),
        Choices(settings=["effect DEPTH=1000"]),
    ],
)
def test_wishes_that_cannot_be_are_refused(choices: Choices) -> None:
    with pytest.raises(LuthierError):
        choices.apply(Rack())
