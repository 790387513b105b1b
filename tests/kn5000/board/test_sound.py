"""From the sub CPU's ports to sound: the tone generator by its writes, keys, status, effects behind it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.kn5000.board.boards import RAM, RECORDINGS, START, board
from tests.kn5000.tone_generator.sounding import voice

from luthier.kn5000.board.audio import Audio
from luthier.kn5000.board.board import Board
from luthier.kn5000.tone_generator.device import ToneGenerator
from luthier.kn5000.tone_generator.registers import Write, free, note_on


def player(*groups: list[Write], pause: int = 0x3000) -> str:
    """Writes groups of registers as the firmware does (audio-subsystem page), a pause before each."""
    rows = "".join(
        f"        dw {len(group)}\n" + "".join(f"        dw {latch}, {data}\n" for latch, data in group)
        for group in groups
    )
    return (
        START
        + f"""
        ld (0x1A), 0x80         ; port 6, bit 7 is an output
        ld XIX, groups
group:  ld XIY, {pause}
wait:   dec 1, XIY
        or XIY, XIY
        jr NZ, wait
        ld DE, (XIX+)
        or DE, DE
        jr Z, end
next:   ld WA, (XIX+)
        ld BC, (XIX+)
        res 7, (0x18)
        ld (0x100000), WA
        nop
        set 7, (0x18)
        ld (0x100002), BC
        djnz DE, next
        jr group
end:    ld ({RAM:#x}), 0x77
sleep:  jr sleep
groups:
{rows}        dw 0
"""
    )


NOTES = (note_on(voice(60), 3), note_on(voice(67), 20), free(3))


def listened(made: Board) -> list[tuple[int, int, int]]:
    """Every write with its sample, as it is made."""
    heard: list[tuple[int, int, int]] = []

    def told(latch: int, data: int) -> None:
        heard.append((made.schedule.now * 44_100 // made.schedule.ticks_a_second, latch, data))

    made.sub_board.tones.observe = told
    return heard


def directly(writes: list[tuple[int, int, int]], frames: int) -> np.ndarray:
    """The same writes at the same samples, without a board."""
    generator = ToneGenerator(RECORDINGS)
    pieces = []
    for sample, latch, data in [*writes, (frames, 0xFFC0, 0)]:
        if sample > generator.time:
            pieces.append(generator.render(sample - generator.time))
        generator.write(latch, data)
    return np.concatenate(pieces)


def test_notes_sound_as_the_tone_generator_alone_makes_them() -> None:
    made = board(sub=player(*NOTES))
    heard = listened(made)
    made.run(0.1)
    sound = made.audio()
    assert made.sub.memory.data[RAM] == 0x77
    assert [(latch, data) for _, latch, data in heard] == [write for group in NOTES for write in group]
    # A burst of 23 writes, and the control word behind it.
    assert len(NOTES[0]) == 24
    assert len({sample for sample, _, _ in heard}) > 6  # spread over time, as a CPU writes
    assert made.sub_board.tones.odd == 0
    assert np.abs(sound).max() > 0.05
    assert (sound == directly(heard, len(sound))).all()


def test_sound_does_not_depend_on_how_a_run_is_cut() -> None:
    whole, cut = board(sub=player(*NOTES)), board(sub=player(*NOTES))
    whole.run(0.06)
    pieces = []
    for milliseconds in (1, 7, 3, 20, 29):
        cut.run(milliseconds / 1000)
        pieces.append(cut.audio())
    assert (np.concatenate(pieces) == whole.audio()).all()


def test_both_executors_sound_the_same() -> None:
    sounds = []
    for executor in ("plain", "compiled"):
        made = board(sub=player(*NOTES), executor=executor)
        made.run(0.06)
        sounds.append(made.audio())
    assert (sounds[0] == sounds[1]).all()


def test_an_access_with_the_address_line_at_the_other_level_is_counted() -> None:
    program = player(NOTES[0]).replace("set 7, (0x18)", "res 7, (0x18)")
    made = board(sub=program)
    made.run(0.03)
    assert made.sub_board.tones.odd == len(NOTES[0])


def test_status_tells_the_voices_that_sound_and_polling_it_costs_no_call() -> None:
    program = player(NOTES[0]).replace(
        "end:",
        f"""
end:    res 7, (0x18)
        ldw (0x100000), 0       ; voices 0 to 15
        set 7, (0x18)
        ld HL, 0x4000
poll:   ld WA, (0x100000)
        djnz HL, poll
        ld ({RAM + 2:#x}), WA
        ld WA, (0x100004)
        ld ({RAM + 4:#x}), WA
""",
    )
    made = board(sub=program, executor="compiled")
    made.run(0.06)
    data = made.sub.memory.data
    assert data[RAM] == 0x77
    assert data[RAM + 2 : RAM + 4].tobytes() == b"\x08\x00"  # voice 3
    assert data[RAM + 4 : RAM + 6].tobytes() == b"\x00\x00"  # a sign of life
    # Of the thousands of reads none was asked of a device.
    assert not [access for access in made.sub_board.accesses.last if access.kind == "read"]


def test_keys_wait_at_their_port() -> None:
    program = (
        START
        + f"""
        ld XIX, {RAM:#x}
poll:   ld WA, (0x110002)
        bit 0, WA
        jr Z, poll
        ld WA, (0x110000)
        ld (XIX+), WA
        jr poll
"""
    )
    made = board(sub=program)
    made.run(0.001)
    made.keybed.press(36, 0x20)
    made.keybed.press(96, 0xFE)
    made.keybed.release(36)
    made.run(0.001)
    # Velocity above, key below with bit 7 for down; a key that goes up has FF (keybed page).
    assert made.sub.memory.data[RAM : RAM + 6].tobytes() == b"\x80\x20\xbc\xfe\x00\xff"
    made.run(0.001)
    assert made.sub.memory.data[RAM + 6 : RAM + 8].tobytes() == b"\x00\x00"


def test_the_address_pin_moves_without_a_call_and_every_move_is_told_to_a_log() -> None:
    program = (
        START
        + f"""
        ld (0x1A), 0x80
        ld B, 200
poll:   set 7, (0x18)
        ld WA, (0x110002)
        res 7, (0x18)
        djnz B, poll
        ld A, (0x18)
        ld ({RAM:#x}), A
        ldw (0x100000), 0x40
        set 7, (0x18)
        ldw (0x100002), 1
sleep:  jr sleep
"""
    )
    made, logged = board(sub=program, executor="compiled"), board(sub=program, executor="compiled")
    moves: list[int] = []
    before = logged.sub.observe

    def told(kind: str, address: int, value: int) -> None:
        assert before is not None
        before(kind, address, value)
        moves.extend([value] * (address == 0x18))

    logged.sub.observe = told
    for one in (made, logged):
        one.run(0.01)
        assert one.sub.memory.data[RAM] & 0x80 == 0
        assert one.sub_board.tones.odd == 0
        assert one.sub.ports.outputs("P6") & 0x80
    assert [value >> 7 & 1 for value in moves] == [1, 0] * 200 + [1]


def test_effects_stand_behind_the_sends_and_can_be_left_away() -> None:
    program = player(note_on(voice(60, SENDS=0x7F7F), 0))
    dry, wet = board(sub=program), board(sub=program, effects="modelled")
    for made in (dry, wet):
        made.run(0.15)
    first, second = dry.audio(), wet.audio()
    assert len(first) == len(second)
    assert not np.allclose(first, second, atol=1e-3)


def test_a_write_waits_for_its_sample() -> None:
    moment = [0]
    audio = Audio(ToneGenerator(RECORDINGS), lambda: moment[0])
    for sample in (100, 333):
        moment[0] = sample
        for latch, data in NOTES[0 if sample == 100 else 1]:
            audio.write(latch, data)
    audio.render_to(1_000)
    writes = [(100, *write) for write in NOTES[0]] + [(333, *write) for write in NOTES[1]]
    assert (audio.take() == directly(writes, 1_000)).all()
    assert len(audio.take()) == 0


@pytest.mark.parametrize("size", [1, 4])
def test_bytes_alone_are_not_obeyed_and_long_words_are_both_ports(size: int) -> None:
    made = board()
    heard = listened(made)
    made.sub.memory.write(0x100000, size, 0x1234_0040)
    assert heard == ([] if size == 1 else [(0, 0x0040, 0x1234)])
    assert bool(made.sub_board.accesses.unknown) is (size == 1)
