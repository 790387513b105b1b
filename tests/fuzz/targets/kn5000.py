"""The SX-KN5000: wave ROMs, SoundFonts, the engine, the bytes between its CPUs."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

from tests.fuzz.targets.target import Target

if TYPE_CHECKING:
    from luthier.kn5000.sounds.strike import SoundSet


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


TARGETS: dict[str, Target] = {
    "latch-trace": Target(_latch_trace, _latch_starts, 2_000),
    "reception": Target(_reception, _reception_starts, 2_000),
    "latch-receiver": Target(_latch_receiver, _latch_starts, 2_000),
    "wave-rom": Target(_wave_rom, _wave_rom_starts, 8_192),
    "soundfont": Target(_soundfont, _soundfont_starts, 16_384),
    "engine": Target(_engine, _engine_starts, 400),
}
