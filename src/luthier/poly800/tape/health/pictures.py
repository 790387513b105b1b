"""The pictures of a report, drawn by matplotlib (extra ``plots``) as PNG.

Light background, one meaning per colour: blue is sound, orange doubtful, dark red missing.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from luthier.poly800.memory import TAPE_HEADER, region
from luthier.poly800.parameters import PROGRAM_LENGTH
from luthier.poly800.synth import Synth
from luthier.poly800.tape.health.diagnosis import Diagnosis
from luthier.poly800.tape.health.measures import WINDOW_SECONDS
from luthier.poly800.tape.health.time_line import bad_seconds
from luthier.poly800.tape.line_code import LONG_SECONDS, SHORT_SECONDS
from luthier.poly800.tape.reading import Dump, State, Trace, rank

FloatArray = npt.NDArray[np.float64]

#: Points drawn at most in one curve or cloud: more cannot be told apart.
_MOST_POINTS = 6_000
_MOST_COLUMNS = 1_200
#: Points of the speed farther apart are not joined, seconds.
_HOLE_SECONDS = 0.05
#: Decibels that the level axis spans.
_LEVEL_ROOM = 40.0
#: The speed axis reaches at least so far from its middle, percent.
_LEAST_ROOM = 0.5
_DOTS_PER_INCH = 110
_SOUND, _DOUBTFUL, _MISSING = "#2b6cb0", "#ed8936", "#7b1e1e"
_BAD = "#fbd5d5"
_DATA = "#e8f1fb"


def available() -> bool:
    """Whether matplotlib is installed."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        return False
    return True


def overview(diagnosis: Diagnosis) -> bytes:
    """Level, half-waves, speed and fit over the time of a recording, bad seconds marked."""
    reading = diagnosis.recording.reading
    best = max(reading.dumps, key=rank, default=None)
    trace = best.trace if best else None
    figure = _figure(10.0, 8.4 if trace else 2.8)
    axes = figure.subplots(4 if trace else 1, 1, sharex=True, squeeze=False)[:, 0]
    for axis in axes:
        for second in bad_seconds(reading.dumps):
            axis.axvspan(second, second + 1, color=_BAD, linewidth=0)
    _level(axes[0], diagnosis)
    if trace is not None:
        _lengths(axes[1], trace)
        _speed(axes[2], diagnosis)
        _explained(axes[3], trace)
    axes[-1].set_xlabel("time (s)")
    axes[0].set_xlim(0, max(reading.duration, 0.01))
    return _png(figure)


def _level(axis: Any, diagnosis: Diagnosis) -> None:
    levels = diagnosis.curves.levels
    step = max(-(-levels.size // _MOST_COLUMNS), 1)
    if levels.size:
        starts = np.arange(0, levels.size, step)
        decibels = 20 * np.log10(np.maximum(np.maximum.reduceat(levels, starts), 1e-5))
        low = 20 * np.log10(np.maximum(np.minimum.reduceat(levels, starts), 1e-5))
        axis.fill_between(starts * WINDOW_SECONDS, low, decibels, color=_SOUND, alpha=0.35, linewidth=0)
        axis.plot(starts * WINDOW_SECONDS, decibels, color=_SOUND, linewidth=0.8)
    for number, dump in enumerate(diagnosis.recording.reading.dumps, start=1):
        axis.axvspan(dump.begin, dump.end, color=_DATA, zorder=0, linewidth=0)
        axis.annotate(f"dump {number}", (dump.begin + 0.05, 0.05), xycoords=("data", "axes fraction"))
    axis.set_ylim(*level_limits(levels))
    axis.set_ylabel("peak level\n(dBFS)")


def level_limits(levels: FloatArray) -> tuple[float, float]:
    """Lowest and highest decibels of the level axis: full scale and 40 below, or lower where all is quieter.

    Holes in a noisy recording are 10 to 20 dB deep: on a longer axis they hardly show.
    """
    loudest = 20 * float(np.log10(max(levels.max(initial=0.0), 1e-5)))
    top = 0.0 if loudest > -_LEVEL_ROOM / 2 else loudest
    return top - _LEVEL_ROOM, top + 3.0


def _lengths(axis: Any, trace: Trace) -> None:
    places = _thinned(trace.seconds.size)
    axis.plot(
        trace.seconds[places], trace.lengths[places], ".", color=_SOUND, markersize=1.5, alpha=0.5,
        rasterized=True,
    )  # fmt: skip
    middle = float(np.median(trace.scales))
    for seconds, name in ((SHORT_SECONDS, "1"), (LONG_SECONDS, "0")):
        axis.axhline(1e6 * seconds, color="#718096", linewidth=0.8, linestyle="--")
        axis.annotate(
            f"nominal {name}",
            (1.005, 1e6 * seconds),
            xycoords=("axes fraction", "data"),
            va="center",
            fontsize=8,
        )
    axis.set_ylim(0, 1e6 * LONG_SECONDS * max(1.6, 1.4 * middle))
    axis.set_ylabel("half-waves\n(µs)")


def _speed(axis: Any, diagnosis: Diagnosis) -> None:
    curve = diagnosis.curves.speed
    if curve is not None:
        places = _thinned(curve.seconds.size)
        seconds, percent = curve.seconds[places], 100 * (curve.speeds[places] - 1)
        # No line across a hole: nothing was seen there.
        holes = 1 + np.flatnonzero(np.diff(seconds) > _HOLE_SECONDS)
        axis.plot(
            np.insert(seconds, holes, np.nan), np.insert(percent, holes, np.nan), color=_SOUND, linewidth=0.8
        )
        axis.set_ylim(*speed_limits(percent))
    axis.axhline(0, color="#718096", linewidth=0.8, linestyle="--")
    axis.set_ylabel("speed\n(% off nominal)")


def speed_limits(percent: FloatArray) -> tuple[float, float]:
    """Lowest and highest percent of the speed axis: a few odd places do not stretch it."""
    low, high = np.percentile(percent, [1, 99])
    middle, room = float(low + high) / 2, max(float(high - low), _LEAST_ROOM)
    return middle - room, middle + room


def _explained(axis: Any, trace: Trace) -> None:
    step = max(trace.explained.size // _MOST_COLUMNS, 1)
    starts = np.arange(0, trace.explained.size, step)
    if starts.size:
        low = 100 * np.minimum.reduceat(trace.explained, starts)
        mean = (
            100 * np.add.reduceat(trace.explained, starts) / np.diff(np.append(starts, trace.explained.size))
        )
        axis.fill_between(trace.seconds[starts], low, mean, color=_DOUBTFUL, alpha=0.5, linewidth=0)
        axis.plot(trace.seconds[starts], mean, color=_SOUND, linewidth=0.8)
    axis.set_ylim(0, 104)
    axis.set_ylabel("explained by\nhalf-waves (%)")


def confidence_map(dump: Dump) -> bytes:
    """The 1,636 bytes coloured by confidence: what stands before the programs, and these in rows of 8."""
    figure = _figure(10.0, 5.2)
    front_axis, axis = figure.subplots(2, 1, gridspec_kw={"height_ratios": [1, 4]})
    programs = region(Synth.POLY800, "programs")
    first = len(TAPE_HEADER) + programs.offset
    last = first + programs.length
    colours = _colours()
    columns = 8 * PROGRAM_LENGTH[Synth.POLY800]
    front = np.full(2 * columns, np.nan)
    front[:first] = dump.confidence[:first]
    front[-2:] = dump.confidence[last:]
    shown = {"cmap": colours, "vmin": 0, "vmax": 1, "aspect": "auto", "interpolation": "nearest"}
    front_axis.imshow(front.reshape(2, columns), **shown)
    front_axis.set_yticks([])
    front_axis.set_xticks([])
    front_axis.set_title(
        f"bytes 0 to {first - 1} (sync, MIDI channel, sequence, chord, undefined); at the end the last two",
        fontsize=9, loc="left",
    )  # fmt: skip
    image = axis.imshow(dump.confidence[first:last].reshape(8, columns), **shown)
    _mark_programs(axis, dump)
    bar = figure.colorbar(image, ax=[front_axis, axis], fraction=0.03, pad=0.015)
    bar.set_label("confidence of each byte")
    return _png(figure)


def _mark_programs(axis: Any, dump: Dump) -> None:
    from matplotlib.patheffects import withStroke

    length = PROGRAM_LENGTH[Synth.POLY800]
    marks = {State.RIGHT: "", State.DOUBTFUL: " ?", State.MISSING: " –"}
    outline = [withStroke(linewidth=2, foreground="#1a202c")]
    for index, entry in enumerate(dump.programs):
        row, column = divmod(index, 8)
        mark = marks[entry.state]
        axis.text(
            column * length + length / 2 - 0.5, row, f"{entry.number}{mark}",
            color="white", ha="center", va="center", fontsize=9,
            fontweight="bold" if mark else "normal", path_effects=outline if mark else [],
        )  # fmt: skip
    for column in range(1, 8):
        axis.axvline(column * length - 0.5, color="white", linewidth=2)
    for row in range(1, 8):
        axis.axhline(row - 0.5, color="white", linewidth=2)
    axis.set_xticks([])
    axis.set_yticks(range(8), [f"{bank}x" for bank in range(1, 9)])
    axis.set_title("the 64 programs, 21 bytes each   (? doubtful   – missing)", fontsize=9, loc="left")


def _colours() -> Any:
    from matplotlib.colors import LinearSegmentedColormap

    # Most of the scale lies near 1, where a program stops to be right.
    stops = [(0.0, _MISSING), (0.02, "#c05621"), (0.9, _DOUBTFUL), (0.98, "#90cdf4"), (1.0, _SOUND)]
    return LinearSegmentedColormap.from_list("confidence", stops, N=1024).with_extremes(bad="#ffffff")


def excerpts(diagnosis: Diagnosis) -> bytes | None:
    """The sound at the worst places with the edges of the half-waves that were read; None without any."""
    sounds = [(begin, samples) for begin, samples in diagnosis.curves.excerpts if samples.size]
    if not sounds:
        return None
    best = max(diagnosis.recording.reading.dumps, key=rank)
    figure = _figure(10.0, 1.9 * len(sounds) + 0.4)
    axes = figure.subplots(len(sounds), 1, squeeze=False)[:, 0]
    for axis, (begin, samples) in zip(axes, sounds, strict=True):
        step = max(samples.size // _MOST_POINTS, 1)
        seconds = begin + np.arange(0, samples.size, step) / diagnosis.recording.reading.rate
        axis.plot(seconds, samples[::step], color=_SOUND, linewidth=1)
        axis.axhline(0, color="#a0aec0", linewidth=0.6)
        if best.trace is not None:
            near = (best.trace.seconds >= begin) & (best.trace.seconds <= seconds[-1])
            for edge in best.trace.seconds[near]:
                axis.axvline(edge, color=_DOUBTFUL, linewidth=0.7)
        axis.set_xlim(begin, seconds[-1])
        axis.set_ylabel("signal")
        axis.ticklabel_format(axis="x", useOffset=False)
    axes[-1].set_xlabel("time (s); orange: edges of half-waves as read")
    return _png(figure)


def response(diagnosis: Diagnosis) -> bytes | None:
    """What the recording did to a square wave, over frequency; None if nothing was read."""
    curve = diagnosis.curves.response
    if curve is None:
        return None
    figure = _figure(10.0, 2.6)
    axis = figure.subplots()
    hertz, decibels = curve
    axis.semilogx(hertz, decibels, color=_SOUND, marker="o", markersize=3)
    axis.axvspan(700, 1550, color=_DATA, zorder=0)
    axis.set_ylim(
        min(-30.0, float(decibels.min()) - 3) if decibels.min() > -60 else -60,
        max(12.0, float(decibels.max()) + 3),
    )
    ticks = [100, 200, 500, 1000, 2000, 5000, 10_000]
    axis.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axis.minorticks_off()
    axis.set_xlim(90, 13_000)
    axis.set_xlabel("frequency (Hz); shaded: the half-waves themselves")
    axis.set_ylabel("against a square\nwave (dB)")
    return _png(figure)


def _thinned(count: int) -> slice:
    # An odd step meets half-waves of both signs.
    return slice(None, None, max(count // _MOST_POINTS, 1) | 1)


def _figure(width: float, height: float) -> Any:
    """A figure with its own canvas: no window system, no state shared with the program around it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=_DOTS_PER_INCH, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: Any) -> bytes:
    for axis in figure.axes:
        axis.tick_params(labelsize=8)
        axis.spines[["top", "right"]].set_visible(False)
    buffer = io.BytesIO()
    # Without the version of matplotlib in it the file depends on the data alone.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
