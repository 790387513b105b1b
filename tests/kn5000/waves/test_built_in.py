"""The recordings of our own: in tune, level, seamless, without what does not belong, and like instruments.

Pitches and roots follow from arithmetic, loudness from BS.1770, what makes an instrument from textbooks of
musical acoustics.  A few recordings of each family are made here; ``test_whole_bank`` looks at all.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.waves.measuring import cents, level, loop_of, pitch, plan, played, rendered, share

from luthier.kn5000.waves.built_in import catalogue, generation
from luthier.kn5000.waves.built_in.loudness import loudness
from luthier.kn5000.waves.built_in.sound import frequency_of
from luthier.kn5000.waves.built_in.spectra import distorted, plucked
from luthier.kn5000.waves.recordings import SEMITONE

#: One of every family and of every trick: several voices, formants, distortion, sidebands, stiff strings.
PITCHED = [
    "sine@52", "piano@36", "piano@60", "piano@96", "tine-piano@60", "nylon-guitar@56",
    "distortion-guitar@60", "finger-bass@28", "marimba@64", "vibraphone@63", "violin@63", "strings@58",
    "choir-aahs@61", "trumpet@61",
    "brass-section@65", "alto-sax@58", "clarinet@59", "flute@66", "church-organ@60", "accordion@65", "saw@60",
    "warm-pad@60", "harp@55", "oboe@66",
]  # fmt: skip
LOOPED = [name for name in PITCHED if plan(name).shape.loop_length]


@pytest.mark.parametrize("name", PITCHED)
def test_a_recording_is_in_tune_at_its_root(name: str) -> None:
    row = generation.table()[placed(name)]
    by_root = 440 * 2 ** ((float(row["root"]) / SEMITONE - 69) / 12)
    wanted = frequency_of(plan(name).root)
    assert abs(cents(by_root, wanted)) < 1
    rate = float(row["rate"])
    if plan(name).shape.loop_length:
        loop = loop_of(name)
        # Whole loops, so that every component is a line: at least two seconds for the window.
        wave = np.tile(loop, int(np.ceil(2 * rate / loop.size)))
    else:
        wave = rendered(name).astype(np.float64)
    # As far to either side as the players of an ensemble are apart.
    reach = 0.6 if plan(name).family == "ensemble" else 0.25
    assert abs(cents(pitch(wave, rate, wanted, reach), by_root)) < 1


def placed(name: str) -> int:
    return next(entry.selector for entry in catalogue.layout() if entry.plan is plan(name))


@pytest.mark.parametrize("name", LOOPED)
def test_a_loop_has_no_seam(name: str) -> None:
    shape = plan(name).shape
    samples = rendered(name).astype(np.float64)
    end = shape.loop_start + shape.loop_length
    # Behind the end stands the beginning, for interpolation.
    assert np.array_equal(samples[end:], samples[shape.loop_start : shape.loop_start + samples.size - end])
    around = min(400, shape.loop_length)
    joined = np.concatenate([samples[end - around : end], samples[shape.loop_start :][:around]])
    bend = np.abs(np.diff(joined, 2))
    seam = bend[around - 2 : around].max()
    # A click would bend the wave more than anything around it does; two steps of 16 bits are nothing.
    assert seam <= np.delete(bend, [around - 2, around - 1]).max() + 2


@pytest.mark.parametrize("name", LOOPED)
def test_a_loop_goes_on_as_it_came(name: str) -> None:
    """Neither level nor timbre jump where the loop begins."""
    shape = plan(name).shape
    wave = played(name, (shape.loop_start + 2 * shape.loop_length) / shape.rate)
    bend = np.abs(np.diff(wave, 2))
    place = shape.loop_start
    near = bend[max(place - 2000, 0) : place + 2000]
    assert bend[max(place - 3, 0) : place + 3].max() <= near.max()


@pytest.mark.parametrize("name", PITCHED)
def test_a_recording_is_loud_enough_and_not_too_loud(name: str) -> None:
    wave = played(name, 1.0) / 32768
    assert np.abs(rendered(name).astype(int)).max() < 32767
    # -19 LUFS, unless the peaks forbid; a frozen loop may say a little more than its beginning.
    found = loudness(wave, plan(name).shape.rate)
    assert found == pytest.approx(-19, abs=0.6) or np.abs(wave).max() > 0.95


@pytest.mark.parametrize("name", LOOPED)
def test_a_loop_has_no_constant_part(name: str) -> None:
    assert abs(np.mean(loop_of(name))) < 1


@pytest.mark.parametrize(
    "name", ["trumpet@61", "distortion-guitar@60", "saw@60", "church-organ@60", "violin@63"]
)
def test_nothing_folds_back_even_from_the_highest_key_of_a_zone(name: str) -> None:
    found = plan(name)
    shape = found.shape
    furthest = 2 ** (min(found.high - found.root, 7) / 12)
    edge = shape.rate / 2 / furthest
    loop = loop_of(name)
    # Less than -60 dB of the energy lies where that key would fold.
    assert share(loop, shape.rate, lambda frequency: frequency > edge) < 1e-6


def test_a_bent_wave_does_not_fold() -> None:
    strings = plucked(60, 0.13, 0.8)
    coarse, _ = distorted(strings, 9.0, 0.18, 60)
    fine, _ = distorted(np.pad(strings, (0, 1940)), 9.0, 0.18, 60)
    assert np.max(np.abs(coarse - fine)) < 1e-3


def test_loudness_is_that_of_the_standard() -> None:
    # BS.1770-4: a sine of 997 Hz at full scale reads -3.01 LKFS.
    for rate, amplitude, wanted in ((48_000, 1.0, -3.01), (44_100, 0.1, -23.01), (32_000, 0.1, -23.01)):
        sine = amplitude * np.sin(2 * np.pi * 997 * np.arange(rate) / rate)
        assert loudness(sine, rate) == pytest.approx(wanted, abs=0.03)


# --- Like instruments ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["piano@60", "nylon-guitar@56", "marimba@64", "harp@55"])
def test_struck_and_plucked_notes_die_away(name: str) -> None:
    rate = plan(name).shape.rate
    wave = rendered(name).astype(np.float64)
    early, late = wave[: int(0.1 * rate)], wave[int(0.3 * rate) : int(0.4 * rate)]
    assert np.mean(late**2) < 0.75 * np.mean(early**2)


def test_upper_partials_of_a_piano_die_first_and_are_sharp() -> None:
    shape = plan("piano@36").shape
    wave = rendered("piano@36").astype(np.float64)
    root = shape.fundamental

    def high(part: np.ndarray) -> float:
        return share(part, shape.rate, lambda frequency: frequency > 12 * root)

    length = int(0.15 * shape.rate)
    assert high(wave[int(0.6 * shape.rate) :][:length]) < 0.6 * high(wave[:length])
    # Stiff strings: partial 12 lies above twelve times the first (Fletcher), by part of a semitone.
    before = wave[: shape.loop_start]
    found = pitch(before, shape.rate, 12 * root * 1.02, reach=0.3)
    assert 10 < cents(found, 12 * root) < 80


def test_a_flute_is_few_harmonics_and_breath() -> None:
    loop, shape = loop_of("flute@66"), plan("flute@66").shape
    root = shape.fundamental
    first, second, sixth = (level(loop, shape.rate, root * number) for number in (1, 2, 6))
    assert second < first
    assert sixth < 0.05 * first

    def between(frequency: np.ndarray) -> np.ndarray:
        return np.abs(frequency / root - np.round(frequency / root)) > 0.1

    assert 1e-4 < share(loop, shape.rate, between) < 0.02


def test_a_clarinet_has_odd_harmonics() -> None:
    loop, shape = loop_of("clarinet@59"), plan("clarinet@59").shape
    levels = [level(loop, shape.rate, shape.fundamental * number) for number in range(1, 6)]
    assert levels[1] < 0.2 * levels[0]
    assert levels[2] > 3 * levels[1]
    assert levels[4] > levels[3]


def test_brass_gets_brighter_as_it_speaks() -> None:
    shape = plan("trumpet@61").shape
    wave = rendered("trumpet@61").astype(np.float64)

    def high(part: np.ndarray) -> float:
        return share(part, shape.rate, lambda frequency: frequency > 6 * shape.fundamental)

    assert high(wave[: int(0.015 * shape.rate)]) < 0.7 * high(loop_of("trumpet@61"))


def test_a_choir_sings_ah() -> None:
    """The first two formants of a sung a, about 730 and 1120 Hz, stand out from what lies above."""
    loop, shape = loop_of("choir-aahs@41"), plan("choir-aahs@41").shape

    def strength(low: float, high: float) -> float:
        return share(loop, shape.rate, lambda f: (f > low) & (f < high)) / (high - low)

    assert strength(600, 1250) > 4 * strength(1500, 2100)
    assert strength(2400, 2900) > 1.5 * strength(1700, 2200)


@pytest.mark.parametrize(
    ("name", "ratio"),
    [("drawbar-16", 0.5), ("drawbar-5-1-3", 1.5), ("drawbar-8", 1), ("drawbar-4", 2), ("drawbar-2-2-3", 3),
     ("drawbar-2", 4), ("drawbar-1-3-5", 5), ("drawbar-1-1-3", 6), ("drawbar-1", 8)],
)  # fmt: skip
def test_a_drawbar_sounds_at_the_pitch_of_its_pipe(name: str, ratio: float) -> None:
    recording = f"{name}@48"
    loop, shape = loop_of(recording), plan(recording).shape
    spectrum = np.abs(np.fft.rfft(loop))
    strongest = np.argmax(spectrum) * shape.rate / loop.size
    assert cents(strongest, ratio * frequency_of(48)) == pytest.approx(0, abs=1)
    # A single pipe: all else is 30 dB less.
    assert spectrum.max() ** 2 > 1000 * (np.sum(spectrum**2) - spectrum.max() ** 2)


@pytest.mark.parametrize("name", ["church-organ", "fifths", "drawbar-16", "drawbar-5-1-3", "tango-accordion"])
def test_every_rank_is_whole_in_the_loop(name: str) -> None:
    """Half a period would be rounded to either side, which makes voices beat and a rank out of tune."""
    for placed in catalogue.zones(name):
        shape = placed.plan.shape
        periods = shape.fundamental * shape.loop_length / shape.rate
        for ratio in placed.plan.form["ratios"]:
            assert abs(ratio * periods - round(ratio * periods)) < 1e-6


def test_the_first_recording_is_a_sine_of_256_samples() -> None:
    found = plan("sine@52").shape
    assert catalogue.layout()[0].plan is plan("sine@52")
    assert (found.loop_start, found.loop_length) == (0, 256)
    loop = loop_of("sine@52")
    turn = 2 * np.pi * np.arange(256) / 256
    level = np.abs(np.fft.rfft(loop)[1]) / 128
    phase = np.angle(np.fft.rfft(loop)[1])
    assert np.mean(np.abs(loop - level * np.cos(turn + phase))) < 0.5


@pytest.mark.parametrize(("name", "lowest"), [("hat-closed", 2500), ("shaker", 2500), ("maracas", 2500)])
def test_high_percussion_is_high(name: str, lowest: float) -> None:
    wave, rate = rendered(name).astype(np.float64), plan(name).shape.rate
    assert share(wave, rate, lambda frequency: frequency > lowest) > 0.9


def test_a_kick_is_low_and_falls() -> None:
    wave, rate = rendered("kick-standard").astype(np.float64), plan("kick-standard").shape.rate
    assert share(wave, rate, lambda frequency: frequency < 200) > 0.7
    crossings = np.flatnonzero(np.diff(np.signbit(wave[int(0.004 * rate) :])))
    assert crossings[1] - crossings[0] < crossings[9] - crossings[8]


def test_recordings_played_once_end_in_silence() -> None:
    for name in ("marimba@64", "kick-standard", "crash", "orchestra-hit@60", "gunshot@60"):
        if not plan(name).shape.loop_length:
            samples = rendered(name)
            assert np.abs(samples[-3:].astype(int)).max() < 60, name


@pytest.mark.parametrize("name", ["piano@96", "strings@58", "snare-standard", "bird@60", "flute@66"])
def test_a_recording_is_the_same_whenever_it_is_made(name: str) -> None:
    assert np.array_equal(generation.render(plan(name)), rendered(name))


# --- The catalogue ------------------------------------------------------------------------------------------


def test_zones_cover_the_keyboard_once() -> None:
    for name in catalogue.instruments():
        keys = [key for entry in catalogue.zones(name) for key in range(entry.plan.low, entry.plan.high + 1)]
        assert keys == list(range(128)), name


def test_roots_lie_in_their_zones() -> None:
    for entry in catalogue.layout():
        assert entry.plan.low <= entry.plan.root <= entry.plan.high


def test_the_bank_fits_four_roms() -> None:
    sizes = generation.class_sizes()
    assert len(sizes) == 4
    # 4 MB less index, records and filling.
    assert max(sizes) <= (4_194_304 - 0x1A30 - 64) // 2
    entries = np.array([entry.selector for entry in catalogue.layout()])
    assert len(set(entries.tolist())) == entries.size
    assert (entries & 0xFFF).max() < 198
    assert (entries >> 12).max() == 3


def test_recordings_lie_beside_each_other_and_start_at_units() -> None:
    rows = generation.table()
    used = rows[rows["length"] > 0]
    order = np.sort(used, order="start")
    assert np.all(order["start"][1:] >= order["start"][:-1] + order["length"][:-1])
    assert np.all(used["start"] % 8 == 0)
    assert np.all(used["loop_end"] <= used["length"])


def test_a_mistake_in_the_tables_is_told() -> None:
    with pytest.raises(ValueError, match="Instrument has no loops"):
        catalogue.strictly(catalogue.Instrument, {"loops": 1})
    with pytest.raises(KeyError):
        catalogue.zones("kazoo")
