"""What is fuzzed: every parser, each with inputs to start from.

A target is a function that takes bytes.  It passes if it returns or raises a :class:`LuthierError`; anything
else is a finding.  A new format is fuzzed by :func:`_formats` without a line here.
"""

from __future__ import annotations

import functools
import os
import random
import tempfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from luthier.errors import LuthierError
from luthier.formats import Content, Format, registered
from luthier.identify import identify, why_not
from luthier.midi import sysex as midi_sysex
from luthier.poly800 import edit, panel, sequence, sequence_midi, sequence_view, sysex
from luthier.poly800.bank import Bank
from luthier.poly800.bank_format import BankFormat
from luthier.poly800.built_in import built_in_bank
from luthier.poly800.compare import compare
from luthier.poly800.convert import convert
from luthier.poly800.memory import image_from_ram
from luthier.poly800.synth import Synth
from luthier.poly800.verify import verify

if TYPE_CHECKING:
    from luthier.kn5000.sounds.strike import SoundSet
    from luthier.machine import FlatMachine


@dataclass(frozen=True)
class Target:
    """``run`` is given bytes; ``starts`` makes the inputs to begin with; ``longest`` bounds them."""

    run: Callable[[bytes], None]
    starts: Callable[[], Iterable[bytes]]
    longest: int = 8_192


def passes(target: Target, data: bytes) -> None:
    """Run ``target`` on ``data``; only findings come out as exceptions."""
    try:
        target.run(data)
    except LuthierError as error:
        assert str(error).strip(), "an error without a text"
        assert "\n" not in str(error), "an error of more than one line"


# --- MIDI --------------------------------------------------------------------------------------------------


def _messages(data: bytes) -> None:
    messages = midi_sysex.split(data)
    offsets = [message.offset for message in messages]
    assert offsets == sorted(offsets)
    if not data.startswith(b"MThd"):
        # More, if a status byte is left out in the stream ("running status") and put back in the message.
        assert sum(len(message.data) for message in messages) >= len(data)


def _dumps(data: bytes) -> None:
    sysex.survey(data)
    for dump in sysex.read_dumps(data, salvage=True):
        if dump.bank is not None:
            again = sysex.read_dumps(sysex.write_dump(dump.bank))
            assert again[0].bank == dump.bank


def _song(data: bytes) -> None:
    found = sequence_midi.from_midi(data, capacity=256, step=Fraction(1, 16))
    memory = found.sequence.over(bytes(256))
    assert sequence.decode(memory).steps == found.sequence.steps


def _midi_song(data: bytes) -> None:
    from luthier.midi.song import read_song
    from luthier.midi.song_loop import find_loop

    song = read_song(data)
    assert all(line.isprintable() for line in (*song.warnings, song.title, song.copyright))
    moments = [moment for moment, message in song.messages() if message[0] >= 0x80]
    assert moments == sorted(moments)
    assert len(song.title + song.copyright + song.lyrics) <= 4 * len(data)
    assert 0 <= find_loop(song).begin_seconds <= find_loop(song).end_seconds <= song.length


def _sequence(data: bytes) -> None:
    content = sequence.decode(data)
    assert content.encoded() == data
    content.problems()
    sequence_midi.to_midi(content)
    memory = data[:256].ljust(256, b"\0")
    bank = built_in_bank(Synth.POLY800).with_sequence(memory)
    shown, base = sequence_view.of_bank(bank)
    sequence_view.grid(shown, base)
    sequence_view.record(bank, shown, base)


def _dump_starts() -> Iterable[bytes]:
    for synth in (Synth.EX800, Synth.MK2):
        yield sysex.write_dump(built_in_bank(synth))
        yield sysex.request(synth) + sysex.error_report(synth)


def _song_starts() -> Iterable[bytes]:
    yield sequence_midi.to_midi(sequence.decode(built_in_bank(Synth.POLY800).sequence)).data


def _midi_song_starts() -> Iterable[bytes]:
    yield from _song_starts()
    (song,) = _song_starts()
    yield b"RIFF" + bytes(4) + b"RMIDdata" + len(song).to_bytes(4, "little") + song
    header = bytes.fromhex("4d54 6864 0000 0006 0001 0002 e728")
    first = bytes.fromhex(
        "00ff5103 07a120 00b06f00 00903c40 603d50 00f0024312 10f7021ef7 00ff060764756d6d793a29"
    )
    second = bytes.fromhex("00ff0609 6c6f6f705374617274 87689945 7f 30ff0607 6c6f6f70456e64 00ff2f00")
    yield header + b"".join(b"MTrk" + len(body).to_bytes(4, "big") + body for body in (first, second))


# --- Files -------------------------------------------------------------------------------------------------


def _identify(data: bytes) -> None:
    for name in ("-", "a.syx", "a.json", "a.csv", "a.ram", "a.tape"):
        content = Content.of_bytes(data, name)
        if not identify(content):
            assert why_not(content)


def _format(entry: Format, data: bytes) -> None:
    content = Content.of_bytes(data, f"a{entry.suffixes[0]}")
    entry.detect(content)
    if not isinstance(entry, BankFormat):
        entry.read(content)
        return
    for found in entry.find(content):
        bank = found.bank
        assert entry.find(Content.of_bytes(entry.write(bank), content.path.name))[0].bank == bank
        # Slow beside the parser: on every eighth input, always the same ones.
        if zlib.crc32(data) % 8 == 0:
            _whatever_one_does(bank)


def _whatever_one_does(bank: Bank) -> None:
    verify(bank)
    panel.bank_list(bank)
    panel.program_table(bank.program(88))
    for synth in Synth:
        convert(bank, synth)
    compare(bank, built_in_bank(bank.synth))


def _bank_starts(entry: Format) -> Iterable[bytes]:
    if not isinstance(entry, BankFormat):
        yield from [*_dump_starts(), *_song_starts()]
        return
    for synth in entry.synths:
        yield entry.write(built_in_bank(synth))


def _assignment(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for synth in (Synth.POLY800, Synth.MK2):
        bank = built_in_bank(synth)
        assert len(edit.assign(bank, text.split("\0")).ram) == len(bank.ram)


def _wave_rom(data: bytes) -> None:
    from luthier.kn5000.waves.rom import ROM_SIZE, read_rom, write_rom

    image = data.ljust(ROM_SIZE, b"\xff")
    rom = read_rom(image)
    assert write_rom(rom) == image
    rom.warnings()
    for number in range(min(len(rom.entries), 20)):
        rom.words(number)
        rom.samples(number)


def _wave_rom_starts() -> Iterable[bytes]:
    # Two entries, their records, sixteen samples.
    yield bytes.fromhex("0800 0100 0c00 0200 0100 40c0 0200 7fc0") + bytes(32)


def _soundfont(data: bytes) -> None:
    from luthier.kn5000.soundfont.file_format import SoundFontFile
    from luthier.kn5000.tone_generator.device import ToneGenerator

    sounds = SoundFontFile(data).sounds
    generator = ToneGenerator(sounds.recordings)
    assert len(list(sounds.presets())) <= len(data)
    for program, bank, drums in ((0, 0, False), (40, 8, False), (0, 0, True)):
        for key, velocity in ((1, 1), (60, 100), (127, 127)):
            for strike in sounds.sound(program, (bank, 0), drums=drums).strikes(key, velocity):
                assert 0 <= strike.selector < len(sounds.recordings.table)
                assert generator.recordings.table[strike.selector]["length"] > 0


def _soundfont_starts() -> Iterable[bytes]:
    from tests.kn5000.soundfont.writer import small

    yield small()


@functools.cache
def _sounds() -> SoundSet:
    from luthier.kn5000.sounds.built_in import BuiltInSounds

    return BuiltInSounds()


def _engine(data: bytes) -> None:
    """Any bytes as the cable gives them, a message every 32 frames."""
    import numpy as np

    from luthier.kn5000.engine import Engine
    from luthier.midi.stream import MessageStream

    engine = Engine(_sounds())
    for message in MessageStream().feed(data):
        engine.receive(message)
        assert np.all(np.abs(engine.render(32)) < 1_000)
    assert 0 <= engine.sounding <= 64


def _engine_starts() -> Iterable[bytes]:
    yield bytes.fromhex("903c64 b040 7f 803c40 b04000 e0007f c905 991e7f d040 b00640 b07b00")
    yield bytes.fromhex("f07e7f0901f7 f0411042124000 7f0041f7 f04110421240011500 2af7 903c7f")
    yield b"\x90" + bytes(value for key in range(20, 100) for value in (key, 100))


# --- Machines ----------------------------------------------------------------------------------------------


@functools.cache
def _flat_machine() -> FlatMachine:
    from luthier.machine import FlatMachine

    return FlatMachine("tlcs900h2", executor="plain")


def _machine(data: bytes) -> None:
    """Any bytes as registers and code."""
    machine = _flat_machine()
    registers, code = data[:40], data[40:]
    machine.memory[:] = 0
    machine.reset()
    for number, name in enumerate(machine.processor.architecture.program_registers):
        machine.registers[name] = int.from_bytes(registers[5 * number : 5 * number + 4], "little")
    machine.registers["SR"] = int.from_bytes(registers[4:20:5], "little")
    machine.load(0x1000, code)
    machine.pc = 0x1000
    machine.processor.interrupts.request(0x28, 3)
    machine.processor.start_trace(16)
    stop = machine.run(500, breakpoints={0x1010}, until_memory=(0x2000, 0x12345678))
    assert stop.instructions <= 500
    assert 0 <= stop.pc < 1 << 24
    assert len(list(machine.processor.trace())) == min(16, stop.instructions)


def _machine_starts() -> Iterable[bytes]:
    registers = b"".join(address.to_bytes(5, "little") for address in range(0x2000, 0x2400, 0x80))
    yield registers + bytes.fromhex("c9 61 f2 00 20 00 60 83 11 1d 00 10 00 06 00 38 5a ff")
    yield registers + bytes.fromhex("f3 07 f0 e4 41 d7 21 50 e4 ee 20 c5 ec 61 07 03 05")


def _snapshot(data: bytes) -> None:
    from luthier.machine.snapshot import Snapshot

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.npz")
        path.write_bytes(data)
        machine = _flat_machine()
        machine.restore(Snapshot.load(path))
        machine.run(100)


def _snapshot_starts() -> Iterable[bytes]:
    machine = _flat_machine()
    machine.reset()
    machine.memory[:] = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.npz")
        machine.snapshot().save(path)
        yield path.read_bytes()


# --- Programs ----------------------------------------------------------------------------------------------


def _assembler(data: bytes) -> None:
    from luthier.cpu import CPUS
    from luthier.cpu.assembler import assemble

    cpu = CPUS[data[:1] == b"@"]  # the H8S's operands begin so
    result = assemble(data.decode("utf-8", "replace").removeprefix("@"), cpu)
    assert len(result.image) <= 1 << 24
    result.listing()
    result.symbol_file()


def _assembler_starts() -> Iterable[bytes]:
    yield b"""        org 0xFE0000
start:  ld XSP,0xC00
        ld A,(table+1:24)
.next:  add A,(XIX+:4)
        djnz .next          ; again
        ld:2 WA,count
        jr NZ,start
table:  db 1,"two",'3'
count   equ $ - table
        dw low(table << 2), -(5 % 3)
        align 4
        ds 4, 0xFF
"""
    yield b"""@       org 0x400
start:  mov.l #0x8000:32,sp
        mov.b @(table+1:16,er3),r0l
.next:  push.l er0
        ldm.l @sp+,(er0-er1)
        bset #3,@0xffff20:8
        bne .next:16
        jsr @@0x20
table:  dw 1,$-start
"""


def _disassembler(data: bytes) -> None:
    from luthier.cpu import CPUS
    from luthier.cpu.assembler import assemble
    from luthier.cpu.disassembler import Image, disassembler
    from luthier.cpu.listing import Listing
    from luthier.cpu.program import take_apart
    from luthier.cpu.symbols import read_symbols

    cpu = CPUS[len(data) % len(CPUS)]
    tool = disassembler(cpu)
    text, _, code = data.partition(b"\0")
    symbols = read_symbols(text.decode("utf-8", "replace"), tool.description)
    if not code:
        return
    image = Image.of(code, 0x1000000 - len(code))
    assert b"".join(found.code for found in tool.instructions(image)) == code
    program = take_apart(tool, image, [image.base], symbols)
    lines = "\n".join(Listing(tool, program).lines())
    try:
        assert assemble(lines, cpu).image == code
    except LuthierError as error:
        raise AssertionError("our own text is refused") from error


def _disassembler_starts() -> Iterable[bytes]:
    yield b"main = 0xFFFFF0\nport = 0x12 ; data\0" + bytes.fromhex("1d0900ff c90305 c1120021 68fe aac9610e")
    yield b"\0" + random.Random(1).randbytes(500)
    yield b"\0" + random.Random(1).randbytes(501)
    # The last 256 bytes, which begin with the reset vector.
    yield b"\0" + bytes.fromhex("f8ffff00") + b"\xff" * 244 + bytes.fromhex("0607 c9a8 c9610e 0e")


# --- SX-KN5000 ---------------------------------------------------------------------------------------------


def _latch_trace(data: bytes) -> None:
    from luthier.kn5000.transport.trace import trace

    for boot in (False, True):
        for record in trace(data, boot=boot):
            assert record.line.isprintable()
            assert len(record.encoded) == record.record["length"] > 0


def _latch_receiver(data: bytes) -> None:
    from luthier.kn5000.transport.receiver import Receiver

    sub = Receiver(booting=bool(data) and data[0] == 0xE1)
    for start in range(0, len(data), 100):
        sub.feed(data[start : start + 100])
        sub.main_loop()
    assert len(sub.ram.image) == 1 << 20


def _reception(data: bytes) -> None:
    from tests.kn5000.reception.player import Player

    player = Player()
    places = [place for place, byte in enumerate(data) if byte >= 0x80 and byte != 0xF7]
    for start, end in pairwise([0, *places, len(data)]):
        player.reception.receive(data[start:end])
    for part in range(26):
        state = player.parts.state(part)
        assert -3 <= state.pan <= 3
        assert state.portamento >= 0
        assert state.attack > 0


def _reception_starts() -> Iterable[bytes]:
    return [
        bytes.fromhex("F0411042124000 7F0041F7 B06500 B06400 B0060C C030 903C64 E00000"),
        bytes.fromhex("F0 41 42 12 40 01 30 05 F7 F0 7E 7F 09 01 F7 F0 7F 7F 04 01 00 40 F7"),
        bytes.fromhex("B06301 B06208 B00650 B0631A B06226 B00640 D050 A03C40"),
    ]


def _latch_starts() -> Iterable[bytes]:
    from luthier.kn5000.transport import sender
    from luthier.kn5000.transport.blocks import Block, BlockRequest
    from luthier.kn5000.transport.dsp_messages import preset, slot_configuration
    from luthier.kn5000.transport.midi_messages import control, note
    from luthier.kn5000.transport.queries import SoundNameQuery

    block = Block(0x0400, bytes(range(256)))
    stream = sender.encode(
        [
            note(0, 60, 100),
            control(3, 0x91, 64),
            slot_configuration(0, bytes(56)),
            preset(bytes(290)),
            sender.query(SoundNameQuery(0x14, 0)),
            sender.tone_generator_mode(6),
            BlockRequest(0x7800, 0x1E0000, 12),
            block,
        ]
    )
    yield stream
    yield block.encoded + stream
    yield b"> " + stream.hex(" ").encode() + b"\n< 42 90 3c 64 # a key\n"


# --- Kaossilator Pro and Kaoss Pad 3 -----------------------------------------------------------------------


def _system_file(data: bytes) -> None:
    from luthier.kaoss import system_file, vectors, verify, view
    from luthier.kaoss.header_text import from_text, to_text

    file = system_file.read(data)
    assert file.write() == data
    assert from_text(to_text(file.header)) == file.header
    assert all(str(finding).isprintable() for finding in verify.verify(file))
    assert all(line.isprintable() for line in view.info_lines("a", file))
    view.info_record("a", file)
    vectors.decode(file)


def _system_file_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().write()[:0x400]
    yield built_in().write()[:0x110]


def _sandbox(data: bytes) -> None:
    """Any bytes as a firmware: the run ends, and can be told of."""
    from luthier.kaoss.sandbox import view
    from luthier.kaoss.sandbox.chip import Chip
    from luthier.kaoss.sandbox.run import Limits, run
    from luthier.kaoss.sandbox.wiring import wiring_of

    done = run(Chip(data, wiring_of("LuthierPad"), executor="plain"), Limits(0.005, 5_000, 5.0))
    assert done.instructions <= 5_000
    assert list(view.lines("fuzz", done))
    assert view.record("fuzz", done)["ended"] == done.ended


def _sandbox_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().payload[:0x700]


def _wiring(data: bytes) -> None:
    from luthier.kaoss.sandbox.wiring import wiring_from

    wiring_from(data)


def _wiring_starts() -> list[bytes]:
    return [
        b'clock = 24_000_000\n[[memory]]\nkind = "spi"\nname = "M"\n'
        b'pins = { cs = "P1.0", sck = "P1.1", si = "P1.2", so = "P1.3" }\n'
        b'[[key]]\nname = "K"\ncolumn = "PB.1"\nrow = "PC.0"\n[[window]]\nname = "D"\nfirst = 1\nlast = 2\n'
    ]


def _boot_mode(data: bytes) -> None:
    """A chip in boot mode hears anything at all, and the host any answer."""
    from luthier.kaoss.recovery import protocol
    from luthier.kaoss.recovery.simulated_unit import SimulatedUnit

    unit = SimulatedUnit(executor="plain")
    unit.write(data[:512])
    unit.read(len(data), 0.01)

    class Answers:
        rest = data

        def write(self, content: bytes) -> None:
            pass

        def read(self, count: int, seconds: float) -> bytes:
            found, self.rest = self.rest[:count], self.rest[count:]
            return found

    protocol.recover(Answers(), b"\x00" * 0x40000, b"\x01")


def _boot_mode_starts() -> list[bytes]:
    return [bytes.fromhex("55 06400101 0004 0102035A A0 3A3A3A 52"), bytes.fromhex("AAAAAAAA 1106 52 0606")]


def _header_text(data: bytes) -> None:
    from luthier.kaoss.header_text import from_text, to_text

    header = from_text(data.decode("utf-8", "replace"))
    assert from_text(to_text(header)) == header
    assert len(header.encoded()) == 256


def _header_text_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in
    from luthier.kaoss.header_text import to_text

    yield to_text(built_in().header).encode()


def _patch(data: bytes) -> None:
    from luthier.kaoss import patch, patch_text
    from luthier.kaoss.built_in import built_in

    wanted = patch_text.parse(data.decode("utf-8", "replace"))
    if all(change.assembly is None for change in wanted.changes):
        file, all_of_it = built_in(), patch.Permissions(vectors=True, protected=True)
        patch.judge(file, wanted)
        assert (
            patch.apply(patch.apply(file, wanted, all_of_it), patch.reversed_patch(wanted), all_of_it) == file
        )


def _patch_starts() -> Iterable[bytes]:
    yield b"device LuthierPad\nprotect 0x3C000:0x40000 r\nat 0x216\n reason r\nexpect 04 80\nwrite 00 00 #\n"
    yield b"version 1.00\nat 528\nreason r\nexpect 04 80\nassemble\n rte\nend\n"


def _firmware_code(data: bytes) -> None:
    """Vectors and code of any bytes: listed, assembled again, compared, searched for wires."""
    from dataclasses import replace

    from luthier.cpu.assembler import assemble
    from luthier.kaoss.built_in import CPU, built_in
    from luthier.kaoss.code import take_payload_apart
    from luthier.kaoss.difference.comparison import compare
    from luthier.kaoss.difference.page import page
    from luthier.kaoss.listing import Source
    from luthier.kaoss.wires import view
    from luthier.kaoss.wires.buses import search

    file = replace(built_in(), payload=data)
    code = take_payload_apart(file)
    text = "".join(f"{line}\n" for line in Source(code).text())
    assert assemble(text, CPU).image == data
    assert list(view.lines(search(code)))
    assert page(compare(built_in(), file), "a", "b")


def _firmware_code_starts() -> Iterable[bytes]:
    from luthier.kaoss.built_in import built_in

    yield built_in().payload[:0x620]


def _notes(data: bytes) -> None:
    from luthier.cpu import describe
    from luthier.cpu.assembler import assemble
    from luthier.kaoss import notes
    from luthier.kaoss.built_in import CPU, built_in
    from luthier.kaoss.code import take_payload_apart
    from luthier.kaoss.listing import Source

    said = notes.parse(data.decode("utf-8", "replace"), describe(CPU))
    again = notes.parse(notes.write(said.symbols, said), describe(CPU))
    assert again.symbols == said.symbols
    code = take_payload_apart(built_in(), said)
    text = "".join(f"{line}\n" for line in Source(code).text())
    assert assemble(text, CPU).image == built_in().payload


def _notes_starts() -> Iterable[bytes]:
    yield b"2BA main code ; Begins here.\n2BC - ; Sleeps.\n590 commands table 5\nFFB004 passes data\n"
    yield b"# names\nplay = 0x0002EC\nTCSR = 0xFFFF74 ; data\n211 odd\n3FFFE end table 9\n"


def _loops(data: bytes) -> None:
    from luthier.kaoss.loops.arrangement import arrange
    from luthier.kaoss.loops.language import parse
    from luthier.kaoss.loops.messages import Performance
    from luthier.kaoss.loops.midi_file import to_file

    found = arrange(parse(data.decode("utf-8", "replace")))
    if found.bars < 500:
        assert to_file(Performance(found, hold=len(data) % 2 == 0)).startswith(b"MThd")


def _loops_starts() -> Iterable[bytes]:
    yield b"tempo 96\nbars A=4,B=2\ncount-in 1\nplay A*3 B C*3\nplay (A>B / C>D)*2\npad 5.1 0,6 to 9,6 over 2"
    yield b"notes A=1\ncontrollers x=3\nrepeat 2\nax3 -> b+c:2 -> .:2\npad 1 off"


# --- Sound -------------------------------------------------------------------------------------------------


def _audio(data: bytes) -> None:
    from luthier.audio import files

    # Without ffmpeg, which would be fuzzed instead of us.
    path, os.environ["PATH"] = os.environ.get("PATH", ""), ""
    try:
        with tempfile.TemporaryDirectory() as folder:
            sound = Path(folder, "a.wav")
            sound.write_bytes(data)
            recording = files.read(sound)
            assert recording.samples.ndim == 2
            assert not (recording.samples != recording.samples).any()
    finally:
        os.environ["PATH"] = path


def _tape(data: bytes) -> None:
    import numpy as np

    from luthier.poly800 import tape

    samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
    for dump in tape.read(samples, 8_000).dumps:
        assert not dump.complete, "a whole tape in a few seconds of anything"


def _audio_starts() -> Iterable[bytes]:
    from luthier.audio import files
    from luthier.poly800.tape import modulation

    sound = modulation.write(b"\xb3\xbf\x00\x55", 8_000, leader=0.05, trailer=0.05)
    with tempfile.TemporaryDirectory() as folder:
        for name, subtype in (
            ("a.wav", None),
            ("b.wav", "PCM_24"),
            ("c.wav", "FLOAT"),
            ("d.wav", "IMA_ADPCM"),
            ("e.flac", None),
            ("f.aiff", None),
            ("g.ogg", None),
            ("h.au", None),
            ("i.mp3", None),
        ):
            files.write(Path(folder, name), sound, 8_000, subtype=subtype)
            yield Path(folder, name).read_bytes()


def _tape_starts() -> Iterable[bytes]:
    from luthier.poly800.tape import modulation

    image = image_from_ram(built_in_bank(Synth.POLY800).ram)
    sound = modulation.write(image[:40], 8_000, leader=0.3, trailer=0.1)
    yield (sound * 32_767).astype("<i2").tobytes()


def _formats() -> dict[str, Target]:
    return {
        f"format-{entry.name}": Target(
            functools.partial(_format, entry), functools.partial(_bank_starts, entry), 200_000
        )
        for entry in registered()
    }


def _voice(data: bytes) -> None:
    """A program of any bytes, then whatever comes over MIDI."""
    import numpy as np

    from luthier.midi.stream import MessageStream
    from luthier.poly800.program import Program
    from luthier.poly800.voice import Voice
    from luthier.poly800.voice.reception import Reception

    length = 26 if data[:1] > b"\x7f" else 21
    voice = Voice(Program(data[1 : length + 1].ljust(length, b"\0")), rate=8_000)
    reception = Reception(voice)
    for message in MessageStream().feed(data[length + 1 :]):
        reception.receive(message)
        heard = voice.render(60)
        assert np.isfinite(heard).all()
        assert np.abs(heard).max() < 30


def _voice_starts() -> list[bytes]:
    played = bytes.fromhex("90 30 40 34 40 37 40 E0 00 7F B0 01 7F B0 02 40 C0 05 80 30 00 B0 7B 00")
    return [
        b"\0" + built_in_bank(Synth.POLY800).programs[0].packed + played,
        b"\xff" + built_in_bank(Synth.MK2).programs[20].packed + played,
    ]


TARGETS: dict[str, Target] = {
    "midi-messages": Target(_messages, _dump_starts),
    "dumps": Target(_dumps, _dump_starts),
    "song": Target(_song, _song_starts),
    "midi-song": Target(_midi_song, _midi_song_starts, 4_096),
    "sequence": Target(_sequence, lambda: [bytes.fromhex("b402b5020101b7b93437bc02020100")], 1_000),
    "identify": Target(_identify, lambda: [*_dump_starts(), *_song_starts(), random.Random(1).randbytes(64)]),
    "assignment": Target(_assignment, lambda: [b"11.41=69", b"11-18.trigger=multi\x0087=2"], 200),
    "assembler": Target(_assembler, _assembler_starts, 2_000),
    "latch-trace": Target(_latch_trace, _latch_starts, 2_000),
    "reception": Target(_reception, _reception_starts, 2_000),
    "latch-receiver": Target(_latch_receiver, _latch_starts, 2_000),
    "audio": Target(_audio, _audio_starts, 16_384),
    "tape": Target(_tape, _tape_starts, 16_384),
    "machine": Target(_machine, _machine_starts, 2_000),
    "snapshot": Target(_snapshot, _snapshot_starts, 30_000),
    "disassembler": Target(_disassembler, _disassembler_starts, 2_000),
    "kaoss-system-file": Target(_system_file, _system_file_starts, 2_048),
    "kaoss-header-text": Target(_header_text, _header_text_starts, 2_048),
    "kaoss-patch": Target(_patch, _patch_starts, 2_048),
    "kaoss-code": Target(_firmware_code, _firmware_code_starts, 2_048),
    "kaoss-notes": Target(_notes, _notes_starts, 2_048),
    "kaoss-sandbox": Target(_sandbox, _sandbox_starts, 2_048),
    "kaoss-wiring": Target(_wiring, _wiring_starts, 2_048),
    "kaoss-boot-mode": Target(_boot_mode, _boot_mode_starts, 512),
    "kaoss-loops": Target(_loops, _loops_starts, 2_048),
    "wave-rom": Target(_wave_rom, _wave_rom_starts, 8_192),
    "soundfont": Target(_soundfont, _soundfont_starts, 16_384),
    "engine": Target(_engine, _engine_starts, 400),
    "poly800-voice": Target(_voice, _voice_starts, 600),
    **_formats(),
}
