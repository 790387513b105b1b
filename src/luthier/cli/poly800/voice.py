"""``luthier poly800 render|audition|play``: hear a bank."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from luthier.cli.output import ForceOption, JsonOption, OutputOption, note, print_json, progress
from luthier.cli.poly800 import app
from luthier.cli.poly800.memory import SalvageOption

if TYPE_CHECKING:
    from luthier.poly800.voice.live import Source
    from luthier.poly800.voice.phrases import Phrase
    from luthier.poly800.voice.reception import Reception
    from luthier.poly800.voice.voice import Voice

BankOption = Annotated[
    Path,
    typer.Argument(
        metavar="[BANK]",
        help="Tape recording, .syx, .json, .csv ...; without, the bank that comes with Luthier.",
        show_default=False,
    ),
]
ProgramOption = Annotated[int, typer.Option("--program", "-p", help="11 to 18, 21 to 28 ... 81 to 88.")]
MidiOption = Annotated[
    Path | None, typer.Option("--midi", metavar="FILE", help="Play a MIDI file; - is standard input.")
]
NotesOption = Annotated[
    str | None,
    typer.Option("--notes", metavar="NOTES", help='Play notes: "C3 E3 G3", chords C3+E3, rests -, C3:1.5 s.'),
]
SequenceOption = Annotated[bool, typer.Option("--sequence", help="Play the bank's sequence.")]
TempoOption = Annotated[
    float, typer.Option("--tempo", min=4, max=999, help="Quarter notes a minute, for --sequence.")
]
ChannelOption = Annotated[
    int | None, typer.Option("--channel", min=1, max=16, help="Listen to one MIDI channel; else to all.")
]
UnlimitedOption = Annotated[
    bool,
    typer.Option("--unlimited", help="All 128 keys, fine bends, hold pedal: more than the machine takes."),
]
ChordOption = Annotated[bool, typer.Option("--chord", help="Each key plays the chord in the bank's memory.")]
HoldOption = Annotated[bool, typer.Option("--hold", help="Keys go on sounding, as with the key HOLD.")]
GainOption = Annotated[float, typer.Option("--gain", min=-96, max=96, metavar="DB", help="Louder or softer.")]
RateOption = Annotated[int, typer.Option("--rate", min=8_000, max=192_000, help="Samples a second.")]

_BUILT_IN = Path("built-in")


@app.command()
def render(
    output: OutputOption,
    bank: BankOption = _BUILT_IN,
    program: ProgramOption = 11,
    midi: MidiOption = None,
    notes: NotesOption = None,
    sequence: SequenceOption = False,
    tempo: TempoOption = 120.0,
    channel: ChannelOption = None,
    unlimited: UnlimitedOption = False,
    chord: ChordOption = False,
    hold: HoldOption = False,
    rate: RateOption = 44_100,
    bits: Annotated[
        int | None, typer.Option("--bits", help="16, 24 or 32 (floats), where the format has them.")
    ] = None,
    gain: GainOption = 0.0,
    tail: Annotated[
        float | None,
        typer.Option("--tail", min=0, max=600, help="Seconds after the end; else until silence, at most 10."),
    ] = None,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Play a program and write what is heard; without anything to play, a phrase that suits it."""
    from luthier.errors import UsageError
    from luthier.files import STANDARD_STREAM, refuse_to_overwrite

    if bits not in (None, 16, 24, 32):
        raise UsageError(f"samples of {bits} bits", remedy="give 16, 24 or 32")
    if json and output == STANDARD_STREAM:
        raise UsageError("standard output takes either sound or JSON", remedy="give -o a file")
    refuse_to_overwrite(output, force)
    voice, phrase, reception = _prepared(
        bank, program, midi, notes, sequence, tempo, channel, unlimited, chord, hold, rate, salvage
    )

    from luthier.poly800.voice import rendering

    with progress(_first_word()) as advance:
        done = rendering.render_file(
            voice,
            phrase,
            output,
            reception=reception,
            tail=tail,
            gain=gain,
            bits=bits,
            force=force,
            progress=advance,
        )
    if json:
        print_json(done)
        return
    for line in rendering.lines(done):
        note(line) if output == STANDARD_STREAM else print(line)


@app.command()
def audition(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write into.")],
    bank: BankOption = _BUILT_IN,
    seconds: Annotated[float, typer.Option("--seconds", min=0.5, max=60, help="Of each program.")] = 4.0,
    kind: Annotated[str, typer.Option("--format", help="flac, wav, ogg or mp3.")] = "flac",
    rate: RateOption = 44_100,
    json: JsonOption = False,
    force: ForceOption = False,
    salvage: SalvageOption = False,
) -> None:
    """Write all 64 programs as sounds and one page to hear and see them, index.html."""
    from luthier.poly800 import library

    content = library.load_bank(bank, salvage=salvage)

    from luthier.poly800.voice import audition as page

    title = "" if bank == _BUILT_IN else f"{bank.name}: {content.synth.title}"
    with progress(_first_word()) as advance:
        entries = page.audition(
            content, output, title=title, rate=rate, seconds=seconds, kind=kind, force=force, progress=advance
        )
    if json:
        print_json([{"name": entry.name or str(entry.number), "program": entry} for entry in entries])
        return
    for warning in (warning for entry in entries for warning in entry.warnings):
        note(f"warning: {warning}")
    print(f"{output / page.PAGE}: {len(entries)} programs of {seconds:g} s")


@app.command()
def play(
    bank: BankOption = _BUILT_IN,
    program: ProgramOption = 11,
    port: Annotated[
        str | None,
        typer.Option("--port", help="Play what comes from a MIDI port, by name or part of it."),
    ] = None,
    midi: MidiOption = None,
    notes: NotesOption = None,
    sequence: SequenceOption = False,
    tempo: TempoOption = 120.0,
    channel: ChannelOption = None,
    unlimited: UnlimitedOption = False,
    chord: ChordOption = False,
    hold: HoldOption = False,
    device: Annotated[
        str | None, typer.Option("--device", help="The sound card, by name or part of it.")
    ] = None,
    gain: GainOption = 0.0,
    salvage: SalvageOption = False,
) -> None:
    """Play a program through the sound card: what comes from a --port, or as render does."""
    from luthier.audio import devices
    from luthier.errors import UsageError

    if port is not None and (midi or notes or sequence):
        raise UsageError("either --port or something to play", remedy="leave one out")
    found = devices.find(device)  # before anything that takes its time
    voice, phrase, reception = _prepared(
        bank, program, midi, notes, sequence, tempo, channel, unlimited, chord, hold, 44_100, salvage
    )
    for warning in voice.warnings:
        note(f"warning: {warning}")

    from luthier.poly800.voice.live import AHEAD, BLOCK, Player

    length = phrase.seconds if phrase and port is None else 0.0
    with (
        _source(port, phrase, voice) as source,
        devices.opened(found, voice.rate, BLOCK, AHEAD) as card,
        progress(f"playing to {card.name}; Ctrl-C ends it") as advance,
        contextlib.suppress(KeyboardInterrupt),
    ):
        player = Player(source, voice, reception, card, gain)
        player.play(lambda seconds: advance(min(seconds / length, 1.0) if length else 0.0, ""))
    if card.missed:
        note(f"{card.missed} blocks of {BLOCK} frames came too late: end other programs, or render to a file")


@contextlib.contextmanager
def _source(port: str | None, phrase: Phrase | None, voice: Voice) -> Iterator[Source]:
    """The open port, or the phrase."""
    from luthier.midi.ports import listening
    from luthier.poly800.voice.live import Keys, Messages

    if port is None:
        yield Messages(phrase, voice.rate)
        return
    with listening(port) as cable:
        note(f"listening to {cable.name}")
        yield Keys(cable)


def _prepared(
    bank: Path,
    program: int,
    midi: Path | None,
    notes: str | None,
    sequence: bool,
    tempo: float,
    channel: int | None,
    unlimited: bool,
    chord: bool,
    hold: bool,
    rate: int,
    salvage: bool,
) -> tuple[Voice, Phrase | None, Reception]:
    """The voice, what it plays (None: its sequence) and what takes its MIDI."""
    from luthier.errors import UsageError
    from luthier.poly800 import library

    if (midi is not None) + (notes is not None) + sequence > 1:
        raise UsageError("one of --midi, --notes and --sequence", remedy="leave the others out")
    content = library.load_bank(bank, salvage=salvage)

    from luthier.poly800.voice import phrases, settings
    from luthier.poly800.voice.reception import Reception
    from luthier.poly800.voice.voice import Voice

    voice = Voice(content, number=program, rate=rate, limits=not unlimited)
    reception = Reception(voice, channel=channel)
    if chord:
        voice.chord(True)
    if hold:
        voice.hold(True)
    if sequence:
        voice.play_sequence(tempo)
        return voice, None, reception
    if notes is not None:
        return voice, phrases.notes(notes), reception
    if midi is not None:
        return voice, _song(midi), reception
    return voice, phrases.suited(settings.clamped(content.program(program))[0]), reception


def _song(path: Path) -> Phrase:
    from luthier.files import STANDARD_STREAM, read_bytes
    from luthier.midi.song import SIZE_LIMIT, read_song
    from luthier.poly800.voice import phrases

    song = read_song(read_bytes(path, SIZE_LIMIT) if path == STANDARD_STREAM else path)
    for warning in song.warnings:
        note(f"warning: {warning}")
    return phrases.of_song(song)


def _first_word() -> str:
    from luthier.compiled import will_compile

    return "compiling for the first time" if will_compile("luthier.poly800.voice") else "playing"
