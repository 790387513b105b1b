"""Readings of tapes that the page has asked for, and what can be had of them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from luthier.errors import InputError, LuthierError
from luthier.library.importing import add_files
from luthier.library.store import Library
from luthier.poly800 import tape_output
from luthier.poly800.bank import Bank
from luthier.poly800.built_in import names
from luthier.poly800.memory import TAPE_HEADER
from luthier.poly800.synth import Synth
from luthier.poly800.tape import writing
from luthier.poly800.tape.health import report, summary
from luthier.poly800.tape.health.diagnosis import Diagnosis, diagnose
from luthier.poly800.tape.health.document import document, rounded
from luthier.poly800.tape.health.marks import doubts, marks
from luthier.poly800.tape.health.strip import HalfWaves, level_curve, speed_curve
from luthier.poly800.tape.health.time_line import SpeedCurve
from luthier.poly800.tape.health.time_line import speed_curve as whole_speed_curve
from luthier.poly800.tape.takes import Takes, read_takes
from luthier.web.jobs import Progress

#: Part of the work that is reading; the rest is examining.
_READING: Final = 0.9
#: Files that can be had: suffix, and whether it is the tape itself written anew.
_BANKS: Final = ("syx", "json", "csv", "bin")
_TAPES: Final = ("wav", "flac", "aiff")
_REPORTS: Final = ("html", "report.json")


@dataclass(frozen=True)
class Kept:
    """A reading, examined."""

    numbers: tuple[str, ...]
    """The open files that were read; copies of others are left out."""
    takes: Takes
    diagnoses: tuple[Diagnosis, ...]
    half_waves: tuple[HalfWaves, ...]
    """Of every recording."""
    speeds: tuple[tuple[SpeedCurve, ...], ...]
    """Of every dump of every recording."""

    def recording(self, number: int) -> int:
        """``number`` if there is such a recording; InputError."""
        if not 0 <= number < len(self.numbers):
            raise InputError(f"there is no recording {number + 1}", remedy=f"{len(self.numbers)} were read")
        return number

    def chosen(self, memory: int) -> int:
        """The index of a memory counted from 1, or of the best for 0; InputError if there is none."""
        if not self.takes.memories:
            raise summary.nothing_found(self.diagnoses)
        return self.takes.choose(memory or None)

    def document(self) -> dict[str, Any]:
        """Everything that the page shows: what ``--json`` says, with the bad places and what to do."""
        record = document(self.takes, self.diagnoses)
        other = summary.of_another_synth(self.diagnoses)
        nothing = not self.takes.memories
        record["nothing"] = str(summary.nothing_found(self.diagnoses)) if nothing or other else ""
        record["best"] = self.takes.best if self.takes.memories else None
        for index, memory in enumerate(record["memories"]):
            memory["summary"] = summary.memory_line(self.takes, index)
            dump = self.takes.memories[index].dump
            known = names(Bank(Synth.POLY800, dump.image[len(TAPE_HEADER) : -1]))
            for place, program in enumerate(memory["programs"]):
                program["title"] = known.get(int(program["name"]), "")
                program["doubts"] = [asdict(doubt) for doubt in doubts(dump, place)]
        for index, entry in enumerate(record["recordings"]):
            dumps = self.takes.recordings[index].reading.dumps
            entry["file"] = self.numbers[index]
            entry["marks"] = rounded([asdict(mark) for mark in marks(dumps)])
            entry["measured"] = report.measure_rows(self.diagnoses[index].measures)
            for dump, told in zip(dumps, entry["dumps"], strict=True):
                told["scale"] = round(dump.scale, 4)
        return record

    def curves(self, recording: int, begin: float, end: float, most: int) -> dict[str, Any]:
        """Level and speed of some seconds of a recording."""
        levels = level_curve(self.diagnoses[recording].curves.levels, begin, end, most)
        speeds = speed_curve(self.speeds[recording], begin, end, most)
        return {"level": [_plain(row) for row in levels], "speed": [_plain(row) for row in speeds]}

    def file(self, suffix: str, memory: int) -> tuple[str, bytes]:
        """A name and the bytes of a file: a bank, a tape that was read back, or the report.

        A bank is what ``luthier poly800 read`` writes.  A tape gets a checksum that is right, so that the
        synth loads it, also where programs are missing.  Raises InputError.
        """
        stem = Path(self.takes.recordings[0].name).stem
        if suffix == "html":
            return f"{stem} report.html", report.page(self.takes, self.diagnoses).encode()
        if suffix == "report.json":
            data = msgspec.json.encode(document(self.takes, self.diagnoses))
            return f"{stem} report.json", msgspec.json.format(data, indent=2) + b"\n"
        with tempfile.TemporaryDirectory() as folder:
            chosen = self.takes.memories[self.chosen(memory)].dump
            number = f" #{self.chosen(memory) + 1}" if len(self.takes.memories) > 1 else ""
            path = Path(folder) / f"{stem}{number}.{suffix}"
            if suffix in _TAPES:
                path = path.with_stem(f"{path.stem} clean")
                image, _ = writing.image_for(Bank(Synth.POLY800, chosen.image[len(TAPE_HEADER) : -1]))
                writing.write_file(image, path)
            elif suffix in _BANKS:
                tape_output.save(chosen, tape_output.destination(path, None))
            else:
                known = ", ".join((*_BANKS, *_TAPES, *_REPORTS))
                raise InputError(f"nothing is saved as {suffix[:20]!r}", remedy=f"choose one of {known}")
            return path.name, path.read_bytes()

    def keep(self, library: Library, memory: int, origins: Mapping[str, str], progress: Progress) -> Any:
        """Put the recordings with what each holds into the library; a merged memory as a bank beside them.

        ``origins`` says what each open file was called where it came from.
        """
        chosen = self.takes.memories[self.chosen(memory)]
        names = {
            recording.path: origins.get(number, recording.name)
            for number, recording in zip(self.numbers, self.takes.recordings, strict=True)
        }
        with tempfile.TemporaryDirectory() as folder:
            if len({take.recording for take in chosen.takes}) > 1:
                name, data = self.file("json", memory)
                path = Path(folder) / f"{Path(name).stem}, {len(chosen.takes)} takes together.json"
                path.write_bytes(data)
                names[path] = path.name
            return add_files(library, list(names), progress, origins=names)


def read_together(paths: Sequence[Path], numbers: Sequence[str], progress: Progress) -> Kept:
    """Read recordings as takes of one tape and examine them; errors name the files as the user knows them."""

    def reading(part: float, now: str) -> None:
        progress(_READING * part, now)

    try:
        with read_takes(paths, reading) as found:
            takes = found
    except InputError as error:
        where = next((path.name for path in paths if str(path) in error.where), "")
        raise InputError(error.what, where=where, remedy=error.remedy) from error
    except LuthierError as error:
        text = str(error)
        for path in paths:
            text = text.replace(str(path), path.name)
        raise LuthierError(text) from error
    takes = _named(takes)
    read = [number for path, number in zip(paths, numbers, strict=True) if _of(takes, path)]
    diagnoses, half_waves, speeds = [], [], []
    for index, recording in enumerate(takes.recordings):
        progress(_READING + (1 - _READING) * index / len(takes.recordings), f"examining {recording.name}")
        diagnoses.append(diagnose(recording, complete=takes.complete))
        traces = [dump.trace for dump in recording.reading.dumps if dump.trace is not None]
        half_waves.append(HalfWaves.of(traces))
        found_curves = (whole_speed_curve(trace) for trace in traces)
        speeds.append(tuple(curve for curve in found_curves if curve is not None))
    return Kept(tuple(read), takes, tuple(diagnoses), tuple(half_waves), tuple(speeds))


def _of(takes: Takes, path: Path) -> bool:
    return any(recording.path == path for recording in takes.recordings)


def _named(takes: Takes) -> Takes:
    """The same with the names of files alone: their folder is this server's own."""
    recordings = tuple(replace(one, name=one.path.name) for one in takes.recordings)
    return replace(takes, recordings=recordings, repeated=tuple(Path(name).name for name in takes.repeated))


def _plain(row: npt.NDArray[np.float64]) -> list[float | None]:
    """Numbers for JSON, which has no NaN."""
    return [None if np.isnan(value) else round(float(value), 5) for value in row]
