"""The firmware on the board: it boots, tests itself, plays, and answers, and every step can be followed."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

import numpy as np
import pytest
from tests.kn5000.firmware.streams import Recorder, engine_strokes, ring_messages, strokes
from tests.kn5000.firmware.test_effects import told

from luthier.kn5000.board.board import Board, BoardSnapshot
from luthier.kn5000.board.roms.rom_set import RomSet
from luthier.kn5000.dsp_ports.events import Event
from luthier.kn5000.engine import Engine
from luthier.kn5000.firmware import main_data, tone_tables
from luthier.kn5000.firmware.build import ENTRY, ENTRY_SIZE, MAIN, REST, SUB_PAYLOAD, built
from luthier.kn5000.slots.control import EffectControl
from luthier.kn5000.slots.log import events_of
from luthier.kn5000.slots.own_source import own_source
from luthier.kn5000.transport import dispatch, system
from luthier.kn5000.transport.blocks import IMAGE, Block, BlockRequest
from luthier.kn5000.transport.framing import Packet
from luthier.kn5000.transport.midi_messages import RingMessage

#: Seconds of the board after which the self test is done and the song plays.
BOOTED = 1.7
#: After which the main CPU has tested itself and unpacked the payload, and has sent little of it.
TESTED = 1.06
GOOD, BAD = 0x600DB007, 0xBAD0B007
GREEN, RED = (0x33, 0xDD, 0x55), (0xFF, 0x33, 0x33)
RESULTS = slice(196, 222)  #: rows of the screen with what the self test found


@dataclass
class Booted:
    """A board that has booted once, and what passed the latch until then."""

    board: Board
    taken: BoardSnapshot
    to_sub: bytes

    def main(self, name: str, size: int) -> int:
        """A variable of the main program."""
        return self.board.main.memory.read(built().programs[MAIN].symbols[name], size)

    def sub(self, name: str, size: int) -> int:
        """A variable of the payload."""
        return self.board.sub.memory.read(built().programs[SUB_PAYLOAD].symbols[name], size)

    def tap(self, name: str) -> None:
        """Press a button and let it go."""
        self.board.panel.press(name)
        self.board.run(0.06)
        self.board.panel.release(name)
        self.board.run(0.15)


@pytest.fixture(scope="module")
def once() -> Booted:
    board, heard = Board(built().roms, effects=None), bytearray()

    def hear(name: str, kind: str, value: int) -> None:
        del name
        if kind == "byte":
            heard.append(value)

    board.latches.to_sub.observe = hear
    assert board.run(BOOTED).reason == "time"
    board.latches.to_sub.observe = None
    return Booted(board, board.snapshot(), bytes(heard))


@pytest.fixture
def booted(once: Booted) -> Booted:
    once.board.restore(once.taken)
    once.board.sub_board.tones.observe = None
    once.board.sub_board.dsp.observe = None
    once.board.latches.to_sub.observe = None
    return once


def test_everything_is_found_to_be_well(booted: Booted) -> None:
    assert booted.main("RESULT_MAGIC", 4) == GOOD
    assert (booted.main("RESULT_MAIN", 2), booted.main("RESULT_SUB", 2)) == (0, 0)
    assert booted.main("RESULT_CHECKSUM", 4) == booted.main("RESULT_SUB_CHECKSUM", 4) == 0xFFFFFFFF
    assert booted.main("RESULT_SOURCE", 1) == 1  # out of the custom flash
    assert booted.board.notes == []


def test_the_screen_shows_it(booted: Booted) -> None:
    picture = booted.board.screen.picture()
    colours = {tuple(colour) for colour in picture[RESULTS].reshape(-1, 3).tolist()}
    assert GREEN in colours and RED not in colours
    # Title, bar, roof, windows: more than one colour in each of these rows.
    for row in (11, 25, 46, 70, 100, 134, 171):
        assert len({tuple(colour) for colour in picture[row].tolist()}) > 1, row


def test_the_payload_goes_over_the_latch_as_the_transport_sends_it(booted: Booted) -> None:
    """Every byte: E1 blocks in the documented order, the request of the latch test, the relay of keys."""
    payload = built().roms.payload
    assert payload
    rows = struct.iter_unpack("<III", main_data.boot_blocks(payload, tone_tables.tone_tables().data)[:-4])
    expected = b""
    for source, target, count in rows:
        data = (
            tone_tables.tone_tables().data if source == main_data.TABLE_TONES else payload[source - IMAGE :]
        )
        expected += Block(target, data[:count]).encoded
    echo = built().programs[MAIN].symbols["ECHO_PLACE"]
    expected += BlockRequest(ENTRY, echo, 16).encoded
    expected += Packet(dispatch.SYSTEM, system.ENABLE_RELAY).encoded
    assert booted.to_sub[: len(expected)] == expected


def test_the_sub_cpu_holds_what_was_sent(booted: Booted) -> None:
    payload, program = built().roms.payload, built().programs[SUB_PAYLOAD]
    assert payload
    memory = booted.board.sub.memory.data
    size = program.end - REST
    assert memory[REST : REST + size].tobytes() == payload[ENTRY_SIZE : ENTRY_SIZE + size]
    assert memory[ENTRY : ENTRY + 0xF0].tobytes() == payload[:0xF0]
    tables = tone_tables.tone_tables().data
    assert memory[tone_tables.BASE : tone_tables.BASE + len(tables)].tobytes() == tables


def test_an_effect_can_be_followed_from_the_panel_to_the_effect_chip(booted: Booted) -> None:
    heard, events = bytearray(), list[Event]()
    booted.board.sub_board.dsp.settle()
    booted.board.sub_board.dsp.observe = events.append
    booted.board.latches.to_sub.observe = lambda _name, kind, value: (
        heard.append(value) if kind == "byte" else None
    )
    booted.tap("START/STOP")  # so that only the effect passes the latch
    heard.clear()
    booted.tap("DSP EFFECT")
    booted.board.run(0.1)
    message = main_data.effect_messages(0, main_data.DSP_EFFECTS)[64:128]
    assert bytes(heard) == b"".join(Packet(dispatch.DSP, message[at : at + 32]).encoded for at in (0, 32))
    control = EffectControl(own_source())
    control.start()
    before = len(control.log)
    control.receive(message)
    assert told(events) == told(list(events_of(control.log[before:])))
    assert "DSP EFFECT" in booted.board.panel.lit


def test_strokes_of_the_song_are_the_engines(booted: Booted) -> None:
    recorder, start = Recorder(booted.board), booted.board.seconds
    for _ in range(3):
        booted.tap("DEMO")
    booted.board.run(2.0)
    ours = strokes(write for _, write in recorder.writes)
    engine = Engine(log=True)
    for message in ring_messages(booted.to_sub):  # the parts' state until then
        engine.send(RingMessage(message))
    theirs = engine_strokes(engine, recorder.messages, start)
    assert len(ours) > 30
    assert ours == theirs


def test_the_song_stops_and_goes_on(booted: Booted) -> None:
    assert booted.main("SONG_PLAYS", 1) == 1
    position = booted.main("SONG_POSITION", 4)
    booted.tap("START/STOP")
    assert booted.main("SONG_PLAYS", 1) == 0
    stopped = booted.main("SONG_POSITION", 4)
    assert stopped >= position
    booted.board.run(0.2)
    assert booted.main("SONG_POSITION", 4) == stopped
    booted.tap("SEQUENCER: PLAY")
    booted.board.run(0.5)
    assert booted.main("SONG_POSITION", 4) > stopped
    assert "SEQUENCER: PLAY" in booted.board.panel.lit


def test_the_song_keeps_its_tempo(booted: Booted) -> None:
    """480 ticks a quarter note, at the tempo the song begins with."""
    from luthier.kn5000 import songs

    tempo = songs.score().passages[0].tempos[0][1]
    before = booted.main("SONG_POSITION", 4) + booted.main("SONG_TIME", 4) / 65536
    booted.board.run(1.0)
    after = booted.main("SONG_POSITION", 4) + booted.main("SONG_TIME", 4) / 65536
    assert after - before == pytest.approx(tempo * 480 / 60, abs=3)


def test_midi_in_is_played(booted: Booted) -> None:
    booted.tap("START/STOP")
    booted.board.run(0.3)
    recorder = Recorder(booted.board)
    booted.board.midi(bytes([0x95, 60, 100, 64, 101, 0x85, 60, 0, 0xC5, 12, 0xE5, 0, 64, 0xFE]))
    booted.board.run(0.1)
    assert [message.hex() for _, message in recorder.messages] == [
        "90053c64",
        "90054065",
        "90053c00",
        "c0050c0000",
        "e0050040",
    ]
    assert len(strokes(write for _, write in recorder.writes)) >= 2


def test_keys_come_back_as_notes_with_the_chosen_sound(booted: Booted) -> None:
    booted.tap("START/STOP")
    recorder = Recorder(booted.board)
    booted.tap("BRASS")
    booted.board.keybed.press(64, 30)
    booted.board.run(0.05)
    booted.board.keybed.release(64)
    booted.board.run(0.05)
    messages = [message for _, message in recorder.messages]
    assert messages[0] == bytes([0xC0, 16, 61, 0, 0])
    assert messages[1][:3] == bytes([0x90, 16, 64]) and messages[1][3] > 0
    assert messages[2] == bytes([0x90, 16, 64, 0])
    assert strokes(write for _, write in recorder.writes)


def test_active_sensing_leaves_the_computer_port(booted: Booted) -> None:
    booted.board.run(0.6)
    times = [seconds for seconds, byte in booted.board.computer.sent if byte == 0xFE]
    # Every 135 ticks of 2.048 ms, behind two at the start.
    assert np.diff(times)[2:] == pytest.approx(0.27648, abs=1e-3)


def test_it_sounds(booted: Booted) -> None:
    booted.board.audio()
    for _ in range(2):
        booted.tap("DEMO")
    booted.board.run(1.0)
    sound = booted.board.audio()
    assert 0.01 < np.abs(sound).max() < 4


def changed(image: bytes | None, place: int) -> bytes:
    """An image with a bit that flipped."""
    assert image
    return image[:place] + bytes([image[place] ^ 0x04]) + image[place + 1 :]


def boot(roms: RomSet, seconds: float) -> Booted:
    board = Board(roms, effects=None)
    board.run(seconds)
    return Booted(board, board.snapshot(), b"")


def test_a_bit_that_flipped_in_the_program_is_told() -> None:
    roms = built().roms
    board = boot(replace(roms, program=changed(roms.program, 0x1F0000)), TESTED)
    assert board.main("RESULT_MAIN", 2) == 0x02
    assert board.main("RESULT_CHECKSUM", 4) != 0xFFFFFFFF


def test_a_bit_that_flipped_in_the_boot_rom_is_told_over_the_latch() -> None:
    roms = built().roms
    board = boot(replace(roms, sub_boot=changed(roms.sub_boot, 0x100)), BOOTED)
    assert board.main("RESULT_MAGIC", 4) == BAD
    assert (board.main("RESULT_MAIN", 2), board.main("RESULT_SUB", 2)) == (0, 0x02)
    colours = {tuple(colour) for colour in board.board.screen.picture()[RESULTS].reshape(-1, 3).tolist()}
    assert RED in colours


def test_without_a_sub_cpu_the_latch_fails_and_the_test_ends() -> None:
    roms = built().roms
    board = boot(replace(roms, sub_boot=None), 7.0)
    assert board.main("RESULT_MAGIC", 4) == BAD
    assert board.main("RESULT_MAIN", 2) == 0x20


@pytest.mark.parametrize(("custom", "table", "source"), [(False, True, 2), (False, False, 3)])
def test_the_payload_is_looked_for_in_the_documented_order(custom: bool, table: bool, source: int) -> None:
    roms = built().roms
    found = replace(roms, custom=roms.custom if custom else None, table=roms.table if table else None)
    board, payload = boot(found, TESTED), built().roms.payload
    assert payload
    assert board.main("RESULT_SOURCE", 1) == source
    assert board.board.main.memory.data[IMAGE : IMAGE + len(payload)].tobytes() == payload
