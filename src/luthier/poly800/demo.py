"""The demo of the Poly-800: a bank becomes a tape, is damaged twice, comes back byte for byte, and sounds.

The same files come out every time.  Each step names the command that does it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from luthier.audio import files
from luthier.compiled import will_compile
from luthier.errors import LuthierError
from luthier.poly800 import built_in, edit, library, panel, tape_output
from luthier.poly800.bank import Bank
from luthier.poly800.compare import compare
from luthier.poly800.tape import damage, modulation, writing
from luthier.poly800.tape.damage import Damage, Take
from luthier.poly800.tape.health import pictures, report, summary
from luthier.poly800.tape.health.diagnosis import diagnoses
from luthier.poly800.tape.takes import Takes, read_takes

Say = Callable[[str], None]

_RATE = 44_100
#: Two players, neither of which plays the whole tape: noise, hum, another speed, two holes of 200 ms each.
_DAMAGES: tuple[tuple[Damage, ...], ...] = (
    (damage.hole(0.15, 200), damage.hole(0.55, 200), damage.white_noise(12)),
    (damage.speed(1.04), damage.hole(0.35, 200), damage.hole(0.8, 200), damage.hum(50, 0.8)),
)
_PROGRAM = 11


def run(folder: Path, say: Say) -> None:
    """Leave the results in ``folder`` and ``say`` what is done; raises LuthierError if it goes wrong."""
    bank = built_in.built_in_bank()
    say("Poly-800: from the built-in bank to tape and back\n")
    image = _written(bank, folder, say)
    takes = _damaged(image, folder, say)
    _read_each(takes, say)
    _merged(takes, image, folder, say)
    _converted(folder, say)
    _edited(folder, say)
    _heard(bank, folder / "audition", say)


def _written(bank: Bank, folder: Path, say: Say) -> bytes:
    for name in ("bank.json", "bank.syx"):
        kind = library.output_format(folder / name, None, bank)
        library.save([library.converted_for(bank, kind)[0]], folder / name, kind, force=True)
        _command(say, f"convert built-in -o {folder / name}", f"64 programs as {kind.title}")
    if will_compile("luthier.poly800"):
        say("(first use: compiling for some seconds)")
    image, _ = writing.image_for(bank)
    tape = writing.write_file(image, folder / "tape.wav", force=True)
    _command(
        say,
        f"write built-in -o {folder / 'tape.wav'}",
        f"{len(image):,} bytes, {tape.seconds:.1f} s; read back, every byte is the same",
    )
    return image


def _damaged(image: bytes, folder: Path, say: Say) -> list[Path]:
    """Two takes of the tape, each with its own faults."""
    say("The tape is played on two bad machines:")
    begin = modulation.LEADER + modulation.MARGIN
    data = (begin, begin + float(modulation.half_waves(modulation.bits_of(image))[-1]))
    paths = []
    for number, damages in enumerate(_DAMAGES, start=1):
        take = damage.damaged(Take.of(modulation.write(image, _RATE), _RATE, data), damages, seed=number)
        paths.append(folder / f"take-{number}.wav")
        loudest = float(np.max(np.abs(take.samples)))
        files.write(paths[-1], take.samples * (0.9 / loudest), take.rate, force=True)
        say(f"    {paths[-1].name}: {', '.join(entry.name for entry in damages)}")
    say("")
    return paths


def _read_each(paths: list[Path], say: Say) -> None:
    for path in paths:
        with read_takes([path]) as takes:
            _command(say, f"read {path} -o ...", summary.what_is_missing(takes.memories[takes.best]))


def _merged(paths: list[Path], image: bytes, folder: Path, say: Say) -> None:
    with read_takes(paths) as takes:
        best = takes.best
        dump = takes.memories[best].dump
        if not dump.complete or dump.image != image:
            raise LuthierError("the demo did not read back what it wrote; please report this as a defect")
        recovered = folder / "recovered.syx"
        tape_output.save(dump, tape_output.destination(recovered, None), force=True)
        _write_report(takes, folder / "report")
        names = " ".join(str(path) for path in paths)
        _command(
            say,
            f"read {names} -o {recovered} --report {folder / 'report'}",
            f"{summary.memory_line(takes, best)}\n    all {len(image):,} bytes are those that were written",
        )
    same = (folder / "bank.syx").read_bytes() == recovered.read_bytes()
    say(f"    {recovered.name} and bank.syx are {'the same, byte for byte' if same else 'NOT the same'}")
    shown = "with pictures" if pictures.available() else "without pictures: pip install 'luthier[plots]'"
    say(f"    report: {folder / 'report' / report.PAGE} ({shown})\n")


def _write_report(takes: Takes, folder: Path) -> None:
    report.write(takes, diagnoses(takes), folder, force=True)


def _converted(folder: Path, say: Say) -> None:
    bank = library.load_bank(folder / "recovered.syx")
    target = tape_output.destination(folder / "mk2.syx", "mk2")
    assert target.synth is not None
    converted, losses = library.converted_for(bank, target.kind, target.synth)
    library.save([converted], target.path, target.kind, force=True)
    lost = "\n".join(f"    not carried: {loss}" for loss in losses)
    _command(
        say, f"convert {folder / 'recovered.syx'} --to mk2 -o {target.path}", f"{target.kind.title}\n{lost}"
    )


def _edited(folder: Path, say: Say) -> None:
    source, target = folder / "recovered.syx", folder / "edited.json"
    bank = library.load_bank(source)
    title = built_in.names(bank)[_PROGRAM]
    table = "\n".join(
        f"    {line}".rstrip() for line in panel.program_table(bank.program(_PROGRAM)).splitlines()
    )
    _command(say, f"show {source} {_PROGRAM}", f"program {_PROGRAM}: {title}\n\n{table}")
    assignments = [f"{_PROGRAM}.cutoff=30", f"{_PROGRAM}.chorus=0"]
    edited = edit.assign(bank, assignments)
    kind = library.output_format(target, None, edited)
    library.save([edited], target, kind, force=True)
    differences = compare(bank, edited)
    _command(
        say, f"set {source} {' '.join(assignments)} -o {target}", f"{target}: {len(differences)} changes"
    )
    _command(say, f"diff {source} {target}", "\n    ".join(map(str, differences)))


def _heard(bank: Bank, folder: Path, say: Say) -> None:
    """A page with all programs to hear."""
    from luthier.poly800.voice import audition

    entries = audition.audition(bank, folder, force=True)
    seconds = f"{len(entries)} programs of {audition.SECONDS:g} s, each with a phrase that suits it"
    _command(say, f"audition built-in -o {folder}", f"{folder / audition.PAGE}: {seconds}")


def _command(say: Say, arguments: str, result: str) -> None:
    say(f"$ luthier poly800 {arguments}\n    {result}\n")
