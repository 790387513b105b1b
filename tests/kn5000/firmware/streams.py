"""The register stream of the firmware on the board and the engine's for the same messages, stroke by stroke.

What the main CPU sends is taken from the latch with its times, and played by the engine at these times; so
both get the same song, whatever is pressed meanwhile.

They agree in every word of every stroke, where nothing glides. Left out, as it depends on voices or time:

* which voice is taken, and the words of LFOs, which stay with a voice from stroke to stroke
* when voices that fell silent are given back
* words of releases, which depend on the level that the envelope has reached: milliseconds lie between both
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from luthier.kn5000.board.board import Board
from luthier.kn5000.engine import Engine
from luthier.kn5000.tone_generator.registers import VOICES, KeyState, Register, Write, parts_of
from luthier.kn5000.transport import dispatch, midi_messages
from luthier.kn5000.transport.framing import Cut, Packet, frames
from luthier.kn5000.transport.midi_messages import RingMessage

#: The main CPU's two lines at rest, and the one that is low while it writes a command.
_AT_REST, _SENDING = 3, 1
#: Words of a stroke from its first to its gate and behind, by register: the last write of each counts.
Stroke = dict[Register, int]


def ring_messages(data: bytes) -> Iterator[bytes]:
    """The messages of the MIDI ring in latch bytes."""
    joined = bytearray()
    for _, frame in frames(data):
        if isinstance(frame, Packet) and frame.handler == dispatch.MIDI:
            joined += frame.payload
    while joined:
        size = midi_messages.length_of(joined[0])
        yield bytes(joined[:size])
        del joined[:size]


@dataclass
class Recorder:
    """Listens to a board: packets for the MIDI ring, and register writes, each with seconds."""

    board: Board
    messages: list[tuple[float, bytes]] = field(default_factory=list)
    writes: list[tuple[float, Write]] = field(default_factory=list)
    _frame: bytearray | None = None
    _lines: int = _AT_REST

    def __post_init__(self) -> None:
        self.board.latches.to_sub.observe = self._heard
        self.board.sub_board.tones.observe = lambda chosen, word: self.writes.append(
            (self.board.seconds, (chosen, word))
        )

    def _heard(self, name: str, kind: str, value: int) -> None:
        del name
        if kind != "byte":
            self._lines = value
            return
        if not self._lines & _SENDING:
            self._frame = bytearray()
        if self._frame is None:
            return  # the rest of a frame whose beginning was not heard
        self._frame.append(value)
        _, frame = next(frames(bytes(self._frame)))
        if not isinstance(frame, Cut):
            now = self.board.seconds
            self.messages += [(now, message) for message in ring_messages(bytes(self._frame))]
            self._frame = None


def strokes(writes: Iterable[Write]) -> list[Stroke]:
    """Every stroke's words, from the selector to the key word, in order; the chip's set-up is none."""
    open_words: dict[int, Stroke] = {}
    found = []
    for chosen, word in writes:
        register, voice = parts_of(chosen)
        if register == Register.RECORDING:
            open_words[voice] = {}
        if voice not in open_words or chosen >= VOICES * 0x40:
            continue
        open_words[voice][Register(register)] = word
        if register == Register.CONTROL and word not in list(KeyState):
            found.append(open_words.pop(voice))
    return found


def engine_strokes(engine: Engine, messages: Iterable[tuple[float, bytes]], start: float) -> list[Stroke]:
    """The engine's strokes for messages at their times, in seconds from ``start`` on."""
    log = engine.generator.log
    assert log is not None
    before = len(log)
    for seconds, message in messages:
        frame = round((seconds - start) * engine.rate)
        if frame > engine.generator.time:
            engine.render(frame - engine.generator.time)
        engine.send(RingMessage(message))
    return strokes((int(row["latch"]), int(row["data"])) for row in log.rows()[before:])
