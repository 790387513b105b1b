"""The whole instrument: messages in, sound out."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from luthier.errors import InputError
from luthier.kn5000.effects import Rack
from luthier.kn5000.engine import Engine
from luthier.kn5000.parts.system import SILENCE
from luthier.kn5000.tone_generator.device import replay
from luthier.kn5000.tone_generator.registers import initialisation
from luthier.kn5000.transport import dispatch
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage, note

Sound = NDArray[np.float32]


def _messages(seed: int, count: int = 220) -> list[tuple[int, bytes]]:
    """Frames and MIDI messages of everything at once: notes, pedals, bends, glides, programs, GS."""
    random_of = random.Random(seed)
    made, frame = [], 0
    for _ in range(count):
        frame += random_of.choice((0, 0, 1, 17, 200, 700))
        channel = random_of.choice((0, 1, 2, 9))
        key = random_of.randrange(40, 80)
        message = random_of.choice(
            (
                bytes([0x90 | channel, key, random_of.randrange(1, 128)]),
                bytes([0x90 | channel, key, random_of.randrange(1, 128)]),
                bytes([0x80 | channel, key, 64]),
                bytes([0xB0 | channel, random_of.choice((1, 7, 10, 11, 64, 65, 5, 66, 74, 91, 93)), key]),
                bytes([0xE0 | channel, random_of.randrange(128), random_of.randrange(128)]),
                bytes([0xD0 | channel, key]),
                bytes([0xC0 | channel, random_of.randrange(128)]),
                bytes.fromhex("f04110421240013004 0b f7".replace(" ", "")),
            )
        )
        made.append((frame, message))
    return made


def _played(messages: list[tuple[int, bytes]], block: int, frames: int) -> Sound:
    engine = Engine()
    pieces, time = [], 0
    for until, message in [*messages, (frames, b"")]:
        while time < until:
            count = min(block, until - time)
            pieces.append(engine.render(count))
            time += count
        if message:
            engine.receive(message)
    return np.concatenate(pieces)


class ByteByByte(Engine):
    """An engine whose messages all come through the latch, byte by byte."""

    def send(self, message: RingMessage) -> None:
        for byte in Packet(dispatch.MIDI, message.encoded).encoded:
            self.receiver.feed(bytes([byte]))
        self.run()


@pytest.mark.parametrize("seed", range(2))
def test_messages_in_one_step_leave_what_they_leave_byte_by_byte(seed: int) -> None:
    quick, plain = Engine(log=True), ByteByByte(log=True)
    pieces: tuple[list[Sound], list[Sound]] = [], []
    for frame, message in _messages(seed):
        for engine, heard in zip((quick, plain), pieces, strict=True):
            heard.append(engine.render(frame - engine.generator.time))
            if seed:
                engine.generator.keybed.press(36 + message[-1] % 61, 20)
            engine.receive(message)
    assert bytes(quick.receiver.ram.image) == bytes(plain.receiver.ram.image)
    assert quick.generator.log is not None
    assert plain.generator.log is not None
    assert np.array_equal(quick.generator.log.rows(), plain.generator.log.rows())
    assert quick.statistics == plain.statistics
    assert quick.receiver.outgoing == plain.receiver.outgoing
    assert np.array_equal(np.concatenate(pieces[0]), np.concatenate(pieces[1]))


def test_a_key_sounds_and_dies_away() -> None:
    engine = Engine()
    engine.note_on(part=0, note=60, velocity=100)
    left_right = engine.render(4410)
    assert left_right.shape == (4410, 2)
    assert left_right.dtype == np.float32
    assert np.abs(left_right).max() > 0.01
    assert engine.sounding > 0
    engine.note_off(0, 60)
    engine.render(6 * 44_100)
    assert engine.silent


@pytest.mark.parametrize("block", [16, 63, 64, 1000, 4096])
def test_sound_does_not_depend_on_the_sizes_of_blocks(block: int) -> None:
    messages = _messages(7)
    frames = messages[-1][0] + 9000
    whole = _played(messages, 1 << 20, frames)
    assert np.abs(whole).max() > 0.05
    assert np.array_equal(_played(messages, block, frames), whole)


def test_register_writes_played_again_give_the_same_dry_sound() -> None:
    engine = Engine(log=True)
    dry = []
    for frame, message in _messages(8, 80):
        missing = frame - engine.generator.time
        if missing:
            engine.render(missing)
        engine.receive(message)
    engine.render(5000)
    log = engine.generator.log
    assert log is not None
    again = np.concatenate(list(replay(log.rows(), engine.sounds.recordings, engine.generator.time)))
    effects = Rack()
    out = np.ascontiguousarray(again[:, 0:2])
    effects.process(again[:, 2:4].copy(), again[:, 4:6].copy(), out)
    # The reverb was changed on the way by a message, which is not in the log of registers: dry sound only.
    played = Engine(effects=_NoEffects())
    for frame, message in _messages(8, 80):
        missing = frame - played.generator.time
        if missing:
            dry.append(played.render(missing))
        played.receive(message)
    dry.append(played.render(5000))
    assert np.array_equal(again[:, 0:2], np.concatenate(dry))


class _NoEffects(Rack):
    def process(self, effect: Sound, reverb: Sound, out: Sound) -> None:
        del effect, reverb, out


def test_the_generator_is_set_up_as_by_the_firmware() -> None:
    log = Engine(log=True).generator.log
    assert log is not None
    rows = log.rows()
    assert [(int(row["latch"]), int(row["data"])) for row in rows] == list(initialisation())


def test_latch_bytes_play() -> None:
    by_latch, by_message = Engine(), Engine()
    by_latch.feed(Packet(0, note(0, 64, 90).encoded + note(1, 67, 80).encoded).encoded)
    by_message.note_on(0, 64, 90)
    by_message.note_on(1, 67, 80)
    assert np.array_equal(by_latch.render(2000), by_message.render(2000))


def test_half_a_packet_waits_for_its_rest() -> None:
    engine = Engine()
    packet = Packet(0, note(0, 64, 90).encoded).encoded
    engine.feed(packet[:3])
    assert engine.sounding == 0
    engine.feed(packet[3:])
    assert engine.sounding > 0


def test_a_part_that_does_not_exist_is_refused() -> None:
    engine = Engine()
    with pytest.raises(InputError, match="part 26"):
        engine.note_on(26, 60, 100)
    engine.feed(Packet(0, bytes([0x90, 0x1A, 60, 100])).encoded)  # the machine rejects it too
    assert engine.sounding == 0


@pytest.mark.parametrize(("note_", "velocity"), [(128, 1), (-1, 1), (60, 128), (60, -1)])
def test_keys_and_velocities_have_seven_bits(note_: int, velocity: int) -> None:
    with pytest.raises(InputError):
        Engine().note_on(0, note_, velocity)


def test_every_part_with_every_voice() -> None:
    engine = Engine()
    engine.settings.set_drums(9, 0)  # drums are over by themselves
    for round_ in range(3):
        for part in range(26):
            for key in range(64):
                engine.note_on(part, 30 + key, 1 + (part * 5 + key + round_) % 127)
        out = engine.render(2000)
        assert np.isfinite(out).all()
        assert engine.sounding == 64
    statistics = engine.statistics
    assert statistics.notes == 3 * 26 * 64
    assert statistics.peak_polyphony == 64
    assert statistics.stolen >= statistics.notes - 64 - 3
    for part in range(26):
        engine.control(part, 120, 0)
    engine.render(10 * 44_100)
    assert engine.silent


def test_a_muted_part_is_not_heard_but_keeps_its_voices() -> None:
    engine = Engine()
    engine.muted.add(0)
    engine.note_on(0, 60, 100)
    assert np.abs(engine.render(4000)).max() < 1e-4
    assert engine.sounding > 0


def test_muted_parts_and_the_others_add_up() -> None:
    def play(muted: set[int]) -> Sound:
        engine = Engine()
        engine.muted.update(muted)
        for part, key in ((0, 60), (1, 64), (9, 38)):
            engine.note_on(part, key, 90)
        return engine.render(20_000)

    together = play(set())
    apart = play({1, 9}) + play({0, 9}) + play({0, 1})
    assert np.abs(together - apart).max() < 1e-4 * np.abs(together).max()


def test_keys_go_to_the_main_cpu_and_do_not_sound_by_themselves() -> None:
    engine = Engine()
    engine.feed(Packet(5, b"\x00\x01").encoded)  # relay keys
    engine.generator.keybed.press(60, 0x20)
    engine.run()
    assert engine.receiver.outgoing[0] >> 5 == 2
    assert bytes(engine.receiver.outgoing[1:3]) == bytes([0x90, 60])
    assert engine.sounding == 0


def test_a_system_message_of_the_ring_silences_everything() -> None:
    engine = Engine()
    engine.note_on(0, 60, 100)
    engine.note_on(5, 64, 100)
    engine.render(1000)
    engine.feed(Packet(0, bytes([0xF0, 0, SILENCE, 0])).encoded)
    engine.render(2000)
    assert engine.sounding == 0
