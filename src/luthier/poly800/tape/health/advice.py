"""Plain advice from what was measured: what was seen, with its figure, and what to do about it.

A rule looks at one thing and speaks only if it sees it.  Most figures from which a rule speaks are not limits
of the decoder but of an ordinary, healthy recording: whether the dump was read says how much it mattered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from luthier.poly800.memory import TAPE_HEADER, TAPE_IMAGE_LENGTH
from luthier.poly800.tape.health.framing import Row
from luthier.poly800.tape.health.measures import Measures
from luthier.poly800.tape.placement import FRAME_SECONDS
from luthier.poly800.tape.reading import Dump, TapeReading, rank

#: Below this nothing was recorded: the last bits of 16.
_SILENT_DECIBELS = -80.0
#: 16 bits leave 1 % of themselves here; the decoder itself is tested down to -50 dBFS.
_QUIET_DECIBELS = -40.0
#: A sound sample of a float file is a number of possible size; so many that are not, and the file is wrong.
_BROKEN_PART = 0.01
#: A sine whose top tenth is cut off has this share of flat samples and more.
_CLIPPED_SHARE = 0.05
#: The decoder is tested with white noise 4 dB (square) and 6 dB (sine) below the data; a cassette is at 40.
_NOISY_DECIBELS = 15.0
#: A simple decoder stops here; this one is tested with hum of ten times the data.
_HUM_PART = 0.3
_OFFSET_PART = 0.2
#: The telephone passes 300 to 3400 Hz; its codecs run at 8 kHz.
_TELEPHONE_LOW, _TELEPHONE_HIGH, _TELEPHONE_RATE = 240.0, 4500.0, 8_000
#: Corners that no healthy recorder has: the synth is coupled at some 10 Hz, the worst deck reaches 4 kHz.
_THIN_HERTZ, _DULL_HERTZ = 120.0, 3_000.0
#: Compressed kinds of file, as libsndfile and ffmpeg name them.
_LOSSY_KINDS = ("MPEG", "MP3", "Vorbis", "Opus", "ffmpeg", "GSM", "AMR", "NMS", "G72")
_SPEED_PART = 0.08
#: Decks are specified at 0.05 to 0.3 % wow and flutter; worn ones reach a few percent.
_WOW_PART = 0.02
_SWING_DECIBELS = 3.0
_FADE_DECIBELS = 6.0
#: A dropout this deep and long costs bytes.
_DROPOUT_DECIBELS = -8.0
#: Left and right of a mono recording; 25 µs of delay weaken 10 kHz of their sum to 0.7.
_CHANNEL_DECIBELS, _CHANNEL_DELAY = 20.0, 25.0
#: Where the pauses are so clean but this share of the bytes is unsure, something else lies under the data.
_CLEAN_DECIBELS, _MUDDLED_PART = 20.0, 0.1
_SURE = 0.98
#: With this many right programs a tape is a Poly-800's whatever else is odd.
_OWN_PROGRAMS = 32
#: A dump that begins or ends so near to an end of the recording was cut off by it, seconds.
_AT_END_SECONDS = 0.15

_ANOTHER_TAKE = (
    "play the tape again and give all recordings to read together: each take fills the holes of the others"
)
_ENOUGH = "no harm: all recordings together are complete"


@dataclass(frozen=True)
class Advice:
    """What was seen on a recording, and what to do."""

    name: str
    """Short and stable, for programs: ``too-quiet``."""
    seen: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.seen}: {self.remedy}"


@dataclass(frozen=True)
class _Seen:
    measures: Measures
    reading: TapeReading
    rows: Sequence[Row]
    together: bool
    """Whether other recordings hold whatever is missing on this one."""

    @property
    def best(self) -> Dump | None:
        return max(self.reading.dumps, key=rank, default=None)


def advise(
    measures: Measures, reading: TapeReading, rows: Sequence[Row] = (), together: bool = False
) -> list[Advice]:
    """All advice about a recording, the most telling first.

    ``rows`` are its framed bytes, if looked for; ``together`` says that other recordings hold what this one
    does not.
    """
    seen = _Seen(measures, reading, rows, together)
    found = [advice for rule in _RULES for advice in rule(seen)]
    if not found and not reading.complete:
        found.append(Advice("unexplained", "no single cause was found", _another_take(seen)))
    return found


def other_synth(reading: TapeReading, rows: Sequence[Row]) -> Row | None:
    """A row of framed bytes that is clearly not a Poly-800's, if no dump says otherwise."""
    if reading.complete or any(dump.programs_right >= _OWN_PROGRAMS for dump in reading.dumps):
        return None
    strange = [row for row in rows if not row.like_poly800 and not row.like_length]
    return max(strange, key=lambda row: len(row.content), default=None)


def _another_take(seen: _Seen, first: str = "") -> str:
    return _ENOUGH if seen.together else first + _ANOTHER_TAKE


# --- Is it a tape at all? ----------------------------------------------------------------------------------


def _broken_part(seen: _Seen) -> float:
    """Share of the samples that are no usable numbers."""
    measures = seen.measures
    return measures.broken_samples / max(measures.duration * measures.rate * measures.channels, 1)


def _broken(seen: _Seen) -> Iterator[Advice]:
    part = _broken_part(seen)
    if part > _BROKEN_PART:
        yield Advice(
            "broken-samples",
            f"{100 * part:.0f} % of the samples are no usable numbers (not finite, or far beyond full scale)",
            "export the recording anew, as 16 or 24 bit PCM",
        )


def _silent(seen: _Seen) -> Iterator[Advice]:
    peak = seen.measures.peak
    if peak < _SILENT_DECIBELS and _broken_part(seen) <= _BROKEN_PART:
        yield Advice(
            "silent",
            f"the recording is silent (peak {peak:.0f} dBFS)",
            "check cable and input, and start SAVE on the synth: VERIFY and LOAD listen and send nothing",
        )


def _no_tape(seen: _Seen) -> Iterator[Advice]:
    if seen.reading.dumps or seen.measures.peak < _SILENT_DECIBELS:
        return
    if not seen.reading.stretches:
        yield Advice(
            "no-half-waves",
            "no half-waves of 1550 and 700 Hz were heard at any speed from 60 to 150 %",
            "this may be speech, music or the tape of another instrument; "
            "if it is the right tape, its speed is further off",
        )
        return
    longest = max(end - begin for begin, end in seen.reading.stretches)
    begin, end = max(seen.reading.stretches, key=lambda stretch: stretch[1] - stretch[0])
    need = TAPE_IMAGE_LENGTH * FRAME_SECONDS
    if not seen.rows:
        yield Advice(
            "no-data",
            f"something like half-waves from {begin:.1f} to {end:.1f} s, but no bytes in it",
            "a leader alone, or another signal of that pitch: record until the synth shows that it is done",
        )
    elif longest < 0.6 * need:
        yield Advice(
            "too-short",
            f"only {longest:.1f} s of half-waves; a dump takes {need:.1f} s",
            "record from before the leader until the synth shows that it is done",
        )


def _other_synth(seen: _Seen) -> Iterator[Advice]:
    row = other_synth(seen.reading, seen.rows)
    if row is None:
        return
    count, begin = len(row.content), row.content[:2].hex(" ").upper()
    yield Advice(
        "other-synth",
        f"{count} framed bytes that begin with {begin}; a Poly-800 saves {TAPE_IMAGE_LENGTH} that begin with "
        f"{TAPE_HEADER.hex(' ').upper()}",
        "perhaps the tape of a Poly-800MkII, whose format is not known; with a MkII use its MIDI dump",
    )


def _cut_off(seen: _Seen) -> Iterator[Advice]:
    best = seen.best
    if seen.together or (best is not None and best.complete):
        return
    if seen.measures.truncated:
        yield Advice(
            "file-damaged",
            f"the file is cut off: it ends at {seen.measures.duration:.1f} s, before its header says",
            "copy or export it anew",
        )
    if best is None:
        return
    if not best.head and best.begin < _AT_END_SECONDS:
        yield Advice(
            "begins-late", "the recording begins inside the data", "record from before the leader on"
        )
    if not best.tail and best.end > seen.reading.duration - _AT_END_SECONDS:
        yield Advice(
            "ends-early",
            f"the recording ends inside the data, at {seen.reading.duration:.1f} s",
            "record until the tape falls silent",
        )


# --- Level -------------------------------------------------------------------------------------------------


def _quiet(seen: _Seen) -> Iterator[Advice]:
    if _SILENT_DECIBELS <= seen.measures.peak < _QUIET_DECIBELS:
        yield Advice(
            "too-quiet",
            f"the peak is {seen.measures.peak:.0f} dBFS",
            "raise the recording level until peaks reach -12 to -6 dBFS; amplifying afterwards is no help",
        )


def _clipped(seen: _Seen) -> Iterator[Advice]:
    sides = seen.measures.clipped_sides
    if not sides or seen.measures.clipped < _CLIPPED_SHARE:
        return
    share = f"{100 * seen.measures.clipped:.0f} % of the samples are cut off"
    if len(sides) == 1:
        yield Advice(
            "clipped-one-side",
            f"{share} on the {sides[0]} side only",
            "use a line input instead of a microphone input, and lower the level",
        )
    else:
        yield Advice(
            "clipped",
            f"{share} on both sides",
            "lower the playing or recording level; what is cut off evenly can mostly still be read",
        )


def _offset(seen: _Seen) -> Iterator[Advice]:
    if abs(seen.measures.offset) > _OFFSET_PART and len(seen.measures.clipped_sides) != 1:
        yield Advice(
            "offset",
            f"a direct voltage of {100 * abs(seen.measures.offset):.0f} % of the peak",
            "use another input, with a coupling capacitor; no harm unless it leads to clipping",
        )


def _swing(seen: _Seen) -> Iterator[Advice]:
    swing, fade = seen.measures.level_swing, seen.measures.leader_fade
    if swing is not None and swing > _SWING_DECIBELS:
        yield Advice(
            "level-swings",
            f"the level of the data swings by {swing:.1f} dB",
            "switch off automatic level control and noise reduction (Dolby, dbx) on deck and recorder",
        )
    if fade is not None and fade > _FADE_DECIBELS:
        yield Advice(
            "leader-fades",
            f"the leader, a steady tone, grows softer by {fade:.0f} dB",
            "switch off noise suppression, echo cancelling and voice enhancement of phone or computer",
        )


def _dropouts(seen: _Seen) -> Iterator[Advice]:
    deep = [dropout for dropout in seen.measures.dropouts if dropout.decibels < _DROPOUT_DECIBELS]
    best = seen.best
    if not deep or best is None or best.complete:
        return
    longest = max(deep, key=lambda dropout: dropout.milliseconds)
    count = "1 dropout" if len(deep) == 1 else f"{len(deep)} dropouts, the longest"
    yield Advice(
        "dropouts",
        f"{count} of {longest.milliseconds:.0f} ms at {longest.begin:.2f} s",
        _another_take(seen, "clean heads and pinch roller; if they stay where they are, try another deck; "),
    )


# --- Noise and other sounds --------------------------------------------------------------------------------


def _noise(seen: _Seen) -> Iterator[Advice]:
    ratio = seen.measures.signal_to_noise
    if ratio is not None and ratio < _NOISY_DECIBELS:
        yield Advice(
            "noise",
            f"noise only {ratio:.0f} dB below the data",
            "play louder and record at line level, with a cable instead of a microphone; clean the heads",
        )


def _hum(seen: _Seen) -> Iterator[Advice]:
    loud = {mains: part for mains, part in seen.measures.hum.items() if part > _HUM_PART}
    if loud:
        mains = max(loud, key=loud.__getitem__)
        yield Advice(
            "hum",
            f"mains hum of {mains} Hz, {loud[mains]:.1f} × as strong as the data",
            "break the ground loop: run recorder or deck from a battery, or use an isolating transformer",
        )


def _muddled(seen: _Seen) -> Iterator[Advice]:
    best, measures = seen.best, seen.measures
    if best is None or best.complete or _band(measures) is not None:
        return
    # Without dropouts: what is lost there is not muddled.
    read = best.confidence > 0
    unsure = float(np.mean(best.confidence[read] < _SURE)) if read.any() else 0.0
    ratio = measures.signal_to_noise
    clean = measures.digital_silence or (ratio is not None and ratio > _CLEAN_DECIBELS)
    if clean and unsure > _MUDDLED_PART:
        pauses = "silent" if ratio is None else f"{ratio:.0f} dB below the data"
        yield Advice(
            "two-recordings",
            f"the pauses are clean ({pauses}) but {100 * unsure:.0f} % of the bytes are not",
            "two recordings over each other, the other track of the tape, or a codec: try each channel by "
            "itself and another deck",
        )


# --- Band and speed ----------------------------------------------------------------------------------------


def _band(measures: Measures) -> str | None:
    """``telephone``, ``codec``, or None."""
    low, high = measures.low_edge, measures.high_edge
    if measures.rate <= _TELEPHONE_RATE or (
        low is not None and high is not None and low >= _TELEPHONE_LOW and high <= _TELEPHONE_HIGH
    ):
        return "telephone"
    if measures.cut_off is not None or any(name in measures.kind for name in _LOSSY_KINDS):
        return "codec"
    return None


def _squeezed(seen: _Seen) -> Iterator[Advice]:
    measures, band = seen.measures, _band(seen.measures)
    if band == "telephone":
        low = f"{measures.low_edge:.0f}" if measures.low_edge else "0"
        high = f"{measures.high_edge or measures.rate / 2:.0f}"
        yield Advice(
            "telephone",
            f"the sound has the band of a telephone ({low} to {high} Hz)",
            "record with a cable into a computer or recorder as WAV, not through a call or a voice message",
        )
    elif band == "codec":
        above = f"nothing above {measures.cut_off:.0f} Hz, " if measures.cut_off else ""
        yield Advice(
            "lossy-codec",
            f"{above}the sound was compressed with losses",
            "give the original recording as WAV or FLAC, or record anew in such a format",
        )


def _dull_or_thin(seen: _Seen) -> Iterator[Advice]:
    measures = seen.measures
    if _band(measures) == "telephone":
        return
    if measures.high_edge is not None and measures.high_edge < _DULL_HERTZ:
        yield Advice(
            "dull",
            f"the treble is weak above {measures.high_edge:.0f} Hz",
            "clean the heads, set the azimuth, switch off noise reduction (Dolby) and treble filters",
        )
    if measures.low_edge is not None and measures.low_edge >= _THIN_HERTZ:
        yield Advice(
            "thin",
            f"the bass is weak below {measures.low_edge:.0f} Hz",
            "switch off low-cut and voice filters; use a line input",
        )


def _speed(seen: _Seen) -> Iterator[Advice]:
    speed, wow = seen.measures.speed, seen.measures.wow
    if speed is not None and abs(speed - 1) > _SPEED_PART:
        yield Advice(
            "speed",
            f"the tape runs at {100 * speed:.0f} % of its speed",
            "this is followed; the deck or the sampling rate in the file is off",
        )
    if wow is not None and wow > _WOW_PART:
        yield Advice(
            "wow",
            f"the speed wavers by {100 * wow:.1f} % around {seen.measures.wow_hertz:.1f} Hz",
            "this is followed; clean pinch roller and capstan, wind the tape once, renew the belt",
        )


def _channels(seen: _Seen) -> Iterator[Advice]:
    stereo = seen.measures.stereo
    if stereo is None:
        return
    if abs(stereo.left - stereo.right) > _CHANNEL_DECIBELS:
        weak, by = ("left", stereo.right) if stereo.left < stereo.right else ("right", stereo.left)
        low = min(stereo.left, stereo.right)
        yield Advice(
            "one-channel",
            f"the {weak} channel is {by - low:.0f} dB weaker",
            "no harm where the other one holds the tape: each channel was tried by itself",
        )
    elif stereo.likeness < -0.5:
        yield Advice(
            "upside-down",
            "one channel is upside down",
            "a balanced plug in a stereo input: channels were read by themselves; do not mix them to mono",
        )
    elif stereo.likeness > 0.5 and abs(stereo.delay) > _CHANNEL_DELAY:
        yield Advice(
            "azimuth",
            f"one channel is {abs(stereo.delay):.0f} µs late",
            "set the azimuth of the head until the treble is strongest; do not mix to mono",
        )


_RULES: tuple[Callable[[_Seen], Iterator[Advice]], ...] = (
    _broken,
    _silent,
    _other_synth,
    _no_tape,
    _cut_off,
    _quiet,
    _squeezed,
    _muddled,
    _dropouts,
    _noise,
    _swing,
    _clipped,
    _hum,
    _dull_or_thin,
    _channels,
    _speed,
    _offset,
)
