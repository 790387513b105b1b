"""Renders a song to a file."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from luthier.audio.loudness import Loudness, LoudnessMeter
from luthier.audio.stream import SoundWriter, subtype_of, writing
from luthier.dsp.limiter import CEILING, Limiter
from luthier.errors import UsageError
from luthier.files import STANDARD_STREAM, refuse_to_overwrite
from luthier.kn5000.rendering.finishing import limited, measured, metered
from luthier.kn5000.rendering.level import Target, factor
from luthier.kn5000.rendering.performance import Performance
from luthier.kn5000.rendering.report import Report, Stem
from luthier.kn5000.rendering.resampling import resampled
from luthier.kn5000.rendering.sound import LONGEST_TAIL, Instrument, Sound
from luthier.kn5000.rendering.spool import spool
from luthier.kn5000.rendering.stems import others, stem_paths, write_stems
from luthier.midi.song import Song

Samples = npt.NDArray[np.float32]
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Settings:
    """How a song is rendered."""

    rate: int = 44_100
    """Hz."""
    bits: int | None = None
    """16, 24 or 32 (floats); None: as is usual for the kind of file."""
    gain: float = 0.0
    """dB."""
    normalise: Target | None = None
    """The level to bring it to, instead of a gain."""
    times: int = 1
    """How often the loop is played, or the song if it has none."""
    tail: float | None = None
    """Seconds after the last event; None: until silence, at most ten."""
    stems: Path | None = None
    """A folder for every part on its own."""
    force: bool = False
    """Whether existing files may be replaced."""


def _no_progress(_fraction: float, _now: str) -> None:
    """Progress nobody looks at."""


def render(
    song: Song,
    output: Path,
    instrument: Callable[[], Instrument],
    settings: Settings | None = None,
    progress: Progress = _no_progress,
) -> Report:
    """Play ``song`` on a new ``instrument`` and write it to ``output``, in the format of its suffix.

    ``-`` is WAV on standard output.  Nothing is left of files that were not finished.  Raises LuthierError:
    for an output that is there already, a format that does not hold what is asked, a song of days.
    """
    return _Rendering(song, output, instrument, settings or Settings(), progress).run()


@dataclass
class _Rendering:
    song: Song
    output: Path
    instrument: Callable[[], Instrument]
    settings: Settings
    progress: Progress
    performance: Performance = field(init=False)
    passes: int = field(init=False)
    #: Passes that are over.
    done: int = 0

    def __post_init__(self) -> None:
        settings = self.settings
        self.performance = Performance(self.song, settings.times)
        self.passes = 1
        if settings.stems is not None:
            if self.output == STANDARD_STREAM:
                raise UsageError("stems need files", remedy="give -o a file, not standard output")
            self.passes += len(self.performance.parts)
        for path in (self.output, *self._stem_paths.values()):
            refuse_to_overwrite(path, settings.force)

    def run(self) -> Report:
        with contextlib.ExitStack() as stack:
            writer = stack.enter_context(self._writing(self.output))
            stem_writers = {
                part: stack.enter_context(self._writing(path)) for part, path in self._stem_paths.items()
            }
            instrument = self.instrument()
            sound = Sound(self.performance, instrument, self.settings.tail)
            blocks = self._told(resampled(sound.blocks(), instrument.rate, self.settings.rate))
            gain = self.settings.gain
            if self.settings.normalise is not None:
                room = stack.enter_context(spool(self._folder))
                first = LoudnessMeter(self.settings.rate)
                room.fill(metered(blocks, first))
                level = first.result()
                gain = self.settings.normalise.gain(measured(level.sample_peak), measured(level.integrated))
                blocks = room.blocks()
            meter = LoudnessMeter(self.settings.rate)
            limiter = Limiter(self.settings.rate, ceiling=self._ceiling)
            for block in metered(limited(blocks, factor(gain), limiter), meter):
                writer.write(block)
            self.done = 1
            stems = self._stems(stem_writers, factor(gain))
        return self._report(sound, instrument, limiter, meter.result(), gain, stems)

    def _stems(self, writers: dict[int, SoundWriter], gain: float) -> list[Stem]:
        def sound_of(part: int) -> Iterator[Samples]:
            instrument = self.instrument()
            instrument.muted.update(others(part))
            sound = Sound(self.performance, instrument, self.settings.tail)
            for block in resampled(sound.blocks(), instrument.rate, self.settings.rate):
                yield block * np.float32(gain)

        return write_stems(
            writers, self._stem_paths, sound_of, lambda frames: self._tell(frames, "playing the parts")
        )

    def _report(
        self,
        sound: Sound,
        instrument: Instrument,
        limiter: Limiter,
        level: Loudness,
        gain: float,
        stems: list[Stem],
    ) -> Report:
        played = instrument.statistics
        return Report(
            name=str(self.output),
            title=self.song.title,
            duration=level.seconds,
            rate=self.settings.rate,
            gain=gain,
            peak=measured(level.sample_peak),
            true_peak=measured(level.true_peak),
            loudness=measured(level.integrated),
            limited=limiter.limited,
            reduction=limiter.reduction,
            notes=played.notes,
            peak_polyphony=played.peak_polyphony,
            polyphony=sound.polyphony,
            stolen=played.stolen,
            still_sounding=instrument.sounding,
            unsupported=dict(played.unsupported),
            warnings=list(self.song.warnings),
            stems=stems,
            effects=list(played.effects),
            overridden=dict(played.overridden),
        )

    @property
    def _ceiling(self) -> float:
        """In dBFS; a peak that was asked for is not limited away."""
        wanted = self.settings.normalise
        return max(CEILING, wanted.value) if wanted is not None and wanted.peak else CEILING

    @property
    def _stem_paths(self) -> dict[int, Path]:
        folder = self.settings.stems
        return {} if folder is None else stem_paths(folder, self.output.suffix, self.performance)

    @property
    def _folder(self) -> Path:
        return Path(tempfile.gettempdir()) if self.output == STANDARD_STREAM else self.output.parent

    def _writing(self, path: Path) -> contextlib.AbstractContextManager[SoundWriter]:
        settings = self.settings
        return writing(path, settings.rate, force=settings.force, subtype=subtype_of(settings.bits))

    def _told(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        frames = 0
        for block in blocks:
            frames += len(block)
            self._tell(frames, "playing")
            yield block

    def _tell(self, frames: int, now: str) -> None:
        tail = LONGEST_TAIL if self.settings.tail is None else self.settings.tail
        whole = (self.performance.seconds + tail) * self.settings.rate
        self.progress(min((self.done + frames / max(whole, 1.0)) / self.passes, 1.0), now)
