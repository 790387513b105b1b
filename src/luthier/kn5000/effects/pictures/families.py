"""Which pictures show an effect best: by its parameters, so that combinations show each of their parts.

A part is measured with the others out of the way: shares of other parts at 0, bells at 0 dB, the compressor's
threshold at 0 dB.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from luthier.kn5000.effects import panel
from luthier.kn5000.effects.effect import Chain
from luthier.kn5000.effects.named import effect as named
from luthier.kn5000.effects.pictures import measures
from luthier.kn5000.effects.pictures.measures import Numbers
from luthier.kn5000.effects.pictures.plot import FREQUENCIES, Axis, Curve, Plot, decibels, even, ticks
from luthier.kn5000.effects.units.unit import RATE

#: So soft that what distorts does not.
_SOFT = 1e-3
_HERTZ = np.geomspace(20, 20_000, 240)
#: Out of the way.
_NEUTRAL = {
    "BAND EMPHASIS G": 0.0,
    "THRESHOLD": 0.0,
    **{
        f"{name} DRY/WET": 0.0 for name in ("DELAY", "DELAY1", "DELAY2", "CHORUS", "FLANGER", "PHASER", "WAH")
    },
}
_MOST = 2
_LONGEST_TURN = 6.0  #: seconds of a slow wave that are looked at, at most


@dataclass(frozen=True)
class Picture:
    """What is seen on it, and the picture."""

    kind: str
    """Of a few words; an effect has each kind once."""
    plot: Plot


@dataclass(frozen=True)
class _Family:
    """A part that effects may have."""

    kind: str
    fits: Callable[[Chain], bool]
    draw: Callable[[Chain], Plot]
    keep: str = "*"
    """What the names of the part's own parameters begin with: they stay as they are."""
    moving: bool = False
    """Whether it is the part's slow wave that is looked at."""
    show: Callable[[Chain], None] = lambda _chosen: None
    """What makes it worth a look where its defaults show nothing."""


def pictures(name: str) -> tuple[Picture, ...]:
    """The pictures of an effect at its defaults: none, one or two."""
    found = []
    for family in families_of(named(name))[:_MOST]:
        chosen = _alone(named(name), family)
        family.show(chosen)
        found.append(Picture(family.kind, family.draw(chosen)))
    return tuple(found)


def pictures_of(effect: Chain) -> tuple[Picture, ...]:
    """The pictures of an effect as it is set; those in which nothing is to be seen now are left out."""
    found = []
    for family in families_of(effect)[:_MOST]:
        chosen = named(effect.name)
        for parameter, value in effect.settings.items():
            chosen.set(parameter, value)
        try:
            with np.errstate(all="ignore"):
                plot = family.draw(_alone(chosen, family))
        except (IndexError, TypeError, ValueError, ZeroDivisionError):
            continue  # no echo, no notch, no fall: drawing looks for the first of them
        if all(np.isfinite(curve.y).any() for curve in plot.curves):
            found.append(Picture(family.kind, plot))
    return tuple(found)


def count_of(name: str) -> int:
    """How many pictures an effect has."""
    return min(len(families_of(named(name))), _MOST)


def _alone(chosen: Chain, family: _Family) -> Chain:
    """An effect with its other parts put out of the way."""
    for parameter in chosen.settings:
        own = parameter.startswith(family.keep)
        if own and family.moving and parameter.endswith("DRY/WET"):
            chosen.set(parameter, 100)
        elif not own and parameter in _NEUTRAL:
            chosen.set(parameter, _NEUTRAL[parameter])
        elif not family.moving and parameter == "DEPTH" and len(families_of(chosen)) > 1:
            chosen.set(parameter, 0)
    chosen.reset()
    return chosen


def _decay(chosen: Chain) -> Plot:
    """A reverb's response to a click, and the energy that is left around 1 kHz."""
    asked = chosen.settings["REVERB TIME"]
    response = measures.impulse_response(chosen, 1.25 * asked + 0.3)
    if chosen.in_line:
        response[0] = 0  # the click itself
    left, seconds = measures.fall(response)
    heard = measures.in_decibels(measures.levels(response, 220)[:, 0])
    every = 441
    return Plot(
        f"Impulse response: 1 kHz falls by 60 dB in {seconds:.2f} s",
        even(len(response) / RATE, "s"),
        decibels(-80, 0, 20),
        (
            Curve((np.arange(len(heard)) + 0.5) * 220 / RATE, heard - heard.max(), name="level"),
            Curve(np.arange(0, len(left), every) / RATE, left[::every], second=True, name="left of 1 kHz"),
        ),
    )


def _gate(chosen: Chain) -> Plot:
    response = measures.impulse_response(chosen, 0.5)
    heard = measures.in_decibels(measures.levels(response, 110)[:, 0])
    heard -= heard.max()
    shut = (int(np.flatnonzero(heard > -40)[-1]) + 1) * 110 / RATE * 1000
    return Plot(
        f"Impulse response: cut off after {shut:.0f} ms",
        Axis(0, 500, ticks(0, 500, 100), "ms"),
        decibels(-80, 0, 20),
        (Curve((np.arange(len(heard)) + 0.5) * 110 / RATE * 1000, heard),),
    )


def _lift(chosen: Chain) -> None:
    """Bells that are flat, as a graphic equaliser's own."""
    for name in _bells(chosen):
        if chosen.settings[name] == 0:
            chosen.set(name, 6 if name.endswith("2") else -6)


def _bells(chosen: Chain) -> list[str]:
    return [name for name in chosen.settings if "EMPHASIS G" in name]


def _equaliser(chosen: Chain) -> Plot:
    """The bells, as they differ from flat: what else is in the way falls out."""
    bells = _bells(chosen)
    set_to = measures.frequency_response(measures.impulse_response(chosen, 0.5, _SOFT), _HERTZ)
    gains = {name: chosen.settings[name] for name in bells}
    for name in bells:
        chosen.set(name, 0)
    flat = measures.frequency_response(measures.impulse_response(chosen, 0.5, _SOFT), _HERTZ)
    curve = set_to - flat
    shown = ", ".join(f"{gain:+g}" for gain in gains.values()).replace("-", "−")
    return Plot(
        f"Response with {shown} dB",
        FREQUENCIES,
        decibels(-12, 12, 6),
        (Curve(_HERTZ, curve),),
    )


def _filter(chosen: Chain) -> Plot:
    curve = measures.frequency_response(measures.impulse_response(chosen, 0.5, _SOFT), _HERTZ)
    return Plot(
        f"Response: {curve.min():.1f} dB at the lowest".replace("-", "−"),
        FREQUENCIES,
        decibels(-30, 6, 6),
        (Curve(_HERTZ, curve),),
    )


def _wah(chosen: Chain) -> Plot:
    pedal = "WAH CENTER FC" in chosen.settings
    curves = []
    for second, name, level in (
        (False, "heel" if pedal else "soft", _SOFT),
        (True, "toe" if pedal else "loud", 0.5),
    ):
        if pedal:
            chosen.set("WAH CENTER FC", 2000 if second else 500)
        curves.append(Curve(_HERTZ, measures.transfer(chosen, level, _HERTZ), second=second, name=name))
    tops = [float(_HERTZ[curve.y.argmax()]) for curve in curves]
    told = f"{tops[0]:.0f} and {tops[1]:.0f} Hz"
    return Plot(f"Response: highest at {told}", FREQUENCIES, decibels(-40, 6, 10), tuple(curves))


def _harmonics(chosen: Chain) -> Plot:
    hertz = 4000 if "HIGH EMPHASIS FC" in chosen.settings else 1000
    where, heard = measures.harmonics(chosen, hertz, 0.25)
    kept = np.isclose(where % hertz, 0)
    where, heard = where[kept] / hertz, heard[kept]
    loud = dict(zip(where, heard, strict=True))
    told = ", ".join(
        f"{number}. {loud[number]:.0f} dB".replace("-", "−") for number in (2, 3) if number in loud
    )
    return Plot(
        f"Harmonics of {hertz // 1000} kHz at −12 dBFS: {told}",
        Axis(0, 20, ticks(0, 20, 2), "multiple") if hertz == 1000 else Axis(0, 6, ticks(0, 6, 1), "multiple"),
        decibels(-80, 0, 20),
        (Curve(where, heard, "bars"),),
    )


def _ring(chosen: Chain) -> Plot:
    where, heard = measures.harmonics(chosen, 440, 0.25)
    strong = where[heard > -6]
    told = " and ".join(f"{each:.0f}" for each in strong[:2])
    return Plot(
        f"What comes of 440 Hz: {told} Hz",
        Axis(0, 2000, ticks(0, 2000, 500), "Hz"),
        decibels(-80, 0, 20),
        (Curve(where, heard, "bars"),),
    )


def _compression(chosen: Chain) -> Plot:
    steps = np.arange(-60, 1, 3.0)
    out = measures.static_curve(chosen, steps)
    slope = (out[-1] - out[-4]) / 9
    return Plot(
        f"Static curve: at the top 1 dB makes {slope:.2f} dB",
        decibels(-60, 0, 10),
        decibels(-60, 0, 20),
        (Curve(steps, out), Curve(steps, steps, second=True, name="as it came")),
    )


def _swell(chosen: Chain) -> Plot:
    silence = measures.tone(1000, 0.1, 0)
    burst = np.concatenate([silence, measures.tone(1000, 1.2, 0.5), *[silence] * 5])
    times, sides = measures.envelope(chosen, burst, 441)
    _, came = (times, measures.levels(burst, 441) * math.sqrt(2))
    reached = float(times[np.argmax(sides[:, 0] > 0.63 * sides.max())]) - 0.1
    return Plot(
        f"A tone of 1.2 s: 63 % after {reached:.2f} s",
        even(1.8, "s"),
        Axis(0, 0.6, ticks(0, 0.6, 0.2), "level"),
        (Curve(times, came[:, 0], second=True, name="as it came"), Curve(times, sides[:, 0])),
    )


def _echoes(chosen: Chain) -> Plot:
    """Every half millisecond of the response of either side that is above -40 dB."""
    response = measures.impulse_response(chosen, 3.0, _SOFT)
    curves, last = [], 0.0
    for side, name in enumerate(("left", "right")):
        found = np.abs(response[: len(response) // 22 * 22, side]).reshape(-1, 22)
        strongest = found.max(axis=1)
        kept = np.flatnonzero((strongest > 0.01) & _tops(strongest))
        places = 1000 * (kept * 22 + found[kept].argmax(axis=1)) / RATE
        curves.append(
            Curve(places, measures.in_decibels(strongest[kept]), "bars", second=bool(side), name=name)
        )
        last = max(last, float(places.max(initial=0)))
    # What goes through beside the echoes is none.
    direct = chosen.in_line or any(name.endswith("DRY/WET") for name in chosen.settings)
    first = [_later(curve.x, float(curve.x[0]) + 3 if direct else 0) for curve in curves]
    told = f"{first[0]:.1f} ms left, {first[1]:.1f} ms right"
    top = max(0.0, 6 * math.ceil(max(float(curve.y.max(initial=-40)) for curve in curves) / 6))
    return Plot(
        f"Impulse response: first {told}",
        even(last, "ms"),
        decibels(-40, top, 10 if not top else 20),
        tuple(curves),
    )


def _later(places: Numbers, time: float) -> float:
    return float(places[places >= time][0])


def _tops(values: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    padded = np.concatenate([[0.0], values, [0.0]])
    return (values >= padded[:-2]) & (values > padded[2:])


def _delays(chosen: Chain) -> Plot:
    """All taps over two turns of the slowest wave."""
    names = [name for name in ("LFO SPEED", "SLOW LFO SPEED") if name in chosen.settings]
    seconds = min(2 / chosen.settings[names[0]], _LONGEST_TURN)
    for name in ("FEEDBACK L", "FEEDBACK R", "RESONANCE"):
        if name in chosen.settings:
            chosen.set(name, 0)
    longest = 400.0 if "MODULATION DEPTH" in chosen.settings else 16.0 if "PHASE" in chosen.settings else 32.0
    times, found, sides = measures.delays(chosen, seconds, longest)
    low, high = float(found.min()), float(found.max())
    axis = even(high, "ms") if low < high / 2 else even(high, "ms", math.floor(low / 2) * 2)
    return Plot(
        f"Delay of every tap: {low:.1f} to {high:.1f} ms",
        even(seconds, "s"),
        axis,
        tuple(
            Curve(times[sides == side], found[sides == side], "dots", second=bool(side), name=name)
            for side, name in ((1, "right"), (0, "left"))
        ),
    )


def _shapes(chosen: Chain) -> Plot:
    """Two turns of each waveform, one behind the other."""
    chosen.set("LFO SPEED", 2)
    chosen.set("DEPTH", 100)
    waves = chosen.parameter("LFO WAVEFORM").choices
    x: list[Numbers] = []
    y: list[Numbers] = []
    for shape in range(len(waves)):
        chosen.set("LFO WAVEFORM", shape)
        times, found, sides = measures.delays(chosen, 1.0, 16)
        x.append(times[sides == 0] + shape)
        y.append(found[sides == 0])
    return Plot(
        f"Delay by {', '.join(waves).lower()} of 2 Hz",
        even(float(len(waves)), "s"),
        even(max(float(part.max()) for part in y), "ms"),
        (Curve(np.concatenate(x), np.concatenate(y), "dots"),),
    )


def _notches(chosen: Chain) -> Plot:
    seconds = min(2 / chosen.settings["LFO SPEED"], _LONGEST_TURN)
    times, hertz = measures.notches(chosen, seconds)
    return Plot(
        f"Gaps with the dry sound: {hertz.min():.0f} Hz to {hertz.max() / 1000:.1f} kHz",
        even(seconds, "s"),
        Axis(
            50,
            20_000,
            [
                (100, "100"),
                (200, "200"),
                (500, "500"),
                (1000, "1k"),
                (2000, "2k"),
                (5000, "5k"),
                (10_000, "10k"),
            ],
            "Hz",
            logarithmic=True,
        ),
        (Curve(times, hertz, "dots"),),
    )


def _pan(chosen: Chain) -> Plot:
    seconds = 2 / chosen.settings["LFO SPEED"]
    times, sides = measures.envelope(chosen, measures.tone(5000, seconds, 0.5), 441)
    return Plot(
        f"Level of a tone: {2 * sides.min():.2f} to {2 * sides.max():.2f} of what came",
        even(seconds, "s"),
        Axis(0, 1, ticks(0, 1, 0.25), "share"),
        tuple(
            Curve(times, 2 * sides[:, side], second=bool(side), name=("left", "right")[side])
            for side in range(2)
        ),
    )


def _rotors(chosen: Chain) -> Plot:
    """Both rotors started at 1 s and slowed at 9 s, by the levels of a high and a low tone."""
    chosen.set("DRIVE", 0)
    curves = []
    for hertz, frames, name, other in ((9000, 294, "horn", "BASS DEPTH"), (200, 441, "drum", "TREBLE DEPTH")):
        chosen.set(other, 0)
        chosen.set("TREBLE DEPTH" if other.startswith("BASS") else "BASS DEPTH", 100)
        chosen.set("SLOW/FAST", 0)
        pieces = [
            (measures.tone(hertz, 1, 0.05), lambda: chosen.set("SLOW/FAST", 0)),
            (measures.tone(hertz, 8, 0.05), lambda: chosen.set("SLOW/FAST", 1)),
            (measures.tone(hertz, 7, 0.05), lambda: chosen.set("SLOW/FAST", 0)),
        ]
        sides = measures.levels(measures.through(chosen, pieces), frames)[10:]
        times = (np.arange(len(sides)) + 10.5) * frames / RATE
        smooth = round(0.25 * RATE / frames)
        speeds = measures.turns(times, sides, smooth)[smooth:-smooth:4]
        curves.append(Curve(times[smooth:-smooth:4], speeds, second=name == "drum", name=name))
    tops = [float(np.median(curve.y[(curve.x > 7.5) & (curve.x < 8.5)])) for curve in curves]
    return Plot(
        f"Turns a second: fast at 1 s, slow at 9 s; {tops[0]:.1f} and {tops[1]:.1f} Hz",
        Axis(0, 16, ticks(0, 16, 2), "s"),
        Axis(0, 8, ticks(0, 8, 2), "Hz"),
        tuple(curves),
    )


def _pitch(chosen: Chain) -> Plot:
    asked = [panel.physical(chosen, "PITCH L", value) for value in range(-36, 37, 4)]
    found = measures.shifted(chosen, asked, lambda cents: chosen.set("PITCH L", cents))
    off = float(np.abs(found - asked).max())
    return Plot(
        f"Pitch of 440 Hz: within {max(off, 0.1):.1f} cents of what is asked for",
        Axis(-12, 12, ticks(-12, 12, 6), "semitones asked"),
        Axis(-12, 12, ticks(-12, 12, 6), "heard"),
        (Curve(np.array(asked) / 100, found / 100), Curve(np.array(asked) / 100, found / 100, "dots")),
    )


def _has(*names: str) -> Callable[[Chain], bool]:
    return lambda chosen: set(names) <= set(chosen.settings)


def _is(*names: str) -> Callable[[Chain], bool]:
    return lambda chosen: chosen.name in names


def _delay(chosen: Chain) -> bool:
    """Whether echoes can be told from what else there is: a wah rings as long."""
    names = set(chosen.settings)
    return "FEEDBACK L" in names and not names & {"MODULATION DEPTH", "SWEEP RANGE"}


def _waves(part: str) -> Callable[[Chain], bool]:
    """Taps that move: of a part with its own share, or without any."""
    mix = f"{part} DRY/WET"
    return lambda chosen: mix in chosen.settings or chosen.name == part


#: In the order in which they are shown; an effect shows the first two that fit.
_FAMILIES = (
    _Family("Impulse response", _has("REVERB TIME"), _decay),
    _Family("Impulse response", _has("GATE TIME"), _gate, "THRESHOLD"),
    _Family("Frequency response", _has("BAND EMPHASIS FC"), _equaliser, "BAND", show=_lift),
    _Family("Frequency response", _has("LOW MIX"), _filter),
    _Family("Frequency response", _has("SWEEP RANGE"), _wah, "WAH"),
    _Family("Frequency response", _has("WAH CENTER FC"), _wah, "WAH"),
    _Family("Speed of the rotors", _has("TREBLE FAST"), _rotors),
    _Family(
        "Harmonics", lambda chosen: _has("DRIVE")(chosen) and not _has("TREBLE FAST")(chosen), _harmonics
    ),
    _Family("Static curve", _has("RATIO"), _compression, "THRESHOLD"),
    _Family("Level over time", _has("ATTACK RATE"), _swell, "THRESHOLD"),
    _Family(
        "Impulse response",
        _delay,
        _echoes,
        "DELAY",
    ),
    _Family("Impulse response", _has("DELAY 1"), _echoes),
    _Family("Impulse response", _has("HARS TIME L"), _echoes),
    _Family("Impulse response", _has("INTENSITY"), _echoes),
    _Family("Spectrum", _has("OSC SPEED"), _ring),
    _Family("Pitch", _has("PITCH L"), _pitch),
    _Family("Level over time", _is("AUTO PAN"), _pan, moving=True),
    _Family("Slow wave", _waves("PHASER"), _notches, "PHASER", moving=True),
    *(_Family("Slow wave", _waves(part), _delays, part, moving=True) for part in ("CHORUS", "FLANGER")),
    _Family(
        "Slow wave",
        _is(
            *("MODULATED CHORUS", "ENSEMBLE", "MODULATION DELAY", "NOISE FLANGER", "CEL", "CELM", "VIBRATO"),
            *("MIX UP", "STRING", "S.DELAY+VIBRATO", "PEQ+VIBRATO"),
        ),
        _delays,
        moving=True,
    ),
    _Family("Waveforms", _is("VIBRATO"), _shapes, moving=True),
)


def families_of(chosen: Chain) -> list[_Family]:
    """The parts of an effect that pictures can show."""
    return [family for family in _FAMILIES if family.fits(chosen)]
