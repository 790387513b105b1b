"""How fast the SX-KN5000 plays songs, beside fluidsynth, and whether real songs come out whole.

``python -m benchmarks.kn5000_engine``

The peer is Debian's ``fluidsynth`` with ``timgm6mb-soundfont``: it plays the same file on the same core, as a
whole command as ours is.  The songs are those of Debian's ``openttd-openmsx``.  What is not installed leaves
its rows out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from benchmarks.results import Figure
from luthier.kn5000.engine import Engine
from luthier.kn5000.songs import built_in_song

NAME = "KN5000 engine"
#: Requirements: 64 voices, the same in small blocks, with five slots, beside fluidsynth, memory, start.
SPEED, SMALL_BLOCKS, FIVE_SLOTS, RATIO, MEBIBYTES, FIRST_SECONDS = 80, 40, 40, 1.5, 500, 1.5
#: Something in every slot; part 1 is led through the distortion, the others send to it.
SLOTS = {
    "effect": "PEQ+DIST+DELAY",
    "reverb": "CONCERT REVERB 2",
    "illusion": "STANDARD",
    "room": "STAGE",
    "eq": "GEQ",
}
SECONDS, REPEATS = 3.0, 5
SONGS = Path("/usr/share/games/openttd/baseset/openmsx")
SOUNDFONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
_RATE = 44_100


def _sixty_four_voices() -> Engine:
    """Strings, brass and pianos held on 16 parts: filters, envelopes, both sends."""
    engine = Engine()
    for part in range(16):
        if part == 9:
            engine.settings.set_drums(part, 0)
        engine.program(part, (48, 61, 0, 89)[part % 4])
        engine.control(part, 93, 60)
    key = 0
    while engine.sounding < 64:
        engine.note_on(key % 16, 40 + key % 45, 100)
        key += 1
    return engine


def _times_real_time(block: int, slots: Mapping[str, str] = MappingProxyType({})) -> float:
    engine = _sixty_four_voices()
    if slots:
        engine.insert(0)
    for slot, name in slots.items():
        engine.effects.choose(slot, name)
    out = np.empty((block, 2), np.float32)
    engine.render_into(out)
    best, blocks = np.inf, int(SECONDS * _RATE) // block
    for _ in range(REPEATS):
        begin = time.process_time()
        for _ in range(blocks):
            engine.render_into(out)
        best = min(best, time.process_time() - begin)
    assert engine.sounding > 56
    return float(blocks * block / _RATE / best)


def speeds() -> Iterator[Figure]:
    """64 voices through the whole engine, with reverb and chorus, and with all five slots."""
    for row, block, slots, required in (
        ("64 voices, reverb and chorus, 4096 frames a block", 4096, {}, SPEED),
        ("the same, 64 frames a block", 64, {}, SMALL_BLOCKS),
        ("64 voices and five slots, 4096 frames a block", 4096, SLOTS, FIVE_SLOTS),
    ):
        speed = _times_real_time(block, slots)
        yield Figure(
            NAME, row, f"{speed:.0f}×", f"≥ {required}×", speed >= required, "", {"times_real_time": speed}
        )


def _run(command: Sequence[str]) -> tuple[float, float, str]:
    """Processor seconds, peak MiB and standard output of a command, on one core."""
    code = (
        "import os, resource, subprocess, sys, json\n"
        "if hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})\n"
        "run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, text=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "seconds = used.ru_utime + used.ru_stime\n"
        "print(json.dumps([run.returncode, seconds, used.ru_maxrss / 1024, run.stdout]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], check=True, stdout=subprocess.PIPE)
    status, seconds, mebibytes, printed = json.loads(done.stdout)
    if status:
        raise RuntimeError(f"{' '.join(command)}: exit status {status}")
    return seconds, mebibytes, printed


def _render(song: Path, output: Path, *options: str) -> list[str]:
    luthier = str(Path(sys.executable).with_name("luthier"))
    return [luthier, "kn5000", "render", str(song), "-o", str(output), "--force", *options]


def _peer(song: Path, output: Path) -> list[str]:
    return ["fluidsynth", "-ni", "-q", "-r", str(_RATE), "-F", str(output), str(SOUNDFONT), str(song)]


def _medley(songs: Sequence[Path], folder: Path) -> Path:
    """All songs one after the other as a single file, each with its own tempo."""
    import mido

    made = mido.MidiFile(type=0, ticks_per_beat=480)
    track = made.add_track()
    for song in songs:
        track.append(mido.MetaMessage("set_tempo", tempo=500_000, time=960))
        track.append(mido.Message("sysex", data=bytes.fromhex("7E7F0901")))
        waited = 0.0
        for message in mido.MidiFile(song, clip=True):
            waited += message.time
            if not message.is_meta:
                track.append(message.copy(time=mido.second2tick(waited, 480, 500_000)))
                waited = 0.0
    path = folder / "medley.mid"
    made.save(path)
    return path


def beside_fluidsynth() -> Iterator[Figure]:
    """One long file, both as whole commands; the same hour gives the memory."""
    songs = sorted(SONGS.glob("*.mid"))
    if not songs:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        medley = _medley(songs, folder)
        ours, mebibytes, printed = min(_run(_render(medley, folder / "ours.wav", "--json")) for _ in range(2))
        length = float(json.loads(printed)["duration"])
        peer = ""
        required = holds = None
        details = {"seconds": ours, "song_seconds": length}
        if shutil.which("fluidsynth") and SOUNDFONT.exists():
            theirs = min(_run(_peer(medley, folder / "theirs.wav"))[0] for _ in range(2))
            ratio = theirs / ours
            peer, required, holds = f"{length / theirs:.0f}×", f"≥ {RATIO}× peer", ratio >= RATIO
            details |= {"peer_seconds": theirs, "ratio": ratio}
        row = f"{len(songs)} songs of OpenTTD as one file of {length / 60:.0f} minutes, whole command"
        text = f"{length / ours:.0f}×" + (f", {details['ratio']:.2f} × peer" if peer else "")
        yield Figure(NAME, row, text, required or "", holds, peer, details)
        yield Figure(
            NAME,
            "memory for that hour",
            f"{mebibytes:.0f} MiB",
            f"< {MEBIBYTES} MiB",
            mebibytes < MEBIBYTES,
            "",
            {"mebibytes": mebibytes},
        )


def real_songs() -> Iterator[Figure]:
    """Each song by itself: errors, clipping, hanging notes."""
    songs = sorted(SONGS.glob("*.mid"))
    if not songs:
        return
    failed, hanging, clipped, stolen, unsupported = [], [], [], 0, 0
    with tempfile.TemporaryDirectory() as name:
        for song in songs:
            try:
                report = json.loads(_run(_render(song, Path(name) / "song.wav", "--json"))[2])
            except RuntimeError:
                failed.append(song.stem)
                continue
            if report["still_sounding"]:
                hanging.append(song.stem)
            if report["peak"] > 0:
                clipped.append(song.stem)
            stolen += report["stolen"]
            unsupported += sum(report["unsupported"].values())
    counts = {"failed": failed, "hanging": hanging, "clipped": clipped}
    text = ", ".join(f"{len(names)} {what}" for what, names in counts.items())
    yield Figure(
        NAME,
        f"{len(songs)} songs of OpenTTD, each by itself",
        text,
        "none",
        not any(counts.values()),
        "",
        {**counts, "stolen_voices": stolen, "unsupported_events": unsupported},
    )


def starting() -> Iterator[Figure]:
    """From the start of the command to the first samples, with everything compiled."""
    code = (
        "import time, sys; sys.argv[0] = 'luthier'\n"
        "from luthier.kn5000 import engine\n"
        "piece = engine.Engine.render_later\n"
        "def first(self, out):\n"
        "    piece(self, out); self.settle(); print(time.time(), flush=True)\n"
        "    import os; os._exit(0)\n"
        "engine.Engine.render_later = first\n"
        "from luthier.cli import main; main()"
    )
    with tempfile.TemporaryDirectory() as name:
        song = Path(name) / "song.mid"
        song.write_bytes(built_in_song())
        arguments = ["kn5000", "render", str(song), "-o", str(Path(name) / "song.wav")]
        best = np.inf
        for _ in range(REPEATS):
            begin = time.time()
            run = subprocess.run(
                [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True, check=True
            )
            best = min(best, float(run.stdout.split()[0]) - begin)
    yield Figure(
        NAME,
        "from the command to the first samples",
        f"{best:.2f} s",
        f"< {FIRST_SECONDS} s",
        best < FIRST_SECONDS,
        "",
        {"seconds": best},
    )


def measure() -> Iterator[Figure]:
    """All of it."""
    for part in (speeds, starting, beside_fluidsynth, real_songs):
        yield from part()
