"""An engine with its effects: which sound goes where, and that waiting for them changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.kn5000.effects import Rack
from luthier.kn5000.engine import Engine

Sound = NDArray[np.float32]


class Listening(Rack):
    """Keeps what comes in, and gives back nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[list[Sound]] = [[], [], []]

    def process(self, effect: Sound, reverb: Sound, out: Sound) -> None:
        for kept, lane in zip(self.heard, (effect, reverb, out), strict=True):
            kept.append(lane.copy())


def lanes(*controls: tuple[int, int], inserted: bool = False) -> tuple[Sound, Sound, Sound]:
    """What a key of part 1 sends to effect and reverb, and dry."""
    rack = Listening()
    engine = Engine(effects=rack)
    for number, value in controls:
        engine.control(0, number, value)
    engine.insert(0, through=inserted)
    engine.note_on(0, 60, 100)
    engine.render(9000)
    effect, reverb, dry = (np.concatenate(kept) for kept in rack.heard)
    return effect, reverb, dry


def test_controllers_93_and_91_at_their_ends_send_all_or_nothing() -> None:
    effect, reverb, dry = lanes((93, 127), (91, 127))
    assert np.abs(dry).max() > 0.01
    assert np.allclose(effect, dry, atol=1e-6)
    assert np.allclose(reverb, dry, atol=1e-6)
    _, reverb, dry = lanes((91, 0))
    assert np.count_nonzero(reverb) == 0
    assert np.abs(dry).max() > 0.01


@pytest.mark.parametrize("value", [32, 64, 100])
def test_controller_93_goes_in_a_straight_line(value: int) -> None:
    own = np.abs(lanes((93, 0))[0]).max() / np.abs(lanes()[2]).max()
    effect, _, dry = lanes((93, value))
    wanted = own + (1 - own) * value / 127  # on top of what the sound itself sends
    assert np.abs(effect).max() / np.abs(dry).max() == pytest.approx(wanted, abs=0.005)


def test_a_part_that_is_led_through_the_effect_is_heard_there_alone() -> None:
    _, _, dry = lanes((91, 127))
    effect, reverb, nothing = lanes((91, 127), inserted=True)
    assert np.allclose(effect, dry, atol=1e-6)
    assert np.count_nonzero(nothing) == 0
    assert np.count_nonzero(reverb) == 0


def test_a_sounding_part_goes_over_to_the_effect_without_a_step() -> None:
    rack = Listening()
    engine = Engine(effects=rack)
    engine.control(0, 93, 0)
    engine.note_on(0, 60, 100)
    engine.render(20_000)
    engine.insert(0)
    engine.render(4000)
    effect, _, dry = (np.concatenate(kept) for kept in rack.heard)
    assert np.abs(dry[-1000:]).max() < 1e-4
    assert np.abs(effect[-1000:]).max() > 0.01
    steps = np.abs(np.diff(dry, axis=0)).max(axis=1)
    assert steps[20_000:].max() <= 1.05 * steps[15_000:20_000].max()


def test_a_reset_leaves_parts_where_they_were_led() -> None:
    engine = Engine()
    engine.insert(3)
    engine.receive(bytes.fromhex("F07E7F0901F7"))
    assert engine.parts.state(3).inserted
    assert not engine.parts.state(2).inserted


def test_sound_that_waits_for_the_effects_is_the_same() -> None:
    def play(*, later: bool) -> Sound:
        engine = Engine()
        out = np.zeros((40_000, 2), np.float32)
        done = 0
        for step, message in enumerate(
            ("90 3C 64", "B0 5D 7F", "F0 41 10 42 12 40 01 30 05 0A F7", "90 40 50", "80 3C 40", "B0 5B 7F",
             "F0 41 10 42 12 40 01 38 05 02 F7", "80 40 40")
        ):  # fmt: skip
            engine.receive(bytes.fromhex(message))
            count = 137 * (step + 1) ** 2 % 7000
            (engine.render_later if later else engine.render_into)(out[done : done + count])
            done += count
        engine.effects.choose("illusion", "STANDARD")
        (engine.render_later if later else engine.render_into)(out[done:])
        engine.settle()
        assert [there.effect for there in engine.effects.contents()[:3]] == [
            "FLANGER",
            "PLATE REVERB 1",
            "STANDARD",
        ]
        return out

    whole = play(later=False)
    assert np.abs(whole).max() > 0.01
    assert np.array_equal(play(later=True), whole)


def test_messages_leave_held_slots_alone_and_say_so() -> None:
    engine = Engine()
    engine.effects.choose("reverb", "DARK REVERB 1")
    engine.effects.held.add(1)
    engine.receive(bytes.fromhex("F04110421240013005 0AF7".replace(" ", "")))
    engine.receive(bytes.fromhex("F07E7F0901F7"))
    assert engine.effects.contents()[1].effect == "DARK REVERB 1"
    assert engine.statistics.overridden == {"reverb: PLATE REVERB 1": 1}


def test_global_parameters_of_general_midi_2_choose_effects() -> None:
    engine = Engine()
    engine.receive(bytes.fromhex("F07F7F04050101010101 0008 F7".replace(" ", "")))  # reverb, type 8: plate
    engine.receive(bytes.fromhex("F07F7F04050101010102 0005 F7".replace(" ", "")))  # chorus, type 5: flanger
    assert [there.effect for there in engine.effects.contents()[:2]] == ["FLANGER", "PLATE REVERB 1"]


def test_full_polyphony_through_five_slots_stays_finite() -> None:
    engine = Engine()
    for slot, name in (("effect", "OVER_D"), ("reverb", "WAVE REVERB 2"), ("illusion", "DEEP SPACE"),
                       ("room", "KARAOKE"), ("eq", "GEQ")):  # fmt: skip
        engine.effects.choose(slot, name)
    for part in range(8):
        engine.control(part, 93, 127)
        engine.control(part, 91, 127)
        for key in range(8):
            engine.note_on(part, 40 + 3 * key + part, 127)
    sound = engine.render(44_100)
    assert np.isfinite(sound).all()
    assert 0.1 < np.abs(sound).max() < 1000
    for part in range(8):
        engine.control(part, 120, 0)
    engine.render(25 * 44_100)
    assert engine.silent
