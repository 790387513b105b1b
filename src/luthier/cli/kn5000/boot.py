"""``luthier kn5000 boot``: both boards of the instrument run a firmware, the user's or the open one."""

from __future__ import annotations

import contextlib
import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from luthier.cli.kn5000 import app
from luthier.cli.output import ForceOption, JsonOption, note, print_json, progress

if TYPE_CHECKING:
    from luthier.kn5000.board.board import Board, Symbols
    from luthier.kn5000.board.report import Heard, Report, SelfTest
    from luthier.kn5000.board.roms.reading import Recognition
    from luthier.kn5000.board.roms.rom_set import RomSet
    from luthier.kn5000.board.session import Move
    from luthier.kn5000.board.trace_request import TraceRequest

_FIRMWARE = "open firmware"
_STEPS = re.compile(r"[+-]?[0-9]{1,4}")
_PICTURES = Fraction(1, 10)  #: seconds between two pictures of a video


@app.command()
def boot(
    roms: Annotated[
        Path | None,
        typer.Option(
            "--roms",
            metavar="DIR",
            envvar="LUTHIER_ROMS",
            help="Your dumps: a folder, or a zip archive. Without, the open firmware is booted.",
        ),
    ] = None,
    own: Annotated[
        bool, typer.Option("--open-firmware", help="The open firmware, though LUTHIER_ROMS is set.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", help="How much of the machine's time to run.")
    ] = 10.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write what is heard; - is standard output.")
    ] = None,
    screenshot: Annotated[
        Path | None,
        typer.Option("--screenshot", metavar="FILE.png", help="Write the screen as it is at the end."),
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option("--video", metavar="FILE.gif", help="Write the screen, ten pictures a second."),
    ] = None,
    press: Annotated[
        list[str] | None,
        typer.Option("--press", metavar="NAME@SECONDS", help="Press a button of the panel; repeatable."),
    ] = None,
    turn: Annotated[
        list[str] | None,
        typer.Option(
            "--turn", metavar="NAME:STEPS@SECONDS", help="Turn the wheel, or move a controller; repeatable."
        ),
    ] = None,
    midi: Annotated[
        str | None,
        typer.Option("--midi", metavar="FILE[@SECONDS]", help="Play a MIDI file into MIDI IN."),
    ] = None,
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            help="Write what happens: text, .jsonl, or .trace (compact); .gz or .xz may follow.",
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option("--log", metavar="KIND,...", help="What to write, such as latch,dsp; all names them."),
    ] = None,
    between: Annotated[
        str | None, typer.Option("--between", metavar="A:B", help="Only from second A to second B.")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", metavar="A[:B]", help="Only these addresses, B not included; repeatable."),
    ] = None,
    stores: Annotated[
        list[str] | None,
        typer.Option("--stores", metavar="CPU:A:B", help="What main or sub stores there; repeatable."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell what the folder holds and what is missing.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Run under Python itself: slow, but nothing is compiled.")
    ] = False,
    json: JsonOption = False,
    force: ForceOption = False,
) -> None:
    """Boot the SX-KN5000: both processors run your dumps, or the open firmware, and are heard and seen.

    Exit code 1 if something goes wrong that can be told.
    """
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM
    from luthier.kn5000.board.trace_request import requested

    outputs = _Outputs(output, screenshot, video, trace, json, force)
    outputs.check()
    if check and (roms is None or own):
        raise UsageError("--check looks at a folder", remedy="give --roms")
    if trace is None and (log or between or at or stores):
        raise UsageError("--log, --between, --at and --stores are for --trace", remedy="give it a file")
    length = _length(seconds)
    wanted = requested(log, between, at, stores)
    moves = _moves(press, turn, midi)
    recognition = None if roms is None or own else _recognise(roms)
    if check and recognition is not None:
        _tell(recognition, json)
        return
    report = _run(recognition, length, moves, outputs, wanted, plain)
    if json:
        print_json(report.record() | _roms_record(recognition))
    else:
        for line in report.lines():
            (note if output == STANDARD_STREAM else typer.echo)(line)
    if not report.is_sound:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Outputs:
    """What is written where."""

    sound: Path | None
    screenshot: Path | None
    video: Path | None
    trace: Path | None
    json: bool
    force: bool

    def check(self) -> None:
        """Refuse what cannot be written before anything runs."""
        from luthier.errors import MissingFeatureError, UsageError
        from luthier.files import STANDARD_STREAM, refuse_to_overwrite

        files = self.screenshot, self.video, self.trace
        if STANDARD_STREAM in files or (self.json and self.sound == STANDARD_STREAM):
            raise UsageError("standard output takes either sound or a report", remedy="name files")
        if self.video is not None and importlib.util.find_spec("PIL") is None:
            raise MissingFeatureError("--video needs Pillow: pip install 'luthier[plots]'")
        _refuse_other_suffix("--screenshot", self.screenshot, ".png")
        _refuse_other_suffix("--video", self.video, ".gif")
        for path in (self.sound, *files):
            if path is not None:
                refuse_to_overwrite(path, self.force)


def _refuse_other_suffix(option: str, path: Path | None, suffix: str) -> None:
    from luthier.errors import UsageError

    if path is not None and path.suffix.lower() != suffix:
        raise UsageError(
            f"{path} would not be what its name says", where=option, remedy=f"let it end in {suffix}"
        )


def _run(
    recognition: Recognition | None,
    length: Fraction,
    moves: list[Move],
    outputs: _Outputs,
    wanted: TraceRequest,
    plain: bool,
) -> Report:
    """Run it, and write what is to be written."""
    from luthier.kn5000.board.board import Board
    from luthier.kn5000.board.picture_files import write_gif, write_png
    from luthier.kn5000.board.report import Heard, Report
    from luthier.kn5000.board.session import Pictures, run

    images, symbols, name = _images(recognition)
    board = Board(images, executor="plain" if plain else "compiled", symbols=symbols)
    pictures = None if outputs.video is None else Pictures(_PICTURES)
    heard, force = Heard(), outputs.force
    with contextlib.ExitStack() as stack:
        noted = None
        if outputs.trace is not None:
            noted = stack.enter_context(wanted.written(board, outputs.trace, symbols, force))
        sound = stack.enter_context(_sound(outputs.sound, heard, force))
        advance = stack.enter_context(progress(_first_word(plain)))
        ending = run(board, length, moves, sound=sound, pictures=pictures, noted=noted, progress=advance)
    if outputs.screenshot is not None:
        write_png(outputs.screenshot, board.screen.picture(), force=force)
    if outputs.video is not None and pictures is not None:
        write_gif(outputs.video, pictures.taken, float(_PICTURES), force=force)
    return Report(name, board, ending, heard, _self_test(board) if recognition is None else None)


def _self_test(board: Board) -> SelfTest:
    """What the open firmware found out about itself."""
    from luthier.kn5000.firmware.verdict import PLACE, SIZE, verdict

    return verdict(board.main.memory.data[PLACE : PLACE + SIZE].tobytes())


def _recognise(folder: Path) -> Recognition:
    from luthier.kn5000.board.roms.reading import read_roms

    with progress("looking at your dumps"):
        return read_roms(folder)


def _tell(recognition: Recognition, json: bool) -> None:
    from luthier.kn5000.board.roms import view

    if json:
        print_json(view.record(recognition))
    else:
        for line in view.lines(recognition):
            typer.echo(line)
    if recognition.roms.program is None:
        raise typer.Exit(1)


def _images(recognition: Recognition | None) -> tuple[RomSet, Symbols | None, str]:
    """The set to boot, names for its addresses (None: the published ones), and what it is called."""
    from luthier.kn5000.board.roms import view

    if recognition is None:
        return *_open_firmware(), _FIRMWARE
    for line in view.lines(recognition):
        note(line)
    roms = recognition.bootable(lambda: _open_firmware()[0])
    return roms, None, str(recognition.folder)


def _open_firmware() -> tuple[RomSet, Symbols]:
    with progress("assembling the open firmware"):
        from luthier.kn5000.firmware.build import built

        firmware = built()
    return firmware.roms, firmware.symbols


def _roms_record(recognition: Recognition | None) -> dict[str, Any]:
    from luthier.kn5000.board.roms import view

    return {"roms": None if recognition is None else view.record(recognition)}


def _length(seconds: float) -> Fraction:
    from luthier.errors import UsageError
    from luthier.kn5000.board.session import LONGEST

    if not 0 < seconds <= LONGEST:
        raise UsageError(
            f"{seconds:g} seconds", where="--seconds", remedy=f"give more than 0 and at most {LONGEST:,}"
        )
    return Fraction(seconds).limit_denominator(1_000_000)


def _moves(press: list[str] | None, turn: list[str] | None, midi: str | None) -> list[Move]:
    from luthier.errors import UsageError
    from luthier.kn5000.board import session

    found: list[Move] = []
    for text in press or []:
        found += session.pressed(*_moment(text, "--press", "write DEMO@1.5"))
    for text in turn or []:
        what, seconds = _moment(text, "--turn", "write DATA WHEEL:3@1.5")
        name, separator, steps = what.rpartition(":")
        if not separator or not _STEPS.fullmatch(steps):
            raise UsageError(
                f"{text!r} is no name with steps", where="--turn", remedy="write DATA WHEEL:3@1.5"
            )
        found.append(session.turned(name, int(steps), seconds))
    if midi is not None:
        found += _played(midi)
    return found


def _played(midi: str) -> Iterator[Move]:
    from luthier.cli.kn5000.sounds import open_song
    from luthier.kn5000.board.session import played

    name, separator, at = midi.rpartition("@")
    moment = _seconds(at) if separator else None
    song = open_song(Path(midi if moment is None else name))
    return played(song.messages(), moment or Fraction(0))


def _moment(text: str, option: str, remedy: str) -> tuple[str, Fraction]:
    from luthier.errors import UsageError

    name, separator, at = text.rpartition("@")
    moment = _seconds(at)
    if not separator or not name or moment is None:
        raise UsageError(f"{text!r} is no name and moment", where=option, remedy=remedy)
    return name, moment


def _seconds(text: str) -> Fraction | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return Fraction(value).limit_denominator(1_000_000) if 0 <= value <= 1e6 else None


@contextlib.contextmanager
def _sound(output: Path | None, heard: Heard, force: bool) -> Iterator[Any]:
    """Where samples go: the file, and the report."""
    if output is None:
        yield heard.add
        return
    from luthier.audio.stream import writing
    from luthier.kn5000.board.audio import RATE

    with writing(output, RATE, force=force) as writer:

        def both(samples: Any) -> None:
            heard.add(samples)
            writer.write(samples)

        yield both


def _first_word(plain: bool) -> str:
    from luthier.compiled import will_compile
    from luthier.cpu.executor import is_compiled

    compiling = not plain and (will_compile("luthier.kn5000") or not is_compiled("tlcs900h2", traced=False))
    return "compiling for the first time" if compiling else "running"
