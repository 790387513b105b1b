"""The demo of the SX-KN5000: a song becomes a MIDI file and sound, and what lies behind it is looked up.

Sections of it are played through effects, and all effects are shown on a page.  Then the machine itself runs.

Each step names the command that does it.  The sounds are computed, not the machine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from luthier.compiled import will_compile
from luthier.files import write_bytes
from luthier.kn5000 import memory_map, songs
from luthier.kn5000.memory_map.view import answer_lines
from luthier.kn5000.sounds.strike import SoundSet
from luthier.kn5000.transport import dispatch, midi_messages
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.trace import trace
from luthier.midi.song import read_song

Say = Callable[[str], None]

#: Where the sub CPU keeps the volume of part 1.
_VOLUME = 0x041493


def run(folder: Path, say: Say) -> None:
    """Leave the results in ``folder`` and ``say`` what is done."""
    say("SX-KN5000: from a MIDI file to sound\n")
    _tell_sections(say)
    sounds = _render(folder, say)
    _effects(folder, sounds, say)
    _map(say)
    _trace(folder, say)
    _boot(folder, say)


def _tell_sections(say: Say) -> None:
    say(f"The song, {songs.title()}, shows every category of sounds once:")
    for section in songs.sections():
        minutes, seconds = divmod(int(section.start), 60)
        shown = f"{section.category}: {section.program_name}" if section.category else "all of them"
        say(f"    {minutes}:{seconds:02}  {section.title:<18}  {shown}")
    say("")


def _render(folder: Path, say: Say) -> SoundSet:
    from luthier.kn5000.engine import Engine
    from luthier.kn5000.rendering import render, report
    from luthier.kn5000.sounds.built_in import BuiltInSounds

    written, heard = folder / "song.mid", folder / "song.wav"
    write_bytes(written, songs.built_in_song(), force=True)
    if will_compile("luthier.kn5000"):
        say("(first use: making the sounds and compiling for some seconds)")
    sounds = BuiltInSounds()
    done = render.render(read_song(written), heard, lambda: Engine(sounds), render.Settings(force=True))
    _command(say, f"kn5000 render {written} -o {heard}", report.lines(done))
    return sounds


def _effects(folder: Path, sounds: SoundSet, say: Say) -> None:
    from luthier.kn5000 import effect_demo

    say("Pieces of the song through chosen effects:\n")
    effect_demo.run(folder, sounds, lambda command, outcome: _command(say, command, outcome))
    say(f"All 71 effects, with pictures measured from their sound: {folder / effect_demo.PAGE}\n")


def _map(say: Say) -> None:
    _command(say, f"kn5000 map {_VOLUME:#08x} --cpu sub", answer_lines(memory_map.at(_VOLUME, "sub")))


def _trace(folder: Path, say: Say) -> None:
    """What the main CPU sends for the volume and a key of part 1."""
    messages = (midi_messages.control(0, 7, 100), midi_messages.note(0, 60, 100))
    captured = b"".join(Packet(dispatch.MIDI, message.encoded).encoded for message in messages)
    path = folder / "captured.bin"
    write_bytes(path, captured, force=True)
    _command(say, f"kn5000 trace {path}", (record.line for record in trace(captured)))


def _boot(folder: Path, say: Say) -> None:
    from luthier.kn5000 import board_demo

    say("The machine itself: both CPUs run the open firmware, and are heard and seen.\n")
    if will_compile("luthier.kn5000.board"):
        say("(first use: compiling for some seconds)")
    _command(say, *board_demo.run(folder))


def _command(say: Say, command: str, outcome: Iterable[str]) -> None:
    say(f"$ luthier {command}")
    for line in outcome:
        say(f"    {line}".rstrip())
    say("")
