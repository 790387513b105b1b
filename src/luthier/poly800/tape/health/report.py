"""A report on recordings of tapes: one HTML page that needs nothing else, and the same as JSON."""

from __future__ import annotations

import base64
import shutil
import tempfile
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

import msgspec

from luthier import __version__
from luthier.errors import LuthierError, OutputExistsError
from luthier.files import write_bytes
from luthier.poly800.convert import ranges
from luthier.poly800.tape.health import pictures
from luthier.poly800.tape.health.diagnosis import Diagnosis
from luthier.poly800.tape.health.document import document, numbers_in
from luthier.poly800.tape.health.measures import Measures
from luthier.poly800.tape.reading import State
from luthier.poly800.tape.takes import Takes

PAGE, DATA = "report.html", "report.json"
_WITHOUT_PICTURES = "Pictures need matplotlib: install it with  pip install 'luthier[plots]'  and read again."


def refuse_to_overwrite(folder: Path, force: bool) -> None:
    """Raise unless a report may be written into ``folder``: call it before long work."""
    if folder.exists() and not folder.is_dir():
        raise LuthierError(f"{folder}: is a file; a report needs a folder")
    for name in (PAGE, DATA):
        if not force and (folder / name).exists():
            raise OutputExistsError(f"{folder / name}: already exists; give --force to replace it")


def write(takes: Takes, diagnoses: Sequence[Diagnosis], folder: Path, *, force: bool = False) -> list[Path]:
    """Write ``report.html`` and ``report.json`` into ``folder`` and return their paths.

    A new folder appears whole or not at all; in one that is there each file is replaced in one step, and
    nothing else is touched.  Raises OutputExistsError for an older report unless ``force``.
    """
    refuse_to_overwrite(folder, force)
    contents = {
        DATA: msgspec.json.format(msgspec.json.encode(document(takes, diagnoses)), indent=2) + b"\n",
        PAGE: page(takes, diagnoses).encode(),
    }
    if folder.exists():
        for name, content in contents.items():
            write_bytes(folder / name, content, force=force)
    else:
        _new_folder(folder, contents)
    return [folder / PAGE, folder / DATA]


def _new_folder(folder: Path, contents: dict[str, bytes]) -> None:
    scratch: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        for name, content in contents.items():
            (scratch / name).write_bytes(content)
        scratch.chmod(0o755)
        scratch.replace(folder)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LuthierError(f"{folder}: cannot be written ({reason}); nothing was changed") from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def page(takes: Takes, diagnoses: Sequence[Diagnosis]) -> str:
    """The report as HTML with its pictures inside."""
    parts = [_verdict(takes)]
    if not pictures.available():
        parts.append(f'<p class="quiet">{escape(_WITHOUT_PICTURES)}</p>')
    parts.append(_what_to_do(diagnoses))
    parts += [_memory(takes, index) for index in range(len(takes.memories))]
    parts += [_recording(diagnosis) for diagnosis in diagnoses]
    names = ", ".join(recording.name for recording in takes.recordings)
    template = resources.files("luthier.poly800.tape.health").joinpath("report_page.html").read_text("utf-8")
    return Template(template).substitute(
        title=escape(f"Tape report: {names}"), body="\n".join(parts), version=__version__
    )


def _verdict(takes: Takes) -> str:
    if not takes.memories:
        return '<p class="verdict nothing">No dump of a Poly-800 was found.</p>'
    dumps = [memory.dump for memory in takes.memories]
    complete = sum(dump.complete for dump in dumps)
    best = dumps[takes.best]
    if complete == len(dumps) == 1:
        return '<p class="verdict">Complete: all 1,636 bytes were read and the checksum is right.</p>'
    if len(dumps) > 1:
        kind = "verdict" if complete else "verdict incomplete"
        return f'<p class="{kind}">{len(dumps)} different memories, {complete} of them complete.</p>'
    return (
        f'<p class="verdict incomplete">Incomplete: {best.programs_right} of 64 programs are right, '
        "the others are marked below.</p>"
    )


def _what_to_do(diagnoses: Sequence[Diagnosis]) -> str:
    """All advice, recording by recording."""
    parts = []
    for diagnosis in diagnoses:
        if len(diagnoses) > 1:
            parts.append(f"<h3>{escape(diagnosis.recording.name)}</h3>")
        entries = [
            f"<li><b>{escape(_capital(entry.seen))}.</b> {escape(_capital(entry.remedy))}.</li>"
            for entry in diagnosis.advice
        ]
        parts.append("".join(entries) and f'<ul class="advice">{"".join(entries)}</ul>')
        parts.append("" if entries else "<p>Nothing is wrong with this recording.</p>")
    return "<h2>What was seen and what to do</h2>" + "\n".join(parts) if diagnoses else ""


def _memory(takes: Takes, index: int) -> str:
    memory = takes.memories[index]
    dump = memory.dump
    rows = [
        ("state", "complete" if dump.complete else f"incomplete, {dump.programs_right} of 64 programs right"),
        ("checksum", f"right by the {dump.checksum_rule} of the thread" if dump.checksum_rule else "wrong"),
        ("decided by the checksum", ", ".join(f"byte {place}" for place in dump.repaired) or "nothing"),
        ("read with", dump.front),
    ]
    for take in memory.takes:
        name = takes.recordings[take.recording].name
        right = "complete" if take.dump.complete else f"{take.dump.programs_right} programs right"
        rows.append((f"take: {name}", f"{take.dump.begin:.2f} to {take.dump.end:.2f} s, {right}"))
    parts = [f"<h2>Memory {index + 1}</h2>", _table(rows)]
    if pictures.available():
        parts.append(_picture(pictures.confidence_map(dump), "confidence of each byte"))
    doubtful = [entry for entry in dump.programs if entry.state is State.DOUBTFUL]
    if doubtful:
        parts.append("<h3>Doubtful programs</h3>")
        parts.append(_table([(f"{entry.number}", "; ".join(entry.reasons)) for entry in doubtful]))
    missing = numbers_in(memory, State.MISSING)
    if missing:
        parts.append(f"<h3>Missing programs</h3><p>{ranges(missing)}</p>")
    return "\n".join(parts)


def _recording(diagnosis: Diagnosis) -> str:
    reading = diagnosis.recording.reading
    parts = [f"<h2>Recording {escape(diagnosis.recording.name)}</h2>"]
    if pictures.available():
        shown = [(pictures.overview(diagnosis), "level, half-waves, speed and fit over time")]
        if sounds := pictures.excerpts(diagnosis):
            shown.append((sounds, "The sound where it was hardest to read"))
        if response := pictures.response(diagnosis):
            shown.append((response, "What the recording did to a square wave"))
        for png, title in shown:
            parts.append(f"<h3>{escape(_capital(title))}</h3>{_picture(png, title)}")
        if diagnosis.measures.bad_seconds:
            parts.append('<p class="quiet">Shaded red: seconds in which bytes are unsure. Blue: dumps.</p>')
    parts.append("<h3>Measures</h3>")
    parts.append(_table(measure_rows(diagnosis.measures)))
    if not reading.dumps and diagnosis.rows:
        rows = [
            (
                f"{row.begin:.2f} to {row.end:.2f} s",
                f"{len(row.content)} framed bytes: {row.content[:8].hex(' ')} ...",
            )
            for row in diagnosis.rows
        ]
        parts.append(_table(rows))
    return "\n".join(parts)


def measure_rows(measures: Measures) -> list[tuple[str, str]]:
    """The measures for people: name, and figure with unit."""
    return [*_sound_rows(measures), *_tape_rows(measures)]


def _sound_rows(measures: Measures) -> list[tuple[str, str]]:
    size = f"{measures.rate} Hz, {measures.channels} channels, {measures.duration:.1f} s"
    hum = ", ".join(f"{mains} Hz {part:.2f}" for mains, part in measures.hum.items())
    noise = _figure(measures.signal_to_noise, ".0f", "dB")
    low, high = (
        _figure(measures.low_edge, ".0f", "Hz", "low"),
        _figure(measures.high_edge, ".0f", "Hz", "high"),
    )
    rows = [
        ("file", f"{measures.kind}, {size}"),
        ("channel measured", measures.channel),
        ("peak", f"{measures.peak:.1f} dBFS"),
        ("level of the data", f"{measures.level:.1f} dBFS"),
        ("cut-off samples", f"{100 * measures.clipped:.2f} % {' and '.join(measures.clipped_sides)}".strip()),
        ("direct voltage", f"{100 * measures.offset:.1f} % of the peak"),
        ("data above noise", "pauses are zeros" if measures.digital_silence else noise),
        ("hum, × the data", hum or "-"),
        ("band", f"{low} to {high}"),
        ("sudden end of the band", _figure(measures.cut_off, ".0f", "Hz", "none")),
    ]
    if measures.stereo:
        stereo = measures.stereo
        levels = f"{stereo.left:.1f} and {stereo.right:.1f} dBFS, {stereo.delay:.0f} µs apart"
        rows.append(("left and right", levels))
    return rows


def _tape_rows(measures: Measures) -> list[tuple[str, str]]:
    wow = _figure(measures.wow and 100 * measures.wow, ".2f", "%")
    if measures.wow and measures.wow_hertz:
        wow += f", most at {measures.wow_hertz:.1f} Hz"
    short, long = (
        _figure(value, ".0f", "µs") for value in (measures.short_half_wave, measures.long_half_wave)
    )
    lost = [f"{dropout.milliseconds:.0f} ms at {dropout.begin:.2f} s" for dropout in measures.dropouts]
    return [
        ("speed", _figure(measures.speed and 100 * measures.speed, ".1f", "% of nominal")),
        ("wow and flutter (effective)", wow),
        ("half-waves", f"{short} and {long}"),
        ("scatter of edges", _figure(measures.scatter, ".0f", "µs")),
        ("difference of the two signs", _figure(measures.asymmetry, ".0f", "µs")),
        ("explained by half-waves", _figure(measures.explained and 100 * measures.explained, ".1f", "%")),
        ("swing of the level", _figure(measures.level_swing, ".1f", "dB")),
        ("dropouts", "; ".join(lost[:6]) + (" ..." if len(lost) > 6 else "") or "none"),
        ("bad seconds", ", ".join(map(str, measures.bad_seconds[:40])) or "none"),
    ]


def _figure(value: float | None, form: str, unit: str, without: str = "-") -> str:
    return without if value is None else f"{value:{form}} {unit}"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    lines = (f"<tr><td>{escape(name)}</td><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table>{''.join(lines)}</table>"


def _picture(png: bytes, title: str) -> str:
    return f'<img alt="{escape(title)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
