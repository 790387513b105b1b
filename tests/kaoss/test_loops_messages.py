"""Arrangements as MIDI: messages in time, files that another program reads, and playing live."""

from __future__ import annotations

import io
import itertools

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luthier.kaoss.loops import live
from luthier.kaoss.loops.arrangement import arrange
from luthier.kaoss.loops.language import parse
from luthier.kaoss.loops.messages import Performance
from luthier.kaoss.loops.midi_file import to_file
from luthier.midi.ports import memory_pair


def performance(text: str, *, hold: bool = False, clock: bool = False) -> Performance:
    """A text ready to be played."""
    return Performance(arrange(parse(text)), hold, clock)


def sent(text: str, *, hold: bool = False, clock: bool = False) -> list[tuple[int, str]]:
    """(tick, bytes) of every message."""
    return [
        (message.tick, message.data.hex(" "))
        for message in performance(text, hold=hold, clock=clock).messages()
    ]


def test_a_bank_is_started_and_stopped_by_a_press() -> None:
    # 9n kk 64 and 8n kk 40, notes 36 to 39: KORG's MIDI implementation and the comment under the post.
    # A bar of four quarter notes has 4 × 480 ticks; a press lasts 480 / 8.
    assert sent("A") == [(0, "90 24 64"), (60, "80 24 40"), (1920, "90 24 64"), (1980, "80 24 40")]
    assert sent("D*2")[0] == (0, "90 27 64")
    assert [tick for tick, _ in sent("D*2")] == [0, 60, 3840, 3900]


def test_a_note_held_as_long_as_the_bank_sounds() -> None:
    assert sent("A*2", hold=True) == [(0, "90 24 64"), (3840, "80 24 40")]


def test_stopping_comes_before_starting() -> None:
    at_the_bar = [data for tick, data in sent("A B") if tick == 1920]
    assert at_the_bar == ["90 24 64", "90 25 64"]


def test_notes_and_channel_are_settable() -> None:
    assert sent("channel 10\nnotes A=60\nA", hold=True) == [(0, "99 3c 64"), (1920, "89 3c 40")]


def test_clock() -> None:
    found = sent("tempo 120\ncount-in 1\nA", clock=True)
    clocks = [tick for tick, data in found if data == "f8"]
    # 24 a quarter note, two bars of four.
    assert len(clocks) == 2 * 4 * 24
    assert {later - earlier for earlier, later in itertools.pairwise(clocks)} == {20}
    assert found[0] == (0, "fa")
    assert found[1] == (0, "f8")
    assert (3840, "fc") in found
    assert (1920, "90 24 64") in found
    assert not [data for _, data in sent("A") if data.startswith("f")]


def test_the_pad() -> None:
    # X is controller 12, Y 13, the touch 92: 0C, 0D and 5C.
    found = sent("A*4\npad 2.1 10,20\npad 2.3 11,20\npad 4.1 off")
    pads = [(tick, data) for tick, data in found if data.startswith("b0")]
    assert pads == [
        (1920, "b0 0c 0a"),
        (1920, "b0 0d 14"),
        (1920, "b0 5c 7f"),
        (2880, "b0 0c 0b"),
        (5760, "b0 5c 00"),
    ]


def test_a_glide_of_the_pad() -> None:
    found = [data for _, data in sent("A*4\npad 1.1 0,100 to 127,100 over 2") if data.startswith("b0 0c")]
    assert [int(data[-2:], 16) for data in found] == list(range(128))
    last = [data for _, data in sent("A\npad 1.1 5,5")][-3:]
    assert "b0 5c 00" in last


def test_a_glide_ends_where_the_next_move_begins() -> None:
    # 96 steps of X in two bars; a bar later, one clock before the next move, it has come to 47.5.
    cut = sent("A*4\npad 1.1 0,0 to 96,0 over 2\npad 2.1 1,1")
    values = [int(data[-2:], 16) for tick, data in cut if data.startswith("b0 0c") and tick < 1920]
    assert values[-1] in (47, 48)
    assert [data for tick, data in cut if tick == 1920 and data.startswith("b0 0c")] == ["b0 0c 01"]


@given(
    st.sampled_from(["A*3 B C*3 D", "A>B / C>D", "(A . / B*2)*3", "A+B+C+D"]), st.booleans(), st.booleans()
)
def test_messages_are_in_order_and_leave_nothing_sounding(text: str, hold: bool, clock: bool) -> None:
    messages = list(performance(f"{text}\npad 1.1 0,0 to 9,9 over 1", hold=hold, clock=clock).messages())
    assert [message.tick for message in messages] == sorted(message.tick for message in messages)
    held: set[int] = set()
    presses: dict[int, int] = {}
    for message in messages:
        if message.data[0] == 0x90:
            assert message.data[1] not in held
            held.add(message.data[1])
            presses[message.data[1]] = presses.get(message.data[1], 0) + 1
        elif message.data[0] == 0x80:
            held.remove(message.data[1])
    assert not held
    assert hold or all(count % 2 == 0 for count in presses.values())


def test_the_file_as_another_program_reads_it() -> None:
    text = "tempo 96\nbeats 3\nbars 2\ncount-in 1\nA B\npad 2.1 1,2\npad 3.1 off"
    file = mido.MidiFile(file=io.BytesIO(to_file(performance(text))))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (0, 480, 1)
    (tempo,) = (message for message in file.tracks[0] if message.type == "set_tempo")
    assert mido.tempo2bpm(tempo.tempo) == 96
    (signature,) = (message for message in file.tracks[0] if message.type == "time_signature")
    assert (signature.numerator, signature.denominator) == (3, 4)
    now = 0
    found = []
    for message in file.tracks[0]:
        now += message.time
        if message.type in ("note_on", "control_change", "marker"):
            found.append((now / (3 * 480), message.type, getattr(message, "note", None)))
    assert [(bar, note) for bar, kind, note in found if kind == "note_on"] == [
        (1, 36),
        (3, 36),
        (3, 37),
        (5, 37),
    ]
    assert [bar for bar, kind, _ in found if kind == "control_change"] == [2, 2, 2, 3]
    assert [bar for bar, kind, _ in found if kind == "marker"] == [1, 3, 5]


def test_clock_in_a_file_is_escaped() -> None:
    data = to_file(performance("A", clock=True))
    # F7, length 1, then the byte itself.
    assert data.count(b"\xf7\x01\xf8") == 4 * 24
    assert data.count(b"\xf7\x01\xfa") == data.count(b"\xf7\x01\xfc") == 1


@settings(max_examples=30)
@given(st.integers(1, 16), st.floats(20, 300), st.integers(0, 3))
def test_every_file_is_readable(beats: int, tempo: float, count_in: int) -> None:
    text = f"beats {beats}\ntempo {tempo:.2f}\ncount-in {count_in}\nA*3 B / C"
    file = mido.MidiFile(file=io.BytesIO(to_file(performance(text))))
    notes = [message for message in file.tracks[0] if message.type == "note_on"]
    assert len(notes) == 6


class Watch:
    """A clock that only sleeping moves, and that may be interrupted."""

    def __init__(self, interrupted_at: float = float("inf")) -> None:
        self.time = 100.0
        self._end = 100.0 + interrupted_at

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        if self.time > self._end:
            raise KeyboardInterrupt


def heard(port: object) -> list[str]:
    """What came out at the other end of the cable."""
    found = []
    while data := port.receive(0):  # type: ignore[attr-defined]
        found.append(data.hex(" "))
    return found


def test_playing_live() -> None:
    watch = Watch()
    mine, unit = memory_pair()
    played = live.play(mine, performance("tempo 60\nA"), now=watch.now, sleep=watch.sleep)
    assert heard(unit) == ["90 24 64", "80 24 40", "90 24 64", "80 24 40"]
    # Four quarter notes at 60, and an eighth of one for the last press.
    assert played.seconds == pytest.approx(4.125)
    assert (played.messages, played.finished) == (4, True)


def test_stopping_early_stops_everything() -> None:
    watch = Watch(interrupted_at=2.0)
    mine, unit = memory_pair()
    text = "tempo 60\nA*2 / B*2\npad 1.1 1,1"
    played = live.play(mine, performance(text, clock=True), now=watch.now, sleep=watch.sleep)
    assert not played.finished
    assert [data for data in heard(unit) if data != "f8"][-6:] == [
        "90 24 64",
        "80 24 40",
        "90 25 64",
        "80 25 40",
        "b0 5c 00",
        "fc",
    ]


def test_stopping_early_while_notes_are_held() -> None:
    watch = Watch(interrupted_at=2.0)
    mine, unit = memory_pair()
    live.play(mine, performance("tempo 60\nA", hold=True), now=watch.now, sleep=watch.sleep)
    assert heard(unit) == ["90 24 64", "80 24 40"]


def test_a_port_that_fails_is_silenced_as_far_as_it_goes() -> None:
    watch = Watch()

    class Failing:
        name = "broken"
        takes_parts = False
        listens = False

        def __init__(self) -> None:
            self.sent: list[bytes] = []

        def send(self, data: bytes) -> None:
            if len(self.sent) == 2 and data[0] == 0xB0:
                raise OSError("gone")
            self.sent.append(data)

        def receive(self, timeout: float) -> bytes:
            return b""

    port = Failing()
    with pytest.raises(OSError, match="gone"):
        live.play(port, performance("A\npad 1.3 1,1"), now=watch.now, sleep=watch.sleep)
    assert [data.hex() for data in port.sent] == ["902464", "802440", "902464", "802440"]
