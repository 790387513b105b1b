"""Effects of ours follow the configurations that pass the latch."""

from __future__ import annotations

import struct

import numpy as np
from tests.kn5000.board.boards import START, board
from tests.kn5000.board.test_sound import player
from tests.kn5000.tone_generator.sounding import voice

from luthier.kn5000.board.told_effects import ToldEffects
from luthier.kn5000.slots import layout
from luthier.kn5000.tone_generator.registers import note_on
from luthier.kn5000.transport import dispatch
from luthier.kn5000.transport.blocks import Block
from luthier.kn5000.transport.command_byte import chunks
from luthier.kn5000.transport.framing import Packet

FLANGER, CONCERT_REVERB_1 = 4, 20  # numbers of the table of names


def configuration(slot: int, effect: int) -> bytes:
    """A whole record for a slot, as packets: 2D, 0, 0A + slot, 0, 0, 0, 38, FF and 28 words (facts A04)."""
    words = [0] * layout.RECORD_WORDS
    words[layout.EFFECT] = effect
    words[layout.LINKED] = 1
    message = bytes([0x2D, 0, 0x0A + slot, 0, 0, 0, 0x38, 0xFF]) + struct.pack("<28H", *words)
    return b"".join(Packet(dispatch.DSP, piece).encoded for piece in chunks(message))


def tell(effects: ToldEffects, data: bytes) -> None:
    for byte in data:
        effects.hear("byte", byte)


def names(effects: ToldEffects) -> list[str]:
    return [contents.effect for contents in effects.rack.contents()]


def test_a_configuration_chooses_an_effect_of_its_slot() -> None:
    effects = ToldEffects()
    tell(effects, configuration(0, FLANGER) + configuration(1, CONCERT_REVERB_1))
    assert names(effects)[:2] == ["FLANGER", "CONCERT REVERB 1"]


def test_blocks_and_other_packets_between_set_nothing() -> None:
    effects = ToldEffects()
    inside = configuration(0, FLANGER)
    tell(effects, Block(0x50000, inside * 3).encoded + Packet(dispatch.MIDI, b"\x90\x00\x3c\x40").encoded)
    before = names(effects)
    tell(effects, b"\xe2" + bytes(10) + b"\xe3" + configuration(0, FLANGER))
    assert before[0] != "FLANGER"
    assert names(effects)[0] == "FLANGER"


def test_a_lowered_line_begins_a_packet_anew() -> None:
    effects = ToldEffects()
    tell(effects, configuration(0, FLANGER)[:20])
    effects.hear("lines", 0b10)
    effects.hear("lines", 0b11)
    tell(effects, configuration(1, CONCERT_REVERB_1))
    assert names(effects)[1] == "CONCERT REVERB 1"


def test_what_has_no_place_is_told() -> None:
    effects = ToldEffects()
    tell(effects, configuration(0, CONCERT_REVERB_1) * 2)
    assert effects.left_out == ["effect 20 in slot 0"]


def test_on_the_board_an_effect_changes_while_a_note_sounds() -> None:
    data = ", ".join(map(str, configuration(0, FLANGER)))
    main = f"""
        ld XIX, 0x8000
wait:   dec 1, XIX
        or XIX, XIX
        jr NZ, wait
        ld XHL, data
        ld B, {len(configuration(0, FLANGER))}
next:   ld A, (XHL+)
        ld (0x140000), A
        djnz B, next
sleep:  jr sleep
data:   db {data}
"""
    notes = player(note_on(voice(60, SENDS=0x7F00), 0), pause=0x400)
    told, untold = board(START + main, notes, effects="modelled"), board(sub=notes, effects="modelled")
    passed: list[int] = []

    def heard(_direction: str, _kind: str, _value: int) -> None:
        passed.append(told.schedule.now * 44_100 // told.schedule.ticks_a_second)

    told.latches.to_sub.observe = heard
    for made in (told, untold):
        made.run(0.12)
    effects = told.sound.effects
    assert isinstance(effects, ToldEffects)
    assert names(effects)[0] == "FLANGER"
    first, second = told.audio(), untold.audio()
    differing = np.flatnonzero((first != second).any(axis=1))
    # The same until the configuration has passed, and other from then on.
    assert passed[-1] <= differing[0] < passed[-1] + 441
    assert np.abs(first - second).max() > 1e-3
