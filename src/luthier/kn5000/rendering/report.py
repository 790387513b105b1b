"""What came of rendering a song, as data and as lines."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from luthier.kn5000.effects import Contents

_BARS = " ▁▂▃▄▅▆▇█"
_WIDTH = 60
#: Lines of one kind for people.
_MOST = 20


@dataclass(frozen=True)
class Stem:
    """One part on its own."""

    name: str
    """The file."""
    part: int
    """Counted from 0."""
    peak: float | None
    """dBFS; None: silence."""


@dataclass(frozen=True)
class Report:
    """What came of rendering a song."""

    name: str
    """The file that was written."""
    title: str
    duration: float
    """Seconds, the tail included."""
    rate: int
    """Hz."""
    gain: float
    """dB that were added."""
    peak: float | None
    """Highest sample, dBFS; None: silence."""
    true_peak: float | None
    """Highest point between samples, dBFS."""
    loudness: float | None
    """Integrated loudness by ITU-R BS.1770, LUFS; None: too quiet or too short to measure."""
    limited: float
    """Seconds during which the limiter turned down."""
    reduction: float
    """dB it turned down at most."""
    notes: int
    peak_polyphony: int
    """Most voices at once."""
    polyphony: list[int]
    """Most voices at once, of every second."""
    stolen: int
    """Voices that were taken from a sound before its end."""
    still_sounding: int
    """Voices that sounded on when the tail was over."""
    unsupported: dict[str, int]
    """What the song asked for and did not get, with its number."""
    warnings: list[str]
    """What is odd about the file, each with its place."""
    stems: list[Stem] = field(default_factory=list)
    effects: list[Contents] = field(default_factory=list)
    """What was in the five slots at the end."""
    overridden: dict[str, int] = field(default_factory=dict)
    """What the song wanted in slots for which something else was asked, and how often."""


def lines(report: Report) -> list[str]:
    """The report for people."""
    title = f"{report.title}: " if report.title else ""
    found = [f"{report.name}: {title}{_time(report.duration)} at {report.rate:,} Hz, {report.notes:,} notes"]
    found.append(_level(report))
    if report.limited:
        found.append(
            f"limiter: at work for {report.limited:.1f} s, {report.reduction:.1f} dB at most; a lower --gain"
            " keeps it out"
        )
    if report.notes:
        found.append(f"voices: at most {report.peak_polyphony} at once, {report.stolen} stolen")
        found.append(f"over time: {picture(report.polyphony)}")
    if named := [there.effect for there in report.effects if there.parameters]:
        found.append(f"effects: {', '.join(named)}")
    for what, count in sorted(report.overridden.items()):
        found.append(f"not as the song has it: {what} ({count} times)")
    if report.still_sounding:
        found.append(
            f"still sounding at the end: {report.still_sounding} voices; a longer --tail lets them ring out"
        )
    for stem in report.stems:
        clipped = "; BEYOND FULL SCALE: use --bits 32 or less --gain" if (stem.peak or -1.0) > 0 else ""
        found.append(f"{stem.name}: part {stem.part + 1}, {_peak(stem.peak)}{clipped}")
    asked = sorted(report.unsupported.items(), key=lambda entry: (-entry[1], entry[0]))
    found += _some([f"not supported: {what} ({count} times)" for what, count in asked])
    return found + _some([f"warning: {text}" for text in report.warnings])


def _some(told: list[str]) -> list[str]:
    """The first of many lines, and how many more there are."""
    more = len(told) - _MOST
    return told if more <= 0 else [*told[:_MOST], f"and {more} more; --json tells all"]


def picture(values: list[int], width: int = _WIDTH) -> str:
    """The course of ``values`` as bars, at most ``width`` of them; the tallest is the highest value.

    >>> picture([0, 1, 2, 4, 8])
    ' ▁▂▄█'
    """
    columns = min(width, len(values))
    top = max(values, default=0)
    if not top:
        return " " * columns
    edges = [column * len(values) // columns for column in range(columns + 1)]
    highest = [max(values[begin:end]) for begin, end in itertools.pairwise(edges)]
    last = len(_BARS) - 1
    return "".join(_BARS[-(-value * last // top)] for value in highest)


def _level(report: Report) -> str:
    gain = f", gain {report.gain:+.1f} dB" if report.gain else ""
    loudness = "" if report.loudness is None else f", loudness {report.loudness:.1f} LUFS"
    return f"level: {_peak(report.peak)}{loudness}{gain}"


def _peak(peak: float | None) -> str:
    return "silence" if peak is None else f"peak {peak:.1f} dBFS"


def _time(seconds: float) -> str:
    """Minutes and seconds.

    >>> _time(3725.26), _time(5)
    ('1:02:05.3', '0:05.0')
    """
    tenths = round(10 * seconds)
    hours, minutes, rest = tenths // 36_000, tenths // 600 % 60, tenths % 600 / 10
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"
