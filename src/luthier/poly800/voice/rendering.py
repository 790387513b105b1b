"""Renders phrases, songs and sequences to sound and to files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from luthier.audio.loudness import LoudnessMeter
from luthier.audio.stream import subtype_of, writing
from luthier.dsp.limiter import Limiter
from luthier.poly800.voice.phrases import Phrase, at_frames
from luthier.poly800.voice.reception import Reception
from luthier.poly800.voice.state import Samples
from luthier.poly800.voice.voice import Voice

#: Seconds of sound after the last event if nobody asks for other.
LONGEST_TAIL = 10.0
#: Frames between two looks whether it is silent.
_LOOK = 2_048
#: A sequence that repeats is played this often.
REPEATS = 2
_SEQUENCE_LIMIT = 3_600.0


@dataclass(frozen=True)
class Report:
    """What came of rendering."""

    name: str
    """The file."""
    synth: str
    program: int
    """11 to 88."""
    duration: float
    """Seconds."""
    rate: int
    """Hz."""
    peak: float | None
    """dBFS; None: silence."""
    loudness: float | None
    """LUFS (ITU-R BS.1770); None: too quiet or too short to measure."""
    limited: float
    """Seconds during which the limiter turned down."""
    notes: int
    stolen: int
    """Voices taken from keys that were still down."""
    ignored: dict[str, int] = field(default_factory=dict)
    """What the song asked for and the machine does not know, and how often."""
    warnings: list[str] = field(default_factory=list)


def lines(report: Report) -> list[str]:
    """The report for people."""
    level = "silence" if report.peak is None else f"peak {report.peak:.1f} dBFS"
    loudness = "" if report.loudness is None else f", loudness {report.loudness:.1f} LUFS"
    found = [
        f"{report.name}: program {report.program}, {report.duration:.1f} s at {report.rate:,} Hz,"
        f" {report.notes:,} notes",
        f"level: {level}{loudness}",
    ]
    if report.limited:
        found.append(f"limiter: at work for {report.limited:.1f} s; a lower --gain keeps it out")
    if report.stolen:
        found.append(f"voices: {report.stolen} taken from keys that were still down")
    asked = sorted(report.ignored.items(), key=lambda entry: (-entry[1], entry[0]))
    found += [f"ignored: {what} ({count} times)" for what, count in asked]
    return found + [f"warning: {text}" for text in report.warnings]


def blocks(
    voice: Voice, reception: Reception, phrase: Phrase | None, tail: float | None = None
) -> Iterator[Samples]:
    """The sound of a phrase, or without one of the sequence that ``voice`` plays; blocks of (n, 2).

    ``tail``: seconds after the last event; None: until silence, at most :data:`LONGEST_TAIL`.
    """
    begin = voice.frame
    if phrase is not None:
        for frame, message in at_frames(phrase, voice.rate):
            yield from _until(voice, begin + frame)
            reception.receive(message)
        yield from _until(voice, begin + int(phrase.seconds * voice.rate + 0.5))
    else:
        yield from _sequence(voice)
    voice.all_notes_off()
    voice.hold(False)
    end = voice.frame
    if tail is not None:
        yield from _until(voice, end + round(tail * voice.rate))
        return
    last = end + round(LONGEST_TAIL * voice.rate)
    while voice.frame < last and not voice.silent:
        yield from _until(voice, min(voice.frame + _LOOK, last))


def _sequence(voice: Voice) -> Iterator[Samples]:
    """Until the sequence is over; one that repeats, :data:`REPEATS` times."""
    sequencer = voice.sequencer
    if sequencer is None:
        return
    last = voice.frame + _SEQUENCE_LIMIT * voice.rate
    while sequencer.running and sequencer.rounds < REPEATS and voice.frame < last:
        yield from _until(voice, voice.frame + _LOOK)
    voice.stop_sequence()


def _until(voice: Voice, frame: int) -> Iterator[Samples]:
    while voice.frame < frame:
        yield voice.render(min(frame - voice.frame, voice.rate))


def render_file(
    voice: Voice,
    phrase: Phrase | None,
    output: Path,
    *,
    reception: Reception | None = None,
    tail: float | None = None,
    gain: float = 0.0,
    bits: int | None = None,
    force: bool = False,
    progress: Callable[[float, str], None] = lambda _fraction, _now: None,
) -> Report:
    """Play ``phrase`` (None: the running sequence) and write it to ``output``, ``gain`` dB louder.

    A limiter keeps it below -1 dBFS.  Raises LuthierError for outputs that cannot be written.
    """
    reception = reception or Reception(voice)
    limiter, meter = Limiter(voice.rate), LoudnessMeter(voice.rate)
    factor = np.float32(10 ** (gain / 20))
    whole = max(phrase.seconds if phrase else 0.0, 1.0) * voice.rate
    program = voice.number
    with writing(output, voice.rate, force=force, subtype=subtype_of(bits)) as writer:
        for block in blocks(voice, reception, phrase, tail):
            limited = limiter.process(block * factor)
            meter.add(limited)
            writer.write(limited)
            progress(min(voice.frame / whole, 1.0), "playing")
        rest = limiter.flush()
        meter.add(rest)
        writer.write(rest)
    level = meter.result()
    return Report(
        name=str(output),
        synth=voice.synth.value,
        program=program,
        duration=level.seconds,
        rate=voice.rate,
        peak=_measured(level.sample_peak),
        loudness=_measured(level.integrated),
        limited=limiter.limited,
        notes=voice.notes,
        stolen=voice.keyboard.stolen,
        ignored=dict(reception.ignored),
        warnings=list(voice.warnings),
    )


def _measured(level: float) -> float | None:
    return level if np.isfinite(level) else None
